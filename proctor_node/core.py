"""What all services of the node share: the store, the clocks, the keys, the plan in memory, and the live records."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from proctor_node.live_records import LiveRecords
from proctor_node.plan_state import PlanState
from proctor_node.ports import EnrolledStation, ExamClock, RandomBytes, SteadyClock, Store, Transaction

Purpose = Literal["production", "demonstration"]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class NodeSettings:
    """How one node behaves. Polls are milliseconds of real time; `build` is the only station build let in ("" any).

    `lead_ms` lies between the second officer's signature and the start of the clock.
    """

    purpose: Purpose = "production"
    poll_soon: int = 1_000
    poll_idle: int = 5_000
    build: str = ""
    code_life: int = 4 * 3_600_000
    lead_ms: int = 0


class Bell:
    """Counts changes, so that whoever shows the board knows when to look again."""

    def __init__(self) -> None:
        self._count = 0

    @property
    def count(self) -> int:
        """How often it rang."""
        return self._count

    def ring(self) -> None:
        """Something changed."""
        self._count += 1


@dataclass(slots=True)
class NodeCore:
    """Shared by all services. `exam_ms` may be scaled by whoever builds the node; `steady` is real seconds."""

    store: Store
    exam_ms: ExamClock
    steady: SteadyClock
    random: RandomBytes
    signing: Ed25519PrivateKey
    settings: NodeSettings
    plan: PlanState
    live: LiveRecords
    stations: dict[str, EnrolledStation]
    bell: Bell = field(default_factory=Bell)
    lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def public_key(self) -> bytes:
        """The node's raw Ed25519 public key."""
        return self.signing.public_key().public_bytes_raw()

    @property
    def fingerprint(self) -> str:
        """The node's key as people compare it: four groups of its digest."""
        text = hashlib.sha256(b"khaothi/node/1\x00" + self.public_key).hexdigest()[:16].upper()
        return "-".join(text[index : index + 4] for index in range(0, 16, 4))

    def write(self, work: Callable[[Transaction], T]) -> T:
        """Run work in the next transaction and wait for the commit."""
        return self.store.write(work).result()

    def reload_plan(self) -> None:
        """Read the plan again after it changed."""
        self.plan = self.store.read(PlanState.load)
        self.bell.ring()

    def standing(self, station: str) -> EnrolledStation | None:
        """A station that may speak."""
        found = self.stations.get(station)
        return None if found is None or found.revoked_at else found

    def active_stations(self) -> list[EnrolledStation]:
        """Every station that may speak."""
        return [station for station in self.stations.values() if not station.revoked_at]
