"""The day's plan: the exam with its shifts, sites and rooms, and each person as the roster has them. No doing, only facts."""

from __future__ import annotations

from datetime import UTC, datetime

from exam_engine.candidate import Candidate
from exam_engine.plan import Exam, Room, Shift, Site
from hardware_mocks.exam_day.people import Person
from hardware_mocks.exam_day.schedule import SHIFTS, SITES, Place, Schedule, Sitter
from hardware_mocks.portraits import Portrait
from proctor_node.people import Role

# Milliseconds of exam time.
MINUTE = 60_000
MINUTES = 45
# The day begins at 6:40 of Indochina Time (UTC+7); the first shift's test 50 minutes later, the next ones 90 minutes apart.
DAY_BEGINS = int(datetime(2026, 11, 24, 6, 40, tzinfo=UTC).timestamp() * 1000) - 7 * 60 * MINUTE
FIRST_START = DAY_BEGINS + 50 * MINUTE
GAP = 90 * MINUTE
CHECK_IN_BEFORE = 45 * MINUTE

GUEST_SBD, GUEST_SHIFT = "30999999", "3"
GUEST = Person("Thí Sinh Trải Nghiệm", "M", "2008-01-01", "042208000001", "2033-01-01")

OFFICERS = ("Cán bộ giữ đề 1", "Cán bộ giữ đề 2", "Cán bộ giữ đề 3")
INVIGILATOR, HEAD = "Cán bộ coi thi A", "Trưởng điểm thi B"
OFFICIALS: tuple[tuple[str, Role], ...] = (
    (INVIGILATOR, "invigilator"),
    (HEAD, "site_head"),
    ("admin", "administrator"),
)


def exam_of(schedule: Schedule, *, guest: bool) -> Exam:
    """The exam for everybody of the schedule; the person at this machine has a shift of their own."""
    shifts = tuple(_shift(name, index) for index, name in enumerate((*SHIFTS, GUEST_SHIFT) if guest else SHIFTS))
    rooms: dict[tuple[str, str], int] = {}
    for place in schedule.places:
        rooms[(place.site, place.room)] = max(rooms.get((place.site, place.room), 0), place.seat)
    return Exam(
        "KS12-2026",
        "Khảo sát chất lượng lớp 12 (trình diễn)",
        "Toán",
        "Sở GD&ĐT (trình diễn)",
        shifts,
        tuple(Site(*site) for site in SITES),
        tuple(Room(room, site, seats) for (site, room), seats in rooms.items()),
    )


def _shift(name: str, index: int) -> Shift:
    start = FIRST_START + index * GAP
    return Shift(name, start, MINUTES, start - CHECK_IN_BEFORE)


def candidate_of(sitter: Sitter) -> Candidate:
    """One person as the roster has them."""
    person, place = sitter.person, sitter.place
    return Candidate(
        sitter.sbd, person.name, person.birth_date, person.sex, person.personal_number, place.site, place.room,
        place.seat, sitter.shift, "12A1", person.expiry_date, "đã nhận",
    )  # fmt: skip


def guest_at(place: Place, portrait: Portrait | None = None) -> Sitter:
    """The person at this machine, at that seat."""
    return Sitter(GUEST, GUEST_SBD, GUEST_SHIFT, place, None, portrait, None)
