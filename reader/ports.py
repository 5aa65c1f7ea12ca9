"""What the reader asks of the world: a connection as narrow as the wire."""

from __future__ import annotations

from typing import Protocol


class CardConnection(Protocol):
    """One card on one reader."""

    def transmit(self, apdu: bytes) -> bytes:
        """Send a command, get payload and status word.

        Raises:
            reader.errors.CardRemoved: the card has gone.
        """


class RandomSource(Protocol):
    """Where nonces and ephemeral keys come from."""

    def __call__(self, length: int) -> bytes:
        """So many unpredictable bytes."""
