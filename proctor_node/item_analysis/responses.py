"""Responses coded for analysis: for each item an option code per person, and the mark of each code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from proctor_node.item_analysis.key import Kind
from proctor_node.item_analysis.table import Column, Floats

OptionCodes = NDArray[np.int16]
# Marks are counted on a grid so that equal totals are equal; the first scale that makes all marks whole is taken.
GRIDS = (1, 2, 4, 5, 10, 20, 100, 1000)
FINEST_GRID = 1_000_000
CHUNK = 1 << 14


@dataclass(frozen=True, slots=True)
class Item:
    """One item. Codes 0..C-1 are `options`, C is omitted, C + 1 not reached.

    Attributes:
        id: the column's name.
        kind: choice, cluster, short answer or plain marks.
        options: labels of the codes.
        codes: shape (persons,).
        marks: mark of each code, shape (C + 2,); blanks earn nothing.
        right: options that earn the full mark.
        maximum: full mark.
        part: part of the paper, if known.
        statements: the single statements of a cluster, each as an item of its own (outside the total).
        other_form: right answers that were written otherwise than the key has them.
    """

    id: str
    kind: Kind
    options: tuple[str, ...]
    codes: OptionCodes
    marks: Floats
    right: frozenset[str]
    maximum: float
    part: str | None = None
    statements: tuple[Item, ...] = ()
    other_form: tuple[str, int] | None = None

    @property
    def omitted(self) -> int:
        """Code of an omitted response."""
        return len(self.options)

    @property
    def not_reached(self) -> int:
        """Code of an item not reached."""
        return len(self.options) + 1

    def is_dichotomous(self) -> bool:
        """Whether it earns the full mark or nothing."""
        return set(np.unique(self.marks)) <= {0.0, self.maximum}


@dataclass(frozen=True)
class Remark:
    """Something the reader must know about how the table was taken."""

    code: str
    text_vi: str
    text_en: str


@dataclass(frozen=True)
class Responses:
    """All items of one test.

    Attributes:
        ids: identifier of each person, shape (persons,).
        items: in order of delivery.
        groups: named columns beside the items (class, school, sex).
        blank_is_missing: cells were marks, so a blank is "no mark given" rather than "answered wrongly" for models.
    """

    ids: tuple[str, ...]
    items: tuple[Item, ...]
    groups: dict[str, Column] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()
    blank_is_missing: bool = False

    @property
    def persons(self) -> int:
        """How many persons."""
        return len(self.ids)

    @cached_property
    def grid(self) -> int | None:
        """The scale on which all marks are whole numbers, if there is one."""
        marks = np.concatenate([item.marks for item in self.items])
        for scale in GRIDS:
            if np.allclose(marks * scale, np.round(marks * scale), atol=1e-9, rtol=0):
                return scale
        return None

    @cached_property
    def totals(self) -> tuple[Floats, NDArray[np.intp]]:
        """Distinct totals in rising order, and for each person the place of theirs among them."""
        scale = self.grid
        if scale is None:
            whole = np.zeros(self.persons)
            for item in self.items:
                whole += item.marks[item.codes]
            values, places = np.unique(np.round(whole, 9), return_inverse=True)
            return values, places.astype(np.intp)
        units = np.zeros(self.persons, dtype=np.int32)
        for item in self.items:
            units += np.round(item.marks * scale).astype(np.int32)[item.codes]
        low, high = (int(units.min()), int(units.max())) if self.persons else (0, 0)
        if high - low > FINEST_GRID:
            values, places = np.unique(units, return_inverse=True)
            return values / scale, places.astype(np.intp)
        present = np.bincount(units - low) > 0
        place_of = np.cumsum(present) - 1
        return (np.flatnonzero(present) + low) / scale, place_of[units - low]

    def marks(self, rows: slice = slice(None), items: Sequence[int] | None = None) -> Floats:
        """The matrix of marks, shape (persons, items), of some rows and items."""
        chosen = self.items if items is None else [self.items[place] for place in items]
        return np.stack([item.marks[item.codes[rows]] for item in chosen], axis=1)

    @cached_property
    def covariance(self) -> Floats:
        """Covariance of the items' marks with n - 1, shape (items, items); zero for a single person."""
        scale = self.grid or 1
        units = [item.marks * scale for item in self.items]
        largest = max(float(np.abs(unit).max()) for unit in units)
        # Whole numbers multiply without error in single precision as long as the sums stay below 2**24.
        exact = self.grid is not None and largest**2 * CHUNK < 2**24
        tables: list[NDArray[np.floating]] = [np.round(unit).astype(np.float32) if exact else unit for unit in units]
        products, sums = np.zeros((len(units), len(units))), np.zeros(len(units))
        for start in range(0, self.persons, CHUNK):
            rows = slice(start, start + CHUNK)
            part: NDArray[np.floating] = np.stack(
                [table[item.codes[rows]] for table, item in zip(tables, self.items, strict=True)]
            )
            products += part @ part.T
            sums += part.sum(axis=1, dtype=float)
        centred: Floats = products - np.outer(sums, sums) / max(self.persons, 1)
        return centred / max(self.persons - 1, 1) / scale**2
