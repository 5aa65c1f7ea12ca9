"""Taking an attempt over with the node out of reach: the room's two halves, what they open and what they sign (docs/adr/0018).

    half         128 random bits on a slip of paper, one for each of two officials; the node keeps neither
    room key     X25519 from HKDF(half A xor half B): opens the mirrors of the room
    own key      Ed25519 from HKDF(half): signs the takeover in its holder's name
    station pass the node's signature over place and key of a station, so that a mirror tells by itself who wrote it

One half opens and signs nothing. A slip is 28 characters, short enough to type within the minute that a takeover may last.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from exam_engine.errors import HalfMistyped, SignatureInvalid
from exam_engine.events import TakenOver
from exam_engine.plan import Holder, RoomRecovery, Seat
from question_bank import canonical

ORDER, PASS = "khaothi/takeover/1", "khaothi/station-pass/1"
SIGN_INFO, ROOM_INFO, CHECK_INFO = b"khaothi/takeover/sign/1", b"khaothi/takeover/room/1", b"khaothi/half/1"
HALF_BYTES, CHECK_BITS, CHARACTERS = 16, 12, 28
# Crockford's alphabet: no I, L, O, U; what looks like one of its signs is read as it.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LOOKALIKE = str.maketrans("ILO", "110")


def half_code(half: bytes) -> str:
    """A half as seven groups of four characters, the last twelve bits a checksum."""
    number = (int.from_bytes(half) << CHECK_BITS) | _check(half)
    text = "".join(ALPHABET[(number >> shift) & 31] for shift in range(5 * (CHARACTERS - 1), -1, -5))
    return "-".join(text[index : index + 4] for index in range(0, CHARACTERS, 4))


def parse_half_code(text: str) -> bytes:
    """The half of a code as typed or scanned.

    Raises:
        HalfMistyped: a character is wrong or missing.
    """
    signs = "".join(text.upper().translate(LOOKALIKE).replace("-", " ").split())
    if len(signs) != CHARACTERS or set(signs) - set(ALPHABET):
        raise HalfMistyped("not a half of a room key")
    number = 0
    for sign in signs:
        number = number << 5 | ALPHABET.index(sign)
    half = (number >> CHECK_BITS).to_bytes(HALF_BYTES)
    if number & ((1 << CHECK_BITS) - 1) != _check(half):
        raise HalfMistyped("the checksum does not hold")
    return half


def _check(half: bytes) -> int:
    return int.from_bytes(hashlib.sha256(CHECK_INFO + half).digest()[:2]) >> (16 - CHECK_BITS)


def _derived(secret: bytes, info: bytes, room: str) -> bytes:
    return HKDF(hashes.SHA256(), 32, None, info + b"\x00" + room.encode()).derive(secret)


def room_name(exam: str, seat: Seat) -> str:
    """What the keys of a room are bound to."""
    return f"{exam}/{seat.site}/{seat.room}"


def room_key(halves: Iterable[bytes], room: str) -> X25519PrivateKey:
    """The key that opens the mirrors of a room, from its two halves in any order."""
    one, other = halves
    both = bytes(a ^ b for a, b in zip(one, other, strict=True))
    return X25519PrivateKey.from_private_bytes(_derived(both, ROOM_INFO, room))


def own_key(half: bytes, room: str) -> Ed25519PrivateKey:
    """The key with which the holder of a half signs."""
    return Ed25519PrivateKey.from_private_bytes(_derived(half, SIGN_INFO, room))


def create(names: tuple[str, str], room: str, random: Callable[[int], bytes]) -> tuple[RoomRecovery, dict[str, str]]:
    """Fresh halves for two named officials: what may be known of them, and the two codes, which are shown once.

    Raises:
        ValueError: the same name twice.
    """
    if len(set(names)) != len(names):
        raise ValueError("two different officials hold the halves")
    halves = {name: random(HALF_BYTES) for name in names}
    public = room_key(halves.values(), room).public_key().public_bytes_raw()
    holders = tuple(Holder(name, own_key(half, room).public_key().public_bytes_raw()) for name, half in halves.items())
    return RoomRecovery(public, holders), {name: half_code(half) for name, half in halves.items()}


def holder_of(half: bytes, recovery: RoomRecovery, room: str) -> str:
    """Whose half this is, or "" if it belongs to another room."""
    key = own_key(half, room).public_key().public_bytes_raw()
    return next((holder.name for holder in recovery.holders if holder.signing_key == key), "")


def order(attempt: str, event: TakenOver) -> bytes:
    """The canonical bytes that both holders sign."""
    return canonical.encode(
        {
            "attempt": attempt,
            "deadline": event.deadline,
            "format": ORDER,
            "from_station": event.from_station,
            "previous_epoch": event.previous_epoch,
            "previous_head": event.previous_head,
            "previous_sequence": event.previous_sequence,
            "to_station": event.to_station,
        }
    )


def signed(attempt: str, event: TakenOver, halves: dict[str, bytes], room: str) -> TakenOver:
    """The event with the names and signatures of those who hold the halves."""
    text = order(attempt, event)
    names = tuple(sorted(halves))
    proof = tuple(base64.b64encode(own_key(halves[name], room).sign(text)).decode() for name in names)
    return msgspec.structs.replace(event, by=names, proof=proof)


def verify(attempt: str, event: TakenOver, recovery: RoomRecovery) -> None:
    """Check that the two holders of a room ordered this takeover.

    Raises:
        SignatureInvalid: not both of them did, or something was changed.
    """
    keys = {holder.name: holder.signing_key for holder in recovery.holders}
    if len(event.by) != len(keys) or set(event.by) != set(keys) or len(event.proof) != len(event.by):
        raise SignatureInvalid("both holders of the room's halves must sign")
    for name, proof in zip(event.by, event.proof, strict=True):
        _verify(keys[name], proof, order(attempt, event))


def pass_text(station: str, seat: Seat, key: bytes) -> bytes:
    """The canonical bytes of a station pass."""
    return canonical.encode(
        {
            "format": PASS,
            "key": base64.b64encode(key).decode(),
            "room": seat.room,
            "seat": seat.number,
            "site": seat.site,
            "station": station,
        }
    )


def verify_pass(node_key: bytes, signature: bytes, station: str, seat: Seat, key: bytes) -> None:
    """Check that the node enrolled this station with this key at this place.

    Raises:
        SignatureInvalid: it did not.
    """
    _verify(node_key, base64.b64encode(signature).decode(), pass_text(station, seat, key))


def _verify(key: bytes, proof: str, text: bytes) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(base64.b64decode(proof, validate=True), text)
    except (InvalidSignature, ValueError) as error:
        raise SignatureInvalid("signature does not verify") from error
