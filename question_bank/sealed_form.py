"""Sealing a form, and the two officers of three who can open it (DESIGN.md section 7, docs/adr/0008).

content key  256 random bits, stored nowhere
package      header (canonical JSON) 00 nonce || AES-256-GCM(content key, form), header as associated data
share        for each pair of officers an XOR split; each half HPKE-encrypted to its officer
order        canonical JSON signed by two officers (Ed25519)
"""

from __future__ import annotations

import base64
import hashlib
import itertools
from collections.abc import Callable

import msgspec
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hpke, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from question_bank import canonical
from question_bank.errors import OfficersUnusable, OrderInvalid, SealBroken, ShareMistyped

SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
PACKAGE = "khaothi/sealed-form/1"
ORDER = "khaothi/release-order/1"
SHARE_INFO = b"khaothi/share/1"
KEY_INFO = b"khaothi/content-key/1"
KEY_BYTES, NONCE_BYTES, CHECK_BYTES = 32, 12, 3
OFFICERS = 3


class OfficerPublic(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An officer's public keys, raw 32 bytes each."""

    name: str
    sealing_key: bytes
    signing_key: bytes


class Officer:
    """An officer with their private keys; these never reach the node."""

    def __init__(self, name: str, sealing: X25519PrivateKey, signing: Ed25519PrivateKey) -> None:
        self.name, self._sealing, self._signing = name, sealing, signing

    @classmethod
    def create(cls, name: str) -> Officer:
        """With fresh keys."""
        return cls(name, X25519PrivateKey.generate(), Ed25519PrivateKey.generate())

    @property
    def public(self) -> OfficerPublic:
        """What may be known."""
        return OfficerPublic(
            self.name, self._sealing.public_key().public_bytes_raw(), self._signing.public_key().public_bytes_raw()
        )

    def to_pem(self, passphrase: bytes) -> bytes:
        """Both keys, each in an encrypted PKCS #8 block."""
        return b"".join(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.BestAvailableEncryption(passphrase),
            )
            for key in (self._sealing, self._signing)
        )

    @classmethod
    def from_pem(cls, name: str, pem: bytes, passphrase: bytes) -> Officer:
        """Back from `to_pem`.

        Raises:
            SealBroken: wrong passphrase or damaged file.
        """
        marker = b"-----END ENCRYPTED PRIVATE KEY-----\n"
        blocks = [block + marker for block in pem.split(marker)[:2]]
        try:
            sealing, signing = (serialization.load_pem_private_key(block, passphrase) for block in blocks)
        except (ValueError, TypeError) as error:
            raise SealBroken("wrong passphrase or damaged key file") from error
        if not isinstance(sealing, X25519PrivateKey) or not isinstance(signing, Ed25519PrivateKey):
            raise SealBroken("not an officer's key file")
        return cls(name, sealing, signing)

    def sign(self, order: bytes) -> bytes:
        """Ed25519 over the canonical bytes of an order."""
        return self._signing.sign(order)

    def open_share(self, package: SealedForm, partner: str) -> bytes:
        """Own half of the key for the pair with `partner`.

        Raises:
            SealBroken: the share is not there or does not open.
        """
        pair = _pair(self.name, partner)
        sealed = package.shares.get(pair, {}).get(self.name)
        if sealed is None:
            raise SealBroken("no share for {name} with {partner}", name=self.name, partner=partner)
        try:
            return bytes(SUITE.decrypt(sealed, self._sealing, _share_info(package.digest, pair, self.name)))
        except (InvalidTag, ValueError) as error:
            raise SealBroken("the share does not open") from error


class SealedForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A form that nobody can read yet. `shares[pair][officer]` is that officer's half, encrypted to them."""

    format: str
    digest: str
    code: str
    subject: str
    body: bytes
    shares: dict[str, dict[str, bytes]]


def _pair(one: str, other: str) -> str:
    return "+".join(sorted((one, other)))


def _share_info(digest: str, pair: str, officer: str) -> bytes:
    return b"\x00".join((SHARE_INFO, digest.encode(), pair.encode(), officer.encode()))


def _header(digest: str, code: str, subject: str) -> bytes:
    return canonical.encode({"code": code, "digest": digest, "format": PACKAGE, "subject": subject})


def seal(
    form: bytes, code: str, subject: str, officers: tuple[OfficerPublic, ...], random: Callable[[int], bytes]
) -> SealedForm:
    """Seal a form's canonical bytes for three officers.

    Raises:
        ValueError: not exactly three different officers.
    """
    if len({officer.name for officer in officers}) != OFFICERS or len(officers) != OFFICERS:
        raise OfficersUnusable("a form is sealed for exactly three officers")
    digest, key, nonce = hashlib.sha256(form).hexdigest(), random(KEY_BYTES), random(NONCE_BYTES)
    body = nonce + AESGCM(key).encrypt(nonce, form, _header(digest, code, subject))
    shares: dict[str, dict[str, bytes]] = {}
    for one, other in itertools.combinations(officers, 2):
        half = random(KEY_BYTES)
        pair = _pair(one.name, other.name)
        shares[pair] = {
            officer.name: _seal_to(officer.sealing_key, content, _share_info(digest, pair, officer.name))
            for officer, content in ((one, half), (other, combine(half, key)))
        }
    return SealedForm(PACKAGE, digest, code, subject, body, shares)


def _seal_to(public: bytes, content: bytes, info: bytes) -> bytes:
    return bytes(SUITE.encrypt(content, X25519PublicKey.from_public_bytes(public), info))


def combine(one: bytes, other: bytes) -> bytes:
    """XOR of two halves: the content key."""
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def open_form(package: SealedForm, key: bytes) -> bytes:
    """The form's canonical bytes.

    Raises:
        SealBroken: wrong key, changed package, or not the form that the header names.
    """
    nonce, body = package.body[:NONCE_BYTES], package.body[NONCE_BYTES:]
    try:
        form = AESGCM(key).decrypt(nonce, body, _header(package.digest, package.code, package.subject))
    except (InvalidTag, ValueError) as error:
        raise SealBroken("wrong key or changed package") from error
    if hashlib.sha256(form).hexdigest() != package.digest:
        raise SealBroken("not the form that the header names")
    return form


# Made at import, by one thread: threads that meet at a type's first use end the process.
_READER = msgspec.json.Decoder(SealedForm)


def encode(package: SealedForm) -> bytes:
    """JSON bytes of a package."""
    return msgspec.json.encode(package)


def decode(raw: bytes) -> SealedForm:
    """A package of its bytes.

    Raises:
        SealBroken: these are none.
    """
    try:
        package = _READER.decode(raw)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise SealBroken("not a sealed form") from error
    if package.format != PACKAGE:
        raise SealBroken("format {format!r} is not known", format=package.format)
    return package


def seal_key(key: bytes, station_key: bytes, digest: str) -> bytes:
    """The content key for one station alone."""
    return _seal_to(station_key, key, KEY_INFO + b"\x00" + digest.encode())


def open_key(sealed: bytes, station_key: X25519PrivateKey, digest: str) -> bytes:
    """The content key at the station.

    Raises:
        SealBroken: it was sealed for another station or another form.
    """
    try:
        return bytes(SUITE.decrypt(sealed, station_key, KEY_INFO + b"\x00" + digest.encode()))
    except (InvalidTag, ValueError) as error:
        raise SealBroken("the key was not meant for this station") from error


class ReleaseOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What two officers sign: which form of which shift may be opened where, not before when (node milliseconds)."""

    format: str
    exam: str
    shift: str
    form_digest: str
    scope: str
    not_before: int


EVERYWHERE = "all"


def in_scope(scope: str, site: str, room: str) -> bool:
    """Whether an order reaches a room. A scope is `all`, `site/SITE` or `room/SITE/ROOM`; anything else reaches nobody."""
    return scope in {EVERYWHERE, f"site/{site}", f"room/{site}/{room}"}


def encode_order(exam: str, shift: str, form_digest: str, scope: str, not_before: int) -> bytes:
    """The canonical bytes to sign."""
    return canonical.encode(msgspec.to_builtins(ReleaseOrder(ORDER, exam, shift, form_digest, scope, not_before)))


def shift_of(raw: bytes) -> str:
    """The shift that an order names, or "" if it is none; nothing is said of its signatures."""
    try:
        return msgspec.convert(canonical.decode(raw), ReleaseOrder).shift
    except (canonical.NotCanonical, msgspec.ValidationError):
        return ""


def verify_order(
    raw: bytes, signatures: dict[str, bytes], officers: dict[str, bytes], digest: str, now: int
) -> ReleaseOrder:
    """The order, if two of the officers signed it, for this form, and its time has come.

    `officers` maps names to raw Ed25519 keys.

    Raises:
        OrderInvalid: the message says which of these fails.
    """
    try:
        order = msgspec.convert(canonical.decode(raw), ReleaseOrder)
    except (canonical.NotCanonical, msgspec.ValidationError) as error:
        raise OrderInvalid("not a release order") from error
    if order.format != ORDER or order.form_digest != digest:
        raise OrderInvalid("the order is for another form")
    valid = {
        name for name, signature in signatures.items() if name in officers and _signed(officers[name], signature, raw)
    }
    if len(valid) < 2 or len({officers[name] for name in valid}) < 2:
        raise OrderInvalid("two officers must sign")
    if now < order.not_before:
        raise OrderInvalid("not before its time")
    return order


def _signed(key: bytes, signature: bytes, raw: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, raw)
    except (InvalidSignature, ValueError):
        return False
    return True


def half_code(share: bytes) -> str:
    """A share as grouped text with a checksum, for carrying by hand when there is no network."""
    check = hashlib.sha256(SHARE_INFO + share).digest()[:CHECK_BYTES]
    text = base64.b32encode(share + check).decode()
    return "-".join(text[index : index + 4] for index in range(0, len(text), 4))


def parse_half_code(text: str) -> bytes:
    """The share of a half-code.

    Raises:
        ShareMistyped: a character is wrong or missing.
    """
    try:
        raw = base64.b32decode("".join(text.upper().replace("-", " ").split()))
    except ValueError as error:
        raise ShareMistyped("not a half-code") from error
    share, check = raw[:KEY_BYTES], raw[KEY_BYTES:]
    if len(raw) != KEY_BYTES + CHECK_BYTES or hashlib.sha256(SHARE_INFO + share).digest()[:CHECK_BYTES] != check:
        raise ShareMistyped("the checksum does not hold")
    return share
