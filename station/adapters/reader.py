"""The reader at this seat: the first one that PC/SC lists, or the one that the settings name."""

from __future__ import annotations

import os
from typing import Protocol

from reader.errors import NoReader
from station.ports import HeldCard


class Readers(Protocol):
    """All readers of a machine."""

    def names(self) -> list[str]:
        """Their names."""

    def wait(self, reader_name: str, *, present: bool, seconds: float) -> bool:
        """Wait for a card, or for its going."""

    def connect(self, reader_name: str) -> HeldCard:
        """The card on one of them."""


class SeatReader:
    """One seat, one reader. `KHAOTHI_READER` picks it by a part of its name where there are several."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers

    def name(self) -> str | None:
        """The reader's name.

        Raises:
            PcscUnavailable: the service is down.
            NoReader: none is connected, or not the one that the settings name.
        """
        wanted = os.environ.get("KHAOTHI_READER", "")
        found = next((name for name in self._readers.names() if wanted in name), None)
        if found is None:
            if not wanted:
                raise NoReader("no card reader")
            raise NoReader("no reader called {name!r}", name=wanted)
        return found

    def wait(self, reader_name: str, *, present: bool, seconds: float) -> bool:
        """As the port."""
        return self._readers.wait(reader_name, present=present, seconds=seconds)

    def connect(self, reader_name: str) -> HeldCard:
        """As the port."""
        return self._readers.connect(reader_name)
