"""What 478 landmarks say about a head: how far it is turned, how open its eyes are, how near it is, how flat.

Landmark numbers are those of the MediaPipe face mesh. Left and right are the candidate's own: in a picture that is not
mirrored, their left eye is on the right. Lengths are pixels of the picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from reader.face.ports import Landmarks

Points = npt.NDArray[np.float64]
NOSE, LIP, MOUTH = 1, 0, (61, 291)
MESH = 468  # the last ten are irises


class Eye(NamedTuple):
    """Corners, and the two pairs of lid points between them."""

    outer: int
    inner: int
    lids: tuple[tuple[int, int], tuple[int, int]]


RIGHT_EYE = Eye(33, 133, ((160, 144), (158, 153)))
LEFT_EYE = Eye(263, 362, ((387, 373), (385, 380)))


@dataclass(frozen=True, slots=True)
class Pose:
    """`turn`: nose off the middle of the eyes, in eye distances, positive to the candidate's left; 0.24 is about 20 degrees.

    `openness`: height of the eyes over their width, 0.3 open and 0.1 closed. `eye_distance` shrinks when a head turns,
    `length` (eyes to upper lip) does not: it says how near the head is.
    """

    turn: float
    openness: float
    eye_distance: float
    length: float
    centre: tuple[float, float]


def pose(landmarks: Landmarks) -> Pose:
    """The pose of one face. `landmarks` is 478 x 3: x and y in pixels, z on the same scale."""
    xy = landmarks[:, :2].astype(np.float64)
    right, left = _middle(xy, RIGHT_EYE), _middle(xy, LEFT_EYE)
    axis = left - right
    distance = max(float(np.hypot(*axis)), 1e-6)
    middle = (right + left) / 2
    turn = float((xy[NOSE] - middle) @ axis) / distance**2
    openness = (_openness(xy, RIGHT_EYE) + _openness(xy, LEFT_EYE)) / 2
    return Pose(turn, openness, distance, float(np.hypot(*(xy[LIP] - middle))), (float(middle[0]), float(middle[1])))


def five_points(landmarks: Landmarks) -> tuple[tuple[float, float], ...]:
    """Right eye, left eye, nose, right and left corner of the mouth, as face engines take them."""
    xy = landmarks[:, :2].astype(np.float64)
    points = (_middle(xy, RIGHT_EYE), _middle(xy, LEFT_EYE), xy[NOSE], xy[MOUTH[0]], xy[MOUTH[1]])
    return tuple((float(x), float(y)) for x, y in points)


def flatness_residual(front: Landmarks, turned: Landmarks) -> float:
    """How badly a plane explains the turn: RMS distance after the best homography, in spans of the eyes.

    A picture, flat or bent, moves as a plane nearly does (0.005, 95 % below 0.007); a head at 20 degrees leaves 0.048
    (face.md section 5.2).
    """
    source, target = _normal(front), _normal(turned)
    mapped = _apply(_homography(source, target), source)
    span = float(np.hypot(*(source[RIGHT_EYE.outer] - source[LEFT_EYE.outer])))
    return float(np.sqrt(((mapped - target) ** 2).sum(1).mean())) / max(span, 1e-9)


def _middle(xy: Points, eye: Eye) -> Points:
    return np.asarray((xy[eye.outer] + xy[eye.inner]) / 2, np.float64)


def _openness(xy: Points, eye: Eye) -> float:
    heights = sum(float(np.hypot(*(xy[upper] - xy[lower]))) for upper, lower in eye.lids)
    return heights / (2 * max(float(np.hypot(*(xy[eye.outer] - xy[eye.inner]))), 1e-6))


def _normal(landmarks: Landmarks) -> Points:
    """Centred on the nose and scaled by the length of the face, so that near and far compare."""
    seen = pose(landmarks)
    xy = landmarks[:MESH, :2].astype(np.float64)
    return np.asarray((xy - xy[NOSE]) / max(seen.length, 1e-6), np.float64)


def _homography(source: Points, target: Points) -> Points:
    """Direct linear transform over all points (Hartley and Zisserman, algorithm 4.1; the input is already normal)."""
    x, y = source.T
    u, v = target.T
    one, zero = np.ones_like(x), np.zeros_like(x)
    rows = np.concatenate((
        np.stack((-x, -y, -one, zero, zero, zero, u * x, u * y, u), 1),
        np.stack((zero, zero, zero, -x, -y, -one, v * x, v * y, v), 1),
    ))  # fmt: skip
    _, vectors = np.linalg.eigh(np.einsum("ij,ik->jk", rows, rows))
    return np.asarray(vectors[:, 0].reshape(3, 3), np.float64)


def _apply(homography: Points, points: Points) -> Points:
    mapped = np.concatenate((points, np.ones((len(points), 1))), 1) @ homography.T
    depth = mapped[:, 2:]
    return np.asarray(mapped[:, :2] / np.where(np.abs(depth) < 1e-9, 1e-9, depth), np.float64)
