"""One station of the product on a bench: its clock is turned by hand, its node is a few lines that can be cut off.

Nothing runs by itself here. `settle` lets the station do what it was told, `exchange` makes one round with the node, so a
whole day passes in a second and the same way each time. The journal is the real one, on a real disk.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from exam_engine import exchange as x
from exam_engine import officials
from exam_engine import profile as profiles
from exam_engine.candidate import Candidate
from exam_engine.plan import Exam, Provision, Room, RoomRecovery, Seat, Shift, Site, attempt_id
from exam_engine.record import Entry, sign_receipt, verify_batch
from exam_engine.takeover import pass_text
from question_bank import form as forms
from question_bank import sealed_form
from question_bank.form import Form
from reader.face.errors import CameraUnavailable
from reader.face.liveness.observing import FaceObserver
from reader.face.ports import Frame
from reader.face.thresholds import engine as engine_facts
from station.adapters.journal import SqliteJournal
from station.adapters.mirror_folder import MirrorFolders
from station.errors import NodeUnreachable
from station.journey import inputs, intents
from station.journey.views import View
from station.ports import HeldCard, NoMirror, StationPorts
from station.runtime import Station

START = 1_795_480_200_000
MINUTE = 60_000
ROW = Candidate("30004527", "Trần Thị Ngọc Ẩn", "2008-03-15", "F", "042308123456", "TS", "03", 17, "1")
EXAM = Exam(
    "K", "Kỳ thi (trình diễn)", "Toán", "Sở", (Shift("1", START, 45, START - 45 * MINUTE), Shift("2", START + 90 * MINUTE, 45, START + 45 * MINUTE)),
    (Site("TS", "Thành Sen"),), (Room("03", "TS", 24),),
)  # fmt: skip
SEAT = Seat("TS", "03", 17)
NAME = "TS-03-17"
ATTEMPT = attempt_id(EXAM.id, "1", ROW.sbd)
# Who may decide at a seat of the bench: name, role, PIN.
INVIGILATOR, HEAD = ("Lê Thị Hạnh", "246813"), ("Phạm Văn Đức", "135792")
PEOPLE: tuple[tuple[str, officials.Role, str], ...] = (
    (INVIGILATOR[0], "invigilator", INVIGILATOR[1]), (HEAD[0], "site_head", HEAD[1]), ("Vũ Minh Châu", "invigilator", "908172"),
)  # fmt: skip


@cache
def people() -> tuple[officials.Official, ...]:
    """The officials of the bench."""
    return tuple(officials.create(name, role, pin, os.urandom) for name, role, pin in PEOPLE)


def prove_both() -> tuple[intents.Intent, ...]:
    """Both officials come to the seat and prove themselves."""
    return (intents.OpenAtSeat(), *(intents.ProveAtSeat(name, pin) for name, pin in (INVIGILATOR, HEAD)))


class HandClock:
    """Time that moves only when told: `steady` counts since the PC was switched on, `node` is the node's own clock."""

    def __init__(self, node: int = START - 15 * MINUTE) -> None:
        self.node, self.steady, self.wall, self.boot, self.slept = node, 1_000_000, node, "boot-1", 0

    def advance(self, milliseconds: int) -> None:
        """Let time pass, asleep or awake."""
        self.node += milliseconds
        self.steady += milliseconds
        self.wall += milliseconds

    def sleep(self, milliseconds: int) -> None:
        """The lid is closed for so long."""
        self.advance(milliseconds)
        self.slept += milliseconds

    def reboot(self, milliseconds: int) -> None:
        """The PC is off for so long; its steady clock begins anew."""
        self.node += milliseconds
        self.wall += milliseconds
        self.steady, self.slept, self.boot = 5_000, 0, self.boot + "'"


class NoCamera:
    """A PC without a camera."""

    name = "no camera"

    def open(self) -> None:
        """Always fails."""
        raise CameraUnavailable("no camera")

    def newest(self) -> Frame | None:
        """Always fails."""
        raise CameraUnavailable("no camera")

    def close(self) -> None:
        """Nothing to stop."""


class EmptyReader:
    """A reader with no card on it."""

    def name(self) -> str | None:
        """As the port."""
        return None

    def wait(self, _reader_name: str, *, present: bool, seconds: float) -> bool:
        """As the port."""
        return not present and seconds >= 0

    def connect(self, reader_name: str) -> HeldCard:
        """As the port; there is no card."""
        raise NotImplementedError(reader_name)


def no_observer() -> FaceObserver:
    """No face is compared at this bench."""
    raise NotImplementedError


class HandNode:
    """The node in a few lines: checks and keeps batches, signs receipts, hands out instructions. `cut` makes it unreachable.

    `lose_answers` drops the answer after the node has acted: the case that makes stations repeat themselves.
    """

    def __init__(
        self, clock: HandClock, provision: Provision, form: Form, station_key: bytes, name: str = NAME
    ) -> None:
        self.clock, self._provision, self._station_key, self._name = clock, provision, station_key, name
        self.signing = Ed25519PrivateKey.from_private_bytes(b"bench node, signing key.........")
        # Officers and content key are the same every time: another process may meet the form that this one sealed.
        self.officers = [
            sealed_form.Officer(
                name,
                X25519PrivateKey.from_private_bytes(name.encode() * 32),
                Ed25519PrivateKey.from_private_bytes(name.lower().encode() * 32),
            )
            for name in ("A", "B", "C")
        ]
        self.sealed = sealed_form.seal(
            forms.encode(form), form.code, form.subject, tuple(o.public for o in self.officers), Random(5).randbytes
        )
        self.cut = self.lose_answers = False
        self.instructions: list[x.Instruction] = []
        self.kept: dict[tuple[str, int], list[str]] = {}
        self.requests: list[x.ExchangeRequest] = []
        self.delay, self.first = 0, 1
        # Attachments that this node does not take, by attempt.
        self.takes_nothing_of: set[str] = set()
        self.attached: dict[str, bytes] = {}

    @property
    def provision_now(self) -> Provision:
        """What this station is given."""
        digest = self.sealed.digest
        text, signature = officials.roster(EXAM.id, self._provision.seat.site, people(), self.signing.sign)
        return msgspec.structs.replace(
            self._provision,
            forms={digest: self.sealed.code},
            form_for={row.sbd: digest for row in self._provision.candidates},
            officers={officer.name: officer.public.signing_key for officer in self.officers},
            station_pass=self.signing.sign(pass_text(self._name, self._provision.seat, self._station_key)),
            officials=text,
            officials_signature=signature,
        )

    def change(self, **fields: object) -> None:
        """Another plan from now on."""
        version = self._provision.version + 1
        self._provision = msgspec.structs.replace(self._provision, version=version, **fields)
        self.tell(x.Reprovision(version), attempt="")

    def tell(self, act: x.Act, *, attempt: str = ATTEMPT, by: tuple[str, ...] = ("A", "B"), effective: int = 0) -> None:
        """Give an instruction."""
        number = self.first + len(self.instructions)
        self.instructions.append(x.Instruction(number, attempt, effective or self.clock.node, by, act))

    def release(self, sealing: bytes, *, shift: str = "1") -> x.Release:
        """The signal, as of now, for a station's sealing key."""
        order = sealed_form.encode_order(EXAM.id, shift, self.sealed.digest, "all", self.clock.node)
        signatures = tuple(x.OfficerSignature(o.name, o.sign(order)) for o in self.officers[:2])
        halves = [o.open_share(self.sealed, p.name) for o, p in (self.officers[:2], self.officers[1::-1])]
        key = sealed_form.seal_key(sealed_form.combine(*halves), sealing, self.sealed.digest)
        return x.Release(order, signatures, key, self.clock.node, self.sealed.digest)

    def _reach(self) -> None:
        if self.cut:
            raise NodeUnreachable("the line is cut")

    def exchange(self, request: x.ExchangeRequest) -> x.ExchangeResponse:
        """As the port."""
        self._reach()
        self.requests.append(request)
        receipts = []
        for batch in request.batches:
            verify_batch(batch, self._station_key)
            texts = self.kept.setdefault((batch.attempt, batch.epoch), [])
            texts[batch.first - 1 :] = batch.entries
            ended = any(name in batch.entries[-1] for name in ("closed_by", "submitted"))
            code = "7KQM-3F2P-9XRA" if ended else ""
            receipts.append(sign_receipt(self.signing, batch.attempt, batch.epoch, batch.last, batch.head, code))
        self.clock.advance(self.delay)
        if self.lose_answers:
            raise NodeUnreachable("the answer was lost")
        news = tuple(i for i in self.instructions if i.number > request.cursor)
        taken = {a.sha256: a.body for a in request.attachments if a.attempt not in self.takes_nothing_of}
        self.attached |= taken
        return x.ExchangeResponse(
            request.station,
            request.counter,
            tuple(receipts),
            news,
            self.clock.node,
            5_000,
            "nonce",
            attached=tuple(taken),
        )

    def provision(self, counter: int) -> Provision:
        """As the port."""
        del counter
        self._reach()
        return self.provision_now

    def form(self, digest: str, counter: int) -> sealed_form.SealedForm:
        """As the port."""
        del digest, counter
        self._reach()
        return self.sealed


def provision_for(
    profile: str = "",
    *,
    candidates: tuple[Candidate, ...] = (ROW,),
    seat: Seat = SEAT,
    shift: str = "1",
    recovery: RoomRecovery | None = None,
) -> Provision:
    """The plan of the bench for one seat."""
    rules = profile or profiles.shipped()
    return Provision(1, EXAM, shift, seat, candidates, rules, (), {}, {}, {}, recovery=recovery)


def device_keys(name: str) -> tuple[Ed25519PrivateKey, X25519PrivateKey]:
    """The keys of a device of the bench."""
    signing, sealing = (hashlib.sha256(f"bench device {name} {use}".encode()).digest() for use in ("sign", "seal"))
    return Ed25519PrivateKey.from_private_bytes(signing), X25519PrivateKey.from_private_bytes(sealing)


class LoneStation:
    """A station, its clock and its node. Start again with `restart`, as after a crash or a cut of power."""

    def __init__(
        self,
        folder: Path,
        form: Form,
        provision: Provision | None = None,
        clock: HandClock | None = None,
        make_journal: Callable[[Path], SqliteJournal] = SqliteJournal,
        *,
        name: str = NAME,
        mirror: Path | None = None,
        join: Callable[[bytes, bytes], HandNode] | None = None,
    ) -> None:
        self.folder, self.clock, self._make_journal, self.name = folder, clock or HandClock(), make_journal, name
        self._mirror = NoMirror() if mirror is None else MirrorFolders(str(mirror))
        # The same device every time, so that another process can go on over the same folder.
        self._signing, self.sealing = device_keys(name)
        key = self._signing.public_key().public_bytes_raw()
        if join is None:
            self.node = HandNode(self.clock, provision or provision_for(), form, key, name)
        else:
            self.node = join(key, self.sealing.public_key().public_bytes_raw())
        self.views: list[View] = []
        self.station = self._compose()

    def _compose(self) -> Station:
        self.journal = self._make_journal(self.folder)
        ports = StationPorts(
            steady=lambda: self.clock.steady,
            wall=lambda: self.clock.wall,
            seconds=lambda: (self.clock.steady - self.clock.slept) / 1000,
            random=os.urandom,
            reader=EmptyReader(),
            camera=NoCamera(),
            observer=no_observer,
            facts=engine_facts("sface"),
            journal=self.journal,
            uplink=self.node,
            disk_free=lambda: shutil.disk_usage(self.folder).free,
            boot=self.clock.boot,
            suspended=lambda: self.clock.slept,
            mirror=self._mirror,
        )
        signing = self.node.signing.public_key().public_bytes_raw()
        station = Station(self.name, self._signing, self.sealing, signing, ports)
        station.on_view = self.views.append
        return station

    def restart(self) -> None:
        """The program starts anew over the same disk."""
        self.journal.close()
        self.station = self._compose()
        self.resume()

    def resume(self) -> View:
        """Go on from what the journal holds."""
        self.station.recover()
        self.station.settle()
        known = self.station.exchange.kept_instructions()
        if not self.node.instructions and known:
            self.node.first = known[-1].number + 1
        return self.station.view

    def exchange(self) -> float:
        """One round with the node; how long the station would wait before the next, in seconds."""
        wait = self.station.exchange.once()
        self.station.settle()
        self.station.mirroring.once()
        return wait

    def do(self, *items: intents.Intent | inputs.Happening) -> View:
        """A person acts or something happens."""
        for item in items:
            self.station.post(item)
            self.station.settle()
        self.station.mirroring.once()
        return self.station.view

    def pass_time(self, milliseconds: int, *, step: int = MINUTE) -> View:
        """Time passes, with a tick of the loop at each step."""
        left = milliseconds
        while left > 0:
            self.clock.advance(min(step, left))
            left -= step
            self.tick()
        return self.station.view

    def tick(self) -> View:
        """One turn of the station's loop with nothing to do but look at the clock."""
        self.station.tick()
        self.station.settle()
        self.station.mirroring.once()
        return self.station.view

    def admit(self) -> View:
        """Without a card, by two persons, up to the wait for the signal."""
        return self._walk(until={"S11"})

    def begin(self) -> View:
        """All the way to the open paper, at the planned minute."""
        self.admit()
        self.clock.advance(max(0, START - self.clock.node))
        return self.to_paper()

    def to_paper(self) -> View:
        """From wherever the station stands to the open paper."""
        return self._walk(until={"S12"})

    def _walk(self, until: set[str]) -> View:
        for _ in range(12):
            screen = self.station.view.SCREEN
            if screen in until:
                return self.station.view
            self._walk_on(screen)
        raise AssertionError(f"stuck at {self.station.view}")

    def _walk_on(self, screen: str) -> None:
        match screen:
            case "S00":
                self.exchange()
            case "S01":
                # After a restart before the first exchange the station has its plan but not the time.
                self.exchange()
                self.do(intents.NoCard())
            case "S09":
                self.node.tell(x.Decide("admit", "đã đối chiếu giấy tờ"))
                self.exchange()
            case "S10":
                self.do(intents.AcceptRules())
            case "S11":
                self.clock.advance(max(0, START - self.clock.node))
                self.node.tell(self.node.release(self.sealing.public_key().public_bytes_raw()), attempt="")
                self.exchange()
                self.tick()
            case _:
                self.tick()
                self.do(intents.ContinueAttempt())

    def events(self, epoch: int = 1) -> list[Entry]:
        """What the journal holds of the attempt."""
        from exam_engine.record import decode_entry

        return [decode_entry(raw) for raw in self.journal.entries(ATTEMPT, epoch)]
