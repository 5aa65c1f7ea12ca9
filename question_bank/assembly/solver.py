"""Taking items by constraint solving (OR-Tools CP-SAT): counts, difficulty, information, enemies, disjoint parallel forms.

The same bank, blueprint and seed give the same forms: one worker, a fixed seed, and a limit in the solver's own
deterministic time instead of seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ortools.sat.python import cp_model

from question_bank.assembly.pool import CellPool, information
from question_bank.blueprint import Blueprint, Cell
from question_bank.chance import Chance
from question_bank.ports import PoolItem

# Candidates a cell draws from the bank, by form: enough for the difficulty to be met, few enough to solve at once.
SAMPLE, SAMPLE_LEAST = 25, 60
SCALE = 10_000
DETERMINISTIC_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be solved.

    `seed` and `chance` decide between equals: the same ones give the same forms. `enemies` are pairs of identifiers;
    `shares` the expected share of the mark by item.
    """

    blueprint: Blueprint
    pools: Sequence[CellPool]
    forms: int
    seed: int
    chance: Chance
    enemies: frozenset[tuple[str, str]]
    shares: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Selection:
    """By form: the items of each cell, and the expected mark as a fraction of the total (None: nothing is known)."""

    forms: tuple[dict[Cell, tuple[PoolItem, ...]], ...]
    expected: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Slack:
    """What is lacking at least, all forms together: items by cell, and whether difficulty or information stand in the way."""

    lacking: dict[Cell, int]
    difficulty: bool
    information: tuple[float, ...]


class _Model:
    def __init__(self, wish: Wish, pools: Sequence[CellPool]) -> None:
        self.wish, self.pools = wish, pools
        self.model = cp_model.CpModel()
        self.take: dict[tuple[int, int, str], cp_model.IntVar] = {}
        self.items: dict[str, PoolItem] = {}
        self.lacking: dict[int, list[cp_model.IntVar]] = {}
        for form in range(wish.forms):
            for index, pool in enumerate(pools):
                for item in pool.fit:
                    self.items[item.id] = item
                    self.take[form, index, item.id] = self.model.new_bool_var("")
        self._places: dict[str, list[tuple[int, cp_model.IntVar]]] = {}
        for (form, _, name), variable in self.take.items():
            self._places.setdefault(name, []).append((form, variable))

    def count(self, *, slack: bool) -> None:
        """Every cell has its items."""
        for form in range(self.wish.forms):
            for index, pool in enumerate(self.pools):
                taken = [self.take[form, index, item.id] for item in pool.fit]
                if slack:
                    missing = self.model.new_int_var(0, pool.cell.count, "")
                    self.lacking.setdefault(index, []).append(missing)
                    taken = [*taken, missing]
                self.model.add(cp_model.LinearExpr.sum(taken) == pool.cell.count)

    def once(self) -> None:
        """An item stands in one place of one form: parallel forms share nothing."""
        for places in self._places.values():
            if len(places) > 1:
                self.model.add_at_most_one(variable for _, variable in places)

    def enemies(self) -> None:
        """Of two enemies at most one in a form."""
        for one, other in self.wish.enemies:
            for form in range(self.wish.forms):
                pair = [v for name in (one, other) for where, v in self._places.get(name, ()) if where == form]
                if len(pair) > 1:
                    self.model.add_at_most_one(pair)

    def expected(self, form: int) -> cp_model.LinearExpr:
        """The expected mark of a form, in ten-thousandths of the total."""
        total = Decimal(self.wish.blueprint.total)
        terms, weights = [], []
        for (where, index, name), variable in self.take.items():
            if where != form:
                continue
            points = float(self.wish.blueprint.points(self.pools[index].cell.part) / total)
            terms.append(variable)
            weights.append(round(self.wish.shares[name] * points * SCALE))
        return cp_model.LinearExpr.weighted_sum(terms, weights)

    @property
    def difficulty_known(self) -> bool:
        """Whether every candidate has an expected share."""
        return all(name in self.wish.shares for name in self.items)

    def difficulty(self) -> cp_model.IntVar | None:
        """Forms near the target and near each other; the worst distance, to be made small."""
        rules = self.wish.blueprint.rules
        if not self.difficulty_known or (rules.target is None and self.wish.forms == 1):
            return None
        most = round(rules.tolerance * SCALE)
        worst = self.model.new_int_var(0, most, "")
        marks = [self.expected(form) for form in range(self.wish.forms)]
        middle = (
            self.model.new_int_var(0, SCALE, "")
            if rules.target is None
            else self.model.new_constant(round(rules.target * SCALE))
        )
        for mark in marks:
            self.model.add(mark - middle <= worst)
            self.model.add(middle - mark <= worst)
        return worst

    def information(self) -> None:
        """Every form measures well enough where it must."""
        for wanted in self.wish.blueprint.rules.information:
            for form in range(self.wish.forms):
                chosen = [(v, name) for (where, _, name), v in self.take.items() if where == form]
                weights = [round(information(self.items[name], wanted.theta) * SCALE) for _, name in chosen]
                told = cp_model.LinearExpr.weighted_sum([v for v, _ in chosen], weights)
                self.model.add(told >= round(wanted.least * SCALE))

    def freshness(self) -> cp_model.LinearExpr:
        """How often the items taken were seen before, in thousands of candidates."""
        seen = [(v, self.items[name].exposure // 1000) for (_, _, name), v in self.take.items()]
        return cp_model.LinearExpr.weighted_sum([v for v, _ in seen], [min(weight, 100) for _, weight in seen])

    def solve(self) -> cp_model.CpSolver | None:
        """A solver that found something, or None."""
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = self.wish.seed % 2**31
        solver.parameters.max_deterministic_time = DETERMINISTIC_SECONDS
        solver.parameters.relative_gap_limit = 0.02
        return solver if solver.solve(self.model) in {cp_model.OPTIMAL, cp_model.FEASIBLE} else None


def sampled(wish: Wish) -> list[CellPool]:
    """Each pool cut to a random sample, drawn by chance; the same item may fit several cells."""
    cut = []
    for pool in wish.pools:
        fit = sorted(pool.fit, key=lambda item: item.id)
        most = max(SAMPLE_LEAST, SAMPLE * pool.cell.count * wish.forms)
        chosen = tuple(wish.chance.sample(fit, min(most, len(fit))))
        cut.append(CellPool(pool.cell, chosen, pool.barred))
    return cut


def select(wish: Wish) -> Selection | None:
    """The forms, or None if there are none: first out of a sample of the bank, then out of all of it."""
    whole = sum(len(pool.fit) for pool in wish.pools)
    sample = sampled(wish)
    found = _select(wish, sample)
    if found is None and sum(len(pool.fit) for pool in sample) < whole:
        found = _select(wish, wish.pools)
    return found


def _select(wish: Wish, pools: Sequence[CellPool]) -> Selection | None:
    model = _Model(wish, pools)
    model.count(slack=False)
    model.once()
    model.enemies()
    model.information()
    worst = model.difficulty()
    freshness = model.freshness()
    model.model.minimize(freshness if worst is None else 10 * worst + freshness)
    solver = model.solve()
    if solver is None:
        return None
    forms = []
    for form in range(wish.forms):
        chosen = {
            pool.cell: tuple(item for item in pool.fit if solver.value(model.take[form, index, item.id]))
            for index, pool in enumerate(pools)
        }
        forms.append(chosen)
    marks = [_mark(wish, form) if model.difficulty_known else None for form in forms]
    return Selection(tuple(forms), tuple(marks))


def _mark(wish: Wish, form: Mapping[Cell, Iterable[PoolItem]]) -> float:
    total = Decimal(wish.blueprint.total)
    parts = ((wish.blueprint.points(cell.part), item) for cell, items in form.items() for item in items)
    return sum(float(points / total) * wish.shares[item.id] for points, item in parts)


def shortage(wish: Wish) -> Slack:
    """Why there are no forms: the smallest number of items that would have to be added, cell by cell.

    If nothing lacks, the difficulty or the information asked for is out of reach; each is tried without the other.
    """
    model = _Model(wish, wish.pools)
    model.count(slack=True)
    model.once()
    model.enemies()
    model.model.minimize(cp_model.LinearExpr.sum([v for missing in model.lacking.values() for v in missing]))
    solver = model.solve()
    lacking: dict[Cell, int] = {}
    for index, missing in model.lacking.items():
        number = sum(solver.value(v) for v in missing) if solver else 0
        if number:
            lacking[wish.pools[index].cell] = lacking.get(wish.pools[index].cell, 0) + number
    if lacking:
        return Slack(lacking, difficulty=False, information=())
    return Slack({}, _difficulty_in_the_way(wish), tuple(_information_in_the_way(wish)))


def _difficulty_in_the_way(wish: Wish) -> bool:
    model = _Model(wish, sampled(wish))
    model.count(slack=False)
    model.once()
    model.enemies()
    return model.difficulty() is not None and model.solve() is None


def _information_in_the_way(wish: Wish) -> list[float]:
    found = []
    for wanted in wish.blueprint.rules.information:
        best = 0.0
        for pool in wish.pools:
            told = sorted((information(item, wanted.theta) for item in pool.fit), reverse=True)
            best += sum(told[: pool.cell.count])
        if best < wanted.least:
            found.append(wanted.theta)
    return found
