"""Finding the face in a picture somebody brings: upright and free-standing first, then as scans and crops come."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reader.face.errors import NoFace
from reader.face.portrait import LONGEST_SIDE
from reader.face.ports import Face, FaceEngine, Rgb

# Below this side a picture is enlarged before the second look.
SMALL_SIDE = 160
# The detector also finds faces that lie on their side, with useless points, but never as sure of them: of 62 people the
# least sure upright one had 0.93, the surest turned one 0.91.
SURE, TURN_MARGIN = 0.92, 0.02
# A second face this large beside the first (by eye distance) leaves open whose picture it is.
RIVAL = 0.5


@dataclass(frozen=True, slots=True)
class Seen:
    """The picture in which faces were found (turned or padded, if that was needed), and they; largest first."""

    picture: Rgb
    faces: list[Face]
    flags: tuple[str, ...] = ()

    @property
    def rivalled(self) -> bool:
        """Whether it is open whose picture this is."""
        return len(self.faces) > 1 and self.faces[1].eye_distance >= RIVAL * self.faces[0].eye_distance


def look(engine: FaceEngine, picture: Rgb) -> Seen:
    """All faces, with room around a crop or another turn only where the plain look leaves doubt; `faces` may be empty."""
    plain = next((seen for prepared in (picture, _roomy(picture)) if (seen := _seen(engine, prepared)).faces), Seen(picture, []))  # fmt: skip
    if _score(plain) >= SURE:
        return plain
    turned = max((_seen(engine, _turned(picture, quarters), "turned") for quarters in (1, 3, 2)), key=_score)
    return turned if _score(turned) > _score(plain) + TURN_MARGIN else plain


def _seen(engine: FaceEngine, picture: Rgb, *flags: str) -> Seen:
    return Seen(picture, engine.faces(picture), flags)


def _score(seen: Seen) -> float:
    return seen.faces[0].score if seen.faces else 0.0


def look_for_one(engine: FaceEngine, picture: Rgb) -> Seen:
    """As `look`.

    Raises:
        NoFace: there is none.
    """
    seen = look(engine, picture)
    if not seen.faces:
        raise NoFace("no face in the picture")
    return seen


def _turned(picture: Rgb, quarters: int) -> Rgb:
    return np.ascontiguousarray(np.rot90(picture, quarters))


def _roomy(picture: Rgb) -> Rgb:
    height, width = picture.shape[:2]
    # A strip of a few pixels is not enlarged to more than any other picture may have: its file is small, the result would not be.
    times = max(1, min(-(-SMALL_SIDE // min(height, width)), LONGEST_SIDE // max(height, width)))
    # A tight crop has no room around the face, and a thumbnail too few pixels.
    larger = picture.repeat(times, 0).repeat(times, 1) if times > 1 else picture
    margin = max(height, width) * times // 3
    return np.pad(larger, ((margin, margin), (margin, margin), (0, 0)), mode="edge")
