"""The messages between station and node (DESIGN.md section 7): one idempotent call, plus enrolment and provision.

Bodies are JSON made by `encode`; the sender signs `signing_input(path, body)` with Ed25519 and puts the signature into the
header `Khaothi-Signature` (standard base64). Signatures are checked over the bytes received.
"""

from __future__ import annotations

import hashlib
from typing import Any, Literal, TypeVar

import msgspec

from exam_engine.plan import Provision

PROTOCOL = b"khaothi/exchange/1"
SIGNATURE_HEADER = "Khaothi-Signature"
ENROL_PATH = "/v1/enrol"
T = TypeVar("T")


def exchange_path(station: str) -> str:
    """POST: the exchange itself."""
    return f"/v1/stations/{station}/exchange"


def provision_path(station: str) -> str:
    """POST: what this station needs for its room and shift, sealed to its device key (HPKE)."""
    return f"/v1/stations/{station}/provision"


def form_path(station: str, digest: str) -> str:
    """POST: one sealed form package, raw bytes."""
    return f"/v1/stations/{station}/forms/{digest}"


class Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A message of the exchange; an unknown field is an error, not a silent loss."""


class RecordBatch(Message, frozen=True):
    """Consecutive record entries of one attempt and epoch, as the exact canonical texts that were hashed and signed.

    `previous_head` is the head before `first`, `head` the one after `last` (hex SHA-256); `signature` is the station's
    Ed25519 over `exam_engine.record.batch_signing_input` (base64). `station` names the writer where another one hands the
    batch on: what a mirror held of a PC that may never come back.
    """

    attempt: str
    epoch: int
    first: int
    last: int
    entries: tuple[str, ...]
    previous_head: str
    head: str
    signature: bytes
    station: str = ""


class Attachment(Message, frozen=True):
    """Bytes that the record names only by digest (identity evidence), erasable on schedule without breaking the chain."""

    sha256: str
    kind: Literal["identity_evidence", "survey", "referral_pictures"]
    attempt: str
    body: bytes


class ReferralPictures(Message, frozen=True):
    """Body of an attachment `referral_pictures`: what two persons compare when a check-in was referred (DESIGN.md section 4.8).

    Both are JPEG or PNG (a portrait in JPEG 2000 is turned into one at the station, browsers show none); `live` is empty where no
    camera looked. The node keeps them in memory until the decision, 15 minutes at most, and writes them nowhere.
    """

    portrait: bytes
    live: bytes
    taken_at: int
    tries: int


class Health(Message, frozen=True):
    """State of one station, for the board. `phase` is the progress word of UX.md section 3, axis 1."""

    attempt: str
    phase: str
    answered: int
    items: int
    remaining: int
    unsent: int
    help: str
    disk_free: int
    reader: str
    camera: str
    lockdown: str
    store: Literal["ok", "full", "failing"] = "ok"
    mirror: Literal["none", "ok", "failing"] = "none"


class ClockSample(Message, frozen=True):
    """The station's estimate of node time when it sent, and how sure it is (milliseconds)."""

    node_time: int
    uncertainty: int
    wall_clock: int


class ExchangeRequest(Message, frozen=True):
    """`counter` only grows; `nonce` is the one that the node gave last; `cursor` the last instruction seen."""

    station: str
    counter: int
    nonce: str
    cursor: int
    batches: tuple[RecordBatch, ...]
    attachments: tuple[Attachment, ...]
    clock: ClockSample
    health: Health
    build: str
    forms: tuple[str, ...]
    provision: int


class BatchReceipt(Message, frozen=True):
    """The node has everything up to `sequence` without a gap; `code` is the receipt code once the attempt has ended."""

    attempt: str
    epoch: int
    sequence: int
    head: str
    signature: bytes
    code: str = ""


class OfficerSignature(Message, frozen=True):
    """One officer's Ed25519 signature over the canonical bytes of the order."""

    officer: str
    signature: bytes


class Release(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="release"):
    """The start signal. `order` is the canonical JSON that two officers signed; `sealed_key` is for this station alone."""

    order: bytes
    signatures: tuple[OfficerSignature, ...]
    sealed_key: bytes
    starts_at: int
    form_digest: str


class Pause(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="pause"):
    """Stop the clock and cover the paper."""

    reason: str


class Resume(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="resume"):
    """Let the clock run again."""


class Extend(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="extend"):
    """Give time."""

    milliseconds: int
    reason: str


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="message"):
    """A message to the candidate."""

    text: str


class Decide(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="decide"):
    """Two persons' decision on a referral."""

    decision: Literal["admit", "refuse"]
    reason: str


class MoveAway(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="move_away"):
    """Lock: the attempt goes on at another seat."""

    to_station: str
    to_seat: int


class MoveIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="move_in"):
    """Take an attempt over: its record so far, and the content key for this station."""

    from_station: str
    epoch: int
    previous_head: str
    previous_sequence: int
    entries: tuple[str, ...]
    deadline: int
    form_digest: str
    release: Release


class Collect(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="collect"):
    """Close the attempt now."""

    reason: str


class Void(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="void"):
    """The attempt counts for nothing."""

    reason: str


class Reprovision(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="reprovision"):
    """Fetch the provision again: plan, roster or shift changed."""

    version: int


class CloseShift(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="close_shift"):
    """The shift has closed in this room: its data are erased here once the node has them; with `closed` false it goes on."""

    exam: str
    shift: str
    closed: bool = True


Act = Release | Pause | Resume | Extend | Text | Decide | MoveAway | MoveIn | Collect | Void | Reprovision | CloseShift


class Instruction(Message, frozen=True):
    """One act for one station; numbers grow per station. `attempt` is empty when it concerns the whole station.

    `effective` is the node time at which it counts: what was lost until it arrived is given back (DESIGN.md 4.5).
    """

    number: int
    attempt: str
    effective: int
    by: tuple[str, ...]
    act: Act


class ExchangeResponse(Message, frozen=True):
    """Sent after the commit. `nonce` must come back in the next request; `attached` are the attachments that were taken."""

    station: str
    counter: int
    receipts: tuple[BatchReceipt, ...]
    instructions: tuple[Instruction, ...]
    node_time: int
    next_poll: int
    nonce: str
    held_out: str = ""
    attached: tuple[str, ...] = ()


class EnrolRequest(Message, frozen=True):
    """Keys are raw 32-byte public keys; `code` is shown once by the node to the invigilator."""

    code: str
    signing_key: bytes
    sealing_key: bytes
    build: str


class EnrolResponse(Message, frozen=True):
    """The station's identifier, the node's signing key, and the first nonce."""

    station: str
    node_key: bytes
    nonce: str
    node_time: int


class SignedFetch(Message, frozen=True):
    """Body of the provision and form calls: who asks, protected against replay by the same growing counter."""

    station: str
    counter: int


# Made at import, by one thread: msgspec gathers what it knows of a type at first use, and threads that meet there end the
# process (test_many_threads_may_read_their_first_message_at_once).
_READERS: dict[type, msgspec.json.Decoder[Any]] = {
    kind: msgspec.json.Decoder(kind)
    for kind in (
        ExchangeRequest,
        ExchangeResponse,
        EnrolRequest,
        EnrolResponse,
        SignedFetch,
        Provision,
        ReferralPictures,
    )
}
_INSTRUCTIONS = msgspec.json.Decoder(list[Instruction])


def encode(message: Message) -> bytes:
    """JSON bytes of a message; binary fields in base64."""
    return msgspec.json.encode(message)


def decode(raw: bytes, kind: type[T]) -> T:
    """A message of that kind, or a provision.

    Raises:
        msgspec.ValidationError: the bytes are no such message.
    """
    message: T = _READERS[kind].decode(raw)
    return message


def decode_instructions(raw: bytes) -> list[Instruction]:
    """The instructions that a station keeps.

    Raises:
        msgspec.ValidationError: the bytes are no such list.
    """
    return _INSTRUCTIONS.decode(raw)


def signing_input(path: str, body: bytes) -> bytes:
    """What a sender signs: protocol, path and the digest of the body."""
    return PROTOCOL + b"\x00" + path.encode() + b"\x00" + hashlib.sha256(body).digest()
