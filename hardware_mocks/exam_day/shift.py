"""One shift from the first card to the last receipt, with what goes wrong and when."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from exam_engine.attempt import Phase
from hardware_mocks.exam_day.cases import EXPECTED, Case
from hardware_mocks.exam_day.check_in import CheckIn
from hardware_mocks.exam_day.officials import Officials
from hardware_mocks.exam_day.plan import MINUTE, MINUTES
from hardware_mocks.exam_day.schedule import Schedule, Sitter
from hardware_mocks.exam_day.stage import CHECK_IN_SPEED, READERS, SKIP_SPEED, TEST_SPEED, Stage
from hardware_mocks.wording import WORDING

# Minutes into the test.
LATE, CUT, TOO_LATE, KILL, MOVE, JOIN = 4, 14, 17, 20, 24, 29


@dataclass(frozen=True, slots=True)
class ShiftRun:
    """The people of the day and how each shift passes."""

    stage: Stage
    schedule: Schedule
    check_in: CheckIn
    officials: Officials

    def run(self, name: str) -> None:
        """Nothing happens in a shift without people."""
        sitters = self.schedule.of_shift(name)
        if sitters:
            self.open(name)
            self._gather(name, [s for s in sitters if s.case not in {"late", "too_late"}])
            self._test(name, sitters)

    def open(self, name: str) -> None:
        """Let the node open the shift, if it is not open yet, and run the clock to its first check-in."""
        stage = self.stage
        changes = stage.node.plan.shift != name
        if changes:
            stage.node.open_shift(name)
        stage.run_clock_to(stage.node.plan.exam.shift(name).check_in_from, SKIP_SPEED)
        if changes:
            stage.wait_for(stage.all_on_shift, "stations fetch the next shift")

    def _gather(self, name: str, present: list[Sitter]) -> None:
        """Everybody who is on time checks in; the paper opens when all who may sit are ready."""
        stage = self.stage
        stage.clock.set_speed(CHECK_IN_SPEED)
        stage.say(WORDING.line("shift {shift}: {count} check in at {readers} readers", shift=name, count=len(present), readers=READERS))  # fmt: skip
        started = time.monotonic()
        self.check_in.everybody(present)
        stage.say(WORDING.line("shift {shift}: checked in after {seconds:.1f} s; persons decide, officers sign", shift=name, seconds=time.monotonic() - started))  # fmt: skip
        self.officials.decide_referrals(present)
        stage.run_clock_to(stage.node.plan.exam.shift(name).starts_at, SKIP_SPEED)
        expected = [sitter for sitter in present if _sits(sitter)]
        self._await_phase(expected, {Phase.READY, Phase.WORKING}, "everybody is ready")
        self.officials.open_the_paper()
        self._await_phase(expected, {Phase.WORKING}, "the paper opens everywhere")

    def _test(self, name: str, sitters: list[Sitter]) -> None:
        stage, start = self.stage, self.stage.node.started_at
        stage.say(WORDING.line("shift {shift}: the test runs, {minutes} minutes at {speed:.0f} times life", shift=name, minutes=MINUTES, speed=TEST_SPEED))  # fmt: skip
        for minute, act in self._acts({s.case: s for s in sitters if s.case is not None}):
            stage.run_clock_to(start + minute * MINUTE, TEST_SPEED)
            act()
        stage.run_clock_to(start + MINUTES * MINUTE + 1000, TEST_SPEED)
        stage.clock.set_speed(TEST_SPEED)
        self._await_phase([s for s in sitters if _sits(s)], {Phase.CLOSED}, "every test is collected")

    def _acts(self, cases: dict[Case, Sitter]) -> list[tuple[int, Callable[[], None]]]:
        """What happens during the test, in order of time."""
        happens: tuple[tuple[int, Case, Callable[[Sitter], None]], ...] = (
            (LATE, "late", self._come_late),
            (CUT, "station_cut_off", self._cut),
            (TOO_LATE, "too_late", self._come_late),
            (KILL, "station_killed", self._kill),
            (MOVE, "moved", self._move),
            (JOIN, "station_cut_off", self._join),
        )
        return [(minute, _bind(act, cases[case])) for minute, case, act in happens if case in cases]

    def _await_phase(self, sitters: list[Sitter], phases: set[Phase], what: str) -> None:
        self.stage.wait_for(lambda: all(self.stage.phase(s) in phases for s in sitters), what)

    # -- what happens

    def _come_late(self, sitter: Sitter) -> None:
        self.check_in.one(sitter)
        self.officials.decide_referrals([sitter])

    def _cut(self, sitter: Sitter) -> None:
        """The third of the exam counts from when the station has noticed, however long its next exchange takes."""
        seat = self.stage.seats[sitter.place]
        seat.worker.tell("cut", seat.station, on=True)
        self.stage.wait_for(self.stage.visit_of(sitter).cut_off.is_set, "the station finds its line cut")

    def _join(self, sitter: Sitter) -> None:
        seat = self.stage.seats[sitter.place]
        seat.worker.tell("cut", seat.station, on=False)

    def _kill(self, sitter: Sitter) -> None:
        seat = self.stage.seats[sitter.place]
        seat.worker.kill()
        seat.worker.restart()
        self.stage.wait_for(seat.worker.ready.is_set, "the killed station is there again")
        self.check_in.behave(sitter, seat)
        self.stage.visit_of(sitter).restarts += 1

    def _move(self, sitter: Sitter) -> None:
        before = self.stage.visit_of(sitter)
        spare = self.schedule.spare(sitter.place)
        self.officials.move(sitter, self.stage.seats[spare].station)
        again = self.check_in.one(sitter, spare)
        again.moved, again.check_in_total = True, before.check_in_total


def _sits(sitter: Sitter) -> bool:
    return sitter.case is None or EXPECTED[sitter.case].sits


def _bind(act: Callable[[Sitter], None], sitter: Sitter) -> Callable[[], None]:
    return lambda: act(sitter)
