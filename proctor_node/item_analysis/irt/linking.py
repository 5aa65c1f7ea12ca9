"""Linking two calibrations by their common items: b* = A b + B, a* = a / A puts the new form on the base scale."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import optimize
from scipy.special import expit

from proctor_node.item_analysis.irt.likelihood import Quadrature
from proctor_node.item_analysis.table import Floats


@dataclass(frozen=True, slots=True)
class Parameters:
    """Right/wrong items: slopes, difficulties, asymptotes, each of shape (items,)."""

    a: Floats
    b: Floats
    c: Floats

    def probabilities(self, theta: Floats) -> Floats:
        """Shape (items, nodes)."""
        return np.asarray(self.c[:, None] + (1 - self.c[:, None]) * expit(self.a[:, None] * (theta - self.b[:, None])))

    def moved(self, slope: float, shift: float) -> Parameters:
        """On the scale A theta + B."""
        return Parameters(self.a / slope, slope * self.b + shift, self.c)


@dataclass(frozen=True, slots=True)
class Link:
    """A and B."""

    slope: float
    shift: float


def mean_sigma(base: Parameters, new: Parameters) -> Link:
    """A = s(b_base) / s(b_new)."""
    slope = float(base.b.std() / new.b.std())
    return Link(slope, float(base.b.mean() - slope * new.b.mean()))


def mean_mean(base: Parameters, new: Parameters) -> Link:
    """A = mean a_new / mean a_base."""
    slope = float(new.a.mean() / base.a.mean())
    return Link(slope, float(base.b.mean() - slope * new.b.mean()))


def haebara(base: Parameters, new: Parameters, *, symmetric: bool = True) -> Link:
    """Least sum over items of (P - P*)^2; symmetric: on the base scale and back on the new one."""
    return _characteristic(base, new, lambda difference: difference**2, symmetric=symmetric)


def stocking_lord(base: Parameters, new: Parameters, *, symmetric: bool = True) -> Link:
    """Least square of the difference of the test curves; symmetric as `haebara`."""
    return _characteristic(
        base, new, lambda difference: difference.sum(axis=0, keepdims=True) ** 2, symmetric=symmetric
    )


def _characteristic(base: Parameters, new: Parameters, loss: Callable[[Floats], Floats], *, symmetric: bool) -> Link:
    quadrature = Quadrature.rectangular(81, 4.0)
    theta, weights = quadrature.theta, quadrature.weights

    def objective(link: Floats) -> float:
        slope, shift = float(link[0]), float(link[1])
        if slope <= 0.05:
            return 1e6
        onto_base = loss(base.probabilities(theta) - new.moved(slope, shift).probabilities(theta)) @ weights
        if not symmetric:
            return float(onto_base.sum())
        onto_new = loss(new.probabilities(theta) - base.moved(1 / slope, -shift / slope).probabilities(theta)) @ weights
        return float(onto_base.sum() + onto_new.sum())

    start = mean_sigma(base, new)
    found = optimize.minimize(objective, np.array([start.slope, start.shift]), method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-14, "maxiter": 2000})  # fmt: skip
    return Link(float(found.x[0]), float(found.x[1]))
