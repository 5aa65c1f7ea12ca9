"""The station's thread for faces: a challenge played to its end, given up, and a camera that goes away."""

from __future__ import annotations

import queue
import time
from dataclasses import dataclass, replace
from typing import Any

import pytest

from hardware_mocks.camera.cases import FRAMES_A_SECOND, Cast, Clock, camera
from hardware_mocks.camera.stills import NoCamera, StillCamera
from hardware_mocks.camera.warping import Head
from reader.adapters import face_models
from reader.adapters.face_landmarks import MeshLandmarker
from reader.evidence import Result
from reader.face import portrait
from reader.face.errors import FaceProcessLost
from reader.face.liveness.observing import Observer
from reader.face.thresholds import engine as engine_facts
from station.face_desk import FaceDesk
from station.journey import inputs


@pytest.fixture(scope="module")
def models():
    return face_models.create(), MeshLandmarker()


@pytest.fixture(scope="module")
def people(shared_data, models):
    engine, landmarker = models

    def one(person):
        folder = shared_data / "faces" / person
        picture = portrait.decode((folder / "live_640x480_smile.jpg").read_bytes())
        head = Head(picture, landmarker.landmarks(picture, engine.faces(picture)[0]))
        return head, (folder / "dg2_240x320_neutral.jp2").read_bytes()

    return {person: one(person) for person in ("001", "002")}


class Paced:
    """An acted camera that goes on by one frame at each look, so that nobody waits for it."""

    name = "paced camera"

    def __init__(self, case, cast, seed):
        self.clock = Clock()
        self.acted = camera(case, cast, seed, self.clock, ("left", "right", "left"))
        self.opened = self.closed = 0

    def open(self):
        self.opened += 1

    def newest(self):
        self.clock.now += 1 / FRAMES_A_SECOND
        return self.acted.newest()

    def close(self):
        self.closed += 1


@dataclass
class Ports:
    """What the desk uses of the station's ports."""

    camera: Any
    observer: Any
    facts: Any
    seconds: Any = time.monotonic


class Stage:
    """A desk, whoever sits before its camera, and what it posts."""

    def __init__(self, ports, hear=lambda _step, _prompt: None):
        self.ports = ports
        self.posted = queue.Queue()
        self.asked = []

        def post(item):
            if isinstance(item, inputs.ChallengeAdvanced):
                self.asked.append(item)
                hear(item.step - 1, item.prompt)
            else:
                self.posted.put(item)

        self.desk = FaceDesk(ports, post, "bench")

    def end(self):
        return self.posted.get(timeout=100)


@pytest.fixture
def stage(models, people):
    stages = []

    def build(case, *, landmarker=True):
        (head, chip), (other, _) = people["001"], people["002"]
        paced = Paced(case, Cast(head, other, portrait.from_chip(chip)), 11) if isinstance(case, str) else case
        ports = Ports(paced, lambda: Observer(models[0], models[1] if landmarker else None), engine_facts("sface"))
        if isinstance(paced, Paced):
            ports.seconds = paced.clock  # a slow machine must not end a try
        hear = paced.acted.hear if isinstance(paced, Paced) else (lambda _step, _prompt: None)
        stages.append(Stage(ports, hear))
        return stages[-1], chip

    yield build
    for made in stages:
        made.desk.close()


def test_whoever_is_on_the_card_and_follows_the_prompts_is_matched(stage):
    made, chip = stage("genuine")
    made.desk.warm()
    made.desk.compare(chip, frozenset())
    done = made.end()
    assert isinstance(done, inputs.FaceCompared)
    assert done.matched, done
    assert done.hint == ""
    assert done.live == b""
    comparison, liveness = done.findings
    assert (comparison.result, liveness.result) == (Result.PASSED, Result.PASSED)
    assert comparison.evidence["band"] == "accept"
    assert "similarity" not in comparison.evidence
    assert len(liveness.evidence["challenge"]) == 3
    prompts = [asked.prompt for asked in made.asked if asked.prompt]
    assert [f"{prompt}:passed" for prompt in dict.fromkeys(prompts)] == list(
        dict.fromkeys(liveness.evidence["challenge"])
    )
    assert {asked.steps for asked in made.asked} == {3}


class Watched:
    """An engine or a landmark model that remembers every array it gave away."""

    def __init__(self, model, name, kept):
        self._model, self._name, self._kept = model, name, kept

    def __getattr__(self, name):
        found = getattr(self._model, name)
        if name != self._name:
            return found

        def call(*arguments):
            self._kept.append(found(*arguments))
            return self._kept[-1]

        return call


def test_what_was_measured_of_a_face_is_overwritten_at_the_end_of_a_try(stage, models):
    made, chip = stage("print")
    kept = []
    watched = Watched(models[0], "embed", kept), Watched(models[1], "landmarks", kept)
    made.ports.observer = lambda: Observer(*watched)
    made.desk.compare(chip, frozenset())
    made.end()
    assert len(kept) > 10
    assert not any(array.any() for array in kept)


def test_a_print_of_the_right_face_matches_and_is_not_alive(stage):
    made, chip = stage("print")
    made.desk.compare(chip, frozenset())
    done = made.end()
    assert not done.matched
    shown = portrait.decode(done.live)
    assert shown.shape == (480, 640, 3)
    assert shown.std() > 20
    comparison, liveness = done.findings
    assert comparison.result is Result.PASSED
    assert liveness.result in {Result.FAILED, Result.INCONCLUSIVE}
    assert liveness.code == "liveness_failed"


def test_a_refused_prompt_is_not_asked_again_and_the_try_before_says_nothing(stage):
    made, chip = stage("print")
    made.desk.compare(chip, frozenset())
    made.desk.compare(chip, frozenset({"blink", "closer"}))
    done = made.end()
    assert {step.split(":")[0] for step in done.findings[1].evidence["challenge"]} == {"left", "right"}
    assert made.posted.empty()


def test_without_a_landmark_model_the_record_says_that_no_challenge_was_put(stage, people):
    made, chip = stage(StillCamera([people["001"][0].picture], time.monotonic), landmarker=False)
    made.desk.compare(chip, frozenset())
    done = made.end()
    assert done.matched
    assert done.findings[1].result is Result.NOT_PERFORMED
    assert made.asked == []


@pytest.mark.parametrize("chip", [None, b"no picture", b""])
def test_no_camera_or_no_portrait_leads_to_a_person(stage, people, chip):
    made, good = stage(NoCamera() if chip is None else StillCamera([people["001"][0].picture], time.monotonic))
    made.desk.compare(good if chip is None else chip, frozenset())
    assert isinstance(made.end(), inputs.CameraFailed)


def test_who_is_given_up_is_not_spoken_of(stage):
    made, chip = stage("genuine")
    made.desk.compare(chip, frozenset())
    made.desk.give_up()
    made.desk.close()
    assert made.posted.empty()


def test_a_challenge_shown_is_a_value_that_screens_can_compare():
    one = inputs.ChallengeAdvanced("left", 1, 3, 5, "")
    assert one == replace(one)


class Mortal:
    """An observer whose process is lost at the given look, counted over its life; after that it serves as before."""

    def __init__(self, observer, dies):
        self._observer, self._dies, self.looks, self.closed = observer, set(dies), 0, False

    def __getattr__(self, name):
        return getattr(self._observer, name)

    def observe(self, frame, *, embed):
        self.looks += 1
        if self.looks in self._dies:
            raise FaceProcessLost
        return self._observer.observe(frame, embed=embed)

    def close(self):
        self.closed = True


def test_a_try_begins_again_with_a_new_challenge_when_the_process_that_looks_is_lost(stage, models):
    made, chip = stage("genuine")
    mortal = Mortal(Observer(*models), {6})
    made.ports.observer = lambda: mortal
    made.desk.compare(chip, frozenset())
    done = made.end()
    assert mortal.looks > 12
    assert done.matched, done
    assert len(done.findings[1].evidence["challenge"]) == 3
    assert made.posted.empty()
    made.desk.close()
    assert mortal.closed


def test_who_is_looked_at_by_a_process_that_is_lost_again_and_again_goes_to_a_person(stage, models):
    made, chip = stage("genuine")
    made.ports.observer = lambda: Mortal(Observer(*models), range(5, 1000))
    made.desk.compare(chip, frozenset())
    assert isinstance(made.end(), inputs.CameraFailed)
    assert made.posted.empty()
