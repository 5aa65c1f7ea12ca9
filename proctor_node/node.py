"""The proctor node: what stations and people may ask of it. One lock guards the state; the store answers after the commit."""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from exam_engine import exchange as x
from exam_engine import profile as profiles
from exam_engine.attempt import Attempt, Phase
from exam_engine.candidate import Candidate
from exam_engine.commands import FormIndex, ItemFacts
from exam_engine.errors import ExamEngineError, RecordBroken
from exam_engine.plan import Exam, Provision, Seat, attempt_id
from exam_engine.record import sign_receipt
from proctor_node import evidence, live_board, release, results
from proctor_node.errors import AnchorRefused, NotReady, Refused
from proctor_node.intake import Accepted, Intake
from proctor_node.people import HASHER, Account, People, Role
from proctor_node.ports import EnrolledStation, NodeStore
from question_bank import sealed_form
from question_bank.response_key import ResponseKey
from question_bank.sealed_form import OfficerPublic
from reader import trust

LOG = logging.getLogger(__name__)
SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
PROVISION_INFO = b"khaothi/provision/1"
POLL_MS = 2000
BUSY_POLL_MS = 1000
DAY_MS = 86_400_000
NONCES = 8
# Codes of specimen and demonstration states (Doc 9303-3 section 5): no real card carries them.
SPECIMEN_COUNTRIES = {"UT", "XX", "ZZ"}
ADMITTED = {Phase.VERIFIED, Phase.READY, Phase.WORKING, Phase.PAUSED}


class PlanFile(msgspec.Struct, frozen=True):
    """The plan as kept: exam, candidates, current shift, profile text, anchors, version."""

    exam: Exam
    candidates: tuple[Candidate, ...]
    shift: str
    profile: str
    anchors: tuple[bytes, ...]
    version: int


class GradingForm(msgspec.Struct, frozen=True):
    """What grading needs of a form: the sealed package, the key, and the facts of its items (no content)."""

    package: bytes
    key: ResponseKey
    index: dict[str, ItemFacts]


@dataclass(slots=True)
class _Contact:
    """What is known of a station since this node started."""

    nonce: str
    previous_nonce: str = ""
    counter: int = 0
    seen: float | None = None
    health: x.Health | None = None
    build: str = ""
    provision: int = 0
    cursor: int = 0
    released: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Clocks:
    """`node_time`: milliseconds that the exam goes by. `seconds`: real seconds, for links and logins."""

    node_time: Callable[[], int]
    seconds: Callable[[], float]


class Node:
    """One proctor node over its store."""

    def __init__(
        self, store: NodeStore, signing: Ed25519PrivateKey, clocks: Clocks, *, purpose: str = "production"
    ) -> None:
        self.store, self._signing, self._clocks, self.purpose = store, signing, clocks, purpose
        self._lock = threading.RLock()
        self._stations: dict[str, EnrolledStation] = {s.station: s for s in store.stations()}
        self._contacts = {name: _Contact(self._fresh_nonce(), counter=s.counter) for name, s in self._stations.items()}
        self._instructions: dict[str, list[x.Instruction]] = store.instructions()
        self.intake = Intake(hashlib.sha256(b"khaothi/receipt-code/1" + signing.private_bytes_raw()).digest())
        store.replay(self.intake)
        self.people = People({account.name: account for account in store.accounts()}, clocks.seconds)
        self._plan: PlanFile | None = store.load("plan", PlanFile)
        self._forms: dict[str, GradingForm] = store.load("forms", dict[str, GradingForm]) or {}
        self._officers: dict[str, OfficerPublic] = store.load("officers", dict[str, OfficerPublic]) or {}
        self._proposals: dict[str, release.Proposal] = {}
        self._opened: dict[str, release.Opened] = {}
        self._moves: dict[str, tuple[str, tuple[str, ...]]] = {}
        self._differences: dict[str, list[str]] = {}
        self._trust = trust.TrustStore.from_der(self._plan.anchors) if self._plan else trust.TrustStore()
        self.fleet_build = ""

    # -- time and keys

    @property
    def key(self) -> bytes:
        """The node's raw Ed25519 public key."""
        return self._signing.public_key().public_bytes_raw()

    def now(self) -> int:
        """Node time in milliseconds."""
        return self._clocks.node_time()

    def sign(self, path: str, body: bytes) -> bytes:
        """The node's signature over an answer."""
        return self._signing.sign(x.signing_input(path, body))

    @staticmethod
    def _fresh_nonce() -> str:
        return secrets.token_hex(16)

    # -- plan

    @property
    def plan(self) -> PlanFile:
        """The plan.

        Raises:
            NotReady: none was imported.
        """
        if self._plan is None:
            raise NotReady("no plan has been imported")
        return self._plan

    def set_plan(self, exam: Exam, candidates: tuple[Candidate, ...], profile: str, anchors: tuple[bytes, ...]) -> None:
        """Take a plan; stations are told to fetch it.

        Raises:
            AnchorRefused: a demonstration anchor on a production node.
            exam_engine.errors.ProfileInvalid, reader.errors.Malformed: as named.
        """
        profiles.load(profile)
        for raw in anchors:
            self._check_anchor(raw)
        with self._lock:
            version = 1 if self._plan is None else self._plan.version + 1
            shift = exam.shifts[0].id
            self._save_plan(PlanFile(exam, candidates, shift, profile, anchors, version))

    def _check_anchor(self, raw: bytes) -> None:
        country = trust.country(trust.parse_certificate(raw).subject)
        if self.purpose == "production" and country in SPECIMEN_COUNTRIES:
            raise AnchorRefused(f"a production node does not believe certificates of {country}")

    def _save_plan(self, plan: PlanFile) -> None:
        self.store.save("plan", plan)
        self._plan = plan
        self._trust = trust.TrustStore.from_der(plan.anchors)
        for station in self._stations:
            self._instruct(station, "", (), x.Reprovision(plan.version))

    def open_shift(self, shift: str) -> None:
        """Go on to a shift: every station fetches its rows."""
        with self._lock:
            plan = self.plan
            plan.exam.shift(shift)
            self._opened.clear()
            self._proposals.clear()
            for contact in self._contacts.values():
                contact.released.clear()
            self._save_plan(msgspec.structs.replace(plan, shift=shift, version=plan.version + 1))

    def candidate_at(self, seat: Seat, shift: str) -> Candidate | None:
        """Who sits at a seat in a shift."""
        wanted = (seat.site, seat.room, seat.number, shift)
        return next((c for c in self.plan.candidates if (c.site, c.room, c.seat, c.shift) == wanted), None)

    def attempt_name(self, candidate: Candidate) -> str:
        """The identifier of a candidate's attempt."""
        return attempt_id(self.plan.exam.id, candidate.shift, candidate.sbd)

    # -- forms and officers

    def add_officers(self, officers: tuple[OfficerPublic, ...]) -> None:
        """The three officers' public keys."""
        with self._lock:
            self._officers = {officer.name: officer for officer in officers}
            self.store.save("officers", self._officers)

    def add_form(self, package: bytes, key: ResponseKey, index: FormIndex) -> str:
        """A sealed form with what grading needs; its digest."""
        digest = sealed_form.decode(package).digest
        with self._lock:
            self._forms[digest] = GradingForm(package, key, index)
            self.store.save("forms", self._forms)
        return digest

    def form_package(self, digest: str) -> bytes:
        """The sealed package.

        Raises:
            Refused: there is none.
        """
        if digest not in self._forms:
            raise Refused("unknown_form")
        return self._forms[digest].package

    # -- stations

    def enrolment_code(self, seat: Seat) -> str:
        """A one-time code for the PC at a seat; only its digest is kept."""
        code = "-".join(secrets.token_hex(2).upper() for _ in range(3))
        self.store.add_code(hashlib.sha256(code.encode()).hexdigest(), seat)
        return code

    def provision_of(self, station: str) -> int:
        """The version of the plan that a station said it has."""
        return self._contacts[station].provision

    def unsent(self) -> dict[str, int]:
        """By station: entries that its last exchange said are still only there."""
        return {name: contact.health.unsent if contact.health else 0 for name, contact in self._contacts.items()}

    def move_told(self, station: str) -> bool:
        """Whether a station has taken the instruction to take an attempt over."""
        told = [i.number for i in self._instructions.get(station, ()) if isinstance(i.act, x.MoveIn)]
        return bool(told) and self._contacts[station].cursor >= told[-1]

    def enrol(self, request: x.EnrolRequest) -> x.EnrolResponse:
        """Take a station in.

        Raises:
            Refused: the code is unknown or was used.
        """
        seat = self.store.use_code(hashlib.sha256(request.code.encode()).hexdigest())
        if seat is None:
            raise Refused("enrolment_code_invalid")
        name = f"{seat.site}-{seat.room}-{seat.number:02d}"
        enrolled = EnrolledStation(
            name, seat, request.signing_key, request.sealing_key, request.build, 0, revoked=False
        )
        with self._lock:
            self.store.add_station(enrolled)
            self._stations[name] = enrolled
            contact = self._contacts[name] = _Contact(self._fresh_nonce())
        return x.EnrolResponse(name, self.key, contact.nonce, self.now())

    def revoke(self, station: str) -> None:
        """A station is no longer believed."""
        with self._lock:
            enrolled = replace(self._station(station), revoked=True)
            self.store.add_station(enrolled)
            self._stations[station] = enrolled

    def stations(self) -> list[EnrolledStation]:
        """All enrolled stations."""
        return sorted(self._stations.values(), key=lambda s: s.station)

    def _station(self, name: str) -> EnrolledStation:
        if name not in self._stations:
            raise Refused("unknown_station")
        return self._stations[name]

    def authenticate(self, name: str, path: str, body: bytes, signature: bytes) -> EnrolledStation:
        """The station that signed a request.

        Raises:
            Refused: unknown, revoked, or not signed by it.
        """
        station = self._station(name)
        if station.revoked:
            raise Refused("station_revoked")
        try:
            key = Ed25519PublicKey.from_public_bytes(station.signing_key)
            key.verify(signature, x.signing_input(path, body))
        except (InvalidSignature, ValueError) as error:
            raise Refused("station_signature_invalid") from error
        return station

    def _count(self, name: str, counter: int) -> _Contact:
        contact = self._contacts[name]
        if counter <= contact.counter:
            raise Refused("replayed")
        contact.counter = counter
        return contact

    def provision(self, station: EnrolledStation, counter: int) -> bytes:
        """Room and shift for one station, sealed to it."""
        with self._lock:
            self._count(station.station, counter)
            plan, seat = self.plan, station.seat
            rows = tuple(c for c in plan.candidates if (c.site, c.room, c.shift) == (seat.site, seat.room, plan.shift))
            forms = {digest: sealed_form.decode(form.package).code for digest, form in self._forms.items()}
            digest = next(iter(forms), "")
            told = Provision(
                plan.version, plan.exam, plan.shift, seat, rows, plan.profile, plan.anchors, forms,
                {row.sbd: digest for row in rows},
                {officer.name: officer.signing_key for officer in self._officers.values()},
                tuple(secrets.token_bytes(32) for _ in range(NONCES)),
            )  # fmt: skip
        key = X25519PublicKey.from_public_bytes(station.sealing_key)
        return bytes(SUITE.encrypt(msgspec.json.encode(told), key, PROVISION_INFO))

    def fetch_form(self, station: EnrolledStation, counter: int, digest: str) -> bytes:
        """A sealed form for a station."""
        with self._lock:
            self._count(station.station, counter)
        return self.form_package(digest)

    # -- the exchange

    def exchange(self, station: EnrolledStation, request: x.ExchangeRequest) -> x.ExchangeResponse:
        """Take in what a station sends and tell it what is new for it. Answered after the commit.

        Raises:
            Refused: replayed, or with a stale nonce (a fresh one comes with the refusal).
        """
        name = station.station
        with self._lock:
            contact = self._count(name, request.counter)
            if request.nonce not in {contact.nonce, contact.previous_nonce} or not request.nonce:
                raise Refused(f"stale_nonce:{contact.nonce}")
            contact.previous_nonce, contact.nonce = contact.nonce, self._fresh_nonce()
            contact.seen, contact.health, contact.build = self._clocks.seconds(), request.health, request.build
            contact.provision, contact.cursor = request.provision, request.cursor
            accepted = [found for batch in request.batches if (found := self._examine(station, batch)) is not None]
            accepted = list({(found.batch.attempt, found.batch.epoch): found for found in reversed(accepted)}.values())
            attachments = [
                a
                for a in request.attachments
                if hmac.compare_digest(_digest_of(a), a.sha256) and self._may_attach(station, a)
            ]
            if accepted or attachments:
                expiry = self.now() + profiles.load(self.plan.profile).sitting.retention_days * DAY_MS
                self.store.take(name, request.counter, accepted, attachments, expiry)
            for found in accepted:
                self.intake.believe(name, found)
            self._judge(attachments)
            self._after_intake(station, accepted)
            receipts = tuple(self._receipt(batch) for batch in request.batches if batch.attempt in self.intake.records)
            news = tuple(i for i in self._instructions.get(name, ()) if i.number > request.cursor)
            poll = BUSY_POLL_MS if accepted else POLL_MS
            held = "build_differs" if self._held_out(contact) else ""
            return x.ExchangeResponse(name, request.counter, receipts, news, self.now(), poll, contact.nonce, held)

    def _examine(self, station: EnrolledStation, batch: x.RecordBatch) -> Accepted | None:
        try:
            origin = self._origin(station, batch.attempt, batch.epoch)
            if origin is None:
                raise RecordBroken("attempt_of_another_station")
            return self.intake.examine(station.station, station.signing_key, batch, origin)
        except ExamEngineError as error:
            if isinstance(error, RecordBroken) and error.reason == "fork":
                self.intake.doubt(batch.attempt, "fork")
            LOG.warning("batch of %s refused: %s", station.station, error)
            return None

    def _origin(self, station: EnrolledStation, attempt: str, epoch: int) -> str | None:
        """The head from which this station may write the epoch ("" in the first one); None if it may not.

        A station writes for the candidate of its own seat, for people nobody knows who came to it, and for an attempt
        that was moved to it by an order.
        """
        for instruction in self._instructions.get(station.station, ()):
            act = instruction.act
            if isinstance(act, x.MoveIn) and instruction.attempt == attempt and act.epoch == epoch - 1:
                return act.previous_head
        if epoch != 1:
            return None
        record = self.intake.records.get(attempt)
        begun_here = record is not None and 1 in record.epochs and record.epochs[1].station == station.station
        unknown = attempt.startswith(f"{self.plan.exam.id}/") and f"/unknown-{station.station}-" in attempt
        at_seat = any(
            row is not None and self.attempt_name(row) == attempt
            for row in (self.candidate_at(station.seat, shift.id) for shift in self.plan.exam.shifts)
        )
        return "" if begun_here or unknown or at_seat else None

    def _may_attach(self, station: EnrolledStation, attachment: x.Attachment) -> bool:
        if attachment.kind == "survey":
            return True
        epochs = {1} | {
            i.act.epoch + 1 for i in self._instructions.get(station.station, ()) if isinstance(i.act, x.MoveIn)
        }
        return any(self._origin(station, attachment.attempt, epoch) is not None for epoch in epochs)

    def _receipt(self, batch: x.RecordBatch) -> x.BatchReceipt:
        epoch = self.intake.records[batch.attempt].epochs.get(batch.epoch)
        last, head = (0, "") if epoch is None else (epoch.last, epoch.head)
        code = self.intake.receipt_code(batch.attempt)
        return sign_receipt(self._signing, batch.attempt, batch.epoch, last, head, code)

    def _judge(self, attachments: list[x.Attachment]) -> None:
        for attachment in attachments:
            if attachment.kind != "identity_evidence":
                continue
            try:
                found = evidence.differences(evidence.decode(attachment.body), self._trust, self.now())
            except (msgspec.ValidationError, msgspec.DecodeError):
                found = ["evidence_unreadable"]
            if found:
                self._differences[attachment.attempt] = found

    def _after_intake(self, station: EnrolledStation, accepted: list[Accepted]) -> None:
        for name in {found.batch.attempt for found in accepted}:
            attempt = self.intake.attempt(name)
            if attempt.phase in {Phase.VERIFIED, Phase.READY}:
                self._send_release(station)
            if name in self._moves and attempt.phase is Phase.MOVED:
                self._move_in(name)

    def _held_out(self, contact: _Contact) -> bool:
        return bool(self.fleet_build) and contact.build != self.fleet_build

    # -- instructions

    def _instruct(self, station: str, attempt: str, by: tuple[str, ...], act: x.Act) -> None:
        known = self._instructions.setdefault(station, [])
        number = known[-1].number + 1 if known else 1
        instruction = x.Instruction(number, attempt, self.now(), by, act)
        self.store.add_instruction(station, instruction)
        known.append(instruction)

    def act(self, attempt: str, by: tuple[str, ...], act: x.Act) -> None:
        """An act of named people on one attempt (pause, resume, extend, message, collect, void).

        Raises:
            Refused: nobody sits this attempt.
        """
        with self._lock:
            station = self.intake.attempt(attempt).station
            if not station:
                raise Refused("attempt_not_begun")
            self._log(by, f"{type(act).__name__.lower()} {attempt}")
            self._instruct(station, attempt, by, act)

    def decide(self, attempt: str, by: tuple[str, str], decision: str, reason: str) -> None:
        """Two persons decide a referral.

        Raises:
            Refused: not an invigilator and a site head, no reason, or nothing to decide.
        """
        self.people.pair(by)
        if decision not in {"admit", "refuse"} or not reason.strip():
            raise Refused("decision_needs_a_reason")
        if self.intake.attempt(attempt).phase not in {Phase.REFERRED, Phase.REFUSED}:
            raise Refused("nothing_to_decide")
        self.act(attempt, by, x.Decide("admit" if decision == "admit" else "refuse", reason))

    def move(self, attempt: str, by: tuple[str, ...], to_station: str) -> None:
        """Move an attempt to another PC: the old one locks, then the new one takes it over.

        Raises:
            Refused: unknown station, or somebody sits there.
        """
        with self._lock:
            target = self._station(to_station)
            current = self.intake.attempt(attempt)
            if not current.station or self.candidate_at(target.seat, self.plan.shift) is not None:
                raise Refused("seat_not_free")
            self._moves[attempt] = (to_station, by)
            self._log(by, f"move {attempt} to {to_station}")
            self._instruct(current.station, attempt, by, x.MoveAway(to_station, target.seat.number))

    def _move_in(self, attempt: str) -> None:
        to_station, by = self._moves.pop(attempt)
        target = self._station(to_station)
        record = self.intake.records[attempt]
        epoch = max(record.epochs)
        plan, seat = self.plan, target.seat
        moved = tuple(
            msgspec.structs.replace(c, site=seat.site, room=seat.room, seat=seat.number)
            if self.attempt_name(c) == attempt
            else c
            for c in plan.candidates
        )
        self._save_plan(msgspec.structs.replace(plan, candidates=moved, version=plan.version + 1))
        opened = self._opened.get(record.attempt.form_digest)
        if opened is None:
            return
        self._contacts[to_station].released.add(opened.digest)
        act = x.MoveIn(
            record.attempt.station, epoch, record.epochs[epoch].head, record.epochs[epoch].last, tuple(record.texts),
            record.attempt.deadline, opened.digest, opened.for_station(target.sealing_key),
        )  # fmt: skip
        self._instruct(to_station, attempt, by, act)

    # -- release

    def propose(self, digest: str, not_before: int) -> bytes:
        """The order that two officers are asked to sign."""
        with self._lock:
            self.form_package(digest)
            if digest not in self._proposals or not self._proposals[digest].signatures:
                plan = self.plan
                order = sealed_form.encode_order(plan.exam.id, plan.shift, digest, "all", not_before)
                self._proposals[digest] = release.Proposal(order, digest)
            return self._proposals[digest].order

    def sign_release(self, digest: str, officer: str, signature: bytes, share: bytes) -> bool:
        """One officer signs; True once the signal is out.

        Raises:
            Refused: as `proctor_node.release.sign`.
        """
        with self._lock:
            if digest not in self._proposals:
                raise Refused("no_order")
            package = sealed_form.decode(self.form_package(digest))
            opened = release.sign(
                self._proposals[digest], self._officers, officer, signature, share, package, self.now()
            )
            self._log((officer,), f"release {digest[:12]}")
            if opened is None:
                return False
            self._opened[digest] = opened
            for station in self._stations.values():
                self._send_release(station)
            return True

    def _send_release(self, station: EnrolledStation) -> None:
        """The signal goes to every station once; its key only to those whose candidate was admitted."""
        candidate = self.candidate_at(station.seat, self.plan.shift)
        contact = self._contacts[station.station]
        if station.revoked or self._held_out(contact):
            return
        admitted = candidate is not None and self.intake.attempt(self.attempt_name(candidate)).phase in ADMITTED
        for digest, opened in self._opened.items():
            mark = digest if admitted else f"signal {digest}"
            if mark in contact.released:
                continue
            contact.released.add(mark)
            act = opened.for_station(station.sealing_key) if admitted else release.signal_only(opened)
            self._instruct(station.station, "", tuple(s.officer for s in opened.signatures), act)

    @property
    def started_at(self) -> int:
        """Node time of the signal in this shift, or 0."""
        return min((opened.starts_at for opened in self._opened.values()), default=0)

    # -- people

    def add_account(self, name: str, role: Role, password: str, site: str = "") -> None:
        """A person."""
        account = Account(name, role, site, HASHER.hash(password))
        self.store.add_account(account)
        self.people.accounts[name] = account

    def _log(self, who: tuple[str, ...], what: str) -> None:
        self.store.log(self.now(), " + ".join(who), what)

    # -- what people see

    def board(self, site: str = "") -> live_board.Board:
        """The board of the current shift, of one site or all."""
        with self._lock:
            plan = self.plan
            states = [
                self._seat_state(s) for s in self._stations.values() if not s.revoked and site in {"", s.seat.site}
            ]
            names = {s.id: s.name for s in plan.exam.sites}
            return live_board.board(
                plan.exam.name, plan.exam.subject, plan.shift, names, states, self.now(), self.started_at
            )

    def _seat_state(self, station: EnrolledStation) -> live_board.SeatState:
        contact = self._contacts[station.station]
        candidate = self.candidate_at(station.seat, self.plan.shift)
        name = self.attempt_name(candidate) if candidate else ""
        record = self.intake.records.get(name)
        silent = None if contact.seen is None else self._clocks.seconds() - contact.seen
        oddities = (*record.oddities, *self._differences.get(name, ())) if record else ()
        return live_board.SeatState(
            station.station, station.seat.site, station.seat.room, station.seat.number, candidate, name,
            record.attempt if record else Attempt(), contact.health, silent, self._held_out(contact), oddities,
        )  # fmt: skip

    def marks(self, shift: str | None = None) -> list[results.Result]:
        """Results of a shift, or of all."""
        with self._lock:
            profile = profiles.load(self.plan.profile)
            chosen = [c for c in self.plan.candidates if shift in {None, c.shift}]
            return [self._result(candidate, profile) for candidate in chosen]

    def _result(self, candidate: Candidate, profile: profiles.Profile) -> results.Result:
        attempt = self.intake.attempt(self.attempt_name(candidate))
        form = self._forms.get(attempt.form_digest)
        index, keys = (form.index, form.key.right) if form else ({}, {})
        return results.result(candidate, attempt, index, keys, profile)


def _digest_of(attachment: x.Attachment) -> str:
    # An answer of the survey is salted, so that equal answers do not look alike; it is believed as it is.
    if attachment.kind == "survey":
        return attachment.sha256
    return hashlib.sha256(attachment.body).hexdigest()
