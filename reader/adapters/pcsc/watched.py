"""Readers as one watcher thread knows them: for a program that waits for cards all day.

Asking costs no call to the service, a reader plugged in later is simply there, and a restarted daemon is survived. A card that
was exchanged for another counts as gone once, though a card lies there before and after: nobody's consent is another's.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from typing import Protocol

from reader.adapters.pcsc.connection import PATIENCE, PcscConnection
from reader.adapters.pcsc.readers import SETTLE, PcscReaders
from reader.adapters.pcsc.watcher import CardWatcher, Change
from reader.errors import NoReader, PcscUnavailable

FIRST_LOOK_SECONDS = 2.0


class Readers(Protocol):
    """What opens the connections."""

    def connect(self, reader_name: str) -> PcscConnection:
        """The card on a reader."""


class WatchedReaders:
    """As `PcscReaders`, told by a `CardWatcher`. `close` ends its thread."""

    def __init__(self, readers: Readers | None = None, poll: float = 0.5) -> None:
        self._readers = readers or PcscReaders(PATIENCE)
        self._changed = threading.Condition()
        self._up, self._names, self._cards = True, list[str](), set[str]()
        # How many cards have left each reader, and how many had when a card there was last told of.
        self._removals, self._told = Counter[str](), Counter[str]()
        self._watcher = CardWatcher(self.change, poll)
        self._started = False

    def change(self, change: Change) -> None:
        """What the watcher saw; called in its thread."""
        with self._changed:
            match change.what:
                case "service_up" | "service_down":
                    self._up = change.what == "service_up"
                case "reader_added":
                    self._names.append(change.reader)
                case "reader_removed":
                    self._names.remove(change.reader)
                case "card_inserted":
                    self._cards.add(change.reader)
                case "card_removed":
                    self._cards.discard(change.reader)
                    self._removals[change.reader] += 1
            self._changed.notify_all()

    def _watching(self) -> None:
        with self._changed:
            first, self._started = not self._started, True
        if first:
            self._watcher.start()
        self._watcher.looked.wait(FIRST_LOOK_SECONDS)

    def names(self) -> list[str]:
        """Names of the connected readers, those that were there first first.

        Raises:
            PcscUnavailable: the service does not answer.
        """
        self._watching()
        with self._changed:
            if not self._up:
                raise PcscUnavailable("the PC/SC service does not answer")
            return list(self._names)

    def connect(self, reader_name: str) -> PcscConnection:
        """The card on a reader, as `PcscReaders.connect`."""
        return self._readers.connect(reader_name)

    def wait(self, reader_name: str, *, present: bool, seconds: float) -> bool:
        """Wait until a card is there (or the one told of has gone); False if that did not happen in time.

        Raises:
            NoReader, PcscUnavailable: as named.
        """
        self._watching()
        with self._changed:
            if not self._changed.wait_for(lambda: self._settled(reader_name, present=present), seconds):
                return False
            if not self._up:
                raise PcscUnavailable("the PC/SC service does not answer")
            if reader_name not in self._names:
                raise NoReader("no reader called {name!r}", name=reader_name)
            if present:
                self._told[reader_name] = self._removals[reader_name]
        if present:
            time.sleep(SETTLE)
        return True

    def _settled(self, name: str, *, present: bool) -> bool:
        if not self._up or name not in self._names:
            return True
        exchanged = self._removals[name] != self._told[name]
        return name in self._cards if present else name not in self._cards or exchanged

    def close(self) -> None:
        """Watch no longer."""
        if self._started:
            self._watcher.stop()
