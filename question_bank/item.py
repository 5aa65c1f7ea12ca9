"""Items in the shape of QTI: a stem, options with canonical identifiers, content of text, formulas and pictures.

Response keys are elsewhere (`question_bank.response_key`); an item never says what is right.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

Kind = Literal["single_choice", "multiple_choice", "true_false_cluster", "short_numeric"]
Level = Literal["NB", "TH", "VD", "VDC"]
Mark = Literal["bold", "italic", "underline", "strike", "sub", "sup", "code"]


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="text"):
    """Running text; `marks` say how it is set."""

    text: str
    marks: tuple[Mark, ...] = ()


class Formula(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="formula"):
    """A formula: its LaTeX, the digest of its SVG, and how it is read aloud."""

    latex: str
    sha256: str
    alt: str


class Picture(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="picture"):
    """A picture by the digest of its file; the size in CSS pixels at 100 %."""

    sha256: str
    alt: str
    width: int
    height: int


class Break(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="break"):
    """A new line."""


class Cell(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A cell of a table; it spans `columns` and `rows`."""

    content: tuple[Piece, ...]
    columns: int = 1
    rows: int = 1
    header: bool = False


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="table"):
    """A table by rows, on lines of its own."""

    rows: tuple[tuple[Cell, ...], ...]


Piece = Text | Formula | Picture | Break | Table
Content = tuple[Piece, ...]


class Option(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An option (A, B, ...) or a statement (a, b, ...); `fixed` keeps it in place when options are shuffled."""

    identifier: str
    content: Content
    fixed: bool = False


class Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One item of a form. `id` is unique and the same in every code; `number` counts from 1 in each part of one code.

    `passage` names the text of the form that the item shares with its neighbours, or is empty.
    """

    id: str
    kind: Kind
    number: int
    stem: Content
    options: tuple[Option, ...] = ()
    level: Level = "NB"
    topic: str = ""
    passage: str = ""


def pieces(content: Content) -> Iterator[Piece]:
    """Every piece in reading order; those in the cells of a table follow the table."""
    for piece in content:
        yield piece
        if isinstance(piece, Table):
            for row in piece.rows:
                for cell in row:
                    yield from pieces(cell.content)
