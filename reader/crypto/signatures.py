"""Verifying signatures of certificates, master lists and security objects.

RSA goes through `cryptography`; ECDSA does too where the parameters are those of a curve that it knows, and through
`elliptic` where a state uses other ones (18 % of real CSCA certificates carry explicit parameters).

What real issuers get wrong without weakening anything is tried after what the standard says: another salt length or mask
hash than the parameters state, DigestInfo without NULL, numbers in plain form, leading zeros lost (chip.md section 3).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator

from asn1crypto import algos, core, keys
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, encode_dss_signature

from reader import ber
from reader.crypto.curves import CURVES, NAME_OF_OID
from reader.crypto.elliptic import Curve, verify_ecdsa
from reader.crypto.primes import is_prime
from reader.errors import BadSignature, Malformed, NotSupported, parsing

HASHES: dict[str, type[hashes.HashAlgorithm]] = {
    "sha1": hashes.SHA1,
    "sha224": hashes.SHA224,
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}
DIGEST_OIDS = {
    "1.3.14.3.2.26": "sha1",
    "2.16.840.1.101.3.4.2.4": "sha224",
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}
SIZES = {20: "sha1", 28: "sha224", 32: "sha256", 48: "sha384", 64: "sha512"}
RSA_ENCRYPTION, RSASSA_PSS, PUBLIC_EC = "1.2.840.113549.1.1.1", "1.2.840.113549.1.1.10", "1.2.840.10045.2.1"
# Signature algorithm -> its hash; "" where the hash is named elsewhere. RFC 8017, RFC 5758, BSI TR-03111 section 5.2.1.
SIGNATURE_OIDS = {
    RSA_ENCRYPTION: "", RSASSA_PSS: "",
    "1.2.840.113549.1.1.5": "sha1", "1.3.14.3.2.29": "sha1", "1.2.840.113549.1.1.14": "sha224",
    "1.2.840.113549.1.1.11": "sha256", "1.2.840.113549.1.1.12": "sha384", "1.2.840.113549.1.1.13": "sha512",
    PUBLIC_EC: "", "1.2.840.10045.4": "", "1.2.840.10045.4.2": "", "1.2.840.10045.4.3": "", "1.2.840.10045.4.1": "sha1",
    "1.2.840.10045.4.3.1": "sha224", "1.2.840.10045.4.3.2": "sha256", "1.2.840.10045.4.3.3": "sha384",
    "1.2.840.10045.4.3.4": "sha512", "0.4.0.127.0.7.1.1.4.1.1": "sha1", "0.4.0.127.0.7.1.1.4.1.2": "sha224",
    "0.4.0.127.0.7.1.1.4.1.3": "sha256", "0.4.0.127.0.7.1.1.4.1.4": "sha384", "0.4.0.127.0.7.1.1.4.1.5": "sha512",
    "1.2.840.10040.4.1": "", "1.2.840.10040.4.3": "sha1", "2.16.840.1.101.3.4.3.1": "sha224",
    "2.16.840.1.101.3.4.3.2": "sha256",
}  # fmt: skip
FAST_CURVES: dict[str, type[ec.EllipticCurve]] = {
    "secp192r1": ec.SECP192R1,
    "secp224r1": ec.SECP224R1,
    "secp256r1": ec.SECP256R1,
    "secp384r1": ec.SECP384R1,
    "secp521r1": ec.SECP521R1,
    "brainpoolP256r1": ec.BrainpoolP256R1,
    "brainpoolP384r1": ec.BrainpoolP384R1,
    "brainpoolP512r1": ec.BrainpoolP512R1,
}
_CURVE_OF_PRIME = {curve.p: curve for curve in CURVES.values()}
LARGEST_MODULUS = 8192
# FIPS 186-5 section 5.1 allows public exponents up to 256 bits; one of 100,000 keeps a processor busy for half a minute.
LARGEST_EXPONENT = 256
# secp521r1 is the largest curve that states use; a hostile one of thousands of bits would take minutes.
LARGEST_FIELD = 521


def digest_name(algorithm: str) -> str:
    """The hash of an object identifier, also where an issuer put that of a signature algorithm.

    Raises:
        NotSupported: none that this program knows.
    """
    found = DIGEST_OIDS.get(algorithm) or SIGNATURE_OIDS.get(algorithm)
    if not found:
        raise NotSupported("hash algorithm {algorithm}", algorithm=algorithm)
    return found


@parsing("signature algorithm cannot be parsed")
def hash_name(algorithm: bytes) -> str:
    """The hash that an AlgorithmIdentifier of a signature names itself.

    Raises:
        NotSupported: it names none, or one that is unknown.
    """
    named = ber.element(algorithm).children()[0].dotted()
    return _pss_parameters(algorithm)[0] if named == RSASSA_PSS else digest_name(named)


@parsing("signature algorithm cannot be parsed")
def without_hash(algorithm: bytes) -> bytes | None:
    """The AlgorithmIdentifier of the same scheme that leaves the hash to others, or None where there is none."""
    named = ber.element(algorithm).children()[0].dotted()
    if not SIGNATURE_OIDS.get(named) or not named.startswith(("1.2.840.113549.1.1.", "1.2.840.10045.4.")):
        return None
    generic = RSA_ENCRYPTION if named.startswith("1.2.840.113549") else "1.2.840.10045.4"
    oid = algos.SignedDigestAlgorithmId(generic).dump()
    return ber.build(ber.SEQUENCE, oid)


@parsing("key or signature cannot be parsed")
def verify(public: keys.PublicKeyInfo, algorithm: algos.SignedDigestAlgorithm, signature: bytes, message: bytes, digest: str | None = None) -> None:  # fmt: skip
    """Check a signature over `message`. `digest` names the hash where the algorithm identifier does not.

    Raises:
        BadSignature: it does not verify.
        NotSupported: an algorithm, curve or key size that this program does not know.
        Malformed: key or signature cannot be parsed.
    """
    kind = str(public["algorithm"]["algorithm"].native)
    named = str(algorithm["algorithm"].dotted)
    if named not in SIGNATURE_OIDS:
        raise NotSupported("signature algorithm {algorithm}", algorithm=named)
    try:
        if kind == "ec":
            _verify_ecdsa(public, _digest_of(named, digest), signature, message)
        elif kind in {"rsa", "rsassa_pss"}:
            _verify_rsa(public, algorithm, named, digest, signature, message)
        elif kind == "dsa":
            _verify_dsa(public, _digest_of(named, digest), signature, message)
        else:
            raise NotSupported("public key algorithm {algorithm}", algorithm=kind)
    except InvalidSignature as error:
        raise BadSignature("{kind} signature does not verify", kind=kind) from error
    except UnsupportedAlgorithm as error:
        raise NotSupported("{kind} signature", kind=kind) from error


def _digest_of(named: str, digest: str | None) -> str:
    found = SIGNATURE_OIDS[named] or digest
    if not found:
        raise NotSupported("signature algorithm {algorithm} without a hash", algorithm=named)
    if found not in HASHES:
        raise NotSupported("hash algorithm {algorithm}", algorithm=found)
    return found


def unsigned(number: core.Integer) -> int:
    """A number that cannot be negative, also where its issuer left the leading zero out."""
    return int.from_bytes(number.contents, "big")


# -- RSA -------------------------------------------------------------------------------------------------------------


def _verify_rsa(
    public: keys.PublicKeyInfo,
    algorithm: algos.SignedDigestAlgorithm,
    named: str,
    digest: str | None,
    signature: bytes,
    message: bytes,
) -> None:
    numbers = public["public_key"].parsed
    modulus = unsigned(numbers["modulus"])
    if modulus.bit_length() > LARGEST_MODULUS:
        raise NotSupported("RSA key of {bits} bits", bits=modulus.bit_length())
    key = rsa.RSAPublicNumbers(unsigned(numbers["public_exponent"]), modulus).public_key()
    signature = signature.lstrip(b"\x00").rjust((modulus.bit_length() + 7) // 8, b"\x00")
    if named == RSASSA_PSS:
        _verify_pss(key, algorithm, signature, message)
    else:
        _verify_pkcs1(key, _digest_of(named, digest), signature, message)


def _verify_pkcs1(key: rsa.RSAPublicKey, digest: str, signature: bytes, message: bytes) -> None:
    try:
        key.verify(signature, message, padding.PKCS1v15(), HASHES[digest]())
    except InvalidSignature:
        # RFC 8017 section 9.2 note 2: DigestInfo may come without the NULL of its parameters.
        recovered = key.recover_data_from_signature(signature, padding.PKCS1v15(), None)
        oid = algos.DigestAlgorithmId(digest).dump()
        bare = ber.build(ber.SEQUENCE, oid) + ber.build(ber.OCTET_STRING, hashlib.new(digest, message).digest())
        if not hmac.compare_digest(recovered, ber.build(ber.SEQUENCE, bare)):
            raise


def _verify_pss(key: rsa.RSAPublicKey, algorithm: algos.SignedDigestAlgorithm, signature: bytes, message: bytes) -> None:  # fmt: skip
    stated = _pss_parameters(algorithm.dump())
    for chosen, mask, salt in _pss_candidates(*stated):
        length = padding.PSS.AUTO if salt is None else salt
        scheme = padding.PSS(padding.MGF1(HASHES[mask]()), length)
        try:
            key.verify(signature, message, scheme, HASHES[chosen]())
        except (InvalidSignature, ValueError):
            continue
        return
    raise BadSignature("PSS signature does not verify")


def _pss_parameters(algorithm: bytes) -> tuple[str, str, int]:
    """Hash, mask hash and salt length; absent ones are those of RFC 4055 section 3.1."""
    parts = ber.element(algorithm).children()
    hash_name, mask_name, salt = "sha1", "sha1", 20
    if len(parts) > 1 and parts[1].tag == ber.SEQUENCE:
        for part in parts[1].children():
            inner = ber.element(part.value)
            if part.tag == 0xA0:
                hash_name = digest_name(inner.children()[0].dotted())
            elif part.tag == 0xA1:
                mask_name = digest_name(inner.children()[1].children()[0].dotted())
            elif part.tag == 0xA2:
                salt = inner.integer()
    return hash_name, mask_name, salt


def _pss_candidates(hash_name: str, mask: str, salt: int) -> Iterator[tuple[str, str, int | None]]:
    if salt >= 0:
        yield hash_name, mask, salt
    yield hash_name, mask, None
    if mask != hash_name:
        yield hash_name, hash_name, None


def _verify_dsa(public: keys.PublicKeyInfo, digest: str, signature: bytes, message: bytes) -> None:
    parameters = public["algorithm"]["parameters"]
    p, q, g = (int(parameters[name].native) for name in ("p", "q", "g"))
    if p.bit_length() > LARGEST_MODULUS:
        raise NotSupported("DSA key of {bits} bits", bits=p.bit_length())
    numbers = dsa.DSAPublicNumbers(int(public["public_key"].parsed.native), dsa.DSAParameterNumbers(p, q, g))
    # FIPS 186-4 section 4.6: the leftmost bits of the hash, as many as the subgroup has.
    hashed = hashlib.new(digest, message).digest()[: (q.bit_length() + 7) // 8]
    chosen = SIZES.get(len(hashed))
    if chosen is None:
        raise NotSupported("DSA with a subgroup of {bits} bits", bits=q.bit_length())
    numbers.public_key().verify(signature, hashed, Prehashed(HASHES[chosen]()))


# -- elliptic curves -------------------------------------------------------------------------------------------------


def _verify_ecdsa(public: keys.PublicKeyInfo, digest: str, signature: bytes, message: bytes) -> None:
    curve = _curve(public["algorithm"]["parameters"])
    point, curve = _point(bytes(public["public_key"].native), curve)
    hashed = hashlib.new(digest, message).digest()
    r, s = ecdsa_numbers(signature, (curve.n.bit_length() + 7) // 8)
    fast = FAST_CURVES.get(curve.name)
    if fast is None:
        if not verify_ecdsa(curve, point, hashed, r, s):
            raise BadSignature("ECDSA signature does not verify")
        return
    key = ec.EllipticCurvePublicNumbers(*point, fast()).public_key()
    key.verify(encode_dss_signature(r, s), hashed, ec.ECDSA(Prehashed(HASHES[digest]())))


def ecdsa_numbers(signature: bytes, size: int) -> tuple[int, int]:
    """The numbers r and s of a DER structure, or plain one after another (BSI TR-03111 section 5.2); taken as unsigned.

    Raises:
        Malformed: neither.
    """
    if signature[:1] == b"\x30":
        try:
            whole = ber.element(signature)
            r, s = whole.children()[:2]
        except (Malformed, ValueError):
            whole = None
        if whole is not None and whole.raw == signature and r.tag == s.tag == ber.INTEGER:
            return int.from_bytes(r.value, "big"), int.from_bytes(s.value, "big")
    if len(signature) != 2 * size:
        raise Malformed("not an ECDSA signature")
    return int.from_bytes(signature[:size], "big"), int.from_bytes(signature[size:], "big")


def _point(raw: bytes, curve: Curve) -> tuple[tuple[int, int], Curve]:
    """The public point, on the stated curve or, where an issuer stated the wrong one, on the named one it belongs to.

    A key of another curve of that size was seen with real signers (chip.md section 3, gmrtd #130). The equation decides:
    a point fits another curve by chance with probability 2^-256, and only curves known by name are tried.
    """
    siblings = [other for other in CURVES.values() if other.size == curve.size and other.name != curve.name]
    for candidate in (curve, *siblings):
        try:
            return candidate.decode(_uncompressed(raw, candidate)), candidate
        except Malformed as error:
            refused = error
        # A compressed point fits half of all curves: it says nothing about the curve.
        if raw[:1] in {b"\x02", b"\x03"}:
            raise refused
    raise Malformed("point is not on the curve")


def _uncompressed(raw: bytes, curve: Curve) -> bytes:
    """The form with both coordinates: compressed and hybrid ones are spelled out (SEC 1 section 2.3.4)."""
    if raw[:1] in {b"\x06", b"\x07"}:
        return b"\x04" + raw[1:]
    if raw[:1] in {b"\x02", b"\x03"} and len(raw) == curve.size + 1:
        return curve.encode(_decompress(raw, curve.p, curve.a, curve.b))
    return raw


@parsing("curve parameters cannot be parsed")
def named_or_explicit(public: keys.PublicKeyInfo) -> Curve:
    """The curve of a public key.

    Raises:
        NotSupported, Malformed: as `explicit_curve`, or a name that is unknown.
    """
    return _curve(public["algorithm"]["parameters"])


def _curve(parameters: keys.ECDomainParameters) -> Curve:
    if parameters.name == "named":
        oid = parameters.chosen.dotted
        if oid not in NAME_OF_OID:
            raise NotSupported("curve {curve}", curve=oid)
        return CURVES[NAME_OF_OID[oid]]
    return explicit_curve(parameters)


@parsing("curve parameters cannot be parsed")
def explicit_curve(parameters: keys.ECDomainParameters) -> Curve:
    """The curve of explicit parameters over a prime field; one that is known by name comes back under its name.

    Raises:
        NotSupported: implicit parameters or a binary field.
        Malformed: the generator is not on the curve.
    """
    if parameters.name != "specified":
        raise NotSupported("curve parameters: {name}", name=parameters.name)
    chosen = parameters.chosen
    if chosen["field_id"]["field_type"].native != "prime_field":
        raise NotSupported("curve over a binary field")
    p, n = unsigned(chosen["field_id"]["parameters"]), unsigned(chosen["order"])
    if not (p > 3 and p % 2 and p.bit_length() <= LARGEST_FIELD and n > 2 and n.bit_length() <= LARGEST_FIELD + 1):
        raise NotSupported("curve over {bits} bits", bits=p.bit_length())
    a = int.from_bytes(chosen["curve"]["a"].native, "big") % p
    b = int.from_bytes(chosen["curve"]["b"].native, "big") % p
    base = bytes(chosen["base"].native)
    known = _CURVE_OF_PRIME.get(p)
    if known is not None and (known.a, known.b, known.n) == (a, b, n) and _is_generator(base, known):
        return known
    if not is_prime(p) or not is_prime(n):
        raise Malformed("curve of numbers that are not prime")
    size = (p.bit_length() + 7) // 8
    if base[:1] in {b"\x02", b"\x03"}:
        generator = _decompress(base, p, a, b)
    else:
        generator = int.from_bytes(base[1 : size + 1], "big"), int.from_bytes(base[size + 1 :], "big")
    curve = Curve("explicit", p, a, b, generator, n)
    if not curve.contains(generator):
        raise Malformed("generator is not on the curve")
    return curve


def _is_generator(base: bytes, known: Curve) -> bool:
    """Whether an encoded point is the generator of a known curve: a changed one would forge signatures."""
    x, y = known.g
    if base[:1] in {b"\x02", b"\x03"}:
        return int.from_bytes(base[1:], "big") == x and base[0] & 1 == y & 1
    return base[1:] == known.encode(known.g)[1:]


def _decompress(raw: bytes, p: int, a: int, b: int) -> tuple[int, int]:
    x = int.from_bytes(raw[1:], "big")
    y = _square_root((x**3 + a * x + b) % p, p)
    return x, y if y % 2 == raw[0] & 1 else p - y


def _square_root(value: int, p: int) -> int:
    """Of a number modulo a prime; for p = 1 mod 4 by Tonelli and Shanks. A non-residue gives something else's root."""
    if p % 4 == 3:
        return pow(value, (p + 1) // 4, p)
    odd, twos = p - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    if twos > 128 or pow(value, (p - 1) // 2, p) != 1:
        raise Malformed("not a point of this field")
    other = next((z for z in range(2, 256) if pow(z, (p - 1) // 2, p) == p - 1), None)
    if other is None:
        raise Malformed("modulus is not prime")
    step, root, rest, order = pow(other, odd, p), pow(value, (odd + 1) // 2, p), pow(value, odd, p), twos
    while rest != 1:
        power, squared = 0, rest
        while squared != 1 and power < order:
            squared, power = squared * squared % p, power + 1
        if power >= order:
            raise Malformed("modulus is not prime")
        factor = pow(step, 1 << (order - power - 1), p)
        root, rest, step, order = root * factor % p, rest * factor * factor % p, factor * factor % p, power
    return root
