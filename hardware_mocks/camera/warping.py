"""Moving pictures from still ones: a head with depth from its landmarks, and a sheet of paper, flat or bent.

The head is turned in space by the landmark model's own depth, so the figures drawn from it flatter the product: nothing is
hidden behind a nose or blurred by motion (docs/benchmarks/face.md).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt
from scipy.spatial import Delaunay

from reader.face.ports import Landmarks, Rgb

Map = npt.NDArray[np.float32]
MESH = 468
NOSE = 1
# Upper lids and the lower ones under them, of the MediaPipe mesh.
UPPER: tuple[int, ...] = (246, 161, 160, 159, 158, 157, 173, 466, 388, 387, 386, 385, 384, 398)
LOWER: tuple[int, ...] = (7, 163, 144, 145, 153, 154, 155, 249, 390, 373, 374, 380, 381, 382)
# Skin under the brows, whose colour a closed lid has.
SKIN = ((27, 28, 56), (257, 258, 286))
OVAL = (10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109)  # fmt: skip
STEP = 4  # pixels between the places where the warp is computed
LID_FROM = 0.7  # share of closing from which the lids meet
FINE_STEP = 2  # while eyes close: a lid is a few pixels high
HAIR = 1.4  # the ring of hair and ears around the face, in sizes of its oval
DISTANCE = 7.0  # of the camera, in widths of the face


@dataclass(frozen=True, slots=True)
class Posture:
    """How somebody sits: degrees to their left, how much nearer than at rest, eyes closed 0 to 1, shifted by pixels."""

    yaw: float = 0.0
    nearer: float = 1.0
    closed: float = 0.0
    shift: tuple[float, float] = (0.0, 0.0)


class Head:
    """One person's head, from a picture and its landmarks."""

    def __init__(self, picture: Rgb, landmarks: Landmarks) -> None:
        self.picture = picture
        height, width = picture.shape[:2]
        mesh = landmarks[:MESH].astype(np.float64)
        oval = mesh[list(OVAL)]
        self._centre = np.append(oval[:, :2].mean(0), oval[:, 2].max())
        ring = self._centre + (oval - self._centre) * np.array([HAIR, HAIR, 1.0])
        ring[:, 2] = oval[:, 2]  # hair as deep as the edge of the face: what lies deeper would fold over it
        self._inside = np.concatenate((mesh, ring))
        edge = np.linspace(0, 1, 7)
        self._border = np.unique(np.concatenate([np.stack((a, b), 1) for a, b in ((edge * (width - 1), 0 * edge), (edge * (width - 1), 0 * edge + height - 1), (0 * edge, edge * (height - 1)), (0 * edge + width - 1, edge * (height - 1)))]), axis=0)  # fmt: skip
        self._reach = DISTANCE * float(np.ptp(oval[:, 0]))

    def show(self, posture: Posture) -> Rgb:
        """The picture of this posture; the background stays."""
        moved = self._moved(posture)
        height, width = self.picture.shape[:2]
        target = np.concatenate((moved.clip((2, 2), (width - 3, height - 3)), self._border))
        source = np.concatenate((self._inside[:, :2], self._border))
        step = FINE_STEP if posture.closed else STEP
        low = np.floor(moved.min(0) / STEP).astype(int).clip(0) * STEP
        high = (np.ceil(moved.max(0) / STEP).astype(int) * STEP + STEP).clip(0, (width - 1, height - 1))
        x, y = np.arange(low[0], high[0] + 1, step), np.arange(low[1], high[1] + 1, step)
        grid = np.stack(np.meshgrid(x, y), -1).astype(np.float64)
        coarse = _by_triangles(target, source, grid)
        maps = _between(coarse, int(x[-1] - x[0]) + 1, int(y[-1] - y[0]) + 1, step)
        shown = self.picture.copy()
        patch = cv2.remap(self.picture, maps[..., 0], maps[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        shown[y[0] : y[-1] + 1, x[0] : x[-1] + 1] = patch
        return self._lids(shown, self._moved(replace(posture, closed=0.0))) if posture.closed > LID_FROM else shown

    def _lids(self, shown: Rgb, moved: npt.NDArray[np.float64]) -> Rgb:
        """Skin over the open eyes and a line of lashes below: what stretching alone leaves is a half open eye."""
        layer, mask = shown.copy(), np.zeros(shown.shape[:2], np.uint8)
        for eye, skin in enumerate(SKIN):
            half = slice(7 * eye, 7 * eye + 7)
            upper, lower = moved[list(UPPER[half])], moved[list(LOWER[half])]
            spots = moved[list(skin)].round().astype(int)
            red, green, blue = np.median(shown[spots[:, 1], spots[:, 0]].astype(np.float64), axis=0).tolist()
            colour = (float(red), float(green), float(blue))
            outline = np.concatenate((upper, lower[::-1])).round().astype(np.int32)
            lashes = [(lower + (upper - lower) * 0.08).round().astype(np.int32)]
            cv2.fillPoly(layer, [outline], colour)
            cv2.fillPoly(mask, [outline], 255)
            cv2.polylines(layer, lashes, isClosed=False, color=tuple(value * 0.35 for value in colour), thickness=2)
            cv2.polylines(mask, lashes, isClosed=False, color=255, thickness=3)
        share = cv2.GaussianBlur(cv2.dilate(mask, np.ones((3, 3), np.uint8)), (3, 3), 0)[..., None] / 255.0
        return np.asarray(layer * share + shown * (1 - share), np.uint8)

    def _moved(self, posture: Posture) -> npt.NDArray[np.float64]:
        points = self._inside.copy()
        upper, lower = list(UPPER), list(LOWER)
        points[upper] += 0.95 * posture.closed * (points[lower] - points[upper])
        x, y, z = (points - self._centre).T
        angle = np.radians(posture.yaw)
        turned_x = x * np.cos(angle) - z * np.sin(angle)
        turned_z = z * np.cos(angle) + x * np.sin(angle)
        scale = posture.nearer * self._reach / (self._reach + turned_z)
        moved = np.stack((turned_x * scale, y * scale), 1) + self._centre[:2] + np.array(posture.shift)
        return np.asarray(moved, np.float64)


def _by_triangles(target: npt.NDArray[np.float64], source: npt.NDArray[np.float64], grid: npt.NDArray[np.float64]) -> Map:  # fmt: skip
    """Where each point of a regular grid comes from, triangle by triangle.

    SciPy's own interpolator solves one small system a triangle, which wakes the threads of the linear algebra library a
    thousand times a picture; two determinants do.
    """
    step, origin = grid[0, 1, 0] - grid[0, 0, 0], grid[0, 0]
    triangles = Delaunay(target).simplices
    owner = np.full(grid.shape[:2], -1, np.int32)
    corners = np.round((target[triangles] - origin) / step * 16).astype(np.int32)
    for number, corner in enumerate(corners):
        cv2.fillConvexPoly(owner, corner, number, shift=4)
    p, q = target[triangles], source[triangles]
    (ux, uy), (vx, vy) = (p[:, 1] - p[:, 0]).T, (p[:, 2] - p[:, 0]).T
    area = ux * vy - uy * vx
    area = np.where(np.abs(area) < 1e-9, 1e-9, area)
    offset = grid - p[owner, 0]
    first = ((offset[..., 0] * vy[owner] - offset[..., 1] * vx[owner]) / area[owner])[..., None]
    second = ((offset[..., 1] * ux[owner] - offset[..., 0] * uy[owner]) / area[owner])[..., None]
    mapped = q[owner, 0] + first * (q[owner, 1] - q[owner, 0]) + second * (q[owner, 2] - q[owner, 0])
    return np.where(owner[..., None] < 0, grid, mapped).astype(np.float32)


def _between(coarse: Map, width: int, height: int, step: int) -> Map:
    """The coarse grid at every pixel: corners of the grid lie on pixels 0, step, 2 step, ..."""
    x, y = np.meshgrid(np.arange(width, dtype=np.float32) / step, np.arange(height, dtype=np.float32) / step)
    return np.asarray(cv2.remap(coarse, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)


def sheet(picture: Rgb, background: Rgb, posture: Posture, *, bent: float = 0.0) -> Rgb:
    """A print of the picture, as large as the frame, held before a background and turned; `bent` around an upright axis.

    `bent` is the half angle of the arc in degrees; 0 is flat.
    """
    height, width = background.shape[:2]
    x, y = np.meshgrid((np.arange(width) - width / 2) / width, (np.arange(height) - height / 2) / width)
    x, y = (x - posture.shift[0] / width) / posture.nearer, (y - posture.shift[1] / width) / posture.nearer
    angle, far = np.radians(posture.yaw), 2.5  # the camera is so many widths of the sheet away
    if not bent:
        # Point u on the sheet is at (u cos, depth u sin); seen at u cos * far / (far + u sin).
        u = x * far / (far * np.cos(angle) - x * np.sin(angle))
        depth = u * np.sin(angle)
    else:
        half = np.radians(bent)
        radius = 0.5 / half
        along = np.linspace(-0.5, 0.5, 400)
        bow_x, bow_z = radius * np.sin(along / radius), radius * (1 - np.cos(along / radius))
        turned_x = bow_x * np.cos(angle) - bow_z * np.sin(angle)
        turned_z = bow_x * np.sin(angle) + bow_z * np.cos(angle)
        seen = turned_x * far / (far + turned_z)
        order = np.argsort(seen)
        u = np.interp(x, seen[order], along[order], left=-2, right=2)
        depth = np.interp(u, along, turned_z)
    v = y * (far + depth) / far
    source_x, source_y = ((u + 0.5) * width).astype(np.float32), (v * width + height / 2).astype(np.float32)
    shown = cv2.remap(picture, source_x, source_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    outside = (source_x < 0) | (source_x > width - 1) | (source_y < 0) | (source_y > height - 1)
    shown[outside] = background[outside]
    return np.asarray(shown, np.uint8)


def enlarged(picture: Rgb, width: int, height: int) -> Rgb:
    """Scaled to cover a frame, cut to its shape."""
    factor = max(width / picture.shape[1], height / picture.shape[0])
    scaled = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
    top, left = (scaled.shape[0] - height) // 2, (scaled.shape[1] - width) // 2
    return np.asarray(scaled[top : top + height, left : left + width], np.uint8)
