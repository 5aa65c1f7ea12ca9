"""One try at the camera: the challenge while the face is compared, or a bare comparison where no challenge can be put.

Pure but for its ports. Frames are looked at one by one and kept nowhere; features live for the length of a try and are
overwritten at its end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from reader.evidence import Finding
from reader.face import comparison
from reader.face.errors import CameraUnavailable
from reader.face.liveness import findings as liveness_findings
from reader.face.liveness.challenge import PROMPTS, Below, Prompt, draw
from reader.face.liveness.limits import DEFAULT, Limits
from reader.face.liveness.observing import FaceObserver, Observation
from reader.face.liveness.trial import HINTED, State, Trial
from reader.face.ports import Camera, Embedding, Frame, Rgb
from reader.face.thresholds import EngineFacts

# Without a challenge so many pictures are compared.
FRAMES = 2
PATIENCE = 3.0
# The first picture of a slow driver; the camera itself says sooner when there is none.
OPENING = 12.0
LONGEST = 60.0


class Stopped(Exception):
    """The try is no longer wanted."""


@dataclass(frozen=True, slots=True)
class Result:
    """What one try came to. `hint` is the quality flag that most needs telling, "again", or empty when it matched.

    `frame` is a picture of whoever sat there, for the person who decides, where it did not match; the caller overwrites it.
    """

    findings: tuple[Finding, ...]
    matched: bool
    hint: str
    frame: Rgb | None = field(default=None, repr=False)


class Memory:
    """What a try saw, overwritten at its end; and a copy of its best picture.

    Best is a face ahead and without a flaw, else any face, else anything.
    """

    def __init__(self) -> None:
        self._picture: Rgb | None = None
        self._rank = -1
        self._seen: list[Observation] = []

    def see(self, picture: Rgb, seen: Observation) -> None:
        """Note it; the picture takes the place of a worse one, which is overwritten."""
        self._seen.append(seen)
        rank = 0 if seen.face is None else 1 if seen.flags else 2
        if rank > self._rank:
            if self._picture is not None:
                self._picture.fill(0)
            self._picture, self._rank = picture.copy(), rank

    def taken(self) -> Rgb | None:
        """Hand it over: the caller overwrites it."""
        picture, self._picture = self._picture, None
        return picture

    def wipe(self) -> None:
        """Overwrite landmarks and features of every frame, and the picture unless it was taken."""
        for seen in self._seen:
            seen.wipe()
        if self._picture is not None:
            self._picture.fill(0)


@dataclass(frozen=True, slots=True)
class LiveCheck:
    """The parts of a try. `wait` waits for a moment and says whether to stop; `seconds` never goes back."""

    camera: Camera
    observer: FaceObserver
    facts: EngineFacts
    below: Below
    seconds: Callable[[], float]
    wait: Callable[[float], bool]
    limits: Limits = DEFAULT

    def run(self, chip_image: bytes, tell: Callable[[State], None], refused: frozenset[Prompt] = frozenset()) -> Result:
        """Compare whoever sits there with the portrait, by a challenge without the refused prompts.

        `chip_image` is the picture file out of DG2, whose hash has passed.

        Raises:
            CameraUnavailable: no picture came, or it stopped.
            ChallengeImpossible: too much is refused.
            ImageRefused, NoFace: the portrait shows no face.
            Stopped: `wait` said so.
        """
        observer = self.observer
        reference = observer.reference(chip_image)
        if not observer.landmark_sha256:
            return self._bare(reference)
        trial = Trial(draw(self.below, frozenset(PROMPTS) - refused), self.limits)
        samples: tuple[Embedding, ...] = ()
        memory = Memory()
        try:
            seen = self._watch(trial, tell, memory)
            outcome = trial.outcome()
            samples = outcome.samples
            compared = comparison.judge(observer, self.facts, reference, samples, seen)
            models = (observer.model_sha256, observer.landmark_sha256)
            found = (
                comparison.finding(compared, observer, self.facts),
                liveness_findings.finding(outcome, models, self.limits.version),
            )
            matched = compared.band == "accept" and outcome.verdict == "live"
            return Result(found, matched, "" if matched else _hint(outcome.flags), None if matched else memory.taken())
        finally:
            memory.wipe()
            for array in (reference, *samples):
                array.fill(0)

    def _watch(self, trial: Trial, tell: Callable[[State], None], memory: Memory) -> tuple[str, ...]:
        """Feed the trial to its end; returns the quality flags seen on the way."""
        flags: dict[str, None] = {}
        for frame in self._frames(LONGEST):
            observation = self.observer.observe(frame, embed=trial.wants_sample(frame.at))
            flags |= dict.fromkeys(observation.flags)
            memory.see(frame.picture, observation)
            tell(trial.feed(observation))
            if trial.over:
                break
        return tuple(flags)

    def _bare(self, reference: Embedding) -> Result:
        """Without a challenge: the first pictures are compared, those with one face count."""
        memory, flags, samples = Memory(), dict[str, None](), list[Embedding]()
        try:
            for frame, _ in zip(self._frames(PATIENCE), range(FRAMES), strict=False):
                seen = self.observer.observe(frame, embed=True)
                memory.see(frame.picture, seen)
                flags |= dict.fromkeys(seen.flags)
                if seen.embedding is not None and "several_faces" not in seen.flags:
                    samples.append(seen.embedding)
            compared = comparison.judge(self.observer, self.facts, reference, samples, tuple(flags))
            found = comparison.finding(compared, self.observer, self.facts), liveness_findings.not_performed()
            matched = compared.band == "accept"
            return Result(found, matched, "" if matched else _hint(compared.flags), None if matched else memory.taken())
        finally:
            memory.wipe()
            reference.fill(0)

    def _frames(self, longest: float) -> Iterator[Frame]:
        """Each new picture once, and none kept.

        Raises:
            CameraUnavailable: none came for `PATIENCE`, or `OPENING` before the first.
        """
        began = last_new = self.seconds()
        last: Frame | None = None
        while self.seconds() - began <= longest:
            frame = self.camera.newest()
            if frame is not None and (last is None or frame.at != last.at):
                last, last_new = frame, self.seconds()
                yield frame
            elif self.seconds() - last_new > (OPENING if last is None else PATIENCE):
                raise CameraUnavailable("no picture came")
            elif self.wait(0.01):
                raise Stopped


def _hint(flags: tuple[str, ...]) -> str:
    return next((flag for flag in HINTED if flag in flags), "again")
