"""Selecting and reading elementary files: chunk by chunk, never past the TLV length, resumable at a byte offset.

The first read of a file selects it by its short identifier and asks for a whole chunk, so that a small file costs one
command. Whatever the chip refuses is learned (`Capabilities`): chunks shrink, the identifier gives way to SELECT, the chunk
to a look at the header. Sizes and counts that the chip controls have named limits (`Limits`).
Sources: Doc 9303-10 sections 3.6 and 3.11, chip.md section 3.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from reader import tlv
from reader.apdu import SHORT_LE, CommandApdu, ResponseApdu, StatusWord
from reader.capabilities import USUAL_RESPONSE, Capabilities
from reader.errors import (
    FileNotPresent,
    LimitExceeded,
    Malformed,
    NotAnIdentityCard,
    SecureMessagingBroken,
    UnexpectedStatus,
)
from reader.secure_messaging import Channel

APPLICATION = bytes.fromhex("A0000002471001")
FILES = {
    "EF_COM": (0x011E, 0x1E),
    "EF_SOD": (0x011D, 0x1D),
    **{f"DG{number}": (0x0100 + number, number) for number in range(1, 17)},
}
# The tag with which each file begins (Doc 9303-10 table 38): a chip that takes a short identifier for an offset gives another.
TAGS = {
    "EF_COM": 0x60, "EF_SOD": 0x77, "DG1": 0x61, "DG2": 0x75, "DG5": 0x65, "DG6": 0x66, "DG7": 0x67, "DG8": 0x68, "DG9": 0x69,
    "DG10": 0x6A, "DG11": 0x6B, "DG12": 0x6C, "DG13": 0x6D, "DG14": 0x6E, "DG15": 0x6F, "DG16": 0x70,
}  # fmt: skip
# In front of the application, where the same identifier means another file.
CARD_SECURITY = "EF_CardSecurity"
IDENTIFIERS = {**FILES, CARD_SECURITY: (0x011D, 0x1D)}
# Fingerprints and iris: never read (DESIGN.md section 4.8).
FORBIDDEN = {"DG3", "DG4"}
SHORT_OFFSETS = 0x8000
HEADER, SHORTEST_HEADER = 8, 4
INDEFINITE = 0x80
GOOD = {StatusWord.SUCCESS, StatusWord.END_OF_FILE}
ABSENT = {StatusWord.FILE_NOT_FOUND, 0x6A83, StatusWord.SECURITY_STATUS, StatusWord.REFERENCE_NOT_FOUND}
# Nothing to read there: the offset or the length lies behind the end of the file.
BEHIND_THE_END = {StatusWord.END_OF_FILE, StatusWord.WRONG_OFFSET}
STEPS = (2000, 1000)
SHORT_STEPS = (192, 128, 64, 32, 16)


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


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One READ BINARY: where, how many plain bytes, and whether it selects by short identifier."""

    offset: int
    wanted: int
    identifier: int = 0
    first: bool = False

    def command(self) -> CommandApdu:
        if self.identifier:
            return CommandApdu(0xB0, 0x80 | self.identifier, 0, le=self.wanted)
        if self.offset < SHORT_OFFSETS:
            return CommandApdu(0xB0, self.offset >> 8, self.offset & 0xFF, le=self.wanted)
        # Beyond 32 KiB the offset travels in DO54 of the odd instruction, and the answer in DO53 (ISO/IEC 7816-4 section 7.2.3).
        offset = self.offset.to_bytes(2 if self.offset < 0x10000 else 3, "big")
        return CommandApdu(0xB1, payload=tlv.build(0x54, offset), le=self.wanted + HEADER)

    def plain(self, response: ResponseApdu) -> bytes:
        if self.offset < SHORT_OFFSETS or not response.payload:
            return response.payload
        return tlv.first(response.payload, 0x53)


class FileSystem:
    """The files of one card behind one channel. `lost` is set once the chip has dropped the channel."""

    def __init__(
        self, channel: Channel, limits: Limits | None = None, capabilities: Capabilities | None = None
    ) -> None:
        self.channel, self.lost = channel, False
        self.capabilities = capabilities or Capabilities()
        self._limits = limits or Limits()
        # What the read under way may be refused for, how much it asks for, and the most that was given before.
        self._suspect, self._wanted, self._worked = "", 0, 0
        self._lessons = self._refused_by_identifier = 0

    @property
    def chunk(self) -> int:
        """How many plain bytes the next read may ask for."""
        known, short = self.capabilities, self.channel.largest_short_read
        if not known.extended:
            return min(known.chunk or short, short)
        most = min(self._limits.extended_read, self.channel.largest_read(known.response or USUAL_RESPONSE))
        return min(known.chunk or most, most)

    # -- selecting

    def select_application(self) -> None:
        """SELECT the eMRTD application by name.

        Raises:
            NotAnIdentityCard: the chip has none.
        """
        response = self._select(CommandApdu(0xA4, 0x04, 0x0C, APPLICATION))
        if not response.ok:
            raise NotAnIdentityCard(f"no eMRTD application: status {response.status:04X}")

    def _select(self, command: CommandApdu) -> ResponseApdu:
        """SELECT without asking for file information; chips that insist on giving it are asked for it."""
        response = self.channel.transmit(command)
        if response.status in {0x6A86, StatusWord.WRONG_LENGTH, StatusWord.WRONG_OFFSET}:
            response = self.channel.transmit(CommandApdu(0xA4, command.p1, 0x00, command.payload, SHORT_LE))
        good = response.ok or response.status >> 8 in {0x61, 0x62}
        return ResponseApdu(b"", StatusWord.SUCCESS) if good else response

    def _select_file(self, name: str) -> None:
        self._suspect = ""
        response = self._select(CommandApdu(0xA4, 0x02, 0x0C, IDENTIFIERS[name][0].to_bytes(2, "big")))
        if not response.ok:
            raise FileNotPresent(f"{name}: status {response.status:04X}")

    # -- reading

    def read(self, reading: Reading, on_bytes: Callable[[int, int], None] | None = None) -> bytes:
        """The whole file, going on from what `reading` already holds.

        Raises:
            FileNotPresent: the chip has no such file, or keeps it locked.
            LimitExceeded: larger than any honest file.
            Malformed: it ends before its length.
            UnexpectedStatus: the chip refuses every way of reading it.
            CardRemoved, SecureMessagingBroken: try again with a new channel and the same `reading`.
        """
        if reading.name in FORBIDDEN:
            raise FileNotPresent(f"{reading.name} is never read")
        try:
            selected = self._begin(reading)
            for _ in range(self._limits.reads_a_file):
                if reading.done:
                    break
                selected = self._step(reading, selected=selected)
                if on_bytes is not None and reading.content:
                    on_bytes(len(reading.content), reading.total)
        except SecureMessagingBroken as broken:
            if self._broken(reading, broken):
                raise
            # Nothing to learn from: an interruption like any other.
            raise SecureMessagingBroken(str(broken)) from broken
        if not reading.done:
            raise LimitExceeded(f"{reading.name} does not end")
        return bytes(reading.content[: reading.total])

    def _begin(self, reading: Reading) -> bool:
        """SELECT, unless the first read will."""
        if self.capabilities.short_identifiers and not reading.content:
            return False
        self._select_file(reading.name)
        return True

    def _step(self, reading: Reading, *, selected: bool) -> bool:
        """One read, or one lesson; returns whether the file is selected."""
        attempt = self._attempt(reading, selected=selected)
        self._suspect, self._wanted = self._suspicion(attempt), attempt.wanted
        response = self.channel.transmit(attempt.command())
        more = attempt.plain(response) if response.status in GOOD else b""
        if more and attempt.identifier and more[0] != TAGS.get(reading.name, more[0]):
            self.capabilities.short_identifiers = False
            self._select_file(reading.name)
            return True
        if more:
            self._accept(reading, attempt, more, response.status)
            return True
        if reading.unbounded and reading.content and (response.status in BEHIND_THE_END or response.ok):
            reading.total = len(reading.content)
            return True
        if attempt.identifier and self._is_selectable(reading.name, response.status):
            self._refused_by_identifier = attempt.wanted
            return True
        self._learn(attempt, response.status, reading)
        return selected or bool(attempt.identifier and not self.capabilities.short_identifiers)

    def _attempt(self, reading: Reading, *, selected: bool) -> _Attempt:
        offset, first = len(reading.content), not reading.total and not reading.unbounded
        # The header of DO53 takes room in the answer too.
        wanted = self.chunk if offset < SHORT_OFFSETS else max(1, self.chunk - HEADER)
        if first and not offset and not self.capabilities.past_the_end:
            wanted = reading.header
        if reading.total:
            wanted = min(wanted, reading.total - offset)
        return _Attempt(offset, wanted, 0 if selected else IDENTIFIERS[reading.name][1], first)

    def _accept(self, reading: Reading, attempt: _Attempt, more: bytes, status: int) -> None:
        if not attempt.identifier and not attempt.first:
            self._worked = max(self._worked, len(more))
        if self._refused_by_identifier:
            # The same read worked after SELECT: it was the short identifier's fault.
            self.capabilities.short_identifiers = self._refused_by_identifier != attempt.wanted
            self._refused_by_identifier = 0
        reading.content += more[: reading.total - attempt.offset] if reading.total else more[: attempt.wanted]
        if not reading.total and not reading.unbounded:
            self._measure(reading)
        if reading.unbounded and (status == StatusWord.END_OF_FILE or len(more) < attempt.wanted):
            reading.total = len(reading.content)
        if len(reading.content) > self._limits.largest_file:
            raise LimitExceeded(f"{reading.name} of more than {self._limits.largest_file} bytes")

    def _measure(self, reading: Reading) -> None:
        """The size of the file from its header. Some issuers write the outer length as indefinite (chip.md section 3)."""
        if len(reading.content) >= 2 and reading.content[1] == INDEFINITE:
            reading.unbounded = True
            return
        try:
            _, length, head = tlv.header(bytes(reading.content[:HEADER]))
        except Malformed:
            if len(reading.content) < HEADER:
                return
            raise
        reading.total = head + length
        if reading.total > self._limits.largest_file:
            raise LimitExceeded(f"{reading.name} of {reading.total} bytes")

    # -- learning

    @staticmethod
    def _suspicion(attempt: _Attempt) -> str:
        """What to give up first should the chip drop the channel at this read."""
        if attempt.wanted > SHORT_LE:
            return "length"
        if attempt.identifier:
            return "identifier"
        return "end" if attempt.first and attempt.wanted > HEADER else "length"

    def _is_selectable(self, name: str, status: int) -> bool:
        """Whether the file that the short identifier did not give can be selected."""
        if status == StatusWord.WRONG_LENGTH or status >> 8 == 0x6C or status in GOOD:
            return False
        self._select_file(name)
        return True

    def _learn(self, attempt: _Attempt, status: int, reading: Reading) -> None:
        """Make the next attempt another one.

        Raises:
            Malformed: the file ends early.
            UnexpectedStatus: nothing is left to try.
        """
        self._lessons += 1
        if self._lessons > self._limits.lessons_a_card:
            raise UnexpectedStatus(f"READ BINARY {reading.name}", status)
        if status >> 8 == 0x6C and 0 < status & 0xFF < attempt.wanted:
            self.capabilities.chunk = status & 0xFF
        elif attempt.first and attempt.wanted > HEADER and status in BEHIND_THE_END:
            self.capabilities.past_the_end = False
        elif not self._shrink(attempt.wanted) and not self._look_shorter(reading, attempt.wanted, status):
            if attempt.first and attempt.wanted > HEADER:
                self.capabilities.past_the_end, self.capabilities.chunk = False, 0
            elif attempt.identifier:
                self.capabilities.short_identifiers = False
                self._select_file(reading.name)
            elif status in GOOD or (status in BEHIND_THE_END and not attempt.first):
                raise Malformed(f"{reading.name} ends before its length")
            else:
                raise UnexpectedStatus(f"READ BINARY {reading.name}", status)

    @staticmethod
    def _look_shorter(reading: Reading, wanted: int, status: int) -> bool:
        """Whether a refused look at the header may ask for less: the whole file may be shorter than that."""
        if reading.content or wanted != HEADER or status not in BEHIND_THE_END:
            return False
        reading.header = SHORTEST_HEADER
        return True

    def _shrink(self, wanted: int) -> bool:
        """The next smaller chunk; False if there is none."""
        short = self.channel.largest_short_read
        smaller = [step for step in (*STEPS, short, *SHORT_STEPS) if step < wanted]
        if not smaller:
            return False
        self.capabilities.chunk = smaller[0]
        if smaller[0] <= short:
            self.capabilities.extended = False
        return True

    def _broken(self, reading: Reading, broken: SecureMessagingBroken) -> bool:
        """The chip dropped the channel; whether the naked status word taught to read in another way.

        Raises:
            FileNotPresent: it only meant that the file is absent or locked.
        """
        self.lost = True
        known, status = self.capabilities, broken.status
        if status in ABSENT and not reading.content and not self._suspect:
            raise FileNotPresent(f"{reading.name}: status {status:04X}") from broken
        if self._look_shorter(reading, self._wanted, status):
            return True
        if not status or not self._suspect or self._wanted <= self._worked:
            return False
        if status >> 8 == 0x6C and status & 0xFF:
            known.chunk = status & 0xFF
        elif (status in ABSENT and not reading.content) or self._suspect == "identifier":
            known.short_identifiers = False
        elif self._suspect == "end" or status in BEHIND_THE_END:
            known.past_the_end = False
        elif known.extended:
            # Naked at extended length: the chip does not take it at all, and each try would cost the channel.
            known.extended, known.chunk = False, 0
        else:
            return self._shrink(self.chunk)
        return True
