"""Passive authentication: data groups, security object, document signer, CSCA (Doc 9303-11 section 5.1, 9303-12 section 6).

Pure: the node repeats it with its own anchors. Low-level checks raise; here alone they become findings. Nothing that this
program lacks (an anchor, an algorithm, the signer's certificate) is ever told as a forgery.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from reader import cms_signature, countries, trust
from reader.certificate import Certificate
from reader.cms import SignerInfo
from reader.crypto import signatures
from reader.errors import BadSignature, Malformed, NoSignerCertificate, NoTrustAnchor, NotSupported, ReaderError
from reader.evidence import Evidence, Finding, Result
from reader.lds import dg1
from reader.lds import sod as sod_file
from reader.trust import TrustStore

PREFIX = "passive_authentication"
WEAK = {"sha1"}
# Signers of master lists, deviation lists and visible seals are issued by the same CSCA and sign no chips (Doc 9303-12).
OTHER_PURPOSES = {"2.23.136.1.1.3", "2.23.136.1.1.8", "2.23.136.1.1.11.1", "2.23.136.1.1.14.2"}


@dataclass(frozen=True, slots=True)
class Signer:
    """The document signer as found in the security object."""

    certificate: Certificate
    signed_at: datetime | None


def _finding(check: str, result: Result, code: str = "", detail: str = "", evidence: Evidence | None = None) -> Finding:
    return Finding(f"{PREFIX}.{check}", result, code, detail, evidence=evidence or {})


def verify(
    sod: bytes, groups: Mapping[str, bytes], store: TrustStore, issuing_state: str, at: date | None = None
) -> list[Finding]:
    """All findings of passive authentication. `groups` are raw data groups by name; `issuing_state` is that of DG1.

    `at` is the day for which validity is judged when the signer states none; without either it stays inconclusive.
    """
    try:
        security_object = sod_file.parse(sod)
    except NotSupported as error:
        return [_finding("signature", Result.NOT_SUPPORTED, error.code, str(error))]
    except ReaderError as error:
        return [_finding("signature", Result.FAILED, "sod_malformed", str(error))]
    findings = [check_hash(security_object, name, raw) for name, raw in groups.items()]
    signer, signature = _signature(security_object, store)
    findings.append(signature)
    if signer is None:
        return findings
    path, chain = _chain(signer.certificate, store)
    findings += [
        _document_signer(signer.certificate),
        chain,
        _validity(signer, path, at),
        _country(signer.certificate, path, issuing_state),
        _document_type(signer.certificate, groups.get("DG1")),
        _revocation(signer.certificate, path, store, at),
    ]
    return findings + _deviations(signer.certificate, store)


def check_hash(security_object: sod_file.SecurityObject, name: str, raw: bytes) -> Finding:
    """Whether the raw bytes of a data group are those that were signed."""
    check = f"hash.{name}"
    stated = security_object.hashes.get(name)
    if stated is None:
        return _finding(check, Result.FAILED, "data_group_not_signed", f"{name} is not in the security object")
    if security_object.hash_algorithm not in signatures.HASHES:
        return _finding(check, Result.NOT_SUPPORTED, "not_supported", security_object.hash_algorithm)
    own = hashlib.new(security_object.hash_algorithm, raw, usedforsecurity=False).digest()
    if not hmac.compare_digest(own, stated):
        return _finding(check, Result.FAILED, "data_group_altered", f"{name} differs from the signed version")
    evidence: Evidence = {"algorithm": security_object.hash_algorithm, "digest": own.hex()}
    return _finding(check, Result.PASSED, _weak(security_object.hash_algorithm), evidence=evidence)


def _weak(*hash_names: str) -> str:
    return "weak_hash" if WEAK.intersection(hash_names) else ""


# -- signature -------------------------------------------------------------------------------------------------------


def _signature(security_object: sod_file.SecurityObject, store: TrustStore) -> tuple[Signer | None, Finding]:
    check = "signature"
    try:
        certificate, info = cms_signature.verify_signed_data(security_object.signed, store.document_signers())
    except BadSignature as error:
        return None, _finding(check, Result.FAILED, error.code, str(error))
    except NotSupported as error:
        return None, _finding(check, Result.NOT_SUPPORTED, error.code, str(error))
    except NoSignerCertificate as error:
        return None, _finding(check, Result.INCONCLUSIVE, error.code, str(error))
    except ReaderError as error:
        return None, _finding(check, Result.FAILED, "sod_malformed", str(error))
    return Signer(certificate, info.signing_time), _signed(security_object, info)


def _signed(security_object: sod_file.SecurityObject, info: SignerInfo) -> Finding:
    """A signature that verifies, with what is unusual about it as its code."""
    used = sorted(cms_signature.hash_names(info))
    agrees = cms_signature.content_type_agrees(security_object.signed, info)
    evidence: Evidence = {
        "hashes": used,
        "content_type": security_object.content_type,
        "version": security_object.version,
        "lds_version": security_object.lds_version,
    }
    if info.signing_time is not None:
        evidence["signed_at"] = info.signing_time.isoformat()
    return _finding("signature", Result.PASSED, _weak(*used) or ("" if agrees else "content_type_differs"), "", evidence)  # fmt: skip


# -- signer and chain ------------------------------------------------------------------------------------------------


def _named(certificate: Certificate) -> Evidence:
    return {"subject": certificate.subject.text, "serial": certificate.serial, "sha256": certificate.sha256}


def _document_signer(certificate: Certificate) -> Finding:
    """The certificate that signed; one made for another purpose must not sign chips."""
    check, evidence = "document_signer", {**_named(certificate), "issuer": certificate.issuer.text}
    purposes = set(certificate.extended_key_usage)
    if purposes and purposes <= OTHER_PURPOSES:
        return _finding(check, Result.FAILED, "not_a_document_signer", ", ".join(sorted(purposes)), evidence)
    unusual = certificate.authority or not certificate.may_sign_documents
    return _finding(check, Result.PASSED, "unusual_key_usage" if unusual else "", evidence=evidence)


def _chain(certificate: Certificate, store: TrustStore) -> tuple[list[Certificate], Finding]:
    check = "chain"
    try:
        path = trust.chain(certificate, store)
    except NoTrustAnchor as error:
        return [], _finding(check, Result.INCONCLUSIVE, error.code, str(error))
    except NotSupported as error:
        return [], _finding(check, Result.NOT_SUPPORTED, error.code, str(error))
    except ReaderError as error:
        return [], _finding(check, Result.FAILED, "signer_not_issued_by_anchor", str(error))
    evidence: Evidence = {
        "anchor": path[0].subject.text,
        "sha256": path[0].sha256,
        "path": [f"{step.subject.text} {step.serial}" for step in path],
    }
    return path, _finding(check, Result.PASSED, _weak_certificate(certificate), evidence=evidence)


def _weak_certificate(certificate: Certificate) -> str:
    """Whether the CSCA signed the document signer's certificate over a weak hash."""
    try:
        return _weak(signatures.hash_name(certificate.signature_algorithm))
    except (NotSupported, Malformed):
        return ""


def _validity(signer: Signer, path: list[Certificate], at: date | None) -> Finding:
    check = "validity"
    # Without a signing time the day of the inspection takes its place (docs/adr/0019).
    moment = signer.signed_at or (None if at is None else datetime.combine(at, time(12), UTC))
    if moment is None:
        return _finding(check, Result.INCONCLUSIVE, "no_signing_time", "no signing time and no date given")
    start, end = signer.certificate.not_before, signer.certificate.not_after
    if start is None or end is None:
        return _finding(check, Result.INCONCLUSIVE, "validity_malformed", "the signer's validity cannot be read")
    evidence: Evidence = {
        "from": start.isoformat(),
        "to": end.isoformat(),
        "at": moment.isoformat(),
        "judged_by": "date_given" if signer.signed_at is None else "signing_time",
    }
    if not start <= moment <= end:
        return _finding(check, Result.FAILED, "signer_not_valid_then", evidence=evidence)
    if path and path[0].valid_at(moment) is False:
        return _finding(check, Result.INCONCLUSIVE, "anchor_not_valid_then", path[0].subject.text, evidence)
    return _finding(check, Result.PASSED, evidence=evidence)


def _country(certificate: Certificate, path: list[Certificate], issuing_state: str) -> Finding:
    """DG1, signer and CSCA must be of one state (Doc 9303-12 section 7.1: the country is upper case and the same)."""
    check = "country"
    expected = countries.alpha_2(issuing_state)
    names = [certificate.issuer, certificate.subject, *[step.subject for step in path[:1]]]
    found = [countries.of_certificate(name.country) for name in names if name.country]
    evidence: Evidence = {"issuing_state": issuing_state, "certificates": found}
    if not expected or not found:
        return _finding(check, Result.INCONCLUSIVE, "country_unknown", evidence=evidence)
    if set(found) == {expected}:
        return _finding(check, Result.PASSED, evidence=evidence)
    return _finding(check, Result.FAILED, "country_differs", evidence=evidence)


def _document_type(certificate: Certificate, group: bytes | None) -> Finding:
    """Whether the signer may sign documents of this code (Doc 9303-12 section 7.1.1.7)."""
    check, allowed = "document_type", certificate.document_types
    if allowed is None:
        return _finding(check, Result.NOT_PERFORMED, "no_document_type_list")
    if group is None:
        return _finding(check, Result.NOT_PERFORMED, "no_document_type", evidence={"allowed": list(allowed)})
    try:
        code = dg1.parse(group).document_code
    except ReaderError as error:
        return _finding(check, Result.INCONCLUSIVE, "dg1_malformed", str(error))
    evidence: Evidence = {"allowed": list(allowed), "document_code": code}
    if not allowed:
        return _finding(check, Result.INCONCLUSIVE, "document_type_list_malformed", evidence=evidence)
    # A list of "P" is meant for all passports, whatever second letter the issuer prints (Doc 9303-4 section 4.2.2).
    if code in allowed or code[:1] in allowed:
        return _finding(check, Result.PASSED, evidence=evidence)
    return _finding(check, Result.FAILED, "document_type_not_allowed", evidence=evidence)


def _revocation(certificate: Certificate, path: list[Certificate], store: TrustStore, at: date | None) -> Finding:
    check = "revocation"
    for step in path:
        answer = store.revocation(step)
        if answer is not None and answer[0]:
            return _finding(check, Result.FAILED, "anchor_revoked", evidence=_named(step))
    answer = store.revocation(certificate)
    if answer is None and store.only_unverified_revocations(certificate):
        # Somebody spoilt the list, or it is a stranger's: that must not look as if there were none.
        return _finding(check, Result.INCONCLUSIVE, "revocation_list_not_verified")
    if answer is None:
        return _finding(check, Result.NOT_PERFORMED, "no_revocation_list")
    revoked, found = answer
    evidence = _times(("issued", found.this_update), ("next", found.next_update))
    if revoked:
        evidence |= _times(("revoked", found.revoked[certificate.serial_number]))
        return _finding(check, Result.FAILED, "signer_revoked", evidence=evidence)
    outdated = at is not None and found.next_update is not None and found.next_update.date() < at
    return _finding(check, Result.PASSED, "revocation_list_outdated" if outdated else "", evidence=evidence)


def _times(*named: tuple[str, datetime | None]) -> Evidence:
    return {name: moment.isoformat() for name, moment in named if moment is not None}


def _deviations(certificate: Certificate, store: TrustStore) -> list[Finding]:
    """What the issuing state itself says is wrong with documents of this signer (Doc 9303-12 section 9)."""
    kinds = [kind for found in store.deviations if found.concerns(certificate) for kind in found.kinds]
    if not kinds:
        return []
    return [_finding("deviation", Result.INCONCLUSIVE, "known_deviation", evidence={"kinds": kinds})]
