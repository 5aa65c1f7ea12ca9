"""Taking record batches in: each entry once, gaps named, branches kept, and the attempt folded from what is there.

Pure but for the store port: a plan of what to keep is made first, then written in one transaction, then believed.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from exam_engine.attempt import Attempt, evolve
from exam_engine.errors import ImpossibleEvent, RecordBroken
from exam_engine.exchange import RecordBatch
from exam_engine.record import Entry, genesis, verify_chain
from proctor_node import codes


@dataclass(slots=True)
class EpochRecord:
    """One epoch of one attempt as far as the node has it."""

    station: str
    last: int
    head: str
    # The head after each entry, so that another version of an entry that is already here is seen.
    heads: list[str] = field(default_factory=list)


@dataclass(slots=True)
class AttemptRecord:
    """Everything of one attempt: epochs, the fold, and what was odd."""

    attempt: Attempt = field(default_factory=Attempt)
    epochs: dict[int, EpochRecord] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    oddities: list[str] = field(default_factory=list)
    events: int = 0


@dataclass(frozen=True, slots=True)
class Accepted:
    """What of a batch is new, ready to be written."""

    batch: RecordBatch
    entries: tuple[Entry, ...]
    texts: tuple[str, ...]
    # The head after each new entry; worked out once, when the batch was examined.
    heads: tuple[str, ...]


NOBODY = Attempt()


class Intake:
    """The records of one exam."""

    def __init__(self, secret: bytes) -> None:
        # Keys the codes of receipts and slips; who has it can forge them.
        self._secret = secret
        self.records: dict[str, AttemptRecord] = {}

    def empty(self) -> Intake:
        """Another one that knows nothing yet and gives the same codes."""
        return Intake(self._secret)

    def examine(self, station: str, key: bytes, batch: RecordBatch, previous_head: str = "") -> Accepted | None:
        """What a batch adds; None if nothing (seen before, or a gap before it).

        `previous_head` is the head that an attempt was moved from, "" in the first epoch.

        Raises:
            RecordBroken, SignatureInvalid: the batch is not believed; reason `fork` if it tells known entries otherwise.
        """
        entries, told = verify_chain(batch, key)
        epoch = self.records.get(batch.attempt, AttemptRecord()).epochs.get(batch.epoch)
        if epoch is not None and epoch.station != station:
            raise RecordBroken("another_station_owns_this_epoch")
        heads = [genesis(batch.attempt, batch.epoch, previous_head).hex(), *([] if epoch is None else epoch.heads)]
        known = len(heads) - 1
        if batch.first > known + 1:
            return None
        shared = min(known, batch.last) - batch.first + 1
        if told[: shared + 1] != heads[batch.first - 1 : batch.first + shared]:
            raise RecordBroken("fork" if epoch is not None else "wrong_beginning")
        if batch.last <= known:
            return None
        return Accepted(batch, entries[shared:], batch.entries[shared:], tuple(told[1 + shared :]))

    def doubt(self, attempt: str, oddity: str) -> None:
        """Note something odd about an attempt, once."""
        record = self.records.get(attempt)
        if record is not None and oddity not in record.oddities:
            record.oddities.append(oddity)

    def believe(self, station: str, accepted: Accepted) -> None:
        """Take what has been written into account."""
        batch = accepted.batch
        record = self.records.setdefault(batch.attempt, AttemptRecord())
        heads = [] if batch.epoch not in record.epochs else record.epochs[batch.epoch].heads
        heads += accepted.heads
        record.epochs[batch.epoch] = EpochRecord(station, batch.last, batch.head, heads)
        record.events += len(accepted.entries)
        if batch.epoch < record.attempt.epoch:
            self.doubt(batch.attempt, "branch_after_takeover")
            return
        record.texts += accepted.texts
        for entry in accepted.entries:
            try:
                record.attempt = evolve(record.attempt, entry.event, entry.at)
            except ImpossibleEvent:
                self.doubt(batch.attempt, "impossible_event")

    def receipt_code(self, attempt: str) -> str:
        """The code that the candidate copies down once the attempt has ended; the same every time."""
        record = self.records.get(attempt)
        if record is None or not record.attempt.ended:
            return ""
        head = record.epochs[max(record.epochs)].head
        return codes.code(self._secret, f"{attempt}/{head}")

    def slip_code(self, text: str) -> str:
        """The code of a result slip that says this."""
        return codes.code(self._secret, f"slip/{text}")

    def attempt(self, name: str) -> Attempt:
        """The fold of an attempt; the empty one if nothing came yet."""
        record = self.records.get(name)
        return NOBODY if record is None else record.attempt
