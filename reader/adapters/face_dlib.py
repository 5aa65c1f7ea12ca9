"""The second engine: dlib's ResNet and 5-point models, opened through dlib itself (docs/adr/0003)."""

from __future__ import annotations

import dlib
import numpy as np

from reader.adapters.face_models import model_path
from reader.face.ports import Embedding, Face, Rgb
from reader.face.thresholds import engine


class DlibEngine:
    """HOG detector, 5 points, ResNet; similarity is 1 minus the Euclidean distance. Holds the interpreter while it works."""

    name = "dlib"

    def __init__(self) -> None:
        facts = engine(self.name)
        self._detector = dlib.get_frontal_face_detector()
        self._points = dlib.shape_predictor(str(model_path(facts.package, facts.detector)))
        self._network = dlib.face_recognition_model_v1(str(model_path(facts.package, facts.recogniser)))
        self.model_sha256 = facts.recogniser.sha256

    def faces(self, picture: Rgb) -> list[Face]:
        """All faces, largest first."""
        rectangles, scores, _ = self._detector.run(np.ascontiguousarray(picture), 0, 0.0)
        faces = []
        for box, score in zip(rectangles, scores, strict=True):
            shape = self._points(picture, box)
            outer = [(float(shape.part(i).x), float(shape.part(i).y)) for i in range(5)]
            # dlib gives both corners of each eye and the nose; the eyes are the middles of their corners.
            first, second = (_middle(outer[0], outer[1]), _middle(outer[2], outer[3]))
            faces.append(
                Face(
                    box.left(), box.top(), box.width(), box.height(), (second, first, outer[4]), min(1.0, float(score))
                )
            )
        return sorted(faces, key=lambda face: face.width * face.height, reverse=True)

    def embed(self, picture: Rgb, face: Face) -> Embedding:
        """128 numbers."""
        left, top = int(face.x), int(face.y)
        box = dlib.rectangle(left, top, left + int(face.width) - 1, top + int(face.height) - 1)
        shape = self._points(picture, box)
        return np.asarray(self._network.compute_face_descriptor(np.ascontiguousarray(picture), shape, 1), np.float32)

    def similarity(self, one: Embedding, other: Embedding) -> float:
        """1 minus the distance."""
        return 1.0 - float(np.linalg.norm(one - other))


def _middle(one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    return (one[0] + other[0]) / 2, (one[1] + other[1]) / 2
