"""What an inspection found, as facts without a verdict.

A `Finding` states one check, its result and the evidence for it; `IdentityEvidence` is everything that was found at one
check-in. Whether the holder may sit is decided elsewhere (`exam_engine.admission`). Source: DESIGN.md sections 3 and 4.2,
Doc 9303-11 section 5 (inspection).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Result(StrEnum):
    """Outcome of one check; anything unknown is `NOT_PERFORMED`, never `PASSED`."""

    PASSED = "passed"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"
    NOT_SUPPORTED = "not_supported"
    NOT_PERFORMED = "not_performed"


class Basis(StrEnum):
    """Whether somebody else can repeat the check from the bytes kept, or must believe the station."""

    REVERIFIABLE = "reverifiable"
    STATION_ATTESTED = "station_attested"


# Canonical records hold no floats (DESIGN.md section 7): measured reals are written as decimal strings.
Scalar = str | int | bool
Evidence = dict[str, Scalar | list[str] | list[int]]


@dataclass(frozen=True, slots=True)
class Finding:
    """One check. `check` is a name of CLI.md (`passive_authentication.signature`, `face.comparison`, ...)."""

    check: str
    result: Result
    code: str = ""
    detail: str = ""
    basis: Basis = Basis.REVERIFIABLE
    evidence: Evidence = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Holder:
    """Who the chip says it belongs to. Dates are ISO 8601 (`YYYY-MM-DD`, or "" where the chip gives none)."""

    document_number: str
    personal_number: str
    name: str
    name_mrz: str
    birth_date: str
    sex: str
    expiry_date: str
    issuing_state: str


@dataclass(frozen=True, slots=True)
class ChipFiles:
    """Raw files that the node verifies again; the portrait itself stays at the station, only its hash goes."""

    sod: bytes
    dg1: bytes
    dg14: bytes | None = None
    dg15: bytes | None = None
    dg2_sha256: str = ""
    active_authentication_nonce: bytes | None = None
    active_authentication_signature: bytes | None = None


@dataclass(frozen=True, slots=True)
class IdentityEvidence:
    """Everything found at one check-in. `holder` and `files` are None when no card was read."""

    holder: Holder | None
    files: ChipFiles | None
    findings: tuple[Finding, ...] = ()

    def finding(self, check: str) -> Finding:
        """The finding of that name; a check that nobody made is `NOT_PERFORMED`."""
        for candidate in self.findings:
            if candidate.check == check:
                return candidate
        return Finding(check, Result.NOT_PERFORMED, code="not_performed")

    def with_findings(self, *more: Finding) -> IdentityEvidence:
        """The same evidence with further findings appended."""
        return IdentityEvidence(self.holder, self.files, (*self.findings, *more))
