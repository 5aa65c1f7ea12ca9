"""The PC/SC service as Windows runs it, as far as a watcher of readers meets it: it stops when the last reader goes.

Contexts die with the service: on one of them every later call fails, also after the service has started again for a new reader.
"""

from __future__ import annotations

import threading
from typing import Any

SUCCESS, STOPPED, TIMEOUT, NO_SERVICE = 0, 0x8010001E, 0x8010000A, 0x8010001D
PRESENT, EMPTY = 0x20, 0x10


class WindowsService:
    """`readers` by name, with whether a card lies there. The four calls have the shape of pyscard's."""

    def __init__(self, *, down: bool = False) -> None:
        self._changed = threading.Condition()
        self._readers: dict[str, bool] = {}
        self._life = 0
        self._down = down
        self.contexts = 0

    def plug(self, name: str, *, card: bool = False) -> None:
        """Connect a reader; starts the service."""
        with self._changed:
            self._readers[name] = card
            self._changed.notify_all()

    def unplug(self, name: str) -> None:
        """Disconnect a reader; the service stops with the last one."""
        with self._changed:
            del self._readers[name]
            self._life += not self._readers
            self._changed.notify_all()

    def establish(self, _scope: int) -> tuple[int, Any]:
        """SCardEstablishContext."""
        self.contexts += 1
        if self._down or not self._readers:
            return NO_SERVICE, None
        return SUCCESS, self._life

    def release(self, _context: Any) -> int:
        """SCardReleaseContext."""
        return SUCCESS

    def list_readers(self, context: Any, _groups: list[str]) -> tuple[int, list[str]]:
        """SCardListReaders."""
        if context != self._life:
            return STOPPED, []
        return SUCCESS, list(self._readers)

    def status(self, context: Any, milliseconds: int, asked: list[Any]) -> tuple[int, list[Any]]:
        """SCardGetStatusChange."""
        with self._changed:
            if context == self._life and self._states() == dict(asked):
                self._changed.wait(milliseconds / 1000)
            if context != self._life:
                return STOPPED, []
            now = self._states()
            if now == dict(asked):
                return TIMEOUT, [(name, state, b"") for name, state in asked]
            return SUCCESS, [(name, now.get(name, 0), b"") for name, _ in asked]

    def _states(self) -> dict[str, int]:
        return {name: PRESENT if card else EMPTY for name, card in self._readers.items()}
