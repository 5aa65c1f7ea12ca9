"""Are answers shown as saved still there? usage: python benchmarks/station_faults.py [kills] [cuts] [answers]

The campaigns are those of `hardware_mocks.fault_campaign`; the control runs the same cuts over a journal that does not sync.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from hardware_mocks.fault_campaign import cuts, kills, recorded, said
from question_bank import samples
from question_bank.adapters.formula_renderer import MathJaxRenderer


def main(number_of_kills: int, number_of_cuts: int, answers: int) -> None:
    """Run the campaign and print a table."""
    print("| campaign | runs | runs with a loss | answers shown as saved | of them lost |\n|---|---|---|---|---|")
    shown, gone = kills(number_of_kills, samples.sample_form(MathJaxRenderer()))
    print(f"| SIGKILL at a random moment | {number_of_kills} | {'-' if gone else 0} | {shown} | {gone} |", flush=True)
    with tempfile.TemporaryDirectory() as name:
        for off, title in ((False, "power cut, synchronous=FULL"), (True, "power cut, synchronous=OFF (control)")):
            folder = Path(name) / ("off" if off else "full")
            folder.mkdir()
            calls = recorded(folder, answers, off=off)
            syncs = sum(call.name == "sync" for call in calls)
            harmed, gone = cuts(number_of_cuts, calls, folder)
            shown = len(said("".join(call.data.decode() for call in calls if call.path == "-")))
            print(
                f"| {title}; {len(calls)} calls, {syncs} syncs | {number_of_cuts} | {harmed} | {shown} | {gone} |",
                flush=True,
            )


if __name__ == "__main__":
    arguments = [int(value) for value in sys.argv[1:]]
    main(*(arguments + [1000, 1000, 400][len(arguments) :]))
