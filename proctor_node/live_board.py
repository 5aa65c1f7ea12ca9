"""The board as a pure model: seats with two axes and flags, alarms in the order of attention (UX.md section 3).

Progress comes from the record, the link from real time since the last exchange. The board shows, people decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from exam_engine.attempt import Attempt, Phase
from exam_engine.candidate import Candidate
from exam_engine.exchange import Health

Link = Literal["none", "live", "slow", "lost", "offline", "broken"]
SLOW_AFTER, LOST_AFTER, ALARM_AFTER = 12.0, 20.0, 60.0
PHASES_AT_WORK = {Phase.WORKING, Phase.PAUSED}
UNSENT_BEFORE_END = 5 * 60_000
# Silence of so many seats of one room, begun within so many seconds, is one matter: mostly the switch.
ROOM_AT, ROOM_WITHIN = 3, 10.0


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
    # When the signal reached this seat's scope, 0 before: who is not there then is absent.
    signal: int = 0


class Handling(msgspec.Struct, frozen=True):
    """Who looks after an alarm; "new" is nobody."""

    number: int = 0
    state: str = "new"
    owner: str = ""


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
    # Which matter this is (site/room/seat/kind), and which of its kind: another silence, another cause.
    key: str = ""
    mark: str = ""
    count: int = 0
    since: int = 0
    handling: Handling = Handling()


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


_UNHEARD = Health("", "", 0, 0, 0, 0, "", 0, "", "", "")


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
    # Kind -> mark of what people have closed at this seat.
    closed: dict[str, str] = field(default_factory=dict)
    seen: float | None = None
    # What somebody at the seat said of a silent PC: "offline" (works on), "broken", or nothing.
    confirmed: str = ""
    signal: int = 0
    not_opened: bool = False


def link_of(silent: float | None, confirmed: str = "") -> Link:
    """The second axis. That a PC works offline or is broken only a person can say."""
    if silent is not None and silent > LOST_AFTER and confirmed in {"offline", "broken"}:
        return "offline" if confirmed == "offline" else "broken"
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


def _alarm(state: SeatState, link: Link) -> tuple[str, str, str]:
    """The most pressing thing at this seat that nobody has closed: kind, detail and mark, or empty strings."""
    return next((found for found in _alarms(state, link) if state.closed.get(found[0]) != found[2]), ("", "", ""))


def present(state: SeatState) -> set[str]:
    """The kinds of what is the matter at a seat, closed or not."""
    return {kind for kind, _, _ in _alarms(state, link_of(state.silent, state.confirmed))}


def _alarms(state: SeatState, link: Link) -> Iterator[tuple[str, str, str]]:
    """What is the matter: kind, detail, and a mark by which the same matter is known again."""
    working = state.attempt.phase in PHASES_AT_WORK
    if working and state.silent is not None and state.silent > ALARM_AFTER and link == "lost":
        yield "lost_contact", str(int(state.silent)), str(state.seen)
    for kind, detail in _lasting(state, link, working=working):
        yield kind, detail, detail
    if working and link == "offline":
        yield "offline_working", "", str(state.seen)


def _lasting(state: SeatState, link: Link, *, working: bool) -> Iterator[tuple[str, str]]:
    """What does not change by the clock, the most pressing first: one row a kind, whether it is so, and its detail."""
    attempt, reasons = state.attempt, state.attempt.admission.reasons if state.attempt.admission else ()
    health = state.health or _UNHEARD
    # "partial: second_screen": only what the station names can be mended at the seat.
    partial = ", ".join(filter(None, (health.lockdown.partition(": ")[2], *sorted(attempt.noticed))))
    near_end = 0 < health.remaining < UNSENT_BEFORE_END and link != "live"
    table = (
        ("cannot_save", health.store != "ok", health.store),
        ("not_opened", state.not_opened, ""),
        ("help", bool(attempt.help), attempt.help),
        ("identity", attempt.phase is Phase.REFERRED or attempt.waits, ", ".join(reasons)),
        ("unsent_near_end", working and health.unsent > 0 and near_end, str(health.unsent)),
        ("unsent_after_end", attempt.ended and health.unsent > 0, str(health.unsent)),
        ("left_screen", attempt.screen_left > 0, str(attempt.screen_left // 1000)),
        ("odd_record", bool(state.oddities), ", ".join(state.oddities)),
        ("lockdown_partial", working and bool(partial), partial),
        ("mixed_fleet", state.held_out, ""),
    )
    yield from ((kind, detail) for kind, so, detail in table if so)


ALARM_LEVEL = {
    "lost_contact": 1, "room_lost": 1, "cannot_save": 1, "not_opened": 1, "help": 2, "identity": 3, "unsent_near_end": 4,
    "unsent_after_end": 4, "left_screen": 5, "odd_record": 5, "lockdown_partial": 5, "mixed_fleet": 5, "offline_working": 6,
    "room_offline": 6, "": 7,
}  # fmt: skip
TOGETHER = {"lost_contact": "room_lost", "offline_working": "room_offline"}


def tile(state: SeatState) -> SeatTile:
    """One seat as shown."""
    link = link_of(state.silent, state.confirmed)
    alarm, detail, _ = _alarm(state, link)
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
        int(state.silent or 0) if link in {"slow", "lost", "offline", "broken"} else 0,
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
        state.signal,
    )


def alarms(states: Iterable[SeatState]) -> list[Alarm]:
    """What needs somebody, one line a matter: seats of one room that fell silent together are one."""
    single: list[tuple[Alarm, float]] = []
    for state in states:
        link = link_of(state.silent, state.confirmed)
        kind, detail, mark = _alarm(state, link)
        if kind:
            place = (state.site, state.room, state.seat)
            key = f"{state.site}/{state.room}/{state.seat}/{kind}"
            told = Alarm(ALARM_LEVEL[kind], kind, state.station, *place, detail, state.attempt_name, key, mark)
            single.append((told, state.seen or 0.0))
    rooms: dict[tuple[str, str, str], list[tuple[Alarm, float]]] = {}
    for found in single:
        if found[0].kind in TOGETHER:
            rooms.setdefault((found[0].site, found[0].room, found[0].kind), []).append(found)
    whole = [_room(*place, found) for place, found in rooms.items() if _together(found)]
    gathered = {(room.site, room.room) for room in whole}
    return whole + [
        alarm for alarm, _ in single if alarm.kind not in TOGETHER or (alarm.site, alarm.room) not in gathered
    ]


def _together(found: list[tuple[Alarm, float]]) -> bool:
    times = sorted(seen for _, seen in found)
    return any(times[n + ROOM_AT - 1] - times[n] <= ROOM_WITHIN for n in range(len(times) - ROOM_AT + 1))


def _room(site: str, room: str, kind: str, found: list[tuple[Alarm, float]]) -> Alarm:
    whole = TOGETHER[kind]
    detail = str(max((int(alarm.detail or 0) for alarm, _ in found), default=0))
    key, mark = f"{site}/{room}/0/{whole}", str(min(seen for _, seen in found))
    return Alarm(ALARM_LEVEL[whole], whole, "", site, room, 0, detail, "", key, mark, len(found))


def board(
    exam: str, subject: str, shift: str, sites: dict[str, str], states: Iterable[SeatState], now: int, started_at: int,
    matters: tuple[Alarm, ...],
) -> Board:  # fmt: skip
    """The whole board, seats in their order; `matters` are its alarms by attention, with who handles them."""
    seats = tuple(sorted((tile(state) for state in states), key=lambda seat: (seat.site, seat.room, seat.seat)))
    counts: dict[str, int] = {"candidates": sum(bool(seat.sbd) for seat in seats)}
    for seat in seats:
        if seat.sbd:
            counts[seat.phase] = counts.get(seat.phase, 0) + 1
        counts[f"link_{seat.link}"] = counts.get(f"link_{seat.link}", 0) + 1
    return Board(exam, subject, shift, now, started_at, seats, matters, counts, sites)
