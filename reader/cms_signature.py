"""The signature of a CMS SignedData: message digest, signed attributes, signer (RFC 5652 sections 5.4 to 5.6)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from contextlib import suppress

from reader import ber, certificate
from reader.certificate import Certificate
from reader.cms import CONTENT_TYPE, MESSAGE_DIGEST, SignedData, SignerInfo
from reader.crypto import signatures
from reader.errors import BadSignature, Malformed, NoSignerCertificate, NotSupported, ReaderError, parsing

# A signature brings its signer and perhaps the CSCA; each one tried costs a verification.
MOST_TRAVELLING = 6


def verify_signed_data(signed: SignedData, known: Iterable[Certificate] = ()) -> tuple[Certificate, SignerInfo]:
    """Check digest and signature, and return the certificate and the signer's entry. Nothing is said of trust.

    Args:
        signed: the structure.
        known: certificates that may have signed where none travels with the signature.

    Raises:
        BadSignature: content or attributes were changed, or another key signed.
        NotSupported, Malformed: unknown algorithm, damaged structure.
        NoSignerCertificate: it is neither with the signature nor among the known ones.
    """
    if not signed.signers:
        raise Malformed("no signer")
    refused: ReaderError | None = None
    for signer in signed.signers:
        try:
            return _verify_signer(signed, signer, known), signer
        except ReaderError as error:
            refused = refused or error
    assert refused is not None
    raise refused


@parsing("CMS SignedData cannot be parsed")
def _verify_signer(signed: SignedData, signer: SignerInfo, known: Iterable[Certificate]) -> Certificate:
    digest = signatures.digest_name(signer.digest_algorithm)
    messages = _messages(signed, signer, digest)
    candidates = _candidates(signed, signer, known)
    if not candidates:
        raise NoSignerCertificate("the signer's certificate is not with the signature")
    refused: ReaderError | None = None
    for candidate in candidates:
        try:
            _verify_any(candidate, signer, messages, digest)
        except ReaderError as error:
            refused = refused or error
        else:
            return candidate
    assert refused is not None
    raise refused


def _verify_any(candidate: Certificate, signer: SignerInfo, messages: list[bytes], digest: str) -> None:
    """Over the bytes as they came first, then in other encodings that some signers used."""
    for message in messages[:-1]:
        with suppress(BadSignature):
            _verify(candidate, signer, message, digest)
            return
    _verify(candidate, signer, messages[-1], digest)


def _verify(candidate: Certificate, signer: SignerInfo, message: bytes, digest: str) -> None:
    """By the signer's own algorithm, not by that of its certificate; then by the hash of the entry, if that is another.

    An issuer whose two algorithms name different hashes signs over one of them (chip.md section 3, gmrtd #130).
    """
    try:
        certificate.verify_signature(candidate, signer.signature_algorithm, signer.signature, message, digest)
    except BadSignature:
        generic = signatures.without_hash(signer.signature_algorithm)
        if generic is None:
            raise
        certificate.verify_signature(candidate, generic, signer.signature, message, digest)


def _messages(signed: SignedData, signer: SignerInfo, digest: str) -> list[bytes]:
    contents = [signed.content, *([signed.whole_content] if signed.whole_content else [])]
    if signer.attributes is None:
        return contents
    stated = signer.attribute(MESSAGE_DIGEST)
    own = [hashlib.new(digest, content).digest() for content in contents]
    if stated is None or not any(hmac.compare_digest(digest, stated.value) for digest in own):
        raise BadSignature("message digest differs from the content")
    return _attribute_encodings(signer.attributes)


def _attribute_encodings(raw: bytes) -> list[bytes]:
    """The SET that is signed: the bytes as they came with the tag of a SET, then in the order of DER (chip.md section 3)."""
    value = ber.element(raw).value
    ordered = b"".join(sorted(child.raw for child in ber.elements(value)))
    forms = (b"\x31" + raw[1:], ber.build(ber.SET, value), ber.build(ber.SET, ordered), _der(value))
    return list(dict.fromkeys(forms))


def _der(value: bytes) -> bytes:
    """Attributes whose values are sets out of order too."""
    attributes = []
    for attribute in ber.elements(value):
        kind, *rest = attribute.children()
        sets = [ber.build(ber.SET, b"".join(sorted(e.raw for e in part.children()))) for part in rest]
        attributes.append(ber.build(ber.SEQUENCE, kind.raw + b"".join(sets)))
    return ber.build(ber.SET, b"".join(sorted(attributes)))


def _candidates(signed: SignedData, signer: SignerInfo, known: Iterable[Certificate]) -> list[Certificate]:
    """Certificates that may be the signer's: those named first, then any that travels along; the signature decides.

    Names differ in string types, case and even content between SignerInfo and certificate (chip.md section 3).
    """
    travelling = []
    for raw in signed.certificates[:MOST_TRAVELLING]:
        with suppress(ReaderError):
            travelling.append(certificate.parse(raw))
    named = [found for found in travelling if is_named(found, signer)] or [f for f in known if is_named(f, signer)]
    return named + [found for found in travelling if found not in named and not found.authority]


def is_named(found: Certificate, signer: SignerInfo) -> bool:
    """Whether a SignerInfo names this certificate."""
    if signer.key_identifier is not None:
        return signer.key_identifier in {found.key_identifier, found.key_sha1}
    same_issuer = signer.issuer is not None and found.issuer.key == signer.issuer.key
    return same_issuer and found.serial_number == signer.serial_number


def content_type_agrees(signed: SignedData, signer: SignerInfo) -> bool:
    """Whether the signed attributes name the type of the content, as RFC 5652 section 11.1 wants; old issuers do not."""
    try:
        kind = signer.attribute(CONTENT_TYPE)
        return kind is None or kind.dotted() == signed.content_type
    except Malformed:
        return False


def hash_names(signer: SignerInfo) -> set[str]:
    """The hash algorithms that a signature rests on, for naming weak ones."""
    found = {signatures.digest_name(signer.digest_algorithm)}
    with suppress(NotSupported, Malformed):
        found.add(signatures.hash_name(signer.signature_algorithm))
    return found
