"""What the reader asks of the world: a connection as narrow as the wire."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class CardConnection(Protocol):
    """One card on one reader."""

    def transmit(self, apdu: bytes) -> bytes:
        """Send a command, get payload and status word.

        Raises:
            reader.errors.CardRemoved: the card has gone.
        """


# Where nonces and ephemeral keys come from: so many unpredictable bytes.
RandomSource = Callable[[int], bytes]
