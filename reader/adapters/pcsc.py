"""PC/SC through pyscard: the only module that names it (docs/adr/0001). Facts: pcsc.md section 5.

Errors are told apart by the number that the service returns, never by its text. Waiting uses a context of its own for each
call, so a daemon that went away and came back is met with a fresh one.
"""

from __future__ import annotations

import time
from types import TracebackType
from typing import Any, Self

from smartcard.Exceptions import CardConnectionException, NoCardException, SmartcardException
from smartcard.ExclusiveConnectCardConnection import ExclusiveConnectCardConnection
from smartcard.pcsc.PCSCExceptions import BaseSCardException
from smartcard.scard import (
    SCARD_E_SHARING_VIOLATION,
    SCARD_E_TIMEOUT,
    SCARD_S_SUCCESS,
    SCARD_SCOPE_USER,
    SCARD_STATE_EMPTY,
    SCARD_STATE_PRESENT,
    SCARD_STATE_UNAWARE,
    SCARD_UNPOWER_CARD,
    SCardEstablishContext,
    SCardGetStatusChange,
    SCardListReaders,
    SCardReleaseContext,
)
from smartcard.System import readers

from reader.errors import CardRemoved, NoCard, NoReader, PcscUnavailable, ReaderBusy, ReaderError

BUSY_TRIES = 10
BUSY_PAUSE = 0.1
# Up to this long after a removal the service still connects to the card that has gone.
SETTLE = 0.05


def _code(error: BaseException) -> int:
    return int(getattr(error, "hresult", 0) or 0) & 0xFFFFFFFF


class PcscConnection:
    """One card, held exclusively; also a context manager."""

    def __init__(self, reader_name: str) -> None:
        self._reader_name = reader_name
        self._connection = _connect(reader_name)

    def transmit(self, apdu: bytes) -> bytes:
        """Send a command.

        Raises:
            CardRemoved: the card has gone, whatever the service calls it.
        """
        try:
            payload, sw1, sw2 = self._connection.transmit(list(apdu))
        except (CardConnectionException, NoCardException, BaseSCardException) as error:
            # The dead handle is exclusive: kept open it would lock out the card when it comes back.
            self.close()
            raise CardRemoved(f"card gone ({_code(error):08X})") from error
        return bytes(payload) + bytes((sw1, sw2))

    def close(self) -> None:
        """Let go of the card; powers it off."""
        try:
            self._connection.disconnect()
            self._connection.release()
        except (SmartcardException, BaseSCardException):
            return

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _connect(reader_name: str) -> ExclusiveConnectCardConnection:
    found = next((reader for reader in _readers() if str(reader) == reader_name), None)
    if found is None:
        raise NoReader(f"no reader called {reader_name!r}")
    busy = False
    for _ in range(BUSY_TRIES):
        connection = ExclusiveConnectCardConnection(found.createConnection())
        try:
            connection.connect(disposition=SCARD_UNPOWER_CARD)
        except (CardConnectionException, NoCardException, BaseSCardException) as error:
            connection.release()
            busy = _code(error) == SCARD_E_SHARING_VIOLATION & 0xFFFFFFFF
            if not busy and not _status(reader_name, SCARD_STATE_UNAWARE, 0) & SCARD_STATE_PRESENT:
                raise NoCard(f"no card on {reader_name!r}") from error
            # Just put on, it may still be powering up.
            time.sleep(BUSY_PAUSE)
        else:
            return connection
    if busy:
        raise ReaderBusy(f"another program holds the card on {reader_name!r}")
    raise NoCard(f"the card on {reader_name!r} does not start")


def _readers() -> list[Any]:
    try:
        return list(readers())
    except (SmartcardException, BaseSCardException) as error:
        raise PcscUnavailable("the PC/SC service does not answer") from error


class PcscReaders:
    """The readers of this machine."""

    def names(self) -> list[str]:
        """Names of the connected readers.

        Raises:
            PcscUnavailable: the service does not answer.
        """
        return [str(reader) for reader in _readers()]

    def connect(self, reader_name: str) -> PcscConnection:
        """The card on a reader.

        Raises:
            NoReader, NoCard, ReaderBusy, PcscUnavailable: as named.
        """
        return PcscConnection(reader_name)

    def card_present(self, reader_name: str) -> bool:
        """Whether a card lies on the reader now.

        Raises:
            NoReader, PcscUnavailable: as named.
        """
        return bool(_status(reader_name, SCARD_STATE_UNAWARE, 0) & SCARD_STATE_PRESENT)

    def wait(self, reader_name: str, *, present: bool, seconds: float) -> bool:
        """Wait until a card is there (or has gone); False if that did not happen in time.

        Raises:
            NoReader, PcscUnavailable: as named.
        """
        deadline = time.monotonic() + seconds
        state = _status(reader_name, SCARD_STATE_UNAWARE, 0)
        while bool(state & SCARD_STATE_PRESENT) is not present:
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            known = SCARD_STATE_PRESENT if state & SCARD_STATE_PRESENT else SCARD_STATE_EMPTY
            state = _status(reader_name, known, min(left, 1.0))
        if present:
            time.sleep(SETTLE)
        return True


def _status(reader_name: str, known: int, seconds: float) -> int:
    outcome, context = SCardEstablishContext(SCARD_SCOPE_USER)
    if outcome != SCARD_S_SUCCESS:
        raise PcscUnavailable(f"the PC/SC service does not answer ({outcome & 0xFFFFFFFF:08X})")
    try:
        outcome, states = SCardGetStatusChange(context, int(seconds * 1000), [(reader_name, known)])
        if outcome in {SCARD_S_SUCCESS, SCARD_E_TIMEOUT}:
            return int(states[0][1])
        listed, names = SCardListReaders(context, [])
        if listed == SCARD_S_SUCCESS and reader_name in names:
            raise ReaderError(f"status of {reader_name!r}: {outcome & 0xFFFFFFFF:08X}")
        raise NoReader(f"no reader called {reader_name!r}")
    finally:
        SCardReleaseContext(context)
