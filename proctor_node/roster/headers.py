"""Which column of a sheet is what: aliases, titles above the header, names in two columns (vietnam.md section 6.1)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from exam_engine.names import unmark
from proctor_node.errors import PlanUnreadable
from proctor_node.roster.remarks import TITLES as COLUMNS

Cell = str | int | float | bool | date | datetime | None
ALIASES: dict[str, tuple[str, ...]] = {
    "sbd": ("sbd", "so bao danh", "so bd"),
    "name": ("ho va ten", "ho ten", "ho va ten thi sinh", "ho ten thi sinh", "ho, chu dem va ten", "ho va ten hoc sinh", "ho ten hoc sinh"),
    "family_name": ("ho dem", "ho va dem", "ho lot", "ho va ten dem", "ho va chu lot", "ho va chu dem"),
    "given_name": ("ten",),
    "birth_date": ("ngay sinh", "ngay thang nam sinh", "ngay, thang, nam sinh", "ns"),
    "sex": ("gioi tinh", "phai"),
    "female": ("nu",),
    "personal_number": (
        "so cccd", "cccd", "so can cuoc", "so dinh danh", "so ddcn", "dinh danh ca nhan", "so dinh danh ca nhan",
        "so cccd/ho chieu", "so cmnd/cccd", "cmnd/cccd", "so cccd/cmnd", "cccd/cmnd", "ma dinh danh", "ma dinh danh ca nhan",
        "so can cuoc/cccd", "so can cuoc cong dan", "can cuoc cong dan", "can cuoc",
    ),
    "expiry_date": ("co gia tri den", "ngay het han", "han the"),
    "class_name": ("lop",),
    "site": ("diem thi", "truong", "ten truong"),
    "room": ("phong thi", "phong", "phong so"),
    "seat": ("may", "so may", "cho ngoi", "so ghe"),
    "shift": ("ca thi", "ca", "kip", "kip thi"),
    "consent_reference": ("dong y", "phieu dong y"),
    "without_biometrics": ("khong sinh trac",),
    "extra_percent": ("gia han %", "them gio %"),
    "extra_minutes": ("them phut", "gia han phut"),
    "extra_decision": ("quyet dinh", "so quyet dinh"),
}  # fmt: skip
# Never taken in, whatever the file holds (least personal data); named in the report.
SHUNNED = {
    "dan toc",
    "ton giao",
    "ho ten cha",
    "ho ten me",
    "nam sinh cha",
    "nam sinh me",
    "tinh",
    "huyen",
    "xa",
    "quoc tich",
}
REQUIRED = ("name", "birth_date", "personal_number")
HEADER_ROWS = 20
LEAST_HEADERS = 3
# Marks for required cells and the wanted form, which some exports write into the header: "Ngày sinh(*) dd/mm/yyyy".
HINTS = re.compile(r"\(\*\)|\*|dd/mm/yyyy|nam/nu|\(x\)|:")
TITLES = {
    "room": re.compile(r"^phong(?: thi)?(?: so)?\s*:?\s*(\w+)$"),
    "shift": re.compile(r"^ca(?: thi)?\s*:?\s*(\w+)$"),
}


@dataclass(frozen=True, slots=True)
class Header:
    """The row of the header, the column of each field, and what titles above it or the sheet's name say for every row."""

    row: int
    columns: dict[str, int]
    defaults: dict[str, str]
    ignored: tuple[str, ...]
    split_name: bool = False


def plain(value: Cell) -> str:
    """A cell without marks, case and hints."""
    return " ".join(HINTS.sub(" ", unmark(str(value))).split()) if value is not None else ""


def find(rows: Sequence[Sequence[Cell]], file: str, sheet: str = "") -> Header:
    """The header of a sheet.

    Raises:
        PlanUnreadable: there is none in the first rows, or a needed column is missing.
    """
    known = {alias: name for name, aliases in ALIASES.items() for alias in aliases}
    for number, row in enumerate(rows[:HEADER_ROWS]):
        found: dict[str, int] = {}
        for index, cell in enumerate(row):
            name = known.get(plain(cell))
            if name is not None:
                found.setdefault(name, index)
        if len(found) >= LEAST_HEADERS:
            return _checked(rows, number, found, file, sheet)
    raise PlanUnreadable(
        "{file}: no header row with known columns in the first {rows} rows", file=file, rows=HEADER_ROWS
    )


def _checked(rows: Sequence[Sequence[Cell]], number: int, found: dict[str, int], file: str, sheet: str) -> Header:
    row = rows[number]
    if "name" not in found and {"family_name", "given_name"} <= set(found):
        found["name"] = found["family_name"]
    elif "given_name" in found and "family_name" not in found and "name" in found:
        # "Họ và tên" over the family name and "Tên" beside it.
        found["family_name"] = found["name"]
    missing = [name for name in REQUIRED if name not in found]
    if missing:
        wanted = ", ".join(COLUMNS[name][0] for name in missing)
        raise PlanUnreadable(
            "{file}: row {row}: columns are missing: {wanted}", file=file, row=number + 1, wanted=wanted
        )
    taken = set(found.values())
    ignored = tuple(
        str(cell) for index, cell in enumerate(row) if index not in taken and plain(cell) not in {"", "stt", "tt"}
    )
    return Header(number, found, _defaults(rows[:number], sheet, found), ignored, _is_split(rows, number, found))


def _is_split(rows: Sequence[Sequence[Cell]], number: int, found: dict[str, int]) -> bool:
    """A merged "Họ và tên" over two columns: the second has no header but text in most rows."""
    place = found["name"] + 1
    if "given_name" in found or place in found.values():
        return False
    header = rows[number]
    if place < len(header) and plain(header[place]):
        return False
    body = [row for row in rows[number + 1 :] if found["name"] < len(row) and plain(row[found["name"]])]
    filled = sum(place < len(row) and isinstance(row[place], str) and bool(plain(row[place])) for row in body)
    return bool(body) and filled * 2 > len(body)


def _defaults(titles: Sequence[Sequence[Cell]], sheet: str, found: dict[str, int]) -> dict[str, str]:
    """Room and shift that a title or the sheet's name gives for all its rows, where no column does."""
    told: dict[str, str] = {}
    for text in [sheet, *(str(cell) for row in titles for cell in row if cell is not None)]:
        for part in re.split(r"[-–·;,]", text):
            for name, pattern in TITLES.items():
                match = pattern.match(" ".join(unmark(part).split()))
                if match and name not in found:
                    told[name] = match[1].upper()
    return told
