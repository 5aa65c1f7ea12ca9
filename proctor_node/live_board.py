"""The board as a pure model: seats with two axes and flags, alarms in the order of attention (UX.md section 3).

Progress comes from the record, the link from real time since the last exchange. The board shows, people decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import msgspec

from exam_engine.attempt import Attempt, Phase
from exam_engine.candidate import Candidate
from exam_engine.exchange import Health

Link = Literal["none", "live", "slow", "lost"]
SLOW_AFTER, LOST_AFTER, ALARM_AFTER = 12.0, 20.0, 60.0
PHASES_AT_WORK = {Phase.WORKING, Phase.PAUSED}
UNSENT_BEFORE_END = 5 * 60_000


class SeatTile(msgspec.Struct, frozen=True):
    """One seat. Words are chosen by the page from `phase`, `link` and `flags`; no card number, no photo.

    Nothing here changes by the clock alone while all is well: a page counts down to `deadline` itself, so that only what happened
    is sent. `left` is the time that a paused clock stands at; both are 0 where no clock runs. `silent` is 0 on a live link.
    """

    station: str
    site: str
    room: str
    seat: int
    sbd: str
    name: str
    phase: str
    link: Link
    silent: int
    answered: int
    items: int
    deadline: int
    left: int
    flags: tuple[str, ...]
    level: int
    alarm: str
    detail: str
    attempt: str
    reasons: tuple[str, ...]


class Alarm(msgspec.Struct, frozen=True):
    """One line of the list on the left. `kind` names the row of UX.md section 3."""

    level: int
    kind: str
    station: str
    site: str
    room: str
    seat: int
    detail: str
    attempt: str


class Board(msgspec.Struct, frozen=True):
    """Everything that a page shows."""

    exam: str
    subject: str
    shift: str
    node_time: int
    started_at: int
    seats: tuple[SeatTile, ...]
    alarms: tuple[Alarm, ...]
    counts: dict[str, int]
    sites: dict[str, str]


@dataclass(frozen=True, slots=True)
class SeatState:
    """What is known of one station. `silent` is real seconds since its last exchange, None if there was none."""

    station: str
    site: str
    room: str
    seat: int
    candidate: Candidate | None
    attempt_name: str
    attempt: Attempt
    health: Health | None
    silent: float | None
    held_out: bool
    oddities: tuple[str, ...]


def link_of(silent: float | None) -> Link:
    """The second axis."""
    if silent is None:
        return "none"
    if silent <= SLOW_AFTER:
        return "live"
    return "slow" if silent <= LOST_AFTER else "lost"


def _flags(state: SeatState, link: Link) -> tuple[str, ...]:
    attempt, health = state.attempt, state.health
    found = {
        "help": bool(attempt.help),
        "moved": bool(attempt.moved_from),
        "manual": attempt.decided is not None and attempt.decided.decision == "admit",
        "screen_left": attempt.screen_left > 0,
        "restarted": attempt.restarts > 0,
        "unsent": health is not None and health.unsent > 0 and link != "live",
        "held_out": state.held_out,
        "odd_record": bool(state.oddities),
        "late": attempt.admission is not None and "late" in attempt.admission.reasons,
    }
    return tuple(name for name, there in found.items() if there)


def _alarm(state: SeatState, link: Link) -> tuple[str, str]:
    """The most pressing thing at this seat: kind and detail, or two empty strings."""
    return next(_alarms(state, link), ("", ""))


def _alarms(state: SeatState, link: Link) -> Iterator[tuple[str, str]]:
    attempt, health = state.attempt, state.health
    working = attempt.phase in PHASES_AT_WORK
    if working and state.silent is not None and state.silent > ALARM_AFTER:
        yield "lost_contact", str(int(state.silent))
    if health is not None and health.store != "ok":
        yield "cannot_save", health.store
    if attempt.help:
        yield "help", attempt.help
    if attempt.phase is Phase.REFERRED:
        yield "identity", ", ".join(attempt.admission.reasons) if attempt.admission else ""
    if working and health is not None and health.unsent and 0 < health.remaining < UNSENT_BEFORE_END and link != "live":
        yield "unsent_near_end", str(health.unsent)
    if attempt.screen_left:
        yield "left_screen", str(attempt.screen_left // 1000)
    if state.oddities:
        yield "odd_record", ", ".join(state.oddities)
    if state.held_out:
        yield "mixed_fleet", ""


ALARM_LEVEL = {
    "lost_contact": 1,
    "cannot_save": 1,
    "help": 2,
    "identity": 3,
    "unsent_near_end": 4,
    "left_screen": 5,
    "odd_record": 5,
    "mixed_fleet": 5,
    "": 7,
}


def tile(state: SeatState) -> SeatTile:
    """One seat as shown."""
    link = link_of(state.silent)
    alarm, detail = _alarm(state, link)
    attempt, health, candidate = state.attempt, state.health, state.candidate
    return SeatTile(
        state.station,
        state.site,
        state.room,
        state.seat,
        candidate.sbd if candidate else "",
        candidate.name if candidate else "",
        attempt.phase.value,
        link,
        int(state.silent or 0) if link in {"slow", "lost"} else 0,
        attempt.answered,
        health.items if health else 0,
        attempt.deadline if attempt.phase is Phase.WORKING else 0,
        attempt.remaining if attempt.phase is Phase.PAUSED else 0,
        _flags(state, link),
        ALARM_LEVEL[alarm],
        alarm,
        detail,
        state.attempt_name,
        attempt.admission.reasons if attempt.admission else (),
    )


def board(
    exam: str, subject: str, shift: str, sites: dict[str, str], states: Iterable[SeatState], now: int, started_at: int
) -> Board:
    """The whole board, seats in their order, alarms by attention."""
    seats = tuple(sorted((tile(state) for state in states), key=lambda seat: (seat.site, seat.room, seat.seat)))
    alarms = tuple(
        Alarm(seat.level, seat.alarm, seat.station, seat.site, seat.room, seat.seat, seat.detail, seat.attempt)
        for seat in sorted(seats, key=lambda seat: (seat.level, -seat.silent))
        if seat.alarm
    )
    counts: dict[str, int] = {"candidates": sum(bool(seat.sbd) for seat in seats)}
    for seat in seats:
        if seat.sbd:
            counts[seat.phase] = counts.get(seat.phase, 0) + 1
        counts[f"link_{seat.link}"] = counts.get(f"link_{seat.link}", 0) + 1
    return Board(exam, subject, shift, now, started_at, seats, alarms, counts, sites)
