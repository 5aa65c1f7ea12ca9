"""From responses and keys to marks, by the profile's rules, in decimal arithmetic (DESIGN.md section 4.7)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from exam_engine.commands import FormIndex
from exam_engine.errors import KeyMissing
from exam_engine.profile import PartRule, Scoring
from exam_engine.scoring import choice, short_numeric, true_false_cluster

SCORERS: dict[str, Callable[[PartRule, str, str], Decimal]] = {
    "single_choice": choice.single,
    "multiple_choice": choice.multiple,
    "true_false_cluster": true_false_cluster.mark,
    "short_numeric": short_numeric.mark,
}


@dataclass(frozen=True, slots=True)
class ItemMark:
    """The mark of one item, with the response it was given for."""

    item: str
    mark: Decimal
    response: str


@dataclass(frozen=True, slots=True)
class Marks:
    """Marks of one attempt; `score` is the rounded total before any penalty."""

    score: Decimal
    by_part: dict[str, Decimal]
    items: tuple[ItemMark, ...]


def rounded(value: Decimal, step: str) -> Decimal:
    """Half up to the step (6.25 to one decimal is 6.3), as teachers count."""
    return value.quantize(Decimal(step), rounding=ROUND_HALF_UP)


def grade(index: FormIndex, keys: Mapping[str, str], responses: Mapping[str, str], scoring: Scoring) -> Marks:
    """The marks of one attempt. A blank is an ordinary blank; a missing submission never comes here.

    Raises:
        KeyMissing: an item of the form has no key.
    """
    marks = []
    by_part = {facts.part: Decimal(0) for facts in index.values()}
    for item, facts in index.items():
        if item not in keys:
            raise KeyMissing("{item} has no key", item=item)
        response = responses.get(item, "")
        mark = SCORERS[facts.kind](scoring.parts[facts.part], keys[item], response)
        marks.append(ItemMark(item, mark, response))
        by_part[facts.part] += mark
    parts = {part: rounded(total, scoring.rounding) for part, total in by_part.items()}
    return Marks(rounded(sum(by_part.values(), Decimal(0)), scoring.rounding), parts, tuple(marks))


def after_penalty(score: Decimal, share: Decimal, step: str) -> Decimal:
    """The net score when a share of it is taken away (reprimand 0.25, warning 0.50)."""
    return rounded(score * (1 - share), step)
