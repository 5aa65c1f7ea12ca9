"""Marginal maximum likelihood: SciPy's L-BFGS on the marginal likelihood, whitened by the observed information of a sample.

A first search on at most 10,000 persons gives a start and a metric; in that metric the likelihood of all persons is almost
a sphere, so a handful of passes over all patterns ends the search (Bock & Aitkin's EM needs some fifty).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import linalg, optimize

from proctor_node.item_analysis.irt.likelihood import Expected, Likelihood, Quadrature
from proctor_node.item_analysis.irt.patterns import Patterns
from proctor_node.item_analysis.irt.rasch import MarginalRasch
from proctor_node.item_analysis.irt.specification import COMMON_SLOPE, ModelName, Specification, specify, start_values
from proctor_node.item_analysis.table import Floats

SAMPLE = 10_000
FEW_PATTERNS = 4_000
LARGEST_SLOPE, LARGEST_INTERCEPT = 30.0, 90.0
CONVERGED = 1e-3  # of a standard error


@dataclass(frozen=True)
class Estimate:
    """A fitted model. `information` is None where standard errors were not asked for or cannot be had."""

    specification: Specification
    patterns: Patterns
    quadrature: Quadrature
    free: Floats
    expected: Expected
    iterations: int
    converged: bool
    information: Floats | None

    @property
    def whole(self) -> Floats:
        """Item parameters, family by family."""
        return np.asarray(self.specification.map @ self.free)

    @property
    def covariance(self) -> Floats | None:
        """Covariance of the free parameters, or None if the information is not positive definite."""
        if self.information is None:
            return None
        try:
            factor = linalg.cho_factor(self.information)
        except linalg.LinAlgError:
            return None
        return np.asarray(linalg.cho_solve(factor, np.eye(len(self.information))))


def fit(
    name: ModelName, patterns: Patterns, signs: Floats | None = None, *, errors: bool = True, search_only: bool = False
) -> Estimate:
    """Fit a model; `signs` are the directions of the items (+1 or -1).

    `search_only` ends after the first search: enough where the estimates serve another purpose than being reported.
    """
    specification = specify(name, patterns.sizes)
    small = len(patterns.counts) <= FEW_PATTERNS
    quadrature = Quadrature.rectangular(161, 8.0) if small and name != "nominal" else Quadrature.rectangular(41, 6.0)
    likelihood = Likelihood(specification, patterns, quadrature)
    persons = float(patterns.counts.sum())
    first = likelihood if persons <= SAMPLE else Likelihood(specification, patterns.sample(SAMPLE), quadrature)
    start = start_values(specification, first.patterns, np.ones(len(patterns.sizes)) if signs is None else signs)
    if name in COMMON_SLOPE and patterns.complete and patterns.dichotomous:
        return _rasch(likelihood, start, errors=errors)
    rough, used = _search(first, start)
    rough = _oriented(specification, rough, start)
    if search_only:
        expected = likelihood.expect(specification.map @ rough, persons=True)
        return Estimate(specification, patterns, quadrature, rough, expected, used, converged=False, information=None)
    factor = _metric(first.information(rough)) * np.sqrt(float(first.patterns.counts.sum()) / persons)
    free, more, converged = _whitened(likelihood, rough, factor)
    information = likelihood.information(free) if errors else None
    expected = likelihood.expect(specification.map @ free, persons=True)
    return Estimate(specification, patterns, quadrature, free, expected, used + more, converged, information)


def _rasch(likelihood: Likelihood, start: Floats, *, errors: bool) -> Estimate:
    """Right/wrong items with one slope: scores and item totals say all."""
    marginal = MarginalRasch(likelihood.patterns, likelihood.quadrature)
    persons = float(likelihood.patterns.counts.sum())

    def objective(free: Floats) -> tuple[float, Floats]:
        value, gradient = marginal.value_and_gradient(free)
        return -value / persons, -gradient / persons

    found = optimize.minimize(objective, start, jac=True, method="BFGS", options={"gtol": 1e-9})
    free = _oriented(likelihood.specification, np.asarray(found.x), start)
    information = marginal.information(free) if errors else None
    expected = likelihood.expect(likelihood.specification.map @ free, persons=True)
    flat = float(np.abs(found.jac).max()) * persons**0.5 < CONVERGED
    return Estimate(likelihood.specification, likelihood.patterns, likelihood.quadrature, free, expected, int(found.nit), flat, information)  # fmt: skip


def _oriented(specification: Specification, free: Floats, start: Floats) -> Floats:
    """The same fit with ability pointing the way of the items' own direction: the likelihood knows no direction."""
    slopes = specification.slopes
    if float(free[slopes] @ start[slopes]) >= 0:
        return free
    return np.where(slopes, -free, free)


def _bounds(specification: Specification) -> list[tuple[float, float]]:
    ranges = np.where(specification.slopes, LARGEST_SLOPE, LARGEST_INTERCEPT)
    return [(-reach, reach) for reach in ranges]


def _search(likelihood: Likelihood, start: Floats) -> tuple[Floats, int]:
    """A first search in plain parameters, ended early."""
    persons = float(likelihood.patterns.counts.sum())

    def objective(free: Floats) -> tuple[float, Floats]:
        value, gradient = likelihood.value_and_gradient(free)
        return -value / persons, -gradient / persons

    found = optimize.minimize(
        objective, start, jac=True, method="L-BFGS-B", bounds=_bounds(likelihood.specification),
        options={"maxiter": 150, "ftol": 1e-8, "gtol": 1e-5, "maxcor": 20},
    )  # fmt: skip
    return np.asarray(found.x), int(found.nit)


def _metric(information: Floats) -> Floats:
    """A matrix M with M' I M = 1; directions that the data say nothing about are held short."""
    values, vectors = np.linalg.eigh(information)
    floor = max(float(values[-1]) * 1e-9, 1e-9)
    return np.asarray(vectors / np.sqrt(np.maximum(np.abs(values), floor)))


def _whitened(likelihood: Likelihood, start: Floats, metric: Floats) -> tuple[Floats, int, bool]:
    """The search over all persons in standard errors; whether the gradient vanished at its end."""

    def objective(step: Floats) -> tuple[float, Floats]:
        value, gradient = likelihood.value_and_gradient(start + metric @ step)
        return -value, -(metric.T @ gradient)

    found = optimize.minimize(
        objective, np.zeros(metric.shape[1]), jac=True, method="L-BFGS-B",
        options={"maxiter": 300, "ftol": 1e-15, "gtol": CONVERGED / 30, "maxcor": 30},
    )  # fmt: skip
    flat = float(np.abs(found.jac).max()) < CONVERGED
    return np.asarray(start + metric @ found.x), int(found.nit), flat
