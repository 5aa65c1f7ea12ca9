"""Tables from CSV, XLSX and Parquet files as rows of cells, recognised by content and not by name."""

from __future__ import annotations

import csv
import importlib
import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import cast
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from proctor_node.errors import PlanUnreadable
from proctor_node.roster.headers import Cell

LARGEST = 64 * 1024 * 1024
# What a workbook may unpack to; a small file that holds gigabytes of one letter is an attack.
LARGEST_UNPACKED = 512 * 1024 * 1024
MOST_ROWS = 200_000
WIDEST = 2_000
ZIP, COMPOUND = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
VISIBLE = "visible"
SEPARATORS = ",;\t|"
ENCODINGS = ("utf-8-sig", "cp1258", "latin-1")
Rows = list[Sequence[Cell]]


def read(path: Path) -> dict[str, Rows]:
    """The sheets of a file by name, but for the hidden ones (`hidden`); a CSV or Parquet file is one sheet.

    Raises:
        PlanUnreadable: too large, damaged, or not a table.
    """
    if path.stat().st_size > LARGEST:
        raise PlanUnreadable("{file}: larger than any table", file=path.name)
    raw = path.read_bytes()
    if not raw.strip():
        raise PlanUnreadable("{file}: the file is empty", file=path.name)
    if raw[:4] == ZIP:
        return _xlsx(path.name, raw)
    if raw[:4] == b"PAR1":
        return {path.stem: _parquet(path.name, raw)}
    if told := no_workbook(path, raw[:4]):
        raise PlanUnreadable(told, file=path.name)
    return {path.stem: _csv(path.name, raw)}


def hidden(path: Path) -> list[str]:
    """Names of the sheets of a readable workbook that nobody sees who opens it; what stands there is not read."""
    with path.open("rb") as file:
        if file.read(4) != ZIP:
            return []
        book = openpyxl.load_workbook(file, read_only=True)
        names = [sheet.title for sheet in book.worksheets if sheet.sheet_state != VISIBLE]
        book.close()
    return names


def no_workbook(path: Path, start: bytes) -> str:
    """Why a file is not the workbook that it might be taken for; "" where nothing speaks against reading it.

    Under a password a workbook is no ZIP any more but a compound file with this stream ([MS-OFFCRYPTO] section 2.3.4.4).
    """
    if start == COMPOUND:
        encrypted = "EncryptedPackage".encode("utf-16-le") in path.read_bytes()
        return "{file}: a workbook under a password" if encrypted else "{file}: an old XLS workbook, not XLSX"
    if path.suffix.lower() in {".xlsx", ".xlsm"} and start != ZIP:
        return "{file}: not an XLSX file, whatever its name says" if start else "{file}: the file is empty"
    return ""


def as_text(cell: Cell) -> str:
    """A cell as a person reads it: whole numbers without a point, dates dd/mm/yyyy."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return f"{cell:%d/%m/%Y}"
    return str(cell)


def text_table(path: Path) -> tuple[list[str], list[list[str]]]:
    """Header and rows of the first sheet that holds anything, as text.

    Raises:
        PlanUnreadable: as `read`, or without a header.
    """
    for rows in read(path).values():
        filled = [row for row in rows if any(as_text(cell).strip() for cell in row)]
        if filled:
            header = [as_text(cell).strip() for cell in filled[0]]
            return header, [[as_text(cell) for cell in row] for row in filled[1:]]
    raise PlanUnreadable("{file}: the file is empty", file=path.name)


def _xlsx(name: str, raw: bytes) -> dict[str, Rows]:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > LARGEST_UNPACKED:
                raise PlanUnreadable("{file}: unpacks to more than any table", file=name)
        book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
        sheets: dict[str, Rows] = {}
        for sheet in book.worksheets:
            if sheet.sheet_state != VISIBLE:
                continue
            # The size that a file claims may be a million empty rows (Ctrl+End ghosts): only what is there counts.
            sheet.reset_dimensions()
            # Without a widest column here: every row would be filled up to it.
            rows = sheet.iter_rows(values_only=True, max_row=MOST_ROWS + 1)
            sheets[sheet.title] = _even(_bounded(name, [cast("Sequence[Cell]", row)[:WIDEST] for row in rows]))
        book.close()
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError, EOFError, ParseError) as error:
        raise PlanUnreadable("{file}: not an XLSX file, or damaged", file=name) from error
    return sheets


def _even(rows: Rows) -> Rows:
    """All rows as wide as the widest one."""
    widest = max((len(row) for row in rows), default=0)
    return [row if len(row) == widest else [*row, *[None] * (widest - len(row))] for row in rows]


def _csv(name: str, raw: bytes) -> Rows:
    if raw[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        text = raw.decode("utf-16", "replace")
    elif b"\x00" in raw[:4096]:
        raise PlanUnreadable("{file}: not a table; XLSX and CSV are read", file=name)
    else:
        text = _decoded(raw)
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(SEPARATORS, key=first.count)
    try:
        rows: Rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as error:
        raise PlanUnreadable("{file}: {problem}", file=name, problem=error) from error
    return _bounded(name, rows)


def _bounded(name: str, rows: Rows) -> Rows:
    if len(rows) > MOST_ROWS:
        raise PlanUnreadable("{file}: more than {most} rows", file=name, most=MOST_ROWS)
    return rows


def _decoded(raw: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")


def _parquet(name: str, raw: bytes) -> Rows:
    # Loaded only when needed: it takes half a second, and most tables are CSV or XLSX.
    arrow, parquet = importlib.import_module("pyarrow"), importlib.import_module("pyarrow.parquet")
    try:
        table = parquet.read_table(arrow.BufferReader(raw))
    except (arrow.ArrowException, OSError, ValueError) as error:
        raise PlanUnreadable("{file}: not a Parquet file, or damaged", file=name) from error
    columns = [column.to_pylist() for column in table.columns]
    return _bounded(name, [list(table.column_names), *(list(row) for row in zip(*columns, strict=True))])
