"""How a robot sits the test: when it answers what, with changes of mind, blanks and a share of right answers."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

# What a robot knows of an item: its kind, the canonical options (or statements) and the right response.
LETTERS = "abcd"


@dataclass(frozen=True, slots=True)
class Question:
    """One item as the robot sees it. `right` is the canonical response with full marks."""

    item: str
    kind: str
    options: tuple[str, ...]
    right: str


@dataclass(frozen=True, slots=True)
class Act:
    """At `at` (0 to 1 of the working time) give this response to this item; `flag` also marks it for review."""

    at: float
    item: str
    response: str
    flag: bool = False


def _wrong(question: Question, chance: random.Random) -> str:
    if question.kind == "true_false_cluster":
        return ",".join(f"{letter}={chance.choice(('true', 'false'))}" for letter in question.options)
    if question.kind == "short_numeric":
        return chance.choice(("0", "1", "2,5", "-3", "12", "0,5"))
    return chance.choice([option for option in question.options if option != question.right])


def _partial(response: str) -> str:
    """A cluster with its last statement still open, as it stands between two clicks."""
    return response.rsplit(",", 1)[0]


def sit(questions: Sequence[Question], chance: random.Random, ability: float) -> list[Act]:
    """The acts of one robot in the order of time; `ability` (0 to 1) is the chance of a right response."""
    acts: list[Act] = []
    for index, question in enumerate(questions):
        at = 0.03 + 0.85 * (index + chance.random() * 0.8) / len(questions)
        if chance.random() < 0.04:
            continue
        response = question.right if chance.random() < ability else _wrong(question, chance)
        if question.kind == "true_false_cluster":
            acts.append(Act(at, question.item, _partial(response)))
            at += 0.005
        elif chance.random() < 0.15:
            acts.append(Act(at, question.item, _wrong(question, chance), flag=True))
            at = min(0.95, at + 0.06)
        acts.append(Act(at, question.item, response))
    return sorted(acts, key=lambda act: act.at)
