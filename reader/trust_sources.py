"""Files that bring trust: master lists, LDIF of the ICAO directory, PEM, DER, CRLs; every refusal is named with its reason.

What a file is, is told by its content, never by its name. Sources: Doc 9303-12 sections 7 to 9, RFC 2849, RFC 7468.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from khaothi.wording import without_frames
from reader import ber, certificate, cms, deviation_list, revocation
from reader.certificate import Certificate, issued, verify_issued
from reader.cms_signature import verify_signed_data
from reader.deviation_list import Deviation
from reader.errors import (
    BadSignature,
    LimitExceeded,
    Malformed,
    NoSignerCertificate,
    NotSupported,
    ReaderError,
    parsing,
)
from reader.revocation import RevocationList

MASTER_LIST = "2.23.136.1.1.2"
LARGEST_SOURCE = 256 * 1024 * 1024
# A list brings its signer, that one's CSCA and perhaps a link certificate.
MOST_BETWEEN = 16
Kind = Literal["master_list", "ldif", "pem", "der", "crl", "deviation_list"]
SignatureState = Literal["passed", "failed", "inconclusive", "not_performed"]
PEM_BEGIN = re.compile(rb"-----BEGIN ([A-Z0-9 ]{1,40})-----")
LDIF_ENTRY = re.compile(rb"^dn::? ?", re.IGNORECASE | re.MULTILINE)
# Attributes whose values must be one of the known structures; any other is looked at and passed over in silence.
CRYPTOGRAPHIC = re.compile(rb"certificate|masterlist|deviationlist", re.IGNORECASE)
BASE64_TEXT = re.compile(rb"[A-Za-z0-9+/=\s]+")


@dataclass(frozen=True, slots=True)
class Refused:
    """A certificate that is not trusted, and why."""

    subject: str
    serial: str
    reason: ReaderError


@dataclass(slots=True)
class SourceReport:
    """What one file held. `link` counts authorities that another one signed; `raw` are the bytes that were judged."""

    file: str
    kind: Kind
    signature: SignatureState = "not_performed"
    certificates: list[Certificate] = field(default_factory=list)
    revocations: list[RevocationList] = field(default_factory=list)
    deviations: list[Deviation] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    self_signed: int = 0
    self_signed_verified: int = 0
    link: int = 0
    raw: bytes = b""

    @property
    def countries(self) -> set[str]:
        """Two-letter codes of the subjects."""
        return {found.subject.country for found in self.certificates} - {""}

    def take(self, other: SourceReport) -> None:
        """Add what another report holds."""
        self.certificates += other.certificates
        self.revocations += other.revocations
        self.deviations += other.deviations
        self.refused += other.refused
        self.self_signed += other.self_signed
        self.self_signed_verified += other.self_signed_verified
        self.link += other.link


@dataclass(frozen=True, slots=True)
class Signers:
    """Who may have signed a list. `named` when the user named them: then another signer is a failure, not an unknown one."""

    certificates: tuple[Certificate, ...] = ()
    named: bool = False


NOBODY = Signers()


def read_source(file: str, raw: bytes, signers: Signers = NOBODY) -> SourceReport:
    """What one file holds.

    Raises:
        Malformed: nothing known, or too large.
    """
    with parsing("trust source cannot be parsed"):
        if len(raw) > LARGEST_SOURCE:
            raise Malformed("{size} bytes are too many", size=len(raw))
        report = _of_any_kind(file, raw.removeprefix(b"\xef\xbb\xbf"), signers)
    report.raw = raw
    return report


def _of_any_kind(file: str, raw: bytes, signers: Signers) -> SourceReport:
    if b"-----BEGIN" in raw:
        return _pem(file, raw, signers)
    if LDIF_ENTRY.search(raw[: 64 * 1024]):
        return _ldif(file, raw, signers)
    return _binary(file, _base64(raw) if BASE64_TEXT.fullmatch(raw) else raw, signers)


def _base64(text: bytes) -> bytes:
    try:
        return base64.b64decode(b"".join(text.split()), validate=True)
    except binascii.Error as error:
        raise Malformed("damaged base64") from error


def is_signed_list(raw: bytes) -> bool:
    """Whether a file is a CMS structure, which others in the same folder may anchor."""
    return raw[:1] == b"\x30" and _is_cms(raw)


@dataclass(slots=True)
class Contents:
    """What a file brings, unparsed as far as possible: for judging one card out of thousands of certificates."""

    certificates: list[bytes] = field(default_factory=list)
    revocations: list[RevocationList] = field(default_factory=list)
    deviations: list[Deviation] = field(default_factory=list)


def contents(raw: bytes) -> Contents:
    """Everything believable of one file of any kind; what is not, is passed over.

    A list whose own signature is broken brings nothing.
    """
    found = Contents()
    for binary in _binaries(raw.removeprefix(b"\xef\xbb\xbf")):
        with suppress(ReaderError, ValueError, IndexError):
            _bring(binary, found)
    return found


def _binaries(raw: bytes) -> Iterator[bytes]:
    if b"-----BEGIN" in raw:
        texts = [_armoured(body) for _, body in _blocks(raw)]
    elif LDIF_ENTRY.search(raw[: 64 * 1024]):
        texts = [value for _, value in _values(raw)]
    elif BASE64_TEXT.fullmatch(raw):
        texts = [raw]
    else:
        yield raw
        return
    for text in texts:
        with suppress(Malformed):
            yield _base64(text)


def _bring(raw: bytes, found: Contents) -> None:
    first = raw[: _first_size(raw)]
    if raw[:1] != b"\x30":
        return
    if not _is_cms(first):
        head = ber.element(first).children()[0].children()[0]
        if head.tag == 0xA0:
            found.certificates += _concatenated(raw)
            return
        report = _binary("", raw, NOBODY)
        found.revocations += report.revocations
        found.certificates += [item.der for item in report.certificates]
        return
    signed = cms.parse(first)
    if signed.content_type == MASTER_LIST and _list_signature(signed, NOBODY) != "failed":
        found.certificates += listed_certificates(signed)
    elif signed.content_type == deviation_list.CONTENT_TYPE and _list_signature(signed, NOBODY) != "failed":
        found.deviations += deviation_list.parse(signed)
    elif not signed.content:
        found.certificates += signed.certificates


# -- kinds of files --------------------------------------------------------------------------------------------------


def _pem(file: str, raw: bytes, signers: Signers) -> SourceReport:
    report, reports = SourceReport(file, "pem"), []
    for label, body in _blocks(raw):
        try:
            reports.append(_binary(file, _base64(_armoured(body)), signers))
        except Malformed as error:
            if label.endswith((b"CERTIFICATE", b"CRL", b"CMS", b"PKCS7")):
                report.refused.append(Refused("", "", without_frames(error)))
    if not reports and not report.refused:
        raise Malformed("PEM without a certificate")
    _collect(report, reports)
    return report


def _armoured(body: bytes) -> bytes:
    """The base64 of a block without the headers of older forms (RFC 1421)."""
    return b"".join(line for line in body.splitlines() if b":" not in line)


def _blocks(raw: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Label and body of each block; one that does not end ends the file. Linear, whatever the input."""
    at = 0
    while (begin := PEM_BEGIN.search(raw, at)) is not None:
        at = raw.find(b"-----END", begin.end())
        if at < 0:
            return
        yield begin[1], raw[begin.end() : at]


def _ldif(file: str, raw: bytes, signers: Signers) -> SourceReport:
    """The ICAO directory as it is published; lines are folded, values in base64 (RFC 2849)."""
    report, reports = SourceReport(file, "ldif"), []
    for name, value in _values(raw):
        try:
            reports.append(_binary(file, _base64(value), signers))
        except Malformed as error:
            if CRYPTOGRAPHIC.search(name):
                report.refused.append(Refused("", "", without_frames(error)))
    _collect(report, reports)
    return report


def _values(raw: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and base64 of each binary attribute of an LDIF."""
    unfolded = raw.replace(b"\r\n", b"\n").replace(b"\n ", b"")
    for line in unfolded.split(b"\n"):
        name, separator, value = line.partition(b"::")
        if separator and name.lower() != b"dn" and b":" not in name:
            yield name, value.strip()


def _collect(report: SourceReport, reports: list[SourceReport]) -> None:
    """Put the parts of a file together. A list inside whose own signature is broken adds nothing but a refusal."""
    states = {part.signature for part in reports if part.kind in {"master_list", "deviation_list"}}
    for part in reports:
        if part.signature == "failed":
            report.refused.append(Refused("", "", _broken(part.kind)))
        else:
            report.take(part)
    if states:
        report.signature = states.pop() if len(states) == 1 else "inconclusive"


def _broken(kind: Kind) -> BadSignature:
    if kind == "deviation_list":
        return BadSignature("signature of the deviation list does not verify")
    return BadSignature("signature of the master list does not verify")


def _binary(file: str, raw: bytes, signers: Signers) -> SourceReport:
    if raw[:1] != b"\x30":
        raise Malformed("neither a certificate, a list of them nor a revocation list")
    first = raw[: _first_size(raw)]
    if _is_cms(first):
        return _signed(file, first, signers)
    try:
        certificate.parse(first)
    except Malformed:
        try:
            return SourceReport(file, "crl", revocations=[revocation.parse(first)])
        except Malformed as error:
            raise Malformed("neither a certificate, a list of them nor a revocation list") from error
    report = SourceReport(file, "der")
    _take_all(report, _concatenated(raw))
    return report


def _first_size(raw: bytes) -> int:
    with suppress(Malformed):
        return len(ber.element(raw).raw)
    return len(raw)


def _concatenated(raw: bytes) -> list[bytes]:
    """Certificates one after another; what stands behind the last is padding."""
    found, at = [], 0
    while raw[at : at + 1] == b"\x30":
        try:
            found.append(ber.element(raw, at).raw)
        except Malformed:
            break
        at += len(found[-1])
    return found


def _is_cms(raw: bytes) -> bool:
    start = 2 + (raw[1] & 0x7F if raw[1:2] and raw[1] & 0x80 else 0)
    return raw[start : start + 1] == bytes((ber.OID,))


def _signed(file: str, raw: bytes, signers: Signers) -> SourceReport:
    """A CMS structure: master list, deviation list, or a bag of certificates (PKCS#7 without content)."""
    try:
        signed = cms.parse(raw)
    except LimitExceeded as error:
        raise Malformed(error.sentence, **error.values) from error
    if signed.content_type == MASTER_LIST:
        report = SourceReport(file, "master_list", _list_signature(signed, signers))
        _take_all(report, listed_certificates(signed))
    elif signed.content_type == deviation_list.CONTENT_TYPE:
        report = SourceReport(file, "deviation_list", _list_signature(signed, signers))
        report.deviations = list(deviation_list.parse(signed))
    elif signed.certificates and not signed.content:
        report = SourceReport(file, "der")
        _take_all(report, signed.certificates)
    else:
        raise Malformed("CMS with content of another type: {found}", found=signed.content_type)
    return report


def listed_certificates(signed: cms.SignedData) -> list[bytes]:
    """The entries of a master list as they came (Doc 9303-12 section 8.2).

    Raises:
        Malformed: the content is none.
    """
    content = signed.whole_content or signed.content
    try:
        whole = ber.element(content)
    except Malformed:
        whole = ber.element(ber.definite(content))
    listed = [member for member in whole.children() if member.tag in {ber.SET, ber.SEQUENCE}]
    if not listed:
        raise Malformed("not a master list")
    return [entry.raw for entry in listed[0].children()]


# -- certificates ----------------------------------------------------------------------------------------------------


def _take_all(report: SourceReport, entries: Iterable[bytes]) -> None:
    for raw in entries:
        judged = _judged(raw)
        report.self_signed += judged.self_signed
        if judged.reason is not None:
            subject, serial = (judged.found.subject.text, judged.found.serial) if judged.found else ("", "")
            report.refused.append(Refused(subject, serial, judged.reason))
        elif judged.found is not None:
            report.certificates.append(judged.found)
            report.self_signed_verified += judged.self_signed
            report.link += judged.link


@dataclass(frozen=True, slots=True)
class _Judged:
    """What one entry is: refused with a reason, or believed."""

    found: Certificate | None
    self_signed: bool = False
    link: bool = False
    reason: ReaderError | None = None


@lru_cache(maxsize=2048)
def _judged(raw: bytes) -> _Judged:
    """A self-signed certificate must verify with its own key; a link certificate is checked when a chain is built.

    The lists of the ICAO directory repeat the same certificates some twenty times: each is judged once.
    """
    try:
        found = certificate.parse(raw)
    except Malformed as error:
        return _Judged(None, reason=without_frames(error))
    if not found.self_issued:
        return _Judged(found, link=found.authority)
    try:
        verify_issued(found, found)
    except ReaderError as error:
        if not found.names_own_key:
            return _Judged(found, link=True)
        return _Judged(found, self_signed=True, reason=without_frames(error))
    return _Judged(found, self_signed=True)


def _list_signature(signed: cms.SignedData, signers: Signers) -> SignatureState:
    try:
        own, _ = verify_signed_data(signed, signers.certificates)
    except (NotSupported, NoSignerCertificate):
        # A list that travels without its signer's certificate is not contradicted by that.
        return "inconclusive"
    except ReaderError:
        return "failed"
    if _leads_to(own, signers.certificates, signed):
        return "passed"
    return "failed" if signers.named else "inconclusive"


def _leads_to(own: Certificate, anchors: tuple[Certificate, ...], signed: cms.SignedData) -> bool:
    """Whether a signer is one of the anchors, or was issued by one, perhaps through others that travel with the list."""
    between = []
    for raw in signed.certificates[:MOST_BETWEEN] if anchors else ():
        with suppress(Malformed):
            between.append(certificate.parse(raw))
    reached, fresh = {own.der}, [own]
    while fresh:
        found = fresh.pop()
        if any(found.public_key == anchor.public_key or issued(found, anchor) for anchor in anchors):
            return True
        above = [step for step in between if step.authority and step.der not in reached and issued(found, step)]
        reached |= {step.der for step in above}
        fresh += above
    return False
