"""Node time at a station, and deadlines. The wall clock takes no part (DESIGN.md section 4.5, docs/adr/0007)."""

from __future__ import annotations

from dataclasses import dataclass

from exam_engine.candidate import Accommodation

MINUTE = 60_000
# Quartz drifts by less than this share; the estimate grows less sure by it between exchanges.
DRIFT = 100 / 1_000_000


@dataclass(frozen=True, slots=True)
class NodeClock:
    """Node time as a station estimates it from its own steady clock; all values in milliseconds.

    At steady time `anchor` the node's clock showed `node_time`, give or take `uncertainty` (half the round trip).
    """

    anchor: int
    node_time: int
    uncertainty: int

    def now(self, steady: int) -> int:
        """Node time at a steady time."""
        return self.node_time + steady - self.anchor

    def uncertainty_at(self, steady: int) -> int:
        """Half the width of the interval in which node time lies."""
        return self.uncertainty + int(abs(steady - self.anchor) * DRIFT)

    def anchored(self, sent: int, received: int, node_time: int) -> NodeClock:
        """The estimate after an exchange: the new anchor if it is the surer one.

        `sent` and `received` are steady times around the call; the node read its clock somewhere between.
        """
        half = (received - sent + 1) // 2
        if half > self.uncertainty_at(received):
            return self
        return NodeClock(received, node_time + half, half)


def first_anchor(sent: int, received: int, node_time: int) -> NodeClock:
    """The first estimate of a station that has just met its node."""
    half = (received - sent + 1) // 2
    return NodeClock(received, node_time + half, half)


def deadline(starts_at: int, minutes: int, accommodation: Accommodation) -> int:
    """When the paper closes: absolute, so a latecomer's end does not move; personal extra time is added."""
    own = minutes * MINUTE
    return starts_at + own + own * accommodation.percent // 100 + accommodation.minutes * MINUTE


@dataclass(frozen=True, slots=True)
class Gap:
    """How long a station stood still: between `at_least` and `at_most` milliseconds."""

    at_least: int
    at_most: int
    uncertain: bool


def gap_after_restart(last_saved: int, node_time_now: int | None, longest: int) -> Gap:
    """The gap since the last journalled entry. Without the node's time only the bounds 0 and `longest` are known."""
    if node_time_now is None:
        return Gap(0, longest, uncertain=True)
    exact = max(0, node_time_now - last_saved)
    return Gap(exact, exact, uncertain=False)
