"""The state of one station on the candidate's path, and the few ways in which every reaction may change it."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Literal

from exam_engine import admission
from exam_engine import events as e
from exam_engine.attempt import Attempt, evolve
from exam_engine.candidate import Candidate
from exam_engine.commands import Command, FormIndex, decide
from exam_engine.errors import CommandRefused
from exam_engine.exchange import Instruction, MoveIn, Release
from exam_engine.plan import Provision, attempt_id
from exam_engine.profile import Profile
from exam_engine.record import Entry, decode_entry
from question_bank.form import Form
from reader.evidence import IdentityEvidence
from reader.face.liveness.challenge import Prompt
from reader.inspection import Inspection
from station.journey import effects as fx
from station.journey.inputs import ChallengeAdvanced
from station.journey.views import Notice
from station.mirrored import Takeover

EMPTY = IdentityEvidence(None, None)


class Stage(StrEnum):
    """Where on the path the station is."""

    OUT_OF_SERVICE = "out_of_service"
    WAITING = "waiting"
    CONSENT = "consent"
    READING = "reading"
    CARD_LOST = "card_lost"
    DETAILS = "details"
    CAMERA = "camera"
    WRONG_PLACE = "wrong_place"
    NOT_VERIFIED = "not_verified"
    REFERRED = "referred"
    AT_SEAT = "at_seat"
    RULES = "rules"
    SIGNAL = "signal"
    PAPER = "paper"
    REVIEW = "review"
    TIME_OVER = "time_over"
    RECEIPT = "receipt"
    SURVEY = "survey"
    RECOVERED = "recovered"
    MOVED_IN = "moved_in"
    MOVED_AWAY = "moved_away"
    TAKEOVER = "takeover"


CHECK_IN = frozenset({Stage.CONSENT, Stage.READING, Stage.CARD_LOST, Stage.DETAILS, Stage.CAMERA})
SITTING = frozenset({Stage.PAPER, Stage.REVIEW, Stage.RECOVERED, Stage.MOVED_IN})


@dataclass(slots=True)
class CheckIn:
    """What is known of the person checking in; wiped on every return to the start."""

    with_card: bool = True
    read_chip: bool = False
    compare_face: bool = False
    step: str = "unlock"
    percent: int = 0
    inspection: Inspection | None = None
    evidence: IdentityEvidence = EMPTY
    row: Candidate | None = None
    card_ms: int = 0
    face_ms: int = 0
    tries: int = 0
    live: bytes = field(default=b"", repr=False)
    hint: str = ""
    matched: bool = False
    challenge: ChallengeAdvanced | None = None
    refused: frozenset[Prompt] = frozenset()
    code: str = ""
    told_at: int = 0
    decision: str = "waiting"
    card_on_reader: bool = True
    report_open: bool = False
    # By role: who has proved to hold it.
    proved: dict[str, str] = field(default_factory=dict)
    proof_error: str = ""
    before_seat: Stage = Stage.REFERRED
    scan: Literal["", "looking", "not_seen"] = ""
    # The number was typed here, not taken from the list; and why the last one led nowhere.
    typed: bool = False
    number_note: Literal["", "unreadable", "wrong", "no_card"] = ""
    put_back_by: int = 0
    events: list[e.AnyEvent] = field(default_factory=list)


@dataclass(slots=True)
class TakeoverPage:
    """The page on which two officials take an attempt over without the node; halves stay in memory while it is open."""

    mirrors: tuple[tuple[str, int], ...] = ()
    chosen: str = ""
    halves: dict[str, bytes] = field(default_factory=dict)
    error: str = ""
    asked_at: int = 0


@dataclass(slots=True)
class Journey:
    """The state of one station. `now` in every call is node time in milliseconds."""

    station: str
    provision: Provision | None = None
    profile: Profile | None = None
    # Names and roles of those who may decide at the seat.
    officials: tuple[tuple[str, str], ...] = ()
    stage: Stage = Stage.OUT_OF_SERVICE
    check_in: CheckIn = field(default_factory=CheckIn)
    attempt: Attempt = field(default_factory=Attempt)
    attempt_id: str = ""
    form: Form | None = None
    index: FormIndex = field(default_factory=dict)
    current: str = ""
    release: Release | None = None
    releases: dict[str, Release] = field(default_factory=dict)
    signal_at: int = 0
    form_error: str = ""
    opening: bool = False
    # Extensions that came before this seat's test began, by number; they count from the signal on.
    early: dict[int, Instruction] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    online: bool = True
    unsent: int = 0
    receipt_code: str = ""
    at_node: frozenset[str] = frozenset()
    item_sequence: dict[str, int] = field(default_factory=dict)
    store_failed: bool = False
    help_told: bool = False
    reader_missing: bool = False
    card_note: str = ""
    stage_since: int = 0
    unknown_count: int = 0
    gap: e.StationRestarted | None = None
    last_saved: int = 0
    moved_to: int = 0
    left_screen: bool = False
    # When something of the lockdown was last noticed, by kind.
    noticed: dict[str, int] = field(default_factory=dict)
    move: MoveIn | None = None
    moved: str = ""
    epoch: int = 1
    previous_head: str = ""
    move_by: tuple[str, ...] = ()
    taken: Takeover | None = None
    page: TakeoverPage = field(default_factory=TakeoverPage)
    torn: bool = False
    pause_reason: str = ""
    out_code: str = "K303"

    def out_of_service(self, code: str, now: int) -> None:
        """This PC cannot go on; `code` says what has to be done about it."""
        self.out_code, self.store_failed = code, code == "B301"
        self.enter(Stage.OUT_OF_SERVICE, now)

    def saved(self, attempt: str, entries: tuple[Entry, ...]) -> None:
        """The runtime has these entries on disk: only now do they count."""
        self.store_failed = False
        for entry in entries:
            self.last_saved = entry.at
            if attempt != self.attempt_id:
                continue
            self.attempt = evolve(self.attempt, entry.event, entry.at)
            if isinstance(entry.event, e.Paused):
                self.pause_reason = entry.event.reason
            if isinstance(entry.event, e.Answered):
                self.item_sequence[entry.event.item] = entry.sequence
                self.at_node -= {entry.event.item}

    def not_saved(self) -> None:
        """The journal refused: the screen says so and shows the last state that is safe (B301)."""
        self.store_failed = True

    def checkpoint(self) -> Journey:
        """The state as it is now, to go back to if what follows from an input cannot be kept."""
        earlier = copy.copy(self)
        for each in fields(earlier):
            value = getattr(earlier, each.name)
            if isinstance(value, list | dict):
                setattr(earlier, each.name, copy.copy(value))
        check_in = earlier.check_in = copy.copy(self.check_in)
        check_in.events, check_in.proved = list(check_in.events), dict(check_in.proved)
        earlier.page = copy.copy(self.page)
        earlier.page.halves = dict(self.page.halves)
        return earlier

    def go_back(self, earlier: Journey) -> None:
        """Nothing of the last input has happened."""
        for each in fields(self):
            setattr(self, each.name, getattr(earlier, each.name))

    def provide(self, provision: Provision, profile: Profile, now: int) -> None:
        """A new plan for this seat: another shift starts from the beginning."""
        changed = self.provision is None or self.provision.shift != provision.shift
        self.provision, self.profile = provision, profile
        if changed:
            self.releases, self.signal_at, self.move, self.early = {}, 0, None, {}
        if changed or self.stage is Stage.OUT_OF_SERVICE:
            self.restart(now)

    def close(self, now: int) -> list[fx.Effect]:
        """The room has closed: nothing of it is known here any more (K302)."""
        self.provision, self.profile, self.move = None, None, None
        self.releases, self.signal_at, self.officials = {}, 0, ()
        effects = self.restart(now)
        self.out_of_service("K302", now)
        return effects

    def enter(self, stage: Stage, now: int) -> None:
        """The next screen begins now."""
        self.stage, self.stage_since = stage, now

    def restart(self, now: int) -> list[fx.Effect]:
        """Forget the person and wait for the next; an attempt that was moved here and has not ended still waits for its card."""
        coming = None if self.move is None or self.attempt.ended else (self.move, self.moved, self.move_by, self.taken)
        self.check_in, self.attempt, self.attempt_id = CheckIn(), Attempt(), ""
        self.form, self.index, self.current, self.release = None, {}, "", None
        self.notices, self.receipt_code, self.at_node, self.item_sequence = [], "", frozenset(), {}
        self.torn, self.left_screen, self.noticed = False, False, {}
        self.gap, self.form_error, self.opening, self.help_told = None, "", False, False
        self.move, self.moved, self.epoch, self.previous_head = None, "", 1, ""
        self.move_by, self.taken, self.page = (), None, TakeoverPage()
        self.enter(Stage.OUT_OF_SERVICE if self.provision is None else Stage.WAITING, now)
        if coming is not None:
            self.take_in(*coming)
        return [fx.StopCamera(), fx.Wipe()]

    def take_in(self, act: MoveIn, attempt: str, by: tuple[str, ...], taken: Takeover | None = None) -> None:
        """The record so far is here; the candidate's card then opens the next epoch of it."""
        self.move, self.moved, self.move_by, self.taken = act, attempt, by, taken
        self.attempt_id, self.attempt = attempt, Attempt()
        self.epoch, self.previous_head = act.epoch + 1, act.previous_head
        for text in act.entries:
            entry = decode_entry(text.encode())
            self.attempt = evolve(self.attempt, entry.event, entry.at)
            self.last_saved = entry.at
        # What the node told of is there; what a mirror told of may be here alone.
        self.at_node = frozenset(self.attempt.responses) if taken is None else frozenset()
        self.releases[act.form_digest] = act.release

    @property
    def seat_row(self) -> Candidate | None:
        """The roster row of this seat, if somebody is expected here."""
        if self.provision is None:
            return None
        seat = self.provision.seat
        return next(
            (row for row in self.provision.candidates if (row.site, row.room, row.seat) == (seat.site, seat.room, seat.number)),
            None,
        )  # fmt: skip

    def row_of_card(self, number: str) -> Candidate | None:
        """The roster row with this personal number."""
        assert self.provision is not None
        return next((row for row in self.provision.candidates if row.personal_number == number), None)

    def situation(self, now: int) -> admission.Situation:
        """Where and when this check-in happens."""
        assert self.provision is not None
        shift = self.provision.exam.shift(self.provision.shift)
        resumed = self.check_in.inspection.resumed if self.check_in.inspection else 0
        return admission.Situation(
            now, self.signal(now), shift.id, self.provision.seat,
            self.check_in.read_chip, self.check_in.compare_face, resumed=resumed, today=_day(now),
        )  # fmt: skip

    def signal(self, now: int) -> int:
        """Lateness counts from the signal; before it was given, and for a move to this PC, nobody is late."""
        return now if self.move is not None or not self.signal_at else self.signal_at

    def append(self, *events: e.AnyEvent) -> fx.Append:
        """These events belong to the attempt of this seat."""
        if self.move is not None and self.attempt_id != self.moved:
            # Somebody else's card on the PC that an attempt was moved to: a record of its own.
            return fx.Append(self.attempt_id, events)
        return fx.Append(self.attempt_id, events, self.epoch, self.previous_head)

    def command(self, command: Command, now: int) -> list[fx.Effect]:
        """Let the transition table decide; what it refuses has no effect."""
        early = self.profile is not None and self.profile.sitting.early_submission
        try:
            events = decide(self.attempt, command, now, self.index, early_submission=early)
        except CommandRefused:
            return []
        return [self.append(*events)] if events else []

    def notice(self, notice: Notice) -> None:
        """Put a notice on top; news of the link replaces older news of it."""
        kinds = {"offline", "back"}
        if notice.kind in kinds:
            self.notices = [other for other in self.notices if other.kind not in kinds]
        self.notices.insert(0, notice)

    def presented(self, item: str) -> e.ItemPresented:
        """The first showing of a question, with its options in the order on screen."""
        return e.ItemPresented(item, self.index[item].options)

    @property
    def expected(self) -> str:
        """The attempt of whoever is to sit here, or ""."""
        row = self.seat_row
        if self.provision is None or row is None:
            return ""
        return attempt_id(self.provision.exam.id, self.provision.shift, row.sbd)

    def my_form(self) -> str:
        """Digest of the form that the plan gives to this seat."""
        row = self.seat_row
        if self.provision is None or row is None:
            return ""
        return self.provision.form_for.get(row.sbd, "")


def _day(now: int) -> str:
    """The calendar day of a node time, in the exam's own zone (UTC+7)."""
    return (datetime.fromtimestamp(now / 1000, UTC) + timedelta(hours=7)).date().isoformat()
