"""The camera adapter against devices that open slowly, hang, go away, come back, or are programs."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from reader.adapters.camera import Device, OpenCvCamera, devices
from reader.face.errors import CameraUnavailable

PICTURE = np.full((48, 64, 3), (10, 20, 30), np.uint8)  # blue, green, red
WEBCAM = Device(2, "HD Webcam", "usb-Maker_HD_Webcam_0001", "uvcvideo")


class Script:
    """A capture that follows a script: pictures, a hanging read, an end."""

    def __init__(self, pictures=10_000, *, opens=True, gate=None):
        self.pictures, self.opens, self.gate = pictures, opens, gate
        self.released = threading.Event()
        self.read_once = threading.Event()

    def isOpened(self):  # noqa: N802
        return self.opens

    def read(self):
        if self.gate is not None:
            self.gate.wait(20)
        self.read_once.set()
        self.pictures -= 1
        return (True, PICTURE.copy()) if self.pictures >= 0 else (False, None)

    def release(self):
        self.released.set()


class Time:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def build(*captures, found=(WEBCAM,), identity="", clock=None):
    queue = list(captures)
    return OpenCvCamera(identity, find=lambda: list(found), capture=lambda _: queue.pop(0) if len(queue) > 1 else queue[0], seconds=clock or Time())  # fmt: skip


def first(camera):
    for _ in range(2000):
        if (frame := camera.newest()) is not None:
            return frame
        threading.Event().wait(0.005)
    raise AssertionError("no picture")


def failure(camera):
    for _ in range(2000):
        try:
            camera.newest()
        except CameraUnavailable as error:
            return str(error)
        threading.Event().wait(0.005)
    raise AssertionError("no failure")


@pytest.fixture
def closing():
    made = []
    yield made.append
    for camera in made:
        camera.close()


def test_the_newest_picture_comes_in_rgb_and_is_overwritten_at_the_end(closing):
    script = Script()
    camera = build(script)
    closing(camera)
    camera.open()
    camera.open()
    frame = first(camera)
    assert tuple(frame.picture[0, 0]) == (30, 20, 10)
    assert camera.name == "HD Webcam"
    camera.close()
    assert script.released.wait(5)
    assert camera.newest() is None
    camera.close()


def test_a_slow_driver_keeps_nobody_waiting(closing):
    gate, clock = threading.Event(), Time()
    camera = build(Script(gate=gate), clock=clock)
    closing(camera)
    camera.open()
    assert camera.newest() is None
    clock.now += 14
    assert camera.newest() is None
    clock.now += 2
    with pytest.raises(CameraUnavailable, match="in time"):
        camera.newest()
    gate.set()
    assert first_after_failure(camera)


def first_after_failure(camera):
    for _ in range(2000):
        try:
            if camera.newest() is not None:
                return True
        except CameraUnavailable:
            pass
        threading.Event().wait(0.005)
    return False


def test_a_camera_that_hangs_in_the_middle_is_noticed(closing):
    gate, clock = threading.Event(), Time()
    gate.set()
    script = Script(gate=gate)
    camera = build(script, clock=clock)
    closing(camera)
    camera.open()
    first(camera)
    gate.clear()
    script.read_once.clear()
    script.read_once.wait(0.05)
    clock.now += 3
    with pytest.raises(CameraUnavailable, match="stands still"):
        camera.newest()
    gate.set()


def test_unplugged_and_put_back_it_works_again(closing):
    clock = Time()
    camera = build(Script(3), Script(), clock=clock)
    closing(camera)
    camera.open()
    first(camera)
    clock.now += 3
    assert first_after_failure(camera)


@pytest.mark.parametrize(
    ("found", "identity", "told"),
    [
        ((), "usb-Other", "no camera"),
        ((WEBCAM,), "usb-Other", "no camera"),
        ((Device(0, "OBS Virtual Camera", "obs", "none"),), "", "program"),
        ((Device(0, "Innocent Webcam", "x", "v4l2 loopback"),), "", "program"),
    ],
)
def test_what_is_no_camera_of_this_pc_is_refused(closing, found, identity, told):
    camera = build(Script(), found=found, identity=identity)
    closing(camera)
    camera.open()
    assert told in failure(camera)


def test_a_camera_that_does_not_open_says_so(closing):
    camera = build(Script(opens=False))
    closing(camera)
    camera.open()
    assert "does not open" in failure(camera)


def test_cameras_are_listed_with_their_lasting_names_real_ones_first(tmp_path):
    system, by_id, dev = tmp_path / "video4linux", tmp_path / "by-id", tmp_path / "dev"
    for folder in (system, by_id, dev, tmp_path / "uvcvideo"):
        folder.mkdir()
    for number, name, index, driver in ((0, "OBS Virtual Camera", 0, None), (2, "HD Webcam", 0, "uvcvideo"), (3, "HD Webcam", 1, "uvcvideo")):  # fmt: skip
        node = system / f"video{number}"
        (node / "device").mkdir(parents=True)
        (node / "name").write_text(name + "\n")
        (node / "index").write_text(f"{index}\n")
        (dev / node.name).touch()
        if driver:
            (node / "device" / "driver").symlink_to(tmp_path / driver)
    (by_id / "usb-Maker_HD_Webcam_0001-video-index0").symlink_to(dev / "video2")
    found = devices(system, by_id)
    assert [(one.index, one.virtual) for one in found] == [(2, False), (0, True)]
    assert found[0].identity == "usb-Maker_HD_Webcam_0001-video-index0"
    assert devices(tmp_path / "nowhere") == []
