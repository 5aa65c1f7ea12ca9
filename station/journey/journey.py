"""The candidate's path: one input at a time in, effects out, a view at any time. It touches no device and reads no clock.

    waiting -> consent -> reading -> details -> camera -> rules -> signal -> paper -> time over -> receipt -> survey
    any of them -> wrong place | not verified | wait for the invigilator; recovered and moved in lead back to the paper

`receive` is the one way in. Events of a check-in are held back until it is known whose they are; then they go to that
attempt's record in one piece (docs/adr/0004). Consent comes before the first command to the chip and before the camera.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import msgspec

from exam_engine import admission, timing
from exam_engine import events as e
from exam_engine.attempt import Attempt, Phase, evolve
from exam_engine.candidate import Candidate
from exam_engine.commands import (
    CollectNow,
    Command,
    FormIndex,
    GiveTime,
    HandIn,
    MarkForReview,
    PauseClock,
    Respond,
    ResumeClock,
    VoidAttempt,
    decide,
)
from exam_engine.commands import Tick as ClockTick
from exam_engine.errors import CommandRefused
from exam_engine.exchange import (
    Collect,
    Decide,
    Extend,
    Instruction,
    MoveAway,
    MoveIn,
    Pause,
    Release,
    Reprovision,
    Resume,
    Text,
    Void,
)
from exam_engine.plan import Provision, attempt_id, unknown_attempt_id
from exam_engine.profile import Profile
from exam_engine.record import Entry, decode_entry
from question_bank import sealed_form
from question_bank.form import Form
from reader.access_key import AccessKey, Can, MrzKey
from reader.errors import Malformed
from reader.evidence import IdentityEvidence
from reader.inspection import Inspection
from station.journey import effects as fx
from station.journey import inputs, intents
from station.journey.paper import index_of
from station.journey.views import Notice

FACE_TRIES = 3
CONSENT_TEXT = "S02/2026-11"
PUT_BACK_SECONDS = 30
TIME_OVER_MS = 20_000
RECEIPT_MS = 120_000
SURVEY_MS = 60_000
EMPTY = IdentityEvidence(None, None)
CHIP_REASONS = {"T203", "T204", "T205", "T206"}
PLACE_REASONS = {"D101", "D102", "D203", "D205", "D401"}


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


RESUMED: dict[Phase, Stage] = {
    Phase.WORKING: Stage.RECOVERED,
    Phase.PAUSED: Stage.RECOVERED,
    Phase.READY: Stage.SIGNAL,
    Phase.VERIFIED: Stage.RULES,
    Phase.REFERRED: Stage.REFERRED,
    Phase.SUBMITTED: Stage.TIME_OVER,
    Phase.CLOSED: Stage.TIME_OVER,
    Phase.COLLECTED: Stage.TIME_OVER,
    Phase.MOVED: Stage.MOVED_AWAY,
}
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
    hint: str = ""
    matched: bool = False
    code: str = ""
    told_at: int = 0
    decision: str = "waiting"
    card_on_reader: bool = True
    report_open: bool = False
    proved: list[str] = field(default_factory=list)
    proof_error: str = ""
    put_back_by: int = 0
    events: list[e.AnyEvent] = field(default_factory=list)


@dataclass(slots=True)
class Journey:
    """The state of one station. `now` in every call is node time in milliseconds."""

    station: str
    provision: Provision | None = None
    profile: Profile | None = None
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
    notices: list[Notice] = field(default_factory=list)
    online: bool = True
    unsent: int = 0
    receipt_code: str = ""
    at_node: frozenset[str] = frozenset()
    item_sequence: dict[str, int] = field(default_factory=dict)
    store_failed: bool = False
    help_told: bool = False
    reader_missing: bool = False
    stage_since: int = 0
    unknown_count: int = 0
    gap: e.StationRestarted | None = None
    last_saved: int = 0
    moved_to: int = 0
    left_screen: bool = False
    move: MoveIn | None = None
    epoch: int = 1
    previous_head: str = ""
    move_by: tuple[str, ...] = ()

    # -- the one way in

    def receive(self, item: intents.Intent | inputs.Happening, now: int) -> list[fx.Effect]:
        """What follows from one input."""
        name = type(item).__name__
        reaction = _REACTIONS.get(type(item))
        if reaction is None:
            raise TypeError(f"the journey knows no input {name}")
        return reaction(self, item, now)

    def saved(self, attempt: str, entries: tuple[Entry, ...]) -> None:
        """The runtime has these entries on disk: only now do they count."""
        self.store_failed = False
        for entry in entries:
            self.last_saved = entry.at
            if attempt != self.attempt_id:
                continue
            self.attempt = evolve(self.attempt, entry.event, entry.at)
            if isinstance(entry.event, e.Answered):
                self.item_sequence[entry.event.item] = entry.sequence
                self.at_node -= {entry.event.item}

    def not_saved(self) -> None:
        """The journal refused: the screen says so and shows the last state that is safe (B301)."""
        self.store_failed = True

    # -- provision and recovery

    def provide(self, provision: Provision, profile: Profile, now: int) -> None:
        """A new plan for this seat: another shift starts from the beginning."""
        changed = self.provision is None or self.provision.shift != provision.shift
        self.provision, self.profile = provision, profile
        if changed:
            self.releases, self.signal_at = {}, 0
        if changed or self.stage is Stage.OUT_OF_SERVICE:
            self._restart(now)

    def resume(self, attempt_name: str, entries: list[Entry], now: int, *, uncertain: bool) -> list[fx.Effect]:
        """Go on with an attempt found in the journal after a restart; a move into this PC was told again before."""
        self.attempt_id = attempt_name
        if self.move is None:
            self.attempt = Attempt()
        for entry in entries:
            self.attempt = evolve(self.attempt, entry.event, entry.at)
            if isinstance(entry.event, e.Answered):
                self.item_sequence[entry.event.item] = entry.sequence
            self.last_saved = entry.at
        stage = RESUMED.get(self.attempt.phase)
        if stage is None:
            return []
        self._enter(stage, now)
        if stage is not Stage.RECOVERED:
            return []
        gap = timing.gap_after_restart(
            self.last_saved, None if uncertain else now, longest=max(0, now - self.last_saved)
        )
        remaining = max(0, self.attempt.deadline - now)
        self.gap = e.StationRestarted(remaining, gap.at_least, gap.at_most, gap.uncertain)
        return [self._append(self.gap)]

    # -- helpers of the state

    def _enter(self, stage: Stage, now: int) -> None:
        self.stage, self.stage_since = stage, now

    def _restart(self, now: int) -> list[fx.Effect]:
        self.check_in, self.attempt, self.attempt_id = CheckIn(), Attempt(), ""
        self.form, self.index, self.current, self.release = None, {}, "", None
        self.notices, self.receipt_code, self.at_node, self.item_sequence = [], "", frozenset(), {}
        self.gap, self.form_error, self.opening, self.help_told = None, "", False, False
        self.move, self.epoch, self.previous_head = None, 1, ""
        self._enter(Stage.OUT_OF_SERVICE if self.provision is None else Stage.WAITING, now)
        return [fx.StopCamera(), fx.Wipe()]

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

    def _row_of_card(self, number: str) -> Candidate | None:
        assert self.provision is not None
        return next((row for row in self.provision.candidates if row.personal_number == number), None)

    def keys_for(self, row: Candidate) -> tuple[AccessKey, ...]:
        """CAN first, then the MRZ key where the roster gives the expiry date."""
        keys: list[AccessKey] = [Can.from_card_number(row.personal_number)]
        if row.expiry_date:
            keys.append(MrzKey.from_roster(row.personal_number, row.birth_date, row.expiry_date))
        return tuple(keys)

    def situation(self, now: int) -> admission.Situation:
        """Where and when this check-in happens."""
        assert self.provision is not None
        shift = self.provision.exam.shift(self.provision.shift)
        resumed = self.check_in.inspection.resumed if self.check_in.inspection else 0
        return admission.Situation(
            now, self._signal(now), shift.id, self.provision.seat,
            self.check_in.read_chip, self.check_in.compare_face, resumed=resumed, today=_day(now),
        )  # fmt: skip

    def _signal(self, now: int) -> int:
        """Lateness counts from the signal; before it was given, and for a move to this PC, nobody is late."""
        return now if self.move is not None or not self.signal_at else self.signal_at

    def _append(self, *events: e.AnyEvent) -> fx.Append:
        return fx.Append(self.attempt_id, events, self.epoch, self.previous_head)

    # -- check-in

    def _card_sensed(self, _: inputs.CardSensed, now: int) -> list[fx.Effect]:
        if self.stage is not Stage.WAITING or self._not_open_yet(now):
            return []
        self.check_in = CheckIn()
        self._begin(now, with_card=True)
        self._enter(Stage.CONSENT, now)
        return []

    def _not_open_yet(self, now: int) -> bool:
        assert self.provision is not None
        return now < self.provision.exam.shift(self.provision.shift).check_in_from

    def _begin(self, _now: int, *, with_card: bool) -> None:
        assert self.provision is not None
        seat = self.provision.seat
        self.check_in.with_card = with_card
        self.check_in.events.append(e.CheckInBegan(self.station, seat.room, seat.number, with_card))

    def _card_gone(self, _: inputs.CardGone, now: int) -> list[fx.Effect]:
        self.check_in.card_on_reader = False
        if self.stage is Stage.CONSENT:
            return self._restart(now)
        if self.stage is Stage.WRONG_PLACE and self.check_in.code in {"D101", "D102"}:
            return self._restart(now)
        return []

    def _no_card(self, _: intents.NoCard, now: int) -> list[fx.Effect]:
        if self.stage is not Stage.WAITING or self._not_open_yet(now):
            return []
        self.check_in = CheckIn(card_on_reader=False)
        self._begin(now, with_card=False)
        self.check_in.row = self.seat_row
        return self._consented(intents.Agree(read_chip=False, compare_face=False), now)

    def _consented(self, choice: intents.Agree, now: int) -> list[fx.Effect]:
        if self.stage not in {Stage.CONSENT, Stage.WAITING} or self.profile is None:
            return []
        self.check_in.read_chip, self.check_in.compare_face = choice.read_chip, choice.compare_face
        self.check_in.events.append(
            e.ConsentGiven(choice.read_chip, choice.compare_face, self.profile.sitting.consent, CONSENT_TEXT)
        )
        row = self.seat_row
        if not choice.read_chip:
            self.check_in.row = row
            return self._conclude(now)
        if row is None:
            # Nobody is expected here: the number has to be typed before the chip can be opened.
            return self._refer(now, "T202")
        return self._read(now, self.keys_for(row))

    def _read(self, now: int, keys: tuple[AccessKey, ...]) -> list[fx.Effect]:
        self._enter(Stage.READING, now)
        self.check_in.step, self.check_in.percent = "unlock", 0
        camera: list[fx.Effect] = [fx.StartCamera()] if self.check_in.compare_face else []
        return [*camera, fx.ReadCard(keys, f"{self.station}/{now}")]

    def _number_typed(self, typed: intents.TypeCardNumber, now: int) -> list[fx.Effect]:
        if self.stage is not Stage.REFERRED or self.check_in.code != "T202":
            return []
        try:
            key = Can.from_card_number("".join(typed.digits.split("|")[0].split()))
        except Malformed:
            self.check_in.proof_error = "T202"
            return []
        return self._read(now, (key,))

    def _advanced(self, progress: inputs.ReadingAdvanced, _: int) -> list[fx.Effect]:
        self.check_in.step, self.check_in.percent = progress.step, max(self.check_in.percent, progress.percent)
        return []

    def _lost(self, _: inputs.CardLost, now: int) -> list[fx.Effect]:
        if self.stage is Stage.READING:
            self.check_in.put_back_by = now + PUT_BACK_SECONDS * 1000
            self._enter(Stage.CARD_LOST, now)
        return []

    def _back(self, _: inputs.CardBack, now: int) -> list[fx.Effect]:
        if self.stage is Stage.CARD_LOST:
            self._enter(Stage.READING, now)
        return []

    def _failed(self, failure: inputs.CardFailed, now: int) -> list[fx.Effect]:
        if self.stage not in {Stage.READING, Stage.CARD_LOST}:
            return []
        if failure.code == "wrong_access_key":
            return self._refer(now, "T202")
        if failure.code == "card_removed":
            return self._restart(now)
        code = {"not_an_identity_card": "T104", "other_card": "T105"}.get(failure.code, "T201")
        return self._refer(now, code)

    def _inspected(self, done: inputs.CardInspected, now: int) -> list[fx.Effect]:
        if self.stage not in {Stage.READING, Stage.CARD_LOST} or self.profile is None:
            return []
        self.check_in.inspection, self.check_in.evidence = done.inspection, done.inspection.evidence
        self.check_in.card_ms, self.check_in.percent = done.milliseconds, 100
        holder = done.inspection.evidence.holder
        self.check_in.row = None if holder is None else self._row_of_card(holder.personal_number)
        first = admission.decide(
            self.check_in.evidence, self.check_in.row, self.situation(now), self.profile, face=False
        )
        if first.decision != "admit":
            return self._conclude(now, face=False)
        self._enter(Stage.DETAILS, now)
        return []

    def _details_confirmed(self, _: intents.ConfirmDetails, now: int) -> list[fx.Effect]:
        if self.stage is not Stage.DETAILS:
            return []
        self.check_in.events.append(e.DetailsConfirmed())
        portrait = self.check_in.inspection.portrait if self.check_in.inspection else None
        if not self.check_in.compare_face or portrait is None:
            return self._conclude(now)
        self._enter(Stage.CAMERA, now)
        return [fx.CompareFace(portrait)]

    def _details_reported(self, report: intents.ReportDetails, now: int) -> list[fx.Effect]:
        if self.stage is not Stage.DETAILS:
            return []
        if not report.fields:
            self.check_in.report_open = not self.check_in.report_open
            return []
        decided = self._conclude(now)
        disputed = e.DetailsDisputed(report.fields)
        self._enter(Stage.REFERRED, now)
        self.check_in.code, self.check_in.told_at = "D204", now
        return [*decided, self._append(disputed)]

    def _face(self, seen: inputs.FaceCompared, now: int) -> list[fx.Effect]:
        if self.stage is not Stage.CAMERA:
            return []
        self.check_in.tries += 1
        self.check_in.face_ms += seen.milliseconds
        self.check_in.hint, self.check_in.matched = seen.hint, seen.matched
        if not seen.matched and self.check_in.tries < FACE_TRIES:
            portrait = self.check_in.inspection.portrait if self.check_in.inspection else None
            return [] if portrait is None else [fx.CompareFace(portrait)]
        self.check_in.evidence = self.check_in.evidence.with_findings(*seen.findings)
        return self._conclude(now)

    def _camera_failed(self, _: inputs.CameraFailed, now: int) -> list[fx.Effect]:
        if self.stage is not Stage.CAMERA:
            return []
        effects = self._conclude(now)
        self.check_in.code = "M301"
        return effects

    def _cannot(self, _: intents.CannotDoPrompt, now: int) -> list[fx.Effect]:
        return self._conclude(now) if self.stage is Stage.CAMERA else []

    def _conclude(self, now: int, *, face: bool = True) -> list[fx.Effect]:
        """Evidence and the rules' decision go to the record of whoever this turned out to be.

        With `face` False the card alone has settled it and the camera was not used.
        """
        assert self.provision is not None
        assert self.profile is not None
        check_in, provision = self.check_in, self.provision
        decision = admission.decide(check_in.evidence, check_in.row, self.situation(now), self.profile, face=face)
        body = evidence_bytes(check_in.evidence)
        digest = hashlib.sha256(body).hexdigest()
        inspection = check_in.inspection
        check_in.events += [
            e.IdentityChecked(
                digest,
                tuple(
                    e.FindingFact(f.check, f.result.value, f.code, f.basis.value) for f in check_in.evidence.findings
                ),
                inspection.apdus if inspection else 0,
                inspection.resumed if inspection else 0,
                check_in.card_ms,
                check_in.face_ms,
            ),
            e.AdmissionDecided(decision.decision, decision.reasons),
        ]
        self.attempt_id = self._attempt_of(check_in.row, provision)
        opening: list[fx.Effect] = []
        if self.move is None:
            self.attempt = Attempt()
        elif decision.decision == "admit":
            check_in.events.insert(0, self._taken_over(self.move))
            opening = [fx.OpenForm(self.move.release)]
        events, check_in.events = tuple(check_in.events), []
        self._after_decision(decision, now)
        return [
            fx.StopCamera(),
            fx.Attach(self.attempt_id, digest, body),
            self._append(*events),
            *opening,
        ]

    def _attempt_of(self, row: Candidate | None, provision: Provision) -> str:
        seat = self.seat_row
        if row is not None and seat is not None and row.sbd == seat.sbd:
            return attempt_id(provision.exam.id, provision.shift, row.sbd)
        self.unknown_count += 1
        return unknown_attempt_id(provision.exam.id, provision.shift, self.station, self.unknown_count)

    def _after_decision(self, decision: admission.AdmissionDecision, now: int) -> None:
        codes = [code for code in (admission.MESSAGE_CODES.get(reason, "") for reason in decision.reasons) if code]
        self.check_in.code = codes[0] if codes else ""
        self.check_in.told_at = now
        if decision.decision == "admit":
            self._enter(Stage.MOVED_IN if self.move is not None else Stage.RULES, now)
            return
        place = next((code for code in codes if code in PLACE_REASONS), "")
        chip = next((code for code in codes if code in CHIP_REASONS), "")
        self.check_in.code = place or chip or self.check_in.code
        self._enter(Stage.WRONG_PLACE if place else Stage.NOT_VERIFIED if chip else Stage.REFERRED, now)

    def _refer(self, now: int, code: str) -> list[fx.Effect]:
        self.check_in.code, self.check_in.told_at = code, now
        self._enter(Stage.REFERRED, now)
        return [fx.StopCamera()]

    # -- confirmation at the seat

    def _prove(self, proof: intents.ProveAtSeat, now: int) -> list[fx.Effect]:
        if self.stage not in {Stage.REFERRED, Stage.NOT_VERIFIED, Stage.WRONG_PLACE, Stage.AT_SEAT}:
            return []
        self._enter(Stage.AT_SEAT, now)
        return [fx.Prove(proof.official, proof.pin)]

    def _proved(self, proof: inputs.ProofGiven, _: int) -> list[fx.Effect]:
        self.check_in.proof_error = "" if proof.accepted else f"pin_wrong:{proof.left}"
        if proof.accepted and proof.official not in self.check_in.proved:
            self.check_in.proved.append(proof.official)
        return []

    def _decided_at_seat(self, choice: intents.DecideAtSeat, now: int) -> list[fx.Effect]:
        if self.stage is not Stage.AT_SEAT or len(self.check_in.proved) < 2 or not choice.reason:
            return []
        by = tuple(self.check_in.proved)
        return self._referral_decided(e.ReferralDecided(choice.decision, by, choice.reason, "seat"), now)

    def _referral_decided(self, event: e.ReferralDecided, now: int) -> list[fx.Effect]:
        if self.attempt.phase not in {Phase.REFERRED, Phase.REFUSED}:
            return []
        self.check_in.decision = "admitted" if event.decision == "admit" else "refused"
        if event.decision == "admit" and self.seat_row is not None:
            self._enter(Stage.RULES, now)
        return [self._append(event)]

    # -- rules, signal, form

    def _rules_accepted(self, _: intents.AcceptRules, now: int) -> list[fx.Effect]:
        if self.stage is not Stage.RULES:
            return []
        self._enter(Stage.SIGNAL, now)
        return [self._append(e.RulesAccepted()), *self._try_open(now)]

    def _my_form(self) -> str:
        row = self.seat_row
        if self.provision is None or row is None:
            return ""
        return self.provision.form_for.get(row.sbd, "")

    def _try_open(self, _now: int) -> list[fx.Effect]:
        release = self.releases.get(self.attempt.form_digest or self._my_form())
        if release is None or self.opening or self.form is not None:
            return []
        self.release, self.opening = release, True
        return [fx.OpenForm(release)]

    def _form_opened(self, opened: inputs.FormOpened, now: int) -> list[fx.Effect]:
        self.opening, self.form_error = False, ""
        self.form, self.index = opened.form, index_of(opened.form)
        self.current = self.current or next(iter(self.index))
        if self.stage is not Stage.SIGNAL or self.release is None or self.provision is None:
            return []
        row = self.seat_row
        assert row is not None
        minutes = self.provision.exam.shift(self.provision.shift).minutes
        deadline = timing.deadline(self.release.starts_at, minutes, row.accommodation)
        order = hashlib.sha256(self.release.order).hexdigest()
        started = e.Started(self.release.form_digest, opened.form.code, order, self.release.starts_at, deadline)
        self._enter(Stage.PAPER, now)
        return [self._append(started, self._presented(self.current))]

    def _presented(self, item: str) -> e.ItemPresented:
        return e.ItemPresented(item, self.index[item].options)

    def _form_failed(self, failure: inputs.FormFailed, _: int) -> list[fx.Effect]:
        self.opening, self.form_error = False, failure.reason
        return []

    # -- the paper

    def _command(self, command: Command, now: int) -> list[fx.Effect]:
        early = self.profile is not None and self.profile.sitting.early_submission
        try:
            events = decide(self.attempt, command, now, self.index, early_submission=early)
        except CommandRefused:
            return []
        return [self._append(*events)] if events else []

    def _respond(self, response: intents.Respond, now: int) -> list[fx.Effect]:
        return self._command(Respond(response.item, response.response), now) if self.stage is Stage.PAPER else []

    def _flag(self, flag: intents.Flag, now: int) -> list[fx.Effect]:
        return self._command(MarkForReview(flag.item, flag.on), now) if self.stage is Stage.PAPER else []

    def _go_to(self, wanted: intents.GoTo, now: int) -> list[fx.Effect]:
        if self.stage not in {Stage.PAPER, Stage.REVIEW} or wanted.item not in self.index:
            return []
        self.current = wanted.item
        self._enter(Stage.PAPER, now)
        new = wanted.item not in self.attempt.presented and self.attempt.phase is Phase.WORKING
        return [self._append(self._presented(wanted.item))] if new else []

    def _ask_help(self, request: intents.AskHelp, _: int) -> list[fx.Effect]:
        if not self.attempt_id or self.attempt.ended:
            return []
        return [] if self.attempt.help else [self._append(e.HelpRequested(request.cause))]

    def _cancel_help(self, _: intents.CancelHelp, _now: int) -> list[fx.Effect]:
        return [self._append(e.HelpEnded("candidate"))] if self.attempt.help else []

    def _message_read(self, read: intents.ReadMessage, _: int) -> list[fx.Effect]:
        self.notices = [notice for notice in self.notices if notice.instruction != read.instruction]
        return [self._append(e.MessageRead(read.instruction))] if self.attempt_id else []

    def _open_review(self, _: intents.OpenReview, now: int) -> list[fx.Effect]:
        if self.stage is Stage.PAPER:
            self._enter(Stage.REVIEW, now)
        return []

    def _close_review(self, _: intents.CloseReview, now: int) -> list[fx.Effect]:
        if self.stage is Stage.REVIEW:
            self._enter(Stage.PAPER, now)
        return []

    def _submit(self, _: intents.Submit, now: int) -> list[fx.Effect]:
        if self.stage is not Stage.REVIEW:
            return []
        effects = self._command(HandIn(), now)
        if effects:
            self._enter(Stage.TIME_OVER, now)
        return effects

    def _continue(self, _: intents.ContinueAttempt, now: int) -> list[fx.Effect]:
        if self.stage not in {Stage.RECOVERED, Stage.MOVED_IN} or self.form is None:
            return []
        self._enter(Stage.PAPER, now)
        return []

    def _left(self, left: intents.LeftScreen, _: int) -> list[fx.Effect]:
        self.left_screen = True
        sits = self.attempt.phase in {Phase.WORKING, Phase.PAUSED}
        return [self._append(e.ScreenLeft(left.milliseconds))] if sits else []

    def _returned(self, _: intents.ReturnToPaper, _now: int) -> list[fx.Effect]:
        self.left_screen = False
        return []

    def _receipt_done(self, _: intents.FinishReceipt, now: int) -> list[fx.Effect]:
        if self.stage is Stage.RECEIPT:
            self._enter(Stage.SURVEY, now)
        return []

    def _surveyed(self, answer: intents.AnswerSurvey, now: int) -> list[fx.Effect]:
        if self.stage is not Stage.SURVEY:
            return []
        sent: list[fx.Effect] = [fx.Survey(answer.value)] if answer.value else []
        return [*sent, *self._restart(now)]

    # -- time

    def _tick(self, _: inputs.Tick, now: int) -> list[fx.Effect]:
        if self.stage is Stage.CARD_LOST and now > self.check_in.put_back_by:
            return []
        if self.stage is Stage.SIGNAL:
            return self._try_open(now)
        if self.stage in SITTING:
            effects = self._command(ClockTick(), now)
            if effects:
                self._enter(Stage.TIME_OVER, now)
            return effects or (self._try_open(now) if self.form is None and self.stage is not Stage.MOVED_IN else [])
        waited = now - self.stage_since
        if self.stage is Stage.TIME_OVER and (self.receipt_code or waited > TIME_OVER_MS):
            self._enter(Stage.RECEIPT, now)
        elif self.stage is Stage.RECEIPT and waited > RECEIPT_MS:
            self._enter(Stage.SURVEY, now)
        elif self.stage is Stage.SURVEY and waited > SURVEY_MS:
            return self._restart(now)
        return []

    # -- the node

    def _exchanged(self, news: inputs.Exchanged, _: int) -> list[fx.Effect]:
        changed, self.online = news.online != self.online, news.online
        self.unsent = news.unsent
        for receipt in news.receipts:
            if receipt.attempt == self.attempt_id and receipt.epoch == self.attempt.epoch:
                there = {item for item, sequence in self.item_sequence.items() if sequence <= receipt.sequence}
                self.at_node |= there
                self.receipt_code = receipt.code or self.receipt_code
        if not changed or self.attempt.phase not in {Phase.WORKING, Phase.PAUSED}:
            return []
        self._notice(Notice("back" if news.online else "offline"))
        return [self._append(e.LinkChanged(news.online))]

    def _notice(self, notice: Notice) -> None:
        kinds = {"offline", "back"}
        if notice.kind in kinds:
            self.notices = [other for other in self.notices if other.kind not in kinds]
        self.notices.insert(0, notice)

    def _told(self, told: inputs.Told, now: int) -> list[fx.Effect]:
        instruction = told.instruction
        act = instruction.act
        if isinstance(act, Reprovision):
            return [fx.Reprovision()]
        if isinstance(act, Release):
            return self._released(act, now)
        if isinstance(act, MoveIn):
            return self._move_in(instruction, act)
        if instruction.attempt and instruction.attempt != self.attempt_id:
            return []
        return self._act(instruction, now)

    def _released(self, act: Release, now: int) -> list[fx.Effect]:
        """The signal of this shift. Without a key it only says that the test has begun: nobody was admitted here yet."""
        if self.provision is None or sealed_form.shift_of(act.order) != self.provision.shift:
            return []
        self.signal_at = act.starts_at
        if not act.sealed_key:
            return []
        self.releases[act.form_digest] = act
        return self._try_open(now) if self.stage in {Stage.SIGNAL, Stage.RECOVERED} else []

    def _act(self, instruction: Instruction, now: int) -> list[fx.Effect]:
        act, by = instruction.act, " + ".join(instruction.by)
        effects: list[fx.Effect] = []
        match act:
            case Pause():
                effects = self._command(PauseClock(act.reason, by, instruction.effective), now)
            case Resume():
                effects = self._command(ResumeClock(by), now)
            case Extend():
                minutes = str(act.milliseconds // timing.MINUTE)
                self._notice(Notice("extra_time", {"minutes": minutes}, instruction.number))
                effects = self._command(GiveTime(act.milliseconds, act.reason, instruction.by), now)
            case Text():
                values = {"text": act.text, "at": str(instruction.effective)}
                self._notice(Notice("message", values, instruction.number))
            case Decide():
                decided = e.ReferralDecided(act.decision, instruction.by, act.reason, "board")
                effects = self._referral_decided(decided, now)
            case _:
                effects = self._end(instruction, now)
        return effects

    def _end(self, instruction: Instruction, now: int) -> list[fx.Effect]:
        """Acts after which nobody goes on here."""
        act = instruction.act
        if isinstance(act, MoveAway):
            self.moved_to = act.to_seat
            self._enter(Stage.MOVED_AWAY, now)
            return [self._append(e.MovedAway(act.to_station, instruction.by))]
        if isinstance(act, Collect):
            effects = self._command(CollectNow(act.reason, " + ".join(instruction.by)), now)
        elif isinstance(act, Void):
            effects = self._command(VoidAttempt(act.reason, instruction.by), now)
        else:
            return []
        self._enter(Stage.TIME_OVER, now)
        return effects

    # -- moving to this PC

    def _move_in(self, instruction: Instruction, act: MoveIn) -> list[fx.Effect]:
        """The record so far comes with the instruction; the candidate's card then opens the next epoch of it here."""
        if self.stage is not Stage.WAITING:
            return []
        self.move, self.attempt_id, self.attempt = act, instruction.attempt, Attempt()
        self.epoch, self.previous_head = act.epoch + 1, act.previous_head
        self.move_by = instruction.by
        for text in act.entries:
            entry = decode_entry(text.encode())
            self.attempt = evolve(self.attempt, entry.event, entry.at)
            self.last_saved = entry.at
        self.at_node = frozenset(self.attempt.responses)
        self.releases[act.form_digest] = act.release
        return []

    def _taken_over(self, act: MoveIn) -> e.TakenOver:
        return e.TakenOver(
            act.from_station, self.station, act.epoch, act.previous_head, act.previous_sequence, self.move_by, act.deadline
        )  # fmt: skip

    # -- devices

    def _reader(self, news: inputs.ReaderMissing, _: int) -> list[fx.Effect]:
        self.reader_missing = news.missing
        return []


def evidence_bytes(evidence: IdentityEvidence) -> bytes:
    """The evidence as it goes to the node, beside the record."""
    return msgspec.json.encode(evidence)


def _day(now: int) -> str:
    """The calendar day of a node time, in the exam's own zone (UTC+7)."""
    return (datetime.fromtimestamp(now / 1000, UTC) + timedelta(hours=7)).date().isoformat()


_REACTIONS: dict[type, Callable[[Journey, Any, int], list[fx.Effect]]] = {
    inputs.CardSensed: Journey._card_sensed,
    inputs.CardGone: Journey._card_gone,
    inputs.CardLost: Journey._lost,
    inputs.CardBack: Journey._back,
    inputs.ReadingAdvanced: Journey._advanced,
    inputs.CardInspected: Journey._inspected,
    inputs.CardFailed: Journey._failed,
    inputs.FaceCompared: Journey._face,
    inputs.CameraFailed: Journey._camera_failed,
    inputs.ReaderMissing: Journey._reader,
    inputs.Told: Journey._told,
    inputs.Exchanged: Journey._exchanged,
    inputs.FormOpened: Journey._form_opened,
    inputs.FormFailed: Journey._form_failed,
    inputs.ProofGiven: Journey._proved,
    inputs.Tick: Journey._tick,
    intents.NoCard: Journey._no_card,
    intents.Agree: Journey._consented,
    intents.TypeCardNumber: Journey._number_typed,
    intents.ConfirmDetails: Journey._details_confirmed,
    intents.ReportDetails: Journey._details_reported,
    intents.CannotDoPrompt: Journey._cannot,
    intents.ProveAtSeat: Journey._prove,
    intents.DecideAtSeat: Journey._decided_at_seat,
    intents.AcceptRules: Journey._rules_accepted,
    intents.Respond: Journey._respond,
    intents.GoTo: Journey._go_to,
    intents.Flag: Journey._flag,
    intents.AskHelp: Journey._ask_help,
    intents.CancelHelp: Journey._cancel_help,
    intents.ReadMessage: Journey._message_read,
    intents.OpenReview: Journey._open_review,
    intents.CloseReview: Journey._close_review,
    intents.Submit: Journey._submit,
    intents.ContinueAttempt: Journey._continue,
    intents.ReturnToPaper: Journey._returned,
    intents.LeftScreen: Journey._left,
    intents.FinishReceipt: Journey._receipt_done,
    intents.AnswerSurvey: Journey._surveyed,
}
