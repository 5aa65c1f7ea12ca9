"""Marginal likelihood by quadrature: expected counts (E-step), gradient by Fisher's identity, observed information by Louis."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.stats import norm

from proctor_node.item_analysis.irt.patterns import Patterns
from proctor_node.item_analysis.irt.specification import Specification
from proctor_node.item_analysis.table import Floats

CHUNK = 4096
NEGLIGIBLE = 1e-10


@dataclass(frozen=True)
class Quadrature:
    """Nodes of a standard normal ability and their weights (sum 1)."""

    theta: Floats
    weights: Floats

    @classmethod
    def rectangular(cls, nodes: int, reach: float) -> Quadrature:
        """Equally spaced nodes: for these smooth integrands the error falls faster than any power of the step."""
        theta = np.linspace(-reach, reach, nodes)
        weights = norm.pdf(theta)
        return cls(theta, weights / weights.sum())


@dataclass(frozen=True, slots=True)
class Expected:
    """Outcome of one pass over the patterns.

    Attributes:
        loglik: marginal log-likelihood.
        counts: expected persons by column and node, shape (columns, nodes).
        at_node: expected persons by node.
        mean, deviation: posterior mean and standard deviation of each pattern (where asked for).
    """

    loglik: float
    counts: Floats
    at_node: Floats
    mean: Floats
    deviation: Floats


class Likelihood:
    """The marginal likelihood of a model for some patterns."""

    def __init__(self, specification: Specification, patterns: Patterns, quadrature: Quadrature) -> None:
        self.specification, self.patterns, self.quadrature = specification, patterns, quadrature
        self.passes = 0

    @cached_property
    def _indicators(self) -> Floats:
        """1 where a pattern has a column's category; complete data leave the lowest categories out."""
        columns = [(item, category) for item, category in self.specification.columns if not self.patterns.complete or category]  # fmt: skip
        items, categories = (np.array(part) for part in zip(*columns, strict=True))
        return np.asarray(self.patterns.categories[:, items] == categories, dtype=np.float64)

    @cached_property
    def _lowest(self) -> Floats:
        """For each column the row of its item's lowest category."""
        rows = {item: row for row, (item, category) in enumerate(self.specification.columns) if category == 0}
        return np.array([rows[item] for item, _ in self.specification.columns])

    @cached_property
    def _kept(self) -> Floats:
        """Columns that stand in the indicators."""
        return np.array([row for row, (_, category) in enumerate(self.specification.columns) if not self.patterns.complete or category])  # fmt: skip

    def _terms(self, whole: Floats) -> tuple[Floats, Floats]:
        """Terms that indicators multiply, and those common to all patterns (shapes (kept, nodes), (nodes,))."""
        logs = self.specification.log_probabilities(whole, self.quadrature.theta)
        weights = np.log(self.quadrature.weights)
        if not self.patterns.complete:
            return logs, weights
        lowest = np.unique(self._lowest)
        return logs[self._kept] - logs[self._lowest[self._kept]], logs[lowest].sum(axis=0) + weights

    def _posteriors(self, whole: Floats) -> Iterator[tuple[slice, Floats, Floats, Floats]]:
        """For each chunk of patterns: its rows, indicators, posterior weights (rows sum to 1) and log-likelihoods."""
        terms, common = self._terms(whole)
        indicators = self._indicators
        for start in range(0, len(indicators), CHUNK):
            rows = slice(start, start + CHUNK)
            logs = indicators[rows] @ terms
            logs += common
            top = logs.max(axis=1, keepdims=True)
            logs -= top
            np.exp(logs, out=logs)
            sums = logs.sum(axis=1, keepdims=True)
            logs /= sums
            yield rows, indicators[rows], logs, (np.log(sums) + top)[:, 0]

    def expect(self, whole: Floats, *, persons: bool = False) -> Expected:
        """One pass."""
        self.passes += 1
        theta, loglik = self.quadrature.theta, 0.0
        kept = np.zeros((len(self._kept), len(theta)))
        at_node = np.zeros(len(theta))
        means, deviations = [], []
        for rows, indicators, posterior, logs in self._posteriors(whole):
            counts = self.patterns.counts[rows]
            loglik += float(counts @ logs)
            if persons:
                mean = posterior @ theta
                means.append(mean)
                deviations.append(np.sqrt(np.maximum(posterior @ theta**2 - mean**2, 0)))
            np.multiply(posterior, counts[:, None], out=posterior)
            kept += indicators.T @ posterior
            at_node += posterior.sum(axis=0)
        empty = np.zeros(0)
        return Expected(
            loglik,
            self._all_columns(kept, at_node),
            at_node,
            np.concatenate(means) if persons else empty,
            np.concatenate(deviations) if persons else empty,
        )

    def _all_columns(self, kept: Floats, at_node: Floats) -> Floats:
        """Expected counts with the lowest categories, which complete data leave to the difference."""
        if not self.patterns.complete:
            return kept
        whole = np.zeros((len(self.specification.columns), kept.shape[1]))
        whole[self._kept] = kept
        used = np.zeros_like(whole)
        np.add.at(used, self._lowest[self._kept], kept)
        lowest = np.unique(self._lowest)
        whole[lowest] = at_node - used[lowest]
        return whole

    def value_and_gradient(self, free: Floats) -> tuple[float, Floats]:
        """Log-likelihood with the log prior, and its gradient by the free parameters."""
        whole = self.specification.map @ free
        found = self.expect(whole)
        prior, prior_gradient = self.specification.log_prior(whole)
        gradient = self.specification.gradient(whole, self.quadrature.theta, found.counts) + prior_gradient
        return found.loglik + prior, self.specification.map.T @ gradient

    def information(self, free: Floats) -> Floats:
        """Observed information of the free parameters (Louis 1982), with the prior's."""
        whole = self.specification.map @ free
        own = self._complete_information(whole) - self._missing_information(whole)
        information: Floats = self.specification.map.T @ own @ self.specification.map
        return (information + information.T) / 2

    def _complete_information(self, whole: Floats) -> Floats:
        """Minus the second derivatives of the expected complete log-likelihood, by central differences."""
        specification, theta = self.specification, self.quadrature.theta
        counts = self.expect(whole).counts

        def gradient(at: Floats) -> Floats:
            return specification.gradient(at, theta, counts) + specification.log_prior(at)[1]

        result = np.zeros((len(whole), len(whole)))
        for family, part in zip(specification.families, specification.ranges, strict=True):
            places = np.arange(part.start, part.stop).reshape(-1, family.width)
            for column in places.T:  # one parameter of every item at once: items do not meet in this function
                step = np.zeros_like(whole)
                step[column] = 1e-5
                change = (gradient(whole + step) - gradient(whole - step)) / 2e-5
                for place, own in zip(column, places, strict=True):
                    result[own, place] = -change[own]
        return result

    def _missing_information(self, whole: Floats) -> Floats:
        """Sum over persons of the posterior covariance of the complete-data score."""
        constant, varying = self._score_terms(whole)
        size = len(whole)
        inner = np.zeros((size, size))
        kept = len(self._kept)
        large = len(self._indicators) * kept * len(self.quadrature.theta) > 10**7
        kind = np.float32 if large else np.float64
        products = np.zeros((len(self.quadrature.theta), kept + 1, kept + 1))
        outer = np.zeros((size, size))
        for rows, indicators, posterior, _ in self._posteriors(whole):
            counts = self.patterns.counts[rows]
            mean = self._mean_scores(indicators, posterior, constant, varying)
            outer += (mean * counts[:, None]).T @ mean
            extended = np.concatenate([np.ones((len(indicators), 1)), indicators], axis=1).astype(kind)
            weights = np.ascontiguousarray((posterior * counts[:, None]).T.astype(kind))
            for node in np.flatnonzero(weights.sum(axis=1) > NEGLIGIBLE):
                products[node] += (extended * weights[node][:, None]).T @ extended
        for place, product in enumerate(products):
            scores = np.concatenate([constant[:, place][None, :], varying[:, place, :]])
            inner += scores.T @ product @ scores
        return inner - outer

    def _score_terms(self, whole: Floats) -> tuple[Floats, Floats]:
        """The score as constant + indicators @ varying: shapes (parameters, nodes), (kept, nodes, parameters)."""
        specification, theta = self.specification, self.quadrature.theta
        size = len(whole)
        scores = np.zeros((len(specification.columns), len(theta), size))
        row = 0
        for family, own, part in zip(
            specification.families, specification.split(whole), specification.ranges, strict=True
        ):
            for place, item in enumerate(family.scores(own, theta)):
                start = part.start + place * family.width
                scores[row : row + family.categories, :, start : start + family.width] = item
                row += family.categories
        if not self.patterns.complete:
            return np.zeros((size, len(theta))), scores
        lowest = np.unique(self._lowest)
        return scores[lowest].sum(axis=0).T, scores[self._kept] - scores[self._lowest[self._kept]]

    def _mean_scores(self, indicators: Floats, posterior: Floats, constant: Floats, varying: Floats) -> Floats:
        """Posterior mean of the score of each pattern, shape (patterns, parameters)."""
        mean: Floats = posterior @ constant.T
        items = np.array([self.specification.columns[row][0] for row in self._kept])
        categories = np.array([self.specification.columns[row][1] for row in self._kept])
        owner = self._owners
        for category in np.unique(categories):
            rows = np.flatnonzero(categories == category)
            row_of_item = np.full(len(self.patterns.sizes), -1)
            row_of_item[items[rows]] = rows
            row = row_of_item[owner]
            has = row >= 0
            terms = varying[row[has], :, np.flatnonzero(has)]  # (parameters with this category, nodes)
            mean[:, has] += indicators[:, row[has]] * (posterior @ terms.T)
        return mean

    @cached_property
    def _owners(self) -> Floats:
        """The item of each item parameter."""
        return np.concatenate([np.repeat(family.items, family.width) for family in self.specification.families])
