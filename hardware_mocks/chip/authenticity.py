"""The chip's proofs: chip authentication and active authentication (Doc 9303-11 sections 6.1 and 6.2)."""

from __future__ import annotations

import hashlib
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from hardware_mocks.chip.channel import ProtectedLine, Refusal, session_key
from hardware_mocks.chip.groups import domain
from hardware_mocks.chip.image import CardImage, ChipKey

TRAILERS = {"sha1": b"\xbc", "sha224": b"\x38\xcc", "sha256": b"\x34\xcc", "sha384": b"\x36\xcc", "sha512": b"\x35\xcc"}
HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha1": hashes.SHA1(), "sha224": hashes.SHA224(), "sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512(),
}  # fmt: skip


def chip_key(card: CardImage, oid: str | None, key_id: bytes | None) -> ChipKey:
    """The static key that the reader names."""
    if card.behaviour.chip_authentication in {"refused", "unknown"}:
        raise Refusal(0x6A80 if card.behaviour.chip_authentication == "refused" else 0x6D00)
    wanted = None if key_id is None else int.from_bytes(key_id, "big")
    fitting = [
        key
        for key in card.chip_keys
        if (oid is None or key.oid == oid) and (key.key_id == wanted if key.key_id is not None else wanted is None)
    ]
    if not fitting:
        raise Refusal(0x6A88)
    return fitting[0]


def renewed(card: CardImage, key: ChipKey, public: bytes) -> ProtectedLine:
    """The line under the keys that follow from the reader's public key."""
    group: Any = domain(key.parameters)
    theirs = group.decoded(public)
    if theirs is None:
        raise Refusal(0x6A80)
    secret = group.secret(key.private, theirs)
    if card.behaviour.chip_authentication == "wrong_keys":
        secret = bytes(len(secret))
    suite = int(key.oid[-2:], 16) if key.oid else 1
    return ProtectedLine(session_key(secret, 1, suite), session_key(secret, 2, suite), aes=suite != 1)


def sign(card: CardImage, challenge: bytes, expected: int) -> bytes:
    """INTERNAL AUTHENTICATE."""
    manner = card.behaviour.active_authentication
    if card.authentication_key is None or len(challenge) != 8 or manner == "refused":
        raise Refusal(0x6985)
    if manner == "empty_long" and expected > 256:
        return b""
    if manner == "other_challenge":
        challenge = bytes(8)
    key = serialization.load_der_private_key(card.authentication_key, None)
    if isinstance(key, rsa.RSAPrivateKey):
        signature = _recoverable(key, challenge, card.authentication_hash)
    else:
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        signature = key.sign(challenge, ec.ECDSA(HASHES[card.authentication_hash]))
        if manner != "der":
            r, s = decode_dss_signature(signature)
            width = -(-key.key_size // 8)
            signature = r.to_bytes(width, "big") + s.to_bytes(width, "big")
    return signature[: len(signature) // 2] if manner == "cut" else signature[: expected or None]


def _recoverable(key: rsa.RSAPrivateKey, challenge: bytes, name: str) -> bytes:
    """ISO/IEC 9796-2 scheme 1 with partial recovery: 6A, message, hash, trailer."""
    numbers = key.private_numbers()
    n = numbers.public_numbers.n
    width, trailer = -(-n.bit_length() // 8), TRAILERS[name]
    room = width - 1 - hashlib.new(name).digest_size - len(trailer)
    message = hashlib.shake_256(challenge + b"M1").digest(room)
    block = b"\x6a" + message + hashlib.new(name, message + challenge).digest() + trailer
    return pow(int.from_bytes(block, "big"), numbers.d, n).to_bytes(width, "big")
