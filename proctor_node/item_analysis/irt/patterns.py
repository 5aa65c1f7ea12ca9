"""Responses as categories, identical patterns counted once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from proctor_node.item_analysis.responses import Responses
from proctor_node.item_analysis.table import Floats

Categories = NDArray[np.int16]
MISSING = -1


@dataclass(frozen=True)
class Patterns:
    """Distinct response patterns.

    Attributes:
        categories: shape (patterns, items); 0 is the lowest category seen, -1 no response.
        counts: persons with each pattern.
        of_person: place of each person's pattern.
        sizes: number of categories of each item, at least 2.
    """

    categories: Categories
    counts: Floats
    of_person: NDArray[np.intp]
    sizes: tuple[int, ...]

    @cached_property
    def complete(self) -> bool:
        """Whether no response is missing."""
        return bool((self.categories >= 0).all())

    @cached_property
    def dichotomous(self) -> bool:
        """Whether all items have two categories."""
        return set(self.sizes) == {2}

    @cached_property
    def scores(self) -> NDArray[np.intp]:
        """Sum of categories of each pattern (missing ones count nothing)."""
        return np.asarray(np.maximum(self.categories, 0).sum(axis=1), dtype=np.intp)

    def sample(self, persons: int, seed: int = 20250626) -> Patterns:
        """About `persons` persons drawn without replacement by a fixed seed, for starting values."""
        chosen = np.random.default_rng(seed).permutation(len(self.of_person))[:persons]
        places, counts = np.unique(self.of_person[chosen], return_counts=True)
        return Patterns(self.categories[places], counts.astype(float), chosen, self.sizes)


@dataclass(frozen=True, slots=True)
class Categorised:
    """What can be modelled: patterns, the items that vary, and those left out because all persons answer alike."""

    patterns: Patterns
    items: tuple[int, ...]
    constant: tuple[int, ...]


def categorise(responses: Responses) -> Categorised:
    """Categories by rank of the marks that occur.

    An omitted response is a wrong one; one not reached is missing. Where cells are marks, every blank is missing.
    """
    columns: list[Categories] = []
    kept: list[int] = []
    constant: list[int] = []
    sizes: list[int] = []
    for place, item in enumerate(responses.items):
        present = np.bincount(item.codes, minlength=len(item.marks)) > 0
        count = len(item.options)
        counted = present[:count].copy()
        blank = 0 if not responses.blank_is_missing and present[item.omitted] else None
        values = np.unique(np.concatenate([item.marks[:count][counted], [0.0] if blank is not None else []]))
        if len(values) < 2:
            constant.append(place)
            continue
        becomes = np.full(len(item.marks), MISSING, dtype=np.int16)
        becomes[:count] = np.minimum(np.searchsorted(values, item.marks[:count]), len(values) - 1)
        if blank is not None:
            becomes[item.omitted] = int(np.searchsorted(values, 0.0))
        columns.append(becomes[item.codes])
        sizes.append(len(values))
        kept.append(place)
    matrix = np.stack(columns, axis=1) if columns else np.zeros((responses.persons, 0), dtype=np.int16)
    return Categorised(collapse(matrix, tuple(sizes)), tuple(kept), tuple(constant))


def collapse(matrix: Categories, sizes: tuple[int, ...]) -> Patterns:
    """Count identical rows once. Rows are told apart by a 64-bit sum of products, then compared in full."""
    if matrix.shape[1] == 0:
        return Patterns(matrix, np.ones(len(matrix)), np.arange(len(matrix)), sizes)
    drawn = np.random.default_rng(1).integers(1, 2**63, matrix.shape[1], dtype=np.uint64)
    weights: NDArray[np.uint64] = np.asarray(drawn) | np.uint64(1)
    marks = np.zeros(len(matrix), dtype=np.uint64)
    for place in range(matrix.shape[1]):
        marks += (matrix[:, place].astype(np.uint64) + np.uint64(2)) * weights[place]
    _, first, inverse, counts = np.unique(marks, return_index=True, return_inverse=True, return_counts=True)
    if not (matrix[first][inverse] == matrix).all():
        _, first, inverse, counts = np.unique(
            matrix, axis=0, return_index=True, return_inverse=True, return_counts=True
        )
    return Patterns(matrix[first], counts.astype(float), inverse.ravel().astype(np.intp), sizes)
