"""The signature of a CMS SignedData: message digest, signed attributes, signer (RFC 5652 sections 5.4 to 5.6)."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime

from asn1crypto import cms, x509

from reader.crypto import signatures
from reader.errors import BadSignature, Malformed, NotSupported, parsing
from reader.trust import key_identifier, name_key, parse_certificate


@parsing("CMS SignedData")
def signer_certificate(signed: cms.SignedData) -> x509.Certificate:
    """The certificate that the first SignerInfo names, out of those that travel with it.

    Raises:
        Malformed: no signer, or its certificate is not there.
    """
    info = _signer(signed)
    candidates = [parse_certificate(choice.chosen.dump()) for choice in signed["certificates"] or []]
    sid = info["sid"]
    for certificate in candidates:
        if sid.name == "subject_key_identifier":
            if key_identifier(certificate) == bytes(sid.chosen.native):
                return certificate
        elif certificate.serial_number == sid.chosen["serial_number"].native and name_key(
            certificate.issuer
        ) == name_key(sid.chosen["issuer"]):
            return certificate
    raise Malformed("the signer's certificate is not with the signature")


def _signer(signed: cms.SignedData) -> cms.SignerInfo:
    infos = signed["signer_infos"]
    if len(infos) < 1:
        raise Malformed("no signer")
    return infos[0]


def _content(signed: cms.SignedData) -> bytes:
    content = signed["encap_content_info"]["content"].native
    if not isinstance(content, bytes):
        raise Malformed("signed content is not an octet string")
    return content


@parsing("CMS SignedData")
def verify_signed_data(signed: cms.SignedData) -> x509.Certificate:
    """Check digest and signature with the certificate inside, and return that certificate. Nothing is said of trust.

    Raises:
        BadSignature: content or attributes were changed, or another key signed.
        NotSupported, Malformed: unknown algorithm, damaged structure.
    """
    certificate = signer_certificate(signed)
    info = _signer(signed)
    digest = str(info["digest_algorithm"]["algorithm"].native)
    if digest not in signatures.HASHES:
        raise NotSupported(f"hash algorithm {digest}")
    content, attributes = _content(signed), info["signed_attrs"]
    if not attributes:
        _verify(certificate, info, content, digest)
        return certificate
    stated = _attribute(info, "message_digest")
    if not isinstance(stated, bytes) or not hmac.compare_digest(hashlib.new(digest, content).digest(), stated):
        raise BadSignature("message digest differs from the content")
    _verify_attributes(certificate, info, attributes, digest)
    return certificate


def _verify_attributes(certificate: x509.Certificate, info: cms.SignerInfo, attributes: cms.CMSAttributes, digest: str) -> None:  # fmt: skip
    """Over the bytes as they came first, then in the order of DER, which some signers use (chip.md section 3)."""
    raw = attributes.dump()
    as_set = b"\x31" + raw[1:]
    try:
        _verify(certificate, info, as_set, digest)
    except BadSignature:
        _verify(certificate, info, cms.CMSAttributes(list(attributes)).dump(force=True), digest)


def _verify(certificate: x509.Certificate, info: cms.SignerInfo, message: bytes, digest: str) -> None:
    algorithm = info["signature_algorithm"]
    signatures.verify(certificate.public_key, algorithm, info["signature"].native, message, digest)


def _attribute(info: cms.SignerInfo, name: str) -> object:
    for attribute in info["signed_attrs"]:
        if attribute["type"].native == name and len(attribute["values"]) == 1:
            return attribute["values"][0].native
    return None


@parsing("CMS SignedData")
def signing_time(signed: cms.SignedData) -> datetime | None:
    """The signer's own statement of when, or None."""
    found = _attribute(_signer(signed), "signing_time")
    if not isinstance(found, datetime):
        return None
    # A time without a zone is not DER; it is taken for UTC rather than compared with nothing.
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
