"""The proctor node: what stations and people may ask of it, put together from its parts. The store answers after the commit."""

from __future__ import annotations

from typing import Any

import msgspec

from exam_engine.attempt import Attempt
from proctor_node import live_board, measured_use
from proctor_node.acts import ActLine, Acts
from proctor_node.documents import minutes
from proctor_node.errors import Refused
from proctor_node.exchanging import Exchanging
from proctor_node.ports import EnrolledStation
from proctor_node.retention import Retention
from proctor_node.state import Clocks, GradingForm, PlanFile

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


class Node(Exchanging, Acts, Retention):
    """One proctor node over its store."""

    def board(self, site: str = "") -> live_board.Board:
        """The board of the current shift, of one site or all."""
        with self._lock:
            plan = self.plan
            states = [
                self._seat_state(s) for s in self._stations.values() if not s.revoked and site in {"", s.seat.site}
            ]
            names = {s.id: s.name for s in plan.exam.sites}
            return live_board.board(
                plan.exam.name, plan.exam.subject, plan.shift, names, states, self.now(), self.started_at
            )

    def _seat_state(self, station: EnrolledStation) -> live_board.SeatState:
        contact = self._contacts[station.station]
        candidate = self.candidate_at(station.seat, self.plan.shift)
        name = self.attempt_name(candidate) if candidate else ""
        record = self.intake.records.get(name)
        silent = None if contact.seen is None else self._clocks.seconds() - contact.seen
        oddities = (*record.oddities, *self._differences.get(name, ())) if record else ()
        return live_board.SeatState(
            station.station, station.seat.site, station.seat.room, station.seat.number, candidate, name,
            record.attempt if record else Attempt(), contact.health, silent, self._held_out(contact), oddities,
        )  # fmt: skip

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
