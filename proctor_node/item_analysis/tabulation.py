"""One pass over an item: how many persons with each total gave each response. Everything classical follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from proctor_node.item_analysis.responses import Item, OptionCodes
from proctor_node.item_analysis.table import Floats


def counts(codes: OptionCodes, size: int, places: NDArray[np.intp], totals: int) -> Floats:
    """Table of code by place of total, shape (size, totals)."""
    joint = codes.astype(np.intp)
    joint *= totals
    joint += places
    return np.bincount(joint, minlength=size * totals).reshape(size, totals).astype(float)


def correlation(covariance: float, variance_a: float, variance_b: float, scale: float = 1.0) -> float | None:
    """Pearson's r, or None where a variance vanishes (compared with `scale`, against rounding)."""
    tiny = 1e-12 * max(scale, 1e-300)
    if variance_a <= tiny or variance_b <= tiny:
        return None
    return float(np.clip(covariance / np.sqrt(variance_a * variance_b), -1.0, 1.0))


@dataclass(frozen=True)
class Tabulation:
    """An item crossed with the totals; variances divide by n here (correlations do not care).

    Attributes:
        item: the item; it is a part of the total unless it is a statement of a cluster.
        table: shape (codes, totals): persons with that response and total.
        totals: distinct totals, rising.
        own: mark of each code inside the total (zero for a statement, whose rest is taken from its cluster).
    """

    item: Item
    table: Floats
    totals: Floats
    own: Floats

    @cached_property
    def persons(self) -> float:
        """How many persons."""
        return float(self.table.sum())

    @cached_property
    def by_code(self) -> Floats:
        """Persons with each code."""
        return np.asarray(self.table.sum(axis=1))

    @cached_property
    def mean(self) -> float:
        """Mean mark."""
        return float(self.item.marks @ self.by_code / self.persons)

    @cached_property
    def variance(self) -> float:
        """Variance of the mark (n)."""
        return float((self.item.marks - self.mean) ** 2 @ self.by_code / self.persons)

    @cached_property
    def rest(self) -> Floats:
        """Total without this item, by code and total, shape (codes, totals)."""
        return self.totals[None, :] - self.own[:, None]

    @cached_property
    def rest_mean(self) -> float:
        """Mean rest score."""
        return float((self.table * self.rest).sum() / self.persons)

    @cached_property
    def rest_variance(self) -> float:
        """Variance of the rest score (n)."""
        return float((self.table * (self.rest - self.rest_mean) ** 2).sum() / self.persons)

    @cached_property
    def rest_by_code(self) -> Floats:
        """Sum of (rest - mean rest) over the persons of each code."""
        return np.asarray((self.table * (self.rest - self.rest_mean)).sum(axis=1))

    @cached_property
    def covariance_with_rest(self) -> float:
        """cov(mark, rest) (n)."""
        return float(self.item.marks @ self.rest_by_code / self.persons)

    @property
    def r_rest(self) -> float | None:
        """Corrected item-total correlation."""
        scale = float(self.totals[-1] ** 2 + self.totals[0] ** 2)
        return correlation(self.covariance_with_rest, self.variance, self.rest_variance, min(scale, 1.0))

    def option_r_rest(self, code: int) -> float | None:
        """cor(1[chose the option], total - mark): the same rest score for the key and for every distractor."""
        share = self.by_code[code] / self.persons
        return correlation(float(self.rest_by_code[code] / self.persons), share * (1 - share), self.rest_variance)

    @cached_property
    def best_covariance(self) -> float:
        """The largest cov(mark, rest) that these marks and rest scores allow: both sorted (Moodle)."""
        values, inverse = np.unique(np.round(self.rest, 9), return_inverse=True)
        persons = np.bincount(inverse.ravel(), weights=self.table.ravel(), minlength=len(values))
        reached = np.concatenate([[0.0], np.cumsum(persons)])
        sums = np.concatenate([[0.0], np.cumsum(persons * (values - self.rest_mean))])
        order = np.argsort(self.item.marks, kind="stable")
        ends = np.cumsum(self.by_code[order])
        at_end = np.interp(ends, reached, sums)
        return float(self.item.marks[order] @ np.diff(at_end, prepend=0.0) / self.persons)
