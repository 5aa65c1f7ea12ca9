"""What readers pass through to the program: 61xx (more to fetch) and 6Cxx (another length), ISO/IEC 7816-4 section 5.3.4."""

from __future__ import annotations

from dataclasses import dataclass

from reader.apdu import CommandApdu, is_extended
from reader.errors import LimitExceeded
from reader.ports import CardConnection

# A chip that always has more to say is stopped after a portrait's worth of short answers.
MOST_PARTS = 300
MOST_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class ResponseChaining:
    """A connection whose answers are whole."""

    connection: CardConnection

    def transmit(self, apdu: bytes) -> bytes:
        """Send a command; fetch the rest of its answer; repeat it once with the length that the chip names.

        Raises:
            LimitExceeded: the answer does not end.
            CardRemoved: the card has gone.
        """
        answer = self.connection.transmit(apdu)
        if len(answer) == 2 and answer[0] == 0x6C and _ends_in_le(apdu) and apdu[-1] != answer[1]:
            answer = self.connection.transmit(apdu[:-1] + answer[1:])
        collected = b""
        for _ in range(MOST_PARTS):
            if len(answer) < 2 or answer[-2] != 0x61 or len(collected) > MOST_BYTES:
                break
            collected += answer[:-2]
            answer = self.connection.transmit(bytes(CommandApdu(0xC0, le=answer[-1] or 256)))
        else:
            raise LimitExceeded("the chip's answer does not end")
        if len(collected) > MOST_BYTES:
            raise LimitExceeded("an answer of more than {most} bytes", most=MOST_BYTES)
        return collected + answer


def _ends_in_le(apdu: bytes) -> bool:
    """Whether the last byte of a short command is its expected length."""
    return not is_extended(apdu) and (len(apdu) == 5 or (len(apdu) > 5 and len(apdu) == 6 + apdu[4]))
