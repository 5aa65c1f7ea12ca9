"""Acts of named people on attempts: each becomes an instruction to a station and a line of the log."""

from __future__ import annotations

import msgspec

from exam_engine import exchange as x
from exam_engine.attempt import Phase
from proctor_node.errors import Refused
from proctor_node.releasing import Releasing


class Instructing(Releasing):
    """Pause, resume, extend, message, collect, void, decide, move."""

    def act(self, attempt: str, by: tuple[str, ...], act: x.Act) -> None:
        """An act of named people on one attempt (pause, resume, extend, message, collect, void).

        Raises:
            Refused: nobody sits this attempt.
        """
        with self._lock:
            station = self.intake.attempt(attempt).station
            if not station:
                raise Refused("attempt_not_begun")
            self._log(by, f"{type(act).__name__.lower()} {attempt}")
            self._instruct(station, attempt, by, act)

    def decide(self, attempt: str, by: tuple[str, str], decision: str, reason: str) -> None:
        """Two persons decide a referral.

        Raises:
            Refused: not an invigilator and a site head, no reason, or nothing to decide.
        """
        self.people.pair(by)
        if decision not in {"admit", "refuse"} or not reason.strip():
            raise Refused("decision_needs_a_reason")
        if self.intake.unproved(attempt) and decision == "admit":
            self._settle_decision(attempt, by, reason)
            return
        folded = self.intake.attempt(attempt)
        # Whoever was moved in mid-test checks in again at the new PC and may be referred there.
        if folded.phase not in {Phase.REFERRED, Phase.REFUSED} and not folded.waits:
            raise Refused("nothing_to_decide")
        self.act(attempt, by, x.Decide("admit" if decision == "admit" else "refuse", reason))
        self._held.pop(attempt, None)

    def _settle_decision(self, attempt: str, by: tuple[str, str], reason: str) -> None:
        """An admission that was not proved at the seat holds now: two persons confirm it here."""
        with self._lock:
            self.intake.settled.add(attempt)
            self.store.save("settled_decisions", self.intake.settled)
            self._log(by, f"admission of {attempt} confirmed: {reason}")
            self._held.pop(attempt, None)
            station = self._stations.get(self.intake.attempt(attempt).station)
            if station is not None:
                self._send_release(station)

    def move(self, attempt: str, by: tuple[str, ...], to_station: str) -> None:
        """Move an attempt to another PC: the old one locks, then the new one takes it over.

        Raises:
            Refused: unknown station, or somebody sits there.
        """
        with self._lock:
            target = self._station(to_station)
            current = self.intake.attempt(attempt)
            if not current.station or self.candidate_at(target.seat, self.plan.shift) is not None:
                raise Refused("seat_not_free")
            self._moves[attempt] = (to_station, by)
            self._log(by, f"move {attempt} to {to_station}")
            self._instruct(current.station, attempt, by, x.MoveAway(to_station, target.seat.number))

    def _move_in(self, attempt: str) -> None:
        to_station, by = self._moves.pop(attempt)
        target = self._station(to_station)
        record = self.intake.records[attempt]
        epoch = max(record.epochs)
        plan, seat = self.plan, target.seat
        moved = tuple(
            msgspec.structs.replace(c, site=seat.site, room=seat.room, seat=seat.number)
            if self.attempt_name(c) == attempt
            else c
            for c in plan.candidates
        )
        self._save_plan(msgspec.structs.replace(plan, candidates=moved, version=plan.version + 1))
        opened = self.opened_form(record.attempt.form_digest)
        if opened is None:
            return
        self._contacts[to_station].released.add(opened.digest)
        act = x.MoveIn(
            record.attempt.station, epoch, record.epochs[epoch].head, record.epochs[epoch].last, tuple(record.texts),
            record.attempt.deadline, opened.digest, opened.for_station(target.sealing_key),
        )  # fmt: skip
        self._instruct(to_station, attempt, by, act)
