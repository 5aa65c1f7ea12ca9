"""How well single items and pairs of items fit: infit, outfit, S-X2, Q3, and M2 for the whole test."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, stats

from proctor_node.item_analysis.irt.estimation import Estimate
from proctor_node.item_analysis.table import Floats

MOST_FOR_M2 = 60
Counts = NDArray[np.floating | np.integer]


@dataclass(frozen=True, slots=True)
class SX2:
    """Orlando & Thissen's S-X2 of an item; `df` is the number of cells left less the item's parameters."""

    value: float
    df: int

    @property
    def p(self) -> float | None:
        """Upper tail."""
        return float(stats.chi2.sf(self.value, self.df)) if self.df > 0 else None


@dataclass(frozen=True, slots=True)
class GlobalFit:
    """M2 of Maydeu-Olivares & Joe on first and second margins, with RMSEA2."""

    m2: float
    df: int
    p: float
    rmsea: float


def rows_of_items(estimate: Estimate) -> list[list[int]]:
    """For each item its rows among the columns, lowest category first."""
    rows: list[list[int]] = [[] for _ in estimate.patterns.sizes]
    for row, (item, _) in enumerate(estimate.specification.columns):
        rows[item].append(row)
    return rows


def mean_squares(estimate: Estimate) -> tuple[Floats, Floats]:
    """Infit and outfit of each item, weighted by the posterior of ability rather than at a point estimate.

    Outfit: mean of (x - E)^2 / V; infit: sum (x - E)^2 / sum V; x, E, V of the category number.
    """
    logs = estimate.specification.log_probabilities(estimate.whole, estimate.quadrature.theta)
    probabilities, counts = np.exp(logs), estimate.expected.counts
    infit, outfit = [], []
    for rows in rows_of_items(estimate):
        category = np.arange(len(rows))[:, None]
        own, seen = probabilities[rows], counts[rows]
        mean = (category * own).sum(axis=0)
        variance = np.maximum(((category - mean) ** 2 * own).sum(axis=0), 1e-12)
        squares = (category - mean) ** 2 * seen
        persons = seen.sum()
        infit.append(squares.sum() / (variance * seen.sum(axis=0)).sum())
        outfit.append((squares / variance).sum() / persons)
    return np.array(infit), np.array(outfit)


def _score_distribution(right: Floats) -> Floats:
    """Lord & Wingersky: probability of each number right at each node; `right` has shape (items, nodes)."""
    scores = np.zeros((len(right) + 1, right.shape[1]))
    scores[0] = 1
    for items, chance in enumerate(right, 1):
        scores[1 : items + 1] = scores[1 : items + 1] * (1 - chance) + scores[:items] * chance
        scores[0] *= 1 - chance
    return scores


def s_x2(estimate: Estimate) -> list[SX2 | None]:
    """S-X2 of each item; None for all unless every item is dichotomous and no response is missing.

    Scores 1..k - 1; neighbouring scores are joined, from both ends inwards, until both cells expect at least one person.
    """
    patterns = estimate.patterns
    items = len(patterns.sizes)
    if not (patterns.complete and patterns.dichotomous) or items < 3:
        return [None] * items
    logs = estimate.specification.log_probabilities(estimate.whole, estimate.quadrature.theta)
    right = np.exp(logs[[rows[1] for rows in rows_of_items(estimate)]])
    weights = estimate.quadrature.weights
    whole = _score_distribution(right) @ weights
    persons = np.bincount(patterns.scores, weights=patterns.counts, minlength=items + 1)
    family = estimate.specification.families[0]
    # A common slope is shared by the items; it is no parameter of any of them.
    parameters = 1 if estimate.specification.name in {"rasch", "1pl", "pcm"} else family.width
    found: list[SX2 | None] = []
    for item in range(items):
        others = _score_distribution(np.delete(right, item, axis=0))
        expected = ((others[: items - 1] * right[item]) @ weights) / whole[1:items]
        seen = np.bincount(patterns.scores, weights=patterns.counts * patterns.categories[:, item], minlength=items + 1)
        cells = _collapsed(persons[1:items], seen[1:items], persons[1:items] * expected)
        found.append(_pearson(cells, parameters))
    return found


def _collapsed(persons: Counts, seen: Counts, expected: Floats) -> list[Floats]:
    """Cells (persons, seen right, expected right), joined from the ends inwards."""
    cells = [np.array(cell) for cell in zip(persons, seen, expected, strict=True)]
    for end, inner in ((0, 1), (-1, -2)):
        while len(cells) > 1 and min(cells[end][2], cells[end][0] - cells[end][2]) < 1:
            cells[inner] = cells[inner] + cells[end]
            cells.pop(end)
    joined: list[Floats] = []
    for cell in cells:  # what is still thin inside joins its left neighbour
        if joined and min(cell[2], cell[0] - cell[2]) < 1:
            joined[-1] = joined[-1] + cell
        else:
            joined.append(cell)
    return joined


def _pearson(cells: list[Floats], parameters: int) -> SX2 | None:
    value = 0.0
    for persons, seen, expected in cells:
        if persons <= 0 or not 0 < expected < persons:
            return None
        share = expected / persons
        value += persons * (seen / persons - share) ** 2 / (share * (1 - share))
    df = len(cells) - parameters
    return SX2(float(value), df) if df > 0 else None


def m2(estimate: Estimate) -> GlobalFit | None:
    """M2; None unless every item is dichotomous, no response is missing and the items are few enough."""
    patterns = estimate.patterns
    items = len(patterns.sizes)
    if not (patterns.complete and patterns.dichotomous) or not 3 <= items <= MOST_FOR_M2:
        return None
    theta, weights = estimate.quadrature.theta, estimate.quadrature.weights
    rows = [pair[1] for pair in rows_of_items(estimate)]
    right = np.exp(estimate.specification.log_probabilities(estimate.whole, theta)[rows])
    margins: list[tuple[int, ...]] = [(item,) for item in range(items)]
    margins += [(a, b) for a in range(items) for b in range(a + 1, items)]
    chances = np.array([reduce(np.multiply, (right[item] for item in margin)) for margin in margins])
    expected = chances @ weights
    marks = patterns.categories.astype(float)
    products = (marks * patterns.counts[:, None]).T @ marks / patterns.counts.sum()
    seen = np.array([products[margin[0], margin[-1]] for margin in margins])
    joint = _joint(margins, right, chances, weights)
    slopes = _margin_slopes(estimate, margins, right)
    inverse = linalg.pinvh(joint - np.outer(expected, expected))
    middle = inverse - inverse @ slopes @ linalg.pinvh(slopes.T @ inverse @ slopes) @ slopes.T @ inverse
    residual, persons = seen - expected, float(patterns.counts.sum())
    value, df = persons * float(residual @ middle @ residual), len(margins) - slopes.shape[1]
    if df <= 0:
        return None
    return GlobalFit(value, df, float(stats.chi2.sf(value, df)), float(np.sqrt(max(value - df, 0) / (df * persons))))


def _joint(margins: list[tuple[int, ...]], right: Floats, chances: Floats, weights: Floats) -> Floats:
    """P(all items of both margins right): the product counts a common item twice, so those pairs are done again."""
    joint: Floats = (chances * weights) @ chances.T
    holding = [[place for place, margin in enumerate(margins) if item in margin] for item in range(len(right))]
    for item, places in enumerate(holding):
        without = np.array([reduce(np.multiply, (right[other] for other in margins[place] if other != item), np.ones_like(weights)) for place in places])  # fmt: skip
        joint[np.ix_(places, places)] = (without * weights * right[item]) @ without.T
    np.fill_diagonal(joint, chances @ weights)
    return joint


def _margin_slopes(estimate: Estimate, margins: list[tuple[int, ...]], right: Floats) -> Floats:
    """Derivatives of the margins by the free parameters, shape (margins, free)."""
    specification, theta = estimate.specification, estimate.quadrature.theta
    slopes = np.zeros((len(margins), len(estimate.whole)))
    scores = np.zeros((len(right), len(theta), len(estimate.whole)))
    for family, own, part in zip(specification.families, specification.split(estimate.whole), specification.ranges, strict=True):  # fmt: skip
        derivative = family.scores(own, theta)
        for place, item in enumerate(family.items):
            start = part.start + place * family.width
            scores[item, :, start : start + family.width] = derivative[place, 1]
    for place, margin in enumerate(margins):
        chance = reduce(np.multiply, (right[item] for item in margin)) * estimate.quadrature.weights
        slopes[place] = chance @ sum((scores[item] for item in margin), np.zeros_like(scores[0]))
    return np.asarray(slopes @ specification.map)


def q3(estimate: Estimate) -> Floats:
    """Yen's Q3: correlations of residuals x - E(x | EAP) between items, shape (items, items)."""
    patterns = estimate.patterns
    residuals = np.zeros(patterns.categories.shape)
    logs = estimate.specification.log_probabilities(estimate.whole, estimate.expected.mean)
    for item, rows in enumerate(rows_of_items(estimate)):
        expected = np.arange(len(rows)) @ np.exp(logs[rows])
        seen = patterns.categories[:, item]
        residuals[:, item] = np.where(seen >= 0, seen - expected, 0)
    weights = patterns.counts[:, None]
    observed = (patterns.categories >= 0).astype(float)
    number = (observed * weights).T @ observed
    mean = (residuals * weights).T @ observed / np.maximum(number, 1)
    product = (residuals * weights).T @ residuals / np.maximum(number, 1) - mean * mean.T
    square = (residuals**2 * weights).T @ observed / np.maximum(number, 1) - mean**2
    return np.asarray(product / np.sqrt(np.maximum(square * square.T, 1e-12)))
