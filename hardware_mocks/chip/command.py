"""Command APDUs as they arrive."""

from __future__ import annotations

from dataclasses import dataclass

from hardware_mocks.chip.channel import Refusal


@dataclass(frozen=True, slots=True)
class Command:
    """Header, data and expected length (ISO/IEC 7816-3 section 12.1)."""

    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes
    expected: int

    @property
    def header(self) -> bytes:
        """The four bytes that secure messaging authenticates."""
        return bytes((self.cla, self.ins, self.p1, self.p2))


def parse(raw: bytes, *, extended: bool) -> Command:
    """A command APDU of either length.

    Raises:
        Refusal: 6700, no command, or one of a length that this chip does not take.
    """
    head, rest = raw[:4], raw[4:]
    if len(head) < 4 or (len(rest) > 1 and rest[0] == 0 and not extended):
        raise Refusal(0x6700)
    if not rest:
        return Command(head[0], head[1], head[2], head[3], b"", 0)
    if len(rest) == 1:
        return Command(head[0], head[1], head[2], head[3], b"", rest[0] or 256)
    if rest[0] != 0:
        data, tail = rest[1 : 1 + rest[0]], rest[1 + rest[0] :]
        return Command(head[0], head[1], head[2], head[3], data, (tail[0] or 256) if tail else 0)
    if len(rest) == 3:
        return Command(head[0], head[1], head[2], head[3], b"", int.from_bytes(rest[1:], "big") or 65536)
    size = int.from_bytes(rest[1:3], "big")
    data, tail = rest[3 : 3 + size], rest[3 + size :]
    return Command(head[0], head[1], head[2], head[3], data, (int.from_bytes(tail, "big") or 65536) if tail else 0)
