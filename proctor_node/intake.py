"""The exchange: from signed bytes to receipts after the commit (DESIGN.md section 7).

1 the station is enrolled, and signed these bytes      4 new entries are committed, once; gaps and forks are named
2 the counter grew, the nonce is the one given last    5 the live record follows, and what waits for it happens
3 each batch holds together and belongs to this seat   6 receipts signed by the node, instructions after the cursor
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
from collections.abc import Callable
from dataclasses import dataclass

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from exam_engine import exchange as x
from exam_engine.errors import ExamEngineError, RecordBroken
from exam_engine.plan import attempt_id
from exam_engine.record import Entry, advance, genesis, sign_receipt, verify_batch
from proctor_node.core import NodeCore
from proctor_node.errors import CounterReplayed, MessageNotUnderstood, NotSignedByStation, StaleNonce, StationUnknown
from proctor_node.instructions import Instructions
from proctor_node.links import Link, Links
from proctor_node.live_records import LiveRecord, fold
from proctor_node.ports import EnrolledStation, StoredEntry, Transaction

LOG = logging.getLogger(__name__)
DAY = 86_400_000
LARGEST_ATTACHMENT = 512 * 1024
# No 0 O 1 I L U: the code is read aloud and copied by hand (UX.md acceptance 35).
CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
SURVEY = "survey"


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of one batch: the head now, the entries that were new, and what is wrong, if anything."""

    batch: x.RecordBatch
    sequence: int
    head: str
    fresh: tuple[Entry, ...] = ()
    wrong: str = ""


Watcher = Callable[[EnrolledStation, LiveRecord, tuple[Entry, ...]], None]


class Intake:
    """Takes what stations send."""

    def __init__(self, core: NodeCore, links: Links, instructions: Instructions) -> None:
        self._core, self._links, self._instructions = core, links, instructions
        self._code_key = hashlib.sha256(b"khaothi/receipt-code/1\x00" + core.signing.private_bytes_raw()).digest()
        self.watchers: list[Watcher] = []
        self.held_out: Callable[[EnrolledStation, x.ExchangeRequest], str] = lambda _station, _request: ""

    # -- who speaks

    def speaker(self, station: str, path: str, raw: bytes, signature: str) -> EnrolledStation:
        """The station whose signature over these bytes holds.

        Raises:
            StationUnknown, NotSignedByStation: as named.
        """
        known = self._core.standing(station)
        if known is None:
            raise StationUnknown("this station is not enrolled here, or was revoked")
        try:
            given = base64.b64decode(signature, validate=True)
            Ed25519PublicKey.from_public_bytes(known.signing_key).verify(given, x.signing_input(path, raw))
        except (InvalidSignature, ValueError) as error:
            raise NotSignedByStation("the request is not signed by this station") from error
        return known

    def count(self, station: EnrolledStation, counter: int) -> Link:
        """The link of a station whose counter grew.

        Raises:
            CounterReplayed: it did not.
        """
        link = self._links.of(station.id, station.counter)
        with self._links.lock:
            if counter <= link.counter:
                raise CounterReplayed(f"counter {counter} was used")
            link.counter = counter
        return link

    def fetch(self, station: str, path: str, raw: bytes, signature: str) -> EnrolledStation:
        """Who asks for a provision or a form; the counter is on disk afterwards."""
        known = self.speaker(station, path, raw, signature)
        asked = _decoded(raw, x.SignedFetch)
        if asked.station != station:
            raise MessageNotUnderstood("the body names another station")
        self.count(known, asked.counter)
        self._core.write(lambda transaction: transaction.set_counter(station, asked.counter))
        return known

    # -- the exchange

    def exchange(self, station: str, raw: bytes, signature: str) -> bytes:
        """One exchange; the answer's bytes.

        Raises:
            NodeError: the request is refused as a whole, and nothing was kept.
        """
        known = self.speaker(station, x.exchange_path(station), raw, signature)
        request = _decoded(raw, x.ExchangeRequest)
        if request.station != station:
            raise MessageNotUnderstood("the body names another station")
        link = self.count(known, request.counter)
        self._check_nonce(link, request.nonce)
        accepted = self._take(known, request) if request.batches or request.attachments else ()
        self._note(known, link, request, accepted)
        receipts = tuple(self._receipt(known, one) for one in accepted if one.sequence)
        return x.encode(self._answer(known, link, request, receipts))

    def _check_nonce(self, link: Link, nonce: str) -> None:
        fresh = self._core.random(16).hex()
        with self._links.lock:
            given, link.nonce = link.nonce, fresh
        if not given or not hmac.compare_digest(given, nonce):
            raise StaleNonce(fresh)

    def first_nonce(self, station: EnrolledStation) -> str:
        """The nonce with which a station begins after its enrolment."""
        link = self._links.of(station.id, station.counter)
        link.nonce = self._core.random(16).hex()
        return link.nonce

    def _take(self, station: EnrolledStation, request: x.ExchangeRequest) -> tuple[Accepted, ...]:
        now = self._core.exam_ms()
        checked = [self._checked(station, batch) for batch in request.batches]
        attachments = [one for one in request.attachments if self._attachable(station, one)]
        keep_until = now + self._core.plan.rules.sitting.retention_days * DAY

        def work(transaction: Transaction) -> tuple[Accepted, ...]:
            transaction.set_counter(station.id, request.counter)
            for attachment in attachments:
                transaction.put_attachment(attachment, now, keep_until)
            return tuple(self._accept(transaction, station, one, now) for one in checked)

        accepted = self._core.write(work)
        for one in accepted:
            if one.fresh:
                self._follow(station, one)
        return accepted

    def _checked(self, station: EnrolledStation, batch: x.RecordBatch) -> tuple[x.RecordBatch, tuple[Entry, ...], str]:
        """A batch with its entries, or with what is wrong with it."""
        try:
            entries = verify_batch(batch, station.signing_key)
        except RecordBroken as error:
            return batch, (), error.reason
        except (ExamEngineError, ValueError) as error:
            return batch, (), getattr(error, "code", "record_broken")
        return batch, entries, "" if self.may_write(station, batch) else "attempt_of_another_station"

    def may_write(self, station: EnrolledStation, batch: x.RecordBatch) -> bool:
        """Own seat in epoch 1, an unknown person's check-in at this station, or an attempt that was moved here."""
        exam = self._core.plan.planned
        if batch.attempt.startswith(f"{exam.id}/") and f"/unknown-{station.id}-" in batch.attempt:
            return True
        if batch.epoch > 1:
            return self.ordered_here(station.id, batch.attempt, batch.epoch) is not None
        for shift in exam.shifts:
            row = self._core.plan.at_seat(station.seat, shift.id)
            if row is not None and batch.attempt == attempt_id(exam.id, shift.id, row.sbd):
                return True
        return False

    def ordered_here(self, station: str, attempt: str, epoch: int) -> x.MoveIn | None:
        """The order by which an attempt goes on at this station in that epoch."""
        for instruction in self._instructions.all(station):
            act = instruction.act
            if isinstance(act, x.MoveIn) and instruction.attempt == attempt and act.epoch == epoch - 1:
                return act
        return None

    def _attachable(self, station: EnrolledStation, one: x.Attachment) -> bool:
        if one.kind == SURVEY:
            return len(one.body) <= LARGEST_ATTACHMENT
        mine = self.may_write(station, x.RecordBatch(one.attempt, 1, 1, 1, (), "", "", b"")) or any(
            isinstance(i.act, x.MoveIn) and i.attempt == one.attempt for i in self._instructions.all(station.id)
        )
        whole = hashlib.sha256(one.body).hexdigest() == one.sha256 and len(one.body) <= LARGEST_ATTACHMENT
        if not mine or not whole:
            LOG.warning("attachment refused from station %s", station.id)
        return mine and whole

    # -- one batch

    def _accept(
        self,
        transaction: Transaction,
        station: EnrolledStation,
        checked: tuple[x.RecordBatch, tuple[Entry, ...], str],
        now: int,
    ) -> Accepted:
        batch, entries, wrong = checked
        head = transaction.head(batch.attempt, batch.epoch)
        reached, known = (head.sequence, head.head) if head is not None else (0, "")
        if not wrong and batch.first > reached + 1:
            # Named by the receipt: it says up to where the node has everything.
            return Accepted(batch, reached, known, wrong="gap")
        wrong = wrong or self._contradiction(transaction, station, batch, reached)
        if wrong:
            body = x.encode(batch)
            transaction.put_dispute(batch.attempt, station.id, wrong, body, now)
            return Accepted(batch, reached, known, wrong=wrong)
        fresh = tuple(entry for entry in entries if entry.sequence > reached)
        if not fresh:
            return Accepted(batch, reached, known)
        transaction.append(batch, _with_heads(batch, reached), station.id, now)
        return Accepted(batch, batch.last, batch.head, fresh)

    def _contradiction(
        self, transaction: Transaction, station: EnrolledStation, batch: x.RecordBatch, reached: int
    ) -> str:
        """Why a batch cannot follow what is stored, "" if it can."""
        if batch.previous_head != self._head_before(transaction, station, batch):
            return "fork"
        overlap = min(reached, batch.last)
        if overlap >= batch.first:
            heads = {entry.sequence: entry.head for entry in _with_heads(batch, batch.first - 1)}
            if transaction.head_at(batch.attempt, batch.epoch, overlap) != heads[overlap]:
                return "fork"
        return ""

    def _head_before(self, transaction: Transaction, station: EnrolledStation, batch: x.RecordBatch) -> str | None:
        if batch.first > 1:
            return transaction.head_at(batch.attempt, batch.epoch, batch.first - 1)
        order = self.ordered_here(station.id, batch.attempt, batch.epoch) if batch.epoch > 1 else None
        return genesis(batch.attempt, batch.epoch, order.previous_head if order is not None else "").hex()

    # -- afterwards

    def _follow(self, station: EnrolledStation, one: Accepted) -> None:
        attempt = one.batch.attempt
        record = self._core.live.extend(attempt, one.batch.epoch, one.fresh)
        if record is None:
            record = fold(attempt, self._core.store.read(lambda transaction: transaction.entries(attempt)))
            self._core.live.put(record)
        for watcher in self.watchers:
            watcher(station, record, one.fresh)

    def _note(
        self, station: EnrolledStation, link: Link, request: x.ExchangeRequest, accepted: tuple[Accepted, ...]
    ) -> None:
        link.health, link.build, link.provision = request.health, request.build, request.provision
        link.cursor, link.heard = request.cursor, self._core.steady()
        link.confirmed_at = -1.0
        link.held_out = self.held_out(station, request)
        link.refused = next((one.wrong for one in accepted if one.wrong and one.wrong != "gap"), "")
        self._core.bell.ring()

    def _receipt(self, station: EnrolledStation, one: Accepted) -> x.BatchReceipt:
        attempt, epoch = one.batch.attempt, one.batch.epoch
        record = self._core.live.of(attempt)
        ended = record.state.ended and epoch == record.epoch and one.sequence == record.sequence
        code = self.receipt_code(attempt, one.head) if ended else ""
        return sign_receipt(self._core.signing, attempt, epoch, one.sequence, one.head, code)

    def receipt_code(self, attempt: str, head: str) -> str:
        """Twelve letters and digits in three groups that only this node can derive from the end of a record."""
        message = b"\x00".join((attempt.encode(), head.encode()))
        number = int.from_bytes(hmac.digest(self._code_key, message, "sha256"), "big")
        letters = []
        for _ in range(12):
            number, index = divmod(number, len(CODE_LETTERS))
            letters.append(CODE_LETTERS[index])
        return "-".join("".join(letters[start : start + 4]) for start in (0, 4, 8))

    def _answer(
        self, station: EnrolledStation, link: Link, request: x.ExchangeRequest, receipts: tuple[x.BatchReceipt, ...]
    ) -> x.ExchangeResponse:
        instructions = self._instructions.after(station.id, request.cursor)
        poll = self._core.settings.poll_soon if instructions or self._soon() else self._core.settings.poll_idle
        link.poll = poll / 1000
        refused = f"record_refused:{link.refused}" if link.refused else ""
        return x.ExchangeResponse(
            station.id, request.counter, receipts, instructions, self._core.exam_ms(), poll, link.nonce,
            link.held_out or refused,
        )  # fmt: skip

    def _soon(self) -> bool:
        """Whether something is about to happen in the open shift: check-in, the signal, the end."""
        plan = self._core.plan
        if plan.exam is None or not plan.shift:
            return False
        shift, now = plan.exam.shift(plan.shift), self._core.exam_ms()
        end = shift.starts_at + shift.minutes * 60_000
        return shift.check_in_from <= now <= shift.starts_at + 900_000 or end - 300_000 <= now <= end + 300_000


def _with_heads(batch: x.RecordBatch, after: int) -> list[StoredEntry]:
    """The entries of a verified batch beyond `after`, each with the head that it leads to."""
    head, stored = bytes.fromhex(batch.previous_head), []
    for sequence, text in enumerate(batch.entries, batch.first):
        head = advance(head, text.encode())
        if sequence > after:
            stored.append(StoredEntry(batch.epoch, sequence, text, head.hex()))
    return stored


def _decoded(raw: bytes, kind: type[x.T]) -> x.T:
    try:
        return x.decode(raw, kind)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise MessageNotUnderstood(str(error)) from error
