"""One cell at a time: numbers that lost their zeros, dates in every form, legacy fonts."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from proctor_node.roster.headers import Cell, plain
from proctor_node.roster.remarks import RosterReport

DIGITS = 12
FEWEST_DIGITS = 9
YES = {"x", "co", "1", "true", "yes", "v"}
# Days since this date are what spreadsheets keep; only values of people alive are taken for dates.
EPOCH, EARLIEST, LATEST = date(1899, 12, 30), 7_000, 55_000
# Signs that TCVN3 (ABC) text shows when read as Latin; no name holds them. VNI puts marks after the vowel: "Nguyeãn".
TCVN3 = re.compile(r"[\u00a7\u00ae\u00b5\u00b6\u00b7\u00b8\u00b9\u00bb\u00bc\u00bd\u00be\u00a9\u00ab\u00ac]")
VNI = re.compile(
    r"[aeouyAEOUY][\u00f8\u00f9\u00fb\u00ef\u00d8\u00d9\u00db\u00cf\u00e4\u00eb\u00f6\u00fc\u00e5]|e\u00e3|a\u00e8|\u00f1[aeiou]"
)
UNUSUAL = re.compile(r"[\d@#$%^&*_=+<>?/\\|{}\[\]\u0080-\u009f]")
# Codes of the place of birth registration (vietnam.md section 4.1); others may exist, so an unknown one is only remarked upon.
_CODES = (
    1, 2, 4, 6, 8, 10, 11, 12, 14, 15, 17, 19, 20, 22, 24, 25, 26, 27, 30, 31, 33, 34, 35, 36, 37, 38, 40, 42, 44,
    45, 46, 48, 49, 51, 52, 54, 56, 58, 60, 62, 64, 66, 67, 68, 70, 72, 74, 75, 77, 79, 80, 82, 83, 84, 86, 87, 89,
    91, 92, 93, 94, 95, 96,
)  # fmt: skip
PROVINCES = {f"{code:03d}" for code in _CODES}
FOREIGN_FROM = 100


def text(value: Cell) -> str:
    """The cell as text with single spaces; a whole number without its point."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else " ".join(str(value).replace("\u00a0", " ").split())


def room(value: Cell) -> str:
    """A room with two digits at least; "Phòng 5" and "P05" are 05."""
    found = re.fullmatch(r"(?:phong|p)?\s*\.?\s*(\d+)", plain(value))
    return found[1].zfill(2) if found else text(value)


def personal_number(value: Cell, row: int, report: RosterReport) -> str:
    """Twelve digits, or "" with a remark. Zeros that a spreadsheet dropped are put back; digits that it dropped are gone."""
    shown = text(value).lstrip("'")
    lost = isinstance(value, float) and not value.is_integer()
    if lost or re.fullmatch(r"[\d.,]+E\+?\d+", shown, re.IGNORECASE):
        report.remark("N501", row, "personal_number", cell=shown)
        return ""
    digits = re.sub(r"[\s.-]", "", shown)
    if not (digits.isascii() and digits.isdigit()) or not FEWEST_DIGITS <= len(digits) <= DIGITS:
        report.remark("number_invalid", row, "personal_number")
        return ""
    if len(digits) < DIGITS:
        report.remark("leading_zeros_added", row, "personal_number", digits=len(digits))
    number = digits.zfill(DIGITS)
    if number[:3] not in PROVINCES and int(number[:3]) < FOREIGN_FROM:
        report.remark("province_unknown", row, "personal_number", province=number[:3])
    return number


def day(value: Cell, row: int, column: str, report: RosterReport) -> str:
    """An ISO date, or "" with a remark; "30/4/2008", 2008-04-30, a real date, or the number that a date is kept as."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    shown = re.sub(r"\s+00:00(:00)?$", "", text(value).lstrip("'"))
    try:
        if found := re.fullmatch(r"(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})", shown):
            return date(int(found[3]), int(found[2]), int(found[1])).isoformat()
        if found := re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", shown):
            return date(int(found[1]), int(found[2]), int(found[3])).isoformat()
    except ValueError:
        pass
    if shown.isdigit() and EARLIEST <= int(shown) <= LATEST:
        meant = EPOCH + timedelta(days=int(shown))
        report.remark("date_was_number", row, column, cell=shown, day=f"{meant:%d/%m/%Y}")
        return meant.isoformat()
    report.remark("date_invalid", row, column)
    return ""


def whole(value: Cell, row: int, report: RosterReport) -> int:
    """A seat number; "Máy 12" is 12."""
    found = re.fullmatch(r"(?:may|so)?\s*(\d{1,4})", plain(text(value)))
    if found and int(found[1]) > 0:
        return int(found[1])
    report.remark("seat_invalid", row, "seat")
    return 0


def amount(value: Cell, row: int, column: str, report: RosterReport) -> int:
    """Percent or minutes of extra time; blank is none."""
    shown = text(value).rstrip("%").strip()
    if not shown:
        return 0
    if isinstance(value, float) and 0 < value < 1:
        return round(value * 100)  # a cell formatted as percent
    if shown.isdigit() and int(shown) <= FOREIGN_FROM:
        return int(shown)
    report.remark("extra_time_invalid", row, column)
    return 0


def sex(cells: dict[str, Cell], row: int, report: RosterReport) -> str:
    """M, F or "": from a column of words, or from a column "Nữ" with a cross."""
    if "sex" not in cells:
        return ("F" if plain(cells["female"]) in YES else "M") if "female" in cells else ""
    word = plain(cells["sex"])
    found = {"nam": "M", "nu": "F", "x": "F", "m": "M", "f": "F", "0": "M", "1": "F"}.get(word, "")
    if word and not found:
        report.remark("sex_unknown", row, "sex", cell=text(cells["sex"]))
    return found


def check_name(name: str, row: int, report: RosterReport) -> None:
    """Whether a name is Unicode and looks like one."""
    if TCVN3.search(name):
        report.remark("N502", row, "name", font="TCVN3")
    elif VNI.search(name):
        report.remark("N502", row, "name", font="VNI")
    elif UNUSUAL.search(name):
        report.remark("name_unusual", row, "name")


def check_number(number: str, birth: str, given_sex: str, row: int, report: RosterReport) -> None:
    """The number's own century, sex and year against the row: a warning, never a block (Law 26/2023 promises digits only)."""
    mark, year = int(number[3]), number[4:6]
    century = str(19 + mark // 2)
    if birth and ((century + year) != birth[:4] or (given_sex and "MF"[mark % 2] != given_sex)):
        report.remark("number_and_birth_differ", row, "personal_number")
