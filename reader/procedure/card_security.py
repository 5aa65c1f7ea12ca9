"""EF.CardSecurity: SecurityInfos under a signature of their own (Doc 9303-11 section 9.2.11, BSI TR-03110-3 A.1.2.5)."""

from __future__ import annotations

from datetime import date

from asn1crypto import cms, core

from reader import cms_signature
from reader.errors import BadSignature, LimitExceeded, Malformed, NoTrustAnchor, NotSupported, ReaderError, parsing
from reader.lds import security_infos
from reader.trust import TrustStore, verify_issued


def verified(raw: bytes, trust: TrustStore, today: date) -> tuple[bytes, str]:
    """The SecurityInfos if signature and chain hold; else nothing and a code that says why."""
    try:
        return _verified(raw, trust, today), ""
    except (BadSignature, Malformed):
        return b"", "card_security_invalid"
    except (NotSupported, NoTrustAnchor, LimitExceeded) as error:
        return b"", error.code


@parsing("EF.CardSecurity")
def _verified(raw: bytes, trust: TrustStore, today: date) -> bytes:
    signed = cms.ContentInfo.load(raw)["content"]
    signer = cms_signature.verify_signed_data(signed)
    if not signer.not_valid_before.date() <= today <= signer.not_valid_after.date():
        raise BadSignature("the signer of EF.CardSecurity is not valid today")
    for anchor in trust.issuers(signer):
        try:
            verify_issued(signer, anchor)
        except ReaderError:
            continue
        return bytes(signed["encap_content_info"]["content"].native)
    raise NoTrustAnchor(f"no anchor for {signer.issuer.human_friendly}")


def chip_keys(infos: bytes) -> list[bytes]:
    """The encoded static public keys of SecurityInfos; none where they cannot be parsed."""
    if not infos:
        return []
    try:
        keys = [info.public_key for info in security_infos.chip_authentication_infos(infos)]
        return [_octets(key) for key in keys]
    except (Malformed, LimitExceeded):
        return []


@parsing("public key")
def _octets(key: bytes) -> bytes:
    return bytes(core.OctetBitString.load(core.Sequence.load(key)[1].dump()).native)
