"""From the rows of a roster to candidates: header aliases, traps, and a report of everything doubtful (vietnam.md section 6).

Pure: rows are lists of cell values, whatever file they came from. Messages name row and column as the file numbers them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from exam_engine.candidate import Accommodation, Candidate
from exam_engine.names import unmark
from proctor_node.errors import PlanUnreadable

Cell = str | int | float | bool | date | datetime | None
ALIASES: dict[str, tuple[str, ...]] = {
    "sbd": ("sbd", "so bao danh", "so bd"),
    "name": ("ho va ten", "ho ten", "ho va ten thi sinh"),
    "birth_date": ("ngay sinh", "ngay thang nam sinh", "ns"),
    "sex": ("gioi tinh", "phai"),
    "personal_number": ("so cccd", "cccd", "so can cuoc", "so dinh danh", "so ddcn", "dinh danh ca nhan", "so cccd/ho chieu"),
    "expiry_date": ("co gia tri den", "ngay het han", "han the"),
    "class_name": ("lop",),
    "site": ("diem thi", "truong"),
    "room": ("phong thi", "phong", "phong so"),
    "seat": ("may", "so may", "cho ngoi"),
    "shift": ("ca thi", "ca", "kip"),
    "consent_reference": ("dong y", "phieu dong y"),
    "without_biometrics": ("khong sinh trac",),
    "extra_percent": ("gia han %", "them gio %"),
}  # fmt: skip
REQUIRED = ("sbd", "name", "birth_date", "personal_number", "site", "room", "seat", "shift")
HEADER_ROWS = 20
LEAST_HEADERS = 3
DIGITS = 12
# Marks for required cells and the wanted form, which some exports write into the header: "Ngày sinh(*) dd/mm/yyyy".
HINTS = re.compile(r"\(\*\)|\*|dd/mm/yyyy")
YES = {"x", "co", "1", "true", "yes"}


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to look at; `code` is N501, N503, ... or a snake_case code without a screen."""

    row: int
    column: str
    code: str
    severity: Literal["error", "warning"]
    message: str


@dataclass(slots=True)
class RosterReport:
    """Candidates that can be used, and what is wrong with the rest."""

    candidates: list[Candidate] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)

    @property
    def errors(self) -> list[Remark]:
        """Remarks that keep a row out."""
        return [remark for remark in self.remarks if remark.severity == "error"]


def _plain(value: Cell) -> str:
    return " ".join(HINTS.sub(" ", unmark(str(value))).split()) if value is not None else ""


def _header(rows: Sequence[Sequence[Cell]], file: str) -> tuple[int, dict[str, int]]:
    for number, row in enumerate(rows[:HEADER_ROWS]):
        found = {
            name: index
            for index, cell in enumerate(row)
            for name, aliases in ALIASES.items()
            if _plain(cell) in aliases
        }
        if len(found) >= LEAST_HEADERS:
            missing = [name for name in REQUIRED if name not in found]
            if missing:
                wanted = ", ".join(ALIASES[name][0] for name in missing)
                raise PlanUnreadable(f"{file}: row {number + 1}: columns are missing: {wanted}")
            return number, found
    raise PlanUnreadable(f"{file}: no header row with known columns in the first {HEADER_ROWS} rows")


def read_roster(file: str, rows: Sequence[Sequence[Cell]]) -> RosterReport:
    """Candidates of a table.

    Raises:
        PlanUnreadable: no header, or a needed column is missing.
    """
    start, columns = _header(rows, file)
    report = RosterReport()
    seen: dict[str, int] = {}
    for index, row in enumerate(rows[start + 1 :], start + 2):
        cells = {name: row[column] if column < len(row) else None for name, column in columns.items()}
        if _is_footer(cells):
            continue
        candidate = _candidate(cells, index, report)
        if candidate is None:
            continue
        if _new(candidate, index, seen, report):
            report.candidates.append(candidate)
    return report


def _new(candidate: Candidate, row: int, seen: dict[str, int], report: RosterReport) -> bool:
    """Whether neither the card number nor the candidate number stood in an earlier row."""
    shown = f"{candidate.personal_number[:3]}*****{candidate.personal_number[-4:]}"
    for key, column, code, text in (
        (candidate.personal_number, "personal_number", "N503", f"the ID number {shown}"),
        (f"SBD {candidate.sbd}", "sbd", "sbd_twice", f"SBD {candidate.sbd}"),
    ):
        if key in seen:
            message = f"{text} stands in rows {seen[key]} and {row}"
            report.remarks.append(Remark(row, column, code, "error", message))
            return False
        seen[key] = row
    return True


def _is_footer(cells: dict[str, Cell]) -> bool:
    return not any(str(cells[name] or "").strip() for name in ("sbd", "name", "personal_number"))


def _candidate(cells: dict[str, Cell], row: int, report: RosterReport) -> Candidate | None:
    before = len(report.errors)
    number = _number(cells["personal_number"], row, report)
    birth = _date(cells["birth_date"], row, "birth_date", report)
    expiry = _date(cells["expiry_date"], row, "expiry_date", report) if cells.get("expiry_date") else ""
    seat = _whole(cells["seat"], row, report)
    for name in ("sbd", "name", "site", "room", "shift"):
        if not str(cells[name] or "").strip():
            report.remarks.append(Remark(row, name, "cell_empty", "error", f"row {row}: {ALIASES[name][0]} is empty"))
    if len(report.errors) > before:
        return None
    sex = _sex(cells.get("sex"))
    _agrees(number, birth, sex, row, report)
    percent = int(float(str(cells.get("extra_percent") or 0)))
    return Candidate(
        _text(cells["sbd"]), _text(cells["name"]), birth, sex, number, _text(cells["site"]), _room(cells["room"]), seat,
        _text(cells["shift"]), _text(cells.get("class_name")), expiry, _text(cells.get("consent_reference")),
        _plain(cells.get("without_biometrics")) in YES, Accommodation(percent=percent),
    )  # fmt: skip


def _text(value: Cell) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else " ".join(str(value).split())


def _room(value: Cell) -> str:
    text = _text(value)
    return text.zfill(2) if text.isdigit() else text


def _number(value: Cell, row: int, report: RosterReport) -> str:
    text = _text(value)
    if re.fullmatch(r"[\d.,]+E\+?\d+", text, re.IGNORECASE) or (isinstance(value, float) and not value.is_integer()):
        report.remarks.append(
            Remark(row, "personal_number", "N501", "error", f"row {row}, column ID number: {text!r} has lost digits")
        )
        return ""
    digits = text.replace(" ", "")
    if digits.isdigit() and 9 <= len(digits) < DIGITS:
        report.remarks.append(
            Remark(row, "personal_number", "leading_zeros_added", "warning", f"row {row}: zeros were put before {len(digits)} digits")
        )  # fmt: skip
        return digits.zfill(DIGITS)
    if not digits.isdigit() or len(digits) != DIGITS:
        report.remarks.append(
            Remark(row, "personal_number", "number_invalid", "error", f"row {row}: not twelve digits")
        )
        return ""
    return digits


def _date(value: Cell, row: int, column: str, report: RosterReport) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    found = re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", _text(value))
    iso = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", _text(value))
    try:
        if found:
            return date(int(found[3]), int(found[2]), int(found[1])).isoformat()
        if iso:
            return date(int(iso[1]), int(iso[2]), int(iso[3])).isoformat()
    except ValueError:
        pass
    report.remarks.append(
        Remark(row, column, "date_invalid", "error", f"row {row}, {ALIASES[column][0]}: no date dd/mm/yyyy")
    )
    return ""


def _whole(value: Cell, row: int, report: RosterReport) -> int:
    text = _text(value)
    if text.isdigit() and int(text) > 0:
        return int(text)
    report.remarks.append(Remark(row, "seat", "seat_invalid", "error", f"row {row}: the seat is no number"))
    return 0


def _sex(value: Cell) -> str:
    return {"nam": "M", "nu": "F", "x": "F", "m": "M", "f": "F"}.get(_plain(value), "")


def _agrees(number: str, birth: str, sex: str, row: int, report: RosterReport) -> None:
    """The number's own century, sex and year against the row: a warning, never a block (Law 26/2023 promises digits only)."""
    mark, year = int(number[3]), number[4:6]
    if birth and (year != birth[2:4] or (sex and "MF"[mark % 2] != sex)):
        text = f"row {row}: birth date or sex does not fit the number"
        report.remarks.append(Remark(row, "personal_number", "number_and_birth_differ", "warning", text))
