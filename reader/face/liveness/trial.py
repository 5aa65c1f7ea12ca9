"""One try at a challenge: ready, then for each prompt a pause, the prompt itself, and the way back.

Pure: it is fed observations and asks for samples of the face; the answer is in `state` after each. A prompt appears only
after a random pause in which nothing may happen, so that a recording of another challenge runs ahead of it and is caught by
the action it shows unasked. The transitions:

    ready ──────▶ pause ──────▶ prompt ──▶ back ──▶ pause …  ──▶ over (passed)
      │ nobody      │ unasked      │ wrong, early, flat, late      any of them: over (failed)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median
from typing import Literal

from reader.face.liveness import actions
from reader.face.liveness.actions import Blink, Rest
from reader.face.liveness.challenge import TURNS, Challenge, Prompt
from reader.face.liveness.geometry import Pose, flatness_residual
from reader.face.liveness.limits import DEFAULT, Limits
from reader.face.liveness.observing import Observation
from reader.face.liveness.track import ATTACKS, Track
from reader.face.ports import Embedding, Landmarks

Phase = Literal["ready", "pause", "prompt", "back", "over"]
Verdict = Literal["live", "not_live", "inconclusive"]
StepResult = Literal["passed", "failed", "not_seen"]
HINTED = ("no_face", "several_faces", "too_small", "too_large", "too_dark", "too_bright", "uneven_light", "covered", "off_centre", "not_frontal", "blurred")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """What became of one prompt; seconds from its appearance."""

    prompt: Prompt
    result: StepResult
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class State:
    """Where a trial stands, for a screen. `hint` is the quality flag that most needs telling, or empty."""

    phase: Phase
    prompt: Prompt | None
    step: int
    steps: int
    seconds_left: float
    hint: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a trial ended. `samples` are features of the challenge's own frames, the only ones that may be compared."""

    verdict: Verdict
    steps: tuple[Step, ...]
    identity_kept: bool
    flags: tuple[str, ...]
    depth: float | None
    samples: tuple[Embedding, ...] = field(default=(), repr=False)


class Trial:
    """One try. `recorded` is for clips, whose prompts' times nobody knows: no reaction time, and a blink may be short."""

    def __init__(self, challenge: Challenge, limits: Limits = DEFAULT, *, recorded: bool = False) -> None:
        self._challenge, self._limits, self._recorded = challenge, limits, recorded
        self._phase: Phase = "ready"
        self._track = Track(limits)
        self._ready: list[Observation] = []
        self._rest: Rest | None = None
        self._front: Landmarks | None = None
        self._blink = Blink(limits, limits.blink_shortest if recorded else limits.closed_on_request)
        self._since: float | None = None
        self._began: float | None = None
        self._index = 0
        self._length = 0.0
        self._turned: list[float] = []
        self._paper = 0
        self._moved = 0.0
        self._steps: list[Step] = []
        self._flags: list[str] = []
        self._soft: list[str] = []
        self._depths: list[float] = []
        self._textures: list[float] = []
        self._sampled: float | None = None
        self._last: Observation | None = None

    # -- what the camera's side asks

    @property
    def over(self) -> bool:
        """Whether there is nothing more to see."""
        return self._phase == "over"

    def wants_sample(self, at: float) -> bool:
        """Whether the features of the next frame are wanted: now and then, at each turn, and where there is doubt."""
        due = self._sampled is None or at - self._sampled >= self._limits.sample_every
        return due or self._track.doubtful or bool(self._turned)

    def state(self) -> State:
        """For the screen."""
        at = self._last.at if self._last else 0.0
        prompt = self._prompt if self._phase == "prompt" else None
        left = max(0.0, self._limits.prompt_seconds - (at - (self._since or at))) if prompt else 0.0
        flags = self._last.flags if self._last else ()
        hint = next((flag for flag in HINTED if flag in flags), "")
        return State(self._phase, prompt, self._index, len(self._challenge.prompts), left, hint)

    def outcome(self) -> Outcome:
        """How it ended; asked before the end, what is missing is not seen."""
        missing = tuple(Step(prompt, "not_seen") for prompt in self._challenge.prompts[len(self._steps) :])
        flags = list(self._flags)
        if not flags and (missing or not self._steps):
            flags.append("incomplete" if self._challenge.prompts else "no_challenge")
            if self._rest is None:
                flags += [
                    "not_ready",
                    *(flag for flag in HINTED if self._last is not None and flag in self._last.flags),
                ]
        if flags and self._motionless():
            flags.append("motionless")
        verdict: Verdict = "live" if not flags else "not_live" if set(flags) & ATTACKS else "inconclusive"
        soft = list(dict.fromkeys(self._soft))
        if self._textures and median(self._textures) > self._limits.pattern:
            soft.append("regular_pattern")
        kept = "identity_changed" not in flags
        depth = max(self._depths) if self._depths else None
        samples = tuple(self._track.samples)
        return Outcome(verdict, (*self._steps, *missing), kept, (*dict.fromkeys(flags), *soft), depth, samples)

    # -- what the camera saw

    def feed(self, seen: Observation) -> State:
        """Take one frame in."""
        if not self.over:
            self._take(seen)
        self._last = seen
        return self.state()

    def _take(self, seen: Observation) -> None:
        if seen.embedding is not None:
            self._sampled = seen.at
        if seen.texture is not None:
            self._textures.append(seen.texture)
        if self._phase == "ready":
            self._get_ready(seen)
            return
        wrong = list(self._track.watch(seen))
        if seen.pose is not None and not wrong:
            self._note_movement(seen)
            wrong = list(self._act(seen, seen.pose))
        elif not wrong and self._late(seen.at):
            wrong = ["no_response"]
        if wrong:
            self._fail(*wrong, at=seen.at)

    def _get_ready(self, seen: Observation) -> None:
        if self._since is None:
            self._since = seen.at
        wrong = [flag for flag in self._track.watch(seen) if flag in ATTACKS - {"track_jumped"}]
        if wrong:
            self._fail(*wrong, at=seen.at)
            return
        pose = seen.pose
        good = pose is not None and abs(pose.turn) <= self._limits.front and not set(seen.flags) & {"no_face", "several_faces", "too_small", "too_dark", "too_bright", "covered"}  # fmt: skip
        self._ready = [*self._ready, seen] if good else []
        if len(self._ready) >= self._limits.ready_frames:
            poses = [one.pose for one in self._ready if one.pose is not None]
            self._rest, self._front = Rest.of(poses), self._ready[-1].landmarks
            self._length, self._began = self._rest.length, seen.at
            self._enter("pause", seen.at)
        elif seen.at - self._since > self._limits.ready_seconds:
            self._fail("not_ready", *(flag for flag in HINTED if flag in seen.flags), at=seen.at)

    def _act(self, seen: Observation, pose: Pose) -> Iterator[str]:
        assert self._rest is not None
        rest, limits = self._rest, self._limits
        self._paper = self._paper + 1 if actions.turned_like_paper(pose, rest, limits) else 0
        if self._paper >= limits.narrow_frames:
            yield "flat_face"
            return
        blinked = self._blink.see(pose, seen.at, rest)
        done: Prompt | None = actions.turned(pose, rest, limits)
        if done is None and pose.length >= limits.closer * self._length:
            done = "closer"
        if self._phase == "back":
            yield from self._go_back(pose, seen.at)
        elif self._phase == "pause":
            yield from self._wait(done, seen.at, pose)
        elif self._phase == "prompt":
            yield from self._answer(done, blinked, seen, pose)

    def _wait(self, done: Prompt | None, at: float, pose: Pose) -> Iterator[str]:
        """Nothing but a blink may happen unasked; after the last prompt of a recording anything may."""
        answered = self._index >= len(self._challenge.prompts)
        if done is not None and not (answered and self._recorded):
            yield "wrong_action"
        elif answered:
            if not self._recorded:
                self._enter("over", at)
        elif at - (self._since or at) >= self._challenge.pauses[self._index]:
            self._length = pose.length
            self._enter("prompt", at)

    def _answer(self, done: Prompt | None, blinked: float | None, seen: Observation, pose: Pose) -> Iterator[str]:
        prompt, limits = self._prompt, self._limits
        if (
            prompt == "blink"
            and done is None
            and blinked is not None
            and blinked >= (self._since or 0.0) + self._reaction
        ):
            self._passed(seen.at)
        elif done is not None and done != prompt:
            yield "wrong_action"
        elif done is not None and seen.at - (self._since or 0.0) < self._reaction:
            yield "too_early"
        elif done in TURNS:
            yield from self._turn(seen)
        elif done == "closer":
            self._length = pose.length
            self._passed(seen.at)
        elif self._late(seen.at):
            yield "no_response"
        elif prompt in TURNS and not actions.facing(pose, self._rest_now, limits):
            self._turned.clear()  # under way, not there yet

    def _turn(self, seen: Observation) -> Iterator[str]:
        """Two frames fully turned, both with depth, one of them sampled for the identity."""
        assert self._front is not None
        assert seen.landmarks is not None
        self._turned.append(flatness_residual(self._front, seen.landmarks))
        if len(self._turned) < 2 or seen.embedding is None or self._track.doubtful:
            if self._late(seen.at):
                yield "no_response"
            return
        depth = median(self._turned)
        self._depths.append(depth)
        if depth < self._limits.least_depth:
            yield "flat_face"
            return
        self._passed(seen.at)

    def _go_back(self, pose: Pose, at: float) -> Iterator[str]:
        if actions.facing(pose, self._rest_now, self._limits):
            self._length = pose.length
            self._enter("pause", at)
        elif at - (self._since or at) > self._limits.return_seconds:
            yield "no_return"

    # -- small parts

    @property
    def _prompt(self) -> Prompt:
        return self._challenge.prompts[min(self._index, len(self._challenge.prompts) - 1)]

    @property
    def _rest_now(self) -> Rest:
        assert self._rest is not None
        return self._rest

    @property
    def _reaction(self) -> float:
        return 0.0 if self._recorded else self._limits.reaction

    def _late(self, at: float) -> bool:
        return self._phase == "prompt" and at - (self._since or at) > self._limits.prompt_seconds

    def _enter(self, phase: Phase, at: float) -> None:
        self._phase, self._since = phase, at
        self._turned.clear()

    def _passed(self, at: float) -> None:
        prompt = self._prompt
        self._steps.append(Step(prompt, "passed", round(at - (self._since or at), 3)))
        self._index += 1
        self._enter("back" if prompt in TURNS else "pause", at)

    def _fail(self, *flags: str, at: float) -> None:
        if self._phase == "prompt":
            self._steps.append(Step(self._prompt, "failed", round(at - (self._since or at), 3)))
        self._flags += flags
        self._phase = "over"

    def _note_movement(self, seen: Observation) -> None:
        if self._front is not None and seen.landmarks is not None:
            self._moved = max(self._moved, flatness_residual(self._front, seen.landmarks))

    def _motionless(self) -> bool:
        """A whole trial in which the face never changed its shape: nobody sits so still."""
        if self._began is None or self._last is None or self._last.at - self._began < self._limits.motionless_seconds:
            return False
        return self._moved < self._limits.motionless
