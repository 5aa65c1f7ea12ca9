"""Is this picture good enough to compare? Flags with the message code that says what to do (UX.md section 5)."""

from __future__ import annotations

import numpy as np

from reader.face.ports import Face, Rgb

# Measured limits within which no false rejection was seen (face.md section 3.3).
LEAST_SCORE = 0.8
LEAST_EYE_DISTANCE = 20.0
DARKEST, BRIGHTEST = 40.0, 220.0
LEAST_SHARPNESS = 2.0
MESSAGES = {
    "no_face": "M101",
    "several_faces": "M102",
    "too_dark": "M103",
    "too_bright": "M103",
    "too_small": "M101",
    "blurred": "M101",
}


def flags(picture: Rgb, faces: list[Face]) -> tuple[str, ...]:
    """What is wrong with a picture; empty when nothing is."""
    if not faces:
        return ("no_face",)
    found = ["several_faces"] if len(faces) > 1 else []
    face = faces[0]
    if face.eye_distance < LEAST_EYE_DISTANCE:
        found.append("too_small")
    luma = _luma(picture, face)
    if luma.size:
        mean = float(luma.mean())
        found += ["too_dark"] if mean < DARKEST else ["too_bright"] if mean > BRIGHTEST else []
        if sharpness(luma) < LEAST_SHARPNESS:
            found.append("blurred")
    return tuple(found)


def _luma(picture: Rgb, face: Face) -> np.ndarray:
    top, left = max(0, int(face.y)), max(0, int(face.x))
    box = picture[top : int(face.y + face.height), left : int(face.x + face.width)]
    return box.astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)


def sharpness(luma: np.ndarray) -> float:
    """Standard deviation of the Laplacian: small in a blurred picture."""
    if min(luma.shape) < 3:
        return 0.0
    inner = luma[1:-1, 1:-1]
    laplacian = luma[:-2, 1:-1] + luma[2:, 1:-1] + luma[1:-1, :-2] + luma[1:-1, 2:] - 4 * inner
    return float(laplacian.std())
