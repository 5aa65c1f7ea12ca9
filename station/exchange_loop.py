"""The exchange with the node, in a thread of its own: never in the way of the candidate.

Sent is what the node has not confirmed; a receipt moves the mark. An instruction is kept on disk before the cursor moves,
so none is lost and none counts twice. With the node out of reach the loop only waits longer.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exam_engine import exchange as x
from exam_engine.errors import SignatureInvalid
from exam_engine.record import make_batch, verify_receipt
from exam_engine.timing import NodeClock, first_anchor
from question_bank import sealed_form
from station.erasure import CURSOR
from station.errors import NodeNotGenuine, NodeRefused, NodeUnreachable, StationError, StoreFailed
from station.journey import inputs

if TYPE_CHECKING:
    from station.runtime import Station

LOG = logging.getLogger(__name__)
MOST_ENTRIES = 400
MOST_ATTACHMENTS = 4
COALESCE = 0.25
FIRST_RETRY, LONGEST_RETRY = 1.0, 8.0
COUNTER_BLOCK = 1000
# Rounds after which an attachment that was not taken is offered again.
REFUSED_AGAIN = 12


class ExchangeLoop:
    """Sends, receives, confirms."""

    def __init__(self, station: Station, signing: Ed25519PrivateKey, node_key: bytes) -> None:
        self._station, self._signing, self._node_key = station, signing, node_key
        self._wake = threading.Event()
        self._want_provision = True
        self._counter = self._reserved = 0
        self._nonce = ""
        self._retry = FIRST_RETRY
        self._round, self._refused = 0, set[str]()
        self._instructions: list[x.Instruction] | None = None
        self.build = ""

    def wake(self) -> None:
        """There is something to send."""
        self._wake.set()

    def want_provision(self) -> None:
        """The plan changed: fetch it again."""
        self._want_provision = True
        self._wake.set()

    def kept_instructions(self) -> list[x.Instruction]:
        """Every instruction so far, from the journal."""
        if self._instructions is None:
            raw = self._station.ports.journal.kept("instructions")
            self._instructions = [] if raw is None else x.decode_instructions(raw)
        return self._instructions

    @property
    def cursor(self) -> int:
        """The last instruction seen, also of those that are no longer kept."""
        known = self.kept_instructions()
        kept = int(self._station.ports.journal.kept(CURSOR) or b"0")
        return max(kept, known[-1].number if known else 0)

    def shorten(self, left: list[x.Instruction]) -> None:
        """Of the instructions only these still matter."""
        self._instructions = left

    def run(self) -> None:
        """Until the station stops."""
        delay = 0.0
        while not self._station.stopping:
            if self._wake.wait(delay) and not self._station.stopping:
                self._wake.clear()
                self._wake.wait(COALESCE if delay else 0)
                self._wake.clear()
            if self._station.stopping:
                return
            delay = self.once()

    def once(self) -> float:
        """One round; how long to wait before the next, in seconds."""
        try:
            if self._want_provision:
                self._fetch_provision()
            answer = self._exchange()
        except (NodeUnreachable, NodeRefused, NodeNotGenuine) as error:
            failure = error.reason if isinstance(error, NodeRefused) else error.code
            LOG.info("exchange: %s", failure)
            self._station.post(inputs.Exchanged(online=False, failure=failure))
            self._retry = min(LONGEST_RETRY, self._retry * 2)
            return self._spread(self._retry)
        except StoreFailed:
            self._station.call(self._station.journey.not_saved)
            return LONGEST_RETRY
        except StationError as error:
            LOG.error("exchange: %s", error.code)  # noqa: TRY400 - no trace: it could name a person
            return LONGEST_RETRY
        self._retry = FIRST_RETRY
        self._erase()
        return answer.next_poll / 1000

    def _erase(self) -> None:
        """What is of another shift goes once the node has it; what cannot be erased now is tried again at the next exchange."""
        try:
            self._station.erasure.once()
        except StationError as error:
            LOG.error("erasure: %s", error.code)  # noqa: TRY400 - no trace: it could name a person

    def _spread(self, seconds: float) -> float:
        """Somewhere between half of it and all: a room that lost its switch does not come back in one stroke."""
        return seconds * (0.5 + self._station.ports.random(1)[0] / 510)

    # -- provision

    def _fetch_provision(self) -> None:
        ports = self._station.ports
        provision = ports.uplink.provision(self._next_counter())
        if self._station.erasure.is_closed(provision):
            # A closed shift does not come back with the next start of this PC.
            self._want_provision = False
            return
        for digest in provision.forms:
            if ports.journal.kept(f"form/{digest}") is None:
                ports.journal.keep(
                    f"form/{digest}", sealed_form.encode(ports.uplink.form(digest, self._next_counter()))
                )
        ports.journal.keep("provision", msgspec.json.encode(provision))
        self._want_provision = False
        self._station.call(lambda: self._station.provide(provision))

    def _next_counter(self) -> int:
        """Grows over restarts too: a block of numbers is reserved on disk before any of it is used."""
        journal = self._station.ports.journal
        if not self._counter:
            raw = journal.kept("counter")
            self._counter = self._reserved = int(raw or b"0")
        self._counter += 1
        if self._counter > self._reserved:
            self._reserved = self._counter + COUNTER_BLOCK
            journal.keep("counter", str(self._reserved).encode())
        return self._counter

    # -- exchange

    def _exchange(self) -> x.ExchangeResponse:
        station, ports = self._station, self._station.ports
        unsent = ports.journal.unsent(MOST_ENTRIES)
        own = (make_batch(self._signing, p.attempt, p.epoch, p.first, p.entries, p.previous_head) for p in unsent)
        batches = (*station.takeovers.relays(), *own)
        attached = self._attachments()
        pictures = station.pictures.due(station.journey, station.now())
        request = self._request(batches, attached, pictures)
        sent = ports.steady()
        try:
            answer = ports.uplink.exchange(request)
        except NodeRefused as refused:
            if not refused.reason.startswith("stale_nonce:"):
                raise
            # After a restart the nonce is unknown; the node hands out a fresh one with the refusal.
            self._nonce = refused.reason.partition(":")[2]
            request = self._request(batches, attached, pictures)
            sent = ports.steady()
            answer = ports.uplink.exchange(request)
        self._nonce = answer.nonce
        self._anchor(sent, ports.steady(), answer.node_time)
        self._confirm(answer, attached)
        station.pictures.sent(pictures)
        self._take(answer.instructions)
        left = sum(len(part.entries) for part in ports.journal.unsent(MOST_ENTRIES))
        relayed = sum(len(batch.entries) for batch in station.takeovers.relays())
        behind = left + relayed + len(self._refused)
        station.post(inputs.Exchanged(online=True, receipts=answer.receipts, unsent=behind))
        if left:
            self._wake.set()
        return answer

    def _attachments(self) -> list[tuple[str, str, bytes]]:
        """What is to be attached now. What the node did not take waits some rounds, so that it holds nothing else up."""
        self._round += 1
        if self._round % REFUSED_AGAIN == 0:
            self._refused.clear()
        return self._station.ports.journal.attachments(MOST_ATTACHMENTS, self._refused)

    def _request(
        self,
        batches: tuple[x.RecordBatch, ...],
        attached: list[tuple[str, str, bytes]],
        pictures: tuple[x.Attachment, ...],
    ) -> x.ExchangeRequest:
        station, ports, journey = self._station, self._station.ports, self._station.journey
        attachments = tuple(
            x.Attachment(sha256, "survey" if attempt == "survey" else "identity_evidence", attempt, body)
            for attempt, sha256, body in attached
        )
        clock = station.clock
        steady = ports.steady()
        uncertainty = 0 if clock is None else clock.uncertainty_at(steady)
        provision = journey.provision
        return x.ExchangeRequest(
            station=journey.station,
            counter=self._next_counter(),
            nonce=self._nonce,
            cursor=self.cursor,
            batches=batches,
            attachments=(*attachments, *pictures),
            clock=x.ClockSample(station.now(), uncertainty, ports.wall()),
            health=self._health(),
            build=self.build,
            forms=tuple(sorted(provision.forms)) if provision else (),
            provision=provision.version if provision else 0,
        )

    def _health(self) -> x.Health:
        station, journey = self._station, self._station.journey
        attempt = journey.attempt
        return x.Health(
            attempt=journey.attempt_id,
            phase=attempt.phase.value,
            answered=attempt.answered,
            items=len(journey.index),
            remaining=max(0, attempt.deadline - station.now()) if attempt.deadline else 0,
            unsent=journey.unsent,
            help=attempt.help,
            disk_free=station.ports.disk_free(),
            reader="missing" if journey.reader_missing else "ok",
            camera=station.ports.camera.name,
            lockdown=station.ports.lockdown(),
            store="failing" if journey.store_failed else "ok",
            mirror=station.mirroring.state,
        )

    def _anchor(self, sent: int, received: int, node_time: int) -> None:
        clock = self._station.clock
        better = first_anchor(sent, received, node_time) if clock is None else clock.anchored(sent, received, node_time)
        if better is not clock:
            self._keep_clock(better, first=clock is None)
            self._station.anchor(better)

    def _keep_clock(self, clock: NodeClock, *, first: bool) -> None:
        if first:
            ports = self._station.ports
            values = (ports.boot, clock.anchor, clock.node_time, clock.uncertainty)
            ports.journal.keep("clock", msgspec.json.encode(values))

    def kept_clock(self) -> NodeClock | None:
        """Node time as anchored before a restart; of no use after the PC itself started again."""
        raw = self._station.ports.journal.kept("clock")
        if raw is None:
            return None
        boot, *values = msgspec.json.decode(raw, type=tuple[str, int, int, int])
        return NodeClock(*values) if boot == self._station.ports.boot else None

    def _confirm(self, answer: x.ExchangeResponse, attached: list[tuple[str, str, bytes]]) -> None:
        journal = self._station.ports.journal
        for receipt in answer.receipts:
            try:
                verify_receipt(receipt, self._node_key)
            except SignatureInvalid as error:
                raise NodeNotGenuine("a receipt is not signed by the node") from error
            if self._station.takeovers.confirmed(receipt) or not receipt.sequence:
                continue
            if not journal.confirm(receipt.attempt, receipt.epoch, receipt.sequence, receipt.head):
                LOG.error("receipt for a record that is not ours")
        for _, sha256, _ in attached:
            if sha256 in answer.attached:
                journal.attachment_sent(sha256)
            else:
                # The record it belongs to may still be on its way; it stays here and counts as not sent.
                LOG.warning("an attachment was not taken")
                self._refused.add(sha256)

    def _take(self, instructions: tuple[x.Instruction, ...]) -> None:
        known, last = self.kept_instructions(), self.cursor
        new = [instruction for instruction in instructions if instruction.number > last]
        if not new:
            return
        known = [*known, *new]
        self._station.ports.journal.keep("instructions", msgspec.json.encode(known))
        # Only now: with the disk full the cursor stays, and the node tells them again.
        self._instructions = known
        for instruction in new:
            self._station.tell(instruction)
