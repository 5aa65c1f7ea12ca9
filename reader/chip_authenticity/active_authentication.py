"""Active authentication: the chip signs our challenge (Doc 9303-11 section 6.1). The verifying half is pure."""

from __future__ import annotations

import hashlib
import hmac

from asn1crypto import algos, keys

from reader import tlv
from reader.apdu import CommandApdu
from reader.crypto import signatures
from reader.errors import BadSignature, Malformed, NotSupported, parsing
from reader.secure_messaging import Channel

CHALLENGE = 8
# ISO/IEC 9796-2 trailer -> hash (scheme 1).
TRAILERS = {b"\xbc": "sha1", b"\x38\xcc": "sha224", b"\x34\xcc": "sha256", b"\x36\xcc": "sha384", b"\x35\xcc": "sha512"}
HASH_BY_BITS = ((512, "sha512"), (384, "sha384"), (256, "sha256"), (0, "sha224"))
DG15 = 0x6F


def request(channel: Channel, challenge: bytes) -> bytes:
    """The chip's signature over eight bytes of ours (INTERNAL AUTHENTICATE)."""
    return channel.transmit(CommandApdu(0x88, payload=challenge, le=256)).expect("INTERNAL AUTHENTICATE")


@parsing("DG15")
def verify(dg15: bytes, challenge: bytes, signature: bytes) -> None:
    """Check the chip's answer with the key of DG15.

    Raises:
        BadSignature: the chip does not hold the private key.
        NotSupported, Malformed: the key or the answer is of no known kind.
    """
    try:
        public = keys.PublicKeyInfo.load(tlv.first(dg15, DG15), strict=True)
        kind = public["algorithm"]["algorithm"].native
    except (ValueError, TypeError, KeyError) as error:
        raise Malformed("DG15 holds no public key") from error
    if kind == "rsa":
        _verify_rsa(public, challenge, signature)
    elif kind == "ec":
        _verify_ec(public, challenge, signature)
    else:
        raise NotSupported(f"DG15 key of kind {kind}")


def _verify_ec(public: keys.PublicKeyInfo, challenge: bytes, signature: bytes) -> None:
    size = (len(bytes(public["public_key"].native)) - 1) // 2
    digest = next(name for bits, name in HASH_BY_BITS if size * 8 >= bits)
    if signature[:1] != b"\x30" or len(signature) == 2 * size:
        # Plain r || s as the standard says; some cards send DER.
        half = len(signature) // 2
        r, s = int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big")
        signature = algos.DSASignature({"r": r, "s": s}).dump()
    algorithm = algos.SignedDigestAlgorithm({"algorithm": f"{digest}_ecdsa"})
    signatures.verify(public, algorithm, signature, challenge, digest)


def _verify_rsa(public: keys.PublicKeyInfo, challenge: bytes, signature: bytes) -> None:
    numbers = public["public_key"].parsed
    modulus, exponent = int(numbers["modulus"].native), int(numbers["public_exponent"].native)
    size = (modulus.bit_length() + 7) // 8
    if len(signature) != size or modulus.bit_length() > signatures.LARGEST_MODULUS:
        raise BadSignature("signature has another length than the key")
    recovered = pow(int.from_bytes(signature, "big"), exponent, modulus).to_bytes(size, "big")
    trailer = recovered[-1:] if recovered[-1:] == b"\xbc" else recovered[-2:]
    digest = TRAILERS.get(trailer)
    if digest is None or recovered[0] != 0x6A:
        raise BadSignature("not an ISO/IEC 9796-2 signature of this key")
    length = hashlib.new(digest).digest_size
    message, stated = recovered[1 : -len(trailer) - length], recovered[-len(trailer) - length : -len(trailer)]
    if not hmac.compare_digest(hashlib.new(digest, message + challenge).digest(), stated):
        raise BadSignature("the chip signed another challenge")
