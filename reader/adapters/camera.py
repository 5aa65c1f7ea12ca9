"""A webcam through OpenCV: a thread of its own keeps the newest picture only, and a picture that grows old is an error.

Nobody waits for a device: it opens, stalls and comes back in the thread. A camera is known by its stable identity where the
system has one (`/dev/v4l/by-id` on Linux); indices change with every plug.
"""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

# Some Windows cameras take a minute to open with hardware transforms; the switch counts only before the import.
os.environ.setdefault("OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS", "0")

import cv2
import numpy as np

from reader.face.errors import CameraUnavailable
from reader.face.ports import Frame

# A picture older than this is no live one; a camera that has given none for so long is unplugged or asleep.
OLDEST = 2.0
# A slow driver may take this long for its first picture before it counts as missing.
SLOWEST_OPENING = 15.0
REOPEN_AFTER = 1.0
WIDTH, HEIGHT = 640, 480
SILENT = 0  # of OpenCV's levels
LINUX_DEVICES = Path("/sys/class/video4linux")
BY_ID = Path("/dev/v4l/by-id")
# Drivers of sensors; what else presents itself as a camera is a program.
SENSOR_DRIVERS = {"uvcvideo", "ipu3-cio2", "atomisp-isp2", "rkisp1", "bcm2835-isp"}
VIRTUAL = re.compile(r"virtual|obs|loopback|manycam|snap camera|droidcam|xsplit|dummy", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Device:
    """One camera as the system shows it; `identity` is the same after every plug."""

    index: int
    name: str
    identity: str
    driver: str

    @property
    def virtual(self) -> bool:
        """Whether this is a program that poses as a camera."""
        return bool(VIRTUAL.search(self.name)) or (bool(self.driver) and self.driver not in SENSOR_DRIVERS)


def devices(system: Path = LINUX_DEVICES, by_id: Path = BY_ID) -> list[Device]:
    """The cameras of a Linux PC, real ones first; [] where the system does not tell (Windows: use the index)."""
    if not system.is_dir():
        return []
    names = {link.resolve().name: link.name for link in sorted(by_id.iterdir())} if by_id.is_dir() else {}
    found = []
    for folder in sorted(system.iterdir()):
        number = re.fullmatch(r"video(\d+)", folder.name)
        second = (folder / "index").is_file() and (folder / "index").read_text().strip() not in {"", "0"}
        if number is None or second:
            continue  # the second node of a camera carries no pictures
        name = (folder / "name").read_text(errors="replace").strip() if (folder / "name").is_file() else folder.name
        link = folder / "device" / "driver"
        driver = link.resolve().name if link.exists() else "none"
        found.append(Device(int(number[1]), name, names.get(folder.name, name), driver))
    return sorted(found, key=lambda device: device.virtual)


class Capture(Protocol):
    """What is used of `cv2.VideoCapture`."""

    def isOpened(self) -> bool: ...  # noqa: N802, D102 - OpenCV's name
    def read(self) -> tuple[bool, Any]: ...  # noqa: D102
    def release(self) -> None: ...  # noqa: D102


def open_capture(index: int) -> Capture:
    """A capture of small pictures, one at a time."""
    # A camera that is not there is our message to give, in the person's language; OpenCV would write its own beside it.
    cv2.setLogLevel(SILENT)
    capture = cv2.VideoCapture(index)
    capture.set(cv2.CAP_PROP_FRAME_WIDTH, WIDTH)
    capture.set(cv2.CAP_PROP_FRAME_HEIGHT, HEIGHT)
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    return capture


class OpenCvCamera:
    """One camera: by `identity` (or a part of it) where given, else the first real one, else index 0."""

    def __init__(
        self,
        identity: str = "",
        *,
        find: Callable[[], list[Device]] = devices,
        capture: Callable[[int], Capture] = open_capture,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._identity, self._find, self._capture, self._seconds = identity, find, capture, seconds
        self.name = identity or "camera"
        self._frame: Frame | None = None
        self._failed: CameraUnavailable | None = None
        self._asked = 0.0
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def open(self) -> None:
        """Start the thread; the camera opens in it, so nobody waits. May be called again at any time."""
        if self._thread is not None and self._thread.is_alive() and not self._stop.is_set():
            return
        self._stop = stop = threading.Event()
        self._failed, self._frame, self._asked = None, None, self._seconds()
        self._thread = threading.Thread(target=self._run, args=(stop,), name=self.name, daemon=True)
        self._thread.start()

    def _run(self, stop: threading.Event) -> None:
        """Read until told to stop; a camera that goes away is looked for again."""
        while not stop.is_set():
            device = self._choose()
            if device is None:
                self._failed = CameraUnavailable("no camera")
            elif device.virtual:
                self._failed = CameraUnavailable("a program poses as a camera")
            else:
                self._read(device, stop)
            stop.wait(REOPEN_AFTER)

    def _choose(self) -> Device | None:
        found = self._find()
        if self._identity:
            return next((one for one in found if self._identity in one.identity), None)
        if found:
            return found[0]
        return None if LINUX_DEVICES.is_dir() else Device(0, "camera 0", "0", "")

    def _read(self, device: Device, stop: threading.Event) -> None:
        capture = self._capture(device.index)
        try:
            if not capture.isOpened():
                self._failed = CameraUnavailable("the camera does not open")
                return
            self.name = device.name
            while not stop.is_set():
                good, bgr = capture.read()
                if not good or bgr is None:
                    self._failed = CameraUnavailable("the camera gives no pictures")
                    return
                if stop.is_set():
                    return
                rgb = np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), np.uint8)
                self._frame, self._failed = Frame(rgb, self._seconds()), None
        except cv2.error:
            self._failed = CameraUnavailable("the camera driver failed")
        finally:
            capture.release()

    def newest(self) -> Frame | None:
        """The latest picture, or None while the camera is still opening.

        Raises:
            CameraUnavailable: there is no camera, it was unplugged, it stands still, or it takes too long to open.
        """
        frame, now = self._frame, self._seconds()
        if frame is not None and now - frame.at <= OLDEST:
            return frame
        if (failed := self._failed) is not None:
            raise CameraUnavailable(failed.sentence)
        if frame is not None:
            raise CameraUnavailable("the camera stands still")
        if self._thread is not None and now - self._asked > SLOWEST_OPENING:
            raise CameraUnavailable("the camera does not open in time")
        return None

    def close(self) -> None:
        """Stop, and overwrite the last picture. A driver that hangs is left to its thread."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(OLDEST)
        if self._frame is not None:
            self._frame.picture.fill(0)
        self._thread, self._frame = None, None
