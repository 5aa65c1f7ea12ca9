"""From the rows of a sheet to candidates and a cleaning report. Pure: rows are lists of cell values, whatever file they came from.

Rows and columns are named as the file numbers them. Parents, ethnicity, religion and residence are never taken in.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from exam_engine.candidate import Accommodation, Candidate
from exam_engine.names import Likeness, compare, normalise
from proctor_node.roster import cells as c
from proctor_node.roster.headers import Cell, Header, find, plain
from proctor_node.roster.remarks import RosterReport

# A rule may fill these (`proctor_node.roster.assignment`); a file that has the column must fill every cell of it.
ASSIGNABLE = ("sbd", "site", "room", "seat", "shift")
FOOTER = re.compile(r"danh sach nay|tong (?:so|cong)|cong:|nguoi lap|ngay .* thang|hieu truong|thu ky|an dinh")
COUNT = re.compile(r"(?:danh sach nay|tong|an dinh)\D*(\d+)")
LIKENESS = {
    Likeness.EQUAL: (", cùng họ tên", " with the same name"),
    Likeness.SPELLING: (", họ tên chỉ khác dấu", " with names that differ in marks only"),
    Likeness.DIFFERENT: (", họ tên khác nhau", " with different names"),
}


@dataclass(slots=True)
class Seen:
    """What stood where in earlier rows, over all sheets of a file; places are rows, with the sheet where there are several."""

    sheet: str = ""
    numbers: dict[str, tuple[str, str]] = field(default_factory=dict)
    sbds: dict[tuple[str, str], str] = field(default_factory=dict)
    seats: dict[tuple[str, str, int, str], str] = field(default_factory=dict)
    persons: dict[tuple[str, str], str] = field(default_factory=dict)


def read_roster(file: str, rows: Sequence[Sequence[Cell]], sheet: str = "", seen: Seen | None = None) -> RosterReport:
    """Candidates of one sheet.

    Raises:
        PlanUnreadable: no header, or a needed column is missing.
    """
    header = find(rows, file, sheet)
    body = rows[header.row + 1 :]
    empty = {
        n for n in ASSIGNABLE if n in header.columns and not any(plain(_cell(row, header.columns[n])) for row in body)
    }
    report = RosterReport(
        missing={n for n in ASSIGNABLE if n not in header.columns and n not in header.defaults} | empty
    )
    report.ignored = list(header.ignored)
    seen = seen or Seen()
    for index, row in enumerate(body, header.row + 2):
        values = _values(row, header, empty)
        if _is_footer(row, values):
            _check_count(row, index, report)
            _check_nobody(row, values, index, report)
            continue
        candidate = _candidate(values, index, report)
        if candidate is not None and _new(candidate, index, seen, report):
            report.candidates.append(candidate)
    return report


def _cell(row: Sequence[Cell], place: int) -> Cell:
    return row[place] if place < len(row) else None


def _values(row: Sequence[Cell], header: Header, empty: set[str]) -> dict[str, Cell]:
    values = {name: _cell(row, place) for name, place in header.columns.items() if name not in empty}
    values |= header.defaults
    if header.split_name:
        values["name"] = f"{c.text(values['name'])} {c.text(_cell(row, header.columns['name'] + 1))}".strip()
    elif "given_name" in values and "family_name" in values:
        values["name"] = f"{c.text(values['family_name'])} {c.text(values['given_name'])}".strip()
    return values


def _is_footer(row: Sequence[Cell], values: dict[str, Cell]) -> bool:
    if not any(plain(values.get(name)) for name in ("sbd", "name", "personal_number")):
        return True
    if plain(values.get("personal_number")) or plain(values.get("birth_date")):
        return False
    return any(FOOTER.search(plain(cell)) for cell in row)


def _check_count(row: Sequence[Cell], index: int, report: RosterReport) -> None:
    for cell in row:
        told = COUNT.search(plain(cell))
        kept_out = {remark.row for remark in report.errors}
        if told and int(told[1]) != (found := len(report.candidates) + len(kept_out)):
            report.remark("count_differs", index, "", told=told[1], found=found)


def _check_nobody(row: Sequence[Cell], values: dict[str, Cell], index: int, report: RosterReport) -> None:
    """Nobody is dropped in silence: what says when somebody was born speaks of somebody."""
    said = any(plain(values.get(name)) for name in ("birth_date", "sex"))
    if said and not any(FOOTER.search(plain(cell)) for cell in row):
        report.remark("row_without_person", index, "")


def _candidate(values: dict[str, Cell], row: int, report: RosterReport) -> Candidate | None:
    before = report.refusals
    number = c.personal_number(values["personal_number"], row, report)
    birth = c.day(values["birth_date"], row, "birth_date", report)
    expiry = c.day(values["expiry_date"], row, "expiry_date", report) if plain(values.get("expiry_date")) else ""
    seat = c.whole(values["seat"], row, report) if "seat" in values else 0
    for name in ("name", *ASSIGNABLE):
        if name != "seat" and name in values and not c.text(values[name]):
            report.remark("cell_empty", row, name)
    name = c.text(values["name"])
    c.check_name(name, row, report)
    given_sex = c.sex(values, row, report)
    extra = Accommodation(
        c.amount(values.get("extra_percent"), row, "extra_percent", report),
        c.amount(values.get("extra_minutes"), row, "extra_minutes", report),
        c.text(values.get("extra_decision")),
    )
    if report.refusals > before:
        return None
    c.check_number(number, birth, given_sex, row, report)
    return Candidate(
        c.text(values.get("sbd")), name, birth, given_sex, number, c.text(values.get("site")), c.room(values.get("room")), seat,
        c.text(values.get("shift")), c.text(values.get("class_name")), expiry, c.text(values.get("consent_reference")),
        plain(values.get("without_biometrics")) in c.YES, extra,
    )  # fmt: skip


def _new(candidate: Candidate, row: int, seen: Seen, report: RosterReport) -> bool:
    """Whether neither the card number nor the candidate number nor the seat stood in an earlier row, of any sheet."""
    before = report.refusals
    here = f"{seen.sheet}!{row}" if seen.sheet else str(row)
    first, name = seen.numbers.setdefault(candidate.personal_number, (here, candidate.name))
    if first != here:
        vi, en = LIKENESS[compare(name, candidate.name)]
        shown = f"{candidate.personal_number[:3]}*****{candidate.personal_number[-4:]}"
        report.remark("N503", row, "personal_number", shown=shown, first=first, likeness_vi=vi, likeness_en=en)
    first = seen.sbds.setdefault((candidate.sbd, candidate.shift), here) if candidate.sbd else here
    if first != here:
        report.remark("sbd_twice", row, "sbd", sbd=candidate.sbd, first=first)
    if report.refusals > before:
        return False
    place = (candidate.site, candidate.room, candidate.seat, candidate.shift)
    first = seen.seats.setdefault(place, here) if candidate.seat else here
    if first != here:
        taken: dict[str, object] = {"seat": candidate.seat, "room": candidate.room, "shift": candidate.shift}
        report.remark("seat_twice", row, "seat", first=first, **taken)
        return False
    first = seen.persons.setdefault((normalise(candidate.name), candidate.birth_date), here)
    if first != here:
        report.remark("same_person_twice", row, "name", first=first)
    return True
