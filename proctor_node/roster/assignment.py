"""Candidate numbers, shifts, rooms, seats and form codes by rule, where the roster does not give them (vietnam.md section 3)."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from exam_engine.candidate import Candidate
from exam_engine.names import normalise
from proctor_node.errors import PlanUnreadable

LETTERS = {letter: place for place, letter in enumerate("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz", 1)}
# The order of tones in Vietnamese dictionaries (CLDR "vi"): ngang, huyền, hỏi, ngã, sắc, nặng.
TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
LARGEST_ROOM = 24
ROW = 6


@dataclass(frozen=True, slots=True)
class Rules:
    """How to number and seat. `sites` are the sites for rows without one, each with its number of rooms."""

    prefix: str = ""
    digits: int = 6
    per_room: int = LARGEST_ROOM
    shifts: tuple[str, ...] = ("1",)
    sites: tuple[tuple[str, int], ...] = ()
    order: str = "class"


def sort_key(text: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The place of a text in Vietnamese order: letters first, tones where letters agree."""
    letters: list[int] = []
    tones: list[int] = []
    for sign in normalise(text):
        parts = unicodedata.normalize("NFD", sign)
        tone = next((TONES[mark] for mark in parts if mark in TONES), 0)
        base = unicodedata.normalize("NFC", "".join(mark for mark in parts if mark not in TONES))
        letters.append(0 if base == " " else LETTERS.get(base, 100 + ord(base[0])))
        tones.append(tone)
    return tuple(letters), tuple(tones)


def name_key(candidate: Candidate) -> tuple[object, ...]:
    """Tên, then họ and đệm, then date of birth: the order of every list."""
    *rest, given = normalise(candidate.name).split() or [""]
    return (sort_key(given), sort_key(" ".join(rest)), candidate.birth_date)


def complete(candidates: Sequence[Candidate], rules: Rules) -> list[Candidate]:
    """The candidates with everything that was missing; what the roster gave stays as it is.

    Raises:
        PlanUnreadable: there are more people than places, or a rule is missing.
    """
    sited = _sited(list(candidates), rules)
    roomed = _roomed(sited, rules)
    seated = _seated(roomed)
    return _numbered(seated, rules)


def _sited(rows: list[Candidate], rules: Rules) -> list[Candidate]:
    if all(row.site for row in rows):
        return rows
    if len(rules.sites) != 1:
        raise PlanUnreadable("the roster names no site: give exactly one")
    return [row if row.site else msgspec.structs.replace(row, site=rules.sites[0][0]) for row in rows]


def _roomed(rows: list[Candidate], rules: Rules) -> list[Candidate]:
    """Fill rooms of equal size in the order of classes and names; a shift that is full hands on to the next."""
    kept = [row for row in rows if row.room and row.shift]
    capacity = dict(rules.sites)
    for site in dict.fromkeys(row.site for row in rows if not (row.room and row.shift)):
        waiting = sorted(
            (r for r in rows if r.site == site and not (r.room and r.shift)), key=lambda r: _order(r, rules)
        )
        rooms = capacity.get(site) or -(-len(waiting) // (rules.per_room * len(rules.shifts)))
        places = [(shift, f"{room:02d}") for shift in rules.shifts for room in range(1, rooms + 1)]
        if len(waiting) > len(places) * rules.per_room:
            raise PlanUnreadable(
                "{site}: {count} candidates, {places} places",
                site=site,
                count=len(waiting),
                places=len(places) * rules.per_room,
            )
        used = min(len(places), max(1, -(-len(waiting) // rules.per_room)))
        for (shift, room), group in zip(places, _equal(waiting, used), strict=False):
            kept += [msgspec.structs.replace(r, shift=r.shift or shift, room=r.room or room) for r in group]
    return kept


def _equal(rows: list[Candidate], parts: int) -> list[list[Candidate]]:
    size, more = divmod(len(rows), parts)
    found, start = [], 0
    for part in range(parts):
        end = start + size + (part < more)
        found.append(rows[start:end])
        start = end
    return found


def _order(row: Candidate, rules: Rules) -> tuple[object, ...]:
    return (sort_key(row.class_name) if rules.order == "class" else (), *name_key(row))


def _seated(rows: list[Candidate]) -> list[Candidate]:
    """Free seats of a room in the order in which the people stand."""
    taken: dict[tuple[str, str, str], set[int]] = {}
    for row in rows:
        if row.seat:
            taken.setdefault((row.site, row.room, row.shift), set()).add(row.seat)
    found = []
    for row in rows:
        seats = taken.setdefault((row.site, row.room, row.shift), set())
        seat = row.seat or next(n for n in range(1, len(rows) + len(seats) + 2) if n not in seats)
        seats.add(seat)
        found.append(msgspec.structs.replace(row, seat=seat))
    return found


def _numbered(rows: list[Candidate], rules: Rules) -> list[Candidate]:
    """Running numbers by class and name (or in the order of the list), skipping those that are taken."""
    taken = {row.sbd for row in rows if row.sbd}
    number = 0
    numbers: dict[int, str] = {}
    for place in sorted(range(len(rows)), key=lambda n: (rows[n].site, *_order(rows[n], rules))):
        if rows[place].sbd:
            continue
        number += 1
        while f"{rules.prefix}{number:0{rules.digits}d}" in taken:
            number += 1
        numbers[place] = f"{rules.prefix}{number:0{rules.digits}d}"
        if len(str(number)) > rules.digits:
            raise PlanUnreadable("more candidates than numbers of {digits} digits", digits=rules.digits)
    return [msgspec.structs.replace(row, sbd=numbers.get(place, row.sbd)) for place, row in enumerate(rows)]


def code_of_seat(seat: int, codes: Sequence[str], row_length: int = ROW) -> str:
    """The form code of a seat, so that nobody beside, before or behind has the same one; with four codes no diagonal either."""
    if not codes:
        return ""
    row, column = divmod(seat - 1, row_length)
    step = 1 if len(codes) == 2 else 2
    return codes[(column + step * row) % len(codes)]
