"""What the service says of readers and cards, asked with a context of its own each time."""

from __future__ import annotations

import sys
from typing import Any

from smartcard.Exceptions import SmartcardException
from smartcard.pcsc.PCSCExceptions import BaseSCardException
from smartcard.scard import (
    SCARD_E_NO_READERS_AVAILABLE,
    SCARD_E_NO_SERVICE,
    SCARD_E_SERVICE_STOPPED,
    SCARD_E_TIMEOUT,
    SCARD_S_SUCCESS,
    SCARD_SCOPE_USER,
    SCARD_STATE_UNAWARE,
    SCardEstablishContext,
    SCardGetStatusChange,
    SCardListReaders,
    SCardReleaseContext,
)
from smartcard.System import readers as list_readers

from reader.errors import NoReader, PcscUnavailable, ReaderError

# Windows stops its service when no reader is left, so that there it means the same as none.
NONE_LEFT = {SCARD_E_NO_SERVICE & 0xFFFFFFFF, SCARD_E_SERVICE_STOPPED & 0xFFFFFFFF}


def code_of(error: BaseException) -> int:
    """The number that the service gave."""
    return int(getattr(error, "hresult", 0) or 0) & 0xFFFFFFFF


def no_reader_left(code: int, platform: str = sys.platform) -> bool:
    """Whether a code means that no reader is connected rather than that the service is down."""
    stopped = platform == "win32" and code in NONE_LEFT
    return stopped or code == SCARD_E_NO_READERS_AVAILABLE & 0xFFFFFFFF


def readers() -> list[Any]:
    """Pyscard's readers.

    Raises:
        PcscUnavailable: the service does not answer.
    """
    try:
        return list(list_readers())
    except (SmartcardException, BaseSCardException) as error:
        if no_reader_left(code_of(error)):
            return []
        raise PcscUnavailable("the PC/SC service does not answer") from error


def status(reader_name: str, known: int = SCARD_STATE_UNAWARE, seconds: float = 0.0) -> int:
    """The state of a reader, once it differs from the known one or the time is over.

    Raises:
        NoReader, PcscUnavailable: as named.
    """
    outcome, context = SCardEstablishContext(SCARD_SCOPE_USER)
    if outcome != SCARD_S_SUCCESS:
        if no_reader_left(outcome & 0xFFFFFFFF):
            raise NoReader("no reader called {name!r}", name=reader_name)
        raise PcscUnavailable("the PC/SC service does not answer ({status:08X})", status=outcome & 0xFFFFFFFF)
    try:
        outcome, states = SCardGetStatusChange(context, int(seconds * 1000), [(reader_name, known)])
        if outcome in {SCARD_S_SUCCESS, SCARD_E_TIMEOUT}:
            return int(states[0][1])
        listed, names = SCardListReaders(context, [])
        if listed == SCARD_S_SUCCESS and reader_name in names:
            raise ReaderError("status of {name!r}: {status:08X}", name=reader_name, status=outcome & 0xFFFFFFFF)
        raise NoReader("no reader called {name!r}", name=reader_name)
    finally:
        SCardReleaseContext(context)
