"""One try before an acted camera: the product's own observer and trial, on the bench's clock."""

from __future__ import annotations

import random
from dataclasses import dataclass
from statistics import median

from hardware_mocks.camera.cases import Cast, Clock, camera
from reader.face.liveness.challenge import draw
from reader.face.liveness.limits import DEFAULT, Limits
from reader.face.liveness.observing import Observer
from reader.face.liveness.trial import Outcome, Trial
from reader.face.ports import Embedding
from reader.face.thresholds import EngineFacts

LONGEST = 60.0


@dataclass(frozen=True, slots=True)
class Try:
    """What one try came to. `admitted`: alive, and the median of the challenge's own frames is accepted."""

    prompts: tuple[str, ...]
    outcome: Outcome
    similarity: float | None
    band: str
    seconds: float
    frames: int

    @property
    def admitted(self) -> bool:
        """Whether nobody would be asked to look."""
        return self.outcome.verdict == "live" and self.band == "accept"


def attempt(
    case: str, cast: Cast, reference: Embedding, observer: Observer, facts: EngineFacts, seed: int, limits: Limits = DEFAULT
) -> Try:  # fmt: skip
    """Play one case against a fresh challenge; a replay shows a recording of another one."""
    chance = random.Random(seed)
    challenge = draw(chance.randrange)
    other = challenge.prompts
    while other == challenge.prompts:
        other = draw(chance.randrange).prompts
    clock = Clock()
    before = camera(case, cast, chance.getrandbits(32), clock, other)
    trial, frames = Trial(challenge, limits), 0
    while not trial.over and clock.now < LONGEST:
        frame = before.newest()
        assert frame is not None
        state = trial.feed(observer.observe(frame, embed=trial.wants_sample(frame.at)))
        before.hear(state.step, state.prompt)
        clock.tick()
        frames += 1
    outcome = trial.outcome()
    alike = [observer.engine.similarity(reference, sample) for sample in outcome.samples]
    middle = median(alike) if alike else None
    band = "none" if middle is None else facts.band(middle)
    return Try(challenge.prompts, outcome, middle, band, clock.now, frames)
