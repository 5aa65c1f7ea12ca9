"""Is this picture good enough to compare? Flags, each with what to do about it in words and its message code (UX.md 5).

Limits are those within which no false rejection was seen on development data (face.md section 3.3); outside them a picture
is not wrong, it only proves less.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from reader.face.ports import Face, Rgb

Luma = npt.NDArray[np.float32]
LEAST_EYE_DISTANCE = 20.0
# Nearer than this share of the width the face leaves the picture when it turns.
LARGEST_SHARE = 0.75
DARKEST, BRIGHTEST = 40.0, 220.0
LEAST_SHARPNESS = 2.0
# Left and right half of a face in light: lit from one side only one of them is.
MOST_UNEVEN = 2.5
# Nose off the middle of the eyes, in eye distances; 0.35 is about 30 degrees.
MOST_TURN = 0.35
# Eyes not level: the tangent of 17 degrees, which the detector tells of a head tilted by about 25; further its points fail.
MOST_ROLL = 0.3
# Contrast of the mouth over that of the eyes: 0.51 and more in 124 pictures of bare faces, 0.07 and less with a mask painted
# on. Folds of a real mask lie between, sunglasses are not noticed (docs/benchmarks/face.md).
LEAST_MOUTH = 0.3


class Advice(NamedTuple):
    """What to tell a candidate, and the code it stands under."""

    vi: str
    en: str
    code: str


ADVICE: dict[str, Advice] = {
    "no_face": Advice("Ngồi thẳng, nhìn vào camera.", "Sit up and look at the camera.", "M101"),
    "several_faces": Advice("Chỉ một người trước camera.", "One person only.", "M102"),
    "too_small": Advice("Đưa mặt lại gần hơn.", "Move closer.", "M101"),
    "too_large": Advice("Ngồi lùi lại một chút.", "Move back a little.", "M101"),
    "too_dark": Advice("Thiếu sáng, em quay về phía có đèn.", "Too dark: face the light.", "M103"),
    "too_bright": Advice("Sáng quá, em quay tránh đèn hoặc cửa sổ.", "Too bright: turn away from the lamp or window.", "M103"),
    "uneven_light": Advice("Sáng lệch một bên, em quay về phía có đèn.", "Lit from one side: face the light.", "M103"),
    "blurred": Advice("Ảnh mờ, em ngồi yên một chút.", "Blurred: keep still for a moment.", "M101"),
    "not_frontal": Advice("Nhìn thẳng vào camera.", "Look straight at the camera.", "M101"),
    "tilted": Advice("Giữ đầu thẳng.", "Hold your head upright.", "M101"),
    "covered": Advice("Bỏ khẩu trang, mũ, kính râm.", "Take off mask, hat, sunglasses.", "M101"),
}  # fmt: skip


def flags(picture: Rgb, faces: list[Face]) -> tuple[str, ...]:
    """What is wrong with a picture, most important first; empty when nothing is. `faces` are largest first."""
    if not faces:
        return ("no_face",)
    face = faces[0]
    found = ["several_faces"] if len(faces) > 1 else []
    if face.eye_distance < LEAST_EYE_DISTANCE:
        found.append("too_small")
    if face.width > LARGEST_SHARE * picture.shape[1]:
        found.append("too_large")
    luma = _luma(picture, face)
    if min(luma.shape) >= 3:
        found += _light(luma)
        if sharpness(luma) < LEAST_SHARPNESS:
            found.append("blurred")
    return (*found, *_pose(face), *_cover(picture, face))


def _light(luma: Luma) -> list[str]:
    mean = float(luma.mean())
    if mean < DARKEST:
        return ["too_dark"]
    if mean > BRIGHTEST:
        return ["too_bright"]
    middle = luma.shape[1] // 2
    left, right = float(luma[:, :middle].mean()), float(luma[:, middle:].mean())
    return ["uneven_light"] if max(left, right) > MOST_UNEVEN * max(min(left, right), 1.0) else []


def _pose(face: Face) -> list[str]:
    (x1, y1), (x2, y2), (x3, y3) = face.points[:3]
    across, down = x2 - x1, y2 - y1
    distance = max(face.eye_distance, 1e-6)
    turn = ((x3 - (x1 + x2) / 2) * across + (y3 - (y1 + y2) / 2) * down) / distance**2
    found = ["not_frontal"] if abs(turn) > MOST_TURN else []
    return [*found, "tilted"] if abs(down) > MOST_ROLL * abs(across) else found


def _cover(picture: Rgb, face: Face) -> list[str]:
    """A mask is smooth where there should be a mouth; engines without mouth corners cannot tell."""
    if len(face.points) < 5 or face.eye_distance < LEAST_EYE_DISTANCE:
        return []
    points, distance = np.array(face.points), face.eye_distance
    mouth = _contrast(picture, points[3:5].mean(0), 0.45 * distance, 0.22 * distance)
    eyes = _contrast(picture, points[:2].mean(0), 0.75 * distance, 0.22 * distance)
    return ["covered"] if mouth < LEAST_MOUTH * eyes else []


def _contrast(picture: Rgb, centre: npt.NDArray[np.float64], half_width: float, half_height: float) -> float:
    """Standard deviation of slightly smoothed brightness around a point."""
    x, y = centre
    box = Face(x - half_width, y - half_height, 2 * half_width, 2 * half_height, (), 0.0)
    luma = _luma(picture, box)
    if min(luma.shape) < 3:
        return 0.0
    rows = (luma[:-2] + luma[1:-1] + luma[2:]) / 3
    return float(((rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:]) / 3).std())


def _luma(picture: Rgb, face: Face) -> Luma:
    top, left = max(0, int(face.y)), max(0, int(face.x))
    box = picture[top : max(0, int(face.y + face.height)), left : max(0, int(face.x + face.width))]
    red, green, blue = (box[..., channel].astype(np.float32) for channel in range(3))
    return np.asarray(0.299 * red + 0.587 * green + 0.114 * blue, np.float32)


def sharpness(luma: Luma) -> float:
    """Standard deviation of the Laplacian: small in a blurred picture."""
    return float(_laplacian(luma).std())


def _laplacian(luma: Luma) -> Luma:
    inner = luma[1:-1, 1:-1]
    return np.asarray(luma[:-2, 1:-1] + luma[2:, 1:-1] + luma[1:-1, :-2] + luma[1:-1, 2:] - 4 * inner, np.float32)
