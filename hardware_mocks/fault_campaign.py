"""Two campaigns against the journal of a station: are answers that the screen showed as saved still there?

Kills: a station with its real journal is sent SIGKILL at a random moment, again and again over the same folder. Cuts: the
system calls of one run are recorded with strace and the disk is built anew as it may be after a cut of power at a random
call, everything unsynced dropped, torn or reordered. The same cuts over a journal that does not sync must lose answers.
"""

from __future__ import annotations

import os
import random
import select
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path

from hardware_mocks import answering, power_cut
from question_bank.form import Form

KILLS_A_FOLDER = 25
# Time on the bench between two starts, and from the first start to the signal.
ROUND_MS, WAIT_MS = 60_000, 900_000
# Share of the kills that may hit the start itself; the others wait for the first answer.
EARLY = 0.2
Shown = answering.Shown


def _child(folder: Path, form: Form, seed: int, after: int, out: int) -> None:
    def say(shown: Shown) -> None:
        os.write(out, f"S {shown[0]} {shown[1]} {shown[2]}\n".encode())

    answering.answer(answering.bench(folder, form, after=after), random.Random(seed), 10_000, say)


def said(text: str) -> list[Shown]:
    """What the screen has shown as saved, from the lines said."""
    lines = [line.split(" ") for line in text.splitlines(keepends=True) if line.startswith("S ") and line[-1] == "\n"]
    return [(int(number), item, response.rstrip("\n")) for _, number, item, response in lines]


def kill_once(folder: Path, form: Form, chance: random.Random, after: int) -> list[Shown]:
    """Start the station, let it answer, kill it; what it had shown."""
    receive, send = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.close(receive)
            _child(folder, form, chance.getrandbits(32), after, send)
        except BaseException:  # noqa: BLE001 - a child must never run on into its parent's code
            traceback.print_exc()
        finally:
            os._exit(1)
    os.close(send)
    if chance.random() < EARLY:
        time.sleep(chance.uniform(0.0, 0.2))
    else:
        select.select([receive], [], [], 20)
        time.sleep(chance.uniform(0.0, 0.15))
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status):
        raise SystemExit("the station ended by itself")
    with os.fdopen(receive, "rb") as pipe:
        return said(pipe.read().decode())


def kills(number: int, form: Form) -> tuple[int, int]:
    """Kill so often; how many answers were shown, and how many of them are gone."""
    chance, shown_all, gone = random.Random(1), 0, 0
    for start in range(0, number, KILLS_A_FOLDER):
        with tempfile.TemporaryDirectory() as name:
            folder, shown = Path(name), list[Shown]()
            for index in range(min(KILLS_A_FOLDER, number - start)):
                shown += kill_once(folder, form, chance, index * ROUND_MS + (WAIT_MS if index else 0))
                gone += len(answering.lost(folder, shown))
            shown_all += len(shown)
    return shown_all, gone


def recorded(folder: Path, answers: int, *, off: bool) -> list[power_cut.Call]:
    """The system calls of one run."""
    # Its own standard output is recorded with its calls; here it would only fill the screen.
    command = [sys.executable, "-m", "hardware_mocks.answering", str(folder / "store"), "7", str(answers)]
    log = folder / "calls"
    root = str(Path(__file__).resolve().parent.parent)
    status = power_cut.record([*command, *(["off"] if off else [])], log, {**os.environ, "PYTHONPATH": root})
    if status:
        raise SystemExit(f"the recorded run ended with {status}")
    return list(power_cut.parse(log, folder / "store"))


def cuts(number: int, calls: list[power_cut.Call], scratch: Path) -> tuple[int, int]:
    """Cut the power so often; in how many cuts an answer shown as saved was gone, and how many were gone in all."""
    chance, harmed, gone = random.Random(2), 0, 0
    first = next(index for index, call in enumerate(calls) if call.path == "-")
    moments = sorted(chance.randrange(first, len(calls)) for _ in range(number))
    disk, done, shown, text = power_cut.Disk(), 0, list[Shown](), ""
    for moment in moments:
        for call in calls[done:moment]:
            if call.path == "-":
                text += call.data.decode()
            else:
                disk.see(call)
        done, shown = moment, said(text)
        with tempfile.TemporaryDirectory(dir=scratch) as name:
            for path, raw in disk.after_cut(chance).items():
                (Path(name) / Path(path).name).write_bytes(raw)
            missing = len(answering.lost(Path(name), shown))
        harmed += missing > 0
        gone += missing
    return harmed, gone
