"""What the PC's own clocks do to an attempt: sleep costs time and is recorded, the wall clock costs none (DESIGN.md 4.5)."""

from __future__ import annotations

from exam_engine import events as e
from exam_engine.attempt import Phase
from station.journey import effects as fx
from station.journey import inputs
from station.journey.state import Journey
from station.journey.views import Notice

SITS = frozenset({Phase.WORKING, Phase.PAUSED})


def slept(journey: Journey, news: inputs.Slept, now: int) -> list[fx.Effect]:
    """The PC stood still for a known time: recorded like a restart, so that the time can be made up."""
    if journey.attempt.phase not in SITS:
        return []
    remaining = max(0, journey.attempt.deadline - now)
    return [journey.append(e.StationRestarted(remaining, news.milliseconds, news.milliseconds, uncertain=False))]


def wall_clock_set(journey: Journey, _: inputs.WallClockSet, _now: int) -> list[fx.Effect]:
    """Somebody set the clock of this PC: the test does not mind (G001)."""
    if journey.attempt.phase in SITS:
        journey.notice(Notice("clock_set"))
    return []
