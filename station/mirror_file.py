"""The mirror of a station's journal in one file that grows: what another PC needs to go on without the node (docs/adr/0018).

    header line   JSON {station, place, exam, shift, key, station pass, the mirror key sealed to the room}, signed by the station
    frame         length (4 bytes, big-endian) || nonce || AES-256-GCM(mirror key, part), header digest and number bound in

The mirror key is random, known to this program and to whoever puts the room's two halves together. The station signs the
header, so nobody else can write a file that opens; every batch in it carries its writer's signature besides, as the node
will want to see it. An end that was torn off is left away; anything else that does not hold is refused.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator

import msgspec
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from exam_engine.errors import SignatureInvalid
from exam_engine.exchange import OfficerSignature, RecordBatch
from exam_engine.plan import Seat
from exam_engine.takeover import verify_pass
from station.errors import MirrorRefused

FORMAT = "khaothi/mirror/1"
SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
KEY_INFO = b"khaothi/mirror-key/1"
HEADER_DOMAIN = b"khaothi/mirror-header/1\x00"
KEY_BYTES, NONCE, LENGTH = 32, 12, 4
# A hostile file is not even read: the largest honest one holds a sealed form of some megabytes and a few hundred entries.
LARGEST_FILE, LARGEST_FRAME, LARGEST_HEADER = 64 * 2**20, 16 * 2**20, 8192


class Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose mirror this is. Nothing in it names a person."""

    format: str
    exam: str
    shift: str
    station: str
    seat: Seat
    signing_key: bytes
    station_pass: bytes
    sealed_key: bytes


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind"):
    """What one frame holds."""


class Writer(Part, frozen=True, tag="writer"):
    """Another station whose batches follow: it wrote an earlier epoch."""

    station: str
    seat: Seat
    signing_key: bytes
    station_pass: bytes


class Batch(Part, frozen=True, tag="batch"):
    """Entries of the record."""

    batch: RecordBatch


class Inherited(Part, frozen=True, tag="inherited"):
    """What the node told of an attempt when it moved it here; the first batch of the next epoch is bound to its head."""

    attempt: str
    entries: tuple[str, ...]


class Opened(Part, frozen=True, tag="opened"):
    """The signal: the order, who signed it, and the key of the form."""

    order: bytes
    signatures: tuple[OfficerSignature, ...]
    starts_at: int
    form_digest: str
    content_key: bytes


class Package(Part, frozen=True, tag="package"):
    """A sealed form."""

    digest: str
    body: bytes


class Beat(Part, frozen=True, tag="beat"):
    """At this node time somebody still worked here."""

    at: int


AnyPart = Writer | Batch | Inherited | Opened | Package | Beat
_PARTS = msgspec.json.Decoder(AnyPart)
_HEADERS = msgspec.json.Decoder(Header)


class MirrorWriter:
    """Makes the bytes of one mirror, first to last."""

    def __init__(
        self,
        header: Header,
        signing: Ed25519PrivateKey,
        room: bytes,
        random: Callable[[int], bytes],
    ) -> None:
        key = random(KEY_BYTES)
        sealed = bytes(SUITE.encrypt(key, X25519PublicKey.from_public_bytes(room), KEY_INFO))
        text = msgspec.json.encode(msgspec.structs.replace(header, sealed_key=sealed))
        signature = base64.b64encode(signing.sign(HEADER_DOMAIN + text))
        self.beginning = text + b"\n" + signature + b"\n"
        self._cipher, self._digest, self._random, self._number = AESGCM(key), _digest(text), random, 0

    def frame(self, part: AnyPart) -> bytes:
        """The next frame."""
        nonce = self._random(NONCE)
        sealed = nonce + self._cipher.encrypt(nonce, msgspec.json.encode(part), _place(self._digest, self._number))
        self._number += 1
        return len(sealed).to_bytes(LENGTH) + sealed


def _digest(header: bytes) -> bytes:
    return hashlib.sha256(header).digest()


def _place(digest: bytes, number: int) -> bytes:
    return digest + number.to_bytes(8)


def read_header(raw: bytes, node_key: bytes) -> Header:
    """Whose mirror this is, believed because the node signed the pass and the station the header.

    Raises:
        MirrorRefused: `altered`.
    """
    return _header(raw, node_key)[0]


def _header(raw: bytes, node_key: bytes) -> tuple[Header, bytes, bytes]:
    """Header, its text, and what follows it."""
    text, _, rest = raw.partition(b"\n")
    signature, _, frames = rest.partition(b"\n")
    if len(text) > LARGEST_HEADER or len(raw) > LARGEST_FILE:
        raise MirrorRefused("altered")
    try:
        header = _HEADERS.decode(text)
        verify_pass(node_key, header.station_pass, header.station, header.seat, header.signing_key)
        key = Ed25519PublicKey.from_public_bytes(header.signing_key)
        key.verify(base64.b64decode(signature, validate=True), HEADER_DOMAIN + text)
    except (msgspec.DecodeError, SignatureInvalid, InvalidSignature, ValueError) as error:
        raise MirrorRefused("altered") from error
    if header.format != FORMAT:
        raise MirrorRefused("altered")
    return header, text, frames


def read(raw: bytes, node_key: bytes, room: X25519PrivateKey) -> tuple[Header, list[AnyPart]]:
    """Header and all parts of a mirror. A torn end is left away.

    Raises:
        MirrorRefused: `altered`, or `wrong_halves` if the room key does not open it.
    """
    header, text, frames = _header(raw, node_key)
    try:
        cipher = AESGCM(bytes(SUITE.decrypt(header.sealed_key, room, KEY_INFO)))
    except (InvalidTag, ValueError) as error:
        raise MirrorRefused("wrong_halves") from error
    digest = _digest(text)
    parts: list[AnyPart] = []
    sealed = list(_frames(frames))
    for number, frame in enumerate(sealed):
        try:
            plain = cipher.decrypt(frame[:NONCE], frame[NONCE:], _place(digest, number))
            parts.append(_PARTS.decode(plain))
        except (InvalidTag, ValueError) as error:
            if any(_opens(cipher, digest, later, sealed[later]) for later in range(number + 1, len(sealed))):
                raise MirrorRefused("altered") from error
            break
    return header, parts


def _opens(cipher: AESGCM, digest: bytes, number: int, frame: bytes) -> bool:
    """Whether a frame after an unsound one is sound: then the unsound one is no torn end."""
    try:
        cipher.decrypt(frame[:NONCE], frame[NONCE:], _place(digest, number))
    except (InvalidTag, ValueError):
        return False
    return True


def _frames(raw: bytes) -> Iterator[bytes]:
    at = 0
    while at + LENGTH <= len(raw):
        length = int.from_bytes(raw[at : at + LENGTH])
        if not NONCE < length <= LARGEST_FRAME or at + LENGTH + length > len(raw):
            return
        yield raw[at + LENGTH : at + LENGTH + length]
        at += LENGTH + length
