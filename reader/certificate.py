"""X.509 certificates of issuing states, read tolerantly (RFC 5280, Doc 9303-12 section 7).

Real ones break the profile in every field (chip.md section 3): unusual string types, times, extensions that do not parse.
Only what the inspection needs is decoded, and an extension that nobody asks for cannot spoil the rest.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from asn1crypto import algos, keys

from reader import ber
from reader.crypto import signatures
from reader.errors import Malformed, ReaderError, parsing

LARGEST = 64 * 1024
DEEPEST_LIST = 4
SUBJECT_KEY_IDENTIFIER, KEY_USAGE, BASIC_CONSTRAINTS = "2.5.29.14", "2.5.29.15", "2.5.29.19"
AUTHORITY_KEY_IDENTIFIER, EXTENDED_KEY_USAGE = "2.5.29.35", "2.5.29.37"
DOCUMENT_TYPES = "2.23.136.1.1.6.2"
COUNTRY = "2.5.4.6"
SHORT_NAMES = {
    "2.5.4.3": "CN", "2.5.4.4": "SN", "2.5.4.5": "serialNumber", COUNTRY: "C", "2.5.4.7": "L", "2.5.4.8": "ST",
    "2.5.4.10": "O", "2.5.4.11": "OU", "1.2.840.113549.1.9.1": "E", "0.9.2342.19200300.100.1.25": "DC",
}  # fmt: skip
KEY_CERT_SIGN, DIGITAL_SIGNATURE = 5, 0


@dataclass(frozen=True, slots=True)
class Name:
    """A distinguished name: `pairs` are (type, value) as written, in their order."""

    raw: bytes
    pairs: tuple[tuple[str, str], ...]

    @property
    def key(self) -> tuple[tuple[str, str], ...]:
        """For comparison: string types, case and spaces do not matter (RFC 5280 section 7.1)."""
        return tuple((kind, " ".join(value.casefold().split())) for kind, value in self.pairs)

    @property
    def country(self) -> str:
        """The country in upper case, or ""."""
        return next((value.strip().upper() for kind, value in self.pairs if kind == COUNTRY), "")

    @property
    def text(self) -> str:
        """For people: `CN=..., O=..., C=...`."""
        return ", ".join(f"{SHORT_NAMES.get(kind, kind)}={value}" for kind, value in reversed(self.pairs))


def name(found: ber.Element) -> Name:
    """A distinguished name.

    Raises:
        Malformed: not the structure of RFC 5280 section 4.1.2.4.
    """
    pairs = []
    for relative in found.children():
        for pair in relative.children():
            kind, value = pair.children()[:2]
            pairs.append((kind.dotted(), ber.text(value)))
    return Name(found.raw, tuple(pairs))


@dataclass(frozen=True)
class Certificate:
    """One certificate. `tbs` is what was signed, `public_key` a SubjectPublicKeyInfo, both as they came."""

    der: bytes = field(repr=False)
    tbs: bytes = field(repr=False)
    serial_number: int
    issuer: Name
    subject: Name
    not_before: datetime | None
    not_after: datetime | None
    public_key: bytes = field(repr=False)
    signature_algorithm: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    extensions: dict[str, bytes] = field(repr=False)

    @cached_property
    def sha256(self) -> str:
        """Fingerprint of the whole certificate."""
        return hashlib.sha256(self.der).hexdigest()

    @property
    def serial(self) -> str:
        """The serial number in hexadecimal."""
        return f"{self.serial_number:X}"

    @cached_property
    def key_identifier(self) -> bytes | None:
        """Subject key identifier, if it has one."""
        found = self._extension(SUBJECT_KEY_IDENTIFIER)
        return None if found is None or found.tag != ber.OCTET_STRING else found.value

    @cached_property
    def key_sha1(self) -> bytes:
        """What the key identifier usually is, for certificates without one (RFC 5280 section 4.2.1.2, method 1)."""
        bits = ber.element(self.public_key).children()[1].value
        return hashlib.sha1(bits[1:], usedforsecurity=False).digest()

    @cached_property
    def authority_key_identifier(self) -> bytes | None:
        """Key identifier of the issuer, if it is named."""
        found = self._extension(AUTHORITY_KEY_IDENTIFIER)
        try:
            return None if found is None else next((e.value for e in found.children() if e.tag == 0x80), None)
        except Malformed:
            return None

    @property
    def self_issued(self) -> bool:
        """Whether subject and issuer are the same name."""
        return self.subject.key == self.issuer.key

    @property
    def names_own_key(self) -> bool:
        """Whether the issuer's key identifier is its own, or not given."""
        return self.authority_key_identifier in {None, self.key_identifier}

    @cached_property
    def authority(self) -> bool:
        """Whether it may sign certificates; some real CSCAs lack one of the two marks (Doc 9303-12 table 6)."""
        return self._is_ca() or self._usage(KEY_CERT_SIGN) is True or (not self.extensions and self.self_issued)

    @property
    def may_sign_documents(self) -> bool:
        """Whether its key usage allows signatures over data; one without the extension is not restricted."""
        return self._usage(DIGITAL_SIGNATURE) is not False

    def _is_ca(self) -> bool:
        found = self._extension(BASIC_CONSTRAINTS)
        try:
            return found is not None and any(e.tag == 0x01 and e.value not in {b"", b"\x00"} for e in found.children())
        except Malformed:
            return False

    def _usage(self, bit: int) -> bool | None:
        found = self._extension(KEY_USAGE)
        if found is None or found.tag != ber.BIT_STRING or not found.value:
            return None
        bits = found.value[1:]
        return bit // 8 < len(bits) and bool(bits[bit // 8] & 0x80 >> bit % 8)

    @property
    def extended_key_usage(self) -> tuple[str, ...]:
        """Object identifiers of the purposes; empty without the extension."""
        found = self._extension(EXTENDED_KEY_USAGE)
        try:
            return () if found is None else tuple(purpose.dotted() for purpose in found.children())
        except Malformed:
            return ()

    @property
    def document_types(self) -> tuple[str, ...] | None:
        """The document codes that this signer may sign, None without the extension (Doc 9303-12 section 7.1.1.7)."""
        if DOCUMENT_TYPES not in self.extensions:
            return None
        found = self._extension(DOCUMENT_TYPES)
        return () if found is None else tuple(code.strip().strip("<").upper() for code in _strings(found))

    def _extension(self, oid: str) -> ber.Element | None:
        raw = self.extensions.get(oid)
        try:
            return None if raw is None else ber.element(raw)
        except Malformed:
            return None

    def valid_at(self, moment: datetime) -> bool | None:
        """Whether a moment lies within the validity; None where that cannot be read."""
        if self.not_before is None or self.not_after is None:
            return None
        return self.not_before <= moment <= self.not_after


def _strings(found: ber.Element, depth: int = 0) -> list[str]:
    """All character strings in an object: issuers disagree on whether the list is a set or a sequence."""
    if found.tag in {0x0C, 0x13, 0x16}:
        return [ber.text(found)]
    if found.tag not in {ber.SEQUENCE, ber.SET} or depth > DEEPEST_LIST:
        return []
    try:
        return [text for child in found.children() for text in _strings(child, depth + 1)]
    except Malformed:
        return []


def parse(raw: bytes) -> Certificate:
    """A certificate of its DER bytes.

    Raises:
        Malformed: it is none.
    """
    with parsing("certificate cannot be parsed"):
        if len(raw) > LARGEST:
            raise Malformed("a certificate of that size is none")
        whole = ber.element(raw)
        if whole.tag != ber.SEQUENCE or whole.raw != raw:
            raise Malformed("not a certificate")
        tbs, algorithm, signature = whole.children()[:3]
        members = tbs.children()
        if members[0].tag == 0xA0:
            members = members[1:]
        number, _, issuer, validity, subject, public_key = members[:6]
        expected = (ber.INTEGER, *[ber.SEQUENCE] * 5)
        if tuple(e.tag for e in members[:6]) != expected or signature.tag != ber.BIT_STRING or not signature.value:
            raise Malformed("not a certificate")
        if [part.tag for part in public_key.children()] != [ber.SEQUENCE, ber.BIT_STRING]:
            raise Malformed("not a public key")
        start, end = validity.children()[:2]
        return Certificate(
            raw,
            tbs.raw,
            number.integer(),
            name(issuer),
            name(subject),
            ber.moment(start),
            ber.moment(end),
            public_key.raw,
            algorithm.raw,
            signature.value[1:],
            _extensions(members[6:]),
        )


def _extensions(members: list[ber.Element]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for member in members:
        if member.tag != 0xA3:
            continue
        for extension in ber.element(member.value).children():
            parts = extension.children()
            found.setdefault(parts[0].dotted(), parts[-1].value)
    return found


def verify_issued(certificate: Certificate, issuer: Certificate) -> None:
    """Check the signature of a certificate with its issuer's key.

    Raises:
        BadSignature, NotSupported, Malformed: as `reader.crypto.signatures.verify`.
    """
    verify_signature(issuer, certificate.signature_algorithm, certificate.signature, certificate.tbs)


@parsing("signature cannot be parsed")
def verify_signature(signer: Certificate, algorithm: bytes, signature: bytes, message: bytes, digest: str | None = None) -> None:  # fmt: skip
    """Check a signature over `message` with a certificate's key; `algorithm` is an AlgorithmIdentifier.

    Raises:
        BadSignature, NotSupported, Malformed: as `reader.crypto.signatures.verify`.
    """
    public = keys.PublicKeyInfo.load(signer.public_key)
    signatures.verify(public, algos.SignedDigestAlgorithm.load(algorithm), signature, message, digest)


def issued(certificate: Certificate, issuer: Certificate) -> bool:
    """Whether one certificate's signature verifies with the key of another."""
    try:
        verify_issued(certificate, issuer)
    except ReaderError:
        return False
    return True


def issued_itself(found: Certificate) -> bool:
    """Whether it is a root: signed with its own key."""
    return found.self_issued and issued(found, found)
