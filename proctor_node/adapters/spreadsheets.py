"""XLSX in and out."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import cast
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from exam_engine.candidate import Candidate
from proctor_node.errors import PlanUnreadable
from proctor_node.plan import Cell, RosterReport, read_roster

HEADER = (
    "STT", "SBD", "Họ và tên", "Ngày sinh", "Giới tính", "Số CCCD", "Có giá trị đến", "Lớp", "Điểm thi", "Phòng thi", "Máy",
    "Ca thi", "Đồng ý",
)  # fmt: skip
LARGEST = 20 * 1024 * 1024
MOST_ROWS = 100_000


def load_roster(path: Path) -> RosterReport:
    """The candidates of an XLSX file, all its sheets.

    Raises:
        PlanUnreadable: not a spreadsheet, damaged, or without the columns needed.
    """
    if path.stat().st_size > LARGEST:
        raise PlanUnreadable(f"{path.name}: larger than any roster")
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        tables: list[list[Sequence[Cell]]] = [
            [cast("Sequence[Cell]", row) for row in sheet.iter_rows(values_only=True, max_row=MOST_ROWS)]
            for sheet in book.worksheets
        ]
        book.close()
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError, ParseError) as error:
        raise PlanUnreadable(f"{path.name}: not an XLSX file, or damaged") from error
    whole = RosterReport()
    for rows in tables:
        if not any(any(cell is not None for cell in row) for row in rows):
            continue
        report = read_roster(path.name, rows)
        whole.candidates += report.candidates
        whole.remarks += report.remarks
    if not whole.candidates and not whole.remarks:
        raise PlanUnreadable(f"{path.name}: no rows")
    return whole


def write_roster(path: Path, candidates: Sequence[Candidate]) -> None:
    """A roster as the importer reads it: numbers as text, dates dd/mm/yyyy."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Danh sách dự thi"
    sheet.append(HEADER)
    for number, row in enumerate(candidates, 1):
        sheet.append(
            (
                number, row.sbd, row.name, _day(row.birth_date), {"M": "Nam", "F": "Nữ"}.get(row.sex, ""),
                row.personal_number, _day(row.expiry_date), row.class_name, row.site, row.room, row.seat, row.shift,
                row.consent_reference,
            )
        )  # fmt: skip
    book.save(path)


def write_table(path: Path, title: str, header: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    """Any table."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    sheet.append(list(header))
    for row in rows:
        sheet.append(list(row))
    book.save(path)


def _day(iso: str) -> str:
    return "/".join(reversed(iso.split("-"))) if iso else ""
