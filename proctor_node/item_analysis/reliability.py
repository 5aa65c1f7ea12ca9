"""Reliability of the whole test from the covariance matrix of its items."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import optimize, stats

from proctor_node.item_analysis.table import Floats


def alpha(covariance: Floats) -> float | None:
    """Cronbach's alpha (KR-20 for right/wrong items); None for one item or without variance."""
    items, total = len(covariance), float(covariance.sum())
    if items < 2 or total <= 1e-12:
        return None
    return float(items / (items - 1) * (1 - np.trace(covariance) / total))


def feldt_interval(value: float, persons: int, items: int, level: float = 0.95) -> tuple[float, float] | None:
    """Feldt's interval of alpha: 1 - (1 - alpha) F with N - 1 and (N - 1)(k - 1) degrees of freedom."""
    if persons < 3 or items < 2:
        return None
    tail, first, second = (1 - level) / 2, persons - 1, (persons - 1) * (items - 1)
    lower, upper = (float(1 - (1 - value) * stats.f.ppf(q, first, second)) for q in (1 - tail, tail))
    return lower, upper


def alpha_if_deleted(covariance: Floats) -> list[float | None]:
    """Alpha of the test without each item."""
    items = len(covariance)
    variances, total = np.diag(covariance), float(covariance.sum())
    rest = total - 2 * covariance.sum(axis=1) + variances
    summed = variances.sum() - variances
    if items < 3:
        return [None] * items
    factor = (items - 1) / (items - 2)
    return [
        float(factor * (1 - single / whole)) if whole > 1e-12 else None
        for single, whole in zip(summed, rest, strict=True)
    ]


def stratified_alpha(covariance: Floats, parts: Sequence[str | None]) -> float | None:
    """1 - sum s_p^2 (1 - alpha_p) / s_T^2 over the parts; None unless there are at least two, of two items each."""
    total = float(covariance.sum())
    names = list(dict.fromkeys(parts))
    if len(names) < 2 or None in names or total <= 1e-12:
        return None
    error = 0.0
    for name in names:
        places = [place for place, part in enumerate(parts) if part == name]
        block = covariance[np.ix_(places, places)]
        own = alpha(block)
        if own is None:
            return None
        error += float(block.sum()) * (1 - own)
    return 1 - error / total


def split_half(covariance: Floats) -> float | None:
    """Odd against even items, stepped up by Spearman-Brown: 2 r / (1 + r)."""
    if len(covariance) < 2:
        return None
    within = covariance[::2, ::2].sum(), covariance[1::2, 1::2].sum()
    if min(within) <= 1e-12:
        return None
    r = float(covariance[::2, 1::2].sum() / np.sqrt(within[0] * within[1]))
    return 2 * r / (1 + r) if r > -1 + 1e-9 else None


def lambda2(covariance: Floats) -> float | None:
    """Guttman's lambda 2."""
    items, total = len(covariance), float(covariance.sum())
    if items < 2 or total <= 1e-12:
        return None
    beside = covariance - np.diag(np.diag(covariance))
    return float((beside.sum() + np.sqrt(items / (items - 1) * (beside**2).sum())) / total)


def omega_total(covariance: Floats) -> float | None:
    """McDonald's omega of a one-factor model fitted to the correlations by least squares (minres).

    (sum l)^2 / ((sum l)^2 + sum(1 - l^2)). Items without variance are left out; None below three items.
    """
    deviations = np.sqrt(np.diag(covariance))
    kept = deviations > 1e-9
    if kept.sum() < 3:
        return None
    correlations = covariance[np.ix_(kept, kept)] / np.outer(deviations[kept], deviations[kept])
    values, vectors = np.linalg.eigh(correlations)
    start = vectors[:, -1] * np.sqrt(max(values[-1] - 1, 0.1))
    start *= 1 if start.sum() >= 0 else -1

    def misfit(loadings: Floats) -> tuple[float, Floats]:
        residual = correlations - np.outer(loadings, loadings)
        np.fill_diagonal(residual, 0)
        return float((residual**2).sum() / 2), -2 * residual @ loadings

    found = optimize.minimize(misfit, start, jac=True, method="L-BFGS-B", bounds=[(-0.999, 0.999)] * len(start), options={"gtol": 1e-9, "ftol": 1e-15})  # fmt: skip
    summed = float(found.x.sum()) ** 2
    return summed / (summed + float((1 - found.x**2).sum()))


def conditional_errors(items: int, value: float, mean: float, variance: float) -> list[tuple[int, float, float | None]]:
    """For each number-right score: Lord's conditional SEM and Keats' (scaled to agree with alpha)."""
    kr21 = items / (items - 1) * (1 - mean * (items - mean) / (items * variance)) if items > 1 and variance > 0 else 1.0
    factor = np.sqrt((1 - value) / (1 - kr21)) if kr21 < 1 - 1e-9 and value <= 1 else None
    lord = [float(np.sqrt(score * (items - score) / (items - 1))) for score in range(items + 1)]
    return [(score, error, None if factor is None else float(error * factor)) for score, error in enumerate(lord)]
