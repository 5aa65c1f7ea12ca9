"""The proctor node: what stations and people may ask of it, put together from its parts. The store answers after the commit."""

from __future__ import annotations

from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exam_engine.attempt import Phase
from proctor_node import live_board, measured_use
from proctor_node.acts import ActLine
from proctor_node.documents import minutes
from proctor_node.errors import Refused
from proctor_node.exchanging import Exchanging
from proctor_node.incidents import Incidents
from proctor_node.intake import NOBODY, AttemptRecord
from proctor_node.ports import EnrolledStation, NodeStore
from proctor_node.retention import Retention
from proctor_node.room import Rooms
from proctor_node.state import Clocks, Contact, GradingForm, PlanFile

# A paper that the station could not open within this time after the signal needs somebody (UX.md S11: five seconds).
NOT_OPENED_AFTER_MS = 10_000
__all__ = ["Clocks", "GradingForm", "Node", "PlanFile"]


class FleetLine(msgspec.Struct, frozen=True):
    """One PC on the fleet page. `silent` is seconds since it was heard, `uncertainty` of its clock in milliseconds."""

    station: str
    site: str
    room: str
    seat: int
    build: str
    revoked: bool
    held_out: bool
    silent: int | None
    forms: tuple[str, ...]
    uncertainty: int
    lockdown: str
    disk_free: int
    store: str
    reader: str
    camera: str
    unsent: int


class Node(Exchanging, Incidents, Rooms, Retention):
    """One proctor node over its store."""

    def __init__(
        self, store: NodeStore, signing: Ed25519PrivateKey, clocks: Clocks, *, purpose: str = "production"
    ) -> None:
        super().__init__(store, signing, clocks, purpose=purpose)
        self._read_incidents()

    def board(self, site: str = "") -> live_board.Board:
        """The board of the current shift, of one site or all."""
        with self._lock:
            plan = self.plan
            states = self._states(site)
            names = {s.id: s.name for s in plan.exam.sites if site in {"", s.id}}
            matters = self._handled(live_board.alarms(states), site)
            started = self.signal_at(site)
            return live_board.board(
                plan.exam.name, plan.exam.subject, plan.shift, names, states, self.now(), started, matters
            )

    def _states(self, site: str) -> list[live_board.SeatState]:
        """What is known of every seat of a site, or of all; what went by itself is forgotten as closed."""
        stations = [s for s in self._stations.values() if not s.revoked and site in {"", s.seat.site}]
        closed: dict[tuple[str, str, str], dict[str, str]] = {}
        for key, mark in self._closed.items():
            *place, kind = key.rsplit("/", 3)
            closed.setdefault((place[0], place[1], place[2]), {})[kind] = mark
        states = []
        for station in stations:
            seat = station.seat
            own = closed.get((seat.site, seat.room, str(seat.number)), {})
            state = self._seat_state(station, own)
            gone = own.keys() - live_board.present(state)
            for kind in gone:
                del self._closed[f"{seat.site}/{seat.room}/{seat.number}/{kind}"]
            states.append(state)
        return states

    def _alarms_now(self, site: str) -> tuple[live_board.Alarm, ...]:
        return self._handled(live_board.alarms(self._states(site)), site)

    def _silent_long(self, station: str) -> bool:
        seen = self._contacts[station].seen
        return seen is not None and self._clocks.seconds() - seen > live_board.LOST_AFTER

    def _seat_state(self, station: EnrolledStation, closed: dict[str, str]) -> live_board.SeatState:
        contact = self._contacts[station.station]
        candidate = self.candidate_at(station.seat, self.plan.shift)
        name = self.attempt_name(candidate) if candidate else ""
        record = self.intake.records.get(name)
        silent = None if contact.seen is None else self._clocks.seconds() - contact.seen
        signal = self.signal_for(station.seat)
        oddities = (*record.oddities, *self._differences.get(name, ())) if record else ()
        return live_board.SeatState(
            station.station, station.seat.site, station.seat.room, station.seat.number, candidate, name,
            record.attempt if record else NOBODY, contact.health, silent, self._held_out(contact), oddities, closed,
            contact.seen, contact.confirmed, signal, self._not_opened(record, contact, signal),
        )  # fmt: skip

    def _not_opened(self, record: AttemptRecord | None, contact: Contact, signal: int) -> bool:
        """The signal and its key went out a while ago, the PC is heard, and its paper is still closed."""
        ready = record is not None and record.attempt.phase is Phase.READY
        late = bool(signal) and self.now() - signal > NOT_OPENED_AFTER_MS
        return ready and late and bool(contact.released)

    def minutes_of(self, number: int) -> tuple[str, str]:
        """The minutes (biên bản) of an act as HTML, and its site.

        Raises:
            Refused: there is no such act.
        """
        line = next((known for known in self.store.acts("", ActLine) if known.number == number), None)
        if line is None:
            raise Refused("unknown_act")
        with self._lock:
            record = self.intake.records.get(line.attempt)
            head = record.epochs[max(record.epochs)].head if record else ""
            who, attempt = self.candidate_of(line.attempt), self.intake.attempt(line.attempt)
        return minutes.minutes(self.plan.exam, line, who, attempt, head), line.site

    def measured_use(self, site: str = "") -> dict[str, Any]:
        """How far people got, by site and shift, without naming anybody; satisfaction and manual admissions of the centre."""
        with self._lock:
            rows = [
                (c, self.intake.attempt(name), record.texts if (record := self.intake.records.get(name)) else [])
                for c in self.plan.candidates
                if site in {"", c.site}
                for name in (self.attempt_name(c),)
            ]
        document: dict[str, Any] = {"use": [use.document() for use in measured_use.measured(rows)]}
        document["manual_by_person"] = measured_use.manual_by_person(attempt for _, attempt, _ in rows)
        if not site:
            document["satisfaction"] = measured_use.satisfaction(self.store.survey())
        return document

    def events_taken(self) -> int:
        """Entries of records that were taken in."""
        with self._lock:
            return sum(record.events for record in self.intake.records.values())

    def fleet(self) -> list[FleetLine]:
        """What is known of every PC."""
        with self._lock:
            return [self._fleet_line(station) for station in self.stations()]

    def _fleet_line(self, station: EnrolledStation) -> FleetLine:
        contact = self._contacts[station.station]
        health = contact.health
        silent = None if contact.seen is None else int(self._clocks.seconds() - contact.seen)
        return FleetLine(
            station.station, station.seat.site, station.seat.room, station.seat.number, contact.build or station.build,
            station.revoked, self._held_out(contact), silent, contact.forms, contact.uncertainty,
            health.lockdown if health else "", health.disk_free if health else 0, health.store if health else "",
            health.reader if health else "", health.camera if health else "", health.unsent if health else 0,
        )  # fmt: skip
