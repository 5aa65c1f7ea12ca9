"""Face engines: YuNet with SFace through OpenCV, and dlib as the second. Model files are checked by digest before use.

An engine belongs to one thread. `python -m reader.adapters.face_models` checks the files, as set-up does.
"""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from reader.adapters import onnx_weights
from reader.face.errors import ModelChanged
from reader.face.ports import Embedding, Face, FaceEngine, Rgb
from reader.face.thresholds import EngineFacts, ModelFile, engine

# Detection at this width costs 10 ms and misses nobody; a larger picture costs memory for no gain (setup.md section 3).
LONGEST_SIDE = 640
LEAST_SCORE = 0.8
# In a strip narrower than this the detector reads memory that it never set, and finds sure faces at infinity (OpenCV 4.12).
LEAST_SIDE = 16
ENGINES = ("sface", "dlib")
# One thread an engine: the station's window, its journal and the exchange need the other cores of a small PC.
cv2.setNumThreads(1)


def model_path(package: str, model: ModelFile) -> Path:
    """Where a model lies, once its digest is the pinned one. The package itself is not imported (docs/adr/0003).

    Raises:
        ModelChanged: missing or different.
    """
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise ModelChanged("the package {package} is not installed", package=package)
    path = Path(found.submodule_search_locations[0]) / model.file
    if not path.is_file():
        raise ModelChanged("{file} is missing", file=model.file)
    if hashlib.sha256(path.read_bytes()).hexdigest() != model.sha256:
        raise ModelChanged("{file} is not the file that was measured", file=path.name)
    return path


class SFaceEngine:
    """YuNet and SFace."""

    name = "sface"

    def __init__(self) -> None:
        facts = engine(self.name)
        detector, recogniser = (model_path(facts.package, model) for model in (facts.detector, facts.recogniser))
        self._detector = cv2.FaceDetectorYN.create(str(detector), "", (320, 320), LEAST_SCORE)
        weights = onnx_weights.plain(recogniser.read_bytes())
        self._recogniser = cv2.FaceRecognizerSF.create("onnx", weights, np.zeros(0, np.uint8))
        self.model_sha256 = facts.recogniser.sha256

    def faces(self, picture: Rgb) -> list[Face]:
        """All faces, largest first; coordinates of the picture as given."""
        height, width = picture.shape[:2]
        scale = min(1.0, LONGEST_SIDE / max(height, width))
        if scale * min(height, width) < LEAST_SIDE:
            return []
        bgr = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
        if scale < 1:
            bgr = cv2.resize(bgr, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        self._detector.setInputSize((bgr.shape[1], bgr.shape[0]))
        _, found = self._detector.detect(bgr)
        rows = [] if found is None else [row for row in np.asarray(found, np.float32) if np.isfinite(row).all()]
        faces = [_face(row / np.float32(scale), float(row[14])) for row in rows]
        return sorted(faces, key=lambda face: face.width * face.height, reverse=True)

    def embed(self, picture: Rgb, face: Face) -> Embedding:
        """128 numbers of unit length."""
        flat = [
            face.x,
            face.y,
            face.width,
            face.height,
            *(value for point in face.points for value in point),
            face.score,
        ]
        aligned = self._recogniser.alignCrop(cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), np.array([flat], np.float32))
        vector = np.asarray(self._recogniser.feature(aligned), np.float32).flatten()
        return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9), np.float32)

    def similarity(self, one: Embedding, other: Embedding) -> float:
        """Cosine."""
        return float(np.dot(one, other))


def _face(row: np.ndarray, score: float) -> Face:
    points = tuple((float(row[4 + 2 * i]), float(row[5 + 2 * i])) for i in range(5))
    return Face(float(row[0]), float(row[1]), float(row[2]), float(row[3]), points, score)


def create(name: str = "sface") -> FaceEngine:
    """An engine by name, for the calling thread.

    Raises:
        ModelChanged: a model file is not the expected one.
        KeyError: no engine of that name.
    """
    if name == "dlib":
        from reader.adapters.face_dlib import DlibEngine

        return DlibEngine()
    if name != "sface":
        raise KeyError(name)
    return SFaceEngine()


def similarities(name: str) -> Callable[[Embedding, Embedding], Embedding]:
    """How an engine compares two stacks of feature vectors; needs no model.

    Raises:
        KeyError: no engine of that name.
    """
    return {"sface": cosines, "dlib": closeness}[name]


def cosines(one: Embedding, other: Embedding) -> Embedding:
    """Matrix of cosines of unit vectors."""
    return np.asarray(one @ other.T, np.float32)


def closeness(one: Embedding, other: Embedding) -> Embedding:
    """Matrix of 1 minus the Euclidean distance."""
    squares = (one**2).sum(1)[:, None] + (other**2).sum(1)[None, :] - 2 * one @ other.T
    return np.asarray(1.0 - np.sqrt(squares.clip(0)), np.float32)


def check(name: str) -> EngineFacts:
    """Whether the model files of an engine are the pinned ones.

    Raises:
        ModelChanged: one is not.
    """
    facts = engine(name)
    for model in (facts.detector, facts.recogniser):
        model_path(facts.package, model)
    return facts


def main() -> int:
    """Check all files; 1 and a line on standard error if one is wrong."""
    for name in ENGINES:
        try:
            check(name)
        except ModelChanged as error:
            sys.stderr.write(f"{name}: {error}\n")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
