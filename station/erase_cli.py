"""`khaothi station erase`: journal and mirrors of this PC, for a person who does not wait for the shift to close."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from exam_engine.exchange import RecordBatch
from exam_engine.plan import Provision
from khaothi import command_line
from station import erasure
from station.adapters import device
from station.adapters.journal import SqliteJournal
from station.adapters.mirror_folder import MirrorFolders
from station.adapters.only_one import alone
from station.console import Json, Unusable, refused
from station.errors import NotEnrolled, StationError
from station.ports import Journal
from station.wording.refusals import WORDING

FOUND = tuple[int, int]


class _Relayed(msgspec.Struct):
    """Of a takeover as it is kept: what is still to be handed on to the node."""

    relays: tuple[RecordBatch, ...]


class _Kept(msgspec.Struct):
    takeover: _Relayed


def erase(
    confirm: Annotated[bool, typer.Option("--yes", help="really erase")] = False,
    force: Annotated[bool, typer.Option("--unsent-too", help="even what the node does not have yet")] = False,
    as_json: Json = False,
) -> int:
    """Erase the room's data from this PC and its mirrors on sticks in reach; refuses while the node lacks anything."""
    folder = device.home()
    try:
        with alone(folder):
            if not force:
                refuse_unsent(folder)
            attempts, unsent = held(folder)
            if not confirm:
                raise Unusable("not_confirmed", attempts=attempts)
            mirrors, place = erase_all(folder, force=force)
    except (StationError, OSError) as error:
        return refused(error, as_json=as_json)
    if as_json:
        command_line.print_json(
            {"erased_attempts": attempts, "unsent_lost": unsent, "mirrors_erased": mirrors, "mirror_in_reach": place}
        )
        return 0
    print(WORDING.line("erased {attempts} attempts and {mirrors} mirrors; the key that sealed them is destroyed", attempts=attempts, mirrors=mirrors))  # fmt: skip
    if not place:
        print(WORDING.line("no stick is in: a mirror that turns up later is erased while the station runs"))
    return 0


def held(folder: Path) -> FOUND:
    """How many attempts this PC holds, and how many entries and attachments the node does not have."""
    journal = SqliteJournal(folder)
    try:
        return len(journal.epochs()), journal.owed() + _relays(journal)
    finally:
        journal.close()


def _relays(journal: Journal) -> int:
    raw = journal.kept("takeover")
    if raw is None or journal.kept("relayed") is not None:
        return 0
    return sum(len(batch.entries) for batch in msgspec.json.decode(raw, type=_Kept).takeover.relays)


def refuse_unsent(folder: Path) -> None:
    """Nothing of what the node does not have may go.

    Raises:
        Unusable: `unsent_entries`.
    """
    attempts, unsent = held(folder)
    if unsent:
        raise Unusable("unsent_entries", attempts=attempts, entries=unsent)


def erase_all(folder: Path, *, force: bool) -> tuple[int, bool]:
    """Erase everything but what carries no person; how many mirrors went, and whether a place for them was in reach."""
    place, journal = MirrorFolders(), SqliteJournal(folder)
    try:
        marks, raw = erasure.marks(journal, ""), journal.kept("provision")
        if raw is not None:
            # With the next start the node would hand all of it out again.
            provision = msgspec.json.decode(raw, type=Provision)
            marks[erasure.CLOSED] = erasure.prefix_of(provision.exam.id, provision.shift).encode()
        erasure.keep_cursor(journal, "")
        journal.erase("", erasure.ALWAYS, marks, force=force)
        return _erase_mirrors(folder, place, journal), place.present()
    finally:
        journal.close()


def forget_enrolment(folder: Path) -> None:
    """What an earlier node gave means nothing to another one: its counters, its orders, its room."""
    erase_all(folder, force=False)
    journal = SqliteJournal(folder)
    journal.erase("", (), {})
    journal.close()


def _erase_mirrors(folder: Path, place: MirrorFolders, journal: Journal) -> int:
    try:
        own = device.load(folder)
    except NotEnrolled:
        return 0
    gone = erasure.erased_shifts(journal)
    found = erasure.own_mirrors(place, own.signing, own.node_key)
    old = [name for name, header in found if erasure.prefix_of(header.exam, header.shift) in gone]
    return erasure.sweep_mirrors(place, own.station, old)
