"""Abilities of persons (EAP, MAP, ML, WLE), and how well a person's responses fit (lz, Guttman errors)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import elementwise

from proctor_node.item_analysis.irt.estimation import Estimate
from proctor_node.item_analysis.irt.item_fit import rows_of_items
from proctor_node.item_analysis.table import Floats

REACH = 12.0


@dataclass(frozen=True, slots=True)
class PointEstimates:
    """Abilities of each pattern; NaN where there is none (ML at the ends)."""

    maximum_likelihood: Floats
    maximum_posterior: Floats
    weighted_likelihood: Floats


def _derivatives(estimate: Estimate, theta: Floats) -> tuple[Floats, Floats, Floats]:
    """For each pattern at its own ability: l'(theta), test information and J, over the items it answered."""
    specification, patterns = estimate.specification, estimate.patterns
    probabilities = np.exp(specification.log_probabilities(estimate.whole, theta))
    parts = [family.slopes(own, theta) for family, own in zip(specification.families, specification.split(estimate.whole), strict=True)]  # fmt: skip
    first = np.concatenate([part[0].reshape(-1, len(theta)) for part in parts])
    second = np.concatenate([part[1].reshape(-1, len(theta)) for part in parts])
    safe = np.maximum(probabilities, 1e-300)
    gradient, information, bias = np.zeros_like(theta), np.zeros_like(theta), np.zeros_like(theta)
    for item, rows in enumerate(rows_of_items(estimate)):
        seen = patterns.categories[:, item]
        answered = seen >= 0
        chosen = np.array(rows)[np.maximum(seen, 0)]
        each = np.arange(len(theta))
        gradient += np.where(answered, first[chosen, each] / safe[chosen, each], 0)
        information += answered * (first[rows] ** 2 / safe[rows]).sum(axis=0)
        bias += answered * (first[rows] * second[rows] / safe[rows]).sum(axis=0)
    return gradient, information, bias


def point_estimates(estimate: Estimate) -> PointEstimates:
    """ML, MAP and Warm's WLE of each pattern by bracketed root finding."""
    patterns = estimate.patterns
    low, high = np.full(len(patterns.counts), -REACH), np.full(len(patterns.counts), REACH)

    def root(kind: str) -> Floats:
        def equation(theta: Floats, places: Floats) -> Floats:
            whole = np.zeros(len(patterns.counts))
            at = places.astype(int)
            whole[at] = theta
            gradient, information, bias = (part[at] for part in _derivatives(estimate, whole))
            if kind == "ml":
                return np.asarray(gradient)
            return (
                np.asarray(gradient - theta)
                if kind == "map"
                else np.asarray(gradient + bias / (2 * np.maximum(information, 1e-12)))
            )

        found = elementwise.find_root(equation, (low, high), args=(np.arange(len(low), dtype=float),))
        return np.where(found.success, found.x, np.nan)

    return PointEstimates(root("ml"), root("map"), root("wle"))


def lz(estimate: Estimate) -> Floats:
    """Drasgow's standardised log-likelihood of each pattern at its EAP; NaN without variance."""
    patterns = estimate.patterns
    logs = estimate.specification.log_probabilities(estimate.whole, estimate.expected.mean)
    chances = np.exp(logs)
    total, expected, variance = (np.zeros(len(patterns.counts)) for _ in range(3))
    for item, rows in enumerate(rows_of_items(estimate)):
        seen = patterns.categories[:, item]
        answered = seen >= 0
        mean = (chances[rows] * logs[rows]).sum(axis=0)
        total += np.where(answered, logs[np.array(rows)[np.maximum(seen, 0)], np.arange(len(seen))], 0)
        expected += answered * mean
        variance += answered * ((chances[rows] * logs[rows] ** 2).sum(axis=0) - mean**2)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(variance > 1e-12, (total - expected) / np.sqrt(variance), np.nan))


def guttman_errors(estimate: Estimate) -> Floats:
    """Pairs in which the easier item is wrong and the harder right, over the most that the score allows: G / (r (k - r)).

    Dichotomous complete patterns only; NaN elsewhere and at the ends.
    """
    patterns = estimate.patterns
    if not (patterns.complete and patterns.dichotomous):
        return np.full(len(patterns.counts), np.nan)
    shares = patterns.counts @ patterns.categories
    ordered = patterns.categories[:, np.argsort(-shares, kind="stable")].astype(float)
    wrong_before = np.cumsum(1 - ordered, axis=1)
    right = ordered.sum(axis=1)
    most = right * (ordered.shape[1] - right)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(most > 0, (ordered * wrong_before).sum(axis=1) / most, np.nan))


def information(estimate: Estimate, theta: Floats) -> Floats:
    """Information of each item at these abilities, shape (items, nodes): sum over categories of P'^2 / P."""
    specification = estimate.specification
    found = np.zeros((len(estimate.patterns.sizes), len(theta)))
    for family, own in zip(specification.families, specification.split(estimate.whole), strict=True):
        first, _ = family.slopes(own, theta)
        chances = np.maximum(np.exp(family.log_probabilities(own, theta)), 1e-300)
        found[list(family.items)] = (first**2 / chances).sum(axis=1)
    return found
