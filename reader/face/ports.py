"""What the face part asks of the world: an engine and a camera. Pictures are RGB arrays, height x width x 3, uint8."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Rgb = npt.NDArray[np.uint8]
Embedding = npt.NDArray[np.float32]
# 478 x 3: x and y in pixels of the picture, z on the same scale, towards the camera negative.
Landmarks = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Face:
    """One face in a picture: box in pixels, five points (right eye, left eye, nose, mouth corners), score 0 to 1."""

    x: float
    y: float
    width: float
    height: float
    points: tuple[tuple[float, float], ...]
    score: float

    @property
    def eye_distance(self) -> float:
        """Pixels between the eyes."""
        (x1, y1), (x2, y2) = self.points[0], self.points[1]
        return float(((x1 - x2) ** 2 + (y1 - y2) ** 2) ** 0.5)


class FaceEngine(Protocol):
    """Finds faces and compares them. One instance a thread."""

    name: str
    model_sha256: str

    def faces(self, picture: Rgb) -> list[Face]:
        """All faces, largest first."""

    def embed(self, picture: Rgb, face: Face) -> Embedding:
        """The feature vector of a face; never stored."""

    def similarity(self, one: Embedding, other: Embedding) -> float:
        """How alike two faces are on the engine's scale; higher is more alike."""


class Comparer(Protocol):
    """What judges two feature vectors, and the model that made them."""

    name: str
    model_sha256: str

    def similarity(self, one: Embedding, other: Embedding) -> float:
        """As `FaceEngine.similarity`."""


class Landmarker(Protocol):
    """Places 478 points on a face. One instance a thread."""

    model_sha256: str

    def landmarks(self, picture: Rgb, face: Face) -> Landmarks | None:
        """The points, or None where the model sees no face after all."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One live picture and when it was taken (steady seconds)."""

    picture: Rgb
    at: float


class Camera(Protocol):
    """A source of live pictures."""

    name: str

    def open(self) -> None:
        """Start.

        Raises:
            CameraUnavailable: there is none.
        """

    def newest(self) -> Frame | None:
        """The latest picture, or None before the first.

        Raises:
            CameraUnavailable: it was unplugged or stands still.
        """

    def close(self) -> None:
        """Stop; may be called twice."""
