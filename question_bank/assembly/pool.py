"""Which items of the bank may stand in a cell, and why the others may not."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from question_bank.bank.item import Level
from question_bank.blueprint import Cell, Rules
from question_bank.ports import PoolItem

Reason = Literal["state", "used", "exposure", "unfit"]
DAYS_A_MONTH = 30.44


@dataclass(frozen=True, slots=True)
class CellPool:
    """One cell with the items that fit, and by reason how many do not."""

    cell: Cell
    fit: tuple[PoolItem, ...]
    barred: Counter[Reason] = field(default_factory=Counter)


def below(topic: str, wanted: str) -> bool:
    """Whether a topic is the wanted one or lies below it (`Hàm số / Cực trị` lies below `Hàm số`)."""
    return topic == wanted or topic.startswith(f"{wanted} / ")


def bar(item: PoolItem, rules: Rules, today: datetime) -> Reason | None:
    """Why an item must not be taken, or None."""
    if item.state not in rules.states:
        return "state"
    rest = timedelta(days=rules.unused_months * DAYS_A_MONTH)
    if item.last_used is not None and today - item.last_used < rest:
        return "used"
    if rules.exposure_most and item.exposure >= rules.exposure_most:
        return "exposure"
    return None


def pools(
    cells: Sequence[Cell], items: Iterable[PoolItem], rules: Rules, today: datetime, unfit: frozenset[str]
) -> list[CellPool]:
    """A pool for each cell. `unfit` are items that turned out not to be usable (no key, a formula that cannot be drawn)."""
    by_place: dict[tuple[str, Level], list[PoolItem]] = {}
    for item in items:
        by_place.setdefault((item.kind, item.level), []).append(item)
    found = []
    for cell in cells:
        fit: list[PoolItem] = []
        barred: Counter[Reason] = Counter()
        for item in by_place.get((cell.kind, cell.level), ()):
            if not below(item.topic, cell.topic) or (cell.outcome and item.outcome != cell.outcome):
                continue
            reason: Reason | None = "unfit" if item.id in unfit else bar(item, rules, today)
            if reason is None:
                fit.append(item)
            else:
                barred[reason] += 1
        found.append(CellPool(cell, tuple(fit), barred))
    return found


def expected(items: Iterable[PoolItem]) -> dict[str, float]:
    """By item: the share of its mark that candidates are expected to get.

    Items without statistics take the mean of their level; without any for the level there is nothing to expect and the
    item is not in the answer.
    """
    every = list(items)
    known: dict[Level, list[float]] = {}
    for item in every:
        if item.p is not None:
            known.setdefault(item.level, []).append(item.p)
    means = {level: math.fsum(values) / len(values) for level, values in known.items()}
    shares = {item.id: item.p if item.p is not None else means.get(item.level) for item in every}
    return {name: share for name, share in shares.items() if share is not None}


def information(item: PoolItem, theta: float) -> float:
    """Fisher information of a dichotomous item under the 1PL to 3PL model; 0 without parameters.

    Lord (1980), Applications of Item Response Theory, equation 5-2: a^2 (P - c)^2 (1 - P) / ((1 - c)^2 P).
    """
    if item.b is None:
        return 0.0
    a, c = 1.0 if item.a is None else item.a, item.c or 0.0
    p = c + (1 - c) / (1 + math.exp(-a * (theta - item.b)))
    return a * a * (p - c) ** 2 * (1 - p) / ((1 - c) ** 2 * p)
