"""A webcam through OpenCV: a thread keeps the newest picture only, and a picture that grows old is an error."""

from __future__ import annotations

import os
import threading
import time

# Some Windows cameras take a minute to open with hardware transforms; the switch counts only before the import.
os.environ.setdefault("OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS", "0")

import cv2
import numpy as np

from reader.face.errors import CameraUnavailable
from reader.face.ports import Frame

OLDEST = 2.0
WIDTH, HEIGHT = 640, 480


class OpenCvCamera:
    """One camera by index."""

    def __init__(self, index: int = 0) -> None:
        self.name = f"camera {index}"
        self._index = index
        self._frame: Frame | None = None
        self._failed = ""
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def open(self) -> None:
        """Start the thread; the camera opens in it, so nobody waits.

        Raises:
            CameraUnavailable: it failed before.
        """
        if self._thread is not None and self._thread.is_alive():
            return
        self._stop.clear()
        self._failed, self._frame = "", None
        self._thread = threading.Thread(target=self._run, name=self.name, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        capture = cv2.VideoCapture(self._index)
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, WIDTH)
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, HEIGHT)
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        if not capture.isOpened():
            self._failed = "no camera"
            return
        while not self._stop.is_set():
            good, bgr = capture.read()
            if not good:
                self._failed = "the camera gives no pictures"
                break
            rgb = np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), np.uint8)
            self._frame = Frame(rgb, time.monotonic())
        capture.release()

    def newest(self) -> Frame | None:
        """The latest picture.

        Raises:
            CameraUnavailable: there is no camera, it was unplugged, or it stands still.
        """
        if self._failed:
            raise CameraUnavailable(self._failed)
        frame = self._frame
        if frame is not None and time.monotonic() - frame.at > OLDEST:
            raise CameraUnavailable("the camera stands still")
        return frame

    def close(self) -> None:
        """Stop and forget the last picture."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(OLDEST)
        self._thread, self._frame = None, None
