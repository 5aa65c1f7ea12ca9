"""Items in the shape of QTI: a stem, options with canonical identifiers, content of text, formulas and pictures.

Response keys are elsewhere (`question_bank.response_key`); an item never says what is right.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Kind = Literal["single_choice", "multiple_choice", "true_false_cluster", "short_numeric"]
Level = Literal["NB", "TH", "VD", "VDC"]


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="text"):
    """Running text."""

    text: str


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


Piece = Text | Formula | Picture | Break
Content = tuple[Piece, ...]


class Option(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An option (A, B, ...) or a statement (a, b, ...); `fixed` keeps it in place when options are shuffled."""

    identifier: str
    content: Content
    fixed: bool = False


class Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One item of a form. `id` is unique in the form; `number` counts from 1 in each part."""

    id: str
    kind: Kind
    number: int
    stem: Content
    options: tuple[Option, ...] = ()
    level: Level = "NB"
    topic: str = ""
