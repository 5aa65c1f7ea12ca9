"""One file while it is read: how far it has come, and the next READ BINARY for it (ISO/IEC 7816-4 section 7.2.3)."""

from __future__ import annotations

from dataclasses import dataclass, field

from reader import tlv
from reader.apdu import CommandApdu, ResponseApdu, StatusWord
from reader.errors import LimitExceeded, Malformed

SHORT_OFFSETS = 0x8000
HEADER, SHORTEST_HEADER = 8, 4
INDEFINITE = 0x80
GOOD = {StatusWord.SUCCESS, StatusWord.END_OF_FILE}
# Nothing to read there: the offset or the length lies behind the end of the file.
BEHIND_THE_END = {StatusWord.END_OF_FILE, StatusWord.WRONG_OFFSET}


@dataclass(frozen=True, slots=True)
class Limits:
    """What an honest chip stays within."""

    largest_file: int = 256 * 1024
    largest_card_access: int = 4 * 1024
    reads_a_file: int = 4096
    extended_read: int = 4096
    lessons_a_card: int = 40
    commands_a_card: int = 6000
    seconds_a_card: float = 180.0


@dataclass(slots=True)
class Reading:
    """One file so far; survives a lost card, so that the next channel goes on where this one stopped.

    `unbounded` is set by an outer object of indefinite length: such a file ends where the chip says so. `header` is how much
    a look at the length asks for: less where the whole file is shorter than that.
    """

    name: str
    content: bytearray = field(default_factory=bytearray)
    total: int = 0
    unbounded: bool = False
    header: int = HEADER

    @property
    def done(self) -> bool:
        """Whether the whole data object is here."""
        return self.total > 0 and len(self.content) >= self.total

    def measure(self, largest: int) -> None:
        """The size of the file from its header. Some issuers write the outer length as indefinite (chip.md section 3).

        Raises:
            Malformed: no data object.
            LimitExceeded: larger than any honest file.
        """
        if len(self.content) >= 2 and self.content[1] == INDEFINITE:
            self.unbounded = True
            return
        try:
            _, length, head = tlv.header(bytes(self.content[:HEADER]))
        except Malformed:
            if len(self.content) < HEADER:
                return
            raise
        self.total = head + length
        if self.total > largest:
            raise LimitExceeded("{file} of {size} bytes", file=self.name, size=self.total)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One READ BINARY: where, how many plain bytes, and whether it selects by short identifier."""

    offset: int
    wanted: int
    identifier: int = 0
    first: bool = False

    def command(self) -> CommandApdu:
        """As it goes to the chip."""
        if self.identifier:
            return CommandApdu(0xB0, 0x80 | self.identifier, 0, le=self.wanted)
        if self.offset < SHORT_OFFSETS:
            return CommandApdu(0xB0, self.offset >> 8, self.offset & 0xFF, le=self.wanted)
        # Beyond 32 KiB the offset travels in DO54 of the odd instruction, and the answer in DO53 (ISO/IEC 7816-4 section 7.2.3).
        offset = self.offset.to_bytes(2 if self.offset < 0x10000 else 3, "big")
        return CommandApdu(0xB1, payload=tlv.build(0x54, offset), le=self.wanted + HEADER)

    def plain(self, response: ResponseApdu) -> bytes:
        """The bytes of the file in an answer."""
        if self.offset < SHORT_OFFSETS or not response.payload:
            return response.payload
        return tlv.first(response.payload, 0x53)
