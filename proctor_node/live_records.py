"""The records of the open exam as folds in memory, kept in step with the store by intake.

The fold follows one branch: the epochs in order, each from where the takeover left the one before. Entries that an old
station writes after another took over are kept in the store and flagged here; a person decides between the branches.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from exam_engine import events as e
from exam_engine.attempt import Attempt, Phase, evolve
from exam_engine.errors import ImpossibleEvent, RecordBroken
from exam_engine.record import Entry, decode_entry
from proctor_node.ports import StoredEntry, Transaction

# What an old station may still say after it was told that the attempt goes on elsewhere.
HARMLESS_AFTER_MOVE = (e.MovedAway, e.LinkChanged, e.MessageRead, e.ScreenLeft, e.HelpEnded)


@dataclass(frozen=True, slots=True)
class LiveRecord:
    """One attempt as the node knows it. Times are node milliseconds, 0 for never."""

    attempt: str
    state: Attempt = field(default_factory=Attempt)
    epoch: int = 1
    reached: dict[int, int] = field(default_factory=dict)
    forked: bool = False
    impossible: bool = False
    phase_since: int = 0
    help_since: int = 0
    left_times: int = 0
    extended: int = 0
    manual: tuple[str, ...] = ()
    manual_reason: str = ""
    checks: tuple[int, int] = (0, 0)
    decided_first: e.AdmissionDecided | None = None

    @property
    def sequence(self) -> int:
        """The last entry of the current epoch."""
        return self.reached.get(self.epoch, 0)


def _noted(record: LiveRecord, entry: Entry) -> dict[str, object]:
    match entry.event:
        case e.HelpRequested():
            return {"help_since": entry.at}
        case e.HelpEnded():
            return {"help_since": 0}
        case e.ScreenLeft():
            return {"left_times": record.left_times + 1}
        case e.TimeExtended(milliseconds=more):
            return {"extended": record.extended + more}
        case e.ReferralDecided(decision=decision, by=by, reason=reason):
            return {"manual": by, "manual_reason": reason} if decision == "admit" else {}
        case e.AdmissionDecided():
            return {"decided_first": record.decided_first or entry.event}
        case e.IdentityChecked(card_ms=card, face_ms=face):
            return {"checks": (card, face)}
        case _:
            return {}


def follow(record: LiveRecord, epoch: int, entry: Entry) -> LiveRecord:
    """The record after one more entry of some epoch; the next of that epoch."""
    reached = {**record.reached, epoch: entry.sequence}
    if epoch < record.epoch:
        forked = record.forked or not isinstance(entry.event, HARMLESS_AFTER_MOVE)
        return replace(record, reached=reached, forked=forked)
    try:
        state = evolve(record.state, entry.event, entry.at)
    except ImpossibleEvent:
        return replace(record, reached=reached, epoch=epoch, impossible=True)
    since = record.phase_since if state.phase is record.state.phase else entry.at
    changes: dict[str, object] = {"state": state, "epoch": epoch, "reached": reached, "phase_since": since}
    return replace(record, **changes, **_noted(record, entry))  # type: ignore[arg-type]  # keys are field names


def fold(attempt: str, entries: Iterable[StoredEntry]) -> LiveRecord:
    """The record of stored entries, in the order of epoch and sequence.

    An entry that follows the point of takeover in an old epoch belongs to the other branch.
    """
    stored = [(entry.epoch, decode_entry(entry.text.encode())) for entry in entries]
    cut = {
        entry.event.previous_epoch: entry.event.previous_sequence
        for _, entry in stored
        if isinstance(entry.event, e.TakenOver)
    }
    record = LiveRecord(attempt)
    beyond: list[tuple[int, Entry]] = []
    for epoch, entry in stored:
        if epoch in cut and entry.sequence > cut[epoch]:
            beyond.append((epoch, entry))
        else:
            record = follow(record, epoch, entry)
    for epoch, entry in beyond:
        record = follow(record, epoch, entry)
    return record


class LiveRecords:
    """All of them, by attempt. Entries are taken in order; after a hole the attempt is read again from the store."""

    def __init__(self) -> None:
        self._records: dict[str, LiveRecord] = {}
        self._lock = threading.Lock()

    @classmethod
    def load(cls, transaction: Transaction, prefix: str) -> LiveRecords:
        """From the store, after a start."""
        gathered: dict[str, list[StoredEntry]] = {}
        for attempt, entry in transaction.all_entries(prefix):
            gathered.setdefault(attempt, []).append(entry)
        own = cls()
        for attempt, entries in gathered.items():
            own.put(fold(attempt, entries))
        return own

    def put(self, record: LiveRecord) -> None:
        """Keep this record as the state of its attempt."""
        with self._lock:
            self._records[record.attempt] = record

    def of(self, attempt: str) -> LiveRecord:
        """The record of an attempt; an empty one if nothing was heard yet."""
        return self._records.get(attempt) or LiveRecord(attempt)

    def known(self, attempt: str) -> bool:
        """Whether anything was heard of it."""
        return attempt in self._records

    def all(self) -> list[LiveRecord]:
        """Every attempt heard of."""
        with self._lock:
            return list(self._records.values())

    def extend(self, attempt: str, epoch: int, entries: tuple[Entry, ...]) -> LiveRecord | None:
        """The record with these entries, or None if they do not follow what is here: then it is to be read again."""
        with self._lock:
            record = self._records.get(attempt) or LiveRecord(attempt)
            takes_over = epoch == record.epoch + 1
            if takes_over and not _follows_cut(record, entries):
                return None
            if not takes_over and epoch > record.epoch:
                return None
            for entry in entries:
                if entry.sequence != record.reached.get(epoch, 0) + 1:
                    return None
                record = follow(record, epoch, entry)
            self._records[attempt] = record
            return record


def _follows_cut(record: LiveRecord, entries: tuple[Entry, ...]) -> bool:
    """Whether the new epoch goes on exactly where the fold stands (a closing MovedAway may lie beyond)."""
    taken = next((entry.event for entry in entries if isinstance(entry.event, e.TakenOver)), None)
    if taken is None:
        return False
    return taken.previous_sequence == record.reached.get(taken.previous_epoch, 0) or record.state.phase is Phase.MOVED


def entries_of(texts: Iterable[str]) -> tuple[Entry, ...]:
    """Entries of texts as received.

    Raises:
        RecordBroken: one of them is none.
    """
    try:
        return tuple(decode_entry(text.encode()) for text in texts)
    except UnicodeEncodeError as error:
        raise RecordBroken("entry_not_understood") from error
