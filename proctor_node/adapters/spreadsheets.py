"""Rosters from XLSX and CSV, workbooks out."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl

from exam_engine.candidate import Candidate
from proctor_node.adapters import tables
from proctor_node.errors import PlanUnreadable
from proctor_node.roster.headers import Cell
from proctor_node.roster.reading import Seen, read_roster
from proctor_node.roster.remarks import RosterReport

HEADER = (
    "STT", "SBD", "Họ và tên", "Ngày sinh", "Giới tính", "Số CCCD", "Có giá trị đến", "Lớp", "Điểm thi", "Phòng thi", "Máy",
    "Ca thi", "Đồng ý",
)  # fmt: skip
MOST_REMARKS = 200
NUMBER = {9, 10, 11, 12}


def load_roster(path: Path) -> RosterReport:
    """The candidates of an XLSX or CSV file, all its sheets.

    Raises:
        PlanUnreadable: not a table, damaged, or without the columns needed.
    """
    whole, seen = RosterReport(), Seen()
    sheets = {
        name: rows for name, rows in tables.read(path).items() if any(any(c is not None for c in row) for row in rows)
    }
    for name, rows in sheets.items():
        seen.sheet = name if len(sheets) > 1 else ""
        try:
            report = read_roster(path.name, rows, name, seen)
        except PlanUnreadable:
            # A cover sheet or a sheet of codes beside the lists is no list; a file without any list is refused.
            if len(sheets) == 1 or not _is_other(rows):
                raise
            whole.ignored.append(name)
            continue
        whole.candidates += report.candidates
        whole.remarks += [replace(remark, sheet=name) for remark in report.remarks]
        whole.missing |= report.missing
        whole.ignored += [column for column in report.ignored if column not in whole.ignored]
    whole.ignored += [name for name in tables.hidden(path) if name not in whole.ignored]
    if not whole.candidates and not whole.remarks:
        raise PlanUnreadable("{file}: no rows", file=path.name)
    return whole


def _is_other(rows: Sequence[Sequence[Cell]]) -> bool:
    """Whether a sheet holds no twelve-digit number: then nobody is lost by leaving it out."""
    return not any(str(cell).strip().isdigit() and len(str(cell).strip()) in NUMBER for row in rows for cell in row)


def write_errors(path: Path, report: RosterReport) -> None:
    """The cleaning report as a workbook, to be worked off row by row."""
    rows = [
        (r.sheet, r.row, r.column, "Lỗi" if r.severity == "error" else "Cảnh báo", r.code, r.message_vi, r.message)
        for r in sorted(report.remarks, key=lambda r: (r.sheet, r.row))
    ]
    header = ("Trang tính", "Dòng", "Cột", "Mức", "Mã", "Nội dung", "English")
    write_table(path, "Báo cáo làm sạch", header, rows)


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


def preview(raw: bytes) -> dict[str, Any]:
    """A roster as bytes, read and cleaned; the report comes along as a workbook.

    Raises:
        PlanUnreadable: as `load_roster`.
    """
    with tempfile.TemporaryDirectory(prefix="khaothi-roster-") as place:
        source, report_file = Path(place) / "roster", Path(place) / "errors.xlsx"
        source.write_bytes(raw)
        report = load_roster(source)
        write_errors(report_file, report)
        remarks = [
            {"sheet": r.sheet, "row": r.row, "column": r.column, "code": r.code, "severity": r.severity, "vi": r.message_vi, "en": r.message}
            for r in report.remarks
        ]  # fmt: skip
        return {
            "candidates": len(report.candidates), "errors": len(report.errors), "missing": sorted(report.missing),
            "ignored": report.ignored, "remarks": remarks[:MOST_REMARKS], "more": max(0, len(remarks) - MOST_REMARKS),
            "errors_file": report_file.read_bytes(),
        }  # fmt: skip
