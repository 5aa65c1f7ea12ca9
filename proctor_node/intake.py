"""Taking record batches in: each entry once, gaps named, branches kept, and the attempt folded from what is there.

Pure but for the store port: a plan of what to keep is made first, then written in one transaction, then believed.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from exam_engine.attempt import Attempt, evolve
from exam_engine.errors import ImpossibleEvent, RecordBroken
from exam_engine.events import TakenOver
from exam_engine.exchange import RecordBatch
from exam_engine.record import Entry, decode_entry, genesis, verify_chain
from proctor_node import codes

# Between an attempt and the station that took it over as the second one: the name of its branch.
BRANCH = "#"


@dataclass(slots=True)
class EpochRecord:
    """One epoch of one attempt as far as the node has it."""

    station: str
    last: int
    head: str
    # The head after each entry, so that another version of an entry that is already here is seen.
    heads: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    # Where the next epoch took over; what comes after it is a branch.
    cut: int | None = None


@dataclass(slots=True)
class AttemptRecord:
    """Everything of one attempt: epochs, the fold, and what was odd."""

    attempt: Attempt = field(default_factory=Attempt)
    epochs: dict[int, EpochRecord] = field(default_factory=dict)
    oddities: list[str] = field(default_factory=list)
    events: int = 0
    # What the first epoch here took over, where another station took the same over before: a branch.
    before: tuple[str, ...] = ()
    # A decision of persons in it that they did not prove, and what is missing.
    unproved: str = ""
    # The end that persons decided for, as it stands in the record or in a branch of it.
    chosen: tuple[str, int] | None = None

    @property
    def texts(self) -> list[str]:
        """The entries of this record, first to last: each epoch up to where the next took over."""
        return self.line(max(self.epochs, default=0))

    def line(self, last: int, sequence: int | None = None) -> list[str]:
        """The entries up to one of epoch `last`, or to its very end, whatever came after it."""
        found = list(self.before)
        for number in sorted(self.epochs):
            epoch = self.epochs[number]
            if number <= last:
                found += epoch.texts[: sequence if number == last else epoch.cut]
        return found


@dataclass(frozen=True, slots=True)
class Accepted:
    """What of a batch is new, ready to be written."""

    batch: RecordBatch
    entries: tuple[Entry, ...]
    texts: tuple[str, ...]
    # The head after each new entry; worked out once, when the batch was examined.
    heads: tuple[str, ...]
    # The record that it goes to: the attempt, or the branch of a second takeover.
    record: str


NOBODY = Attempt()
# station, attempt, epoch, entry -> what is missing
Judge = Callable[[str, str, int, Entry], str]


def attempt_of(record: str) -> str:
    """The attempt of a record's name."""
    return record.partition(BRANCH)[0]


class Intake:
    """The records of one exam."""

    def __init__(self, secret: bytes, judge: Judge = lambda *_: "") -> None:
        # Keys the codes of receipts and slips; who has it can forge them.
        self._secret = secret
        # Says what is missing where an entry tells of a decision of persons, "" if nothing is.
        self._judge = judge
        self.records: dict[str, AttemptRecord] = {}
        # Attempts whose unproved decision two persons have confirmed at this node.
        self.settled: set[str] = set()

    def empty(self) -> Intake:
        """Another one that knows nothing yet and gives the same codes."""
        fresh = Intake(self._secret, self._judge)
        fresh.settled = self.settled
        return fresh

    def record_name(self, station: str, attempt: str, epoch: int) -> str:
        """Where a station's epoch of an attempt is kept: apart if another station took the same over first."""
        branch = f"{attempt}{BRANCH}{station}"
        known = self.records.get(attempt, AttemptRecord()).epochs.get(epoch)
        taken = known is not None and known.station != station
        return branch if epoch > 1 and (taken or branch in self.records) else attempt

    def examine(
        self, station: str, key: bytes, batch: RecordBatch, previous_head: str = "", coming: Sequence[Accepted] = ()
    ) -> Accepted | None:
        """What a batch adds; None if nothing (seen before, or a gap before it).

        `previous_head` is the head that an attempt was moved from, "" in the first epoch; `coming` was accepted just before
        and is not believed yet.

        Raises:
            RecordBroken, SignatureInvalid: the batch is not believed; reason `fork` if it tells known entries otherwise.
        """
        entries, told = verify_chain(batch, key)
        name = self.record_name(station, batch.attempt, batch.epoch)
        epoch = self.records.get(name, AttemptRecord()).epochs.get(batch.epoch)
        if epoch is not None and epoch.station != station:
            raise RecordBroken("another_station_owns_this_epoch")
        heads = [genesis(batch.attempt, batch.epoch, previous_head).hex(), *([] if epoch is None else epoch.heads)]
        for found in coming:
            if (found.record, found.batch.epoch) == (name, batch.epoch):
                heads += found.heads
        known = len(heads) - 1
        if batch.first > known + 1:
            return None
        shared = min(known, batch.last) - batch.first + 1
        if told[: shared + 1] != heads[batch.first - 1 : batch.first + shared]:
            raise RecordBroken("fork" if epoch is not None else "wrong_beginning")
        if batch.last <= known:
            return None
        return Accepted(batch, entries[shared:], batch.entries[shared:], tuple(told[1 + shared :]), name)

    def doubt(self, attempt: str, oddity: str) -> None:
        """Note something odd about an attempt, once."""
        record = self.records.get(attempt)
        if record is not None and oddity not in record.oddities:
            record.oddities.append(oddity)

    def believe(self, station: str, accepted: Accepted) -> None:
        """Take what has been written into account."""
        batch, name = accepted.batch, accepted.record
        record = self.records.setdefault(name, AttemptRecord())
        first = accepted.entries[0].event
        begins = batch.epoch not in record.epochs
        epoch = record.epochs.setdefault(batch.epoch, EpochRecord(station, 0, ""))
        epoch.heads += accepted.heads
        epoch.texts += accepted.texts
        epoch.last, epoch.head = batch.last, batch.head
        record.events += len(accepted.entries)
        for entry in accepted.entries:
            missing = self._judge(station, batch.attempt, batch.epoch, entry)
            if missing:
                record.unproved = missing
                self.doubt(name, "decision_not_proved")
        again = bool(record.chosen)
        if begins and isinstance(first, TakenOver):
            again = self._join(name, first) or again
        if epoch.cut is not None:
            self.doubt(name, "branch_after_takeover")
        if again:
            self._fold(name)
        elif epoch.cut is None:
            self._follow(name, accepted.entries)
        if record.chosen is None and name != batch.attempt and self.records[batch.attempt].chosen:
            self._fold(batch.attempt)

    def _join(self, name: str, event: TakenOver) -> bool:
        """A new epoch begins at an entry of the one before; whether the fold has to be made again from there."""
        record, attempt = self.records[name], attempt_of(name)
        main = self.records.get(attempt, AttemptRecord())
        old = main.epochs.get(event.previous_epoch)
        if name != attempt:
            record.before = tuple(main.line(event.previous_epoch, event.previous_sequence))
            self.doubt(attempt, "taken_over_twice")
            return True
        if old is None:
            return False
        old.cut = event.previous_sequence
        if old.last <= event.previous_sequence:
            return False
        self.doubt(name, "branch_after_takeover")
        return True

    def _fold(self, name: str) -> None:
        self.records[name].attempt = Attempt()
        self._follow(name, tuple(decode_entry(text.encode()) for text in self.counted(name)))

    def counted(self, name: str) -> list[str]:
        """The entries that count for an attempt: of the end that persons decided for, else of the last epoch."""
        record = self.records.get(name)
        if record is None:
            return []
        branch, epoch = record.chosen or (name, 0)
        return self.records[branch].line(epoch) if epoch else record.texts

    def fold(self, texts: Iterable[str]) -> Attempt:
        """The attempt of some entries; what cannot follow is left out."""
        attempt = Attempt()
        for text in texts:
            entry = decode_entry(text.encode())
            with contextlib.suppress(ImpossibleEvent):
                attempt = evolve(attempt, entry.event, entry.at)
        return attempt

    def _follow(self, name: str, entries: tuple[Entry, ...]) -> None:
        record = self.records[name]
        for entry in entries:
            try:
                record.attempt = evolve(record.attempt, entry.event, entry.at)
            except ImpossibleEvent:
                self.doubt(name, "impossible_event")

    def choose(self, attempt: str, record: str, epoch: int) -> None:
        """Persons decided which end counts: that of this epoch, in the record itself or in a branch of it."""
        if attempt in self.records and epoch in self.records.get(record, AttemptRecord()).epochs:
            self.records[attempt].chosen = (record, epoch)
            self._fold(attempt)

    def unproved(self, attempt: str) -> bool:
        """Whether persons are said to have decided here, did not prove it, and nobody has confirmed it since."""
        record = self.records.get(attempt)
        return record is not None and bool(record.unproved) and attempt not in self.settled

    def undecided(self, attempt: str) -> bool:
        """Whether persons still have to decide: which of several ends counts, or whether an unproved admission holds."""
        if self.unproved(attempt):
            return True
        record = self.records.get(attempt)
        branched = {"branch_after_takeover", "taken_over_twice"}
        return record is not None and record.chosen is None and bool(branched & set(record.oddities))

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
