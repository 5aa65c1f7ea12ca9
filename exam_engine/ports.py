"""What the engine asks of the world: somewhere to keep a record, and a clock that cannot be set."""

from __future__ import annotations

from typing import Protocol

from exam_engine.record import Entry


class JournalPort(Protocol):
    """An append-only store of record entries; `append` returns only after the bytes are on the disk."""

    def append(self, attempt: str, epoch: int, entries: tuple[bytes, ...]) -> None:
        """Keep these canonical entries.

        Raises:
            OSError: nothing was kept (disk full, failing).
        """

    def entries(self, attempt: str, epoch: int) -> list[Entry]:
        """Everything kept of one epoch, in order."""

    def attempts(self) -> list[tuple[str, int]]:
        """Attempts and epochs on this device."""


class SteadyClock(Protocol):
    """Milliseconds of a clock that goes on in suspend and that nobody can set."""

    def now_ms(self) -> int:
        """Milliseconds from an arbitrary start."""
