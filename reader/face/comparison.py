"""One portrait against several live frames: the median decides (DESIGN.md section 4.2, face.md section 5.2)."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from reader.evidence import Basis, Evidence, Finding, Result
from reader.face.errors import NoFace
from reader.face.ports import Comparer, Embedding, Face, FaceEngine, Rgb
from reader.face.thresholds import Band, EngineFacts

CODES = {"accept": "", "refer": "face_uncertain", "retry": "face_mismatch"}
RESULTS = {"accept": Result.PASSED, "refer": Result.INCONCLUSIVE, "retry": Result.FAILED}


@dataclass(frozen=True, slots=True)
class FaceComparison:
    """The outcome. `similarity` is the median over `frames` usable ones, None if there was none."""

    similarity: float | None
    band: Band
    frames: int
    flags: tuple[str, ...]


def only_face(engine: FaceEngine, picture: Rgb) -> Face:
    """The largest face.

    Raises:
        NoFace: there is none.
    """
    faces = engine.faces(picture)
    if not faces:
        raise NoFace("no face in the picture")
    return faces[0]


def reference_of(engine: FaceEngine, portrait: Rgb) -> Embedding:
    """The features of a portrait.

    Raises:
        NoFace: it shows no face.
    """
    return engine.embed(portrait, only_face(engine, portrait))


def judge(
    engine: Comparer,
    facts: EngineFacts,
    reference: Embedding,
    samples: Sequence[Embedding],
    flags: tuple[str, ...] = (),
) -> FaceComparison:
    """Compare features of a portrait with those of live frames, as many as there are: the median decides."""
    if not samples:
        return FaceComparison(None, "retry", 0, flags)
    median = statistics.median(engine.similarity(reference, sample) for sample in samples)
    return FaceComparison(median, facts.band(median), len(samples), flags)


def finding(comparison: FaceComparison, engine: Comparer, facts: EngineFacts) -> Finding:
    """As a finding of a check-in. Nobody but the station saw the face, so the basis says so.

    Kept are the band and what it stands for, never the similarity itself: who knows it can climb towards a match.
    """
    evidence: Evidence = {
        "engine": engine.name,
        "model_sha256": engine.model_sha256,
        "thresholds": facts.version,
        "frames": comparison.frames,
        "flags": list(comparison.flags),
        "fmr_at_accept": f"{facts.fmr_at(facts.accept):.4f}",
    }
    if comparison.similarity is None:
        return Finding("face.comparison", Result.INCONCLUSIVE, "face_not_found", basis=Basis.STATION_ATTESTED, evidence=evidence)  # fmt: skip
    band = comparison.band
    evidence["band"] = band
    return Finding("face.comparison", RESULTS[band], CODES[band], basis=Basis.STATION_ATTESTED, evidence=evidence)
