"""A thread of our own that tells of readers and cards coming and going.

pyscard's monitors die with the daemon and never come back, so this one asks anew, with a new context, after any error; on
Windows the service stops whenever the last reader goes, and all contexts with it, without anything being wrong. A card swapped between two polls of the service is seen as such by its count of insertions, where the service keeps one.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from smartcard.scard import (
    SCARD_E_NO_READERS_AVAILABLE,
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

from reader.adapters.pcsc.status import no_reader_left

NEWCOMERS = "\\\\?PnP?\\Notification"
# Bits of the event word that count insertions (pcsc-lite: upper half); they change though a card is there before and after.
COUNT = 0xFFFF0000
# Between a context that died and the next one, so that a service that is half up is not asked without end.
PAUSE = 0.1


@dataclass(frozen=True, slots=True)
class Service:
    """The calls of PC/SC that are needed here, as pyscard has them, and the platform that they are of."""

    establish: Callable[[int], Any] = SCardEstablishContext
    release: Callable[[Any], Any] = SCardReleaseContext
    list_readers: Callable[[Any, list[str]], Any] = SCardListReaders
    status: Callable[[Any, int, list[Any]], Any] = SCardGetStatusChange
    platform: str = sys.platform


@dataclass(frozen=True, slots=True)
class Change:
    """What happened. `reader` is "" for the service itself."""

    what: Literal["service_down", "service_up", "reader_added", "reader_removed", "card_inserted", "card_removed"]
    reader: str = ""


class CardWatcher(threading.Thread):
    """Calls `on_change` in its own thread; `stop` ends it within `poll` seconds."""

    def __init__(self, on_change: Callable[[Change], None], poll: float = 0.5, service: Service | None = None) -> None:
        super().__init__(name="card watcher", daemon=True)
        self._on_change, self._poll, self._service = on_change, poll, service or Service()
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
            outcome, context = self._service.establish(SCARD_SCOPE_USER)
            if outcome != SCARD_S_SUCCESS:
                self._forget(set(self._known))
                self._tell_of_service(up=no_reader_left(outcome & 0xFFFFFFFF, self._service.platform))
                self.looked.set()
                self._ended.wait(self._poll)
                continue
            self._tell_of_service(up=True)
            try:
                while not self._ended.is_set() and self._look(context):
                    pass
            finally:
                self._service.release(context)
            self._ended.wait(min(self._poll, PAUSE))

    def _tell_of_service(self, *, up: bool) -> None:
        if up is self._up:
            return
        self._up = up
        self._on_change(Change("service_up" if up else "service_down"))

    def _forget(self, names: set[str]) -> None:
        for name in sorted(names):
            if self._known.pop(name) & SCARD_STATE_PRESENT:
                self._on_change(Change("card_removed", name))
            self._on_change(Change("reader_removed", name))

    def _look(self, context: object) -> bool:
        """One round; False if the context is of no more use."""
        outcome, names = self._service.list_readers(context, [])
        if outcome not in {SCARD_S_SUCCESS, SCARD_E_NO_READERS_AVAILABLE}:
            # A context outlives its service without a sign; the next one tells whether there is any.
            return False
        present = set(names) if outcome == SCARD_S_SUCCESS else set()
        self._forget(set(self._known) - present)
        for name in sorted(present - set(self._known)):
            self._known[name] = SCARD_STATE_UNAWARE
            self._on_change(Change("reader_added", name))
        self.looked.set()
        asked = [(name, state) for name, state in self._known.items()]
        outcome, states = self._service.status(context, int(self._poll * 1000), asked or [(NEWCOMERS, 0)])
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
