"""What a check-in keeps of a challenge: what was asked and what came of it, never a picture, a feature or a raw score."""

from __future__ import annotations

from collections.abc import Sequence

from reader.evidence import Basis, Evidence, Finding, Result
from reader.face.liveness.trial import Outcome, Verdict

CHECK = "face.liveness"
# Every failure goes to a person: neither of the last two refuses anybody (DESIGN.md section 4.2).
RESULTS: dict[Verdict, tuple[Result, str]] = {
    "live": (Result.PASSED, ""),
    "not_live": (Result.FAILED, "liveness_failed"),
    "inconclusive": (Result.INCONCLUSIVE, "liveness_failed"),
}


def finding(outcome: Outcome, models: Sequence[str], limits: str) -> Finding:
    """The finding of one try."""
    result, code = RESULTS[outcome.verdict]
    evidence: Evidence = {
        "challenge": [f"{step.prompt}:{step.result}" for step in outcome.steps],
        "identity_kept": outcome.identity_kept,
        "flags": list(outcome.flags),
        "limits": limits,
        "model_sha256": list(models),
    }
    return Finding(CHECK, result, code, basis=Basis.STATION_ATTESTED, evidence=evidence)


def not_performed() -> Finding:
    """No challenge was put: that is said and not made up."""
    return Finding(CHECK, Result.NOT_PERFORMED, "liveness_not_performed", basis=Basis.STATION_ATTESTED)
