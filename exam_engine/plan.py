"""Exam, shift, site, room, seat: what is planned to happen where and when. Times are node milliseconds since 1970."""

from __future__ import annotations

import msgspec

from exam_engine.candidate import Candidate


class Site(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An exam site (điểm thi), normally a school."""

    id: str
    name: str


class Room(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An exam room (phòng thi) of a site."""

    id: str
    site: str
    seats: int


class Shift(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A shift (ca thi): planned start and working time of one sitting."""

    id: str
    starts_at: int
    minutes: int
    check_in_from: int


class Exam(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An exam (kỳ thi)."""

    id: str
    name: str
    subject: str
    organiser: str
    shifts: tuple[Shift, ...]
    sites: tuple[Site, ...]
    rooms: tuple[Room, ...]

    def shift(self, shift_id: str) -> Shift:
        """The shift of that identifier.

        Raises:
            KeyError: there is none.
        """
        for shift in self.shifts:
            if shift.id == shift_id:
                return shift
        raise KeyError(shift_id)


class Seat(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One PC in one room; the station that stands there serves every shift of the day."""

    site: str
    room: str
    number: int


class Holder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An official who holds one half of a room's recovery key; the raw Ed25519 key that this half signs with."""

    name: str
    signing_key: bytes


class RoomRecovery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What may be known of a room's recovery key: the raw X25519 key that mirrors are sealed to, and the two holders."""

    sealing_key: bytes
    holders: tuple[Holder, ...]


class Provision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that one station receives for one room and shift (DESIGN.md section 4.8), and nothing else.

    `profile` is the exam profile as TOML text; `trust_anchors` are CSCA certificates in DER; `forms` maps a form digest
    to the code (mã đề) shown; `form_for` maps a candidate number to the form digest that they get. `station_pass` is the
    node's signature over this station's place and key; without `recovery` the room has no takeover without the node.
    `officials` is the roster of those who may decide at the seat, signed by the node (`exam_engine.officials`).
    """

    version: int
    exam: Exam
    shift: str
    seat: Seat
    candidates: tuple[Candidate, ...]
    profile: str
    trust_anchors: tuple[bytes, ...]
    forms: dict[str, str]
    form_for: dict[str, str]
    officers: dict[str, bytes]
    authentication_nonces: tuple[bytes, ...] = ()
    recovery: RoomRecovery | None = None
    station_pass: bytes = b""
    officials: bytes = b""
    officials_signature: bytes = b""


def attempt_id(exam: str, shift: str, sbd: str) -> str:
    """One candidate, one form, one sitting."""
    return f"{exam}/{shift}/{sbd}"


def unknown_attempt_id(exam: str, shift: str, station: str, ordinal: int) -> str:
    """A check-in of a person whom the roster does not know."""
    return f"{exam}/{shift}/unknown-{station}-{ordinal}"
