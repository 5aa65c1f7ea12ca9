"""478 landmarks by the MediaPipe face mesh, run by OpenCV: the model file is checked by digest, MediaPipe is not needed."""

from __future__ import annotations

import io
import zipfile

import cv2
import numpy as np

from reader.adapters.face_models import model_path
from reader.face.errors import ModelChanged
from reader.face.ports import Face, Landmarks, Rgb
from reader.face.thresholds import landmarks as landmark_facts

SIDE = 256  # input of the model
# The model was trained on squares this much larger than the box of its own detector; YuNet's box is as tall as the face.
ROOM = 1.5
# Logit of "there is a face": an even chance.
LEAST_PRESENCE = 0.0
COUNT = 478
POINTS, PRESENCE = "Identity", "Identity_1"


class MeshLandmarker:
    """The landmark model; belongs to one thread."""

    def __init__(self) -> None:
        facts = landmark_facts()
        path = model_path(facts.package, facts.bundle)
        try:
            with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as bundle:
                raw = bundle.read(facts.member)
        except (OSError, KeyError, zipfile.BadZipFile) as error:
            raise ModelChanged("{file} holds no {member}", file=path.name, member=facts.member) from error
        self._network = cv2.dnn.readNetFromTFLite(np.frombuffer(raw, np.uint8))
        self._outputs = self._network.getUnconnectedOutLayersNames()
        self.model_sha256 = facts.bundle.sha256

    def landmarks(self, picture: Rgb, face: Face) -> Landmarks | None:
        """As the port. The face is turned upright by its eyes before the model sees it."""
        matrix = _upright_square(face)
        crop = cv2.warpAffine(picture, matrix, (SIDE, SIDE), borderMode=cv2.BORDER_REPLICATE)
        self._network.setInput(crop.astype(np.float32).transpose(2, 0, 1)[None] / np.float32(255))
        told = zip(self._outputs, self._network.forward(self._outputs), strict=True)
        outputs = {name: np.asarray(output, np.float32).ravel() for name, output in told}
        points, presence = outputs[POINTS].reshape(COUNT, 3), float(outputs[PRESENCE][0])
        if presence < LEAST_PRESENCE or not np.isfinite(points).all():
            return None
        back = cv2.invertAffineTransform(matrix)
        scale = float(np.hypot(back[0, 0], back[1, 0]))
        flat = points[:, :2] @ back[:, :2].T.astype(np.float32) + back[:, 2].astype(np.float32)
        return np.concatenate((flat, points[:, 2:] * np.float32(scale)), axis=1, dtype=np.float32)


def _upright_square(face: Face) -> np.ndarray:
    (x1, y1), (x2, y2) = face.points[0], face.points[1]
    length = max(float(np.hypot(x2 - x1, y2 - y1)), 1e-6)
    scale = SIDE / (ROOM * max(face.width, face.height, 1.0))
    cosine, sine = scale * (x2 - x1) / length, scale * (y2 - y1) / length
    x, y = face.x + face.width / 2, face.y + face.height / 2
    return np.array([[cosine, sine, SIDE / 2 - cosine * x - sine * y], [-sine, cosine, SIDE / 2 + sine * x - cosine * y]])  # fmt: skip
