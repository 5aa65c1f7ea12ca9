"""Rasch estimates from sufficient statistics: item totals and the distribution of the raw score (complete data).

Marginal: theta ~ N(0, sigma^2), slopes one; the same model as one common slope with a standard normal ability.
Conditional: given the raw score (Andersen 1972), no distribution assumed; difficulties centred at zero.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import optimize
from scipy.special import log_expit, logsumexp

from proctor_node.item_analysis.irt.likelihood import Quadrature
from proctor_node.item_analysis.irt.patterns import Patterns
from proctor_node.item_analysis.table import Floats


@dataclass(frozen=True, slots=True)
class Conditional:
    """Difficulties with sum zero, their standard errors, the conditional log-likelihood."""

    difficulty: Floats
    error: Floats
    loglik: float
    converged: bool


def _sufficient(patterns: Patterns) -> tuple[Floats, Floats]:
    """Right answers by item, persons by raw score."""
    right = patterns.counts @ patterns.categories.astype(float)
    persons = np.bincount(patterns.scores, weights=patterns.counts, minlength=len(patterns.sizes) + 1)
    return np.asarray(right), persons.astype(float)


class MarginalRasch:
    """Marginal likelihood by (common slope, intercepts); costs nothing that grows with the persons."""

    def __init__(self, patterns: Patterns, quadrature: Quadrature) -> None:
        self.right, self.persons = _sufficient(patterns)
        self.quadrature = quadrature
        self.scores = np.arange(len(self.persons))

    def value_and_gradient(self, free: Floats) -> tuple[float, Floats]:
        """Log-likelihood and its gradient."""
        theta = self.quadrature.theta
        logits = free[0] * theta + free[1:, None]
        base = log_expit(-logits).sum(axis=0) + np.log(self.quadrature.weights)
        logs = self.scores[:, None] * (free[0] * theta) + base
        margin = logsumexp(logs, axis=1)
        expected = np.exp(logs - margin[:, None]) * self.persons[:, None]
        probability = np.exp(log_expit(logits))
        by_intercept = self.right - probability @ expected.sum(axis=0)
        by_slope = float((expected * theta * (self.scores[:, None] - probability.sum(axis=0))).sum())
        return float(self.right @ free[1:] + self.persons @ margin), np.concatenate([[by_slope], by_intercept])

    def unit_variance(self, start: Floats) -> tuple[float, Floats]:
        """Log-likelihood and difficulties with slope and variance both one (some programs' "Rasch")."""

        def objective(intercepts: Floats) -> tuple[float, Floats]:
            value, gradient = self.value_and_gradient(np.concatenate([[1.0], intercepts]))
            return -value / self.persons.sum(), -gradient[1:] / self.persons.sum()

        found = optimize.minimize(objective, start, jac=True, method="BFGS", options={"gtol": 1e-9})
        return -float(found.fun) * float(self.persons.sum()), np.asarray(-found.x)

    def information(self, free: Floats) -> Floats:
        """Observed information by central differences of the gradient."""
        rows = []
        for place in range(len(free)):
            step = np.zeros_like(free)
            step[place] = 1e-5
            rows.append((self.value_and_gradient(free - step)[1] - self.value_and_gradient(free + step)[1]) / 2e-5)
        found = np.array(rows)
        return np.asarray((found + found.T) / 2)


def symmetric_functions(easiness: Floats) -> Floats:
    """Elementary symmetric functions of orders 0..k, by the summation algorithm (all terms positive: stable)."""
    gamma = np.zeros(len(easiness) + 1)
    gamma[0] = 1.0
    for order, value in enumerate(easiness, 1):
        gamma[1 : order + 1] += value * gamma[:order].copy()
    return gamma


def _without_each(easiness: Floats) -> Floats:
    """Symmetric functions without each item in turn, shape (items, orders), all by one sweep."""
    items = len(easiness)
    gamma = np.zeros((items, items + 1))
    gamma[:, 0] = 1.0
    for place, value in enumerate(easiness):
        added = value * gamma[:, :-1]
        added[place] = 0
        gamma[:, 1:] += added
    return gamma


def conditional(patterns: Patterns) -> Conditional:
    """Conditional maximum likelihood; perfect and zero scores carry nothing."""
    right, persons = _sufficient(patterns)
    items = len(right)
    inside = np.arange(1, items)
    counts = persons[inside]
    right = right - persons[items]

    def objective(free: Floats) -> tuple[float, Floats]:
        """Minus the log-likelihood by the easiness of all items but the first."""
        easiness = np.concatenate([[0.0], free])
        values = np.exp(easiness)
        gamma = symmetric_functions(values)
        without = _without_each(values)
        share = values[:, None] * without[:, inside - 1] / gamma[inside]
        value = float(counts @ np.log(gamma[inside]) - right @ easiness)
        return value, (share @ counts - right)[1:]

    odds = np.clip(right / np.maximum(counts.sum(), 1), 1e-3, 1 - 1e-3)
    start = np.log(odds / (1 - odds))
    found = optimize.minimize(objective, (start - start[0])[1:], jac=True, method="BFGS", options={"gtol": 1e-5 * max(counts.sum(), 1) ** 0.5})  # fmt: skip
    size = items - 1
    hessian = np.zeros((size, size))
    for place in range(size):
        step = np.zeros(size)
        step[place] = 1e-4
        hessian[place] = (objective(found.x + step)[1] - objective(found.x - step)[1]) / 2e-4
    centre = np.vstack([np.zeros(size), np.eye(size)]) - 1 / items
    easiness = np.concatenate([[0.0], found.x])
    covariance = centre @ np.linalg.pinv((hessian + hessian.T) / 2) @ centre.T
    flat = float(np.abs(found.jac).max()) < 1e-3 * max(counts.sum(), 1) ** 0.5
    error = np.sqrt(np.maximum(np.diag(covariance), 0))
    return Conditional(easiness.mean() - easiness, error, -float(found.fun), flat)
