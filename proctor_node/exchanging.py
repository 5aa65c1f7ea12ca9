"""The exchange with a station: examine, commit, believe, answer (DESIGN.md section 7)."""

from __future__ import annotations

import hashlib
import hmac
import logging
import zlib
from concurrent.futures import Future
from dataclasses import dataclass

import msgspec

from exam_engine import exchange as x
from exam_engine.attempt import Phase
from exam_engine.errors import ExamEngineError, RecordBroken
from exam_engine.record import sign_receipt
from proctor_node import evidence
from proctor_node.errors import Refused, StoreUnusable
from proctor_node.fleet import Fleet
from proctor_node.instructions import Instructing
from proctor_node.intake import Accepted
from proctor_node.ports import EnrolledStation
from proctor_node.referrals import Referrals
from proctor_node.state import Contact, fresh_nonce

LOG = logging.getLogger(__name__)
POLL_MS = 2000
BUSY_POLL_MS = 1000
DAY_MS = 86_400_000
SOON = {Phase.VERIFIED, Phase.READY}
PICTURES = "referral_pictures"


@dataclass(frozen=True, slots=True)
class Pending:
    """An exchange whose entries are on their way to the disk; `commit` is None if there was nothing to keep."""

    station: EnrolledStation
    request: x.ExchangeRequest
    contact: Contact
    accepted: list[Accepted]
    attachments: list[x.Attachment]
    commit: Future[None] | None


class Exchanging(Fleet, Instructing, Referrals):
    """Taking in what stations send. `begin` and `finish` frame the commit, so that many exchanges share one."""

    def exchange(self, station: EnrolledStation, request: x.ExchangeRequest) -> x.ExchangeResponse:
        """Take in what a station sends and tell it what is new for it. Answered after the commit.

        Raises:
            Refused: replayed, or with a stale nonce (a fresh one comes with the refusal).
        """
        with self._contacts[station.station].gate:
            pending = self.begin(station, request)
            if pending.commit is not None:
                try:
                    pending.commit.result()
                except StoreUnusable:
                    self.doubt(pending)
                    raise
            return self.finish(pending)

    def enter(self, station: EnrolledStation) -> bool:
        """Take the station's turn if nothing of it is under way; `leave` gives it back."""
        return self._contacts[station.station].gate.acquire(blocking=False)

    def leave(self, station: EnrolledStation) -> None:
        """Give the turn back."""
        self._contacts[station.station].gate.release()

    def begin(self, station: EnrolledStation, request: x.ExchangeRequest) -> Pending:
        """Examine what came and hand it to the store; the caller holds the station's turn.

        Raises:
            Refused: as `exchange`.
        """
        name = station.station
        with self._lock:
            contact = self._count(name, request.counter)
            if request.nonce not in {contact.nonce, contact.previous_nonce} or not request.nonce:
                raise Refused(f"stale_nonce:{contact.nonce}")
            contact.previous_nonce, contact.nonce = contact.nonce, fresh_nonce()
            contact.seen, contact.health, contact.confirmed = self._clocks.seconds(), request.health, ""
            self._heard_build(contact, request.build)
            contact.provision, contact.cursor = request.provision, request.cursor
            contact.forms, contact.uncertainty = request.forms, request.clock.uncertainty
            if self._doubtful:
                self._settle({batch.attempt for batch in request.batches})
            accepted: list[Accepted] = []
            for batch in request.batches:
                found = self._examine(station, batch, accepted)
                accepted += [] if found is None else [found]
            attachments = [
                a
                for a in request.attachments
                if hmac.compare_digest(_digest_of(a), a.sha256) and self._may_attach(station, a, accepted)
            ]
            self._hold([a for a in attachments if a.kind == PICTURES])
            # Pictures of a referral are held in memory and written nowhere.
            attachments = [a for a in attachments if a.kind != PICTURES]
            commit = None
            if accepted or attachments:
                expiry = self.now() + self.rules.sitting.retention_days * DAY_MS
                commit = self.store.take(name, request.counter, accepted, attachments, expiry)
            return Pending(station, request, contact, accepted, attachments, commit)

    def doubt(self, pending: Pending) -> None:
        """After a commit that failed nobody knows what was kept (a connection may break after it): the store is asked."""
        with self._lock:
            self._doubtful |= {found.batch.attempt for found in pending.accepted}

    def _settle(self, attempts: set[str]) -> None:
        """Read again what is doubtful; until the store has answered nothing is forgotten and nothing more believed."""
        for attempt in attempts & self._doubtful:
            self.store.replay(found := self.intake.empty(), attempt)
            self.intake.records.pop(attempt, None)
            self.intake.records.update(found.records)
            self._doubtful.discard(attempt)
        if attempts:
            self._choose_again()

    def finish(self, pending: Pending) -> x.ExchangeResponse:
        """Believe what has been committed, and answer."""
        station, request, contact = pending.station, pending.request, pending.contact
        name = station.station
        with self._lock:
            for found in pending.accepted:
                self.intake.believe(found.batch.station or name, found)
            self._judge(pending.attachments)
            self._after_intake(station, pending.accepted)
            if self._held:
                self._forget_pictures()
            receipts = tuple(
                self._receipt(batch.station or name, batch)
                for batch in request.batches
                if batch.attempt in self.intake.records
            )
            news = tuple(i for i in self._instructions.get(name, ()) if i.number > request.cursor)
            poll = spread(name, BUSY_POLL_MS if pending.accepted or self._soon(station) else POLL_MS)
            held = "build_differs" if self._held_out(contact) else ""
            taken = tuple(attachment.sha256 for attachment in pending.attachments)
            return x.ExchangeResponse(
                name, request.counter, receipts, news, self.now(), poll, contact.nonce, held, taken
            )

    def _soon(self, station: EnrolledStation) -> bool:
        """Whether something is about to happen: somebody here waits for the signal."""
        candidate = self.candidate_at(station.seat, self.plan.shift)
        waits = candidate is not None and self.intake.attempt(self.attempt_name(candidate)).phase in SOON
        return waits and not self.signal_for(station.seat)

    def _examine(self, sender: EnrolledStation, batch: x.RecordBatch, coming: list[Accepted]) -> Accepted | None:
        try:
            station = self._writer(sender, batch)
            origin = self._origin(station, batch.attempt, batch.epoch)
            if origin is None:
                origin, complete = self._taken_over(station, batch, coming)
                if not complete:
                    return None
            return self.intake.examine(station.station, station.signing_key, batch, origin, coming)
        except (ExamEngineError, Refused) as error:
            if isinstance(error, RecordBroken) and error.reason == "fork":
                self.intake.doubt(batch.attempt, "fork")
            LOG.warning("batch of %s refused: %s", sender.station, getattr(error, "reason", error.code))
            return None

    def _origin(self, station: EnrolledStation, attempt: str, epoch: int) -> str | None:
        """The head from which this station may write the epoch ("" in the first one); None if it may not.

        A station writes for the candidate of its own seat, for people nobody knows who came to it, and for an attempt
        that was moved to it by an order.
        """
        for instruction in self._instructions.get(station.station, ()):
            act = instruction.act
            if isinstance(act, x.MoveIn) and instruction.attempt == attempt and act.epoch == epoch - 1:
                return act.previous_head
        if epoch != 1:
            return None
        record = self.intake.records.get(attempt)
        begun_here = record is not None and 1 in record.epochs and record.epochs[1].station == station.station
        unknown = attempt.startswith(f"{self.plan.exam.id}/") and f"/unknown-{station.station}-" in attempt
        at_seat = any(
            row is not None and self.attempt_name(row) == attempt
            for row in (self.candidate_at(station.seat, shift.id) for shift in self.plan.exam.shifts)
        )
        return "" if begun_here or unknown or at_seat else None

    def _may_attach(self, station: EnrolledStation, attachment: x.Attachment, coming: list[Accepted]) -> bool:
        if attachment.kind == "survey":
            return True
        name, attempt = station.station, attachment.attempt
        if any(found.batch.attempt == attempt and found.batch.station in {"", name} for found in coming):
            return True
        record = self.intake.records.get(attempt)
        if record is not None and any(epoch.station == name for epoch in record.epochs.values()):
            return True
        epochs = {1} | {
            i.act.epoch + 1 for i in self._instructions.get(station.station, ()) if isinstance(i.act, x.MoveIn)
        }
        return any(self._origin(station, attachment.attempt, epoch) is not None for epoch in epochs)

    def _receipt(self, station: str, batch: x.RecordBatch) -> x.BatchReceipt:
        name = self.intake.record_name(station, batch.attempt, batch.epoch)
        epoch = self.intake.records[name].epochs.get(batch.epoch) if name in self.intake.records else None
        ours = epoch is not None and epoch.station == station
        last, head = (epoch.last, epoch.head) if epoch is not None and ours else (0, "")
        code = self.intake.receipt_code(batch.attempt)
        return sign_receipt(self._signing, batch.attempt, batch.epoch, last, head, code)

    def _judge(self, attachments: list[x.Attachment]) -> None:
        for attachment in attachments:
            if attachment.kind != "identity_evidence":
                continue
            try:
                found = evidence.differences(evidence.decode(attachment.body), self._trust, self.now())
            except (msgspec.ValidationError, msgspec.DecodeError):
                found = ["evidence_unreadable"]
            if found:
                self._differences[attachment.attempt] = found

    def _after_hold(self, station: EnrolledStation) -> None:
        self._send_release(station)

    def _after_intake(self, station: EnrolledStation, accepted: list[Accepted]) -> None:
        for found in accepted:
            if found.batch.first == 1 and found.batch.epoch > 1:
                self._settle_takeover(self._writer(station, found.batch), found)
        for name in {found.batch.attempt for found in accepted}:
            attempt = self.intake.attempt(name)
            if attempt.phase in {Phase.VERIFIED, Phase.READY}:
                self._send_release(station)
            if name in self._moves and attempt.phase is Phase.MOVED:
                self._move_in(name)


def spread(station: str, poll: int) -> int:
    """A poll delay of 75 to 125 %, always the same for a station: the start and every restart come as a drizzle, not as a wave."""
    return poll * (75 + zlib.crc32(station.encode()) % 51) // 100


def _digest_of(attachment: x.Attachment) -> str:
    # An answer of the survey is salted, so that equal answers do not look alike; it is believed as it is.
    if attachment.kind == "survey":
        return attachment.sha256
    return hashlib.sha256(attachment.body).hexdigest()
