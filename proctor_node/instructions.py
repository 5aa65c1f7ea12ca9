"""The queue of acts for each station: numbered, kept, and sent after the station's cursor (DESIGN.md section 7)."""

from __future__ import annotations

import threading

from exam_engine.exchange import Act, Instruction
from proctor_node.core import NodeCore
from proctor_node.ports import Transaction


class Instructions:
    """All queues. A copy stays in memory so that an exchange without news costs no query."""

    def __init__(self, core: NodeCore) -> None:
        self._core = core
        self._queues: dict[str, list[Instruction]] = {}
        self._lock = threading.Lock()

    def give(
        self, station: str, act: Act, *, attempt: str = "", by: tuple[str, ...] = (), effective: int | None = None
    ) -> Instruction:
        """Queue an act for a station; it counts from `effective` (default: now)."""
        at = self._core.exam_ms() if effective is None else effective
        self._queue(station)

        def work(transaction: Transaction) -> int:
            return transaction.instruct(station, attempt, at, by, act)

        instruction = Instruction(self._core.write(work), attempt, at, by, act)
        with self._lock:
            queue = self._queues[station]
            if instruction.number not in {known.number for known in queue[-8:]}:
                queue.append(instruction)
                queue.sort(key=_number)
        self._core.bell.ring()
        return instruction

    def after(self, station: str, cursor: int) -> tuple[Instruction, ...]:
        """What a station has not seen."""
        queue = self._queue(station)
        if not queue or queue[-1].number <= cursor:
            return ()
        return tuple(instruction for instruction in queue if instruction.number > cursor)

    def all(self, station: str) -> tuple[Instruction, ...]:
        """Everything that a station was ever told."""
        return tuple(self._queue(station))

    def _queue(self, station: str) -> list[Instruction]:
        with self._lock:
            if station not in self._queues:
                self._queues[station] = self._core.store.read(lambda t: t.instructions(station))
            return self._queues[station]


def _number(instruction: Instruction) -> int:
    return instruction.number
