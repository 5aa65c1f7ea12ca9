"""A thread of our own that tells of readers and cards coming and going.

pyscard's monitors die with the daemon and never come back, so this one asks anew, with a new context, after any error. A
card swapped between two polls of the service is seen as such by its count of insertions, where the service keeps one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from smartcard.scard import (
    SCARD_E_TIMEOUT,
    SCARD_S_SUCCESS,
    SCARD_SCOPE_USER,
    SCARD_STATE_PRESENT,
    SCARD_STATE_UNAWARE,
    SCardEstablishContext,
    SCardGetStatusChange,
    SCardListReaders,
    SCardReleaseContext,
)

NEWCOMERS = "\\\\?PnP?\\Notification"
# Bits of the event word that count insertions (pcsc-lite: upper half); they change though a card is there before and after.
COUNT = 0xFFFF0000


@dataclass(frozen=True, slots=True)
class Change:
    """What happened. `reader` is "" for the service itself."""

    what: Literal["service_down", "service_up", "reader_added", "reader_removed", "card_inserted", "card_removed"]
    reader: str = ""


class CardWatcher(threading.Thread):
    """Calls `on_change` in its own thread; `stop` ends it within `poll` seconds."""

    def __init__(self, on_change: Callable[[Change], None], poll: float = 0.5) -> None:
        super().__init__(name="card watcher", daemon=True)
        self._on_change, self._poll = on_change, poll
        self._ended = threading.Event()
        self._up = True
        self._known: dict[str, int] = {}
        # Set once the readers connected at the start have been told, or that there is no service.
        self.looked = threading.Event()

    def stop(self) -> None:
        """End the thread."""
        self._ended.set()
        self.join(self._poll + 5)

    def run(self) -> None:
        """Watch until stopped."""
        while not self._ended.is_set():
            outcome, context = SCardEstablishContext(SCARD_SCOPE_USER)
            if outcome != SCARD_S_SUCCESS:
                self._service(up=False)
                self.looked.set()
                self._ended.wait(self._poll)
                continue
            self._service(up=True)
            try:
                while not self._ended.is_set() and self._look(context):
                    pass
            finally:
                SCardReleaseContext(context)

    def _service(self, *, up: bool) -> None:
        if up is self._up:
            return
        self._up = up
        self._forget(set(self._known))
        self._on_change(Change("service_up" if up else "service_down"))

    def _forget(self, names: set[str]) -> None:
        for name in sorted(names):
            if self._known.pop(name) & SCARD_STATE_PRESENT:
                self._on_change(Change("card_removed", name))
            self._on_change(Change("reader_removed", name))

    def _look(self, context: object) -> bool:
        """One round; False if the context is of no more use."""
        outcome, names = SCardListReaders(context, [])
        present = set(names) if outcome == SCARD_S_SUCCESS else set()
        self._forget(set(self._known) - present)
        for name in sorted(present - set(self._known)):
            self._known[name] = SCARD_STATE_UNAWARE
            self._on_change(Change("reader_added", name))
        self.looked.set()
        asked = [(name, state) for name, state in self._known.items()]
        outcome, states = SCardGetStatusChange(context, int(self._poll * 1000), asked or [(NEWCOMERS, 0)])
        if outcome == SCARD_S_SUCCESS:
            self._compare([(name, int(state)) for name, state, _ in states if name in self._known])
        elif not asked:
            # Without readers and without notification of newcomers (macOS) there is nothing to wait on.
            self._ended.wait(self._poll)
        return outcome in {SCARD_S_SUCCESS, SCARD_E_TIMEOUT} or not asked

    def _compare(self, states: list[tuple[str, int]]) -> None:
        for name, state in states:
            before, self._known[name] = self._known[name], state
            was, now = bool(before & SCARD_STATE_PRESENT), bool(state & SCARD_STATE_PRESENT)
            if was and (not now or before & COUNT != state & COUNT):
                self._on_change(Change("card_removed", name))
            if now and (not was or before & COUNT != state & COUNT):
                self._on_change(Change("card_inserted", name))
