"""One try at a challenge, frame by frame, against a head of points: no picture, no model, no clock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count

import numpy as np
import pytest

from reader.face.liveness.challenge import Challenge
from reader.face.liveness.geometry import LEFT_EYE, LIP, NOSE, RIGHT_EYE, flatness_residual, pose
from reader.face.liveness.limits import Limits
from reader.face.liveness.observing import Observation
from reader.face.liveness.trial import Trial
from reader.face.ports import Face

STEP = 1 / 12
DRAW = np.random.default_rng(4)


def head_of_points():
    """Points on a half ball, with eyes, nose and lip where they belong (pixels; negative z is nearer)."""
    at = DRAW.uniform(-1, 1, (478, 2))
    at /= np.maximum(1.0, np.hypot(*at.T) / 0.95)[:, None]
    points = np.column_stack((at * 80, -60 * np.sqrt(np.clip(1 - (at**2).sum(1), 0, None))))
    for eye, side in ((RIGHT_EYE, -1), (LEFT_EYE, 1)):
        points[eye.outer] = side * 45, -20, -35
        points[eye.inner] = side * 17, -20, -40
        for (upper, lower), x in zip(eye.lids, (38, 26), strict=True):
            points[upper], points[lower] = (side * x, -24.5, -40), (side * x, -15.5, -40)
    points[NOSE], points[LIP] = (0, 20, -75), (0, 45, -50)
    return points


HEAD = head_of_points()
UPPER, LOWER = [u for eye in (RIGHT_EYE, LEFT_EYE) for u, _ in eye.lids], [v for eye in (RIGHT_EYE, LEFT_EYE) for _, v in eye.lids]  # fmt: skip


def placed(yaw=0.0, nearer=1.0, closed=0.0, at=(320.0, 240.0), *, flat=False):
    """Landmarks of a posture: a head, or (flat) a picture of it turned by the same angle."""
    points = HEAD.copy()
    points[UPPER] += 0.7 * closed * (points[LOWER] - points[UPPER])
    if flat:
        points[:, 2] = 0
    angle = np.radians(yaw)
    x, z = points[:, 0] * np.cos(angle) - points[:, 2] * np.sin(angle), points[:, 2] * np.cos(angle) + points[:, 0] * np.sin(angle)  # fmt: skip
    scale = nearer * 900 / (900 + z)
    xy = np.column_stack((x * scale, points[:, 1] * scale)) + at + DRAW.normal(0, 0.15, (478, 2))
    return np.column_stack((xy, z)).astype(np.float32)


def vector(*numbers):
    array = np.zeros(128, np.float32)
    array[: len(numbers)] = numbers
    return array / np.linalg.norm(array)


HOLDER, STRANGER = vector(1.0), vector(0.2, 1.0)


@dataclass
class Bench:
    """Feeds a trial with frames and lets whoever is before it answer."""

    trial: Trial
    at: float = 0.0
    numbers = count()

    def show(self, seconds=STEP, *, who=HOLDER, flags=(), fingerprint=None, face=True, **posture):
        """Hold a posture for a while."""
        for _ in range(max(1, round(seconds / STEP))):
            if self.trial.over:
                return self.trial.state()
            landmarks = placed(**posture)
            x, y = posture.get("at", (320.0, 240.0))
            size = 160 * posture.get("nearer", 1.0)
            seen = Observation(
                self.at,
                fingerprint or next(self.numbers).to_bytes(8, "big"),
                flags if face else ("no_face",),
                Face(x - size / 2, y - size / 2, size, size, (), 0.95) if face else None,
                pose(landmarks) if face else None,
                landmarks if face else None,
                who if face and self.trial.wants_sample(self.at) else None,
            )
            self.trial.feed(seen)
            self.at += STEP
        return self.trial.state()

    def until_prompt(self, **posture):
        for _ in range(60):
            if self.show(**posture).phase in {"prompt", "over"}:
                break
        return self.trial.state().prompt

    def answer(self, prompt, **posture):
        self.show(0.4, **posture)
        if prompt == "blink":
            self.show(0.7, closed=1.0, **posture)
        elif prompt == "closer":
            self.show(0.4, nearer=1.4, **posture)
        else:
            self.show(0.5, yaw=25 if prompt == "left" else -25, **posture)
        self.show(0.3, **posture)


def bench(*prompts, limits=None, recorded=False):
    return Bench(Trial(Challenge(prompts, (0.5,) * len(prompts)), limits or Limits(), recorded=recorded))


def follow(stage, **posture):
    while (prompt := stage.until_prompt(**posture)) is not None:
        stage.answer(prompt, **posture)
    return stage.trial.outcome()


def test_a_head_has_depth_and_a_picture_has_none():
    front = placed()
    assert flatness_residual(front, placed(yaw=25)) > 0.04
    for yaw in (10, 30, 45):
        assert flatness_residual(placed(flat=True), placed(yaw=yaw, flat=True)) < 0.012
    assert flatness_residual(front, placed(nearer=1.4, at=(300, 200))) < 0.02


def test_left_is_the_candidates_left():
    assert pose(placed(yaw=20)).turn > 0.18
    assert pose(placed(yaw=-20)).turn < -0.18


@pytest.mark.parametrize(
    "prompts", [("left", "blink", "right"), ("closer", "right", "blink"), ("right", "left", "closer"), ("left",)]
)
def test_who_does_what_is_asked_is_alive(prompts):
    outcome = follow(bench(*prompts))
    assert outcome.verdict == "live", outcome
    assert [step.prompt for step in outcome.steps] == list(prompts)
    assert {step.result for step in outcome.steps} == {"passed"}
    assert all(0.2 <= step.seconds <= 5 for step in outcome.steps)
    assert outcome.identity_kept
    assert outcome.depth is None or outcome.depth > 0.02
    assert len(outcome.samples) >= 3


def test_every_turn_is_sampled_for_the_identity():
    stage = bench("left", "right")
    seen = []
    stage.trial.wants_sample = lambda at, wants=stage.trial.wants_sample: seen.append(wants(at)) or seen[-1]
    assert follow(stage).verdict == "live"
    assert sum(seen) >= 4


def test_the_wrong_way_is_no_answer():
    stage = bench("left", "blink")
    stage.until_prompt()
    stage.answer("right")
    outcome = stage.trial.outcome()
    assert (outcome.verdict, outcome.flags) == ("not_live", ("wrong_action",))
    assert [step.result for step in outcome.steps] == ["failed", "not_seen"]


def test_an_action_before_its_prompt_comes_from_a_recording():
    stage = bench("left", "right")
    stage.until_prompt()
    stage.answer("left")
    while stage.trial.state().phase == "back":
        stage.show()
    stage.show(0.2, yaw=-25)
    assert stage.trial.outcome().flags == ("wrong_action",)


def test_nobody_reacts_within_a_frame():
    stage = bench("closer", "left")
    stage.until_prompt()
    stage.show(0.1, nearer=1.4)
    assert stage.trial.outcome().flags == ("too_early",)


def test_a_blink_that_began_before_the_prompt_does_not_count():
    limits = Limits(prompt_seconds=1.0)
    stage = bench("blink", "left", limits=limits)
    while stage.trial.state().phase != "pause":
        stage.show()
    stage.show(0.35)
    while stage.trial.state().phase == "pause":
        stage.show(closed=1.0)
    stage.show(1.5)
    outcome = stage.trial.outcome()
    assert outcome.verdict == "inconclusive"
    assert outcome.flags == ("no_response",)


def test_an_ordinary_blink_answers_nothing_since_everybody_blinks():
    stage = bench("left", "blink")
    assert stage.until_prompt() == "left"
    stage.answer("left")
    assert stage.until_prompt() == "blink"
    for _ in range(8):
        stage.show(0.5)
        stage.show(0.25, closed=1.0)
    assert stage.trial.outcome().flags == ("no_response",)


def test_a_recording_of_the_same_turns_with_its_blink_elsewhere_is_not_alive():
    stage = bench("left", "right", "blink")
    for prompt in ("left", "right"):
        assert stage.until_prompt() == prompt
        stage.show(0.25, closed=1.0)
        stage.answer(prompt)
    stage.show(0.3)
    for _ in range(5):
        stage.show(1.0)
        stage.show(0.3, closed=1.0)
    outcome = stage.trial.outcome()
    assert outcome.verdict == "inconclusive"
    assert [step.result for step in outcome.steps] == ["passed", "passed", "failed"]


def test_natural_blinks_and_small_turns_do_no_harm():
    stage = bench("left", "closer")
    while stage.trial.state().phase != "pause":
        stage.show()
    stage.show(0.1, closed=1.0)
    stage.show(0.1, yaw=6)
    assert follow(stage).verdict == "live"


def test_a_turned_picture_is_flat_however_long_it_is_turned():
    stage = bench("left", "right")
    stage.until_prompt(flat=True)
    stage.show(2.0, yaw=35, flat=True)
    outcome = stage.trial.outcome()
    assert outcome.verdict == "not_live"
    assert "flat_face" in outcome.flags


def test_who_answers_nothing_may_be_anybody():
    stage = bench("left", "right")
    stage.until_prompt()
    for index in range(80):
        stage.show(yaw=7 * np.sin(index))
    outcome = stage.trial.outcome()
    assert (outcome.verdict, outcome.flags) == ("inconclusive", ("no_response",))


def test_a_face_that_never_moves_is_no_living_one():
    stage = bench("left", "right")
    stage.until_prompt()
    stage.show(6.0)
    assert stage.trial.outcome().flags == ("no_response", "motionless")
    assert stage.trial.outcome().verdict == "not_live"


@pytest.mark.parametrize("moment", [1, 2])
def test_another_face_in_the_middle_is_seen_wherever_it_comes(moment):
    stage = bench("left", "blink", "right")
    who = HOLDER
    for index in range(3):
        if index == moment:
            who = STRANGER
        prompt = stage.until_prompt(who=who)
        if prompt is None:
            break
        stage.answer(prompt, who=who)
    outcome = stage.trial.outcome() if stage.trial.over else follow(stage, who=who)
    assert outcome.verdict == "not_live"
    assert "identity_changed" in outcome.flags
    assert not outcome.identity_kept


def test_one_strange_sample_is_a_blurred_frame():
    stage = bench("left", "closer")
    stage.until_prompt()
    stage.show(0.1, who=STRANGER)
    stage.show(0.3)
    assert follow(stage).verdict == "live"


def test_a_face_that_jumps_is_another_one():
    stage = bench("left", "right")
    stage.until_prompt()
    stage.show(at=(520.0, 240.0))
    assert "track_jumped" in stage.trial.outcome().flags


def test_who_leaves_is_asked_again():
    stage = bench("left", "right")
    stage.until_prompt()
    stage.show(1.0, face=False)
    outcome = stage.trial.outcome()
    assert (outcome.verdict, outcome.flags) == ("inconclusive", ("track_lost",))


def test_a_second_face_ends_the_trial_and_proves_nothing():
    stage = bench("left", "right")
    stage.until_prompt()
    stage.show(0.1, flags=("several_faces",))
    assert not stage.trial.over, "somebody walking past is no matter"
    stage.show(0.5, flags=("several_faces",))
    assert (stage.trial.outcome().verdict, stage.trial.outcome().flags) == ("inconclusive", ("several_faces",))


@pytest.mark.parametrize("flags", [("several_faces",), ("too_dark",), ("too_small",)])
def test_nothing_begins_before_there_is_one_good_face(flags):
    stage = bench("left")
    stage.show(12.0, flags=flags)
    outcome = stage.trial.outcome()
    assert (outcome.verdict, outcome.flags) == ("inconclusive", ("not_ready", *flags))


def test_a_frozen_feed_is_no_camera():
    stage = bench("left", "right")
    stage.until_prompt()
    stage.show(1.0, fingerprint=b"the same")
    assert "frozen_feed" in stage.trial.outcome().flags
    assert stage.trial.outcome().verdict == "not_live"


def test_a_loop_is_no_camera():
    stage = bench("left", "right")
    for index in range(60):
        stage.show(fingerprint=bytes([index % 12]))
    assert "repeated_frames" in stage.trial.outcome().flags


def test_a_camera_that_stalls_proves_nothing():
    stage = bench("left", "right")
    stage.until_prompt()
    stage.at += 3.0
    stage.show()
    assert (stage.trial.outcome().verdict, stage.trial.outcome().flags) == ("inconclusive", ("feed_stalled",))


def test_time_that_runs_backwards_does_not_pass_anybody():
    stage = bench("left", "right")
    stage.until_prompt()
    stage.at -= 100.0
    stage.show(2.0, yaw=25)
    assert stage.trial.outcome().verdict != "live"


def test_the_screen_hears_what_to_show():
    stage = bench("blink", "left")
    assert stage.show().phase == "ready"
    prompt = stage.until_prompt()
    state = stage.trial.state()
    assert (prompt, state.step, state.steps) == ("blink", 0, 2)
    assert 4.5 < state.seconds_left <= 5.0
    assert stage.show(flags=("too_dark", "blurred")).hint == "too_dark"


def test_a_recording_needs_no_pauses_and_is_watched_to_its_end():
    def play(*, swap):
        stage = Bench(Trial(Challenge(("left", "blink"), (0.0, 0.0)), recorded=True))
        stage.show(0.5)
        for prompt in ("left", "blink"):
            stage.answer(prompt)
        stage.show(1.5, who=STRANGER if swap else HOLDER)
        return stage.trial.outcome()

    assert play(swap=False).verdict == "live"
    assert play(swap=True).flags == ("identity_changed",)


def test_without_a_challenge_nothing_is_ever_live():
    stage = Bench(Trial(Challenge((), ()), recorded=True))
    stage.show(0.5)
    stage.show(0.5, yaw=25)
    stage.show(0.5)
    assert (stage.trial.outcome().verdict, stage.trial.outcome().flags) == ("inconclusive", ("no_challenge",))


def test_what_is_of_the_person_can_be_overwritten():
    landmarks, features = placed(), HOLDER.copy()
    seen = replace(Observation(0.0, b""), landmarks=landmarks, embedding=features)
    seen.wipe()
    assert not landmarks.any()
    assert not features.any()
