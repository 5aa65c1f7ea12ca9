"""The proctor node: what stations and people may ask of it, put together from its parts. The store answers after the commit."""

from __future__ import annotations

from exam_engine.attempt import Attempt
from proctor_node import live_board
from proctor_node.exchanging import Exchanging
from proctor_node.grading import Grading
from proctor_node.ports import EnrolledStation
from proctor_node.state import Clocks, GradingForm, PlanFile

__all__ = ["Clocks", "GradingForm", "Node", "PlanFile"]


class Node(Exchanging, Grading):
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
