"""The day itself: who comes when, what goes wrong, and when the clock runs fast. It acts only where people and hardware act.

Candidates put cards on readers, officials decide and sign, somebody pulls a plug. Everything else is the product's own doing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from hardware_mocks.exam_day import guest as guests
from hardware_mocks.exam_day import setting
from hardware_mocks.exam_day.check_in import CheckIn, Issuers
from hardware_mocks.exam_day.officials import Officials
from hardware_mocks.exam_day.schedule import SHIFTS, Schedule
from hardware_mocks.exam_day.shift import ShiftRun
from hardware_mocks.exam_day.stage import Stage
from hardware_mocks.issuing_state import IssuingState
from hardware_mocks.wording import WORDING


class Day:
    """One exam day on this machine. With `guest` the person at it sits in a shift of their own, after the others."""

    def __init__(
        self,
        schedule: Schedule,
        seed: int,
        say: Callable[[str], None],
        *,
        windows: int,
        shots: Path | None,
        guest: bool = False,
    ) -> None:
        self.schedule, self._seed = schedule, seed
        self._guest_place = schedule.spare(schedule.places[0]) if guest else None
        self._stations = setting.Stations(schedule, self._guest_place, windows, shots)
        self.stage = Stage(say)

    def run(self, *, me: bool = False) -> dict[str, int]:
        """From the plan to the last receipt; how many entries were made, stored, and stored once."""
        shifts = self._prepare()
        for name in SHIFTS:
            shifts.run(name)
        if self._guest_place is not None:
            guests.sit_down(shifts, self._guest_place, guests.still() if me else None)
        return self.stage.collect()

    def _prepare(self) -> ShiftRun:
        stage, now = self.stage, datetime.now(UTC)
        issuers = Issuers(IssuingState(now), IssuingState(now, organisation="Unknown"))
        stage.say(WORDING.line("plan, form and officials"))
        setting.make_plan(stage, self.schedule, issuers.known.anchor_der(), self._guest_place)
        paper = setting.make_form(stage)
        setting.add_officials(stage)
        stage.say(WORDING.line("{count} stations enrol", count=len(self.schedule.places)))
        self._stations.start(stage)
        page = {"url": f"{stage.host.url}/", "password": stage.password}
        stage.say(WORDING.line("the invigilators' page: {url}  (admin / {password})", **page))
        check_in = CheckIn(stage, issuers, paper.questions, self._seed + 1)
        return ShiftRun(stage, self.schedule, check_in, Officials(stage, paper))

    def close(self) -> None:
        """End stations, node and daemon, and remove the files."""
        self.stage.close()
