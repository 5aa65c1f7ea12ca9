"""Active authentication: the chip signs our challenge (Doc 9303-11 section 6.1). The verifying half is pure."""

from __future__ import annotations

import hashlib
import hmac

from asn1crypto import algos, keys

from reader import tlv
from reader.apdu import SHORT_LE, CommandApdu
from reader.crypto import signatures
from reader.crypto.groups import public_key
from reader.errors import BadSignature, Malformed, NotSupported, ReaderError, UnexpectedStatus, parsing
from reader.lds import security_infos
from reader.secure_messaging import Channel

CHALLENGE = 8
# ISO/IEC 9796-2 trailer -> hash (scheme 1; hash identifiers of ISO/IEC 10118).
TRAILERS = {
    b"\xbc": "sha1", b"\x33\xcc": "sha1", b"\x38\xcc": "sha224", b"\x34\xcc": "sha256", b"\x36\xcc": "sha384", b"\x35\xcc": "sha512",
}  # fmt: skip
SMALLEST_MODULUS = 1024
HASH_BY_BITS = ((512, "sha512"), (384, "sha384"), (256, "sha256"), (0, "sha224"))
# ecdsa-plain-SHA of BSI TR-03111 section 5.2.1 and ecdsa-with-SHA of RFC 5758.
PLAIN_ARC, X962_ARC = "0.4.0.127.0.7.1.1.4.1.", "1.2.840.10045.4.3."
HASH_BY_ARC = {
    PLAIN_ARC: {"1": "sha1", "2": "sha224", "3": "sha256", "4": "sha384", "5": "sha512"},
    X962_ARC: {"1": "sha224", "2": "sha256", "3": "sha384", "4": "sha512"},
}
DG15 = 0x6F


def request(channel: Channel, dg15: bytes, challenge: bytes, *, extended: bool = True) -> bytes:
    """The chip's signature over eight bytes of ours (INTERNAL AUTHENTICATE).

    A signature too long for a short protected answer is asked for in extended length; chips that answer that with nothing
    or cut it off are asked the other way (chip.md section 3). Where extended length is not taken the short way goes first:
    what does not fit may still come in pieces.

    Raises:
        UnexpectedStatus: the chip refuses.
        SecureMessagingBroken, CardRemoved: as the channel.
    """
    size = signature_size(dg15)
    short = CommandApdu(0x88, payload=challenge, le=SHORT_LE)
    long = CommandApdu(0x88, payload=challenge, le=max(size, SHORT_LE), extended=True)
    tries = (short, long) if size <= channel.largest_short_read or not extended else (long, short)
    best, refused = b"", 0
    for command in tries:
        answer = channel.transmit(command)
        if len(answer.payload) >= size:
            return answer.payload
        best = max(best, answer.payload, key=len)
        refused = refused if answer.ok else answer.status
        if answer.payload and not size:
            break
    if not best:
        raise UnexpectedStatus("INTERNAL AUTHENTICATE", refused or 0x9000)
    return best


def signature_size(dg15: bytes) -> int:
    """How long the signature of this key is at least; 0 if the key is of no known kind."""
    try:
        public = _public(dg15)
        if public["algorithm"]["algorithm"].native == "rsa":
            return (int(public["public_key"].parsed["modulus"].native).bit_length() + 7) // 8
    except (Malformed, NotSupported):
        return 0
    # ECDSA in DER may be a few bytes shorter than r || s; any whole answer will do.
    return 1


@parsing("DG15 cannot be parsed")
def _public(dg15: bytes) -> keys.PublicKeyInfo:
    public = keys.PublicKeyInfo.load(tlv.first(dg15, DG15), strict=True)
    if public["algorithm"]["algorithm"].native == "rsa":
        _ = public["public_key"].parsed["modulus"].native
    return public


@parsing("DG15 cannot be parsed")
def verify(dg15: bytes, challenge: bytes, signature: bytes, dg14: bytes | None = None) -> str:
    """Check the chip's answer with the key of DG15; returns the hash that was used.

    `dg14` may name the hash of an elliptic-curve signature; without it the length of the key does.

    Raises:
        BadSignature: the chip does not hold the private key.
        NotSupported, Malformed: the key or the answer is of no known kind.
    """
    public = _public(dg15)
    kind = public["algorithm"]["algorithm"].native
    if kind == "rsa":
        return _verify_rsa(public, challenge, signature)
    if kind == "ec":
        return _verify_ec(public, challenge, signature, dg14)
    raise NotSupported("DG15 key of kind {kind}", kind=kind)


# -- elliptic curves


def _verify_ec(public: keys.PublicKeyInfo, challenge: bytes, signature: bytes, dg14: bytes | None) -> str:
    group, _ = public_key(public.dump())
    failure: ReaderError = BadSignature("no signature")
    for encoded in _encodings(signature, group.size):
        for digest in _hashes(dg14, group.order.bit_length()):
            algorithm = algos.SignedDigestAlgorithm({"algorithm": f"{digest}_ecdsa"})
            try:
                signatures.verify(public, algorithm, encoded, challenge, digest)
            except (BadSignature, Malformed) as error:
                failure = error
            else:
                return digest
    raise BadSignature(failure.sentence, **failure.values)


def _encodings(signature: bytes, size: int) -> list[bytes]:
    """Plain r || s as the standard says, or DER as some cards send it; the length alone does not always tell."""
    found = []
    if len(signature) % 2 == 0 and len(signature) <= 2 * size:
        half = len(signature) // 2
        r, s = int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big")
        found.append(algos.DSASignature({"r": r, "s": s}).dump())
    if signature[:1] == b"\x30":
        found.append(signature)
    if not found:
        raise BadSignature("a signature of {size} bytes", size=len(signature))
    return found


def _hashes(dg14: bytes | None, bits: int) -> list[str]:
    """The hash that DG14 states, then the one that the key's length asks for (Doc 9303-11 section 6.1.2.3).

    States have been seen to follow neither; every other hash comes last, since any of them binds the challenge.
    """
    by_length = next(name for least, name in HASH_BY_BITS if bits >= least)
    order = [stated_hash(dg14), by_length, "sha256", "sha1", "sha224", "sha384", "sha512"]
    return list(dict.fromkeys(name for name in order if name))


def stated_hash(dg14: bytes | None) -> str:
    """The hash of ActiveAuthenticationInfo, or nothing."""
    try:
        dotted = security_infos.active_authentication_algorithm(tlv.first(dg14 or b"", 0x6E)) or ""
    except Malformed:
        return ""
    for arc, names in HASH_BY_ARC.items():
        if dotted.startswith(arc):
            return names.get(dotted.removeprefix(arc), "")
    return ""


# -- RSA


def _verify_rsa(public: keys.PublicKeyInfo, challenge: bytes, signature: bytes) -> str:
    numbers = public["public_key"].parsed
    modulus, exponent = int(numbers["modulus"].native), int(numbers["public_exponent"].native)
    size = (modulus.bit_length() + 7) // 8
    if not SMALLEST_MODULUS <= modulus.bit_length() <= signatures.LARGEST_MODULUS:
        raise NotSupported("RSA key of {bits} bits", bits=modulus.bit_length())
    if exponent <= 1 or exponent.bit_length() > signatures.LARGEST_EXPONENT:
        raise NotSupported("RSA key with a public exponent of {bits} bits", bits=exponent.bit_length())
    value = int.from_bytes(signature, "big")
    if len(signature) != size or value >= modulus:
        raise BadSignature("signature has another length than the key")
    opened = pow(value, exponent, modulus)
    # Signers may send the smaller of s and n - s (ISO/IEC 9796-2 section 8.2.1): a true opening ends in the nibble C.
    opened = opened if opened & 0x0F == 0x0C else modulus - opened
    recovered = opened.to_bytes(size, "big")
    trailer = recovered[-1:] if recovered[-1:] == b"\xbc" else recovered[-2:]
    digest = TRAILERS.get(trailer)
    if digest is None or recovered[0] >> 6 != 1:
        raise BadSignature("not an ISO/IEC 9796-2 signature of this key")
    length = hashlib.new(digest).digest_size
    body, stated = recovered[: -len(trailer) - length], recovered[-len(trailer) - length : -len(trailer)]
    if not hmac.compare_digest(hashlib.new(digest, _message(body) + challenge).digest(), stated):
        raise BadSignature("the chip signed another challenge")
    return digest


def _message(body: bytes) -> bytes:
    """The recoverable message behind the header: 6A at once, or 6B BB .. BA where it needed padding."""
    start = 0
    while start < len(body) and body[start] & 0x0F != 0x0A:
        if body[start] & 0x0F != 0x0B:
            raise BadSignature("padding of the recovered message is damaged")
        start += 1
    return body[start + 1 :]
