"""Item families: log-probabilities of categories at quadrature nodes and their derivatives by the item's parameters.

Divide-by-total (Bock's nominal form): log P_c = alpha_c theta + delta_c - log sum, alpha_0 = delta_0 = 0. With alpha_c =
c a it is the generalised partial credit model, with two categories the two-parameter model.
Three-parameter: P = c + (1 - c) logistic(a theta + d), c = logistic(g).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, log_expit, logsumexp

from proctor_node.item_analysis.table import Floats


@dataclass(frozen=True, slots=True)
class Family(ABC):
    """Items of one family with the same number of categories.

    Attributes:
        items: places of the items in the test.
        categories: m + 1.
    """

    items: tuple[int, ...]
    categories: int

    @property
    @abstractmethod
    def width(self) -> int:
        """Parameters of an item."""

    @abstractmethod
    def log_probabilities(self, parameters: Floats, theta: Floats) -> Floats:
        """Shape (items, categories, nodes); `parameters` has shape (items, width)."""

    @abstractmethod
    def scores(self, parameters: Floats, theta: Floats) -> Floats:
        """Derivatives of the log-probabilities, shape (items, categories, nodes, width)."""

    @abstractmethod
    def slopes(self, parameters: Floats, theta: Floats) -> tuple[Floats, Floats]:
        """First and second derivative of the probabilities by theta, each of shape (items, categories, nodes)."""


class DivideByTotal(Family):
    """Parameters alpha_1..alpha_m, delta_1..delta_m."""

    @property
    def width(self) -> int:
        """Two for each category but the lowest."""
        return 2 * (self.categories - 1)

    def log_probabilities(self, parameters: Floats, theta: Floats) -> Floats:
        """As the family says."""
        steps = self.categories - 1
        logits = np.zeros((len(parameters), self.categories, len(theta)))
        logits[:, 1:] = parameters[:, :steps, None] * theta + parameters[:, steps:, None]
        if steps == 1:
            return np.concatenate([log_expit(-logits[:, 1:]), log_expit(logits[:, 1:])], axis=1)
        return np.asarray(logits - logsumexp(logits, axis=1, keepdims=True))

    def scores(self, parameters: Floats, theta: Floats) -> Floats:
        """(1[c = b] - P_b) times theta or 1."""
        probabilities = np.exp(self.log_probabilities(parameters, theta))[:, 1:]
        unit = np.eye(self.categories)[:, 1:]
        difference = unit[None, :, None, :] - probabilities.transpose(0, 2, 1)[:, None, :, :]
        return np.concatenate([difference * theta[None, None, :, None], difference], axis=3)

    def slopes(self, parameters: Floats, theta: Floats) -> tuple[Floats, Floats]:
        """P' = P (alpha - mean alpha), P'' = P ((alpha - mean)^2 - Var alpha)."""
        probabilities = np.exp(self.log_probabilities(parameters, theta))
        alpha = np.concatenate([np.zeros((len(parameters), 1)), parameters[:, : self.categories - 1]], axis=1)[
            :, :, None
        ]
        centred = alpha - (alpha * probabilities).sum(axis=1, keepdims=True)
        variance = (centred**2 * probabilities).sum(axis=1, keepdims=True)
        return probabilities * centred, probabilities * (centred**2 - variance)


class ThreeParameter(Family):
    """Parameters a, d, g."""

    @property
    def width(self) -> int:
        """Slope, intercept, logit of the lower asymptote."""
        return 3

    def log_probabilities(self, parameters: Floats, theta: Floats) -> Floats:
        """As the family says."""
        slope, intercept, guess = (parameters[:, place, None] for place in range(3))
        right = slope * theta + intercept
        wrong = log_expit(-guess) + log_expit(-right)
        return np.stack([wrong, np.logaddexp(log_expit(guess), log_expit(-guess) + log_expit(right))], axis=1)

    def scores(self, parameters: Floats, theta: Floats) -> Floats:
        """Derivatives of log P and log(1 - P) by a, d and g."""
        slope, intercept, guess = (parameters[:, place, None] for place in range(3))
        star, asymptote = expit(slope * theta + intercept), expit(guess)
        probability = asymptote + (1 - asymptote) * star
        by_logit = (1 - asymptote) * star * (1 - star)
        by_guess = (1 - star) * asymptote * (1 - asymptote)
        right = (
            np.stack([by_logit * theta, by_logit + 0 * theta, by_guess + 0 * theta], axis=2) / probability[..., None]
        )
        ones = np.ones_like(star)
        wrong = np.stack([-star * theta, -star, -asymptote * ones], axis=2)
        return np.stack([wrong, right], axis=1)

    def slopes(self, parameters: Floats, theta: Floats) -> tuple[Floats, Floats]:
        """P' = (1 - c) a s (1 - s), P'' = (1 - c) a^2 s (1 - s)(1 - 2 s)."""
        slope, intercept, guess = (parameters[:, place, None] for place in range(3))
        star, rest = expit(slope * theta + intercept), 1 - expit(guess)
        first = rest * slope * star * (1 - star)
        second = slope * first * (1 - 2 * star)
        return np.stack([-first, first], axis=1), np.stack([-second, second], axis=1)
