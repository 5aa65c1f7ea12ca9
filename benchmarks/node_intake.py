"""The node under load, against the build that everybody writes first. usage: python benchmarks/node_intake.py [part ...]

Parts: throughput paced release dashboards grading. Client and server share this machine's cores; the database is on this disk. The
server is a process of its own, so that its processor time can be told apart.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import uvicorn
import uvloop
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from benchmarks import node_load as load
from benchmarks import plain_node
from exam_engine import events as e
from exam_engine import profile as profiles
from exam_engine.attempt import Attempt, Phase
from exam_engine.candidate import Candidate
from exam_engine.commands import ItemFacts
from exam_engine.plan import Exam, Room, Seat, Shift, Site, attempt_id
from exam_engine.record import Entry, encode_entry, genesis, heads_of, make_batch
from proctor_node import results
from proctor_node.adapters import tls
from proctor_node.adapters.node_store import SqlNodeStore
from proctor_node.node import Clocks, Node
from proctor_node.ports import EnrolledStation
from proctor_node.web.app import calm_collector, create_app
from question_bank import sealed_form
from question_bank.form import FORMAT, Form, Part
from question_bank.form import encode as encode_form
from question_bank.item import Item, Option, Text
from question_bank.response_key import ResponseKey

BINARIES = Path("/usr/lib/postgresql/15/bin")
SECONDS = 8.0
# Batches a station has ready before the clock starts: as many as it will send.
AHEAD = {"plain": 40, "product": 160}
SECRET = bytes(range(32))


def exam(rooms: int) -> Exam:
    sites = tuple(Site(f"S{n:02d}", f"Điểm thi {n}") for n in range(26))
    shift = Shift("1", load.START, 45, load.START - 2_700_000)
    return Exam(
        "KS",
        "Khảo sát",
        "Toán",
        "Sở",
        (shift,),
        sites,
        tuple(Room(f"{n:02d}", sites[n % 26].id, 24) for n in range(rooms)),
    )


def people(count: int) -> list[Candidate]:
    return [
        Candidate(f"42{n:06d}", "Trần Đức Dũng", "2008-03-15", "M", f"042208{n:06d}", f"S{n // 24 % 26:02d}", f"{n // 24:02d}", n % 24 + 1, "1")
        for n in range(count)
    ]  # fmt: skip


def seats_of(rows: list[Candidate]) -> list[load.Seat]:
    return [
        load.Seat(f"{c.site}-{c.room}-{c.seat:02d}", Ed25519PrivateKey.generate(), attempt_id("KS", "1", c.sbd), "")
        for c in rows
    ]


def build(url: str, rows: list[Candidate], seats: list[load.Seat], sealing: bytes) -> Node:
    """A node with its plan and stations."""
    store = SqlNodeStore(url)
    clocks = Clocks(lambda: load.START + 60_000, time.monotonic)
    for row, seat in zip(rows, seats, strict=True):
        key = seat.key.public_key().public_bytes_raw()
        store.add_station(
            EnrolledStation(seat.name, Seat(row.site, row.room, row.seat), key, sealing, "1", 0, revoked=False)
        )
    node = Node(store, Ed25519PrivateKey.from_private_bytes(SECRET), clocks, purpose="demonstration")
    node.set_plan(exam(-(-len(rows) // 24)), tuple(rows), profiles.shipped(), ())
    node.add_account("quan", "administrator", "mat khau cua quan")
    return node


def _serve(app: Any, folder: str, port: int, started: Any) -> None:
    configuration = uvicorn.Config(
        app, host="127.0.0.1", port=port, log_level="error", access_log=False, ssl_certfile=f"{folder}/server.pem",
        ssl_keyfile=f"{folder}/server.key", timeout_keep_alive=75,
    )  # fmt: skip
    server = uvicorn.Server(configuration)

    def tell() -> None:
        while not server.started:
            time.sleep(0.02)
        started.set()

    threading.Thread(target=tell, daemon=True).start()
    server.run()


def _product(
    url: str,
    rows: list[Candidate],
    keys: list[bytes],
    names: list[str],
    folder: str,
    port: int,
    pipe: Any,
    started: Any,
) -> None:
    seats = [load.Seat(n, Ed25519PrivateKey.from_private_bytes(k), "", "") for n, k in zip(names, keys, strict=True)]
    sealing = X25519PrivateKey.generate().public_key().public_bytes_raw()
    node = build(url, rows, seats, sealing)
    officers = tuple(sealed_form.Officer.create(name) for name in ("an", "binh", "chi"))
    item = Item("I.1", "single_choice", 1, (Text("Câu 1"),), tuple(Option(o, (Text(o),)) for o in "ABCD"))
    raw = encode_form(Form(FORMAT, "0101", "Toán", 45, (Part("I", "I", "I", (item,)),), {}))
    package = sealed_form.encode(sealed_form.seal(raw, "0101", "Toán", tuple(o.public for o in officers), os.urandom))
    node.add_officers(tuple(o.public for o in officers))
    digest = node.add_form(
        package, ResponseKey("0101", 1, {"I.1": "A"}), {"I.1": ItemFacts("I.1", "I", 1, "single_choice", tuple("ABCD"))}
    )
    pipe.send(
        (
            {name: contact.nonce for name, contact in node._contacts.items()},
            node.people.log_in("quan", "mat khau cua quan"),
        )
    )

    def listen() -> None:
        while True:
            pipe.recv()
            order = node.propose(digest, 0)
            for own, partner in ((officers[0], "binh"), (officers[1], "an")):
                share = own.open_share(sealed_form.decode(package), partner)
                node.sign_release(digest, own.name, own.sign(order), share)
            pipe.send("released")

    threading.Thread(target=listen, daemon=True).start()
    calm_collector()
    _serve(create_app(node), folder, port, started)


def _plain(url: str, keys: dict[str, bytes], folder: str, port: int, started: Any) -> None:
    _serve(plain_node.create_app(url, keys), folder, port, started)


def _cpu(pid: int | None) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    # Children that have ended count with the postmaster.
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def _database() -> list[int]:
    """The postmaster of this run and its children."""
    if not POSTMASTER:
        return []
    children = Path(f"/proc/{POSTMASTER[0]}/task/{POSTMASTER[0]}/children").read_text().split()
    return [POSTMASTER[0], *map(int, children)]


POSTMASTER: list[int] = []


class Served:
    """A server process; its processor time can be asked."""

    def __init__(self, target: Any, *arguments: Any) -> None:
        self.folder = tempfile.mkdtemp(prefix="khaothi-bench-")
        tls.create(Path(self.folder), ("127.0.0.1", "localhost"), datetime.now(UTC))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        context = multiprocessing.get_context("fork")
        self.started = context.Event()
        self.process = context.Process(
            target=target,
            args=(
                *arguments,
                self.folder,
                self.port,
                *([] if target is _plain else [arguments_pipe(arguments)]),
                self.started,
            ),
        )

    def cpu(self) -> float:
        """Processor seconds of the server and of its database."""
        return _cpu(self.process.pid) + sum(_cpu(pid) for pid in _database())

    def stop(self) -> None:
        self.process.terminate()
        self.process.join(10)
        shutil.rmtree(self.folder, ignore_errors=True)


PIPES: dict[int, Any] = {}


def arguments_pipe(arguments: tuple[Any, ...]) -> Any:
    return PIPES[id(arguments[1])]


def serve_product(url: str, rows: list[Candidate], seats: list[load.Seat]) -> tuple[Served, Any, str]:
    here, there = multiprocessing.get_context("fork").Pipe()
    PIPES[id(rows)] = there
    served = Served(_product, url, rows, [s.key.private_bytes_raw() for s in seats], [s.name for s in seats])
    served.process.start()
    nonces, cookie = here.recv()
    served.started.wait(60)
    for seat in seats:
        seat.nonce = nonces[seat.name]
        seat.begin()
    return served, here, cookie


@contextlib.contextmanager
def postgres() -> Iterator[str | None]:
    """A PostgreSQL of its own, with its durable settings, or None where it is not installed."""
    if not (BINARIES / "initdb").is_file():
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="khaothi-bench-pg-"))
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if prefix:
        shutil.chown(folder, "postgres")

    def run(*command: str) -> None:
        subprocess.run([*prefix, *command], check=True, capture_output=True, cwd="/")

    place = str(folder / "cluster")
    run(str(BINARIES / "initdb"), "-D", place, "-A", "trust", "-U", "postgres", "-E", "UTF8")
    run(
        str(BINARIES / "pg_ctl"),
        "-D",
        place,
        "-w",
        "-o",
        f"-k {folder} -c listen_addresses=''",
        "-l",
        f"{folder}/log",
        "start",
    )
    POSTMASTER[:] = [int((folder / "cluster" / "postmaster.pid").read_text().split()[0])]
    try:
        yield f"postgresql+psycopg://postgres@/postgres?host={folder}"
    finally:
        POSTMASTER.clear()
        run(str(BINARIES / "pg_ctl"), "-D", place, "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def say(name: str, events: int, seconds: float, latencies: list[float], cpu: float) -> float:
    rate = events / seconds
    p50, p99 = load.percentile(latencies, 0.5), load.percentile(latencies, 0.99)
    print(
        f"| {name} | {rate:,.0f} | {p50:.1f} | {p99:.1f} | {cpu / events * 1e6:.0f} | {cpu / seconds:.2f} |", flush=True
    )
    return rate


def throughput() -> None:
    """Closed loop, 64 stations, on both engines: the product and the plain build in one run."""
    print("| build | events/s | p50 ms | p99 ms | server CPU us/event | cores |\n|---|---|---|---|---|---|")
    rows = people(64)
    with postgres() as address:
        for engine in ("sqlite", *(["postgresql"] if address else [])):
            rates = []
            for kind in ("plain", "product"):
                seats = seats_of(rows)
                folder = tempfile.mkdtemp(prefix="khaothi-bench-db-")
                url = f"sqlite:///{folder}/{kind}.db" if engine == "sqlite" else str(address)
                if kind == "plain":
                    served = Served(_plain, url, {s.name: s.key.public_key().public_bytes_raw() for s in seats})
                    served.process.start()
                    served.started.wait(60)
                    for seat in seats:
                        seat.begin()
                else:
                    served, _, _ = serve_product(url, rows, seats)
                try:
                    rates.append(uvloop.run(_throughput(f"{kind}, {engine}", served, seats)))
                finally:
                    served.stop()
                    shutil.rmtree(folder, ignore_errors=True)
            print(f"\nratio on {engine}: {rates[1] / rates[0]:.2f}\n", flush=True)


async def _throughput(name: str, served: Served, seats: list[load.Seat]) -> float:
    await load.connect_all(seats, served.port)
    for seat in seats:
        await seat.send(seat.batch(*load.check_in(seat), *load.started(seat)))
    for seat in seats:
        seat.prepare(AHEAD[name.split(",", maxsplit=1)[0]])
    before = served.cpu()
    events, seconds, latencies = await load.closed_loop(seats, SECONDS)
    return say(name, events, seconds, latencies, served.cpu() - before)


def paced(count: int = 1000, rate: float = 5000.0) -> None:
    """1,000 stations, together 5,000 events a second, and then the signal to all of them."""
    rows = people(count)
    seats = seats_of(rows)
    folder = tempfile.mkdtemp(prefix="khaothi-bench-db-")
    served, pipe, cookie = serve_product(f"sqlite:///{folder}/node.db", rows, seats)
    try:
        uvloop.run(_paced(served, pipe, cookie, seats, rate))
    finally:
        served.stop()
        shutil.rmtree(folder, ignore_errors=True)


async def _paced(served: Served, pipe: Any, cookie: str, seats: list[load.Seat], rate: float) -> None:
    await load.connect_all(seats, served.port)
    for seat in seats:
        await seat.send(seat.batch(*load.check_in(seat)))
    print(f"\n{len(seats)} stations connected over TLS, admitted", flush=True)
    # -- release: every station polls once a second, as it does before the signal
    loop = asyncio.get_running_loop()
    begun = time.perf_counter()
    signal = loop.run_in_executor(None, lambda: (pipe.send("go"), pipe.recv()))

    async def wait(number: int, seat: load.Seat) -> float:
        await asyncio.sleep(number / len(seats))
        while True:
            asked = time.perf_counter()
            answer = await seat.send()
            if answer and any(i.act.__class__.__name__ == "Release" for i in answer.instructions):
                return time.perf_counter() - begun
            await asyncio.sleep(max(0.0, 1.0 - (time.perf_counter() - asked)))

    reached = await asyncio.gather(*(wait(n, seat) for n, seat in enumerate(seats)))
    await signal
    print(
        f"release reached {len(reached)} stations: median {sorted(reached)[len(reached) // 2]:.2f} s, last {max(reached):.2f} s"
    )
    for seat in seats:
        await seat.send(seat.batch(*load.started(seat)))
    print("| build | events/s | p50 ms | p99 ms | server CPU us/event | cores |\n|---|---|---|---|---|---|")
    before = served.cpu()
    events, seconds, latencies = await load.paced(seats, rate, 12.0)
    say(f"paced, {len(seats)} stations, sqlite", events, seconds, latencies, served.cpu() - before)
    # -- dashboards: 100 seats change a second, 50 pages look
    before, begun = served.cpu(), time.perf_counter()
    alone = await load.paced(seats, 2000.0, 8.0)
    without = (served.cpu() - before) / (time.perf_counter() - begun)
    before, begun = served.cpu(), time.perf_counter()
    read, _ = await asyncio.gather(load.watch(served.port, cookie, 50, 8.0), load.paced(seats, 2000.0, 8.0))
    both = (served.cpu() - before) / (time.perf_counter() - begun)
    print(
        f"50 dashboards, {alone[0] / load.BATCH / 8.0:.0f} seats changing a second: {both - without:.2f} core above the intake's {without:.2f}; {read / 8e6:.2f} MB/s sent"
    )


def grading(count: int = 10_000) -> None:
    """Marks of folded attempts, then a restart that folds their records again."""
    facts = {f"I.{n}": ItemFacts(f"I.{n}", "I", n, "single_choice", tuple("ABCD")) for n in range(1, 13)}
    facts |= {f"II.{n}": ItemFacts(f"II.{n}", "II", n, "true_false_cluster", tuple("abcd")) for n in range(1, 5)}
    facts |= {f"III.{n}": ItemFacts(f"III.{n}", "III", n, "short_numeric", ()) for n in range(1, 7)}
    right = {
        name: {"I": "A", "II": "a=true,b=false,c=true,d=true", "III": "-1,5"}[item.part] for name, item in facts.items()
    }
    key, rules = ResponseKey("0101", 1, right), profiles.load(profiles.shipped())
    rows = people(count)
    attempts = [Attempt(phase=Phase.SUBMITTED, form_digest="d", responses=right) for _ in rows]
    begun = time.process_time()
    found = [
        results.result(row, attempt, facts, key, rules, Decimal(0)) for row, attempt in zip(rows, attempts, strict=True)
    ]
    print(
        f"grading {len(found)} attempts of 22 items: {time.process_time() - begun:.2f} s of processor time; mark of the first {found[0].net}"
    )
    folder = tempfile.mkdtemp(prefix="khaothi-bench-db-")
    store = SqlNodeStore(f"sqlite:///{folder}/node.db")
    signing = Ed25519PrivateKey.generate()
    from proctor_node.intake import Accepted, Intake

    events_each = 0
    for row in rows:
        name = attempt_id("KS", "1", row.sbd)
        seat = load.Seat("S", signing, name, "")
        told = [
            *load.check_in(seat),
            *load.started(seat),
            *(
                event
                for item in facts
                for event in (e.ItemPresented(item, ()), e.Answered(item, "A"), e.Answered(item, right[item]))
            ),
        ]
        told.append(e.Submitted(22))
        events_each = len(told)
        head, taken = genesis(name, 1), []
        for first in range(0, len(told), 20):
            part = told[first : first + 20]
            texts = tuple(encode_entry(Entry(first + n + 1, load.START, event)) for n, event in enumerate(part))
            batch = make_batch(signing, name, 1, first + 1, texts, head)
            head = bytes.fromhex(batch.head)
            taken.append(
                Accepted(batch, (), batch.entries, tuple(heads_of(batch.previous_head, texts)[1:]), batch.attempt)
            )
        for one in taken:
            future = store.take("S", 0, [one], [], 0)
    future.result()
    store.close()
    begun, cpu = time.perf_counter(), time.process_time()
    store = SqlNodeStore(f"sqlite:///{folder}/node.db")
    intake = Intake(b"secret")
    store.replay(intake)
    print(
        f"replay of {len(intake.records)} attempts, {count * events_each:,} events: {time.perf_counter() - begun:.1f} s ({time.process_time() - cpu:.1f} s of processor time)"
    )
    store.close()
    shutil.rmtree(folder, ignore_errors=True)


PARTS = {"throughput": throughput, "paced": paced, "grading": grading}

if __name__ == "__main__":
    print(f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    for part in sys.argv[1:] or PARTS:
        PARTS[part]()
