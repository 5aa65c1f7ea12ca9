"""A station holds its own room and shift alone: what is of another goes as soon as the node has it, journal and mirror alike.

Three things make data old: another shift has begun here, the node said that this shift has closed, or a person gave
`khaothi station erase`. What the node does not have yet stays until it has. Journal and mirror each finish an erasure that a
cut of power broke off; which mirrors are old follows from the journal alone, so a stick that comes back later is cleared then.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exam_engine.exchange import Extend, Instruction, MoveIn, Release, decode_instructions
from exam_engine.plan import Provision
from question_bank import sealed_form
from station.errors import MirrorRefused
from station.journey.clocks import SITS
from station.mirror_file import LARGEST_HEADER, Header, read_header
from station.ports import Journal, MirrorPlace

if TYPE_CHECKING:
    from station.mirrored import Takeover
    from station.runtime import Station

# What carries no person and must outlast the room: or the node would take the next request for a replay and tell old orders
# again, and an erasure would give a guesser of PINs new tries.
ALWAYS = ("counter", "applied", "cursor", "clock", "official_tries")
CLOSED, HELD, ERASED = "closed", "held", "erased_shifts"
# Held after everything went.
NOTHING = "-"
MOST_SHIFTS = 100
INSTRUCTIONS, CURSOR = "instructions", "cursor"


def prefix_of(exam: str, shift: str) -> str:
    """How the names of the attempts of a shift begin."""
    return f"{exam}/{shift}/"


def closed_shift(journal: Journal) -> str:
    """The shift that has closed here, as the beginning of its attempts' names, or ""."""
    return (journal.kept(CLOSED) or b"").decode()


def erased_shifts(journal: Journal) -> list[str]:
    """The shifts that were erased here: their mirrors are to go wherever they turn up.

    Of a shift that is not among them a mirror may be the last copy there is.
    """
    raw = journal.kept(ERASED)
    return [] if raw is None else msgspec.json.decode(raw, type=list[str])


def marks(journal: Journal, spare: str) -> dict[str, bytes]:
    """What an erasure leaves behind: which shift is held from now on, and which ones are gone."""
    held = {(journal.kept(HELD) or b"").decode(), *(_prefix(attempt) for attempt, _ in journal.epochs())}
    gone = [*erased_shifts(journal), *sorted(held - {"", NOTHING, spare, *erased_shifts(journal)})]
    return {HELD: (spare or NOTHING).encode(), ERASED: msgspec.json.encode(gone[-MOST_SHIFTS:])}


def _prefix(attempt: str) -> str:
    return "/".join(attempt.split("/")[:2]) + "/"


def keep_cursor(journal: Journal, spare: str) -> list[Instruction]:
    """Keep of the instructions only those that still matter, and the number of the last one; what is left."""
    raw = journal.kept(INSTRUCTIONS)
    known = [] if raw is None else decode_instructions(raw)
    if not known:
        return known
    applied = journal.applied()
    left = [each for each in known if each.number > applied or _of(each, spare)]
    # The cursor first: with the list alone shortened the node would tell everything again.
    journal.keep(CURSOR, str(known[-1].number).encode())
    if left != known:
        journal.keep(INSTRUCTIONS, msgspec.json.encode(left))
    return left


def _of(instruction: Instruction, spare: str) -> bool:
    act = instruction.act
    if not spare:
        return False
    if isinstance(act, Release):
        return spare.endswith(f"/{sealed_form.shift_of(act.order)}/")
    return isinstance(act, MoveIn | Extend) and instruction.attempt.startswith(spare)


def own_mirrors(place: MirrorPlace, signing: Ed25519PrivateKey, node_key: bytes) -> list[tuple[str, Header]]:
    """Mirrors in reach that this very device wrote."""
    own, found = signing.public_key().public_bytes_raw(), []
    for name, raw in place.files(2 * LARGEST_HEADER):
        with contextlib.suppress(MirrorRefused):
            header = read_header(raw, node_key)
            if header.signing_key == own:
                found.append((name, header))
    return found


def sweep_mirrors(place: MirrorPlace, station: str, old: Iterable[str]) -> int:
    """Erase mirrors by name and finish what was broken off; how many went.

    Raises:
        OSError: the place is gone or read only.
    """
    names = list(old)
    for name in names:
        place.remove(name)
    place.sweep(f"{station}-")
    return len(names)


class Erasure:
    """Works in the thread of the exchange, which alone writes instructions and provision."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self.closed = closed_shift(station.ports.journal)

    def is_closed(self, provision: Provision) -> bool:
        """Whether this is the shift that has closed."""
        return prefix_of(provision.exam.id, provision.shift) == self.closed

    def mark(self, closed: str) -> None:
        """Note that a shift has closed here, or with "" that it goes on.

        Raises:
            StoreFailed: it could not be noted.
        """
        self._station.ports.journal.keep(CLOSED, closed.encode())
        self.closed = closed

    def once(self) -> bool:
        """Erase what is old, if the node has it; whether something went.

        Raises:
            StoreFailed: the disk did not take it; it is tried again after the next exchange.
        """
        station, journal = self._station, self._station.ports.journal
        provision = station.journey.provision
        if self.closed and provision is not None and self.is_closed(provision):
            if station.journey.attempt.phase not in SITS:
                # The loop lets go of the room first; then nothing of it can be written any more.
                station.call(station.close_room)
            return False
        spare = "" if provision is None else prefix_of(provision.exam.id, provision.shift)
        held = (journal.kept(HELD) or b"").decode()
        if not spare and not self.closed:
            return False
        if held == (spare or NOTHING):
            return False
        if not held and not journal.epochs():
            journal.keep(HELD, spare.encode())
            return False
        return self._erase(spare, provision)

    def _erase(self, spare: str, provision: Provision | None) -> bool:
        station, journal = self._station, self._station.ports.journal
        taken = station.takeovers.kept
        gone = taken is not None and not (spare and taken.attempt.startswith(spare))
        if journal.owed(spare) or (gone and station.takeovers.relays()):
            return False
        station.exchange.shorten(keep_cursor(journal, spare))
        if not journal.erase(spare, self._keep(spare, provision, None if gone else taken), marks(journal, spare)):
            return False
        if gone:
            station.takeovers.forget()
        station.mirroring.wake()
        return True

    def _keep(self, spare: str, provision: Provision | None, taken: Takeover | None) -> set[str]:
        keep = {*ALWAYS, CLOSED, INSTRUCTIONS}
        if spare and provision is not None:
            keep |= {"provision", "beat", *(f"form/{digest}" for digest in provision.forms)}
        if taken is not None:
            keep |= {"takeover", "relayed", f"form/{taken.act.form_digest}"}
        return keep
