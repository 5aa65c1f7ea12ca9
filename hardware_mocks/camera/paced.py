"""A person before a camera who waits for whoever looks: time moves on by one frame at each look.

So a challenge takes as many frames as it would in life, however slow the machine is. `least` keeps it from running faster than
life where somebody watches.
"""

from __future__ import annotations

import random
import threading
import time

from hardware_mocks.camera.cases import FRAMES_A_SECOND, Cast, Clock, camera
from hardware_mocks.camera.warping import Head
from reader.face.liveness.challenge import Prompt
from reader.face.ports import Frame, Landmarks, Rgb


class PacedCamera:
    """An acted camera, as the product's port. `hear` tells whoever sits there what the screen asks for."""

    name = "paced camera"

    def __init__(
        self,
        case: str,
        cast: Cast,
        seed: int,
        other: tuple[Prompt, ...] = ("left", "right", "left"),
        *,
        least: float = 0.0,
    ) -> None:
        self.clock, self._least = Clock(), least
        self.acted = camera(case, cast, seed, self.clock, other)
        self.shown: Frame | None = None
        self._taken = 0.0
        self._lock = threading.Lock()

    def hear(self, step: int, prompt: Prompt | None) -> None:
        """The prompt on the screen."""
        with self._lock:
            self.acted.hear(step, prompt)

    def open(self) -> None:
        """Nothing to start."""

    def newest(self) -> Frame | None:
        """The next frame; the same one again to whoever asks sooner than `least` seconds after it."""
        with self._lock:
            if self.shown is None or time.monotonic() - self._taken >= self._least:
                self.clock.now += 1 / FRAMES_A_SECOND
                self.shown, self._taken = self.acted.newest(), time.monotonic()
            return self.shown

    def close(self) -> None:
        """Nothing to stop."""


def genuine(picture: Rgb, landmarks: Landmarks, *, least: float = 0.0) -> PacedCamera:
    """Whoever is on the picture, alive: follows the prompts in their own time."""
    head = Head(picture, landmarks)
    return PacedCamera("genuine", Cast(head, head, picture), random.randrange(2**32), least=least)
