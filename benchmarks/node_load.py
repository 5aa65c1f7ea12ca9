"""Stations for measuring the node: they sign like real ones, keep one TLS connection each, and share one event loop."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import ssl
import time
from dataclasses import dataclass, field

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exam_engine import events as e
from exam_engine import exchange as x
from exam_engine.record import Entry, advance, encode_entry, genesis, make_batch

BATCH = 20
PADDING = "x" * 190
START = 1_795_500_000_000


@dataclass(slots=True)
class Seat:
    """One station at the wire."""

    name: str
    key: Ed25519PrivateKey
    attempt: str
    nonce: str
    form: str = "d" * 64
    counter: int = 0
    sequence: int = 0
    head: bytes = b""
    cursor: int = 0
    started: bool = False
    reader: asyncio.StreamReader | None = None
    writer: asyncio.StreamWriter | None = None
    ready: list[bytes] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)

    def begin(self) -> None:
        """Check in and start."""
        self.head = genesis(self.attempt, 1)

    def batch(self, *events: e.AnyEvent) -> x.RecordBatch:
        """The next entries, signed."""
        first = self.sequence + 1
        texts = tuple(encode_entry(Entry(first + n, START + first, event)) for n, event in enumerate(events))
        made = make_batch(self.key, self.attempt, 1, first, texts, self.head)
        self.sequence, self.head = made.last, bytes.fromhex(made.head)
        return made

    def prepare(self, batches: int) -> None:
        """Make batches ahead, encoded, so that the client is not what is measured."""
        self.ready += [msgspec.json.encode(self.load()) for _ in range(batches)]

    def load(self) -> x.RecordBatch:
        """Twenty entries of about 300 bytes. Written by hand: the client must not be what is measured."""
        first, at = self.sequence + 1, START + self.sequence
        texts = tuple(
            f'{{"at":{at},"event":{{"by":"thanh","reason":"{PADDING}","remaining":{n},"type":"paused"}},"sequence":{first + n}}}'
            if n % 2 == 0
            else f'{{"at":{at},"event":{{"by":"thanh {PADDING}","deadline":{at},"type":"resumed"}},"sequence":{first + n}}}'
            for n in range(BATCH)
        )
        previous = head = self.head
        for text in texts:
            head = advance(head, text.encode())
        last = first + BATCH - 1
        fields = (self.attempt, 1, first, last, previous.hex(), head.hex())
        signature = self.key.sign(b"\x00".join((b"khaothi/batch/1", *(str(field).encode() for field in fields))))
        self.sequence, self.head = last, head
        return x.RecordBatch(self.attempt, 1, first, last, texts, previous.hex(), head.hex(), signature)

    def request(self, *batches: x.RecordBatch | msgspec.Raw) -> bytes:
        """A whole HTTP request."""
        self.counter += 1
        health = x.Health(self.attempt, "working", 4, 22, 0, 0, "", 10**9, "ok", "ok", "full")
        body = msgspec.json.encode(
            x.ExchangeRequest(self.name, self.counter, self.nonce, self.cursor, batches, (), x.ClockSample(0, 1, 0), health, "1", (), 1)
        )  # fmt: skip
        path = x.exchange_path(self.name)
        signature = base64.b64encode(self.key.sign(x.signing_input(path, body))).decode()
        head = f"POST {path} HTTP/1.1\r\nHost: n\r\nContent-Type: application/json\r\nKhaothi-Signature: {signature}\r\nContent-Length: {len(body)}\r\n\r\n"
        return head.encode() + body

    async def connect(self, port: int, context: ssl.SSLContext) -> None:
        """Open the connection."""
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)

    async def send(self, *batches: x.RecordBatch | msgspec.Raw) -> x.ExchangeResponse | None:
        """Ask and wait for the answer; None from the plain build."""
        assert self.reader is not None
        assert self.writer is not None
        self.writer.write(self.request(*batches))
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        body = await self.reader.readexactly(length)
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(body[:200])
        if not body.startswith(b'{"station"'):
            return None
        if batches and batches[0].__class__ is msgspec.Raw:
            # In the closed loop only the next nonce is wanted: the client must not be what is measured.
            at = body.index(b'"nonce":"') + 9
            self.nonce = body[at : body.index(b'"', at)].decode()
            return None
        answer = msgspec.json.decode(body, type=x.ExchangeResponse)
        self.nonce = answer.nonce
        if answer.instructions:
            self.cursor = answer.instructions[-1].number
        return answer


def check_in(seat: Seat) -> tuple[e.AnyEvent, ...]:
    """From card to admitted."""
    return (
        e.CheckInBegan(seat.name, "01", 1, True),
        e.ConsentGiven(True, True, "ask", "1"),
        e.IdentityChecked("00" * 32, (), 90, 0, 2500, 900),
        e.AdmissionDecided("admit", ()),
    )


def started(seat: Seat) -> tuple[e.AnyEvent, ...]:
    """Rules accepted, form open."""
    return (e.RulesAccepted(), e.Started(seat.form, "0101", "0" * 64, START, START + 10**9))


def trusting() -> ssl.SSLContext:
    """TLS without a name check: the measured port has its own certificate."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


async def connect_all(seats: list[Seat], port: int) -> None:
    """All connections, fifty at a time."""
    context, gate = trusting(), asyncio.Semaphore(50)

    async def one(seat: Seat) -> None:
        async with gate:
            await seat.connect(port, context)

    await asyncio.gather(*(one(seat) for seat in seats))


async def closed_loop(seats: list[Seat], seconds: float) -> tuple[int, float, list[float]]:
    """Every seat sends as fast as it is answered; events, seconds, latencies."""
    end = time.perf_counter() + seconds
    latencies: list[float] = []
    sent = 0

    async def one(seat: Seat) -> None:
        nonlocal sent
        while time.perf_counter() < end:
            batch = msgspec.Raw(seat.ready.pop(0)) if seat.ready else seat.load()
            begun = time.perf_counter()
            await seat.send(batch)
            latencies.append(time.perf_counter() - begun)
            sent += BATCH

    begun = time.perf_counter()
    await asyncio.gather(*(one(seat) for seat in seats))
    return sent, time.perf_counter() - begun, latencies


async def paced(seats: list[Seat], rate: float, seconds: float) -> tuple[int, float, list[float]]:
    """Together `rate` events a second, each seat in its turn; latency from when it was due."""
    latencies: list[float] = []
    gap = BATCH / rate
    count = int(seconds / gap)
    begun = time.perf_counter()

    async def one(number: int) -> None:
        due = begun + number * gap
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        seat = seats[number % len(seats)]
        batch = seat.load()
        await seat.send(batch)
        latencies.append(time.perf_counter() - due)

    tasks = [asyncio.create_task(one(number)) for number in range(count)]
    await asyncio.gather(*tasks)
    return count * BATCH, time.perf_counter() - begun, latencies


async def watch(port: int, cookie: str, dashboards: int, seconds: float) -> int:
    """Open live streams and read them; bytes read."""
    context = trusting()
    read = 0

    async def one() -> None:
        nonlocal read
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
        writer.write(f"GET /v1/live HTTP/1.1\r\nHost: n\r\nCookie: khaothi={cookie}\r\n\r\n".encode())
        end = time.perf_counter() + seconds
        with contextlib.suppress(TimeoutError):
            while (left := end - time.perf_counter()) > 0:
                read += len(await asyncio.wait_for(reader.read(1 << 16), left))
        writer.close()

    await asyncio.gather(*(one() for _ in range(dashboards)))
    return read


def percentile(values: list[float], share: float) -> float:
    """In milliseconds."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000


def digest(text: str) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
