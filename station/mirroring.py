"""Keeps the mirror of the journal: everything that the journal has, event by event, in a thread of its own.

What is shown as saved is on this PC's disk and never waits for the mirror: a stick may be slow, full or pulled out. After
each start, and when the place comes back, the mirror is written anew as a whole; older ones of this station then go, and those
of other shifts as soon as the node has everything of them (`station.erasure`).
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exam_engine.exchange import MoveIn
from exam_engine.plan import Provision
from exam_engine.record import make_batch
from station.erasure import erased_shifts, own_mirrors, prefix_of, sweep_mirrors
from station.errors import StoreDamaged
from station.mirror_file import (
    FORMAT,
    AnyPart,
    Batch,
    Beat,
    Header,
    Inherited,
    MirrorWriter,
    Package,
)

if TYPE_CHECKING:
    from station.ports import MirrorPlace
    from station.runtime import Station

LOG = logging.getLogger(__name__)
WAIT = 2.0
Mirrored = Literal["none", "ok", "failing"]


class Mirroring:
    """Writes one mirror file."""

    def __init__(self, station: Station, signing: Ed25519PrivateKey, node_key: bytes, place: MirrorPlace) -> None:
        self._station, self._signing, self._node_key, self._place = station, signing, node_key, place
        self._wake = threading.Event()
        self._writer: MirrorWriter | None = None
        self._name, self._shift = "", ""
        self._marks: dict[tuple[str, int], int] = {}
        self._told: set[str] = set()
        self._beat = 0
        self._swept: tuple[tuple[str, ...], bool] | None = None
        self.state: Mirrored = "none"

    def wake(self) -> None:
        """There is something to mirror."""
        self._wake.set()

    def run(self) -> None:
        """Until the station stops."""
        while not self._station.stopping:
            self._wake.wait(WAIT)
            self._wake.clear()
            self.once()

    def once(self) -> Mirrored:
        """Bring the mirror up to date; how it stands."""
        provision = self._station.journey.provision
        self._sweep()
        if provision is None or provision.recovery is None or not provision.station_pass:
            self.state, self._writer = "none", None
            return self.state
        before = self.state
        try:
            if not self._place.present():
                self.state, self._writer = ("none" if before == "none" else "failing"), None
                return self.state
            self._write(provision)
            self.state = "ok"
        except (OSError, StoreDamaged) as error:
            # The whole file again at the next turn: nobody knows how far this one got.
            self._writer, self.state = None, "failing"
            if before != "failing":
                LOG.warning("mirror: %s", type(error).__name__)
        return self.state

    def _write(self, provision: Provision) -> None:
        fresh = self._writer is None or self._shift != provision.shift
        if fresh:
            self._start(provision)
        writer = self._writer
        assert writer is not None
        frames = b"".join(writer.frame(part) for part in self._news(provision))
        if fresh:
            self._place.begin(self._name, writer.beginning + frames)
            self._drop_older()
        elif frames:
            self._place.append(self._name, frames)

    def _start(self, provision: Provision) -> None:
        station = self._station
        recovery = provision.recovery
        assert recovery is not None
        header = Header(
            FORMAT, provision.exam.id, provision.shift, station.journey.station, provision.seat,
            self._signing.public_key().public_bytes_raw(), provision.station_pass, b"",
        )  # fmt: skip
        self._writer = MirrorWriter(header, self._signing, recovery.sealing_key, station.ports.random)
        self._name = f"{header.station}-{provision.shift}-{station.ports.random(4).hex()}.khm"
        self._shift, self._marks, self._told, self._beat = provision.shift, {}, set(), 0

    def _news(self, provision: Provision) -> list[AnyPart]:
        """What the mirror does not have yet, in the order in which it can be followed."""
        journal, parts = self._station.ports.journal, list[AnyPart]()
        parts += self._form()
        prefix = f"{provision.exam.id}/{provision.shift}/"
        for attempt, epoch in journal.epochs():
            if not attempt.startswith(prefix):
                continue
            if epoch > 1 and (attempt, epoch) not in self._marks:
                parts += self._before(attempt, epoch)
            first = self._marks.get((attempt, epoch), 0) + 1
            head, entries = journal.since(attempt, epoch, first)
            if entries:
                parts.append(Batch(make_batch(self._signing, attempt, epoch, first, tuple(entries), head)))
                self._marks[attempt, epoch] = first + len(entries) - 1
        beat = self._station.last_beat
        if beat != self._beat:
            self._beat = beat
            parts.append(Beat(beat))
        return parts

    def _before(self, attempt: str, epoch: int) -> list[AnyPart]:
        """What others wrote of this attempt before it came here."""
        taken = self._station.takeovers.kept
        if taken is not None and taken.attempt == attempt:
            writers = self._station.takeovers.writers
            return [*writers, *(Batch(batch) for batch in taken.relays)]
        for instruction in self._station.exchange.kept_instructions():
            act = instruction.act
            if isinstance(act, MoveIn) and (instruction.attempt, act.epoch) == (attempt, epoch - 1):
                return [Inherited(attempt, act.entries)]
        return []

    def _form(self) -> list[AnyPart]:
        opened = self._station.opened
        if opened is None or opened.form_digest in self._told:
            return []
        self._told.add(opened.form_digest)
        package = self._station.ports.journal.kept(f"form/{opened.form_digest}")
        return [opened] if package is None else [Package(opened.form_digest, package), opened]

    def _own(self) -> list[tuple[str, Header]]:
        return own_mirrors(self._place, self._signing, self._node_key)

    def _drop_older(self) -> None:
        """Earlier mirrors of this shift: the new one holds all that they held."""
        for name, header in self._own():
            if name != self._name and header.shift == self._shift:
                self._place.remove(name)

    def _sweep(self) -> None:
        """Erase this device's mirrors of shifts that were erased here, also on a stick that comes back later; no others."""
        provision = self._station.journey.provision
        now = "" if provision is None else prefix_of(provision.exam.id, provision.shift)
        gone = tuple(prefix for prefix in erased_shifts(self._station.ports.journal) if prefix != now)
        seen = (gone, self._place.present())
        if seen == self._swept:
            return
        if seen[1]:
            old = [name for name, header in self._own() if prefix_of(header.exam, header.shift) in gone]
            try:
                sweep_mirrors(self._place, self._station.journey.station, old)
            except OSError as error:
                LOG.warning("mirror: %s", type(error).__name__)
                return
        self._swept = seen
