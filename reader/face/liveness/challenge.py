"""What a candidate is asked to do: prompts, their order and their timing come from a secure source, afresh for each try."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise, product
from typing import Literal, get_args

from reader.face.errors import ChallengeImpossible

Prompt = Literal["left", "right", "blink", "closer"]
PROMPTS: tuple[Prompt, ...] = get_args(Prompt)
TURNS = frozenset({"left", "right"})
STEPS = 3
SHORTEST_PAUSE, LONGEST_PAUSE = 0.4, 1.2
# Whole numbers below a bound, as `secrets.randbelow`.
Below = Callable[[int], int]


@dataclass(frozen=True, slots=True)
class Challenge:
    """Prompts in order, and how long the head must be still before each (seconds)."""

    prompts: tuple[Prompt, ...]
    pauses: tuple[float, ...]


def sequences(able: frozenset[Prompt], steps: int = STEPS) -> list[tuple[Prompt, ...]]:
    """All fair sequences of prompts.

    At least one turn, since only a turn shows depth; one blink and one approach at most, since whoever blinks by nature or
    leans forward would answer those without being asked; no prompt twice in a row.
    """
    turns = TURNS & able
    return [
        drawn
        for drawn in product([prompt for prompt in PROMPTS if prompt in able], repeat=steps)
        if set(drawn) & turns and all(a != b for a, b in pairwise(drawn)) and drawn.count("blink") < 2 and drawn.count("closer") < 2
    ]  # fmt: skip


def draw(below: Below, able: frozenset[Prompt] = frozenset(PROMPTS), steps: int = STEPS) -> Challenge:
    """A challenge, each fair sequence as likely as any other.

    Raises:
        ChallengeImpossible: nothing fair can be asked of somebody who is able to do only this: a person decides.
    """
    fair = sequences(able, steps)
    if not fair:
        raise ChallengeImpossible("no fair challenge is left")
    return Challenge(fair[below(len(fair))], tuple(_pause(below) for _ in range(steps)))


def without(challenge: Challenge, refused: frozenset[Prompt], below: Below) -> Challenge:
    """Another challenge for somebody who cannot do some prompts.

    Raises:
        ChallengeImpossible: as `draw`.
    """
    return draw(below, frozenset(PROMPTS) - refused, len(challenge.prompts))


def recorded(prompts: tuple[Prompt, ...]) -> Challenge:
    """The challenge that a recording is said to answer: its timing is not known, so none is asked for."""
    return replace(Challenge(prompts, ()), pauses=(0.0,) * len(prompts))


def _pause(below: Below) -> float:
    return SHORTEST_PAUSE + (LONGEST_PAUSE - SHORTEST_PAUSE) * below(1000) / 1000
