"""Review of an item version: draft, reviewed, approved, locked, retired. The transitions are one table.

Two persons: who reviews is not the author of the version, and who approves is neither its author nor its reviewer's
stand-in: approving takes a different person from the one who reviewed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from question_bank.errors import ReviewRefused

State = Literal["draft", "reviewed", "approved", "locked", "retired"]
STATES: tuple[State, ...] = ("draft", "reviewed", "approved", "locked", "retired")

# From, to: who must not be the person that does it.
TRANSITIONS: dict[tuple[State, State], frozenset[str]] = {
    ("draft", "reviewed"): frozenset({"author"}),
    ("reviewed", "draft"): frozenset(),
    ("reviewed", "approved"): frozenset({"author", "reviewer"}),
    ("approved", "draft"): frozenset(),
    ("approved", "locked"): frozenset(),
    ("locked", "approved"): frozenset(),
    ("draft", "retired"): frozenset(),
    ("reviewed", "retired"): frozenset(),
    ("approved", "retired"): frozenset(),
    ("locked", "retired"): frozenset(),
}


class Step(msgspec.Struct, frozen=True):
    """One change of state: who, when, why."""

    source: State
    target: State
    person: str
    at: datetime
    note: str = ""


def state_of(steps: tuple[Step, ...]) -> State:
    """Where a version stands after its steps."""
    return steps[-1].target if steps else "draft"


def step(author: str, steps: tuple[Step, ...], target: State, person: str, at: datetime, note: str = "") -> Step:
    """The next step.

    Raises:
        ReviewRefused: there is no such transition, the person is nobody, or a second person is needed.
    """
    source = state_of(steps)
    if (source, target) not in TRANSITIONS:
        raise ReviewRefused("a version that is {source} cannot become {target}", source=source, target=target)
    if not person.strip():
        raise ReviewRefused("a step of review needs a person")
    barred = {"author": author, "reviewer": _reviewer(steps)}
    for role in sorted(TRANSITIONS[source, target]):
        if person.casefold() == barred[role].casefold():
            raise ReviewRefused(
                "{person} is the {role} of this version; {target} takes a second person",
                person=person,
                role=role,
                target=target,
            )
    return Step(source, target, person, at, note)


def _reviewer(steps: tuple[Step, ...]) -> str:
    return next((taken.person for taken in reversed(steps) if taken.target == "reviewed"), "")
