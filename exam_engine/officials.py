"""Officials who decide at a station: each has a role and a key of their own, wrapped under a PIN (docs/adr/0028).

    own key      Ed25519; its seed is sealed (AES-256-GCM) under Argon2id of the PIN, so that the right PIN alone opens it
    roster       names, roles and wrapped keys of a site, signed by the node; a station believes no other
    decision     signed by an invigilator and a site head, over the very place in the record where it stands

The node can tell afterwards that both keys signed, and a signature is of no use at another place of any record.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Literal

import msgspec
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from exam_engine.errors import DecisionNotProved, PinWrong, SignatureInvalid
from exam_engine.events import ReferralDecided
from question_bank import canonical

DECISION, DOMAIN = "khaothi/decision/1", b"khaothi/officials/1\x00"
Role = Literal["invigilator", "site_head"]
# In this order they stand in the record: who watches the room, and who answers for the site.
ROLES: tuple[Role, ...] = ("invigilator", "site_head")
PIN_DIGITS, MOST_DIGITS = 6, 12
SALT, NONCE, KEY = 16, 12, 32
# RFC 9106 section 4, second recommended option (64 MiB), with one lane: an exam-room PC has little to spare.
MEMORY_KIB, PASSES, LANES = 64 * 1024, 3, 1


class Official(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person with a role. `wrapped` is nonce and sealed seed of the key whose raw public half is `signing_key`."""

    name: str
    role: Role
    signing_key: bytes
    salt: bytes
    wrapped: bytes

    @property
    def fingerprint(self) -> str:
        """Names this PIN without naming the person; another PIN has another one."""
        return hashlib.sha256(self.wrapped).hexdigest()


class Roster(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The officials of a site in one exam."""

    exam: str
    site: str
    officials: tuple[Official, ...]


_ROSTER = msgspec.json.Decoder(Roster)


def weak(pin: str) -> bool:
    """Whether a PIN is too short or among those that are tried first: one digit repeated, or digits in a row."""
    if not pin.isdecimal() or not pin.isascii() or not PIN_DIGITS <= len(pin) <= MOST_DIGITS:
        return True
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
    return len(steps) == 1 and bool(steps & {0, 1, 9})


def _cipher(pin: str, salt: bytes) -> AESGCM:
    kdf = Argon2id(salt=salt, length=KEY, iterations=PASSES, lanes=LANES, memory_cost=MEMORY_KIB)
    return AESGCM(kdf.derive(pin.encode()))


def create(name: str, role: Role, pin: str, random: Callable[[int], bytes]) -> Official:
    """A fresh key for an official, wrapped under their PIN.

    Raises:
        PinWrong: the PIN is weak.
    """
    if weak(pin):
        raise PinWrong("a PIN has {digits} digits or more, not all alike and not in a row", digits=PIN_DIGITS)
    seed, salt, nonce = random(KEY), random(SALT), random(NONCE)
    key = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    # The role is bound in: nobody wraps an invigilator's key for a site head.
    sealed = _cipher(pin, salt).encrypt(nonce, seed, _bound(name, role, key))
    return Official(name, role, key, salt, nonce + sealed)


def unlock(official: Official, pin: str) -> Ed25519PrivateKey:
    """The official's key.

    Raises:
        PinWrong: this is not their PIN.
    """
    bound = _bound(official.name, official.role, official.signing_key)
    try:
        seed = _cipher(pin, official.salt).decrypt(official.wrapped[:NONCE], official.wrapped[NONCE:], bound)
        return Ed25519PrivateKey.from_private_bytes(seed)
    except (InvalidTag, ValueError) as error:
        raise PinWrong("not the PIN of {name}", name=official.name) from error


def _bound(name: str, role: str, key: bytes) -> bytes:
    return DOMAIN + b"\x00".join((name.encode(), role.encode(), key))


def roster(exam: str, site: str, officials: Iterable[Official], sign: Callable[[bytes], bytes]) -> tuple[bytes, bytes]:
    """The roster as bytes, and the node's signature over them."""
    text = msgspec.json.encode(Roster(exam, site, tuple(officials)))
    return text, sign(DOMAIN + text)


def read_roster(text: bytes, signature: bytes, node_key: bytes, exam: str, site: str) -> tuple[Official, ...]:
    """The officials of a site; none if the node gave none.

    Raises:
        SignatureInvalid: the node did not sign this roster, or it is another site's or exam's.
    """
    if not text and not signature:
        return ()
    try:
        Ed25519PublicKey.from_public_bytes(node_key).verify(signature, DOMAIN + text)
        found = _ROSTER.decode(text)
    except (InvalidSignature, ValueError, msgspec.DecodeError) as error:
        raise SignatureInvalid("signature does not verify") from error
    if (found.exam, found.site) != (exam, site):
        raise SignatureInvalid("signature does not verify")
    return found.officials


def decision_text(attempt: str, epoch: int, sequence: int, event: ReferralDecided) -> bytes:
    """The canonical bytes that both officials sign: the decision and its place in the record."""
    return canonical.encode(
        {
            "attempt": attempt,
            "by": list(event.by),
            "decision": event.decision,
            "epoch": epoch,
            "format": DECISION,
            "reason": event.reason,
            "roles": list(event.roles),
            "sequence": sequence,
        }
    )


def signed(
    attempt: str, epoch: int, sequence: int, event: ReferralDecided, keys: dict[str, Ed25519PrivateKey]
) -> ReferralDecided:
    """The event with the signatures of those who decided.

    Raises:
        DecisionNotProved: somebody's key is not there.
    """
    text = decision_text(attempt, epoch, sequence, event)
    if any(name not in keys for name in event.by):
        raise DecisionNotProved("not_signed")
    proof = tuple(base64.b64encode(keys[name].sign(text)).decode() for name in event.by)
    return msgspec.structs.replace(event, proof=proof)


def check_pair(names: Sequence[str], roles: Sequence[str]) -> None:
    """Two different persons, one an invigilator and one a site head.

    Raises:
        DecisionNotProved: `one_person`, or `one_role`.
    """
    if len(names) != len(ROLES) or len(set(names)) != len(names):
        raise DecisionNotProved("one_person")
    if sorted(roles) != sorted(ROLES):
        raise DecisionNotProved("one_role")


def verify(attempt: str, epoch: int, sequence: int, event: ReferralDecided, known: Iterable[Official]) -> None:
    """Check that an invigilator and a site head took this decision at this place of the record.

    Raises:
        DecisionNotProved: `one_person`, `one_role`, `unknown_official`, or `not_signed`.
    """
    check_pair(event.by, event.roles)
    text = decision_text(attempt, epoch, sequence, event)
    if len(event.proof) != len(event.by):
        raise DecisionNotProved("not_signed")
    held: dict[tuple[str, str], list[bytes]] = {}
    for official in known:
        held.setdefault((official.name, official.role), []).append(official.signing_key)
    keys = [held.get(who, []) for who in zip(event.by, event.roles, strict=True)]
    if not all(keys):
        raise DecisionNotProved("unknown_official")
    # A new PIN comes with a new key; what the older one signed may arrive late.
    for own, proof in zip(keys, event.proof, strict=True):
        if not any(_verifies(key, proof, text) for key in own):
            raise DecisionNotProved("not_signed")


def _verifies(key: bytes, proof: str, text: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(base64.b64decode(proof, validate=True), text)
    except (InvalidSignature, ValueError):
        return False
    return True
