"""A node over a store in a temporary folder, and stations that sign like real ones but have no screen."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from exam_engine import events as e
from exam_engine import exchange as x
from exam_engine import profile as profiles
from exam_engine.candidate import Candidate
from exam_engine.commands import ItemFacts
from exam_engine.events import AnyEvent
from exam_engine.plan import Exam, Room, Seat, Shift, Site, attempt_id
from exam_engine.record import Entry, encode_entry, genesis, make_batch
from proctor_node import people, state
from proctor_node.adapters.node_store import SqlNodeStore
from proctor_node.node import Clocks, Node
from question_bank import canonical, sealed_form
from question_bank.form import FORMAT, Form, Part
from question_bank.form import encode as encode_form
from question_bank.item import Item, Option, Text
from question_bank.response_key import ResponseKey

START = 1_795_500_000_000
MINUTE = 60_000
SITES = (("LTT", "THPT Lý Tự Trọng"), ("TS", "THPT Thành Sen"), ("MK", "THPT Nguyễn Thị Minh Khai"))
PASSWORDS = {
    "thanh": "mat khau cua thanh",
    "hoa": "mat khau cua hoa",
    "duc": "mat khau cua duc",
    "quan": "mat khau cua quan",
}
NAMES = ("Nguyễn Thị Ngọc Ẩn", "Trần Đức Dũng", "Lê Khánh Hường", "Đỗ Văn Sơn", "Phạm Thu Quỳnh", "Võ Gia Khải")


@dataclass
class ManualClocks:
    """Node time and real seconds, both moved by hand."""

    node_ms: int = START - 10 * MINUTE
    seconds: float = 1000.0

    def clocks(self) -> Clocks:
        return Clocks(lambda: self.node_ms, lambda: self.seconds)


def exam(rooms: int = 1, seats: int = 4) -> Exam:
    return Exam(
        "KS12", "Khảo sát chất lượng lớp 12", "Môn Toán", "Sở GD&ĐT",
        (Shift("1", START, 45, START - 45 * MINUTE), Shift("2", START + 120 * MINUTE, 45, START + 75 * MINUTE)),
        tuple(Site(*site) for site in SITES),
        tuple(Room(f"{number:02d}", site, seats) for site, _ in SITES for number in range(1, rooms + 1)),
    )  # fmt: skip


def candidates(exam: Exam, spare: int = 1) -> tuple[Candidate, ...]:
    """One person a seat and shift, the last seats of each room stay free. All invented."""
    rows = []
    for shift in exam.shifts:
        for room in exam.rooms:
            for seat in range(1, room.seats + 1 - spare):
                number = len(rows) + 1
                rows.append(
                    Candidate(
                        f"30{number:06d}", NAMES[number % len(NAMES)], "2008-03-15", "F", f"042308{number:06d}",
                        room.site, room.id, seat, shift.id, class_name="12A1",
                    )
                )  # fmt: skip
    return tuple(rows)


def form() -> Form:
    """Four questions without pictures."""
    items = tuple(
        Item(f"I.{n}", "single_choice", n, (Text(f"Câu {n}"),), tuple(Option(o, (Text(o),)) for o in "ABCD"))
        for n in range(1, 5)
    )
    return Form(FORMAT, "0101", "Toán", 45, (Part("I", "PHẦN I", "PART I", items),), {})


KEY = ResponseKey("0101", 1, {f"I.{n}": "A" for n in range(1, 5)})
INDEX = {f"I.{n}": ItemFacts(f"I.{n}", "I", n, "single_choice", ("A", "B", "C", "D")) for n in range(1, 5)}


@dataclass(eq=False)
class BenchStation:
    """A station without a screen: keys, journal and exchange."""

    node: Node
    name: str
    seat: Seat
    signing: Ed25519PrivateKey
    sealing: X25519PrivateKey
    nonce: str
    counter: int = 0
    cursor: int = 0
    told: list[x.Instruction] = field(default_factory=list)
    sequence: int = 0
    head: bytes = b""
    attempt: str = ""
    epoch: int = 1
    answered: int = 0
    phase: str = "expected"

    def sit(self, sbd: str, shift: str = "1", epoch: int = 1, previous_head: str = "") -> None:
        """Write the record of this candidate from now on."""
        self.attempt, self.epoch, self.sequence = attempt_id("KS12", shift, sbd), epoch, 0
        self.head = genesis(self.attempt, epoch, previous_head)

    def batch(self, *events: AnyEvent, at: int | None = None) -> x.RecordBatch:
        """The next entries, signed."""
        when = self.node.now() if at is None else at
        first = self.sequence + 1
        texts = tuple(encode_entry(Entry(first + n, when, event)) for n, event in enumerate(events))
        made = make_batch(self.signing, self.attempt, self.epoch, first, texts, self.head)
        self.sequence, self.head = made.last, bytes.fromhex(made.head)
        return made

    def request(
        self, *batches: x.RecordBatch, attachments: tuple[x.Attachment, ...] = (), **changes: object
    ) -> x.ExchangeRequest:
        self.counter += 1
        health = x.Health(
            self.attempt, self.phase, self.answered, 22, 0, int(changes.pop("unsent", 0)), "", 10**9, "ok", "ok",
            "partial", changes.pop("store", "ok"),
        )  # type: ignore[arg-type]  # fmt: skip
        values: dict[str, object] = {
            "station": self.name, "counter": self.counter, "nonce": self.nonce, "cursor": self.cursor, "batches": batches,
            "attachments": attachments, "clock": x.ClockSample(self.node.now(), 1, 0), "health": health, "build": "1",
            "forms": (), "provision": 1,
        }  # fmt: skip
        return x.ExchangeRequest(**{**values, **changes})  # type: ignore[arg-type]

    def send(self, request: x.ExchangeRequest) -> x.ExchangeResponse:
        station = next(s for s in self.node.stations() if s.station == self.name)
        answer = self.node.exchange(station, request)
        self.nonce = answer.nonce
        self.told += answer.instructions
        self.cursor = self.told[-1].number if self.told else 0
        return answer

    def say(self, *events: AnyEvent, **changes: object) -> x.ExchangeResponse:
        """Write events and send them at once."""
        return self.send(self.request(*((self.batch(*events),) if events else ()), **changes))


def check_in(decision: str = "admit", *reasons: str, station: str = "", seat: int = 1) -> tuple[AnyEvent, ...]:
    """From the card on the reader to the rules' decision."""
    return (
        e.CheckInBegan(station, "01", seat, True),
        e.ConsentGiven(True, True, "ask", "1"),
        e.IdentityChecked(
            "00" * 32, (e.FindingFact("face.comparison", "passed", "", "station_attested"),), 90, 0, 2500, 900
        ),
        e.AdmissionDecided(decision, reasons),  # type: ignore[arg-type]
    )


def started(digest: str = "d" * 64) -> tuple[AnyEvent, ...]:
    """Rules accepted, form open."""
    return (e.RulesAccepted(), e.Started(digest, "0101", "0" * 64, START, START + 45 * MINUTE))


@dataclass
class Bench:
    """The node with its people and as many stations as seats."""

    node: Node
    clocks: ManualClocks
    store: SqlNodeStore
    exam: Exam
    stations: dict[str, BenchStation] = field(default_factory=dict)

    check_in = staticmethod(check_in)
    started = staticmethod(started)

    def restart(self) -> Node:
        """Another node over the same store and key, as after a power cut."""
        return Node(self.store, self.node._signing, self.clocks.clocks(), purpose="demonstration")

    def enrol(self, seat: Seat) -> BenchStation:
        signing, sealing = Ed25519PrivateKey.generate(), X25519PrivateKey.generate()
        code = self.node.enrolment_code(seat)
        keys = (signing.public_key().public_bytes_raw(), sealing.public_key().public_bytes_raw())
        told = self.node.enrol(x.EnrolRequest(code, *keys, "1"))
        station = BenchStation(self.node, told.station, seat, signing, sealing, told.nonce)
        row = self.node.candidate_at(seat, "1")
        if row is not None:
            station.sit(row.sbd)
        self.stations[told.station] = station
        return station

    def enrol_all(self) -> None:
        for room in self.exam.rooms:
            for number in range(1, room.seats + 1):
                self.enrol(Seat(room.site, room.id, number))

    def seal(self) -> tuple[str, tuple[sealed_form.Officer, ...]]:
        """Three officers and a sealed form at the node; its digest."""
        officers = tuple(sealed_form.Officer.create(name) for name in ("an", "binh", "chi"))
        raw = encode_form(form())
        package = sealed_form.seal(raw, "0101", "Toán", tuple(o.public for o in officers), os.urandom)
        self.node.add_officers(tuple(o.public for o in officers))
        return self.node.add_form(sealed_form.encode(package), KEY, INDEX), officers

    def sign(self, digest: str, officer: sealed_form.Officer, partner: str, not_before: int = 0) -> bool:
        order = self.node.propose(digest, not_before)
        share = officer.open_share(sealed_form.decode(self.node.form_package(digest)), partner)
        return self.node.sign_release(digest, officer.name, officer.sign(order), share)

    def give_signal(self) -> str:
        """A form, released by two officers at its time; its digest."""
        digest, (one, other, _) = self.seal()
        self.clocks.node_ms = max(self.clocks.node_ms, START)
        self.sign(digest, one, other.name)
        assert self.sign(digest, other, one.name)
        return digest

    def seat_at_work(self, name: str, *events: AnyEvent) -> BenchStation:
        """A station whose candidate was admitted and works on the released form."""
        station = self.stations[name]
        digest = self.give_signal()
        station.say(*check_in(station=name), *started(digest), *events)
        return station

    def move(self, station: BenchStation, heir: BenchStation) -> AnyEvent:
        """An ordered move; the event with which the new station begins."""
        self.node.move(station.attempt, ("thanh",), heir.name)
        station.say(e.MovedAway(heir.name, ("thanh",)))
        heir.say()
        order = next(told.act for told in heir.told if isinstance(told.act, x.MoveIn))
        heir.sit(station.attempt.rsplit("/", 1)[1], epoch=2, previous_head=order.previous_head)
        return e.TakenOver(
            station.name,
            heir.name,
            order.epoch,
            order.previous_head,
            order.previous_sequence,
            ("thanh",),
            order.deadline,
        )


def make_bench(folder: Path, rooms: int = 1, seats: int = 4, url: str = "") -> Bench:
    """A planned node with four accounts; stations are enrolled by the test."""
    store = SqlNodeStore(url or f"sqlite:///{folder / 'node.db'}")
    clocks = ManualClocks()
    node = Node(store, Ed25519PrivateKey.generate(), clocks.clocks(), purpose="demonstration")
    planned = exam(rooms, seats)
    node.set_plan(planned, candidates(planned), profiles.shipped(), ())
    return Bench(node, clocks, store, planned)


def add_people(node: Node) -> None:
    """Made-up people: an invigilator and a site head of one site, an invigilator of another, an inspector."""
    node.add_account("thanh", "invigilator", PASSWORDS["thanh"], "LTT")
    node.add_account("hoa", "site_head", PASSWORDS["hoa"], "LTT")
    node.add_account("duc", "invigilator", PASSWORDS["duc"], "TS")
    node.add_account("quan", "administrator", PASSWORDS["quan"])


def sha256(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()


def canonical_bytes(value: object) -> bytes:
    return canonical.encode(value)


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Real argon2 with little memory: what is tested is who may come in, not how slow guessing is."""
    weak = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    monkeypatch.setattr(people, "HASHER", weak)
    monkeypatch.setattr(state, "HASHER", weak)


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., Bench]]:
    """Builds benches and closes their stores."""
    made: list[Bench] = []

    def build(**wanted: int) -> Bench:
        made.append(make_bench(tmp_path, **wanted))
        return made[-1]

    yield build
    for bench in made:
        bench.store.close()


@pytest.fixture
def bench(make: Callable[..., Bench]) -> Bench:
    """A small node with every seat enrolled."""
    built = make()
    built.enrol_all()
    return built
