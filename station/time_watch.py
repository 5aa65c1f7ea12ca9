"""Notices that the PC slept or that somebody set its clock, from readings taken at every tick. Pure."""

from __future__ import annotations

from station.journey import inputs

# Shorter sleeps and corrections are noise of the readings; time services slew by less.
LEAST_MS = 2_000


class TimeWatch:
    """Compares each reading with the one before. All values in milliseconds; `awake` does not count suspend."""

    def __init__(self) -> None:
        self._last: tuple[int, int, int] | None = None

    def read(self, awake: int, wall: int, suspended: int) -> list[inputs.Happening]:
        """What has happened since the last reading."""
        before, self._last = self._last, (awake, wall, suspended)
        if before is None:
            return []
        slept = suspended - before[2]
        moved = (wall - before[1]) - (awake - before[0]) - slept
        found: list[inputs.Happening] = []
        if slept >= LEAST_MS:
            found.append(inputs.Slept(slept))
        if abs(moved) >= LEAST_MS:
            found.append(inputs.WallClockSet(moved))
        return found
