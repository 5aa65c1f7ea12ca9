"""Splitting persons by total: fifths and thirds by quantiles, upper and lower 27 % with ties shared pro rata."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from proctor_node.item_analysis.table import Floats

KELLEY = 0.27


def quantile_groups(counts: Floats, groups: int) -> NDArray[np.intp]:
    """The group (0 lowest) of each distinct total, equal totals together.

    A total belongs to the group in which the middle of its persons stands, so groups are as equal as ties allow.
    """
    middle = np.cumsum(counts) - counts / 2
    place: NDArray[np.intp] = (middle / counts.sum() * groups).astype(np.intp)
    return np.minimum(place, groups - 1)


def extreme_weights(counts: Floats, share: float = KELLEY) -> tuple[Floats, Floats]:
    """Weights of each distinct total in the lower and the upper group of exactly `share` of all persons.

    Persons with the boundary total count in part (Kelley 1939; the order of rows plays no role).
    """
    wanted = share * counts.sum()

    def from_below(ordered: Floats) -> Floats:
        before = np.cumsum(ordered) - ordered
        weights: Floats = np.clip(wanted - before, 0, ordered) / np.maximum(ordered, 1)
        return weights

    return from_below(counts), from_below(counts[::-1])[::-1]
