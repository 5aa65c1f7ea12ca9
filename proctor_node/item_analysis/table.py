"""A table of responses as read: columns of labels, not yet told apart into items and other things."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from proctor_node.item_analysis.errors import DuplicateColumn, NoSuchColumn

Codes = NDArray[np.int32]
Floats = NDArray[np.float64]
BLANK = -1


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its distinct labels and, for each row, the index of a label (shape (rows,), -1 = empty cell)."""

    name: str
    labels: tuple[str, ...]
    codes: Codes

    @classmethod
    def from_cells(cls, name: str, cells: Iterable[str | None]) -> Self:
        """From cell texts; None and the empty text are empty cells."""
        index: dict[str, int] = {}
        codes = [BLANK if not cell else index.setdefault(cell, len(index)) for cell in cells]
        return cls(name, tuple(index), np.array(codes, dtype=np.int32))

    def cells(self) -> list[str]:
        """The text of each row, "" for an empty cell."""
        texts = np.array([*self.labels, ""], dtype=object)
        return list(texts[self.codes])

    def used(self) -> set[str]:
        """Labels that stand in at least one row."""
        counts = np.bincount(self.codes[self.codes >= 0], minlength=len(self.labels))
        return {label for label, count in zip(self.labels, counts, strict=True) if count}


@dataclass(frozen=True, slots=True)
class ResponseTable:
    """A table: one row a person."""

    name: str
    rows: int
    columns: tuple[Column, ...]

    @classmethod
    def from_rows(cls, name: str, header: Sequence[str], rows: Sequence[Sequence[str | None]]) -> Self:
        """From rows of cell texts, all as long as the header."""
        columns = (Column.from_cells(title, (row[place] for row in rows)) for place, title in enumerate(header))
        return cls(name, len(rows), tuple(columns))

    def find(self, name: str) -> Column | None:
        """The column of this name, in any case and with any surrounding space; None if there is none.

        Raises:
            DuplicateColumn: two columns have this name.
        """
        plain = name.strip().casefold()
        exact = [column for column in self.columns if column.name == name]
        for found in (exact, [column for column in self.columns if column.name.strip().casefold() == plain]):
            if len(found) > 1:
                raise DuplicateColumn(
                    "{file}: {count} columns are named '{column}'",
                    "Give each column a name of its own.",
                    file=self.name, count=len(found), column=name,
                )  # fmt: skip
            if found:
                return found[0]
        return None

    def named(self, name: str) -> Column:
        """As `find`, for a column that must exist.

        Raises:
            NoSuchColumn: there is none.
        """
        column = self.find(name)
        if column is None:
            known = ", ".join(column.name for column in self.columns[:12])
            raise NoSuchColumn(
                "{file}: no column '{column}'", "Columns: {known}", file=self.name, column=name, known=known
            )
        return column
