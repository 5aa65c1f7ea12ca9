"""Judging a recorded clip by the rules of a live trial, as far as a recording can show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reader.face.errors import NoFace
from reader.face.liveness.challenge import Prompt, recorded
from reader.face.liveness.limits import DEFAULT, Limits
from reader.face.liveness.observing import Observer
from reader.face.liveness.trial import Outcome, Trial
from reader.face.ports import Frame


@dataclass(frozen=True, slots=True)
class Judged:
    """The outcome, and what it rests on."""

    outcome: Outcome
    frames: int
    seconds: float


def judge(frames: Iterable[Frame], prompts: tuple[Prompt, ...], observer: Observer, limits: Limits = DEFAULT) -> Judged:
    """Watch a clip to its end. Without prompts it can be found not live, but never live: anything would pass.

    Raises:
        NoFace: no frame of the clip shows a face.
    """
    trial = Trial(recorded(prompts), limits, recorded=True)
    count, seen_face, first, last = 0, False, 0.0, 0.0
    for frame in frames:
        observation = observer.observe(frame, embed=trial.wants_sample(frame.at))
        seen_face = seen_face or observation.face is not None
        first, last, count = (frame.at if count == 0 else first), frame.at, count + 1
        trial.feed(observation)
        if trial.over:
            break
    if not seen_face:
        raise NoFace("no face in {count} frames", count=count)
    return Judged(trial.outcome(), count, round(last - first, 3))
