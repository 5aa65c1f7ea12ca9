"""From a live picture to what a trial needs to know of it: one look, with the engine's own cost kept in bounds.

Detection runs on every second pixel (a face that near is large); points, landmarks and features use the whole picture.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import Protocol

from reader.face import comparison, portrait, quality
from reader.face.liveness import texture
from reader.face.liveness.geometry import Pose, five_points, pose
from reader.face.ports import Comparer, Embedding, Face, FaceEngine, Frame, Landmarker, Landmarks, Rgb
from reader.face.search import RIVAL

# A picture at least this wide is searched at half its size.
HALVED_FROM = 600
# Pixels taken for the fingerprint: noise of any real sensor changes some of these from frame to frame.
SPARSE = 8


@dataclass(frozen=True, slots=True)
class Observation:
    """One frame, seen. Everything but the time may be missing: no face, no landmark model, or no features asked for."""

    at: float
    fingerprint: bytes
    flags: tuple[str, ...] = ()
    face: Face | None = None
    pose: Pose | None = None
    landmarks: Landmarks | None = field(default=None, repr=False)
    embedding: Embedding | None = field(default=None, repr=False)
    texture: float | None = None

    def wipe(self) -> None:
        """Overwrite what is of the person."""
        for array in (self.landmarks, self.embedding):
            if array is not None and array.flags.writeable:
                array.fill(0)


class FaceObserver(Comparer, Protocol):
    """Whoever looks at faces for a check-in: in this process, or in one of its own. Serves one thread.

    `landmark_sha256` is empty where there is no landmark model, and so no challenge.
    """

    landmark_sha256: str

    def reference(self, chip_image: bytes) -> Embedding:
        """The features of a chip portrait.

        Raises:
            ImageRefused: it is none that a chip may hold.
            NoFace: it shows no face.
        """

    def observe(self, frame: Frame, *, embed: bool) -> Observation:
        """What is in a frame; features only when asked for, they cost most."""

    def close(self) -> None:
        """No more is wanted."""


class Observer:
    """Looks at frames with one engine and one landmark model, in the calling thread."""

    def __init__(self, engine: FaceEngine, landmarker: Landmarker | None) -> None:
        self.engine, self._landmarker = engine, landmarker
        self.name, self.model_sha256 = engine.name, engine.model_sha256
        self.landmark_sha256 = "" if landmarker is None else landmarker.model_sha256
        self.models = (self.model_sha256, self.landmark_sha256)

    def similarity(self, one: Embedding, other: Embedding) -> float:
        """As the engine's."""
        return self.engine.similarity(one, other)

    def reference(self, chip_image: bytes) -> Embedding:
        """As the port; the decoded portrait is overwritten."""
        picture = portrait.from_chip(chip_image)
        try:
            return comparison.reference_of(self.engine, picture)
        finally:
            picture.fill(0)

    def observe(self, frame: Frame, *, embed: bool) -> Observation:
        """As the port."""
        picture = frame.picture
        faces = self.faces(picture)
        fingerprint = hashlib.blake2b(picture[::SPARSE, ::SPARSE].tobytes(), digest_size=8).digest()
        flags = quality.flags(picture, [face for face in faces if face.eye_distance >= RIVAL * faces[0].eye_distance])
        if not faces:
            return Observation(frame.at, fingerprint, flags)
        if self._landmarker is None:
            features = self.engine.embed(picture, faces[0]) if embed else None
            return Observation(frame.at, fingerprint, flags, faces[0], embedding=features)
        points = self._landmarker.landmarks(picture, faces[0])
        if points is None:
            return Observation(frame.at, fingerprint, (*flags, "no_face"))
        face = replace(faces[0], points=five_points(points))
        features = self.engine.embed(picture, face) if embed else None
        grain = texture.periodicity(picture, face) if embed else None
        return Observation(frame.at, fingerprint, flags, face, pose(points), points, features, grain)

    def faces(self, picture: Rgb) -> list[Face]:
        """All faces, largest first."""
        if picture.shape[1] < HALVED_FROM:
            return self.engine.faces(picture)
        return [_doubled(face) for face in self.engine.faces(picture[::2, ::2])]

    def close(self) -> None:
        """Nothing to end."""


def _doubled(face: Face) -> Face:
    points = tuple((2 * x, 2 * y) for x, y in face.points)
    return Face(2 * face.x, 2 * face.y, 2 * face.width, 2 * face.height, points, face.score)
