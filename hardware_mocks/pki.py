"""Certificates, security objects and lists as issuing states make them, with all their peculiarities.

Written byte by byte, so that every field can be made as a real state made it: explicit curve parameters, PSS with any
parameters, indefinite lengths, attributes out of order, signers named by key identifier (Doc 9303-10, -12; RFC 5280, 5652).
Shares no code with what it tests.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from hardware_mocks.chip.octets import wrap

LDS_OBJECT, MASTER_LIST, DEVIATION_LIST, DATA = "2.23.136.1.1.1", "2.23.136.1.1.2", "2.23.136.1.1.7", "1.2.840.113549.1.7.1"  # fmt: skip
SIGNED_DATA = "1.2.840.113549.1.7.2"
HASHES: dict[str, tuple[type[hashes.HashAlgorithm], str]] = {
    "sha1": (hashes.SHA1, "1.3.14.3.2.26"),
    "sha224": (hashes.SHA224, "2.16.840.1.101.3.4.2.4"),
    "sha256": (hashes.SHA256, "2.16.840.1.101.3.4.2.1"),
    "sha384": (hashes.SHA384, "2.16.840.1.101.3.4.2.2"),
    "sha512": (hashes.SHA512, "2.16.840.1.101.3.4.2.3"),
}
RSA_OIDS = {"sha1": 5, "sha224": 14, "sha256": 11, "sha384": 12, "sha512": 13}
ECDSA_OIDS = {"sha1": "1", "sha224": "3.1", "sha256": "3.2", "sha384": "3.3", "sha512": "3.4"}
PLAIN_OIDS = {"sha1": 1, "sha224": 2, "sha256": 3, "sha384": 4, "sha512": 5}
NULL = b"\x05\x00"
NOW = datetime(2026, 6, 15, 8, tzinfo=UTC)


def oid(dotted: str) -> bytes:
    """An object identifier."""
    arcs = [int(arc) for arc in dotted.split(".")]
    octets = b""
    for arc in (arcs[0] * 40 + arcs[1], *arcs[2:]):
        chunk = [arc & 0x7F]
        while arc := arc >> 7:
            chunk.insert(0, 0x80 | arc & 0x7F)
        octets += bytes(chunk)
    return wrap(0x06, octets)


def integer(number: int) -> bytes:
    """A number in its shortest form."""
    return wrap(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True))


def sequence(*parts: bytes) -> bytes:
    """SEQUENCE."""
    return wrap(0x30, *parts)


def time(moment: datetime) -> bytes:
    """UTCTime."""
    return wrap(0x17, moment.strftime("%y%m%d%H%M%SZ").encode())


def name(country: str, organisation: str, common: str, string: int = 0x0C) -> bytes:
    """A distinguished name; `string` is the tag of its texts (0x0C UTF-8, 0x13 printable)."""
    pairs = (("2.5.4.6", 0x13, country), ("2.5.4.10", string, organisation), ("2.5.4.3", string, common))
    return sequence(*[wrap(0x31, sequence(oid(kind), wrap(tag, text.encode()))) for kind, tag, text in pairs if text])


@dataclass
class Key:
    """A signing key and how it signs. `explicit` writes the `stated` curve parameters (p, a, b, g, n) out, `plain` gives r || s instead of DER."""

    private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    hash: str = "sha256"
    pss: bool = False
    salt: int = 32
    mask: str = ""
    explicit: bool = False
    plain: bool = False
    stated_salt: int | None = None
    stated: tuple[int, int, int, tuple[int, int], int] | None = None

    @classmethod
    def rsa(cls, bits: int = 2048, **how: object) -> Key:
        """A fresh RSA key."""
        return cls(rsa.generate_private_key(65537, bits), **how)  # type: ignore[arg-type]

    @classmethod
    def ec(cls, curve: ec.EllipticCurve, **how: object) -> Key:
        """A fresh key on a named curve."""
        return cls(ec.generate_private_key(curve), **how)  # type: ignore[arg-type]

    @property
    def public(self) -> bytes:
        """SubjectPublicKeyInfo."""
        der = self.private.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        if not self.explicit:
            return der
        assert isinstance(self.private, ec.EllipticCurvePrivateKey)
        assert self.stated is not None
        p, a, b, g, n = self.stated
        point = self.point
        size = (len(point) - 1) // 2
        base = b"\x04" + g[0].to_bytes(size, "big") + g[1].to_bytes(size, "big")
        curve = sequence(wrap(0x04, a.to_bytes(size, "big")), wrap(0x04, b.to_bytes(size, "big")))
        prime = sequence(oid("1.2.840.10045.1.1"), integer(p))
        parameters = sequence(integer(1), prime, curve, wrap(0x04, base), integer(n), integer(1))
        return sequence(sequence(oid("1.2.840.10045.2.1"), parameters), wrap(0x03, b"\x00" + point))

    @property
    def point(self) -> bytes:
        """The public point, uncompressed."""
        return self.private.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )

    @property
    def identifier(self) -> bytes:
        """Key identifier: SHA-1 of the public key's bits."""
        found = self.private.public_key()
        if isinstance(found, rsa.RSAPublicKey):
            bits = found.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.PKCS1)
            return hashlib.sha1(bits).digest()
        return hashlib.sha1(self.point).digest()

    @property
    def algorithm(self) -> bytes:
        """AlgorithmIdentifier of its signatures."""
        if isinstance(self.private, ec.EllipticCurvePrivateKey):
            dotted = f"0.4.0.127.0.7.1.1.4.1.{PLAIN_OIDS[self.hash]}" if self.plain else f"1.2.840.10045.4.{ECDSA_OIDS[self.hash]}"  # fmt: skip
            return sequence(oid(dotted))
        if not self.pss:
            return sequence(oid(f"1.2.840.113549.1.1.{RSA_OIDS[self.hash]}"), NULL)
        chosen = sequence(oid(HASHES[self.hash][1]), NULL)
        mask = sequence(oid("1.2.840.113549.1.1.8"), sequence(oid(HASHES[self.mask or self.hash][1]), NULL))
        salt = integer(self.salt if self.stated_salt is None else self.stated_salt)
        parameters = sequence(wrap(0xA0, chosen), wrap(0xA1, mask), wrap(0xA2, salt))
        return sequence(oid("1.2.840.113549.1.1.10"), parameters)

    def sign(self, message: bytes) -> bytes:
        """A signature over a message."""
        chosen = HASHES[self.hash][0]()
        if isinstance(self.private, ec.EllipticCurvePrivateKey):
            signature = self.private.sign(message, ec.ECDSA(chosen))
            if not self.plain:
                return signature
            r, s = decode_dss_signature(signature)
            size = (self.private.key_size + 7) // 8
            return r.to_bytes(size, "big") + s.to_bytes(size, "big")
        scheme = padding.PSS(padding.MGF1(HASHES[self.mask or self.hash][0]()), self.salt)
        return self.private.sign(message, scheme if self.pss else padding.PKCS1v15(), chosen)


def extension(dotted: str, value: bytes, *, critical: bool = False) -> bytes:
    """One extension."""
    return sequence(oid(dotted), *([b"\x01\x01\xff"] if critical else []), wrap(0x04, value))


def document_types(*codes: str) -> bytes:
    """The extension that limits what a signer may sign (Doc 9303-12 section 7.1.1.7)."""
    listed = wrap(0x31, *[wrap(0x13, code.encode()) for code in codes])
    return extension("2.23.136.1.1.6.2", sequence(integer(0), listed))


def purposes(*dotted: str) -> bytes:
    """Extended key usage."""
    return extension("2.5.29.37", sequence(*[oid(purpose) for purpose in dotted]), critical=True)


@dataclass
class Issuer:
    """A key with its certificate and name."""

    subject: bytes
    key: Key
    certificate: bytes = b""
    serial: int = 1
    issuer_name: bytes = b""


def certificate(
    subject: Issuer,
    by: Issuer,
    *,
    authority: bool,
    issuer_name: bytes | None = None,
    start: datetime = NOW - timedelta(days=400),
    end: datetime = NOW + timedelta(days=1200),
    identifiers: bool = True,
    more: Iterable[bytes] = (),
) -> Issuer:
    """Issue a certificate for `subject` and put it there."""
    named = by.subject if issuer_name is None else issuer_name
    extensions = [
        extension("2.5.29.19", sequence(b"\x01\x01\xff") if authority else sequence(), critical=True),
        extension("2.5.29.15", wrap(0x03, b"\x01\x06" if authority else b"\x07\x80"), critical=True),
    ]
    if identifiers:
        extensions.append(extension("2.5.29.14", wrap(0x04, subject.key.identifier)))
        extensions.append(extension("2.5.29.35", sequence(wrap(0x80, by.key.identifier))))
    tbs = sequence(
        wrap(0xA0, integer(2)),
        integer(subject.serial),
        by.key.algorithm,
        named,
        sequence(time(start), time(end)),
        subject.subject,
        subject.key.public,
        wrap(0xA3, sequence(*extensions, *more)),
    )
    subject.certificate = sequence(tbs, by.key.algorithm, wrap(0x03, b"\x00" + by.key.sign(tbs)))
    subject.issuer_name = named
    return subject


def root(key: Key, country: str = "UT", common: str = "CSCA", serial: int = 1) -> Issuer:
    """A self-signed CSCA."""
    made = Issuer(name(country, "Utopia", common), key, serial=serial)
    return certificate(made, made, authority=True, end=NOW + timedelta(days=5000))


def signer(key: Key, by: Issuer, country: str = "UT", serial: int = 77, **how: object) -> Issuer:
    """A document signer."""
    return certificate(Issuer(name(country, "Utopia", "DS"), key, serial=serial), by, authority=False, **how)  # type: ignore[arg-type]


def revocations(by: Issuer, *serials: int, next_update: datetime = NOW + timedelta(days=90)) -> bytes:
    """A CRL."""
    entries = [sequence(integer(serial), time(NOW - timedelta(days=1))) for serial in serials]
    listed = [sequence(*entries)] if entries else []
    tbs = sequence(integer(1), by.key.algorithm, by.subject, time(NOW - timedelta(days=1)), time(next_update), *listed)
    return sequence(tbs, by.key.algorithm, wrap(0x03, b"\x00" + by.key.sign(tbs)))


# -- CMS -------------------------------------------------------------------------------------------------------------


def security_object(groups: Mapping[str, bytes], hash_name: str = "sha256", *, lds_version: str = "") -> bytes:
    """LDSSecurityObject of raw data groups; with a version of the LDS it is of version 1 (Doc 9303-10 section 4.6.2.2)."""
    entries = [
        sequence(integer(int(group[2:])), wrap(0x04, hashlib.new(hash_name, raw).digest()))
        for group, raw in sorted(groups.items(), key=lambda item: int(item[0][2:]))
    ]
    version = [sequence(wrap(0x13, lds_version.encode()), wrap(0x13, b"040000"))] if lds_version else []
    algorithm = sequence(oid(HASHES[hash_name][1]), NULL)
    return sequence(integer(1 if lds_version else 0), algorithm, sequence(*entries), *version)


@dataclass
class Form:
    """How a SignedData is written."""

    content_type: str = LDS_OBJECT
    attribute_type: str = ""
    digest: str = "sha256"
    signed_at: datetime | None = NOW - timedelta(days=300)
    by_key_identifier: bool = False
    sid_name: bytes | None = None
    order: Literal["as_signed", "reversed_on_the_wire", "reversed_and_signed"] = "as_signed"
    attributes: bool = True
    with_certificate: bool = True
    indefinite: bool = False
    bare_content: bool = False
    algorithm: bytes | None = None
    generic_algorithm: bool = False
    more_certificates: tuple[bytes, ...] = field(default=())


def signed_data(content: bytes, by: Issuer, form: Form) -> bytes:
    """A ContentInfo with one signer."""
    digest = hashlib.new(form.digest)
    # PKCS#7 1.5 digests the value of its content without tag and length.
    digest.update(_value(content) if form.bare_content else content)
    attributes = sorted(_attributes(form, digest.digest()))
    wire = attributes
    if form.order == "reversed_on_the_wire":
        wire = attributes[::-1]
    elif form.order == "reversed_and_signed":
        wire = attributes = attributes[::-1]
    message = wrap(0x31, *attributes) if form.attributes else content
    if form.by_key_identifier:
        sid = wrap(0x80, by.key.identifier)
    else:
        sid = sequence(form.sid_name or by.issuer_name, integer(by.serial))
    algorithm = form.algorithm or by.key.algorithm
    if form.generic_algorithm:
        algorithm = sequence(oid("1.2.840.113549.1.1.1"), NULL)
    info = sequence(
        integer(3 if form.by_key_identifier else 1),
        sid,
        sequence(oid(HASHES[form.digest][1]), NULL),
        *([wrap(0xA0, *wire)] if form.attributes else []),
        algorithm,
        wrap(0x04, by.key.sign(message)),
    )
    carried = (by.certificate, *form.more_certificates) if form.with_certificate else form.more_certificates
    parts = (
        integer(1 if form.bare_content else 3),
        wrap(0x31, sequence(oid(HASHES[form.digest][1]), NULL)),
        *_envelope(content, form),
        *([wrap(0xA0, *carried)] if carried else []),
        wrap(0x31, info),
    )
    if form.indefinite:
        return _open(0x30, oid(SIGNED_DATA), _open(0xA0, _open(0x30, *parts)))
    return sequence(oid(SIGNED_DATA), wrap(0xA0, sequence(*parts)))


def _envelope(content: bytes, form: Form) -> tuple[bytes, ...]:
    if form.bare_content:
        return (sequence(oid(form.content_type), wrap(0xA0, content)),)
    if not form.indefinite:
        return (sequence(oid(form.content_type), wrap(0xA0, wrap(0x04, content))),)
    half = len(content) // 2
    chunks = _open(0x24, wrap(0x04, content[:half]), wrap(0x04, content[half:]))
    return (_open(0x30, oid(form.content_type), _open(0xA0, chunks)),)


def _open(tag: int, *parts: bytes) -> bytes:
    """A constructed object of indefinite length."""
    return bytes((tag, 0x80)) + b"".join(parts) + b"\x00\x00"


def _value(der: bytes) -> bytes:
    return der[2 + (der[1] & 0x7F if der[1] & 0x80 else 0) :]


def _attributes(form: Form, digest: bytes) -> list[bytes]:
    found = [
        sequence(oid("1.2.840.113549.1.9.3"), wrap(0x31, oid(form.attribute_type or form.content_type))),
        sequence(oid("1.2.840.113549.1.9.4"), wrap(0x31, wrap(0x04, digest))),
    ]
    if form.signed_at is not None:
        found.append(sequence(oid("1.2.840.113549.1.9.5"), wrap(0x31, time(form.signed_at))))
    return found


def security_file(groups: Mapping[str, bytes], by: Issuer, form: Form | None = None, *, hash_name: str = "sha256", lds_version: str = "") -> bytes:  # fmt: skip
    """EF.SOD."""
    content = security_object(groups, hash_name, lds_version=lds_version)
    return wrap(0x77, signed_data(content, by, form or Form()))


def master_list(entries: Iterable[bytes], by: Issuer, form: Form | None = None) -> bytes:
    """A CSCA master list (Doc 9303-12 section 8)."""
    content = sequence(integer(0), wrap(0x31, *sorted(entries)))
    return signed_data(content, by, form or Form(content_type=MASTER_LIST))


def deviation_list(of: Issuer, by: Issuer, kind: str = "2.23.136.1.1.7.1.1") -> bytes:
    """A deviation list that names one document signer by issuer and serial number (Doc 9303-12 section 9)."""
    documents = sequence(wrap(0xA1, sequence(of.issuer_name, integer(of.serial))))
    deviation = sequence(documents, wrap(0x31, sequence(oid(kind))))
    content = sequence(integer(0), wrap(0x31, deviation))
    return signed_data(content, by, Form(content_type=DEVIATION_LIST))
