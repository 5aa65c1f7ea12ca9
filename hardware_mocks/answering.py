"""A candidate who answers without end at a real station over a real journal, and says of each answer that it is shown as saved.

`python -m hardware_mocks.answering FOLDER SEED ANSWERS [off]` prints `S <sequence> <item> <response>` once the view shows an
answer as saved. With `off` the journal does not wait for the disk: the proof that the campaign would notice.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from pathlib import Path

from exam_engine import events as e
from exam_engine.record import decode_entry
from hardware_mocks.lone_station import ATTEMPT, HandClock, LoneStation
from question_bank import samples
from question_bank.adapters.formula_renderer import MathJaxRenderer
from question_bank.form import Form
from station.adapters.journal import SqliteJournal
from station.errors import StoreDamaged
from station.journey import intents
from station.journey.views import Paper

SAVED = {"saved_here", "saved_centre", "waiting"}
RESPONSES: dict[str, tuple[str, ...]] = {
    "single_choice": ("A", "B", "C", "D"),
    "true_false_cluster": ("a=true", "a=true,b=false", "a=false,b=false,c=true", "a=true,b=true,c=false,d=true"),
    "short_numeric": ("1", "-1", "-1,5", "0,25"),
}
Shown = tuple[int, str, str]


def careless(folder: Path) -> SqliteJournal:
    """The same journal, but it does not wait for the disk."""
    journal = SqliteJournal(folder)
    raw = journal._connection.connection.driver_connection  # noqa: SLF001 - the fault that the campaign injects
    assert raw is not None
    raw.execute("PRAGMA synchronous=OFF")
    return journal


def bench(folder: Path, form: Form, *, off: bool = False, after: int = 0) -> LoneStation:
    """A station at the open paper, the node out of reach; over a folder that has an attempt it goes on with that.

    `after` milliseconds have passed on all clocks since the first start.
    """
    clock = HandClock()
    clock.advance(after)
    made = LoneStation(folder, form, clock=clock, make_journal=careless if off else SqliteJournal)
    made.resume()
    made.to_paper()
    made.node.cut = True
    return made


def answer(made: LoneStation, chance: random.Random, number: int, say: Callable[[Shown], None]) -> None:
    """Give so many answers; `say` hears of each that the screen shows as saved."""
    journey = made.station.journey
    for _ in range(number):
        item = chance.choice(list(journey.index))
        response = chance.choice(RESPONSES[journey.index[item].kind])
        made.do(intents.GoTo(item))
        made.clock.advance(chance.randrange(10, 900))
        if journey.attempt.responses.get(item) == response:
            continue
        view = made.do(intents.Respond(item, response))
        if isinstance(view, Paper) and view.save in SAVED and journey.attempt.responses.get(item) == response:
            say((journey.item_sequence[item], item, response))


def lost(folder: Path, shown: list[Shown]) -> list[Shown]:
    """Which of the answers shown as saved are no longer in a journal; all of them if it cannot be read."""
    try:
        journal = SqliteJournal(folder)
    except StoreDamaged:
        return shown
    try:
        entries = {entry.sequence: entry.event for entry in map(decode_entry, journal.entries(ATTEMPT, 1))}
    except StoreDamaged:
        return shown
    finally:
        journal.close()
    return [each for each in shown if entries.get(each[0]) != e.Answered(each[1], each[2])]


def main() -> None:
    """Answer until done or killed."""
    folder, seed, number = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    made = bench(folder, samples.sample_form(MathJaxRenderer()), off="off" in sys.argv[4:])

    def say(shown: Shown) -> None:
        sys.stdout.write(f"S {shown[0]} {shown[1]} {shown[2]}\n")
        sys.stdout.flush()

    answer(made, random.Random(seed), number, say)


if __name__ == "__main__":
    main()
