"""A journal with two shifts from which the older one is erased: the program whose system calls are cut off at every place.

`python -m hardware_mocks.erasing FOLDER` prints `E` when the erasure begins and `D` when it is done.
"""

from __future__ import annotations

import sys
from pathlib import Path

from exam_engine import events as e
from exam_engine.record import Entry, advance, encode_entry, genesis
from station.adapters.journal import SqliteJournal

OLD, NEW = "K/1/30000001", "K/2/30000002"
COUNTER = b"77"


def entry(number: int) -> bytes:
    """One answer."""
    return encode_entry(Entry(number, 5 * number, e.Answered("I.1", "ABCD"[number % 4])))


def fill(journal: SqliteJournal) -> None:
    """Eight answers of either shift; the node has those of the old one."""
    head = genesis(OLD, 1, "")
    for number in range(1, 9):
        journal.append(OLD, 1, (entry(number),))
        journal.append(NEW, 1, (entry(number),))
        head = advance(head, entry(number))
    journal.confirm(OLD, 1, 8, head.hex())
    journal.keep("counter", COUNTER)
    journal.keep("instructions", b"[]")
    journal.keep("form/old", bytes(3000))


def main() -> None:
    """Fill and erase."""
    journal = SqliteJournal(Path(sys.argv[1]))
    fill(journal)
    for sign in "ED":
        sys.stdout.write(f"{sign}\n")
        sys.stdout.flush()
        if sign == "E":
            journal.erase("K/2/", ("counter", "provision"), {"held": b"K/2/"})
    journal.close()


if __name__ == "__main__":
    main()
