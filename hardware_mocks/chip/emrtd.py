"""The chip itself: its commands, and the channel around them.

`transmit` is pure but for the injected randomness; power and reset drop all state. What chips do differently is the card's
`Behaviour`.
"""

from __future__ import annotations

from collections.abc import Callable

from hardware_mocks.chip import authenticity
from hardware_mocks.chip.access import BasicAccess, PaceRun, mrz_seed
from hardware_mocks.chip.channel import ProtectedLine, Refusal
from hardware_mocks.chip.command import Command, parse
from hardware_mocks.chip.files import Files
from hardware_mocks.chip.image import CardImage, ChipKey
from hardware_mocks.chip.octets import unwrap, wrap


class Chip:
    """One chip with one card's content. `extended` overrides what the card's behaviour says."""

    def __init__(self, card: CardImage, random: Callable[[int], bytes], extended: int | None = None) -> None:
        self._card = card if extended is None else card.behaving(extended=extended)
        self._manners, self._random = self._card.behaviour, random
        self.apdus = 0
        self._given = 0
        self._lost = False
        self.reset()

    def reset(self) -> None:
        """What power loss leaves: nothing."""
        self._line: ProtectedLine | None = None
        self._files = Files(self._card)
        self._bac = BasicAccess(self._card, self._random)
        self._pace: PaceRun | None = None
        self._chip_key: ChipKey | None = None
        self._next_line: ProtectedLine | None = None
        self._rest = b""

    # -- the wire

    def transmit(self, raw: bytes) -> bytes:
        """Answer one command."""
        self.apdus += 1
        if len(raw) == 5 and raw[1] == 0xC0:
            # Nothing left to give: an empty answer would hang the virtual reader (pcsc.md section 5).
            rest = self._rest or b"\x69\x85"
            return self._pieces(b"\xaa" * 64 + rest if self._manners.endless else rest)
        return self._pieces(self._answer(raw), short=len(raw) <= 5 or raw[4] != 0)

    def _pieces(self, answer: bytes, *, short: bool = True) -> bytes:
        """The answer, or its beginning and how much is left (61xx): a short command has room for 256 bytes."""
        size = self._manners.pieces or (256 if short else 0)
        if not size or len(answer) - 2 <= size:
            self._rest = b""
            return answer
        self._rest = answer[size:]
        return answer[:size] + bytes((0x61, min(len(self._rest) - 2, 255)))

    def _answer(self, raw: bytes) -> bytes:
        try:
            command = parse(raw, extended=self._manners.extended > 256)
            if command.cla & 0x0C == 0x0C:
                return self._protected(command)
            data, status = self._dispatch(command)
        except Refusal as refusal:
            if raw[:1] and raw[0] & 0x0C:
                self._line = None
            return refusal.status.to_bytes(2, "big")
        return data + status.to_bytes(2, "big")

    def _protected(self, command: Command) -> bytes:
        line = self._line
        if line is None:
            raise Refusal(0x6882)
        if self._manners.lost_after and self._given == self._manners.lost_after and not self._lost:
            self._lost, self._line = True, None
            raise Refusal(0x6988)
        # A broken channel is closed (Doc 9303-11 section 9.8.8).
        plain, expected = line.take(command.header, command.data)
        inner = Command(0, command.ins, command.p1, command.p2, plain, expected)
        try:
            data, status = self._dispatch(inner)
        except Refusal as refusal:
            if self._manners.naked:
                raise
            data, status = b"", refusal.status
        self._given += 1
        answer = line.give(data, status, odd=bool(command.ins & 1), stated=self._stated(data, status))
        if self._manners.past_the_end == "6282_bare" and status == 0x6282:
            answer = answer[:-16] + answer[-2:]
        if self._manners.answer and len(answer) > self._manners.answer:
            line.counter -= 1
            if self._manners.naked:
                raise Refusal(self._manners.refusal)
            answer = line.give(b"", self._manners.refusal)
        if self._next_line is not None:
            self._line, self._next_line = self._next_line, None
        return self._altered(answer)

    def _altered(self, answer: bytes) -> bytes:
        if self._given == self._manners.spoil:
            return answer[:4] + bytes((answer[4] ^ 1,)) + answer[5:]
        return answer[-2:] if self._given == self._manners.strip else answer

    def _dispatch(self, command: Command) -> tuple[bytes, int]:
        actions: dict[int, Callable[[Command], bytes | tuple[bytes, int]]] = {
            0xA4: lambda asked: self._files.select(asked, protected=self._line is not None),
            0xB0: lambda asked: self._files.read(asked, protected=self._line is not None),
            0xB1: lambda asked: self._files.read_far(asked, protected=self._line is not None),
            0x84: self._get_challenge,
            0x82: self._mutual_authenticate,
            0x22: self._manage,
            0x86: self._general_authenticate,
            0x88: self._internal_authenticate,
        }
        action = actions.get(command.ins)
        if action is None:
            raise Refusal(0x6D00)
        answer = action(command)
        return answer if isinstance(answer, tuple) else (answer, 0x9000)

    def _stated(self, data: bytes, status: int) -> bool:
        """Whether the answer carries DO99."""
        manner = self._manners.no_status_object
        return not manner or status != 0x9000 or (manner == "data" and not data)

    # -- opening

    def _get_challenge(self, _: Command) -> bytes:
        if not self._card.bac or not self._files.application:
            raise Refusal(0x6982)
        return self._bac.challenge()

    def _mutual_authenticate(self, command: Command) -> bytes:
        answer, self._line = self._bac.authenticate(command.data)
        return answer

    def _manage(self, command: Command) -> bytes:
        """MSE:Set AT for PACE (C1A4) and chip authentication (41A4), MSE:Set KAT (41A6)."""
        objects = unwrap(command.data)
        if (command.p1, command.p2) == (0xC1, 0xA4):
            self._pace = self._pace_run(objects)
            return b""
        if self._line is None or not self._card.chip_keys:
            raise Refusal(0x6D00)
        if command.p2 == 0xA6 and self._manners.key_template != "AT":
            key = authenticity.chip_key(self._card, None, objects.get(0x84))
            if key.oid and key.oid[-2:] != "01":
                raise Refusal(0x6A80)
            self._next_line = authenticity.renewed(self._card, key, objects.get(0x91, b""))
            return b""
        if command.p2 != 0xA4 or self._manners.key_template == "KAT":
            raise Refusal(0x6A80)
        self._chip_key = authenticity.chip_key(self._card, objects.get(0x80, b"").hex(), objects.get(0x84))
        return b""

    def _pace_run(self, objects: dict[int, bytes]) -> PaceRun:
        if self._manners.pace_refusal:
            raise Refusal(self._manners.pace_refusal)
        reference, named = objects.get(0x83, b""), objects.get(0x84)
        fitting = [offer for offer in self._card.offers if offer.oid == objects.get(0x80, b"").hex()]
        if named is not None:
            fitting = [offer for offer in fitting if offer.reference == named[0]]
        if not self._card.pace or not fitting or reference not in {b"\x01", b"\x02"}:
            raise Refusal(0x6A80)
        if named is None and (self._manners.pace_needs_parameters or len(fitting) > 1):
            raise Refusal(0x6A88)
        seed = mrz_seed(self._card) if reference == b"\x01" else self._card.can.encode()
        return PaceRun(self._card, self._random, fitting[0], seed)

    def _general_authenticate(self, command: Command) -> bytes:
        if self._line is not None and self._chip_key is not None:
            public = unwrap(unwrap(command.data).get(0x7C, b"")).get(0x80, b"")
            self._next_line = authenticity.renewed(self._card, self._chip_key, public)
            return wrap(0x7C)
        if self._pace is None:
            raise Refusal(0x6985)
        run = self._pace
        try:
            answer = run.general_authenticate(command.data)
        except Refusal:
            self._pace = None
            raise
        if run.line is not None:
            self._line, self._pace = run.line, None
        return answer

    # -- proving

    def _internal_authenticate(self, command: Command) -> bytes:
        if self._line is None:
            raise Refusal(0x6982)
        return authenticity.sign(self._card, command.data, command.expected)
