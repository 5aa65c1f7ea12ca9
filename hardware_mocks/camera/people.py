"""People before a camera who hear the prompts and follow them, in their own time; and the same people recorded."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from hardware_mocks.camera.warping import Posture
from reader.face.liveness.challenge import Prompt

NATURAL_BLINKS = 4.0  # seconds between two, on average


@dataclass(slots=True)
class Movement:
    """One answer to a prompt: when it begins, how far it goes, how long it takes there, stays, and takes back."""

    prompt: Prompt
    start: float
    size: float
    there: float
    stay: float
    back: float

    def share(self, at: float) -> float:
        """0 at rest to 1 at the far end."""
        passed = at - self.start
        if passed <= 0 or passed >= self.there + self.stay + self.back:
            return 0.0
        if passed < self.there:
            return _smooth(passed / self.there)
        return (
            1.0
            if passed < self.there + self.stay
            else _smooth((self.there + self.stay + self.back - passed) / self.back)
        )


def _smooth(share: float) -> float:
    return share * share * (3 - 2 * share)


@dataclass(slots=True)
class Person:
    """Somebody's behaviour, drawn from a seed: latency, how far they turn, how they sway and blink by nature."""

    chance: random.Random
    movements: list[Movement] = field(default_factory=list)
    heard: tuple[int, Prompt] | None = None
    next_blink: float = 1.0

    def hear(self, step: int, prompt: Prompt | None, at: float) -> None:
        """A prompt is on the screen."""
        if prompt is None or self.heard == (step, prompt):
            return
        self.heard = (step, prompt)
        self.movements.append(movement(self.chance, prompt, at + self.chance.uniform(0.35, 0.8)))

    def posture(self, at: float) -> Posture:
        """How they sit now."""
        sway = self.chance.gauss
        yaw, nearer, closed = sway(0, 0.5), 1.0 + sway(0, 0.002), self._natural_blink(at)
        for one in self.movements:
            share = one.share(at)
            if one.prompt == "left":
                yaw += one.size * share
            elif one.prompt == "right":
                yaw -= one.size * share
            elif one.prompt == "closer":
                nearer += one.size * share
            else:
                closed = max(closed, share)
        return Posture(yaw, nearer, closed, (sway(0, 0.7), sway(0, 0.7)))

    def _natural_blink(self, at: float) -> float:
        if at < self.next_blink:
            return 0.0
        if at > self.next_blink + 0.12:
            self.next_blink = at + self.chance.expovariate(1 / NATURAL_BLINKS)
            return 0.0
        return 1.0


def movement(chance: random.Random, prompt: Prompt, start: float) -> Movement:
    """How somebody follows one prompt."""
    if prompt in {"left", "right"}:
        return Movement(prompt, start, chance.uniform(21, 32), chance.uniform(0.3, 0.6), chance.uniform(0.3, 0.5), chance.uniform(0.3, 0.5))  # fmt: skip
    if prompt == "closer":
        return Movement(prompt, start, chance.uniform(0.3, 0.4), chance.uniform(0.4, 0.8), chance.uniform(0.3, 0.5), chance.uniform(0.4, 0.7))  # fmt: skip
    return Movement("blink", start, 1.0, 0.08, chance.uniform(0.6, 1.2), 0.1)


def script(chance: random.Random, prompts: tuple[Prompt, ...]) -> list[Movement]:
    """What a recording of another challenge shows: its own prompts, answered in its own time."""
    at, movements = chance.uniform(0.8, 1.6), []
    for prompt in prompts:
        made = movement(chance, prompt, at)
        movements.append(made)
        at += made.there + made.stay + made.back + chance.uniform(0.9, 2.2)
    return movements
