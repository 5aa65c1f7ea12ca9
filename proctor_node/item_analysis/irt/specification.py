"""A model for a whole test: families of items, and the linear map from free parameters to those of the items."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, log_expit

from proctor_node.item_analysis.irt.families import DivideByTotal, Family, ThreeParameter
from proctor_node.item_analysis.irt.patterns import Patterns
from proctor_node.item_analysis.table import Floats

ModelName = Literal["rasch", "1pl", "2pl", "3pl", "pcm", "gpcm", "nominal"]
COMMON_SLOPE = {"rasch", "1pl", "pcm"}
# Beta(5, 17) on the lower asymptote: without a prior the model is unstable.
PRIOR = (5.0, 17.0)


@dataclass(frozen=True)
class Specification:
    """The model of a test.

    Attributes:
        name: as asked for.
        families: groups of items; together they hold each item once.
        map: shape (item parameters, free parameters).
    """

    name: ModelName
    families: tuple[Family, ...]
    map: Floats

    @cached_property
    def ranges(self) -> tuple[slice, ...]:
        """Where each family's parameters stand."""
        ends = np.cumsum([len(family.items) * family.width for family in self.families])
        return tuple(slice(int(end) - len(family.items) * family.width, int(end)) for family, end in zip(self.families, ends, strict=True))  # fmt: skip

    def split(self, whole: Floats) -> list[Floats]:
        """Item parameters of each family, shape (items, width)."""
        return [
            whole[part].reshape(len(family.items), family.width)
            for family, part in zip(self.families, self.ranges, strict=True)
        ]

    @cached_property
    def columns(self) -> tuple[tuple[int, int], ...]:
        """(item, category) of each row of the log-probabilities, family by family."""
        return tuple((item, category) for family in self.families for item in family.items for category in range(family.categories))  # fmt: skip

    @cached_property
    def guesses(self) -> tuple[int, ...]:
        """Places of the asymptotes' logits among the item parameters."""
        return tuple(
            part.start + 3 * place + 2
            for family, part in zip(self.families, self.ranges, strict=True)
            if isinstance(family, ThreeParameter)
            for place in range(len(family.items))
        )

    @cached_property
    def slopes(self) -> NDArray[np.bool_]:
        """Which free parameters turn with the direction of ability."""
        rows = np.zeros(len(self.map), dtype=bool)
        for family, part in zip(self.families, self.ranges, strict=True):
            turning = 1 if isinstance(family, ThreeParameter) else family.categories - 1
            rows[part] = np.tile(np.arange(family.width) < turning, len(family.items))
        return np.asarray((self.map[rows] != 0).any(axis=0))

    def log_probabilities(self, whole: Floats, theta: Floats) -> Floats:
        """Shape (columns, nodes)."""
        parts = [
            family.log_probabilities(own, theta).reshape(-1, len(theta))
            for family, own in zip(self.families, self.split(whole), strict=True)
        ]
        return np.concatenate(parts)

    def gradient(self, whole: Floats, theta: Floats, expected: Floats) -> Floats:
        """Gradient of the expected complete log-likelihood; `expected` counts, shape (columns, nodes)."""
        parts, start = [], 0
        for family, own in zip(self.families, self.split(whole), strict=True):
            rows = len(family.items) * family.categories
            counts = expected[start : start + rows].reshape(len(family.items), family.categories, len(theta))
            parts.append(np.einsum("jcq,jcqp->jp", counts, family.scores(own, theta)).ravel())
            start += rows
        return np.concatenate(parts)

    def log_prior(self, whole: Floats) -> tuple[float, Floats]:
        """Log of the prior (without its constant) and its gradient."""
        gradient = np.zeros_like(whole)
        if not self.guesses:
            return 0.0, gradient
        guess = whole[list(self.guesses)]
        first, second = PRIOR[0] - 1, PRIOR[1] - 1
        gradient[list(self.guesses)] = first - (first + second) * expit(guess)
        return float((first * log_expit(guess) + second * log_expit(-guess)).sum()), gradient


def specify(name: ModelName, sizes: Sequence[int]) -> Specification:
    """The specification of a model for items with these numbers of categories."""
    families: list[Family] = []
    for size in sorted(set(sizes)):
        items = tuple(place for place, own in enumerate(sizes) if own == size)
        kind = ThreeParameter if name == "3pl" and size == 2 else DivideByTotal
        families.append(kind(items, size))
    whole = sum(len(family.items) * family.width for family in families)
    return Specification(name, tuple(families), _map(name, families, whole))


def _map(name: ModelName, families: Sequence[Family], whole: int) -> Floats:
    """Nominal: all free. Else alpha_c = c a, with one slope for the test or one for each item."""
    if name == "nominal":
        return np.eye(whole)
    columns: list[Floats] = []
    common = np.zeros(whole)
    start = 0
    for family in families:
        steps = family.categories - 1
        for _ in family.items:
            slope = np.zeros(whole)
            slope[start : start + steps] = np.arange(1, family.categories)
            common += slope
            if name not in COMMON_SLOPE:
                columns.append(slope)
            columns.extend(np.eye(whole)[start + steps : start + family.width])
            start += family.width
    return np.stack([common, *columns] if name in COMMON_SLOPE else columns, axis=1)


def start_values(specification: Specification, patterns: Patterns, signs: Floats) -> Floats:
    """Free parameters to begin with: slopes of one in the item's direction, intercepts from category shares."""
    whole = []
    for family in specification.families:
        for item in family.items:
            column = patterns.categories[:, item]
            shares = np.bincount(column[column >= 0], weights=patterns.counts[column >= 0], minlength=family.categories)
            shares = (shares + 0.5) / (shares.sum() + 0.5 * family.categories)
            delta = np.log(shares[1:] / shares[0]) * 1.1
            if isinstance(family, ThreeParameter):
                above = np.clip((shares[1] - 0.15) / 0.85, 0.03, 0.97)
                whole.append(np.array([max(signs[item], 0.3), np.log(above / (1 - above)) * 1.1, -1.5]))
            else:
                whole.append(np.concatenate([np.arange(1, family.categories) * signs[item], delta]))
    return np.asarray(np.linalg.lstsq(specification.map, np.concatenate(whole), rcond=None)[0])
