"""A clock of the bench that every process of the day shares and that can run faster than life.

One linear piece of time after another: `exam_ms = anchor_exam + (boot_time - anchor_boot) * speed`, up to the exam time
`until`; from there on it runs at the speed of life, so that a machine too busy to slow it down in time misses nothing. The
piece lies in a small memory-mapped file behind a sequence lock, so that a change reaches all processes at once and time
never jumps back. It stands where the product expects its own clocks (`exam_engine.timing`), which know no speed (docs/adr/0007).
"""

from __future__ import annotations

import mmap
import struct
import time
from collections.abc import Callable
from pathlib import Path

LAYOUT = struct.Struct("<Qqqdq")  # lock counter, boot-time nanoseconds, exam milliseconds, speed, until
NEVER = 2**62


def boot_ns() -> int:
    """Nanoseconds of the clock that neither stops in suspend nor can be set."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME)


class SharedClock:
    """Exam time in milliseconds since 1970, the same in all processes."""

    def __init__(self, path: Path, boot: Callable[[], int] = boot_ns) -> None:
        self._boot = boot
        self._file = path.open("r+b")
        self._map = mmap.mmap(self._file.fileno(), LAYOUT.size)

    @classmethod
    def create(cls, path: Path, start_ms: int, speed: float = 1.0, boot: Callable[[], int] = boot_ns) -> SharedClock:
        """A clock that shows `start_ms` now."""
        path.write_bytes(LAYOUT.pack(0, boot(), start_ms, speed, NEVER))
        return cls(path, boot)

    def _piece(self) -> tuple[int, int, int, float, int]:
        while True:
            first = LAYOUT.unpack_from(self._map)
            if first[0] % 2 == 0 and LAYOUT.unpack_from(self._map) == first:
                return first

    def now_ms(self) -> int:
        """Exam time."""
        _, anchor_boot, anchor_exam, speed, until = self._piece()
        lived = (self._boot() - anchor_boot) / 1_000_000
        reached = (until - anchor_exam) / speed
        if lived < reached:
            return anchor_exam + int(lived * speed)
        return max(anchor_exam, until) + int(lived - max(0.0, reached))

    @property
    def speed(self) -> float:
        """Exam seconds in a second of life."""
        return self._piece()[3]

    def set_speed(self, speed: float, until: int = NEVER) -> None:
        """From now on run at this speed, at most up to `until`; the time shown does not jump."""
        counter, now, boot = self._piece()[0], self.now_ms(), self._boot()
        self._map[:8] = struct.pack("<Q", counter + 1)
        LAYOUT.pack_into(self._map, 0, counter + 1, boot, now, speed, until)
        self._map[:8] = struct.pack("<Q", counter + 2)

    def close(self) -> None:
        """Give the mapping back."""
        self._map.close()
        self._file.close()
