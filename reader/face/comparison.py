"""One portrait against several live frames: the median decides (DESIGN.md section 4.2, face.md section 5.2)."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from reader.evidence import Basis, Evidence, Finding, Result
from reader.face import quality
from reader.face.errors import NoFace
from reader.face.ports import Face, FaceEngine, Rgb
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


def compare(engine: FaceEngine, facts: EngineFacts, portrait: Rgb, frames: Sequence[Rgb]) -> FaceComparison:
    """Compare a portrait with live frames; frames that fail the quality gate do not count.

    Raises:
        NoFace: the portrait itself shows no face.
    """
    reference = engine.embed(portrait, only_face(engine, portrait))
    similarities: list[float] = []
    flags: list[str] = []
    for frame in frames:
        faces = engine.faces(frame)
        wrong = quality.flags(frame, faces)
        flags += wrong
        if not set(wrong) & {"no_face", "several_faces"}:
            similarities.append(engine.similarity(reference, engine.embed(frame, faces[0])))
    found = tuple(dict.fromkeys(flags))
    if not similarities:
        return FaceComparison(None, "retry", 0, found)
    median = statistics.median(similarities)
    return FaceComparison(median, facts.band(median), len(similarities), found)


def findings(comparison: FaceComparison, engine: FaceEngine, facts: EngineFacts) -> tuple[Finding, Finding]:
    """As findings of a check-in. Nobody but the station saw the face, so the basis says so.

    A challenge of liveness needs a moving person; where none was put, that is said and not made up.
    """
    evidence: Evidence = {
        "engine": engine.name,
        "model_sha256": engine.model_sha256,
        "thresholds": facts.version,
        "frames": comparison.frames,
        "flags": list(comparison.flags),
    }
    if comparison.similarity is None:
        verdict = Finding("face.comparison", Result.INCONCLUSIVE, "face_not_found", basis=Basis.STATION_ATTESTED, evidence=evidence)  # fmt: skip
    else:
        evidence["similarity"] = f"{comparison.similarity:.2f}"
        evidence["fmr_at_accept"] = f"{facts.fmr_at(facts.accept):.4f}"
        band = comparison.band
        verdict = Finding(
            "face.comparison", RESULTS[band], CODES[band], basis=Basis.STATION_ATTESTED, evidence=evidence
        )
    liveness = Finding("face.liveness", Result.NOT_PERFORMED, "liveness_not_performed", basis=Basis.STATION_ATTESTED)
    return verdict, liveness
