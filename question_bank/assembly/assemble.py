"""Blueprint and bank to original forms with their keys.

What turns out to be unusable while it is set (no key that can be entered, a formula that cannot be drawn, a twin of another
item of the form) is named, left out, and the selection is made again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from question_bank.assembly import pool as pooling
from question_bank.assembly.solver import Selection, Wish, select, shortage
from question_bank.assembly.words import ADVICE_EN, ADVICE_VI, Shortage, other_reasons, shortages
from question_bank.bank.content import Content
from question_bank.bank.item import Passage
from question_bank.bank.similarity import NEAR, shingles, similarity
from question_bank.blueprint import Blueprint, BlueprintPart, Cell
from question_bank.chance import Chance
from question_bank.errors import BlueprintInfeasible, ItemUnfit
from question_bank.form import FORMAT, Form, Part
from question_bank.item import Item
from question_bank.ports import BankStore, PoolItem, StoredVersion
from question_bank.rendering import FormulaRenderer
from question_bank.response_key import ResponseKey
from question_bank.setting import Measure, Setter, response_key

# Rounds of leaving out what is unusable; a bank with more than that is to be checked first (`khaothi bank check`).
MOST_ROUNDS = 40


@dataclass(frozen=True, slots=True)
class Original:
    """One original form in the blueprint's order, its key, and by item which version of the bank it is.

    `expected` is the mean mark to expect as a fraction of the total, None where the bank knows too little.
    """

    form: Form
    key: ResponseKey
    sources: dict[str, tuple[str, int]]
    expected: float | None


@dataclass(frozen=True, slots=True)
class Assembled:
    """All originals, and what was left out for what reason (by bank item)."""

    originals: tuple[Original, ...]
    unfit: dict[str, ItemUnfit]


class Infeasible(BlueprintInfeasible):
    """The bank cannot fill the blueprint; `shortages` and `reasons` say why, in Vietnamese and English."""

    def __init__(self, short: Sequence[Shortage], reasons: Sequence[tuple[str, str]]) -> None:
        self.shortages, self.reasons = tuple(short), tuple(reasons)
        self.advice_vi, self.advice_en = ADVICE_VI, ADVICE_EN
        super().__init__(" ".join(self.texts(vietnamese=True)))

    def texts(self, *, vietnamese: bool) -> list[str]:
        """A sentence for each cell that lacks items and each other reason."""
        cells = [each.text_vi if vietnamese else each.text_en for each in self.shortages]
        return cells + [vi if vietnamese else en for vi, en in self.reasons]


class Assembler:
    """Assembles forms out of one bank."""

    def __init__(self, bank: BankStore, renderer: FormulaRenderer, measure: Measure, today: datetime) -> None:
        self._bank, self._renderer, self._measure, self._today = bank, renderer, measure, today
        self._versions: dict[str, StoredVersion] = {}
        self._keys: dict[str, str] = {}

    def assemble(self, blueprint: Blueprint, codes: Sequence[str], seed: int, chance: Chance) -> Assembled:
        """Disjoint parallel originals, one for each of `codes`.

        Raises:
            BlueprintInfeasible: the message says what lacks.
        """
        items = self._bank.pool(blueprint.subject)
        shares = pooling.expected(items)
        unfit: dict[str, ItemUnfit] = {}
        enemies = set(self._bank.enemies())
        for _ in range(MOST_ROUNDS):
            pools = pooling.pools(blueprint.cells(), items, blueprint.rules, self._today, frozenset(unfit))
            wish = Wish(blueprint, pools, len(codes), seed, chance, frozenset(enemies), shares)
            selection = self._selected(wish)
            bad, twins = self._unusable(selection)
            if not bad and not twins:
                return Assembled(tuple(self._originals(blueprint, selection, codes)), unfit)
            unfit.update(bad)
            enemies |= twins
        raise BlueprintInfeasible("{count} items chosen so far are unusable: check the bank first", count=len(unfit))

    def _selected(self, wish: Wish) -> Selection:
        lacking = any(len(pool.fit) < pool.cell.count for pool in wish.pools)
        selection = None if lacking else select(wish)
        if selection is not None:
            return selection
        slack = shortage(wish)
        reasons = [] if slack.lacking else other_reasons(wish.blueprint, slack)
        raise Infeasible(shortages(wish.blueprint, wish.pools, wish.forms, slack), reasons)

    def _unusable(self, selection: Selection) -> tuple[dict[str, ItemUnfit], set[tuple[str, str]]]:
        """Chosen items that cannot be set, and pairs in one form that say nearly the same."""
        bad: dict[str, ItemUnfit] = {}
        twins: set[tuple[str, str]] = set()
        setter = Setter(self._renderer, self._resource, self._measure)
        for form in selection.forms:
            chosen = [item for items in form.values() for item in items]
            for item in chosen:
                try:
                    self._set(setter, item, "", 1)
                except ItemUnfit as error:
                    bad[item.id] = error
            marks = {item.id: shingles(self._version(item).item) for item in chosen}
            for one, other in combinations(sorted(marks), 2):
                if similarity(marks[one], marks[other]) >= NEAR:
                    twins.add((one, other))
        return bad, twins

    def _resource(self, sha256: str) -> bytes:
        return self._bank.resource(sha256).content

    def _version(self, item: PoolItem) -> StoredVersion:
        if item.id not in self._versions:
            self._versions[item.id] = self._bank.version(item.id, item.version)
        return self._versions[item.id]

    def _set(self, setter: Setter, item: PoolItem, identifier: str, number: int) -> Item:
        stored = self._version(item)
        if item.id not in self._keys:
            self._keys[item.id] = response_key(stored.item, self._bank.key(item.id, item.version).key)
        return setter.item(stored.item, identifier, number)

    def _originals(self, blueprint: Blueprint, selection: Selection, codes: Sequence[str]) -> list[Original]:
        return [
            self._original(blueprint, by_cell, code, expected)
            for by_cell, code, expected in zip(selection.forms, codes, selection.expected, strict=True)
        ]

    def _original(
        self, blueprint: Blueprint, by_cell: Mapping[Cell, tuple[PoolItem, ...]], code: str, expected: float | None
    ) -> Original:
        setter = Setter(self._renderer, self._resource, self._measure)
        sources: dict[str, tuple[str, int]] = {}
        right: dict[str, str] = {}
        parts = []
        for part in blueprint.parts:
            chosen = _ordered(part, by_cell)
            shown = []
            for number, item in enumerate(chosen, 1):
                identifier = f"{part.id}.{number}"
                shown.append(self._set(setter, item, identifier, number))
                sources[identifier] = (item.id, item.version)
                right[identifier] = self._keys[item.id]
            parts.append(Part(part.id, part.heading_vi, part.heading_en, tuple(shown)))
        passages = {item.passage for part in parts for item in part.items if item.passage}
        texts = {name: setter.content(self._passage(name)) for name in sorted(passages)}
        form = Form(FORMAT, code, blueprint.subject, blueprint.minutes, tuple(parts), setter.resources, texts)
        return Original(form, ResponseKey(code, 1, right), sources, expected)

    def _passage(self, name: str) -> Content:
        found: Passage = self._bank.passage(name)
        return found.content


def _ordered(part: BlueprintPart, by_cell: Mapping[Cell, tuple[PoolItem, ...]]) -> list[PoolItem]:
    """Items of a part from easy to hard, those of one passage behind its first."""
    levels = {"NB": 0, "TH": 1, "VD": 2, "VDC": 3}
    chosen = [item for cell in part.cells() for item in by_cell.get(cell, ())]
    chosen.sort(key=lambda item: levels.get(item.level, 0))
    ordered: list[PoolItem] = []
    for item in chosen:
        if item not in ordered:
            ordered += [other for other in chosen if other is item or (item.passage and other.passage == item.passage)]
    return ordered
