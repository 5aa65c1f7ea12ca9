"""Cameras of the bench, behind the product's own port: stills in turn, none at all, a frozen one."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

from reader.face.errors import CameraUnavailable
from reader.face.ports import Frame, Rgb


class StillCamera:
    """Shows the given pictures one after another."""

    name = "still camera"

    def __init__(self, pictures: Sequence[Rgb], clock: Callable[[], float]) -> None:
        self._pictures = itertools.cycle(pictures) if pictures else None
        self._clock = clock

    def open(self) -> None:
        """Nothing to start."""
        if self._pictures is None:
            raise CameraUnavailable("no pictures given")

    def newest(self) -> Frame | None:
        """The next picture."""
        return None if self._pictures is None else Frame(next(self._pictures), self._clock())

    def close(self) -> None:
        """Nothing to stop."""


class NoCamera:
    """A PC without a camera."""

    name = "no camera"

    def open(self) -> None:
        """Always fails."""
        raise CameraUnavailable("no camera")

    def newest(self) -> Frame | None:
        """Always fails."""
        raise CameraUnavailable("no camera")

    def close(self) -> None:
        """Nothing to stop."""
