"""Thresholds as data: bands of each engine and the false-match rate that a similarity stands for."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Literal

Band = Literal["accept", "refer", "retry"]


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A model file inside an installed package."""

    file: str
    sha256: str


@dataclass(frozen=True, slots=True)
class EngineFacts:
    """One engine: where its models lie and what its similarities mean."""

    name: str
    package: str
    detector: ModelFile
    recogniser: ModelFile
    accept: float
    refer: float
    fmr: tuple[tuple[float, float], ...]
    least_fmr: float
    version: str

    def band(self, similarity: float) -> Band:
        """Accept, refer to a person, or try again."""
        if similarity >= self.accept:
            return "accept"
        return "refer" if similarity >= self.refer else "retry"

    def fmr_at(self, similarity: float) -> float:
        """The measured false-match rate at a threshold, log-linear between the measured points.

        Never below what the set could show at all: three in so many impostor pairs.
        """
        points = self.fmr
        index = max(0, min(len(points) - 2, sum(similarity >= point[0] for point in points) - 1))
        (x1, y1), (x2, y2) = points[index], points[index + 1]
        slope = (math.log(y2) - math.log(y1)) / (x2 - x1)
        return min(1.0, max(self.least_fmr, math.exp(math.log(y1) + slope * (similarity - x1))))


@dataclass(frozen=True, slots=True)
class LandmarkFacts:
    """Where the landmark model lies: `member` of a zip."""

    package: str
    bundle: ModelFile
    member: str


def _table() -> dict[str, Any]:
    return tomllib.loads((files("reader") / "face" / "models.toml").read_text(encoding="utf-8"))


def landmarks() -> LandmarkFacts:
    """The facts of the landmark model."""
    found = _table()["landmarks"]
    return LandmarkFacts(found["package"], ModelFile(**found["bundle"]), found["member"])


def engine(name: str) -> EngineFacts:
    """The facts of one engine.

    Raises:
        KeyError: no engine of that name.
    """
    table = _table()
    found = table["engines"][name]
    points = tuple((float(x), float(y)) for x, y in found["fmr"])
    models = ModelFile(**found["detector"]), ModelFile(**found["recogniser"])
    return EngineFacts(
        name, found["package"], *models, found["accept"], found["refer"], points, table["least_fmr"], table["version"]
    )
