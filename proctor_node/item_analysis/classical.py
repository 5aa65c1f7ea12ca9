"""Classical statistics of items and of the test (definitions: docs/formats/analysis.md)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from proctor_node.item_analysis import reliability
from proctor_node.item_analysis.responses import Item, Responses
from proctor_node.item_analysis.score_groups import extreme_weights, quantile_groups
from proctor_node.item_analysis.table import Floats
from proctor_node.item_analysis.tabulation import Tabulation, counts

FIFTHS, THIRDS = 5, 3


@dataclass(frozen=True, slots=True)
class OptionStatistics:
    """One option: persons, share of all persons, correlation with the rest score, persons by score group (low first)."""

    option: str
    right: bool
    n: int
    p: float
    r_rest: float | None
    by_group: tuple[int, ...]
    by_third: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ItemStatistics:
    """One item. None stands for "cannot be judged"."""

    item: Item
    n: int
    mean: float
    p: float
    p_reached: float | None
    sd: float | None
    r_rest: float | None
    r_rest_interval: tuple[float, float] | None
    r_biserial: float | None
    upper_lower: float | None
    alpha_if_deleted: float | None
    discriminative_efficiency: float | None
    effective_weight: float | None
    omitted: int
    not_reached: int
    options: tuple[OptionStatistics, ...]
    statements: tuple[ItemStatistics, ...] = ()


@dataclass(frozen=True, slots=True)
class TestStatistics:
    """The whole test. `score_counts` are (total, persons); errors of measurement are in marks."""

    persons: int
    items: int
    maximum: float
    mean: float
    sd: float | None
    median: float
    alpha: float | None
    alpha_interval: tuple[float, float] | None
    sem: float | None
    omega: float | None
    lambda2: float | None
    split_half: float | None
    stratified_alpha: float | None
    conditional_sem: tuple[tuple[int, float, float | None], ...]
    score_counts: tuple[tuple[float, int], ...]
    fifths: tuple[int, ...]
    thirds: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ClassicalAnalysis:
    """Test and items, in order of delivery."""

    test: TestStatistics
    items: tuple[ItemStatistics, ...]


@dataclass(frozen=True, slots=True)
class _Groups:
    """Score groups over the distinct totals."""

    totals: Floats
    fifths: Floats
    thirds: Floats
    lower: Floats
    upper: Floats
    wanted: float


def analyse(responses: Responses) -> ClassicalAnalysis:
    """All classical statistics."""
    totals, places = responses.totals
    persons = np.bincount(places, minlength=len(totals)).astype(float)
    groups = _groups(totals, persons)
    covariance = responses.covariance
    deleted = reliability.alpha_if_deleted(covariance)
    weights = _effective_weights(covariance)
    items = []
    for item, without, weight in zip(responses.items, deleted, weights, strict=True):
        tabulation = Tabulation(item, counts(item.codes, len(item.marks), places, len(totals)), totals, item.marks)
        statements = tuple(_statement(part, item, places, groups) for part in item.statements)
        items.append(_item(tabulation, groups, without, weight, statements))
    return ClassicalAnalysis(_test(responses, covariance, persons, groups), tuple(items))


def _groups(totals: Floats, persons: Floats) -> _Groups:
    lower, upper = extreme_weights(persons)
    return _Groups(
        totals,
        np.eye(FIFTHS)[quantile_groups(persons, FIFTHS)],
        np.eye(THIRDS)[quantile_groups(persons, THIRDS)],
        lower,
        upper,
        float(persons @ lower),
    )


def _effective_weights(covariance: Floats) -> list[float | None]:
    """100 sqrt(cov(x, T)) / sum of the same; None where the covariance is negative (Moodle)."""
    with_total = covariance.sum(axis=1)
    roots = np.sqrt(np.maximum(with_total, 0))
    whole = float(roots.sum())
    return [
        float(100 * root / whole) if value >= 0 and whole > 0 else None
        for value, root in zip(with_total, roots, strict=True)
    ]


def _item(tabulation: Tabulation, groups: _Groups, deleted: float | None, weight: float | None, statements: tuple[ItemStatistics, ...] = ()) -> ItemStatistics:  # fmt: skip
    item, n, r = tabulation.item, int(tabulation.persons), tabulation.r_rest
    reached = n - tabulation.by_code[item.not_reached]
    earned = float(item.marks @ tabulation.by_code)
    best = tabulation.best_covariance
    return ItemStatistics(
        item=item,
        n=n,
        mean=tabulation.mean,
        p=tabulation.mean / item.maximum,
        p_reached=earned / reached / item.maximum if reached else None,
        sd=float(np.sqrt(tabulation.variance * n / (n - 1))) if n > 1 else None,
        r_rest=r,
        r_rest_interval=_interval(r, n),
        r_biserial=None if r is None else _biserial(tabulation, r),
        upper_lower=_upper_lower(tabulation, groups),
        alpha_if_deleted=deleted,
        discriminative_efficiency=100 * tabulation.covariance_with_rest / best
        if best > 1e-12 and r is not None
        else None,
        effective_weight=weight,
        omitted=int(tabulation.by_code[item.omitted]),
        not_reached=int(tabulation.by_code[item.not_reached]),
        options=tuple(_option(tabulation, groups, code) for code in range(len(item.options))),
        statements=statements,
    )


def _statement(part: Item, cluster: Item, places: np.ndarray[tuple[int], np.dtype[np.intp]], groups: _Groups) -> ItemStatistics:  # fmt: skip
    """A statement against the total without its whole cluster, whose marks depend on the other statements."""
    # The rest differs within one code of the statement, so it is tabulated against the rest itself.
    rest_of_person = np.round(groups.totals[places] - cluster.marks[cluster.codes], 9)
    values, rest_places = np.unique(rest_of_person, return_inverse=True)
    persons = np.bincount(rest_places, minlength=len(values)).astype(float)
    table = counts(part.codes, len(part.marks), rest_places.astype(np.intp), len(values))
    tabulation = Tabulation(part, table, values, np.zeros(len(part.marks)))
    return _item(tabulation, _groups(values, persons), None, None)


def _option(tabulation: Tabulation, groups: _Groups, code: int) -> OptionStatistics:
    item, row = tabulation.item, tabulation.table[code]
    return OptionStatistics(
        option=item.options[code],
        right=item.options[code] in item.right,
        n=int(tabulation.by_code[code]),
        p=float(tabulation.by_code[code] / tabulation.persons),
        r_rest=tabulation.option_r_rest(code),
        by_group=tuple(int(count) for count in row @ groups.fifths),
        by_third=tuple(int(count) for count in row @ groups.thirds),
    )


def _upper_lower(tabulation: Tabulation, groups: _Groups) -> float | None:
    """Difference of facility between the upper and the lower 27 %."""
    if len(groups.totals) < 2:
        return None
    by_total = tabulation.item.marks @ tabulation.table / tabulation.item.maximum
    return float(by_total @ (groups.upper - groups.lower) / groups.wanted)


def _interval(r: float | None, n: int) -> tuple[float, float] | None:
    """95 % interval of a correlation by Fisher's z."""
    if r is None or n < 4 or abs(r) > 1 - 1e-12:
        return None
    half = 1.959964 / np.sqrt(n - 3)
    return float(np.tanh(np.arctanh(r) - half)), float(np.tanh(np.arctanh(r) + half))


def _biserial(tabulation: Tabulation, r: float) -> float | None:
    """r_rest sqrt(pq) / phi(z); with more than two equally spaced marks r s / sum phi(z), its polyserial form."""
    values, inverse = np.unique(tabulation.item.marks, return_inverse=True)
    shares = np.bincount(inverse, weights=tabulation.by_code, minlength=len(values)) / tabulation.persons
    values, shares = values[shares > 0], shares[shares > 0]
    steps = np.diff(values)
    if not 2 <= len(values) <= 12 or not np.allclose(steps, steps[0]):
        return None
    heights = stats.norm.pdf(stats.norm.ppf(np.cumsum(shares)[:-1])).sum()
    return float(r * np.sqrt(tabulation.variance) / steps[0] / heights)


def _test(responses: Responses, covariance: Floats, persons: Floats, groups: _Groups) -> TestStatistics:
    n, totals, items = responses.persons, groups.totals, responses.items
    mean = float(totals @ persons / n)
    variance = float((totals - mean) ** 2 @ persons / (n - 1)) if n > 1 else None
    value = reliability.alpha(covariance)
    plain = all(item.is_dichotomous() and item.maximum == 1 for item in items)
    return TestStatistics(
        persons=n,
        items=len(items),
        maximum=float(sum(item.maximum for item in items)),
        mean=mean,
        sd=None if variance is None else float(np.sqrt(variance)),
        median=_median(totals, persons),
        alpha=value,
        alpha_interval=None if value is None else reliability.feldt_interval(value, n, len(items)),
        sem=None if value is None or variance is None else float(np.sqrt(variance * max(1 - value, 0.0))),
        omega=reliability.omega_total(covariance),
        lambda2=reliability.lambda2(covariance),
        split_half=reliability.split_half(covariance),
        stratified_alpha=reliability.stratified_alpha(covariance, [item.part for item in items]),
        conditional_sem=tuple(reliability.conditional_errors(len(items), value, mean, variance * (n - 1) / n))
        if plain and value is not None and variance and len(items) > 1
        else (),
        score_counts=tuple((float(total), int(count)) for total, count in zip(totals, persons, strict=True)),
        fifths=tuple(int(count) for count in persons @ groups.fifths),
        thirds=tuple(int(count) for count in persons @ groups.thirds),
    )


def _median(totals: Floats, persons: Floats) -> float:
    reached, half = np.cumsum(persons), persons.sum() / 2
    low = totals[np.searchsorted(reached, half)]
    high = totals[min(np.searchsorted(reached, half, side="right"), len(totals) - 1)]
    return float(low + high) / 2
