"""Faces looked at in a process of their own: the same answers, and what comes of a process that dies, hangs or lies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from io import FileIO
from pathlib import Path

import numpy as np
import pytest

from reader.adapters import face_wire as wire
from reader.adapters.face_landmarks import MeshLandmarker
from reader.adapters.face_process import ObserverProcess
from reader.adapters.face_worker import Worker
from reader.face.errors import FaceProcessLost, ImageDamaged, ImageTooLarge, NoFace, NotAnImage
from reader.face.liveness.observing import Observer
from reader.face.ports import Frame


@pytest.fixture(scope="module")
def apart():
    observer = ObserverProcess()
    yield observer
    observer.close()


@pytest.fixture
def chip(faces):
    return (faces / "001" / "dg2_240x320_neutral.jp2").read_bytes()


def gone(pid: int, seconds: float = 20.0) -> bool:
    """Whether a process has ended, or does so soon."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


def test_another_process_sees_what_this_one_sees_to_the_last_bit(apart, sface, rgb, chip):
    here, picture = Observer(sface, MeshLandmarker()), rgb("001")
    assert (apart.name, apart.model_sha256, apart.landmark_sha256) == (here.name, here.model_sha256, here.landmark_sha256)  # fmt: skip
    assert np.array_equal(apart.reference(chip), here.reference(chip))
    for frame, embed in ((picture, True), (picture, False), (picture[:, ::-1], True), (np.zeros_like(picture), True)):
        one, other = (who.observe(Frame(frame, 7.25), embed=embed) for who in (apart, here))
        assert (one.at, one.fingerprint, one.flags, one.face, one.pose, one.texture) == (other.at, other.fingerprint, other.flags, other.face, other.pose, other.texture)  # fmt: skip
        for mine, theirs in ((one.landmarks, other.landmarks), (one.embedding, other.embedding)):
            assert (mine is None) == (theirs is None)
            assert mine is None or np.array_equal(mine, theirs)
    seen = apart.observe(Frame(picture, 0.0), embed=True)
    assert apart.similarity(apart.reference(chip), seen.embedding) == pytest.approx(here.similarity(here.reference(chip), seen.embedding))  # fmt: skip
    seen.wipe()
    assert not seen.landmarks.any()
    assert not seen.embedding.any()


@pytest.mark.parametrize(
    ("image", "error"),
    [
        (b"", NotAnImage),
        (b"no picture", NotAnImage),
        (b"\xff\xd8\xff" + bytes(300_000), ImageTooLarge),
    ],
)
def test_what_is_wrong_with_a_portrait_comes_back_as_the_same_error(apart, image, error):
    pid = apart.pid
    with pytest.raises(error):
        apart.reference(image)
    assert apart.pid == pid


def test_a_damaged_portrait_and_one_without_a_face_are_told_apart(apart, chip):
    with pytest.raises(ImageDamaged):
        apart.reference(chip[: len(chip) // 2])
    from PIL import Image

    with pytest.raises(NoFace):
        apart.reference(_jpeg(Image.new("RGB", (240, 320), "grey")))


def _jpeg(image):
    import io

    file = io.BytesIO()
    image.save(file, "JPEG")
    return file.getvalue()


def test_a_larger_picture_and_a_tiny_one_go_through(apart, rgb):
    large = rgb("002").repeat(2, 0).repeat(2, 1)
    assert apart.observe(Frame(large, 0.0), embed=True).embedding is not None
    assert apart.observe(Frame(np.zeros((1, 1, 3), np.uint8), 0.0), embed=True).flags == ("no_face",)


def test_a_process_that_died_between_questions_is_replaced_without_a_word(apart, chip):
    before = apart.pid
    os.kill(before, signal.SIGKILL)
    assert gone(before)
    assert apart.reference(chip).shape == (128,)
    assert apart.pid not in {None, before}


def test_a_process_that_dies_in_mid_question_gives_no_answer(apart, rgb):
    before, lost = apart.pid, []
    frame = Frame(rgb("001"), 0.0)

    def ask():
        try:
            while True:
                apart.observe(frame, embed=True)
        except FaceProcessLost as error:
            lost.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    time.sleep(0.3)
    # Stopped first, so that it is killed with a question open.
    os.kill(before, signal.SIGSTOP)
    time.sleep(0.3)
    os.kill(before, signal.SIGKILL)
    asking.join(30)
    assert [error.code for error in lost] == ["face_process_lost"]
    assert apart.observe(frame, embed=False).face is not None


@pytest.mark.parametrize(
    "program",
    [
        "import time; time.sleep(60)",
        "raise SystemExit(3)",
        "import sys; sys.stdout.buffer.write(b'x' * 64)",
        "import sys; sys.stdout.buffer.write((5).to_bytes(4, 'little') + bytes(8) + b'wrong')",
    ],
)
def test_a_process_that_hangs_ends_or_lies_is_lost(program):
    with pytest.raises(FaceProcessLost):
        ObserverProcess((sys.executable, "-c", program), starting=2.0)


def test_a_program_that_is_not_there_is_lost():
    with pytest.raises(FaceProcessLost):
        ObserverProcess(("/nowhere/at/all",))


def test_closed_it_ends_and_answers_no_more(chip):
    observer = ObserverProcess()
    pid = observer.pid
    observer.close()
    assert gone(pid)
    with pytest.raises(FaceProcessLost):
        observer.reference(chip)
    assert observer.pid is None
    observer.close()


def test_it_ends_with_a_station_that_was_killed():
    code = "import os, signal; from reader.adapters.face_process import ObserverProcess; o = ObserverProcess(); print(o.pid, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=100, check=False)
    assert told.returncode == -signal.SIGKILL
    assert gone(int(told.stdout))
    assert told.stderr == ""


def test_nothing_of_a_picture_is_left_in_the_process_after_its_answer(rgb):
    questions, answers = os.pipe(), os.pipe()
    worker, picture = Worker(), rgb("001")
    with FileIO(questions[0], "rb") as inward, FileIO(answers[1], "wb") as outward, FileIO(answers[0], "rb") as told:
        serving = threading.Thread(target=worker.serve, args=(inward, outward))
        serving.start()
        with FileIO(questions[1], "wb") as asking:
            wire.write_all(asking, wire.QUESTION.pack(wire.OBSERVE, True, *picture.shape[:2], picture.nbytes))
            wire.write_all(asking, picture.data)
            head = bytearray(wire.ANSWER.size)
            assert wire.read_into(told, memoryview(head))
            sizes = wire.ANSWER.unpack(head)
            assert sizes[1:] == (478 * 3 * 4, 128 * 4)
            assert wire.read_into(told, memoryview(bytearray(sum(sizes))))
        serving.join(30)
    assert not serving.is_alive()
    assert not any(worker._space)


def test_a_process_that_stops_answering_is_given_up_sooner_than_one_that_starts(faces, chip):
    observer = ObserverProcess(patience=1.0)
    os.kill(observer.pid, signal.SIGSTOP)
    started = time.monotonic()
    with pytest.raises(FaceProcessLost):
        observer.reference(chip)
    assert 1.0 <= time.monotonic() - started < 30.0
    observer.close()
