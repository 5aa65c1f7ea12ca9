"""`khaothi face liveness` on clips made for the run: people who move with depth, and what stands in for them."""

from __future__ import annotations

import itertools
import json
import random

import numpy as np
import pytest
from PIL import Image

from hardware_mocks.camera.cases import Cast, Clock, camera
from hardware_mocks.camera.people import Movement, Person
from hardware_mocks.camera.warping import Head
from reader.adapters.face_landmarks import MeshLandmarker
from reader.face_cli import face


@pytest.fixture(scope="module")
def cast(sface, rgb):
    landmarker = MeshLandmarker()

    def head(person):
        picture = rgb(person)
        return Head(picture, landmarker.landmarks(picture, sface.faces(picture)[0]))

    return Cast(head("001"), head("004"), rgb("001", "dg2_240x320_neutral.jp2"))


@pytest.fixture
def run(capsys):
    def call(*arguments):
        capsys.readouterr()
        status = face(["liveness", *map(str, arguments), "--json"])
        return status, json.loads(capsys.readouterr().out)

    return call


def recorded(cast, case, prompts, seconds=3.4, seed=3):
    """Frames of somebody who answers these prompts, one every 1.6 s, as a camera gives them."""
    clock = Clock()
    made = camera(case, cast, seed, clock, prompts)
    sizes = {"left": 26.0, "right": 26.0, "closer": 0.35, "blink": 1.0}
    acts = [
        Movement(prompt, 0.6 + 1.6 * number, sizes[prompt], 0.3, 0.35, 0.3) for number, prompt in enumerate(prompts)
    ]
    made._person = Person(random.Random(seed), acts, next_blink=60.0)
    while clock.now < seconds:
        yield made.newest().picture
        clock.tick()


def folder(path, frames):
    path.mkdir()
    for number, frame in enumerate(frames):
        Image.fromarray(frame).save(path / f"frame{number}.jpg", quality=92)
    return path


def test_a_person_who_turns_and_blinks_is_alive(run, cast, tmp_path):
    clip = folder(tmp_path / "clip", recorded(cast, "genuine", ("left", "blink")))
    status, document = run(clip, "--challenge", "left,blink")
    assert (status, document["verdict"]) == (0, "live"), document
    assert [(step["prompt"], step["result"]) for step in document["steps"]] == [("left", "passed"), ("blink", "passed")]
    assert document["identity_kept"] is True
    status, document = run(clip, "--challenge", "right,blink")
    assert (status, document["verdict"]) == (1, "not_live")
    assert "wrong_action" in document["flags"]


@pytest.mark.parametrize(("case", "flag"), [("print", "flat_face"), ("bent_print", "flat_face"), ("swap", "identity_changed"), ("two_faces", "several_faces"), ("frozen_feed", "frozen_feed")])  # fmt: skip
def test_what_stands_in_for_a_person_is_found_out(run, cast, tmp_path, case, flag):
    clip = folder(tmp_path / "clip", recorded(cast, case, ("left", "right"), 5.5))
    status, document = run(clip, "--challenge", "left,right")
    assert status == 1
    assert document["verdict"] != "live"
    assert flag in document["flags"], document
    assert document["identity_kept"] is (case != "swap")


def test_a_moving_picture_and_a_video_are_clips_too(run, cast, tmp_path):
    import cv2

    frames = list(recorded(cast, "genuine", ("right",), 2.2))
    images = [Image.fromarray(frame) for frame in frames]
    images[0].save(tmp_path / "clip.webp", save_all=True, append_images=images[1:], duration=83, quality=85, method=0)
    video = cv2.VideoWriter(str(tmp_path / "clip.avi"), cv2.VideoWriter_fourcc(*"MJPG"), 12.0, (640, 480))
    for frame in frames:
        video.write(np.ascontiguousarray(frame[..., ::-1]))
    video.release()
    for name in ("clip.webp", "clip.avi"):
        status, document = run(tmp_path / name, "--challenge", "right")
        assert (status, document["verdict"]) == (0, "live"), (name, document)


def test_without_a_challenge_nothing_is_live(run, cast, tmp_path):
    clip = folder(tmp_path / "clip", itertools.islice(recorded(cast, "genuine", ("left",)), 8))
    status, document = run(clip)
    assert (status, document["verdict"], document["flags"]) == (1, "inconclusive", ["no_challenge"])


def test_a_clip_without_a_face_says_so(run, cast, tmp_path):
    clip = folder(tmp_path / "clip", itertools.islice(recorded(cast, "no_face", ()), 10))
    status, document = run(clip, "--challenge", "left")
    assert (status, document["error"]["code"]) == (1, "face_not_found")


def broken(path, kind):
    if kind == "nothing":
        path.write_bytes(b"")
    elif kind == "words":
        path.write_text("no clip")
    elif kind == "still":
        Image.new("RGB", (64, 64)).save(path, format="PNG")
    elif kind == "folder with a broken frame":
        path.mkdir()
        for number in range(3):
            (path / f"{number}.jpg").write_bytes(b"\xff\xd8\xff\xe0broken")
    else:
        path.mkdir()
    return path


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.mp4", "nothing"), ("a.mp4", "words"), ("a.png", "still"), ("a.jpg", "still"), ("a.gif", "words"), ("d", "empty folder"), ("d", "folder with a broken frame")],
)  # fmt: skip
def test_what_is_no_clip_is_refused(run, tmp_path, name, kind):
    status, document = run(broken(tmp_path / name, kind), "--challenge", "left")
    assert (status, document["error"]["code"]) == (1, "clip_refused")


@pytest.mark.parametrize("arguments", [(), ("/nowhere.mp4",), ("/tmp", "--challenge", "left,dance"), ("/tmp", "--rate", "0")])  # fmt: skip
def test_wrong_use_is_told(run, arguments):
    status, document = run(*arguments)
    assert (status, document["error"]["code"]) == (2, "wrong_use")
