"""The four-cell short answer of the 2025 exam: digits, a minus in cell 1, a comma in cell 2 or 3 (vietnam.md section 2.2)."""

from __future__ import annotations

import re
from decimal import Decimal

CELLS = 4
COMPLETE = re.compile(r"-?\d+(,\d+)?")
BEGUN = re.compile(r"-?(\d+(,\d*)?)?")
# What keyboards and word processors give for the two signs.
REPLACED = str.maketrans({".": ",", "\u2212": "-", "\u2013": "-"})


def normalise(typed: str) -> str:
    """The cells as stored: ASCII minus, comma, no spaces."""
    return "".join(typed.translate(REPLACED).split())


def is_complete(cells: str) -> bool:
    """Whether the cells hold a whole number or decimal that fits."""
    return len(cells) <= CELLS and COMPLETE.fullmatch(cells) is not None


def may_be_typed(cells: str) -> bool:
    """Whether the cells are a beginning of some complete answer, or complete (ASCII digits only)."""
    return len(cells) <= CELLS and cells.isascii() and BEGUN.fullmatch(cells) is not None and not _dead_end(cells)


def _dead_end(cells: str) -> bool:
    return len(cells) == CELLS and cells.endswith(",")


def legal_keys(cells: str) -> str:
    """Keys that may follow, out of `0-9`, `,` and `-`."""
    return "".join(key for key in "0123456789,-" if may_be_typed(cells + key))


def value(cells: str) -> Decimal:
    """The number that complete cells stand for.

    Raises:
        ValueError: the cells are not complete.
    """
    if not is_complete(cells):
        raise ValueError(f"not a complete answer: {cells!r}")
    return Decimal(cells.replace(",", "."))
