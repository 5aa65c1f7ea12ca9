"""Trust anchors: CSCA certificates from master lists, PEM, DER; every one refused is named with its reason.

Sources: Doc 9303-12 sections 7 and 8 (certificate profile, master list), RFC 5652, RFC 5280.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from asn1crypto import cms, core, crl, pem, x509

from reader.crypto import signatures
from reader.errors import BadSignature, Malformed, NotSupported, ReaderError, parsing

MASTER_LIST = "2.23.136.1.1.2"
LARGEST_SOURCE = 64 * 1024 * 1024
Kind = Literal["master_list", "ldif", "pem", "der", "crl"]
SignatureState = Literal["passed", "failed", "inconclusive", "not_performed"]


class _Certificates(core.SetOf):  # type: ignore[misc]
    _child_spec = core.Any


class _MasterList(core.Sequence):  # type: ignore[misc]
    _fields = [("version", core.Integer), ("certificates", _Certificates)]  # noqa: RUF012 - asn1crypto's own form


@dataclass(frozen=True, slots=True)
class Refused:
    """A certificate that is not trusted, and why."""

    subject: str
    serial: str
    reason: str


@dataclass(slots=True)
class SourceReport:
    """What one file held."""

    file: str
    kind: Kind
    signature: SignatureState = "not_performed"
    certificates: list[x509.Certificate] = field(default_factory=list)
    revocations: list[crl.CertificateList] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    self_signed: int = 0
    self_signed_verified: int = 0
    link: int = 0

    @property
    def countries(self) -> set[str]:
        """Two-letter codes of the subjects."""
        return {country(certificate.subject) for certificate in self.certificates} - {""}


def country(name: x509.Name) -> str:
    """The country of a distinguished name in upper case, or ""."""
    value = name.native.get("country_name", "")
    return str(value).upper() if isinstance(value, str) else ""


def name_key(name: x509.Name) -> tuple[tuple[str, str], ...]:
    """A name for comparison: string types, case and spaces do not matter (chip.md section 3)."""
    return tuple(
        (pair["type"].dotted, " ".join(str(pair["value"].native).casefold().split()))
        for relative in name.chosen
        for pair in relative
    )


def key_identifier(certificate: x509.Certificate) -> bytes | None:
    """Subject key identifier, if it has one."""
    value = certificate.key_identifier
    return None if value is None else bytes(value)


class TrustStore:
    """The CSCA certificates to believe, found by subject and key identifier."""

    def __init__(
        self, anchors: Iterable[x509.Certificate] = (), revocations: Iterable[crl.CertificateList] = ()
    ) -> None:
        self._by_subject: dict[tuple[tuple[str, str], ...], list[x509.Certificate]] = defaultdict(list)
        self._known: set[bytes] = set()
        self._revoked: dict[tuple[tuple[str, str], ...], set[int]] = defaultdict(set)
        self._revocations: list[crl.CertificateList] = []
        for anchor in anchors:
            self.add(anchor)
        for revocation in revocations:
            self.add_revocations(revocation)

    def __len__(self) -> int:
        return len(self._known)

    @classmethod
    def from_der(cls, certificates: Iterable[bytes]) -> TrustStore:
        """From certificates in DER.

        Raises:
            Malformed: one of them is not a certificate.
        """
        return cls(parse_certificate(raw) for raw in certificates)

    def add(self, anchor: x509.Certificate) -> None:
        """Believe one more certificate; the same one twice counts once."""
        fingerprint = hashlib.sha256(anchor.dump()).digest()
        if fingerprint not in self._known:
            self._known.add(fingerprint)
            self._by_subject[name_key(anchor.subject)].append(anchor)

    @parsing("revocation list")
    def add_revocations(self, revocation: crl.CertificateList) -> None:
        """Take a CRL that one of the anchors signed.

        Raises:
            BadSignature: none of them did.
        """
        issuer = revocation["tbs_cert_list"]["issuer"]
        for anchor in self._by_subject.get(name_key(issuer), []):
            try:
                signatures.verify(
                    anchor.public_key,
                    revocation["signature_algorithm"],
                    revocation["signature"].native,
                    revocation["tbs_cert_list"].dump(),
                )
            except ReaderError:
                continue
            revoked = revocation["tbs_cert_list"]["revoked_certificates"]
            serials = {int(entry["user_certificate"].native) for entry in revoked or []}
            self._revoked[name_key(issuer)] |= serials
            self._revocations.append(revocation)
            return
        raise BadSignature("no anchor signed this revocation list")

    def issuers(self, certificate: x509.Certificate) -> list[x509.Certificate]:
        """Anchors that may have issued a certificate, those with the right key identifier first."""
        wanted = certificate.authority_key_identifier
        found = self._by_subject.get(name_key(certificate.issuer), [])
        return sorted(found, key=lambda anchor: wanted is None or key_identifier(anchor) != wanted)

    def revocation(self, certificate: x509.Certificate) -> bool | None:
        """Whether a certificate is revoked; None where no list of its issuer is at hand."""
        issuer = name_key(certificate.issuer)
        if issuer not in self._revoked:
            return None
        return int(certificate.serial_number) in self._revoked[issuer]

    def countries(self) -> set[str]:
        """Two-letter codes of all anchors."""
        return {country(anchor.subject) for anchors in self._by_subject.values() for anchor in anchors}


@parsing("certificate")
def parse_certificate(raw: bytes) -> x509.Certificate:
    """A certificate of its DER bytes, parsed all the way down so that nothing fails later.

    Raises:
        Malformed: it is none.
    """
    try:
        certificate = x509.Certificate.load(raw, strict=True)
        for part in ("subject", "issuer", "validity", "subject_public_key_info"):
            _ = certificate["tbs_certificate"][part].native
        _ = certificate.key_identifier, certificate.authority_key_identifier, certificate.ca
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Malformed("not a certificate") from error
    return certificate


@parsing("certificate")
def verify_issued(certificate: x509.Certificate, issuer: x509.Certificate) -> None:
    """Check the signature of a certificate with its issuer's key.

    Raises:
        BadSignature, NotSupported, Malformed: as `reader.crypto.signatures.verify`.
    """
    tbs = certificate["tbs_certificate"].dump()
    signatures.verify(issuer.public_key, certificate["signature_algorithm"], certificate["signature_value"].native, tbs)


@parsing("trust source")
def read_source(file: str, raw: bytes, signer: x509.Certificate | None = None) -> SourceReport:
    """What one file holds: master list, LDIF, PEM, DER or CRL.

    Raises:
        Malformed: none of these, or too large.
    """
    if len(raw) > LARGEST_SOURCE:
        raise Malformed(f"{len(raw)} bytes are too many")
    if raw[:8].lower().startswith((b"dn:", b"version:")) or b"\ndn:" in raw[:4096]:
        return _ldif(file, raw)
    if pem.detect(raw):
        return _pem(file, raw)
    for reader in (_master_list, _single, _crl):
        try:
            return reader(file, raw, signer)
        except Malformed:
            continue
    raise Malformed("neither a certificate, a master list nor a revocation list")


def _take(report: SourceReport, raw: bytes) -> None:
    try:
        certificate = parse_certificate(raw)
    except Malformed as error:
        report.refused.append(Refused("", "", str(error)))
        return
    subject = certificate.subject.human_friendly
    try:
        _check_anchor(certificate, report)
    except ReaderError as error:
        report.refused.append(Refused(subject, f"{certificate.serial_number:X}", str(error)))
        return
    report.certificates.append(certificate)


@parsing("certificate")
def _check_anchor(certificate: x509.Certificate, report: SourceReport) -> None:
    """A self-signed certificate must verify with its own key; a link certificate is checked when a chain is built."""
    if name_key(certificate.subject) == name_key(certificate.issuer) and _same_key_named(certificate):
        report.self_signed += 1
        verify_issued(certificate, certificate)
        report.self_signed_verified += 1
    else:
        report.link += 1


def _same_key_named(certificate: x509.Certificate) -> bool:
    own, authority = key_identifier(certificate), certificate.authority_key_identifier
    return own is None or authority is None or own == bytes(authority)


def _pem(file: str, raw: bytes) -> SourceReport:
    report = SourceReport(file, "pem")
    try:
        for kind, _, body in pem.unarmor(raw, multiple=True):
            if kind == "X509 CRL":
                report.revocations.append(crl.CertificateList.load(body, strict=True))
            else:
                _take(report, body)
    except ValueError as error:
        raise Malformed("damaged PEM") from error
    return report


def _single(file: str, raw: bytes, _: x509.Certificate | None) -> SourceReport:
    parse_certificate(raw)
    report = SourceReport(file, "der")
    _take(report, raw)
    return report


def _crl(file: str, raw: bytes, _: x509.Certificate | None) -> SourceReport:
    try:
        found = crl.CertificateList.load(raw, strict=True)
        _ = found["tbs_cert_list"]["issuer"].native
    except (ValueError, TypeError, KeyError) as error:
        raise Malformed("not a revocation list") from error
    return SourceReport(file, "crl", revocations=[found])


def _ldif(file: str, raw: bytes) -> SourceReport:
    """Certificates and lists of an LDIF as the ICAO directory publishes it (RFC 2849: `name:: base64`, folded lines)."""
    import base64

    report = SourceReport(file, "ldif")
    unfolded = raw.replace(b"\r\n", b"\n").replace(b"\n ", b"")
    for line in unfolded.split(b"\n"):
        name, separator, value = line.partition(b":: ")
        attribute = name.split(b";")[0].lower()
        if not separator or attribute not in {b"usercertificate", b"cacertificate", b"cscacertificate", b"pkdmasterlistcontent"}:  # fmt: skip
            continue
        try:
            body = base64.b64decode(value, validate=True)
        except ValueError:
            report.refused.append(Refused("", "", "damaged base64"))
            continue
        if attribute == b"pkdmasterlistcontent":
            inner = _master_list(file, body, None)
            report.certificates += inner.certificates
            report.refused += inner.refused
            report.self_signed += inner.self_signed
            report.self_signed_verified += inner.self_signed_verified
            report.link += inner.link
        else:
            _take(report, body)
    return report


def _master_list(file: str, raw: bytes, signer: x509.Certificate | None) -> SourceReport:
    try:
        signed = cms.ContentInfo.load(raw, strict=True)["content"]
        if signed["encap_content_info"]["content_type"].dotted != MASTER_LIST:
            raise Malformed("CMS of another content type")
        content = bytes(signed["encap_content_info"]["content"].native)
        entries = [entry.dump() for entry in _MasterList.load(content, strict=True)["certificates"]]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Malformed("not a master list") from error
    report = SourceReport(file, "master_list", _list_signature(signed, signer))
    for entry in entries:
        _take(report, entry)
    return report


def _list_signature(signed: cms.SignedData, signer: x509.Certificate | None) -> SignatureState:
    from reader.cms_signature import verify_signed_data

    try:
        own = verify_signed_data(signed)
        if signer is None:
            return "inconclusive"
        if own.dump() != signer.dump():
            verify_issued(own, signer)
    except (BadSignature, Malformed, NotSupported):
        return "failed"
    return "passed"
