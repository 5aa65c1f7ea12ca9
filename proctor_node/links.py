"""What the node knows of each station between two exchanges: counter, nonce, health, when it was last heard. In memory."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from exam_engine.exchange import Health

LIVE_MISSED, LIVE_SLACK, LOST_AFTER = 2, 2.0, 20.0


@dataclass(slots=True)
class Link:
    """One station. `heard` is real steady seconds, -1 for never; `poll` the delay in seconds that it was told."""

    counter: int = 0
    nonce: str = ""
    heard: float = -1.0
    poll: float = 1.0
    cursor: int = 0
    health: Health | None = None
    build: str = ""
    provision: int = 0
    held_out: str = ""
    refused: str = ""
    confirmed_at: float = -1.0
    lost_since: float = -1.0


def state(link: Link, now: float) -> str:
    """`never | live | slow | lost` (UX.md section 3, axis 2); the two confirmed states are the board's to add."""
    if link.heard < 0:
        return "never"
    silence = now - link.heard
    if silence <= LIVE_MISSED * link.poll + LIVE_SLACK:
        return "live"
    return "slow" if silence <= LOST_AFTER else "lost"


@dataclass(slots=True)
class Links:
    """All of them. Counters of before a restart come from the store; nonces of before are worth nothing."""

    by_station: dict[str, Link] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, station: str, counter: int = 0) -> Link:
        """The link of a station."""
        with self.lock:
            return self.by_station.setdefault(station, Link(counter=counter))
