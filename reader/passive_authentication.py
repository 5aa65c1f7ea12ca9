"""Passive authentication: data groups, security object, document signer, CSCA (Doc 9303-11 section 5.1, 9303-12 section 6).

Pure: the node repeats it with its own anchors. Low-level checks raise; here alone they become findings.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from asn1crypto import x509

from reader import cms_signature
from reader.countries import alpha_2
from reader.crypto.signatures import HASHES
from reader.errors import BadSignature, Malformed, NotSupported, ReaderError
from reader.evidence import Evidence, Finding, Result
from reader.lds import sod as sod_file
from reader.trust import TrustStore, country, verify_issued

PREFIX = "passive_authentication"
WEAK = {"sha1"}


@dataclass(frozen=True, slots=True)
class Signer:
    """The document signer as found in the security object."""

    certificate: x509.Certificate
    signed_at: datetime | None


def _finding(check: str, result: Result, code: str = "", detail: str = "", evidence: Evidence | None = None) -> Finding:
    return Finding(f"{PREFIX}.{check}", result, code, detail, evidence=evidence or {})


def verify(
    sod: bytes, groups: Mapping[str, bytes], trust: TrustStore, issuing_state: str, at: date | None = None
) -> list[Finding]:
    """All findings of passive authentication. `groups` are raw data groups by name; `issuing_state` is that of DG1.

    `at` is the day for which validity is judged when the signer states none; without either it stays inconclusive.
    """
    try:
        security_object = sod_file.parse(sod)
    except ReaderError as error:
        return [_finding("signature", Result.FAILED, "sod_malformed", str(error))]
    findings = [check_hash(security_object, name, raw) for name, raw in groups.items()]
    signer, signature = _signature(security_object)
    findings.append(signature)
    if signer is None:
        return findings
    certificate = signer.certificate
    findings.append(
        _finding(
            "document_signer",
            Result.PASSED,
            evidence={
                "subject": certificate.subject.human_friendly,
                "sha256": hashlib.sha256(certificate.dump()).hexdigest(),
            },
        )
    )
    anchor, chain = _chain(certificate, trust)
    findings += [chain, _validity(signer, at), _country(certificate, anchor, issuing_state), _revocation(certificate, trust)]  # fmt: skip
    return findings


def check_hash(security_object: sod_file.SecurityObject, name: str, raw: bytes) -> Finding:
    """Whether the raw bytes of a data group are those that were signed."""
    check = f"hash.{name}"
    stated = security_object.hashes.get(name)
    if stated is None:
        return _finding(check, Result.FAILED, "data_group_not_signed", f"{name} is not in the security object")
    if security_object.hash_algorithm not in HASHES:
        return _finding(check, Result.NOT_SUPPORTED, "not_supported", security_object.hash_algorithm)
    own = hashlib.new(security_object.hash_algorithm, raw).digest()
    if not hmac.compare_digest(own, stated):
        return _finding(check, Result.FAILED, "data_group_altered", f"{name} differs from the signed version")
    evidence: Evidence = {"algorithm": security_object.hash_algorithm, "digest": own.hex()}
    code = "weak_hash" if security_object.hash_algorithm in WEAK else ""
    return _finding(check, Result.PASSED, code, evidence=evidence)


def _signature(security_object: sod_file.SecurityObject) -> tuple[Signer | None, Finding]:
    try:
        certificate = cms_signature.verify_signed_data(security_object.signed)
        signed_at = cms_signature.signing_time(security_object.signed)
    except BadSignature as error:
        return None, _finding("signature", Result.FAILED, BadSignature.code, str(error))
    except NotSupported as error:
        return None, _finding("signature", Result.NOT_SUPPORTED, NotSupported.code, str(error))
    except Malformed as error:
        return None, _finding("signature", Result.FAILED, "sod_malformed", str(error))
    evidence: Evidence = {} if signed_at is None else {"signed_at": signed_at.isoformat()}
    return Signer(certificate, signed_at), _finding("signature", Result.PASSED, evidence=evidence)


def _chain(certificate: x509.Certificate, trust: TrustStore) -> tuple[x509.Certificate | None, Finding]:
    issuers = trust.issuers(certificate)
    if not issuers:
        subject = certificate.issuer.human_friendly
        return None, _finding("chain", Result.INCONCLUSIVE, "no_trust_anchor", f"no anchor for {subject}")
    last = ""
    for anchor in issuers:
        try:
            verify_issued(certificate, anchor)
        except ReaderError as error:
            last = str(error)
            continue
        evidence: Evidence = {
            "anchor": anchor.subject.human_friendly,
            "sha256": hashlib.sha256(anchor.dump()).hexdigest(),
        }
        return anchor, _finding("chain", Result.PASSED, evidence=evidence)
    # A state may have renewed its key under the same name: an anchor of that name that did not sign proves nothing,
    # unless the key identifier says that it is this very one.
    wanted = certificate.authority_key_identifier
    named = any(wanted is not None and anchor.key_identifier == wanted for anchor in issuers)
    if named:
        return None, _finding("chain", Result.FAILED, "signer_not_issued_by_anchor", last)
    return None, _finding("chain", Result.INCONCLUSIVE, "no_trust_anchor", last)


def _validity(signer: Signer, at: date | None) -> Finding:
    certificate = signer.certificate
    moment = signer.signed_at or (None if at is None else datetime.combine(at, time(12), UTC))
    if moment is None:
        return _finding("validity", Result.INCONCLUSIVE, "no_signing_time", "no signing time and no date given")
    start, end = certificate.not_valid_before, certificate.not_valid_after
    evidence: Evidence = {"from": start.isoformat(), "to": end.isoformat(), "at": moment.isoformat()}
    if start <= moment <= end:
        return _finding("validity", Result.PASSED, evidence=evidence)
    return _finding("validity", Result.FAILED, "signer_not_valid_then", evidence=evidence)


def _country(certificate: x509.Certificate, anchor: x509.Certificate | None, issuing_state: str) -> Finding:
    expected = alpha_2(issuing_state)
    found = [country(certificate.issuer), *([country(anchor.subject)] if anchor is not None else [])]
    evidence: Evidence = {"issuing_state": issuing_state, "certificates": found}
    if not expected or not all(found):
        return _finding("country", Result.INCONCLUSIVE, "country_unknown", evidence=evidence)
    if set(found) == {expected}:
        return _finding("country", Result.PASSED, evidence=evidence)
    return _finding("country", Result.FAILED, "country_differs", evidence=evidence)


def _revocation(certificate: x509.Certificate, trust: TrustStore) -> Finding:
    revoked = trust.revocation(certificate)
    if revoked is None:
        return _finding("revocation", Result.NOT_PERFORMED, "no_revocation_list")
    return _finding("revocation", Result.FAILED if revoked else Result.PASSED, "signer_revoked" if revoked else "")
