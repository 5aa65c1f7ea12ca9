"""The record of an attempt: canonical entries in a hash chain, signed a batch at a time (docs/adr/0006).

    entry  = canonical JSON of {"at": ms, "event": {...}, "sequence": n}
    head_0 = SHA-256("khaothi/record/1" 00 attempt 00 epoch 00 previous head)
    head_n = SHA-256(head_{n-1} || entry_n)

`previous head` is empty in the first epoch and the hexadecimal head taken over in later ones. Sequences start at 1 in each
epoch. The texts are kept and sent as hashed, never written again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from exam_engine.errors import RecordBroken, SignatureInvalid
from exam_engine.events import AnyEvent
from exam_engine.exchange import BatchReceipt, RecordBatch
from question_bank import canonical

DOMAIN = b"khaothi/record/1"
BATCH_DOMAIN = b"khaothi/batch/1"
RECEIPT_DOMAIN = b"khaothi/receipt/1"
# One entry is an answer or a check-in; nothing honest is larger.
LARGEST_ENTRY = 64 * 1024


@dataclass(frozen=True, slots=True)
class Entry:
    """One event with its number and the node time in milliseconds at which it happened."""

    sequence: int
    at: int
    event: AnyEvent


def encode_entry(entry: Entry) -> bytes:
    """The canonical bytes of an entry."""
    return canonical.encode({"at": entry.at, "event": msgspec.to_builtins(entry.event), "sequence": entry.sequence})


class _Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An entry as it stands in JSON."""

    at: int
    event: AnyEvent
    sequence: int


_READ = msgspec.json.Decoder(_Written)
_WRITE = msgspec.json.Encoder(order="sorted")
# Numbers that might be beyond 2^53 and text beyond ASCII go the careful way.
_LONG_NUMBER = re.compile(rb"[:,[]-?\d{16}")


def _decode_plain(raw: bytes) -> Entry | None:
    """The entry if its bytes are plainly canonical (written again they are the same), else None: twenty times faster."""
    if not raw.isascii() or _LONG_NUMBER.search(raw):
        return None
    try:
        written = _READ.decode(raw)
    except msgspec.MsgspecError:
        return None
    if _WRITE.encode(written) != raw:
        return None
    return Entry(written.sequence, written.at, written.event)


def decode_entry(raw: bytes) -> Entry:
    """The entry of canonical bytes.

    Raises:
        RecordBroken: too large, not canonical, or not an event of this version.
    """
    if len(raw) > LARGEST_ENTRY:
        raise RecordBroken("entry_too_large")
    plain = _decode_plain(raw)
    if plain is not None:
        return plain
    try:
        value = canonical.decode(raw)
        if not isinstance(value, dict) or set(value) != {"at", "event", "sequence"}:
            raise RecordBroken("entry_not_understood")
        event: AnyEvent = msgspec.convert(value["event"], AnyEvent)
        return Entry(int(value["sequence"]), int(value["at"]), event)
    except (canonical.NotCanonical, msgspec.ValidationError, TypeError, ValueError) as error:
        raise RecordBroken("entry_not_understood", str(error)) from error


def genesis(attempt: str, epoch: int, previous_head: str = "") -> bytes:
    """The head before the first entry of an epoch (32 bytes)."""
    return hashlib.sha256(
        b"\x00".join((DOMAIN, attempt.encode(), str(epoch).encode(), previous_head.encode()))
    ).digest()


def advance(head: bytes, entry: bytes) -> bytes:
    """The head after one more entry."""
    return hashlib.sha256(head + entry).digest()


def heads_of(previous_head: str, entries: Iterable[bytes]) -> list[str]:
    """The head before the first of some entries and after each one, in hexadecimal."""
    try:
        head = bytes.fromhex(previous_head)
    except ValueError as error:
        raise RecordBroken("chain_broken") from error
    heads = [previous_head]
    for entry in entries:
        head = hashlib.sha256(head + entry).digest()
        heads.append(head.hex())
    return heads


def _signing_input(domain: bytes, *fields: str | int) -> bytes:
    return b"\x00".join((domain, *(str(field).encode() for field in fields)))


def make_batch(
    key: Ed25519PrivateKey, attempt: str, epoch: int, first: int, entries: tuple[bytes, ...], previous_head: bytes
) -> RecordBatch:
    """A signed batch of consecutive entries; `previous_head` is the head before the first of them."""
    head = previous_head
    for entry in entries:
        head = advance(head, entry)
    last = first + len(entries) - 1
    signature = key.sign(_signing_input(BATCH_DOMAIN, attempt, epoch, first, last, previous_head.hex(), head.hex()))
    texts = tuple(entry.decode() for entry in entries)
    return RecordBatch(attempt, epoch, first, last, texts, previous_head.hex(), head.hex(), signature)


def verify_batch(batch: RecordBatch, key: bytes) -> tuple[Entry, ...]:
    """The entries of a batch whose chain and signature hold. `key` is the station's raw Ed25519 public key.

    Raises:
        RecordBroken: wrong count, wrong numbering or a head that does not follow.
        SignatureInvalid: another key signed, or something was changed.
    """
    return verify_chain(batch, key)[0]


def verify_chain(batch: RecordBatch, key: bytes) -> tuple[tuple[Entry, ...], list[str]]:
    """As `verify_batch`, with the heads (hexadecimal) before the first entry and after each one."""
    if not batch.entries or len(batch.entries) != batch.last - batch.first + 1:
        raise RecordBroken("wrong_count")
    raw = [text.encode() for text in batch.entries]
    heads = heads_of(batch.previous_head, raw)
    if heads[-1] != batch.head:
        raise RecordBroken("chain_broken")
    fields = (batch.attempt, batch.epoch, batch.first, batch.last, batch.previous_head, batch.head)
    _verify(key, batch.signature, _signing_input(BATCH_DOMAIN, *fields))
    entries = tuple(decode_entry(text) for text in raw)
    if [entry.sequence for entry in entries] != list(range(batch.first, batch.last + 1)):
        raise RecordBroken("wrong_numbering")
    return entries, heads


def sign_receipt(key: Ed25519PrivateKey, attempt: str, epoch: int, sequence: int, head: str, code: str) -> BatchReceipt:
    """The node's word that it has everything up to `sequence`."""
    signature = key.sign(_signing_input(RECEIPT_DOMAIN, attempt, epoch, sequence, head, code))
    return BatchReceipt(attempt, epoch, sequence, head, signature, code)


def verify_receipt(receipt: BatchReceipt, key: bytes) -> None:
    """Check a receipt with the node's raw Ed25519 public key.

    Raises:
        SignatureInvalid: the node did not sign this.
    """
    fields = (receipt.attempt, receipt.epoch, receipt.sequence, receipt.head, receipt.code)
    _verify(key, receipt.signature, _signing_input(RECEIPT_DOMAIN, *fields))


def _verify(key: bytes, signature: bytes, message: bytes) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError) as error:
        raise SignatureInvalid("signature does not verify") from error
