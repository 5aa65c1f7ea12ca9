"""DG15: the public key of active authentication (Doc 9303-10 section 4.7.15)."""

from __future__ import annotations

from dataclasses import dataclass

from asn1crypto import keys

from reader import ber
from reader.crypto import signatures
from reader.errors import Malformed, NotSupported, parsing

TAG = 0x6F


@dataclass(frozen=True, slots=True)
class AuthenticationKey:
    """`kind` is RSA or EC, `bits` its size (modulus or field), `public` the SubjectPublicKeyInfo as it came."""

    kind: str
    bits: int
    public: bytes


def parse(raw: bytes) -> AuthenticationKey:
    """The key of a DG15.

    Raises:
        Malformed: not a DG15, or no key in it.
        NotSupported: a key of another kind, or larger than any that states use.
    """
    with parsing("DG15 cannot be parsed"):
        outer = ber.element(raw)
        if outer.tag != TAG:
            raise Malformed("not a DG15")
        inner = ber.element(outer.value).raw
        public = keys.PublicKeyInfo.load(inner)
        kind = str(public["algorithm"]["algorithm"].native)
        if kind in {"rsa", "rsassa_pss"}:
            bits = int(public["public_key"].parsed["modulus"].native).bit_length()
            if bits > signatures.LARGEST_MODULUS:
                raise NotSupported("DG15 key of {bits} bits", bits=bits)
            return AuthenticationKey("RSA", bits, inner)
        if kind == "ec":
            return AuthenticationKey("EC", signatures.named_or_explicit(public).p.bit_length(), inner)
        raise NotSupported("DG15 key of kind {kind}", kind=kind)
