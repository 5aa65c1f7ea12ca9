"""What an inspection found, as facts without a verdict.

A `Finding` states one check, its result and the evidence for it; `IdentityEvidence` is everything that was found at one
check-in. Whether the holder may sit is decided elsewhere (`exam_engine.admission`). Source: DESIGN.md sections 3 and 4.2,
Doc 9303-11 section 5 (inspection).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

Verdict = Literal["authentic", "not_authentic", "inconclusive"]
ChipVerdict = Literal["genuine", "not_genuine", "inconclusive", "not_supported", "not_performed"]
CHIP_CHECKS = ("chip_authentication", "active_authentication", "pace_cam")


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
Evidence = dict[str, Scalar | list[str]]


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


def data_verdict(findings: Iterable[Finding], *, groups_expected: bool = True) -> Verdict:
    """`authentic` only if signature, chain and every hash passed; a failure anywhere is `not_authentic`."""
    judged = [finding for finding in findings if finding.check.startswith("passive_authentication.")]
    by_check = {finding.check.removeprefix("passive_authentication."): finding.result for finding in judged}
    if Result.FAILED in by_check.values():
        return "not_authentic"
    needed = [
        by_check.get(check, Result.NOT_PERFORMED) for check in ("signature", "document_signer", "chain", "country")
    ]
    hashes = [result for check, result in by_check.items() if check.startswith("hash.")]
    if groups_expected and not hashes:
        return "inconclusive"
    return "authentic" if all(result is Result.PASSED for result in (*needed, *hashes)) else "inconclusive"


def chip_verdict(findings: Iterable[Finding], data: Verdict) -> ChipVerdict:
    """Genuine only if the chip proved its key and the data group that carried the key is authentic."""
    results = {finding.check: finding.result for finding in findings}
    proofs = [results[check] for check in CHIP_CHECKS if check in results]
    if Result.FAILED in proofs or results.get("consistency.promised_keys") is Result.FAILED:
        return "not_genuine"
    if Result.PASSED in proofs:
        return "genuine" if data == "authentic" else "inconclusive"
    if Result.INCONCLUSIVE in proofs:
        return "inconclusive"
    return "not_supported" if Result.NOT_SUPPORTED in proofs else "not_performed"
