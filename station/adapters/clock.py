"""The clocks of this PC: one that counts suspend too and cannot be set, and how much of it was spent asleep."""

from __future__ import annotations

import ctypes
import sys
import time
from pathlib import Path


def steady_ms() -> int:
    """Milliseconds since the PC was switched on, suspend included; no setting of the clock moves it."""
    if sys.platform == "win32":
        return int(ctypes.windll.kernel32.GetTickCount64())
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000


def suspended_ms() -> int:
    """How many of these milliseconds the PC slept."""
    if sys.platform == "win32":
        awake = ctypes.c_uint64()
        ctypes.windll.kernel32.QueryUnbiasedInterruptTime(ctypes.byref(awake))
        return max(0, steady_ms() - awake.value // 10_000)
    both = time.clock_gettime_ns(time.CLOCK_BOOTTIME) - time.clock_gettime_ns(time.CLOCK_MONOTONIC)
    return max(0, both // 1_000_000)


def boot_id() -> str:
    """A name for the period since the PC was switched on; the steady clock means nothing beyond it."""
    if sys.platform == "win32":
        # Windows gives no such name: the moment of switching on, to the minute, is one for our purpose.
        return f"windows-{(time.time_ns() // 1_000_000 - steady_ms()) // 60_000}"
    path = Path("/proc/sys/kernel/random/boot_id")
    return path.read_text().strip() if path.is_file() else ""
