"""Verifying signatures of certificates, master lists and security objects.

RSA goes through `cryptography`; ECDSA does too where the parameters are those of a curve that it knows, and through
`elliptic` where a state uses other ones (18 % of real CSCA certificates carry explicit parameters).
"""

from __future__ import annotations

import hashlib

from asn1crypto import algos, keys
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from reader.crypto.elliptic import Curve, verify_ecdsa
from reader.errors import BadSignature, Malformed, NotSupported, parsing

HASHES: dict[str, type[hashes.HashAlgorithm]] = {
    "sha1": hashes.SHA1,
    "sha224": hashes.SHA224,
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}
FAST_CURVES = (ec.SECP224R1, ec.SECP256R1, ec.SECP384R1, ec.SECP521R1, ec.BrainpoolP256R1, ec.BrainpoolP384R1, ec.BrainpoolP512R1)  # fmt: skip
LARGEST_MODULUS = 8192
# secp521r1 is the largest curve that states use; a hostile one of thousands of bits would take minutes.
LARGEST_FIELD = 521


@parsing("key or signature")
def verify(public: keys.PublicKeyInfo, algorithm: algos.SignedDigestAlgorithm, signature: bytes, message: bytes, digest: str | None = None) -> None:  # fmt: skip
    """Check a signature over `message`. `digest` names the hash where the algorithm identifier does not.

    Raises:
        BadSignature: it does not verify.
        NotSupported: an algorithm, curve or key size that this program does not know.
        Malformed: key or signature cannot be parsed.
    """
    kind = str(public["algorithm"]["algorithm"].native)
    name = str(algorithm["algorithm"].native)
    try:
        if kind == "ec":
            _verify_ecdsa(public, _digest_of(algorithm, name, digest), signature, message)
        elif kind in {"rsa", "rsassa_pss"}:
            _verify_rsa(public, algorithm, name, digest, signature, message)
        else:
            raise NotSupported(f"public key algorithm {kind}")
    except InvalidSignature as error:
        raise BadSignature(f"{name} signature does not verify") from error
    except UnsupportedAlgorithm as error:
        raise NotSupported(f"{name} signature") from error


def _digest_of(algorithm: algos.SignedDigestAlgorithm, name: str, digest: str | None) -> str:
    found = name.partition("_")[0] if name.startswith("sha") else digest
    if found is None:
        try:
            found = str(algorithm.hash_algo)
        except ValueError as error:
            raise NotSupported(f"signature algorithm {name}") from error
    if found not in HASHES:
        raise NotSupported(f"hash algorithm {found}")
    return found


def _verify_rsa(
    public: keys.PublicKeyInfo,
    algorithm: algos.SignedDigestAlgorithm,
    name: str,
    digest: str | None,
    signature: bytes,
    message: bytes,
) -> None:
    numbers = public["public_key"].parsed
    modulus = int(numbers["modulus"].native)
    if modulus.bit_length() > LARGEST_MODULUS:
        raise NotSupported(f"RSA key of {modulus.bit_length()} bits")
    key = rsa.RSAPublicNumbers(int(numbers["public_exponent"].native), modulus).public_key()
    if name == "rsassa_pss":
        parameters = algorithm["parameters"]
        chosen = HASHES[str(parameters["hash_algorithm"]["algorithm"].native)]
        mask = HASHES[str(parameters["mask_gen_algorithm"]["parameters"]["algorithm"].native)]
        scheme: padding.AsymmetricPadding = padding.PSS(padding.MGF1(mask()), int(parameters["salt_length"].native))
        key.verify(signature, message, scheme, chosen())
    else:
        key.verify(signature, message, padding.PKCS1v15(), HASHES[_digest_of(algorithm, name, digest)]())


def _verify_ecdsa(public: keys.PublicKeyInfo, digest: str, signature: bytes, message: bytes) -> None:
    hashed = hashlib.new(digest, message).digest()
    point = bytes(public["public_key"].native)
    parameters = public["algorithm"]["parameters"]
    fast = _fast_curve(parameters)
    if fast is not None:
        ec.EllipticCurvePublicKey.from_encoded_point(fast(), point).verify(
            signature, hashed, ec.ECDSA(Prehashed(HASHES[digest]()))
        )
        return
    curve = explicit_curve(parameters)
    both = algos.DSASignature.load(signature, strict=True)
    r, s = int(both["r"].native), int(both["s"].native)
    if not verify_ecdsa(curve, curve.decode(point), hashed, r, s):
        raise BadSignature("ECDSA signature does not verify")


OID_OF_CURVE = {
    "1.3.132.0.33": ec.SECP224R1,
    "1.2.840.10045.3.1.7": ec.SECP256R1,
    "1.3.132.0.34": ec.SECP384R1,
    "1.3.132.0.35": ec.SECP521R1,
    "1.3.36.3.3.2.8.1.1.7": ec.BrainpoolP256R1,
    "1.3.36.3.3.2.8.1.1.11": ec.BrainpoolP384R1,
    "1.3.36.3.3.2.8.1.1.13": ec.BrainpoolP512R1,
}
# Prime and order identify the explicit parameters of a curve that is known by name (RFC 5639, FIPS 186-4).
KNOWN_PRIMES: dict[int, type[ec.EllipticCurve]] = {
    0xA9FB57DBA1EEA9BC3E660A909D838D726E3BF623D52620282013481D1F6E5377: ec.BrainpoolP256R1,
    0x8CB91E82A3386D280F5D6F7E50E641DF152F7109ED5456B412B1DA197FB71123ACD3A729901D1A71874700133107EC53: ec.BrainpoolP384R1,
    0xAADD9DB8DBE9C48B3FD4E6AE33C9FC07CB308DB3B3C9D20ED6639CCA703308717D4D9B009BC66842AECDA12AE6A380E62881FF2F2D82C68528AA6056583A48F3: ec.BrainpoolP512R1,
    2**256 - 2**224 + 2**192 + 2**96 - 1: ec.SECP256R1,
    2**384 - 2**128 - 2**96 + 2**32 - 1: ec.SECP384R1,
    2**521 - 1: ec.SECP521R1,
}


def _fast_curve(parameters: keys.ECDomainParameters) -> type[ec.EllipticCurve] | None:
    if parameters.name == "named":
        found = OID_OF_CURVE.get(parameters.chosen.dotted)
        if found is None:
            raise NotSupported(f"curve {parameters.chosen.dotted}")
        return found
    known = KNOWN_PRIMES.get(explicit_curve(parameters).p)
    if known is None:
        return None
    return known if _same_generator(known, explicit_curve(parameters)) else None


def _same_generator(known: type[ec.EllipticCurve], curve: Curve) -> bool:
    """Whether the explicit parameters are those of the named curve: a changed generator would forge signatures."""
    one = ec.derive_private_key(1, known()).public_key().public_numbers()
    two = ec.derive_private_key(2, known()).public_key().public_numbers()
    return curve.g == (one.x, one.y) and curve.multiply(2, curve.g) == (two.x, two.y) and curve.contains((two.x, two.y))


@parsing("curve parameters")
def explicit_curve(parameters: keys.ECDomainParameters) -> Curve:
    """The curve of explicit parameters over a prime field.

    Raises:
        NotSupported: implicit parameters or a binary field.
        Malformed: the generator is not on the curve.
    """
    if parameters.name != "specified":
        raise NotSupported(f"curve parameters: {parameters.name}")
    chosen = parameters.chosen
    if chosen["field_id"]["field_type"].native != "prime_field":
        raise NotSupported("curve over a binary field")
    p, n = int(chosen["field_id"]["parameters"].native), int(chosen["order"].native)
    if not (p > 2 and p.bit_length() <= LARGEST_FIELD and n > 2 and n.bit_length() <= LARGEST_FIELD + 1):
        raise NotSupported(f"curve over {p.bit_length()} bits")
    a = int.from_bytes(chosen["curve"]["a"].native, "big")
    b = int.from_bytes(chosen["curve"]["b"].native, "big")
    base = bytes(chosen["base"].native)
    size = (p.bit_length() + 7) // 8
    if base[:1] in {b"\x02", b"\x03"}:
        generator = _decompress(base, p, a, b)
    else:
        generator = int.from_bytes(base[1 : size + 1], "big"), int.from_bytes(base[size + 1 :], "big")
    curve = Curve("explicit", p, a, b, generator, n)
    if not curve.contains(generator):
        raise Malformed("generator is not on the curve")
    return curve


def _decompress(base: bytes, p: int, a: int, b: int) -> tuple[int, int]:
    if p % 4 != 3:
        raise NotSupported("compressed generator on this field")
    x = int.from_bytes(base[1:], "big")
    y = pow(x**3 + a * x + b, (p + 1) // 4, p)
    return x, y if y % 2 == base[0] & 1 else p - y
