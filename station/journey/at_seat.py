"""Two officials prove themselves at the seat and decide (S09b)."""

from __future__ import annotations

import unicodedata

from exam_engine import events as e
from exam_engine.attempt import Phase
from exam_engine.errors import DecisionNotProved
from exam_engine.officials import ROLES, check_pair
from station.journey import effects as fx
from station.journey import inputs, intents, takeover
from station.journey.state import Journey, Stage

WAITING_FOR_A_PERSON = frozenset({Stage.REFERRED, Stage.NOT_VERIFIED, Stage.WRONG_PLACE})
# The page locks by itself, so that a proof does not stay behind for the next hand on the keyboard (UX.md, S09b).
LOCKS_AFTER_MS = 60_000


def opened(journey: Journey, _: intents.OpenAtSeat, now: int) -> list[fx.Effect]:
    """The officials' page, where a person has to decide; on a free PC the one for taking an attempt over."""
    if journey.stage is Stage.WAITING:
        return takeover.opened(journey, now)
    if journey.stage in WAITING_FOR_A_PERSON:
        journey.check_in.before_seat = journey.stage
        journey.enter(Stage.AT_SEAT, now)
    return []


def closed(journey: Journey, _: intents.CloseAtSeat, now: int) -> list[fx.Effect]:
    """Back to what the candidate saw; proofs are forgotten."""
    if journey.stage is Stage.TAKEOVER:
        return takeover.closed(journey, now)
    if journey.stage is Stage.AT_SEAT:
        journey.check_in.proved, journey.check_in.proof_error = {}, ""
        journey.enter(journey.check_in.before_seat, now)
        return [fx.LockOfficials()]
    return []


def locked(journey: Journey, now: int) -> list[fx.Effect]:
    """Nobody did anything here for a minute."""
    if now - journey.stage_since < LOCKS_AFTER_MS:
        return []
    return closed(journey, intents.CloseAtSeat(), now)


def prove(journey: Journey, proof: intents.ProveAtSeat, now: int) -> list[fx.Effect]:
    """Somebody types a PIN at the seat."""
    opened(journey, intents.OpenAtSeat(), now)
    if journey.stage is not Stage.AT_SEAT:
        return []
    journey.enter(Stage.AT_SEAT, now)
    return [fx.Prove(proof.official, proof.pin)]


def proved(journey: Journey, proof: inputs.ProofGiven, _: int) -> list[fx.Effect]:
    """The PIN was right, or how many tries are left. Two of one role do not make two roles."""
    check_in = journey.check_in
    if journey.stage is not Stage.AT_SEAT:
        # The page locked in the meantime.
        return [fx.LockOfficials()]
    holder = check_in.proved.get(proof.role, proof.official)
    if not proof.accepted:
        check_in.proof_error = f"pin_wrong:{proof.left}" if proof.left else "pin_locked"
    elif holder != proof.official:
        check_in.proof_error = "same_role"
    else:
        check_in.proof_error, check_in.proved[proof.role] = "", proof.official
    return []


def decided_at_seat(journey: Journey, choice: intents.DecideAtSeat, now: int) -> list[fx.Effect]:
    """An invigilator and a site head, two persons who proved themselves, decide with a reason."""
    proved = journey.check_in.proved
    reason = unicodedata.normalize("NFC", choice.reason.strip())
    if journey.stage is not Stage.AT_SEAT or not reason:
        return []
    by = tuple(proved.get(role, "") for role in ROLES)
    try:
        check_pair(by, tuple(role for role in ROLES if role in proved))
    except DecisionNotProved:
        return []
    event = e.ReferralDecided(choice.decision, by, reason, "seat", ROLES)
    return [*referral_decided(journey, event, now), fx.LockOfficials()]


def referral_decided(journey: Journey, event: e.ReferralDecided, now: int) -> list[fx.Effect]:
    """A decision of persons ends the waiting, wherever it was taken."""
    moved_here = journey.move is not None and journey.attempt_id == journey.moved
    waits = journey.stage in WAITING_FOR_A_PERSON or journey.stage is Stage.AT_SEAT
    if journey.attempt.phase not in {Phase.REFERRED, Phase.REFUSED} and not (moved_here and waits):
        return []
    journey.check_in.decision = "admitted" if event.decision == "admit" else "refused"
    if event.decision != "admit" or journey.seat_row is None:
        return [journey.append(event)]
    journey.enter(Stage.MOVED_IN if moved_here else Stage.RULES, now)
    opening: list[fx.Effect] = [fx.OpenForm(journey.move.release)] if moved_here and journey.move else []
    return [journey.append(event), *opening]
