"""The four things that can be asked, recognised against a person's own face at rest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from reader.face.liveness.challenge import Prompt
from reader.face.liveness.geometry import Pose
from reader.face.liveness.limits import Limits


@dataclass(frozen=True, slots=True)
class Rest:
    """The face at rest: medians of the frames before the first prompt."""

    turn: float
    openness: float
    narrowness: float
    length: float

    @classmethod
    def of(cls, poses: Iterable[Pose]) -> Rest:
        """From a few frames looking straight ahead."""
        seen = list(poses)
        return cls(
            median(pose.turn for pose in seen),
            median(pose.openness for pose in seen),
            median(pose.eye_distance / pose.length for pose in seen),
            median(pose.length for pose in seen),
        )


def turned(pose: Pose, rest: Rest, limits: Limits) -> Prompt | None:
    """Which way a head is fully turned, if it is."""
    off = pose.turn - rest.turn
    return "left" if off >= limits.turned else "right" if off <= -limits.turned else None


def facing(pose: Pose, rest: Rest, limits: Limits) -> bool:
    """Whether the head looks ahead again."""
    return abs(pose.turn - rest.turn) <= limits.returned


def turned_like_paper(pose: Pose, rest: Rest, limits: Limits) -> bool:
    """The eyes have come together as when something turns, yet the nose has stayed between them."""
    narrow = pose.eye_distance / pose.length < limits.narrowed * rest.narrowness
    return narrow and abs(pose.turn - rest.turn) < limits.nose_stays


class Blink:
    """Eyes that close for at least `shortest` seconds and open again, while the head looks ahead."""

    def __init__(self, limits: Limits, shortest: float) -> None:
        self._limits, self._shortest = limits, shortest
        self._closed_at: float | None = None
        self._last_open: float | None = None

    def see(self, pose: Pose, at: float, rest: Rest) -> float | None:
        """When the eyes began to close, once they are open again after a whole blink."""
        limits = self._limits
        if not facing(pose, rest, limits):
            self._closed_at = None
            return None
        if pose.openness < limits.closed * rest.openness:
            self._closed_at = at if self._closed_at is None else self._closed_at
            return None
        if self._closed_at is None or pose.openness < limits.reopened * rest.openness:
            return None
        began, self._closed_at = self._closed_at, None
        return began if self._shortest <= at - began <= limits.blink_longest else None
