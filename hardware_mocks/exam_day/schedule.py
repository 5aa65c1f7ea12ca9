"""Who sits where and when on the bench's exam day: three sites, two shifts, and one special case to each of the first."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from itertools import cycle, islice

from hardware_mocks.exam_day.cases import CASES, EXPECTED, Case
from hardware_mocks.exam_day.people import Person, people
from hardware_mocks.portraits import Portrait

SITES = (("LTT", "THPT Lý Tự Trọng"), ("TS", "THPT Thành Sen"), ("MK", "THPT Nguyễn Thị Minh Khai"))
SHIFTS = ("1", "2")
# At most 24 candidates in a room (vietnam.md section 3); two PCs of each room stay spare.
ROOM_SEATS = 24
SPARE = 2
COUNCIL = "30"


@dataclass(frozen=True, slots=True)
class Place:
    """A seat: site, room and number."""

    site: str
    room: str
    seat: int


@dataclass(frozen=True, slots=True)
class Sitter:
    """One person of the day. `sbd` is empty for somebody who is on no list; `portrait` is whose face the chip holds."""

    person: Person
    sbd: str
    shift: str
    place: Place
    case: Case | None
    portrait: Portrait | None
    live: Portrait | None


@dataclass(frozen=True, slots=True)
class Schedule:
    """The whole day. `skipped` names the cases that could not be shown, with the reason."""

    sitters: tuple[Sitter, ...]
    places: tuple[Place, ...]
    skipped: tuple[tuple[Case, str], ...]

    def of_shift(self, shift: str) -> list[Sitter]:
        """Everybody who comes in that shift."""
        return [sitter for sitter in self.sitters if sitter.shift == shift]

    def spare(self, near: Place) -> Place:
        """The last seat of the same room: always free."""
        return max((place for place in self.places if (place.site, place.room) == (near.site, near.room)), key=_number)


def _number(place: Place) -> int:
    return place.seat


def _rooms(expected: int) -> list[int]:
    """Seats of each room of a site, spare ones included."""
    count = max(1, math.ceil(expected / (ROOM_SEATS - SPARE)))
    size = math.ceil(expected / count)
    return [size + SPARE] * count


def _places(expected: int) -> tuple[list[Place], dict[str, list[Place]]]:
    every: list[Place] = []
    usable: dict[str, list[Place]] = {}
    room_number = 0
    for site, _ in SITES:
        usable[site] = []
        for seats in _rooms(expected):
            room_number += 1
            room = f"{room_number:02d}"
            places = [Place(site, room, seat) for seat in range(1, seats + 1)]
            every += places
            usable[site] += places[:-SPARE]
    return every, usable


def _cases(count: int, faces: bool) -> tuple[list[Case | None], list[tuple[Case, str]]]:
    skipped = [] if faces else [(case, "no portraits on this machine") for case in CASES if EXPECTED[case].needs_face]
    without = {case for case, _ in skipped}
    playable: list[Case | None] = [case for case in CASES if case not in without]
    skipped += [(case, f"only {count} candidates") for case in playable[count:] if case is not None]
    return (playable + [None] * count)[:count], skipped


def draw_up(count: int, portraits: list[Portrait], seed: int) -> Schedule:
    """The day for `count` people. Portraits are dealt in turn; with fewer portraits than people some are dealt again.

    Raises:
        ValueError: fewer than one person.
    """
    if count < 1:
        raise ValueError("an exam day needs at least one candidate")
    chance = random.Random(seed)
    cases, skipped = _cases(count, bool(portraits))
    faces: list[Portrait | None] = list(islice(cycle(portraits), count)) if portraits else [None] * count
    persons = people(chance, [None if face is None else face.sex for face in faces])
    groups = [(shift, site) for site, _ in SITES for shift in SHIFTS]
    every, usable = _places(math.ceil(count / len(groups)))
    seats = {(shift, site): iter(usable[site]) for shift, site in groups}
    sitters = []
    for index, (someone, case, face) in enumerate(zip(persons, cases, faces, strict=True)):
        shift, site = groups[index % len(groups)]
        place = next(seats[(shift, site)])
        live = face
        if case == "face_mismatch":
            live = next(
                other for other in portraits if face is not None and other.id != face.id and other.sex == face.sex
            )
        sbd = "" if case == "not_on_roster" else f"{COUNCIL}{index + 1:06d}"
        sitters.append(Sitter(someone, sbd, shift, place, case, face, live))
    return Schedule(tuple(sitters), tuple(every), tuple(skipped))
