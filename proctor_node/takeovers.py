"""Attempts that a room took over without the node: who may, what becomes of the old PC, which branch counts (docs/adr/0018)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

import msgspec

from exam_engine import exchange as x
from exam_engine import takeover
from exam_engine.errors import RecordBroken
from exam_engine.events import TakenOver
from exam_engine.plan import RoomRecovery, Seat
from exam_engine.record import decode_entry
from proctor_node.errors import Refused
from proctor_node.intake import BRANCH, Accepted, AttemptRecord
from proctor_node.planning import Planning
from proctor_node.ports import EnrolledStation


class Branch(msgspec.Struct, frozen=True):
    """One end of a record that has several. `proposed` is the one written to last."""

    station: str
    record: str
    epoch: int
    answered: int
    last_at: int
    counts: bool
    proposed: bool


class Takeovers(Planning):
    """Room keys, takeovers and branches."""

    # -- the keys of a room

    def make_room_key(self, site: str, room: str, names: tuple[str, str], by: str) -> dict[str, str]:
        """Two fresh halves for a room, shown once and kept nowhere; the ones before no longer count.

        Raises:
            Refused: no such room, or one name twice.
        """
        with self._lock:
            plan = self.plan
            if not any((known.site, known.id) == (site, room) for known in plan.exam.rooms):
                raise Refused("unknown_room")
            if len({name.strip() for name in names} - {""}) < len(names):
                raise Refused("second_person_must_differ")
            label = takeover.room_name(plan.exam.id, Seat(site, room, 0))
            recovery, codes = takeover.create(names, label, secrets.token_bytes)
            known = self._recoveries()
            known[f"{site}/{room}"] = recovery
            self.store.save("recovery", known)
            self._log((by,), f"room key {site}/{room} for {', '.join(names)}")
            for station in self._stations.values():
                if (station.seat.site, station.seat.room) == (site, room):
                    self._instruct(station.station, "", (by,), x.Reprovision(plan.version))
        return codes

    def _recoveries(self) -> dict[str, RoomRecovery]:
        return self.store.load("recovery", dict[str, RoomRecovery]) or {}

    def recovery_of(self, seat: Seat) -> RoomRecovery | None:
        """What a station of that room may know of the room key."""
        return self._recoveries().get(f"{seat.site}/{seat.room}")

    def station_pass(self, station: EnrolledStation) -> bytes:
        """This node's signature over place and key of a station."""
        return self._signing.sign(takeover.pass_text(station.station, station.seat, station.signing_key))

    # -- taking in

    def _writer(self, station: EnrolledStation, batch: x.RecordBatch) -> EnrolledStation:
        """Who wrote a batch: the station that sends it, or the one in whose place it is handed on."""
        return self._station(batch.station) if batch.station else station

    def _taken_over(
        self, station: EnrolledStation, batch: x.RecordBatch, coming: Sequence[Accepted]
    ) -> tuple[str, bool]:
        """The head that an epoch was taken over from by order of its room, and whether what comes before it is here.

        Raises:
            RecordBroken: `attempt_of_another_station`: nobody ordered this; `takeover_of_another_record`.
            SignatureInvalid: not both holders signed.
        """
        if batch.first > 1:
            name = self.intake.record_name(station.station, batch.attempt, batch.epoch)
            epoch = self.intake.records.get(name, AttemptRecord()).epochs.get(batch.epoch)
            known = epoch is not None and epoch.station == station.station
            if not known and not any(found.record == name and found.batch.epoch == batch.epoch for found in coming):
                raise RecordBroken("attempt_of_another_station")
            return "", True
        event = decode_entry(batch.entries[0].encode()).event
        recovery, candidate = self.recovery_of(station.seat), self.candidate_of(batch.attempt)
        if (
            not isinstance(event, TakenOver)
            or (event.to_station, event.previous_epoch) != (station.station, batch.epoch - 1)
            or recovery is None
            or candidate is None
            or (candidate.site, candidate.room) != (station.seat.site, station.seat.room)
        ):
            raise RecordBroken("attempt_of_another_station")
        takeover.verify(batch.attempt, event, recovery)
        heads = self._heads(batch.attempt, event.previous_epoch, coming)
        if len(heads) < event.previous_sequence:
            return event.previous_head, False
        if heads[event.previous_sequence - 1] != event.previous_head:
            self.intake.doubt(batch.attempt, "takeover_of_another_record")
            raise RecordBroken("takeover_of_another_record")
        return event.previous_head, True

    def _heads(self, attempt: str, epoch: int, coming: Sequence[Accepted]) -> list[str]:
        known = self.intake.records.get(attempt, AttemptRecord()).epochs.get(epoch)
        heads = [] if known is None else list(known.heads)
        for found in coming:
            if (found.record, found.batch.epoch) == (attempt, epoch):
                heads += found.heads
        return heads

    def _settle_takeover(self, station: EnrolledStation, found: Accepted) -> None:
        """The room took this attempt over: the plan follows it, and the old PC locks when it is heard again."""
        event = found.entries[0].event
        if not isinstance(event, TakenOver) or not event.proof or found.record != found.batch.attempt:
            return
        seat, plan = station.seat, self.plan
        rows = tuple(
            msgspec.structs.replace(row, site=seat.site, room=seat.room, seat=seat.number)
            if self.attempt_name(row) == found.batch.attempt
            else row
            for row in plan.candidates
        )
        self._log(event.by, f"takeover of {found.batch.attempt} by {station.station} without the node")
        self._save_plan(msgspec.structs.replace(plan, candidates=rows, version=plan.version + 1))
        if event.from_station in self._stations:
            act = x.MoveAway(station.station, seat.number)
            self._instruct(event.from_station, found.batch.attempt, event.by, act)

    # -- branches

    def branches(self, attempt: str) -> list[Branch]:
        """The ends of a record, the proposed one first; one alone if nothing was written twice.

        Raises:
            Refused: nobody sat this attempt.
        """
        with self._lock:
            record = self.intake.records.get(attempt)
            if record is None:
                raise Refused("attempt_not_begun")
            counted = record.chosen or (attempt, max(record.epochs))
            ends = [
                (attempt, number)
                for number, epoch in record.epochs.items()
                if number == max(record.epochs) or (epoch.cut is not None and epoch.last > epoch.cut)
            ]
            ends += [(name, max(own.epochs)) for name, own in self.intake.records.items() if _twin(name, attempt)]
            found = [self._branch(name, epoch, counts=(name, epoch) == counted) for name, epoch in ends]
        latest = max(branch.last_at for branch in found)
        proposed = [msgspec.structs.replace(branch, proposed=branch.last_at == latest) for branch in found]
        return sorted(proposed, key=lambda branch: -branch.last_at)

    def _branch(self, name: str, epoch: int, *, counts: bool) -> Branch:
        record = self.intake.records[name]
        attempt = self.intake.fold(record.line(epoch))
        end = decode_entry(record.epochs[epoch].texts[-1].encode())
        return Branch(record.epochs[epoch].station, name, epoch, attempt.answered, end.at, counts, proposed=False)

    def choose_branch(self, attempt: str, station: str, by: tuple[str, str], reason: str) -> None:
        """Two persons decide which end of a record counts; all of it stays.

        Raises:
            Refused: not an invigilator and a site head, no reason, no such branch.
        """
        self.people.pair(by)
        if not reason.strip():
            raise Refused("decision_needs_a_reason")
        wanted = next((branch for branch in self.branches(attempt) if branch.station == station), None)
        if wanted is None:
            raise Refused("unknown_branch")
        with self._lock:
            choices = self.store.load("branches", dict[str, tuple[str, int]]) or {}
            choices[attempt] = (wanted.record, wanted.epoch)
            self.store.save("branches", choices)
            self.intake.choose(attempt, wanted.record, wanted.epoch)
            self._log(by, f"branch of {station} counts for {attempt}: {reason}")


def _twin(name: str, attempt: str) -> bool:
    return name.startswith(attempt + BRANCH)
