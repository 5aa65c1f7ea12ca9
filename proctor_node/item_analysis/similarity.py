"""Unusual similarity between two papers: all pairs by matrix products, exact tails for the few that stand out.

A reason to look at seats and times, never a proof. Option probabilities of each person come from Bock's nominal response
model at the person's ability, so that two strong persons are expected to agree on right answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from proctor_node.item_analysis.errors import TooManyPairs
from proctor_node.item_analysis.irt import estimation
from proctor_node.item_analysis.irt.item_fit import rows_of_items
from proctor_node.item_analysis.irt.patterns import collapse
from proctor_node.item_analysis.responses import Item, Responses
from proctor_node.item_analysis.table import Floats

BLOCK = 256
MOST_PERSONS = 30_000
MOST_LISTED = 100
MOST_EXACT = 400
RARE = 10
STANDS_OUT = 3.0


@dataclass(frozen=True, slots=True)
class Pair:
    """Two papers.

    Attributes:
        a, b: places of the persons.
        matches, identical_wrong: equal responses, and equal wrong ones; blanks never match.
        expected_matches: under independence.
        omega: Wollack's index, the larger of both directions.
        p: exact chance of so many matches or more (generalised binomial test).
        p_adjusted: times the number of pairs (Bonferroni), at most 1.
    """

    a: int
    b: int
    matches: int
    identical_wrong: int
    expected_matches: float
    omega: float
    p: float
    p_adjusted: float


@dataclass(frozen=True, slots=True)
class _Coded:
    """One-hot responses, and each person's probability of every option; shapes (persons, options of all items)."""

    chosen: NDArray[np.float32]
    wrong: NDArray[np.float32]
    chances: NDArray[np.float32]
    item_of: NDArray[np.intp]
    items: int


def pairs(responses: Responses) -> list[Pair]:
    """Pairs that stand out, least likely first.

    Raises:
        TooManyPairs: more persons than can be compared at once.
    """
    if responses.persons > MOST_PERSONS:
        raise TooManyPairs("{persons} papers; at most {most} are compared at once", "Split by site or form code.", persons=responses.persons, most=MOST_PERSONS)  # fmt: skip
    coded = _code(responses)
    if coded is None:
        return []
    tried = responses.persons * (responses.persons - 1) // 2
    shortlist = _stand_out(coded)
    found = [_exact(coded, a, b, tried) for a, b in shortlist]
    return sorted(found, key=lambda pair: (pair.p, -pair.omega))[:MOST_LISTED]


def _categories(item: Item) -> tuple[np.ndarray[tuple[int], np.dtype[np.int16]], list[list[int]]]:
    """A category for each code, rare wrong options together, and the codes of each category.

    An option that hardly anybody chose has no curve of its own; joined with others it cannot spoil an index.
    """
    counts = np.bincount(item.codes, minlength=len(item.marks))[: len(item.options)]
    right = [code for code, option in enumerate(item.options) if option in item.right and counts[code]]
    common = [code for code in range(len(item.options)) if code not in right and counts[code] >= RARE]
    rare = [code for code in range(len(item.options)) if code not in right and 0 < counts[code] < RARE]
    members = [[code] for code in (*common, *right)]
    if rare:
        members = [rare, *members]
    becomes = np.full(len(item.marks), -1, dtype=np.int16)
    for category, codes in enumerate(members):
        becomes[codes] = category
    return becomes, members


def _code(responses: Responses) -> _Coded | None:
    grouped = [(item, *_categories(item)) for item in responses.items]
    used = [(item, becomes, members) for item, becomes, members in grouped if len(members) > 1]
    if len(used) < 2 or responses.persons < 2:
        return None
    matrix = np.stack([becomes[item.codes] for item, becomes, _ in used], axis=1)
    patterns = collapse(matrix, tuple(len(members) for _, _, members in used))
    estimate = estimation.fit("nominal", patterns, errors=False, search_only=True)
    theta = estimate.expected.mean[patterns.of_person]
    logs = estimate.specification.log_probabilities(estimate.whole, theta)
    chosen, wrong, chances, item_of = [], [], [], []
    for place, ((item, _, members), rows) in enumerate(zip(used, rows_of_items(estimate), strict=True)):
        counts = np.bincount(item.codes, minlength=len(item.marks)).astype(float)
        for category, codes in enumerate(members):
            for code in codes:
                here = item.codes == code
                chosen.append(here)
                wrong.append(here if item.options[code] not in item.right else np.zeros_like(here))
                chances.append(np.exp(logs[rows[category]]) * counts[code] / counts[codes].sum())
                item_of.append(place)
    as_matrix = [np.stack(part, axis=1).astype(np.float32) for part in (chosen, wrong, chances)]
    return _Coded(as_matrix[0], as_matrix[1], as_matrix[2], np.array(item_of, dtype=np.intp), len(used))


def _answered(coded: _Coded) -> NDArray[np.float32]:
    """1 where a person answered an item, shape (persons, items)."""
    starts = np.flatnonzero(np.diff(coded.item_of, prepend=-1))
    return np.asarray(np.add.reduceat(coded.chosen, starts, axis=1))


def _stand_out(coded: _Coded) -> list[tuple[int, int]]:
    """Pairs whose matches lie furthest above what independence expects, in standard deviations."""
    persons = len(coded.chosen)
    starts = [int(start) for start in (*np.flatnonzero(np.diff(coded.item_of, prepend=-1)), len(coded.item_of))]
    answered = _answered(coded)
    candidates: list[tuple[float, int, int]] = []
    for start in range(0, persons, BLOCK):
        rows = slice(start, min(start + BLOCK, persons))
        matches = coded.chosen[rows] @ coded.chosen[start:].T
        expected, variance = np.zeros_like(matches), np.zeros_like(matches)
        for item, (first, last) in enumerate(pairwise(starts)):
            chance = coded.chances[rows, first:last] @ coded.chances[start:, first:last].T
            chance *= np.outer(answered[rows, item], answered[start:, item])
            expected += chance
            variance += chance * (1 - chance)
        z = (matches - expected) / np.sqrt(np.maximum(variance, 1e-6))
        z[np.tril_indices(len(z), 0, z.shape[1])] = -np.inf
        first_places, second_places = np.nonzero(z > STANDS_OUT)
        found = [(float(z[i, j]), start + int(i), start + int(j)) for i, j in zip(first_places, second_places, strict=True)]  # fmt: skip
        candidates = sorted([*candidates, *found], reverse=True)[:MOST_EXACT]
    return [(a, b) for _, a, b in candidates]


def _exact(coded: _Coded, a: int, b: int, tried: int) -> Pair:
    starts = np.flatnonzero(np.diff(coded.item_of, prepend=-1))
    answered = _answered_pair(coded, a, b, starts)

    def by_item(values: NDArray[np.float32]) -> Floats:
        return np.asarray(np.add.reduceat(values, starts)[answered], dtype=float)

    first, second = coded.chances[a], coded.chances[b]
    matches = int((coded.chosen[a] * coded.chosen[b]).sum())
    chance = by_item(first * second)
    tail = poisson_binomial_tail(chance, matches)
    omegas = [
        _omega(matches, by_item(own * other)) for own, other in ((first, coded.chosen[b]), (second, coded.chosen[a]))
    ]
    return Pair(
        a, b, matches, int((coded.wrong[a] * coded.wrong[b]).sum()), float(chance.sum()), max(omegas), tail, min(1.0, tail * tried)
    )  # fmt: skip


def _answered_pair(coded: _Coded, a: int, b: int, starts: NDArray[np.intp]) -> NDArray[np.bool_]:
    both = np.add.reduceat(coded.chosen[a], starts) * np.add.reduceat(coded.chosen[b], starts)
    return np.asarray(both > 0)


def _omega(matches: int, chance: Floats) -> float:
    """(matches - sum P_c(o_s)) / sqrt(sum P (1 - P)), given the other's answers (Wollack 1997)."""
    return float((matches - chance.sum()) / np.sqrt(max(float((chance * (1 - chance)).sum()), 1e-9)))


def poisson_binomial_tail(chances: Floats, least: int) -> float:
    """P(at least so many successes) of independent trials, exactly."""
    distribution = np.zeros(len(chances) + 1)
    distribution[0] = 1.0
    for trial, chance in enumerate(chances, 1):
        distribution[1 : trial + 1] = distribution[1 : trial + 1] * (1 - chance) + distribution[:trial] * chance
        distribution[0] *= 1 - chance
    return float(min(distribution[max(least, 0) :].sum(), 1.0))
