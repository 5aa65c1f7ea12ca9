"""Faults against a served node, with counts. usage: python benchmarks/node_faults.py [kill] [commit] [postgres] [full]

Stations send over TLS, repeat batches, skip ahead and hang up, while the server is killed in mid-commit, PostgreSQL is restarted or the
disk is full. Afterwards the store is compared with every journal: nothing acknowledged may be lost, nothing may be there twice or
otherwise than it was sent. `kill` runs on SQLite, `commit` ends
the server at three points inside a commit on both, `postgres` on PostgreSQL (killed server and restarted database), `full` with a file
size limit.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import multiprocessing
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import event

from benchmarks import node_intake as bench
from benchmarks import node_load as load
from exam_engine import exchange as x
from exam_engine.record import advance
from proctor_node.adapters import tls
from proctor_node.adapters.node_store import SqlNodeStore
from proctor_node.intake import Intake
from proctor_node.node import Clocks, Node
from proctor_node.web.app import create_app

STATIONS, SECONDS = 24, 30.0


# Where in a commit the server kills itself: rows written and not committed, about to commit, committed and not answered.
POINTS = ("rows written", "before the commit", "after the commit")


def _die_at(engine: Any, point: str, after: int) -> None:
    """End this process without warning at that point of the `after`th commit of records."""
    left = [after]
    seen = [False]

    def strike(*_: Any) -> None:
        if seen[0]:
            left[0] -= 1
            seen[0] = point == "rows written" and left[0] > 0
            if left[0] <= 0:
                os.kill(os.getpid(), signal.SIGKILL)
        seen[0] = False

    def statement(_c: Any, _k: Any, text: str, *_: Any) -> None:
        if text.startswith("INSERT INTO batches"):
            seen[0] = True
        elif point == "rows written" and text.startswith("UPDATE stations"):
            strike()

    event.listen(engine, "before_cursor_execute", statement)
    if point == "before the commit":
        event.listen(engine, "commit", strike)
    elif point == "after the commit":
        event.listen(engine, "checkin", strike)


def _serve(url: str, folder: str, port: int, started: Any, largest: int, point: str = "", after: int = 0) -> None:
    if largest:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))
    clocks = Clocks(lambda: load.START + 60_000, time.monotonic)
    store = SqlNodeStore(url)
    if point:
        _die_at(store._store._engine, point, after)
    node = Node(store, Ed25519PrivateKey.from_private_bytes(bench.SECRET), clocks, purpose="demonstration")
    bench._serve(create_app(node), folder, port, started)


class Server:
    """A node that can be killed and started again over the same store and port."""

    def __init__(self, url: str, folder: str, port: int) -> None:
        self.url, self.folder, self.port, self.kills = url, folder, port, 0

    def start(self, largest: int = 0, point: str = "", after: int = 0) -> None:
        context = multiprocessing.get_context("fork")
        started = context.Event()
        arguments = (self.url, self.folder, self.port, started, largest, point, after)
        self.process = context.Process(target=_serve, args=arguments)
        self.process.start()
        started.wait(60)

    def kill(self) -> None:
        os.kill(self.process.pid or 0, signal.SIGKILL)
        self.process.join(10)
        self.kills += 1


class Journal:
    """What one station has written and what of it the node has acknowledged."""

    def __init__(self, seat: load.Seat, chance: random.Random) -> None:
        self.seat, self.chance = seat, chance
        seat.begin()
        self.heads = [seat.head]
        self.texts: list[str] = []
        self.acknowledged = 0
        self.counts = {"sent": 0, "repeated": 0, "ahead": 0, "hung up": 0, "refused": 0}

    def write(self, texts: tuple[str, ...]) -> None:
        for text in texts:
            self.texts.append(text)
            self.heads.append(advance(self.heads[-1], text.encode()))

    def batch(self, first: int) -> x.RecordBatch:
        last = len(self.texts)
        previous, head = self.heads[first - 1].hex(), self.heads[last].hex()
        fields = (self.seat.attempt, 1, first, last, previous, head)
        signature = self.seat.key.sign(b"\x00".join((b"khaothi/batch/1", *(str(field).encode() for field in fields))))
        return x.RecordBatch(
            self.seat.attempt, 1, first, last, tuple(self.texts[first - 1 :]), previous, head, signature
        )

    async def live(self, port: int, until: float) -> None:
        """Send until the end, whatever happens to the node."""
        while time.monotonic() < until:
            try:
                await self.seat.connect(port, load.trusting())
                while time.monotonic() < until:
                    await self.once()
            except (OSError, asyncio.IncompleteReadError):
                await asyncio.sleep(0.1)
            finally:
                if self.seat.writer is not None:
                    self.seat.writer.close()

    async def once(self) -> None:
        seat = self.seat
        self.write(seat.load().entries[: self.chance.randint(1, load.BATCH)] if not self.texts else self.more())
        first = self.acknowledged + 1
        fate = self.chance.random()
        if fate < 0.2 and first > 1:
            first = self.chance.randint(1, first)
            self.counts["repeated"] += 1
        elif fate < 0.3 and first < len(self.texts):
            first = self.chance.randint(first + 1, len(self.texts))
            self.counts["ahead"] += 1
        self.counts["sent"] += 1
        raw = seat.request(self.batch(first))
        assert seat.writer is not None
        assert seat.reader is not None
        seat.writer.write(raw)
        if self.chance.random() < 0.05:
            self.counts["hung up"] += 1
            raise ConnectionResetError
        head = await seat.reader.readuntil(b"\r\n\r\n")
        length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        body = await seat.reader.readexactly(length)
        if b" 200 " not in head.split(b"\r\n", 1)[0]:
            self.refused(json.loads(body)["error"]["code"])
            return
        answer = x.decode(body, x.ExchangeResponse)
        seat.nonce = answer.nonce
        for receipt in answer.receipts:
            if receipt.sequence and receipt.head != self.heads[receipt.sequence].hex():
                raise AssertionError(f"a receipt for what was never sent: {receipt.sequence}")
            self.acknowledged = max(self.acknowledged, receipt.sequence)

    def more(self) -> tuple[str, ...]:
        """One to twenty further entries, numbered on."""
        first = len(self.texts) + 1
        count = self.chance.randint(1, load.BATCH)
        return tuple(
            f'{{"at":{load.START + first + n},"event":{{"millis":1}},"sequence":{first + n}}}'.replace(
                '{"millis":1}', f'{{"instruction":{n},"type":"message_read"}}'
            )
            for n in range(count)
        )

    def refused(self, code: str) -> None:
        self.counts["refused"] += 1
        if code.startswith("stale_nonce:"):
            self.seat.nonce = code.partition(":")[2]


def compare(name: str, url: str, journals: list[Journal], faults: str) -> None:
    """The store against every journal."""
    store = SqlNodeStore(url)
    kept, different = store.count_events()
    intake = Intake(b"secret")
    store.replay(intake)
    lost = altered = 0
    for journal in journals:
        record = intake.records.get(journal.seat.attempt)
        texts = record.texts if record else []
        lost += max(0, journal.acknowledged - len(texts))
        altered += texts != journal.texts[: len(texts)]
        if record is not None and record.epochs[1].head != journal.heads[len(texts)].hex():
            altered += 1
    store.close()
    total = {key: sum(j.counts[key] for j in journals) for key in journals[0].counts}
    acknowledged = sum(j.acknowledged for j in journals)
    print(
        f"| {name} | {faults} | {total['sent']:,} | {total['repeated']:,} | {total['ahead']:,} | {total['hung up']:,} | {total['refused']:,} "
        f"| {acknowledged:,} | {kept:,} | {kept - different} | {lost} | {altered} |",
        flush=True,
    )
    if kept != different or lost or altered:
        raise SystemExit("the store is wrong")


def prepare(url: str) -> tuple[list[Journal], Server, str]:
    rows = bench.people(STATIONS)
    seats = bench.seats_of(rows)
    node = bench.build(url, rows, seats, bytes(32))
    for seat in seats:
        seat.nonce = node._contacts[seat.name].nonce
    node.store.close()  # type: ignore[attr-defined]
    folder = tempfile.mkdtemp(prefix="khaothi-faults-")
    tls.create(Path(folder), ("127.0.0.1", "localhost"), datetime.now(UTC))
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    chance = random.Random(7)
    return [Journal(seat, random.Random(chance.random())) for seat in seats], Server(url, folder, port), folder


def campaign(name: str, url: str, fault: Any, every: float) -> None:
    journals, server, folder = prepare(url)
    server.start()
    end = time.monotonic() + SECONDS
    stop = threading.Event()
    count = [0]

    def strike() -> None:
        chance = random.Random(11)
        while not stop.wait(chance.uniform(every / 2, every * 1.5)):
            fault(server)
            count[0] += 1

    thread = threading.Thread(target=strike)
    thread.start()

    async def run() -> None:
        await asyncio.gather(*(journal.live(server.port, end) for journal in journals))

    asyncio.run(run())
    stop.set()
    thread.join()
    server.kill()
    compare(name, url, journals, f"{count[0]}")
    shutil.rmtree(folder, ignore_errors=True)


def _restart(server: Server) -> None:
    server.kill()
    server.start()


def kill() -> None:
    folder = tempfile.mkdtemp(prefix="khaothi-faults-db-")
    campaign("server killed, SQLite", f"sqlite:///{folder}/node.db", _restart, 3.0)
    shutil.rmtree(folder, ignore_errors=True)


def _mid_commit(name: str, url: str, seconds: float) -> None:
    """The server ends itself inside a commit, at each point in turn, and is started again as soon as it is gone."""
    journals, server, folder = prepare(url)
    chance, deaths = random.Random(13), dict.fromkeys(POINTS, 0)
    server.start(point=POINTS[0], after=3)
    end = time.monotonic() + seconds

    def watch() -> None:
        turn = 0
        while time.monotonic() < end:
            server.process.join(max(0.0, min(0.2, end - time.monotonic())))
            if server.process.exitcode == -signal.SIGKILL:
                deaths[POINTS[turn % len(POINTS)]] += 1
                turn += 1
                server.start(point=POINTS[turn % len(POINTS)], after=chance.randint(5, 60))

    thread = threading.Thread(target=watch)
    thread.start()

    async def run() -> None:
        await asyncio.gather(*(journal.live(server.port, end) for journal in journals))

    asyncio.run(run())
    thread.join()
    server.kill()
    if not all(deaths.values()):
        raise SystemExit(f"not every point was struck: {deaths}")
    compare(name, url, journals, " + ".join(str(count) for count in deaths.values()))
    shutil.rmtree(folder, ignore_errors=True)


def commit() -> None:
    folder = tempfile.mkdtemp(prefix="khaothi-faults-db-")
    _mid_commit("killed in mid-commit (written, before, after), SQLite", f"sqlite:///{folder}/node.db", SECONDS)
    shutil.rmtree(folder, ignore_errors=True)
    with bench.postgres() as address:
        if address is not None:
            _mid_commit("killed in mid-commit (written, before, after), PostgreSQL", address, SECONDS)


def postgres() -> None:
    with bench.postgres() as address:
        if address is None:
            print("PostgreSQL is not installed: left out")
            return
        place = address.rpartition("=")[2]
        prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []

        def restart_database(_: Server) -> None:
            command = [*prefix, str(bench.BINARIES / "pg_ctl"), "-D", f"{place}/cluster", "-w", "-m", "immediate"]
            options = ["-o", f"-k {place} -c listen_addresses=''", "-l", f"{place}/log"]
            subprocess.run([*command, *options, "restart"], check=True, capture_output=True, cwd="/")

        campaign("database restarted (immediate), PostgreSQL", address, restart_database, 4.0)
        store = SqlNodeStore(address)
        store.close()
        from sqlalchemy import create_engine, text

        engine = create_engine(address)
        with engine.begin() as connection:
            for table in (
                "batches",
                "stations",
                "kept",
                "instructions",
                "accounts",
                "logins",
                "log_entries",
                "attachments",
            ):
                connection.execute(text(f"DELETE FROM {table}"))
        engine.dispose()
        campaign("server killed, PostgreSQL", address, _restart, 3.0)


def full() -> None:
    folder = tempfile.mkdtemp(prefix="khaothi-faults-db-")
    url = f"sqlite:///{folder}/node.db"
    journals, server, place = prepare(url)
    size = sum(path.stat().st_size for path in Path(folder).iterdir())
    server.start(size + 400_000)
    end = time.monotonic() + SECONDS / 2

    async def run(until: float) -> None:
        await asyncio.gather(*(journal.live(server.port, until) for journal in journals))

    asyncio.run(run(end))
    refused = sum(journal.counts["refused"] for journal in journals)
    if not refused:
        raise SystemExit("the disk never was full")
    server.kill()
    server.start()
    asyncio.run(run(time.monotonic() + 6))
    server.kill()
    compare("disk full, then room again, SQLite", url, journals, f"{refused} refusals")
    shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(place, ignore_errors=True)


PARTS = {"kill": kill, "commit": commit, "postgres": postgres, "full": full}

if __name__ == "__main__":
    print(
        "| campaign | faults | sent | repeated | ahead | hung up | refused | acknowledged | kept | twice | lost | altered |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|---|---|")
    for part in sys.argv[1:] or PARTS:
        with contextlib.suppress(KeyboardInterrupt):
            PARTS[part]()
