"""The files of the eMRTD application: selecting them, and reading them in as few commands as the chip allows.

A file is read by its short identifier without a look at its length first: the first read asks for a whole chunk, so that a small
file costs one command. Whatever the chip refuses is learned (`Lessons`, `Capabilities`). Sizes and counts that the chip controls
have named limits (`Limits`). Sources: Doc 9303-10 sections 3.6 and 3.11, chip.md section 3.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reader.apdu import SHORT_LE, CommandApdu, ResponseApdu, StatusWord
from reader.capabilities import USUAL_RESPONSE, Capabilities
from reader.errors import FileNotPresent, LimitExceeded, NotAnIdentityCard, SecureMessagingBroken
from reader.file_reading import BEHIND_THE_END, GOOD, HEADER, SHORT_OFFSETS, Attempt, Reading
from reader.files import APPLICATION, FORBIDDEN, IDENTIFIERS, TAGS
from reader.read_lessons import Lessons
from reader.secure_messaging import Channel

__all__ = ["FileSystem", "Limits", "Reading"]


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


class FileSystem:
    """The files of one card behind one channel. `lost` is set once the chip has dropped the channel."""

    def __init__(
        self, channel: Channel, limits: Limits | None = None, capabilities: Capabilities | None = None
    ) -> None:
        self.channel, self.lost = channel, False
        self.capabilities = capabilities or Capabilities()
        self._limits = limits or Limits()
        self._lessons = Lessons(self.capabilities, channel.largest_short_read, self._limits.lessons_a_card)

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
            raise NotAnIdentityCard("no eMRTD application: status {status:04X}", status=response.status)

    def _select(self, command: CommandApdu) -> ResponseApdu:
        """SELECT without asking for file information; chips that insist on giving it are asked for it."""
        response = self.channel.transmit(command)
        if response.status in {0x6A86, StatusWord.WRONG_LENGTH, StatusWord.WRONG_OFFSET}:
            response = self.channel.transmit(CommandApdu(0xA4, command.p1, 0x00, command.payload, SHORT_LE))
        good = response.ok or response.status >> 8 in {0x61, 0x62}
        return ResponseApdu(b"", StatusWord.SUCCESS) if good else response

    def _select_file(self, name: str) -> None:
        self._lessons.selecting()
        response = self._select(CommandApdu(0xA4, 0x02, 0x0C, IDENTIFIERS[name][0].to_bytes(2, "big")))
        if not response.ok:
            raise FileNotPresent("{file}: status {status:04X}", file=name, status=response.status)

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
            raise FileNotPresent("{file} is never read", file=reading.name)
        try:
            selected = self._begin(reading)
            for _ in range(self._limits.reads_a_file):
                if reading.done:
                    break
                selected = self._step(reading, selected=selected)
                if on_bytes is not None and reading.content:
                    on_bytes(len(reading.content), reading.total)
        except SecureMessagingBroken as broken:
            self.lost = True
            if self._lessons.dropped(reading, broken):
                raise
            # Nothing to learn from: an interruption like any other.
            raise SecureMessagingBroken(broken.sentence, **broken.values) from broken
        if not reading.done:
            raise LimitExceeded("{file} does not end", file=reading.name)
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
        self._lessons.reading(attempt)
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
            self._lessons.selected_after_all(attempt)
            return True
        self._lessons.refused(attempt, response.status, reading)
        if attempt.identifier and not self.capabilities.short_identifiers:
            self._select_file(reading.name)
            return True
        return selected

    def _attempt(self, reading: Reading, *, selected: bool) -> Attempt:
        offset, first = len(reading.content), not reading.total and not reading.unbounded
        # The header of DO53 takes room in the answer too.
        wanted = self.chunk if offset < SHORT_OFFSETS else max(1, self.chunk - HEADER)
        if first and not offset and not self.capabilities.past_the_end:
            wanted = reading.header
        if reading.total:
            wanted = min(wanted, reading.total - offset)
        return Attempt(offset, wanted, 0 if selected else IDENTIFIERS[reading.name][1], first)

    def _accept(self, reading: Reading, attempt: Attempt, more: bytes, status: int) -> None:
        self._lessons.given(attempt, len(more))
        reading.content += more[: reading.total - attempt.offset] if reading.total else more[: attempt.wanted]
        if not reading.total and not reading.unbounded:
            reading.measure(self._limits.largest_file)
        if reading.unbounded and (status == StatusWord.END_OF_FILE or len(more) < attempt.wanted):
            reading.total = len(reading.content)
        if len(reading.content) > self._limits.largest_file:
            raise LimitExceeded("{file} of more than {most} bytes", file=reading.name, most=self._limits.largest_file)

    def _is_selectable(self, name: str, status: int) -> bool:
        """Whether the file that the short identifier did not give can be selected."""
        if status == StatusWord.WRONG_LENGTH or status >> 8 == 0x6C or status in GOOD:
            return False
        self._select_file(name)
        return True
