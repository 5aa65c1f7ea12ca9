"""Faces at the stations of the day: whoever looks at them, and whoever sits before the cameras."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

from hardware_mocks.camera.stills import StillCamera
from reader.adapters.face_landmarks import MeshLandmarker
from reader.adapters.face_models import SFaceEngine
from reader.adapters.face_process import ObserverProcess
from reader.face.errors import NoFace
from reader.face.liveness.challenge import Prompt
from reader.face.liveness.observing import FaceObserver, Observation, Observer
from reader.face.portrait import decode
from reader.face.ports import Camera, Embedding, Frame
from station.journey import inputs, intents
from station.runtime import Station

if TYPE_CHECKING:
    from hardware_mocks.camera.paced import PacedCamera


class InTurn:
    """One observer for all stations of a process: OpenCV's objects serve one thread at a time.

    `challenge` off leaves the landmark model out, so that stills can be compared and the record says that nothing was asked.
    """

    def __init__(self, observer: FaceObserver, lock: threading.Lock, *, challenge: bool) -> None:
        self._observer, self._lock = observer, lock
        self.name, self.model_sha256 = observer.name, observer.model_sha256
        self.landmark_sha256 = observer.landmark_sha256 if challenge else ""

    def similarity(self, one: Embedding, other: Embedding) -> float:
        """As the port."""
        return self._observer.similarity(one, other)

    def reference(self, chip_image: bytes) -> Embedding:
        """As the port."""
        with self._lock:
            return self._observer.reference(chip_image)

    def observe(self, frame: Frame, *, embed: bool) -> Observation:
        """As the port."""
        with self._lock:
            return self._observer.observe(frame, embed=embed)

    def close(self) -> None:
        """The others still look."""


class Faces:
    """The eyes of one process of the day. With a window they are the product's own process, else models in this one."""

    def __init__(self, *, window: bool) -> None:
        self._window = window
        self._observer: FaceObserver | None = None
        self._making, self._lock = threading.Lock(), threading.Lock()

    def _get(self) -> FaceObserver:
        with self._making:
            if self._observer is None:
                self._observer = ObserverProcess() if self._window else Observer(SFaceEngine(), MeshLandmarker())
            return self._observer

    def observer(self, *, challenge: bool) -> FaceObserver:
        """For one station."""
        return InTurn(self._get(), self._lock, challenge=challenge)

    def sitter(self, live: Sequence[Path], *, challenge: bool) -> Camera:
        """The camera before which the person on the live pictures sits: alive, or stills one after another."""
        pictures = [decode(path.read_bytes()) for path in live]
        if not challenge or not pictures:
            return StillCamera(pictures, time.monotonic)
        seen = self.observer(challenge=True).observe(Frame(pictures[0], 0.0), embed=False)
        if seen.landmarks is None:
            raise NoFace("a live picture without a face")
        # Here and not above: it loads SciPy, which most processes of the day never need.
        from hardware_mocks.camera.cases import FRAMES_A_SECOND
        from hardware_mocks.camera.paced import genuine

        # A person can follow what is asked only at the pace of life; nobody watches where there is no window.
        return genuine(pictures[0], seen.landmarks, least=1 / FRAMES_A_SECOND if self._window else 0.0)

    def close(self) -> None:
        """End the process, if there is one."""
        if self._observer is not None:
            self._observer.close()


class SwappedCamera:
    """The camera of one station; who sits before it changes."""

    name = "bench camera"

    def __init__(self) -> None:
        self.camera: Camera = StillCamera((), time.monotonic)

    @property
    def acted(self) -> PacedCamera | None:
        """Whoever sits there, if they are alive."""
        return cast("PacedCamera", self.camera) if hasattr(self.camera, "hear") else None

    def open(self) -> None:
        """As the port."""
        self.camera.open()

    def newest(self) -> Frame | None:
        """As the port."""
        return self.camera.newest()

    def shown(self) -> Frame | None:
        """For a window: what was seen last, without moving on."""
        return self.camera.newest() if self.acted is None else self.acted.shown

    def hear(self, step: int, prompt: Prompt | None) -> None:
        """The prompt on the screen; who is a still does not follow it."""
        if self.acted is not None:
            self.acted.hear(step, prompt)

    def close(self) -> None:
        """As the port."""
        self.camera.close()


class SeatedStation(Station):
    """The product's station; whoever sits there reads each prompt as soon as it is known."""

    def post(self, item: intents.Intent | inputs.Happening) -> None:
        """As the station's own."""
        if isinstance(item, inputs.ChallengeAdvanced) and isinstance(self.ports.camera, SwappedCamera):
            self.ports.camera.hear(item.step - 1, item.prompt)
        super().post(item)
