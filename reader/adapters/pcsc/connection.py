"""One card on one reader, held exclusively."""

from __future__ import annotations

import contextlib
import time
from types import TracebackType
from typing import Any, Self

from smartcard.CardConnection import CardConnection
from smartcard.Exceptions import CardConnectionException, NoCardException, SmartcardException
from smartcard.pcsc.PCSCExceptions import BaseSCardException
from smartcard.pcsc.PCSCPart10 import getTlvProperties
from smartcard.scard import (
    SCARD_E_SHARING_VIOLATION,
    SCARD_SHARE_EXCLUSIVE,
    SCARD_STATE_PRESENT,
    SCARD_UNPOWER_CARD,
)

from reader.adapters.pcsc.status import code_of, readers, status
from reader.adapters.pcsc.worker import CallTookTooLongError, Worker
from reader.errors import CardFrozen, CardRemoved, NoCard, NoReader, ReaderBusy

# Windows probes a fresh card itself for up to a second or two: so long another program may hold it.
BUSY_TRIES = 25
BUSY_PAUSE = 0.1
# Longer than any honest command: a chip may ask for 4.9 s at a time (ISO/IEC 14443-4 section 7.2) while it makes keys.
PATIENCE = 20.0
LARGEST_APDU = "PCSCv2_PART10_PROPERTY_dwMaxAPDUDataSize"
LOST = (CardConnectionException, NoCardException, BaseSCardException)


class PcscConnection:
    """One card; also a context manager. `patience` is how long one command may take, in seconds."""

    def __init__(self, reader_name: str, patience: float = PATIENCE) -> None:
        self.reader_name, self._patience = reader_name, patience
        self._worker = Worker(f"card on {reader_name}")
        self._closed = False
        try:
            self._connection = self._worker.call(lambda: _connect(reader_name), patience)
        except CallTookTooLongError as error:
            self._worker.end()
            raise NoCard("the card on {name!r} does not start", name=reader_name) from error
        except BaseException:
            self._worker.end()
            raise

    def transmit(self, apdu: bytes) -> bytes:
        """Send a command.

        Raises:
            CardRemoved: the card has gone, whatever the service calls it.
            CardFrozen: it does not answer; only taking it away helps.
        """
        if self._closed:
            raise CardRemoved("the connection is closed")
        try:
            payload, sw1, sw2 = self._worker.call(lambda: self._connection.transmit(list(apdu)), self._patience)
        except CallTookTooLongError as error:
            self.close()
            raise CardFrozen("no answer within {seconds:.0f} s", seconds=self._patience) from error
        except LOST as error:
            # The dead handle is exclusive: kept open it would lock out the card when it comes back.
            self.close()
            if code := code_of(error):
                raise CardRemoved("the card left the reader ({status:08X})", status=code) from error
            raise CardRemoved("the card left the reader") from error
        return bytes(payload) + bytes((sw1, sw2))

    @property
    def atr(self) -> bytes:
        """The answer to reset: tells kinds of card apart."""
        return bytes(self._connection.getATR() or [])

    def largest_apdu(self) -> int | None:
        """How long a command the reader takes, 0 for short ones only; None if it does not say (PC/SC part 10)."""
        try:
            properties = self._worker.call(lambda: getTlvProperties(self._connection), self._patience)
        except (*LOST, CallTookTooLongError, SmartcardException, LookupError, ValueError, TypeError):
            return None
        found = properties.get(LARGEST_APDU)
        return found if isinstance(found, int) else None

    def close(self) -> None:
        """Let go of the card; powers it off. A handle that is stuck is let go of when the service gives it back."""
        if self._closed:
            return
        self._closed = True
        if self._worker.stuck:
            self._worker.end(self._let_go)
            return
        with contextlib.suppress(CallTookTooLongError):
            self._worker.call(self._let_go, self._patience)
        self._worker.end()

    def _let_go(self) -> None:
        with contextlib.suppress(SmartcardException, BaseSCardException):
            self._connection.disconnect()
        try:
            self._connection.release()
        except (SmartcardException, BaseSCardException):
            # The service has gone, and the context with it; else pyscard tries again, and complains, when it is collected.
            self._connection.component.hcontext = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _connect(reader_name: str) -> Any:
    """Exclusive from the start, so that nobody can reset or interleave; T=1 first, as contactless readers speak it."""
    found = next((reader for reader in readers() if str(reader) == reader_name), None)
    if found is None:
        raise NoReader("no reader called {name!r}", name=reader_name)
    busy = False
    for attempt in range(BUSY_TRIES):
        connection = found.createConnection()
        protocol = CardConnection.T1_protocol if attempt == 0 else None
        try:
            connection.connect(protocol, SCARD_SHARE_EXCLUSIVE, SCARD_UNPOWER_CARD)
        except LOST as error:
            connection.release()
            busy = code_of(error) == SCARD_E_SHARING_VIOLATION & 0xFFFFFFFF
            if not busy and not status(reader_name) & SCARD_STATE_PRESENT:
                raise NoCard("no card on {name!r}", name=reader_name) from error
            # Just put on, it may still be powering up.
            time.sleep(0.0 if attempt == 0 else BUSY_PAUSE)
        else:
            return connection
    if busy:
        raise ReaderBusy("another program holds the card on {name!r}", name=reader_name)
    raise NoCard("the card on {name!r} does not start", name=reader_name)
