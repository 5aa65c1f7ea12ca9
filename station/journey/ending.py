"""What time alone changes, and the way from the last answer back to the first screen (S18-S21)."""

from __future__ import annotations

from exam_engine.commands import Tick as ClockTick
from station.journey import at_seat, inputs, intents, sitting
from station.journey import effects as fx
from station.journey.state import SITTING, Journey, Stage

TIME_OVER_MS = 20_000
RECEIPT_MS = 120_000
SURVEY_MS = 60_000


def receipt_done(journey: Journey, _: intents.FinishReceipt, now: int) -> list[fx.Effect]:
    """The receipt was read."""
    if journey.stage is Stage.RECEIPT:
        journey.enter(Stage.SURVEY, now)
    return []


def surveyed(journey: Journey, answer: intents.AnswerSurvey, now: int) -> list[fx.Effect]:
    """The answer goes nameless to the node; then the station is free for the next person."""
    if journey.stage is not Stage.SURVEY:
        return []
    sent: list[fx.Effect] = [fx.Survey(answer.value)] if answer.value else []
    return [*sent, *journey.restart(now)]


def tick(journey: Journey, _: inputs.Tick, now: int) -> list[fx.Effect]:
    """Time passes."""
    if journey.stage is Stage.CARD_LOST and now > journey.check_in.put_back_by:
        return []
    if journey.stage is Stage.AT_SEAT:
        return at_seat.locked(journey, now)
    if journey.stage is Stage.SIGNAL:
        return sitting.try_open(journey, now)
    if journey.stage in SITTING:
        effects = journey.command(ClockTick(), now)
        if effects:
            journey.enter(Stage.TIME_OVER, now)
        return effects or (
            sitting.try_open(journey, now) if journey.form is None and journey.stage is not Stage.MOVED_IN else []
        )
    waited = now - journey.stage_since
    if journey.stage is Stage.TIME_OVER and (journey.receipt_code or waited > TIME_OVER_MS):
        journey.enter(Stage.RECEIPT, now)
    elif journey.stage is Stage.RECEIPT and waited > RECEIPT_MS:
        journey.enter(Stage.SURVEY, now)
    elif journey.stage is Stage.SURVEY and waited > SURVEY_MS:
        return journey.restart(now)
    return []
