"""Going on with an attempt that began before: after a restart here, or on another PC (S23, S24)."""

from __future__ import annotations

from exam_engine import events as e
from exam_engine import timing
from exam_engine.attempt import Attempt, Phase, evolve
from exam_engine.exchange import Instruction, MoveIn
from exam_engine.record import Entry
from station.journey import effects as fx
from station.journey.state import Journey, Stage

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


def resume(
    journey: Journey, attempt_name: str, entries: list[Entry], now: int, *, gap: timing.Gap, torn: bool = False
) -> list[fx.Effect]:
    """Go on with an attempt found in the journal after a restart; a move into this PC was told again before.

    `gap` says how long the station stood still. With `torn` the end of the journal was damaged: the last question on screen should be looked at again (B101).
    """
    journey.attempt_id = attempt_name
    moved_here = journey.move is not None and attempt_name == journey.moved
    if not moved_here:
        journey.attempt = Attempt()
    admitted = False
    for entry in entries:
        if isinstance(entry.event, e.AdmissionDecided | e.ReferralDecided):
            admitted = entry.event.decision == "admit"
        journey.attempt = evolve(journey.attempt, entry.event, entry.at)
        if isinstance(entry.event, e.Answered):
            journey.item_sequence[entry.event.item] = entry.sequence
        if isinstance(entry.event, e.Paused):
            journey.pause_reason = entry.event.reason
        if isinstance(entry.event, e.Answered | e.ItemPresented):
            journey.current = entry.event.item
        journey.last_saved = entry.at
    journey.torn = torn
    stage = RESUMED.get(journey.attempt.phase)
    if stage is None:
        return []
    if moved_here and stage is Stage.RECOVERED and not admitted:
        # The record came here before its owner was let in: a person still has to decide.
        journey.enter(Stage.REFERRED, now)
        return []
    journey.enter(stage, now)
    if stage is not Stage.RECOVERED:
        return []
    remaining = max(0, journey.attempt.deadline - now)
    journey.gap = e.StationRestarted(remaining, gap.at_least, gap.at_most, gap.uncertain)
    return [journey.append(journey.gap)]


def move_in(journey: Journey, instruction: Instruction, act: MoveIn) -> list[fx.Effect]:
    """The record so far comes with the instruction; the candidate's card then opens the next epoch of it here."""
    if journey.stage is Stage.WAITING:
        journey.take_in(act, instruction.attempt, instruction.by)
    return []


def taken_over(journey: Journey, act: MoveIn, now: int) -> tuple[e.AnyEvent, ...]:
    """The first events of the next epoch: whose record goes on here and by whose order, and what time that cost."""
    taken = journey.taken
    if taken is None:
        by = journey.move_by
        return (e.TakenOver(act.from_station, journey.station, act.epoch, act.previous_head, act.previous_sequence, by, act.deadline),)  # fmt: skip
    gap = timing.gap_after_restart(taken.last_at, None if taken.uncertain else now, timing.MINUTE * 24 * 60)
    events: list[e.AnyEvent] = [
        taken.event,
        e.StationRestarted(max(0, act.deadline - now), gap.at_least, gap.at_most, gap.uncertain),
    ]
    if taken.give_back and gap.at_least:
        by, end = taken.event.by, act.deadline + gap.at_least
        events.append(e.TimeExtended(gap.at_least, "takeover", by, end))
    return tuple(events)
