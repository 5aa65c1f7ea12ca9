"""The readers of this machine."""

from __future__ import annotations

import time

from smartcard.scard import SCARD_STATE_EMPTY, SCARD_STATE_PRESENT

from reader.adapters.pcsc.connection import PATIENCE, PcscConnection
from reader.adapters.pcsc.status import readers, status

# Up to this long after a removal the service still connects to the card that has gone.
SETTLE = 0.05


class PcscReaders:
    """The readers of this machine. `patience` is how long one command may take, in seconds."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience

    def names(self) -> list[str]:
        """Names of the connected readers.

        Raises:
            PcscUnavailable: the service does not answer.
        """
        return [str(reader) for reader in readers()]

    def connect(self, reader_name: str) -> PcscConnection:
        """The card on a reader.

        Raises:
            NoReader, NoCard, ReaderBusy, PcscUnavailable: as named.
        """
        return PcscConnection(reader_name, self._patience)

    def card_present(self, reader_name: str) -> bool:
        """Whether a card lies on the reader now.

        Raises:
            NoReader, PcscUnavailable: as named.
        """
        return bool(status(reader_name) & SCARD_STATE_PRESENT)

    def wait(self, reader_name: str, *, present: bool, seconds: float) -> bool:
        """Wait until a card is there (or has gone); False if that did not happen in time.

        Raises:
            NoReader, PcscUnavailable: as named.
        """
        deadline = time.monotonic() + seconds
        state = status(reader_name)
        while bool(state & SCARD_STATE_PRESENT) is not present:
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            known = SCARD_STATE_PRESENT if state & SCARD_STATE_PRESENT else SCARD_STATE_EMPTY
            state = status(reader_name, known, min(left, 1.0))
        if present:
            time.sleep(SETTLE)
        return True
