"""Selecting and reading elementary files: chunk by chunk, never past the TLV length, resumable at a byte offset.

Sizes and counts that the chip controls have named limits (`Limits`). Sources: Doc 9303-10 section 3.6, chip.md section 3.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from reader import tlv
from reader.apdu import CommandApdu, StatusWord
from reader.errors import (
    FileNotPresent,
    LimitExceeded,
    Malformed,
    NotAnIdentityCard,
    UnexpectedStatus,
)
from reader.secure_messaging import Channel

APPLICATION = bytes.fromhex("A0000002471001")
MASTER_FILE = 0x3F00
CARD_ACCESS = 0x011C
FILES = {
    "EF_COM": (0x011E, 0x1E),
    "EF_SOD": (0x011D, 0x1D),
    **{f"DG{number}": (0x0100 + number, number) for number in range(1, 17)},
}
# Fingerprints and iris: never read (DESIGN.md section 4.8).
FORBIDDEN = {"DG3", "DG4"}
SHORT_OFFSETS = 0x8000


@dataclass(frozen=True, slots=True)
class Limits:
    """What an honest chip stays within."""

    largest_file: int = 256 * 1024
    largest_card_access: int = 4 * 1024
    reads_a_file: int = 4096
    extended_read: int = 2048


@dataclass(slots=True)
class Reading:
    """One file so far; survives a lost card, so that the next channel goes on where this one stopped."""

    name: str
    content: bytearray = field(default_factory=bytearray)
    total: int = 0

    @property
    def done(self) -> bool:
        """Whether the whole data object is here."""
        return self.total > 0 and len(self.content) >= self.total


class FileSystem:
    """The files of one card behind one channel. `extended` is tried once and stepped down when the chip refuses."""

    def __init__(self, channel: Channel, limits: Limits | None = None, *, extended: bool = True) -> None:
        self.channel = channel
        self._limits = limits or Limits()
        self.chunk = self._limits.extended_read if extended else channel.largest_short_read
        self._shortest = 16

    def select_application(self) -> None:
        """SELECT the eMRTD application by name.

        Raises:
            NotAnIdentityCard: the chip has none.
        """
        response = self.channel.transmit(CommandApdu(0xA4, 0x04, 0x0C, APPLICATION))
        if not response.ok:
            raise NotAnIdentityCard(f"no eMRTD application: status {response.status:04X}")

    def card_access(self) -> bytes | None:
        """EF.CardAccess, or None where the chip has none or does not give it (chips differ in how they say so)."""
        self.channel.transmit(CommandApdu(0xA4, 0x00, 0x0C, MASTER_FILE.to_bytes(2, "big")))
        if not self.channel.transmit(CommandApdu(0xA4, 0x02, 0x0C, CARD_ACCESS.to_bytes(2, "big"))).ok:
            return None
        first = self.channel.transmit(CommandApdu(0xB0, le=256))
        if not first.payload or first.status not in {StatusWord.SUCCESS, StatusWord.END_OF_FILE}:
            return None
        _, length, head = tlv.header(first.payload)
        if length > self._limits.largest_card_access:
            raise LimitExceeded(f"EF.CardAccess of {length} bytes")
        return first.payload[: head + length]

    def read(self, reading: Reading, on_bytes: Callable[[int, int], None] | None = None) -> bytes:
        """The whole file, going on from what `reading` already holds.

        Raises:
            FileNotPresent: the chip has no such file, or keeps it locked.
            LimitExceeded: larger than any honest file.
            CardRemoved, SecureMessagingBroken: try again with a new channel and the same `reading`.
        """
        if reading.name in FORBIDDEN:
            raise FileNotPresent(f"{reading.name} is never read")
        file_id, _ = FILES[reading.name]
        if not self.channel.transmit(CommandApdu(0xA4, 0x02, 0x0C, file_id.to_bytes(2, "big"))).ok:
            raise FileNotPresent(reading.name)
        for _ in range(self._limits.reads_a_file):
            if reading.done:
                return bytes(reading.content[: reading.total])
            self._append(reading, self._read_once(reading))
            if on_bytes is not None:
                on_bytes(len(reading.content), reading.total)
        raise LimitExceeded(f"{reading.name} does not end")

    def _append(self, reading: Reading, more: bytes) -> None:
        if not more:
            raise Malformed(f"{reading.name} ends before its length")
        reading.content += more
        if not reading.total:
            _, length, head = tlv.header(bytes(reading.content[:8]))
            reading.total = head + length
            if reading.total > self._limits.largest_file:
                raise LimitExceeded(f"{reading.name} of {reading.total} bytes")

    def _read_once(self, reading: Reading) -> bytes:
        offset = len(reading.content)
        left = reading.total - offset if reading.total else self.chunk
        while True:
            wanted = min(self.chunk, left)
            command = self._read_command(offset, wanted)
            response = self.channel.transmit(command)
            if response.payload and response.status in {StatusWord.SUCCESS, StatusWord.END_OF_FILE}:
                return _plain(response.payload, odd=offset >= SHORT_OFFSETS)[:left]
            if response.status >> 8 == 0x6C and 0 < response.status & 0xFF < wanted:
                self.chunk = response.status & 0xFF
            elif not self._step_down(response.status):
                raise UnexpectedStatus(f"READ BINARY {reading.name}", response.status)

    @staticmethod
    def _read_command(offset: int, wanted: int) -> CommandApdu:
        if offset < SHORT_OFFSETS:
            return CommandApdu(0xB0, offset >> 8, offset & 0xFF, le=wanted)
        # Beyond 32 KiB the offset travels in DO54 of the odd instruction (ISO/IEC 7816-4 section 7.2.3).
        return CommandApdu(0xB1, payload=tlv.build(0x54, offset.to_bytes(3, "big")), le=wanted + 8)

    def _step_down(self, status: int) -> bool:
        """Whether a smaller read may help; halves the chunk."""
        refused = {StatusWord.WRONG_LENGTH, StatusWord.WRONG_OFFSET, StatusWord.SM_OBJECTS_INCORRECT, 0x6282, 0x6F00}
        if status not in refused or self.chunk <= self._shortest:
            return False
        short = self.channel.largest_short_read
        self.chunk = short if self.chunk > short else self.chunk // 2
        return True


def _plain(payload: bytes, *, odd: bool) -> bytes:
    return tlv.first(payload, 0x53) if odd else payload
