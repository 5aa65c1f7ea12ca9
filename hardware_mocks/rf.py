"""How long a card takes: bit rate of the field and time per command, as a model (ISO/IEC 14443-3 and -4, type A).

Nine bits a byte, frames of 256 bytes with three around the content, each answered by an acknowledgement while more follow,
a turn-around for each frame, and a fixed time for each command in card, reader and USB. Checked against the air limits and
totals of chip.md section 2.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

FRAME = 256
AROUND = 3
BITS_A_BYTE = 9
TURN_AROUND = 0.00065
RATES = (106, 212, 424, 848)


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `waits` says whether the time is really waited or only added up."""

    kbit: int = 106
    ms_a_command: float = 12.0
    waits: bool = True

    def one_way(self, size: int) -> float:
        """Seconds for so many bytes in one direction."""
        inside = FRAME - AROUND
        frames = max(1, -(-size // inside))
        on_air = size + AROUND * frames + AROUND * (frames - 1)
        return on_air * BITS_A_BYTE / (self.kbit * 1000) + TURN_AROUND * frames

    def command(self, sent: int, received: int) -> float:
        """Seconds for one command and its answer."""
        return self.one_way(sent) + self.one_way(received) + self.ms_a_command / 1000

    def to_plain(self) -> dict[str, Any]:
        """For the wire."""
        return asdict(self)
