"""EF.CardSecurity: SecurityInfos under a signature of their own (Doc 9303-11 section 9.2.11, BSI TR-03110-3 A.1.2.5)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from asn1crypto import core

from reader import cms, cms_signature, trust
from reader.errors import (
    BadSignature,
    LimitExceeded,
    Malformed,
    NoSignerCertificate,
    NoTrustAnchor,
    NotSupported,
    parsing,
)
from reader.lds import security_infos
from reader.trust import TrustStore


def verified(raw: bytes, store: TrustStore, today: date) -> tuple[bytes, str]:
    """The SecurityInfos if signature and chain hold; else nothing and a code that says why."""
    try:
        return _verified(raw, store, today), ""
    except (BadSignature, Malformed):
        return b"", "card_security_invalid"
    except (NotSupported, NoTrustAnchor, NoSignerCertificate, LimitExceeded) as error:
        return b"", error.code


@parsing("EF.CardSecurity cannot be parsed")
def _verified(raw: bytes, store: TrustStore, today: date) -> bytes:
    signed = cms.parse(raw)
    signer, _ = cms_signature.verify_signed_data(signed, store.document_signers())
    if signer.valid_at(datetime.combine(today, time(12), UTC)) is False:
        raise BadSignature("the signer of EF.CardSecurity is not valid today")
    trust.chain(signer, store)
    return signed.content


def chip_keys(infos: bytes) -> list[bytes]:
    """The encoded static public keys of SecurityInfos; none where they cannot be parsed."""
    if not infos:
        return []
    try:
        keys = [info.public_key for info in security_infos.chip_authentication_infos(infos)]
        return [_octets(key) for key in keys]
    except (Malformed, LimitExceeded):
        return []


@parsing("public key cannot be parsed")
def _octets(key: bytes) -> bytes:
    return bytes(core.OctetBitString.load(core.Sequence.load(key)[1].dump()).native)
