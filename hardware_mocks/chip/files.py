"""Which file is selected, what may be read of it, and how the chip lets itself be asked."""

from __future__ import annotations

from hardware_mocks.chip.channel import Refusal
from hardware_mocks.chip.command import Command
from hardware_mocks.chip.image import ATR_INFO, CARD_ACCESS, CARD_SECURITY, CardImage
from hardware_mocks.chip.octets import unwrap, wrap

APPLICATION = bytes.fromhex("A0000002471001")
LOCKED = {0x0103, 0x0104}
IN_FRONT = {CARD_ACCESS, CARD_SECURITY, ATR_INFO}
SHORT_IN_FRONT = {0x1C: CARD_ACCESS, 0x1D: CARD_SECURITY, 0x01: ATR_INFO}


class Files:
    """The file system of one chip since the last reset; `protected` says whether commands come through a channel."""

    def __init__(self, card: CardImage) -> None:
        self._card, self._manners = card, card.behaviour
        self.application = self._master_selected = False
        self._selected: int | None = None

    def select(self, command: Command, *, protected: bool) -> bytes:
        """SELECT: the application, the master file, or a file."""
        if command.p2 not in self._manners.selects_with:
            raise Refusal(0x6A86)
        if command.p1 == 0x04:
            if command.data != APPLICATION:
                raise Refusal(0x6A82)
            self.application, self._selected = True, None
            return b""
        wanted = int.from_bytes(command.data, "big")
        if wanted == 0x3F00:
            if self._manners.master_file != 0x9000:
                raise Refusal(self._manners.master_file)
            self._selected, self.application, self._master_selected = None, False, True
            return b""
        self._must_exist(wanted, "select", protected=protected)
        self._selected = wanted
        return b""

    def _must_exist(self, wanted: int, how: str, *, protected: bool) -> None:
        if not self.application and wanted in IN_FRONT:
            self._must_be_in_front(wanted, how, protected=protected)
            return
        if (
            wanted == CARD_ACCESS
            and self._manners.card_access in {"any", "select"}
            and self._card.pace
            and not protected
        ):
            return
        if not self.application or not protected or wanted in LOCKED or wanted in self._manners.lock:
            raise Refusal(0x6982)
        if wanted not in self._card.files:
            raise Refusal(0x6A82)

    def _must_be_in_front(self, wanted: int, how: str, *, protected: bool) -> None:
        if wanted != CARD_ACCESS:
            if wanted not in self._card.master:
                raise Refusal(0x6A82)
            if wanted == CARD_SECURITY and not protected:
                raise Refusal(0x6982)
            return
        manner = self._manners.card_access
        if manner == "locked":
            raise Refusal(0x6982)
        if not self._card.pace or (
            manner not in {"any", how} and not (manner == "after_master_file" and self._master_selected)
        ):
            raise Refusal(0x6A82)

    def _content(self) -> bytes:
        if self._selected is None:
            raise Refusal(0x6986)
        if not self.application and self._selected in self._card.master:
            return self._card.master[self._selected]
        return self._card.files.get(self._selected, b"")

    def read(self, command: Command, *, protected: bool) -> bytes | tuple[bytes, int]:
        """READ BINARY with an even instruction, perhaps by short identifier."""
        offset = command.p1 << 8 | command.p2
        if command.p1 & 0x80 and self._manners.identifiers_are_offsets:
            return self._piece(offset % 0x100, command.expected, protected=protected)
        if command.p1 & 0x80:
            if not self._manners.short_identifiers and not (not protected and self._manners.card_access == "any"):
                raise Refusal(0x6A86)
            short, offset = command.p1 & 0x1F, command.p2
            wanted = 0x0100 | short if self.application else SHORT_IN_FRONT.get(short, 0)
            self._must_exist(wanted, "short_identifier", protected=protected)
            self._selected = wanted
        return self._piece(offset, command.expected, protected=protected)

    def read_far(self, command: Command, *, protected: bool) -> bytes | tuple[bytes, int]:
        """READ BINARY with an odd instruction: offset and data in objects."""
        offset = int.from_bytes(unwrap(command.data).get(0x54, b""), "big")
        answer = self._piece(offset, command.expected - 8, protected=protected)
        return wrap(0x53, answer) if isinstance(answer, bytes) else (wrap(0x53, answer[0]), answer[1])

    def _piece(self, offset: int, length: int, *, protected: bool) -> bytes | tuple[bytes, int]:
        content, manners = self._content(), self._manners
        if offset >= len(content):
            raise Refusal(0x6B00)
        if length > max(256, manners.extended) or (manners.longest_read and length > manners.longest_read):
            raise Refusal(manners.refusal)
        left = len(content) - offset
        if not protected and manners.wrong_length and length != left and left <= 256:
            raise Refusal(0x6C00 | left & 0xFF)
        if length > left and manners.past_the_end != "give":
            return self._behind_the_end(content[offset:], left)
        return content[offset : offset + min(length, manners.drip or length)]

    def _behind_the_end(self, rest: bytes, left: int) -> tuple[bytes, int]:
        manner = self._manners.past_the_end
        if manner in {"6282", "6282_bare"}:
            return rest, 0x6282
        if manner == "6Cxx" and left < 256:
            raise Refusal(0x6C00 | left)
        raise Refusal(0x6282 if manner == "6282_empty" else 0x6B00)
