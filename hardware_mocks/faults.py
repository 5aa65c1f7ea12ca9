"""What can go wrong with a card on a reader, as data."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Fault:
    """Counted in commands since the card was put on: tear the field at one, answer one wrongly or never, or be slow throughout."""

    tear_at: int = 0
    wrong_status_at: int = 0
    wrong_status: int = 0x6F00
    delay_ms: int = 0
    freeze_at: int = 0

    def to_plain(self) -> dict[str, Any]:
        """For the wire."""
        return asdict(self)


NONE = Fault()
