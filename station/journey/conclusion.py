"""A check-in ends: evidence and decision go to the record of whoever this turned out to be (docs/adr/0004)."""

from __future__ import annotations

import hashlib

import msgspec

from exam_engine import admission
from exam_engine import events as e
from exam_engine.attempt import Attempt
from exam_engine.candidate import Candidate
from exam_engine.plan import Provision, attempt_id, unknown_attempt_id
from reader.evidence import IdentityEvidence
from station.journey import effects as fx
from station.journey import recovery
from station.journey.state import Journey, Stage

CHIP_REASONS = {"T203", "T204", "T205", "T206"}
PLACE_REASONS = {"D101", "D102", "D203", "D205", "D401"}


def conclude(journey: Journey, now: int, *, face: bool = True) -> list[fx.Effect]:
    """Evidence and the rules' decision go to the record of whoever this turned out to be.

    With `face` False the card alone has settled it and the camera was not used.
    """
    assert journey.provision is not None
    assert journey.profile is not None
    check_in, provision = journey.check_in, journey.provision
    decision = admission.decide(check_in.evidence, check_in.row, journey.situation(now), journey.profile, face=face)
    body = evidence_bytes(check_in.evidence)
    digest = hashlib.sha256(body).hexdigest()
    inspection = check_in.inspection
    check_in.events += [
        e.IdentityChecked(
            digest,
            tuple(e.FindingFact(f.check, f.result.value, f.code, f.basis.value) for f in check_in.evidence.findings),
            inspection.apdus if inspection else 0,
            inspection.resumed if inspection else 0,
            check_in.card_ms,
            check_in.face_ms,
        ),
        e.AdmissionDecided(decision.decision, decision.reasons),
    ]
    journey.attempt_id = _attempt_of(journey, check_in.row, provision)
    opening: list[fx.Effect] = []
    if journey.move is None or journey.attempt_id != journey.moved:
        journey.attempt = Attempt()
    elif journey.attempt.epoch < journey.epoch:
        check_in.events[:0] = recovery.taken_over(journey, journey.move, now)
    if decision.decision == "admit" and journey.move is not None and journey.attempt_id == journey.moved:
        opening = [fx.OpenForm(journey.move.release)]
    events, check_in.events = tuple(check_in.events), []
    _after_decision(journey, decision, now)
    # Kept first: if the disk refuses, nothing else of it happens either.
    return [
        fx.Attach(journey.attempt_id, digest, body),
        journey.append(*events),
        fx.StopCamera(),
        *_shown(journey, decision),
        *opening,
    ]


def _shown(journey: Journey, decision: admission.AdmissionDecision) -> list[fx.Effect]:
    """Only on a referral, and only of somebody who agreed to be compared."""
    check_in = journey.check_in
    live, check_in.live = check_in.live, b""
    portrait = check_in.inspection.portrait if check_in.inspection else None
    if decision.decision == "admit" or not check_in.compare_face or portrait is None:
        return []
    return [fx.ShowReferral(journey.attempt_id, portrait, live, check_in.tries)]


def _attempt_of(journey: Journey, row: Candidate | None, provision: Provision) -> str:
    seat = journey.seat_row
    if row is not None and seat is not None and row.sbd == seat.sbd:
        return attempt_id(provision.exam.id, provision.shift, row.sbd)
    journey.unknown_count += 1
    return unknown_attempt_id(provision.exam.id, provision.shift, journey.station, journey.unknown_count)


def _after_decision(journey: Journey, decision: admission.AdmissionDecision, now: int) -> None:
    codes = [code for code in (admission.MESSAGE_CODES.get(reason, "") for reason in decision.reasons) if code]
    journey.check_in.code = codes[0] if codes else ""
    journey.check_in.told_at = now
    if decision.decision == "admit":
        moved_here = journey.move is not None and journey.attempt_id == journey.moved
        journey.enter(Stage.MOVED_IN if moved_here else Stage.RULES, now)
        return
    place = next((code for code in codes if code in PLACE_REASONS), "")
    chip = next((code for code in codes if code in CHIP_REASONS), "")
    journey.check_in.code = place or chip or journey.check_in.code
    journey.enter(Stage.WRONG_PLACE if place else Stage.NOT_VERIFIED if chip else Stage.REFERRED, now)


def refer(journey: Journey, now: int, code: str) -> list[fx.Effect]:
    """A person takes over, for the reason of this code."""
    journey.check_in.code, journey.check_in.told_at = code, now
    journey.enter(Stage.REFERRED, now)
    return [fx.StopCamera()]


def evidence_bytes(evidence: IdentityEvidence) -> bytes:
    """The evidence as it goes to the node, beside the record."""
    return msgspec.json.encode(evidence)
