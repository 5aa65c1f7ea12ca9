"""CMS SignedData cut into its parts (RFC 5652 section 5), as security objects, master and deviation lists bring it.

The parts are slices of the file: signed attributes are kept as they came, because re-encoding them is what breaks real
signatures. Structures of PKCS#7 1.5 with content that is no octet string are read as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from reader import ber, certificate
from reader.errors import Malformed, parsing

SIGNED_DATA = "1.2.840.113549.1.7.2"
CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_TIME = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4", "1.2.840.113549.1.9.5"
MOST_SIGNERS = 4
MOST_CERTIFICATES = 64


@dataclass(frozen=True, slots=True)
class SignerInfo:
    """Who signed and how. Either `issuer` and `serial_number` or `key_identifier` names the certificate.

    `attributes` is the [0] element as it came, None where the content itself was signed.
    """

    issuer: certificate.Name | None
    serial_number: int | None
    key_identifier: bytes | None
    digest_algorithm: str
    attributes: bytes | None
    signature_algorithm: bytes
    signature: bytes

    def attribute(self, oid: str) -> ber.Element | None:
        """The single value of a signed attribute, or None.

        Raises:
            Malformed: the attributes before it cannot be parsed.
        """
        if self.attributes is None:
            return None
        with parsing("signed attributes cannot be parsed"):
            for attribute in ber.element(self.attributes).children():
                kind, values = attribute.children()[:2]
                if kind.dotted() == oid:
                    found = values.children()
                    return found[0] if len(found) == 1 else None
        return None

    @property
    def signing_time(self) -> datetime | None:
        """The signer's own statement of when; None where there is none or it cannot be read."""
        try:
            found = self.attribute(SIGNING_TIME)
        except Malformed:
            return None
        return None if found is None else ber.moment(found)


@dataclass(frozen=True, slots=True)
class SignedData:
    """`content` is what was signed; `whole_content` its element where it is no octet string (PKCS#7 1.5)."""

    content_type: str
    content: bytes
    whole_content: bytes
    certificates: tuple[bytes, ...]
    revocations: tuple[bytes, ...]
    signers: tuple[SignerInfo, ...]


def parse(raw: bytes) -> SignedData:
    """The parts of a SignedData, with or without the ContentInfo around it; BER is read.

    Raises:
        Malformed: another structure.
        LimitExceeded: nested too deeply.
    """
    with parsing("CMS SignedData cannot be parsed"):
        outer = ber.element(ber.definite(raw))
        if outer.tag != ber.SEQUENCE:
            raise Malformed("not a CMS structure")
        members = outer.children()
        if members[0].tag == ber.OID:
            if members[0].dotted() != SIGNED_DATA:
                raise Malformed("not a CMS SignedData")
            members = ber.element(members[1].value).children()
        return _signed_data(members)


def _signed_data(members: list[ber.Element]) -> SignedData:
    version, algorithms, encapsulated = members[:3]
    if (version.tag, algorithms.tag, encapsulated.tag) != (ber.INTEGER, ber.SET, ber.SEQUENCE):
        raise Malformed("not a CMS SignedData")
    content_type, content, whole = _content(encapsulated)
    certificates, revocations, signers = [], [], []
    for member in members[3:]:
        if member.tag == 0xA0:
            certificates = [e.raw for e in member.children() if e.tag == ber.SEQUENCE][:MOST_CERTIFICATES]
        elif member.tag == 0xA1:
            revocations = [e.raw for e in member.children() if e.tag == ber.SEQUENCE]
        elif member.tag == ber.SET:
            signers = [_signer(e.children()) for e in member.children()[:MOST_SIGNERS]]
    return SignedData(content_type, content, whole, tuple(certificates), tuple(revocations), tuple(signers))


def _content(encapsulated: ber.Element) -> tuple[str, bytes, bytes]:
    members = encapsulated.children()
    kind = members[0].dotted()
    if len(members) < 2:
        return kind, b"", b""
    inner = ber.element(members[1].value)
    return kind, inner.value, b"" if inner.tag == ber.OCTET_STRING else inner.raw


def _signer(members: list[ber.Element]) -> SignerInfo:
    issuer, serial, key_identifier = _identifier(members[1])
    algorithm = members[2].children()[0].dotted()
    rest = members[3:]
    attributes = None
    if rest[0].tag == 0xA0:
        attributes, rest = rest[0].raw, rest[1:]
    if rest[0].tag != ber.SEQUENCE or rest[1].tag != ber.OCTET_STRING:
        raise Malformed("not a SignerInfo")
    return SignerInfo(issuer, serial, key_identifier, algorithm, attributes, rest[0].raw, rest[1].value)


def _identifier(sid: ber.Element) -> tuple[certificate.Name | None, int | None, bytes | None]:
    if sid.tag == 0x80:
        return None, None, sid.value
    members = sid.children()
    if sid.tag == 0xA0:
        return None, None, members[0].value
    return certificate.name(members[0]), members[1].integer(), None
