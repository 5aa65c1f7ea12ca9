"""Opens mirrors, signs takeovers and keeps them: what the journey asks for when the node is out of reach (docs/adr/0018)."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import msgspec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from exam_engine.exchange import BatchReceipt, RecordBatch
from exam_engine.plan import Provision, attempt_id
from exam_engine.takeover import room_key, room_name, signed
from station import mirror_file, mirrored
from station.errors import MirrorRefused, StoreFailed
from station.journey import effects as fx
from station.journey import inputs
from station.mirrored import Takeover

if TYPE_CHECKING:
    from station.runtime import Station

LOG = logging.getLogger(__name__)
KEPT, RELAYED = "takeover", "relayed"


class _Kept(msgspec.Struct, frozen=True):
    """A takeover as it stands in the journal's store, with those who wrote before."""

    takeover: Takeover
    writers: tuple[mirror_file.Writer, ...]


# At import, by one thread: threads that meet at a type's first use end the process (see exam_engine.exchange).
_READER = msgspec.json.Decoder(_Kept)


class TakeoverDesk:
    """Works in the loop thread of the station; `relays` is asked by the exchange."""

    def __init__(self, station: Station, sealing: X25519PrivateKey, node_key: bytes) -> None:
        self._station, self._node_key = station, node_key
        self._own = sealing.public_key().public_bytes_raw()
        self.kept: Takeover | None = None
        self.writers: tuple[mirror_file.Writer, ...] = ()
        self._relayed = False

    # -- the room

    def look(self) -> None:
        """Tell the journey which mirrors of this room and shift are in reach."""
        provision = self._station.journey.provision
        if provision is None:
            return
        found: dict[str, int] = {}
        for _, raw in self._station.ports.mirror.files(2 * mirror_file.LARGEST_HEADER):
            try:
                header = mirror_file.read_header(raw, self._node_key)
            except MirrorRefused:
                continue
            if _mismatch(header, provision) == "" and header.station != self._station.journey.station:
                found[header.station] = header.seat.number
        self._station.post(inputs.MirrorsFound(tuple(sorted(found.items()))))

    def take(self, wanted: fx.OpenMirror) -> None:
        """Open the longest mirror of a station, sign the takeover with both halves and keep it."""
        try:
            kept, package = self._opened(wanted)
            journal = self._station.ports.journal
            digest = kept.takeover.act.form_digest
            if package is not None and journal.kept(f"form/{digest}") is None:
                journal.keep(f"form/{digest}", package)
            journal.keep(KEPT, msgspec.json.encode(kept))
        except MirrorRefused as refused:
            self._station.post(inputs.MirrorFailed(refused.reason))
        except StoreFailed:
            self._station.post(inputs.MirrorFailed("store_failed"))
        else:
            self._use(kept)
            self._station.post(inputs.MirrorTaken(kept.takeover))

    def _use(self, kept: _Kept) -> None:
        self.kept, self.writers, self._relayed = kept.takeover, kept.writers, False
        self._station.reseat()

    def _opened(self, wanted: fx.OpenMirror) -> tuple[_Kept, bytes | None]:
        provision, station = self._station.journey.provision, self._station
        assert provision is not None
        assert provision.recovery is not None
        room = room_name(provision.exam.id, provision.seat)
        key = room_key(wanted.halves.values(), room)
        header, parts, name, line = self._longest(wanted.station, provision, key)
        now = station.now()
        act, event, last = mirrored.ordered(
            header, parts, line, to_station=station.journey.station, sealing_key=self._own, now=now
        )
        uncertain = not station.knows_time(last)
        writers = tuple(part for part in parts if isinstance(part, mirror_file.Writer))
        own = mirror_file.Writer(header.station, header.seat, header.signing_key, header.station_pass)
        order = signed(name, event, wanted.halves, room)
        takeover = Takeover(name, act, order, tuple(line.batches), last, wanted.give_back, uncertain)
        return _Kept(takeover, (*writers, own)), mirrored.package(parts, act.form_digest)

    def _longest(
        self, station: str, provision: Provision, key: X25519PrivateKey
    ) -> tuple[mirror_file.Header, list[mirror_file.AnyPart], str, mirrored.Line]:
        """The mirror that knows most of the attempt.

        Raises:
            MirrorRefused: none can be gone on from; the reason is that of the last one.
        """
        assert provision.recovery is not None
        best: tuple[mirror_file.Header, list[mirror_file.AnyPart], str, mirrored.Line] | None = None
        refused = MirrorRefused("nothing")
        for _, raw in self._station.ports.mirror.files(mirror_file.LARGEST_FILE):
            try:
                header, parts = self._read(raw, station, provision, key)
                lines = mirrored.attempts(header, parts, provision.recovery, self._node_key)
                name, line = mirrored.sitting(lines)
            except _NotAsked:
                continue
            except MirrorRefused as error:
                refused = error
                continue
            if best is None or (line.epoch, line.sequence) > (best[3].epoch, best[3].sequence):
                best = header, parts, name, line
        if best is None:
            raise refused
        return best

    def _read(
        self, raw: bytes, station: str, provision: Provision, key: X25519PrivateKey
    ) -> tuple[mirror_file.Header, list[mirror_file.AnyPart]]:
        try:
            header = mirror_file.read_header(raw, self._node_key)
        except MirrorRefused as error:
            raise _NotAsked from error
        if header.station != station:
            raise _NotAsked
        if mismatch := _mismatch(header, provision):
            raise MirrorRefused(mismatch)
        return mirror_file.read(raw, self._node_key, key)

    # -- afterwards

    def recover(self) -> None:
        """After a restart: what was taken over before."""
        raw = self._station.ports.journal.kept(KEPT)
        if raw is None:
            return
        kept = _READER.decode(raw)
        self.kept, self.writers = kept.takeover, kept.writers
        self._relayed = self._station.ports.journal.kept(RELAYED) == kept.takeover.act.previous_head.encode()

    def seated(self, provision: Provision) -> Provision:
        """The plan with the candidate of a takeover at this seat, whatever the node has heard of it."""
        if self.kept is None:
            return provision
        seat = provision.seat
        rows = tuple(
            msgspec.structs.replace(row, site=seat.site, room=seat.room, seat=seat.number)
            if attempt_id(provision.exam.id, provision.shift, row.sbd) == self.kept.attempt
            else row
            for row in provision.candidates
        )
        return msgspec.structs.replace(provision, candidates=rows)

    def of_shift(self, provision: Provision) -> Takeover | None:
        """The takeover, if it belongs to this shift."""
        prefix = f"{provision.exam.id}/{provision.shift}/"
        return self.kept if self.kept is not None and self.kept.attempt.startswith(prefix) else None

    def forget(self) -> None:
        """The takeover was of another shift and is erased."""
        self.kept, self.writers, self._relayed = None, (), False

    def relays(self) -> tuple[RecordBatch, ...]:
        """What those who wrote before could not send themselves, until the node has it."""
        return () if self.kept is None or self._relayed else self.kept.relays

    def confirmed(self, receipt: BatchReceipt) -> bool:
        """Whether a receipt is for what was handed on; with the last of it the relaying ends."""
        kept = self.kept
        if kept is None or receipt.attempt != kept.attempt or receipt.epoch > kept.act.epoch:
            return False
        if receipt.epoch == kept.act.epoch and receipt.sequence >= kept.act.previous_sequence and not self._relayed:
            self._station.ports.journal.keep(RELAYED, kept.act.previous_head.encode())
            self._relayed = True
        return True


class _NotAsked(Exception):
    """A mirror of another station, or no mirror at all."""


def _mismatch(header: mirror_file.Header, provision: Provision) -> str:
    """Why a mirror does not belong here, or ""."""
    if (header.exam, header.seat.site, header.seat.room) != (
        provision.exam.id,
        provision.seat.site,
        provision.seat.room,
    ):
        return "other_room"
    return "" if header.shift == provision.shift else "other_shift"
