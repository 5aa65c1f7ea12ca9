"""Differential item functioning: Mantel-Haenszel with ETS classes, logistic regression, purification.

Persons are compared at equal totals with the studied item included. Negative D-DIF: harder for the focal group.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from proctor_node.item_analysis.errors import GroupUnusable
from proctor_node.item_analysis.responses import Item, Responses
from proctor_node.item_analysis.table import Column, Floats

ETS = -2.35
FEWEST_IN_GROUP = 2
WANTED_IN_GROUP = 200
MOST_ROUNDS = 10
NEWTON_STEPS = 50


@dataclass(frozen=True, slots=True)
class Groups:
    """Who belongs to the focal group (True), to the reference group (False), and who to neither (`counted` False)."""

    column: str
    focal: str
    reference: str
    is_focal: NDArray[np.bool_]
    counted: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class ItemDif:
    """One item. None where a figure cannot be had (no variance, all in one group, graded marks)."""

    item: str
    alpha_mh: float | None
    d_dif: float | None
    se: float | None
    chi2: float | None
    p: float | None
    ets: str | None
    std_p_dif: float | None
    uniform_p: float | None
    nonuniform_p: float | None
    both_p: float | None


def groups(column: Column, focal: str | None) -> Groups:
    """The focal group is the value named, else the second in sorted order; the others together are the reference.

    Raises:
        GroupUnusable: fewer than two values, or no such value.
    """
    values = sorted(column.used())
    if len(values) < 2:
        raise GroupUnusable(
            "column '{column}' has {count} value(s)",
            "A comparison needs two groups.",
            column=column.name,
            count=len(values),
        )
    chosen = values[1] if focal is None else focal
    if chosen not in values:
        raise GroupUnusable(
            "column '{column}' has no value '{chosen}'",
            "Values: {values}",
            column=column.name,
            chosen=chosen,
            values=", ".join(values[:12]),
        )
    code = column.labels.index(chosen)
    others = [value for value in values if value != chosen]
    is_focal, counted = column.codes == code, column.codes >= 0
    if min(int(is_focal.sum()), int((counted & ~is_focal).sum())) < FEWEST_IN_GROUP:
        raise GroupUnusable(
            "column '{column}': a group has fewer than {fewest} persons",
            "Join groups.",
            column=column.name,
            fewest=FEWEST_IN_GROUP,
        )
    return Groups(column.name, chosen, ", ".join(others), is_focal, counted)


def analyse(responses: Responses, split: Groups, *, purify: bool = False) -> list[ItemDif]:
    """DIF of every item; with `purify`, items of class B or C leave the matching total until nothing changes.

    The studied item always stays in its own matching total (Holland & Thayer 1988).
    """
    found = [_item(responses, item, split, frozenset()) for item in responses.items]
    if not purify:
        return found
    removed: frozenset[str] = frozenset()
    for _ in range(MOST_ROUNDS):
        now = frozenset(item.item for item in found if item.ets in {"B", "C"})
        if now == removed or len(now) >= len(responses.items) - 1:
            break
        removed = now
        found = [_item(responses, item, split, removed) for item in responses.items]
    return found


def _item(responses: Responses, item: Item, split: Groups, removed: frozenset[str]) -> ItemDif:
    kept = [other for other in responses.items if other.id == item.id or other.id not in removed]
    values, places = Responses(responses.ids, tuple(kept)).totals if removed else responses.totals
    marks = item.marks[item.codes]
    empty = ItemDif(item.id, None, None, None, None, None, None, None, None, None, None)
    if not item.is_dichotomous() or np.ptp(marks[split.counted]) == 0:
        return empty
    right = marks > 0
    size = len(values)

    def count(which: NDArray[np.bool_]) -> Floats:
        return np.bincount(places[which & split.counted], minlength=size).astype(float)

    table = np.array([count(~split.is_focal & right), count(~split.is_focal & ~right), count(split.is_focal & right), count(split.is_focal & ~right)])  # fmt: skip
    uniform, nonuniform, both = _logistic(table, values)
    return _mantel_haenszel(item.id, table, uniform, nonuniform, both)


def _mantel_haenszel(name: str, table: Floats, uniform: float | None, nonuniform: float | None, both: float | None) -> ItemDif:  # fmt: skip
    """Common odds ratio, continuity-corrected chi-square, D-DIF with the Phillips-Holland error, ETS class."""
    a, b, c, d = table[:, table.sum(axis=0) > 1]
    reference, focal = a + b, c + d
    n = reference + focal
    both_present = (reference > 0) & (focal > 0)
    numerator, denominator = float((a * d / n).sum()), float((b * c / n).sum())
    rest = (uniform, nonuniform, both)
    standard = float((focal * np.where(both_present, c / np.maximum(focal, 1) - a / np.maximum(reference, 1), 0)).sum() / max(focal[both_present].sum(), 1))  # fmt: skip
    if numerator <= 0 or denominator <= 0:
        return ItemDif(name, None, None, None, None, None, None, standard, *rest)
    ratio = numerator / denominator
    expected = reference * (a + c) / n
    variance = float((reference * focal * (a + c) * (b + d) / (n**2 * (n - 1))).sum())
    chi2 = max(abs(float((a - expected).sum())) - 0.5, 0.0) ** 2 / variance if variance > 0 else 0.0
    spread = float(((a * d + ratio * b * c) * (a + d + ratio * (b + c)) / n**2).sum()) / (2 * numerator**2)
    difference, error = ETS * float(np.log(ratio)), abs(ETS) * float(np.sqrt(spread))
    p = float(stats.chi2.sf(chi2, 1))
    return ItemDif(name, ratio, difference, error, chi2, p, ets_class(difference, error, p), standard, *rest)


def ets_class(difference: float, error: float, p: float) -> str:
    """A: not significant at 5 % or below 1; C: at least 1.5 and significantly above 1; B: the rest (Zwick, RR-12-08)."""
    size = abs(difference)
    if p >= 0.05 or size < 1:
        return "A"
    if size >= 1.5 and (size - 1) / max(error, 1e-12) > 1.645:
        return "C"
    return "B"


def _logistic(table: Floats, totals: Floats) -> tuple[float | None, float | None, float | None]:
    """Likelihood-ratio p of the group, of its interaction with the total beyond that, and of both together."""
    kept = table.sum(axis=0) > 0
    right = np.concatenate([table[0], table[2]])[np.tile(kept, 2)]
    persons = np.concatenate([table[0] + table[1], table[2] + table[3]])[np.tile(kept, 2)]
    scale = totals[kept]
    scale = (scale - scale.mean()) / max(float(scale.std()), 1e-12)
    total = np.tile(scale, 2)
    group = np.repeat([0.0, 1.0], int(kept.sum()))
    design = np.stack([np.ones_like(total), total, group, total * group], axis=1)
    logs = [_fit(design[:, :width], right, persons) for width in (2, 3, 4)]
    if any(value is None for value in logs):
        return None, None, None
    base, shifted, crossed = (float(value or 0.0) for value in logs)

    def tail(gain: float, df: int) -> float:
        return float(stats.chi2.sf(max(2 * gain, 0.0), df))

    return tail(shifted - base, 1), tail(crossed - shifted, 1), tail(crossed - base, 2)


def _fit(design: Floats, right: Floats, persons: Floats) -> float | None:
    """Maximised log-likelihood of a logistic regression on counts; None if the steps do not settle."""
    used = persons > 0
    design, right, persons = design[used], right[used], persons[used]
    beta = np.zeros(design.shape[1])
    value = -np.inf
    for _ in range(NEWTON_STEPS):
        linear = np.clip(design @ beta, -30, 30)
        chance = 1 / (1 + np.exp(-linear))
        now = float(right @ linear - persons @ np.logaddexp(0, linear))
        if abs(now - value) < 1e-10 * (1 + abs(now)):
            return now
        value = now
        weights = persons * chance * (1 - chance)
        beta = (
            beta + np.linalg.lstsq((design.T * weights) @ design, design.T @ (right - persons * chance), rcond=None)[0]
        )
    return None
