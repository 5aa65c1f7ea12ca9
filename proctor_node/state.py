"""What a node knows: its store, its key, its clocks, and the state that one lock guards. The other modules act on it."""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exam_engine import exchange as x
from exam_engine import officials
from exam_engine import profile as profiles
from exam_engine.candidate import Candidate
from exam_engine.commands import ItemFacts
from exam_engine.plan import Exam, Seat, attempt_id
from exam_engine.record import Entry
from proctor_node import deciders, release
from proctor_node.errors import NotReady, Refused
from proctor_node.intake import Intake
from proctor_node.people import HASHER, Account, People, Role
from proctor_node.ports import EnrolledStation, NodeStore
from proctor_node.rights import check_site
from question_bank.response_key import ResponseKey
from question_bank.sealed_form import OfficerPublic
from reader import trust

HOUR_MS = 3_600_000


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
    shift: str = ""


@dataclass(slots=True)
class Contact:
    """What is known of a station since this node started."""

    nonce: str
    previous_nonce: str = ""
    counter: int = 0
    seen: float | None = None
    health: x.Health | None = None
    build: str = ""
    provision: int = 0
    cursor: int = 0
    forms: tuple[str, ...] = ()
    uncertainty: int = 0
    released: set[str] = field(default_factory=set)
    # What somebody who looked said of this PC while it is silent: "offline", "broken" or nothing.
    confirmed: str = ""
    # One exchange of a station at a time: between examining a batch and believing it nothing else may come.
    gate: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True, slots=True)
class Held:
    """The pictures of one check-in and until when they may be kept (node milliseconds)."""

    pictures: x.ReferralPictures
    until: int


@dataclass(frozen=True, slots=True)
class Clocks:
    """`node_time`: milliseconds that the exam goes by. `seconds`: real seconds, for links and logins."""

    node_time: Callable[[], int]
    seconds: Callable[[], float]


def fresh_nonce() -> str:
    """16 random bytes in hexadecimal."""
    return secrets.token_hex(16)


class NodeState:
    """The state, and the small steps that several modules share. `lock` is held for moments, never over a commit of records."""

    def __init__(
        self, store: NodeStore, signing: Ed25519PrivateKey, clocks: Clocks, *, purpose: str = "production"
    ) -> None:
        self.store, self._signing, self._clocks, self.purpose = store, signing, clocks, purpose
        self._lock = threading.RLock()
        self._stations: dict[str, EnrolledStation] = {s.station: s for s in store.stations()}
        self._contacts = {name: Contact(fresh_nonce(), counter=s.counter) for name, s in self._stations.items()}
        self._instructions: dict[str, list[x.Instruction]] = store.instructions()
        self._issued: list[deciders.Issued] = store.load("officials", list[deciders.Issued]) or []
        self.intake = Intake(
            hashlib.sha256(b"khaothi/receipt-code/1" + signing.private_bytes_raw()).digest(), self._missing
        )
        self.intake.settled = store.load("settled_decisions", set[str]) or set()
        store.replay(self.intake)
        self._choose_again()
        needing: frozenset[Role] = frozenset({"administrator"}) if purpose == "production" else frozenset()
        accounts = {account.name: account for account in store.accounts()}
        self.people = People(accounts, clocks.seconds, lambda: clocks.node_time() / 1000, store, needing)
        self._viewed: dict[tuple[str, str], int] = {}
        self._forms: dict[str, GradingForm] = store.load("forms", dict[str, GradingForm]) or {}
        self._codes: dict[str, str] = {}
        self._officers: dict[str, OfficerPublic] = store.load("officers", dict[str, OfficerPublic]) or {}
        self._proposals: dict[tuple[str, str], release.Proposal] = {}
        # By form and scope: an order may be for one room, one site, or all.
        self._opened: dict[tuple[str, str], release.Opened] = {}
        self._moves: dict[str, tuple[str, tuple[str, ...]]] = {}
        # Pictures of referrals, in memory alone (`proctor_node.referrals`).
        self._held: dict[str, Held] = {}
        self._differences: dict[str, list[str]] = {}
        self._doubtful: set[str] = set()
        # The build that an administrator fixed; without one, that of most stations heard.
        self.fixed_build: str = store.load("fixed_build", str) or ""
        self._let_in: dict[str, str] = store.load("let_in", dict[str, str]) or {}
        self._builds: Counter[str] = Counter()
        self._plan: PlanFile | None = None
        self._by_attempt: dict[str, Candidate] = {}
        self._seated: dict[tuple[str, str, int, str], Candidate] = {}
        self._trust = trust.TrustStore()
        self._rules: profiles.Profile | None = None
        planned = store.load("plan", PlanFile)
        if planned is not None:
            self._take_plan(planned)

    def _choose_again(self) -> None:
        """Which ends of records persons decided for, after these were read anew."""
        chosen = self.store.load("branches", dict[str, tuple[str, int]]) or {}
        for name, (record, epoch) in chosen.items():
            self.intake.choose(name, record, epoch)

    def _missing(self, station: str, attempt: str, epoch: int, entry: Entry) -> str:
        orders = self._instructions.get(station, ())
        return deciders.missing(entry, attempt, epoch, self._stations.get(station), self._issued, orders)

    def _take_plan(self, plan: PlanFile) -> None:
        """Believe a plan: what is derived from it is made once, not at every exchange."""
        self._plan = plan
        self._rules = profiles.load(plan.profile)
        self._trust = trust.TrustStore.from_der(plan.anchors)
        self._seated = {(c.site, c.room, c.seat, c.shift): c for c in plan.candidates}
        self._by_attempt = {self.attempt_name(c): c for c in plan.candidates}

    # -- time and keys

    @property
    def key(self) -> bytes:
        """The node's raw Ed25519 public key."""
        return self._signing.public_key().public_bytes_raw()

    def now(self) -> int:
        """Node time in milliseconds."""
        return self._clocks.node_time()

    def seconds(self) -> float:
        """Real seconds since any moment."""
        return self._clocks.seconds()

    def sign(self, path: str, body: bytes) -> bytes:
        """The node's signature over an answer."""
        return self._signing.sign(x.signing_input(path, body))

    @property
    def plan(self) -> PlanFile:
        """The plan.

        Raises:
            NotReady: none was imported.
        """
        if self._plan is None:
            raise NotReady("no plan has been imported")
        return self._plan

    @property
    def rules(self) -> profiles.Profile:
        """The exam profile.

        Raises:
            NotReady: no plan was imported.
        """
        if self._rules is None:
            raise NotReady("no plan has been imported")
        return self._rules

    def candidate_at(self, seat: Seat, shift: str) -> Candidate | None:
        """Who sits at a seat in a shift."""
        return self._seated.get((seat.site, seat.room, seat.number, shift))

    def attempt_name(self, candidate: Candidate) -> str:
        """The identifier of a candidate's attempt."""
        return attempt_id(self.plan.exam.id, candidate.shift, candidate.sbd)

    def candidate_of(self, attempt: str) -> Candidate | None:
        """Whose attempt it is; None for a person whom the roster does not know."""
        return self._by_attempt.get(attempt)

    def site_of(self, attempt: str) -> str:
        """The site at which an attempt is sat.

        Raises:
            Refused: `unknown_attempt`.
        """
        record = self.intake.records.get(attempt)
        if record is not None and record.attempt.station in self._stations:
            return self._stations[record.attempt.station].seat.site
        candidate = self.candidate_of(attempt)
        if candidate is None:
            raise Refused("unknown_attempt")
        return candidate.site

    def check_attempt(self, account: Account, attempt: str) -> None:
        """Whether a person may see and act on an attempt: per-site scope is checked here and nowhere else.

        Raises:
            Refused: `another_site`, also for an attempt that is nowhere, so that nobody can probe for candidates.
        """
        try:
            site = self.site_of(attempt)
        except Refused:
            if not account.site:
                raise
            site = ""
        check_site(account, site)

    # -- shared steps

    def _station(self, name: str) -> EnrolledStation:
        if name not in self._stations:
            raise Refused("unknown_station")
        return self._stations[name]

    def _count(self, name: str, counter: int) -> Contact:
        contact = self._contacts[name]
        if counter <= contact.counter:
            raise Refused("replayed")
        contact.counter = counter
        return contact

    def _instruct(self, station: str, attempt: str, by: tuple[str, ...], act: x.Act) -> None:
        known = self._instructions.setdefault(station, [])
        number = known[-1].number + 1 if known else 1
        instruction = x.Instruction(number, attempt, self.now(), by, act)
        self.store.add_instruction(station, instruction)
        known.append(instruction)

    @property
    def fleet_build(self) -> str:
        """The build that stations must have: the one fixed, else that of more than half of those heard; "" while neither."""
        if self.fixed_build or not self._builds:
            return self.fixed_build
        build, count = self._builds.most_common(1)[0]
        return build if 2 * count > self._builds.total() else ""

    def _heard_build(self, contact: Contact, build: str) -> None:
        if contact.build != build:
            self._builds[contact.build] -= 1
            self._builds += Counter({build: 1})
            contact.build = build

    def _held_out(self, contact: Contact) -> bool:
        """Whether a station waits outside: it runs another build, and no two persons have let that build in."""
        wanted = self.fleet_build
        return bool(wanted) and bool(contact.build) and contact.build != wanted and contact.build not in self._let_in

    def log(self, person: str, what: str) -> None:
        """An entry of the node's own log, for acts that are no instruction."""
        self._log((person,), what)

    def _log(self, who: tuple[str, ...], what: str) -> None:
        self.store.log(self.now(), " + ".join(who), what)

    def add_account(self, name: str, role: Role, password: str, site: str = "", totp: str = "") -> Account:
        """A person, or their new password, role and second factor; they are logged out everywhere."""
        account = Account(name, role, site, HASHER.hash(password), totp)
        self.store.add_account(account)
        self.people.accounts[name] = account
        self.people.forget(name)
        return account

    def set_pin(self, name: str, pin: str) -> None:
        """An official's PIN for deciding at a seat; stations of their site are told. The one before no longer opens anything.

        Raises:
            Refused: no such account, its role decides nothing, or the PIN is weak.
        """
        account = self.people.accounts.get(name)
        if account is None:
            raise Refused("unknown_account")
        issued = deciders.issue(account, pin)
        with self._lock:
            self._issued = [*self._issued, issued]
            self.store.save("officials", self._issued)
            self._log((name,), "PIN for deciding at a seat")
            for station in self._stations.values():
                if account.site in {"", station.seat.site}:
                    self._instruct(station.station, "", (name,), x.Reprovision(0))

    def officials_of(self, seat: Seat) -> tuple[bytes, bytes]:
        """The signed roster of those who may decide at a seat."""
        known = deciders.current(self._issued, self.people.accounts, seat.site)
        return officials.roster(self.plan.exam.id, seat.site, known, self._signing.sign)

    def viewed(self, account: Account, what: str) -> None:
        """Log that a person looked at personal data; the same look within the hour is one line."""
        hour = self.now() // HOUR_MS
        if self._viewed.get((account.name, what)) != hour:
            self._viewed[account.name, what] = hour
            self._log((account.name,), f"view {what}")
