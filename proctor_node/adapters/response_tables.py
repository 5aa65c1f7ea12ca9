"""Tables of responses from CSV, XLSX and Parquet files, every cell as text."""

from __future__ import annotations

import csv
import io
import unicodedata
import zipfile
from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import islice
from pathlib import Path
from xml.etree.ElementTree import ParseError

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.compute
import pyarrow.csv
import pyarrow.parquet
from openpyxl.utils.exceptions import InvalidFileException

from proctor_node.adapters import tables
from proctor_node.item_analysis.errors import TableEmpty, TableUnreadable
from proctor_node.item_analysis.table import BLANK, Column, ResponseTable

SHEET_LARGEST = 200 * 1024 * 1024
WIDEST = 5_000
# What statistical programs and spreadsheets write for "nothing here".
EMPTY = {"", "na", "n/a", "#n/a", "nan", "null", "none", "."}
SEPARATORS = ",;\t|"
LEGACY = ("cp1258", "latin-1")
RAGGED = "Every row needs as many cells as the header, separated in the same way."
UTF16 = (b"\xff\xfe", b"\xfe\xff")


def read_table(path: Path) -> ResponseTable:
    """The table in a file, by its content rather than its name.

    Raises:
        TableUnreadable: damaged, or none of CSV, XLSX, Parquet.
        TableEmpty: no header or no row.
    """
    with path.open("rb") as file:
        start = file.read(4)
    if told := tables.no_workbook(path, start):
        raise TableUnreadable(told, "Open the file in a spreadsheet program and save it as XLSX.", file=path.name)
    reader: Callable[[Path], ResponseTable] = {b"PAR1": _parquet, b"PK\x03\x04": _xlsx}.get(start, _csv)
    table = reader(path)
    if not table.columns:
        raise TableEmpty(
            "{file}: no column has a name", "The first row holds the names of the columns.", file=path.name
        )
    if not table.rows:
        raise TableEmpty("{file}: no rows below the header", "One row a person.", file=path.name)
    return table


def read_cells(path: Path) -> tuple[list[str], list[list[str]]]:
    """Header and rows of a small table (a key), cells as text."""
    table = read_table(path)
    cells = [column.cells() for column in table.columns]
    return [column.name for column in table.columns], [list(row) for row in zip(*cells, strict=True)]


# -- CSV -------------------------------------------------------------------------------------------------------------


def _csv(path: Path) -> ResponseTable:
    content = path.read_bytes()
    if b"\x00" in content[:4096] and content[:2] not in UTF16:
        raise TableUnreadable("{file}: not a table", "CSV, XLSX and Parquet are read.", file=path.name)
    text_bytes, first = _as_utf8(content)
    if not first.strip():
        raise TableEmpty("{file}: the file is empty", "The first row holds the names of the columns.", file=path.name)
    separator = max(SEPARATORS, key=first.count)
    try:
        header = next(csv.reader(io.StringIO(first, newline=""), delimiter=separator))
        if _has_row_names(text_bytes, first, separator, len(header)):
            header = ["", *header]
    except csv.Error as error:
        raise TableUnreadable("{file}: not a table", "CSV, XLSX and Parquet are read.", file=path.name) from error
    if len(header) > WIDEST:
        raise TableUnreadable(
            "{file}: {count} columns; at most {most} are read", file=path.name, count=len(header), most=WIDEST
        )
    lines = len(first.splitlines())
    if len(text_bytes.rstrip(b"\r\n")) <= len(first.encode()):
        raise TableEmpty("{file}: no rows below the header", "One row a person.", file=path.name)
    body = _arrow_csv(path.name, text_bytes, separator, len(header), lines)
    columns = [_column(name, body.column(place)) for place, name in enumerate(header) if _is_used(name, body, place)]
    return ResponseTable(path.name, body.num_rows, tuple(columns))


def _has_row_names(content: bytes, first: str, separator: str, width: int) -> bool:
    """Whether rows have one cell more than the header, as R writes them; a single row with one cell too many is a mistake."""
    rest = content[: 1 << 20].decode("utf-8", "ignore")[len(first) :].lstrip("\r\n")
    rows = list(islice(csv.reader(io.StringIO(rest, newline=""), delimiter=separator), 2))
    return len(rows) == 2 and all(len(row) == width + 1 for row in rows)


def _as_utf8(content: bytes) -> tuple[bytes, str]:
    """The content in UTF-8 without byte order mark, and its first record."""
    if content[:2] in UTF16:
        content = content.decode("utf-16", "replace").encode()
    content = content.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        for encoding in LEGACY:
            try:
                content = content.decode(encoding).encode()
                break
            except UnicodeDecodeError:
                continue
    head = content[: 1 << 20].decode("utf-8", "ignore")
    quotes, end = 0, len(head)
    for place, character in enumerate(head):
        quotes += character == '"'
        if character in "\r\n" and quotes % 2 == 0:
            end = place
            break
    return content, head[:end]


def _arrow_csv(name: str, content: bytes, separator: str, width: int, skipped: int) -> pa.Table:
    names = [f"f{place}" for place in range(width)]
    kinds = dict.fromkeys(names, pa.dictionary(pa.int32(), pa.string()))
    wrong: list[TableUnreadable] = []

    def remember(row: pa.csv.InvalidRow) -> str:
        wrong.append(
            TableUnreadable(
                "{file}: row {row}: {cells} cells where the header has {expected}",
                RAGGED,
                file=name,
                row=row.number or "?",
                cells=row.actual_columns,
                expected=row.expected_columns,
            )
        )
        return "error"

    def parse(*, threads: bool) -> pa.Table:
        return pa.csv.read_csv(
            io.BytesIO(content),
            read_options=pa.csv.ReadOptions(
                column_names=names, skip_rows=skipped, block_size=1 << 24, use_threads=threads
            ),
            parse_options=pa.csv.ParseOptions(
                delimiter=separator, newlines_in_values=b'"' in content, invalid_row_handler=remember
            ),
            convert_options=pa.csv.ConvertOptions(column_types=kinds, strings_can_be_null=False),
        )

    try:
        return parse(threads=True)
    except pa.ArrowInvalid:
        wrong.clear()  # Arrow counts rows only when it reads in one thread
    try:
        return parse(threads=False)
    except pa.ArrowInvalid as error:
        raise (wrong[0] if wrong else TableUnreadable("{file}: not a table", RAGGED, file=name)) from error


# -- Parquet ---------------------------------------------------------------------------------------------------------


def _parquet(path: Path) -> ResponseTable:
    try:
        body = pa.parquet.read_table(path)
        if body.num_columns > WIDEST:
            raise TableUnreadable(
                "{file}: {count} columns; at most {most} are read", file=path.name, count=body.num_columns, most=WIDEST
            )
        columns = [
            _column(name, body.column(place))
            for place, name in enumerate(body.column_names)
            if not name.startswith("__index_level")
        ]
    except (pa.ArrowException, OSError) as error:
        raise TableUnreadable("{file}: not a Parquet file, or damaged", "Write it again.", file=path.name) from error
    return ResponseTable(path.name, body.num_rows, tuple(columns))


# -- XLSX ------------------------------------------------------------------------------------------------------------


def _xlsx(path: Path) -> ResponseTable:
    if path.stat().st_size > SHEET_LARGEST:
        raise TableUnreadable("{file}: too large for a spreadsheet", "Save it as CSV.", file=path.name)
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        rows = [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]
        book.close()
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError, ParseError, IndexError) as error:
        raise TableUnreadable(
            "{file}: not an XLSX file, or damaged", "Save it again, or as CSV.", file=path.name
        ) from error
    rows = [row for row in rows if any(cell is not None and _text(cell) for cell in row)]
    if not rows:
        raise TableEmpty(
            "{file}: the first sheet is empty", "The first row holds the names of the columns.", file=path.name
        )
    header = [_text(cell) for cell in rows[0]]
    if len(header) > WIDEST:
        raise TableUnreadable(
            "{file}: {count} columns; at most {most} are read", file=path.name, count=len(header), most=WIDEST
        )
    places = [place for place, name in enumerate(header) if name]
    columns = [
        Column.from_cells(header[place], (_cell(row[place] if place < len(row) else None) for row in rows[1:]))
        for place in places
    ]
    return ResponseTable(path.name, len(rows) - 1, tuple(columns))


# -- cells -----------------------------------------------------------------------------------------------------------


def _text(cell: object) -> str:
    """The text of a cell as a person reads it: whole numbers without ".0", composed letters, no space around."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(int(cell))
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, Decimal):
        return format(cell.normalize(), "f")
    return unicodedata.normalize("NFC", str(cell)).strip().strip("\u200b\ufeff")


def _cell(cell: object) -> str | None:
    text = _text(cell)
    return None if text.casefold() in EMPTY else text


def _is_used(name: str, body: pa.Table, place: int) -> bool:
    """A column without a name counts only at the left, where programs write row names."""
    return bool(name.strip()) or (place == 0 and body.num_columns > 1)


def _column(name: str, chunks: pa.ChunkedArray) -> Column:
    encoded = chunks if pa.types.is_dictionary(chunks.type) else pa.compute.dictionary_encode(chunks)
    whole = encoded.unify_dictionaries().combine_chunks()
    if isinstance(whole, pa.ChunkedArray):
        whole = whole.chunk(0) if whole.num_chunks else pa.array([], encoded.type)
    indices = whole.indices
    codes = np.asarray(indices.fill_null(BLANK) if indices.null_count else indices).astype(np.int32, copy=False)
    return _joined(_text(name), [_cell(value) for value in whole.dictionary.to_pylist()], codes)


def _joined(name: str, texts: Sequence[str | None], codes: np.ndarray[tuple[int], np.dtype[np.int32]]) -> Column:
    """Raw values that read the same become one label; empty ones become blanks."""
    index: dict[str, int] = {}
    becomes = [BLANK if text is None else index.setdefault(text, len(index)) for text in texts]
    if becomes != list(range(len(texts))):
        codes = np.array([*becomes, BLANK], dtype=np.int32)[codes]
    return Column(name, tuple(index), codes)
