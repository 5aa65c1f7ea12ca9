"""Commands and responses (ISO/IEC 7816-4 section 5.1)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from reader.errors import Malformed, UnexpectedStatus

SHORT_LE = 256
EXTENDED_LE = 65536


class StatusWord(IntEnum):
    """Status words that this program acts upon."""

    SUCCESS = 0x9000
    END_OF_FILE = 0x6282
    WRONG_PASSWORD = 0x6300
    WRONG_LENGTH = 0x6700
    SM_OBJECTS_MISSING = 0x6987
    SM_OBJECTS_INCORRECT = 0x6988
    SECURITY_STATUS = 0x6982
    CONDITIONS = 0x6985
    WRONG_DATA = 0x6A80
    FILE_NOT_FOUND = 0x6A82
    REFERENCE_NOT_FOUND = 0x6A88
    WRONG_OFFSET = 0x6B00
    INSTRUCTION = 0x6D00


@dataclass(frozen=True, slots=True)
class CommandApdu:
    """One command. `le` is the number of bytes expected (0: none); above 256 it goes out in extended form.

    `extended` asks for that form though the plain answer would be short: the protected one may be longer.
    """

    ins: int
    p1: int = 0
    p2: int = 0
    payload: bytes = b""
    le: int = 0
    cla: int = 0
    extended: bool = False

    def __bytes__(self) -> bytes:
        head = bytes([self.cla, self.ins, self.p1, self.p2])
        if len(self.payload) <= 255 and self.le <= SHORT_LE and not self.extended:
            body = bytes([len(self.payload)]) + self.payload if self.payload else b""
            return head + body + (bytes([self.le & 0xFF]) if self.le else b"")
        body = b"\x00" + len(self.payload).to_bytes(2, "big") + self.payload if self.payload else b""
        le = (b"" if self.payload else b"\x00") + (self.le & 0xFFFF).to_bytes(2, "big") if self.le else b""
        return head + body + le


def is_extended(raw: bytes) -> bool:
    """Whether a command is in extended form: its fifth byte is zero and more follow."""
    return len(raw) > 5 and raw[4] == 0


@dataclass(frozen=True, slots=True)
class ResponseApdu:
    """What the chip answered."""

    payload: bytes
    status: int

    @classmethod
    def parse(cls, raw: bytes) -> ResponseApdu:
        """A response from its bytes.

        Raises:
            Malformed: shorter than a status word.
        """
        if len(raw) < 2:
            raise Malformed("response is shorter than a status word")
        return cls(raw[:-2], int.from_bytes(raw[-2:], "big"))

    @property
    def ok(self) -> bool:
        """Whether the status is 9000."""
        return self.status == StatusWord.SUCCESS

    def expect(self, doing: str) -> bytes:
        """The payload of a success.

        Raises:
            UnexpectedStatus: anything but 9000; `doing` names the step.
        """
        if not self.ok:
            raise UnexpectedStatus(doing, self.status)
        return self.payload
