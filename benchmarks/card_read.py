"""Card over the real PC/SC path: command, insertion, whole inspection. usage: python benchmarks/card_read.py [runs]"""

from __future__ import annotations

import os
import statistics
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from hardware_mocks.issuing_state import CardHolder, IssuingState
from hardware_mocks.vpcd.bench import PcscBench
from reader import inspection
from reader.access_key import Can, MrzKey
from reader.trust import TrustStore

HOLDER = CardHolder("042308123456", "Trần Thị Ngọc Ẩn", "2008-03-15", "F", "2033-03-15")
SELECT = bytes.fromhex("00A4040C07A0000002471001")


def row(name: str, values: list[float]) -> None:
    """One line: median and the worst of twenty."""
    ordered = sorted(values)
    print(
        f"| {name} | {statistics.median(ordered) * 1000:.2f} | {ordered[int(len(ordered) * 0.95)] * 1000:.2f} | {len(ordered)} |"
    )


def main(runs: int) -> None:
    """Measure and print a table."""
    with PcscBench() as bench:
        os.environ["PCSCLITE_CSOCK_NAME"] = bench.socket
        from reader.adapters.pcsc import PcscReaders

        readers, name = PcscReaders(), bench.reader_names()[0]
        now = datetime.now(UTC)
        state = IssuingState(now)
        card = state.issue(HOLDER, b"\xff\xd8" + os.urandom(15_000))
        trust = TrustStore.from_der([state.anchor_der()])
        insertions, commands = [], []
        results: dict[str, list[float]] = {"PACE with CAN": [], "BAC with MRZ": []}
        keys = {
            "PACE with CAN": (Can.from_card_number(HOLDER.personal_number), "auto"),
            "BAC with MRZ": (MrzKey.from_roster(HOLDER.personal_number, HOLDER.birth_date, HOLDER.expiry_date), "bac"),
        }
        apdus = {}
        for _ in range(runs):
            started = time.perf_counter()
            bench.insert(0, card)
            readers.wait(name, present=True, seconds=5)
            insertions.append(time.perf_counter() - started)
            for kind, (key, access) in keys.items():
                with readers.connect(name) as connection:
                    for _ in range(20):
                        started = time.perf_counter()
                        connection.transmit(SELECT)
                        commands.append(time.perf_counter() - started)
                with readers.connect(name) as connection:
                    started = time.perf_counter()
                    options = inspection.Options(now.date(), access=access)
                    done = inspection.inspect(
                        connection, (key,), trust, options, random=os.urandom, clock=time.perf_counter
                    )
                    results[kind].append(time.perf_counter() - started)
                    apdus[kind] = done.apdus
            bench.remove(0)
            readers.wait(name, present=False, seconds=5)
            time.sleep(0.9)
    print("| what | median ms | p95 ms | n |\n|---|---|---|---|")
    row("one command (SELECT)", commands)
    row("card put on until noticed", insertions)
    for kind, values in results.items():
        row(f"whole inspection, 15 kB portrait, {kind}, {apdus[kind]} commands", values)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
