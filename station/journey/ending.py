"""What time alone changes, and the way from the last answer back to the first screen (S18-S21)."""

from __future__ import annotations

from collections.abc import Callable

from exam_engine.commands import Tick as ClockTick
from station.journey import at_seat, inputs, intents, sitting, takeover
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
    if journey.stage in SITTING:
        return _working(journey, now)
    by_stage = _BY_STAGE.get(journey.stage)
    return [] if by_stage is None else by_stage(journey, now)


def _working(journey: Journey, now: int) -> list[fx.Effect]:
    effects = journey.command(ClockTick(), now)
    if effects:
        journey.enter(Stage.TIME_OVER, now)
        return effects
    return sitting.try_open(journey, now) if journey.form is None and journey.stage is not Stage.MOVED_IN else []


def _over(journey: Journey, now: int) -> list[fx.Effect]:
    if journey.receipt_code or now - journey.stage_since > TIME_OVER_MS:
        journey.enter(Stage.RECEIPT, now)
    return []


def _read(journey: Journey, now: int) -> list[fx.Effect]:
    if now - journey.stage_since > RECEIPT_MS:
        journey.enter(Stage.SURVEY, now)
    return []


def _unanswered(journey: Journey, now: int) -> list[fx.Effect]:
    return journey.restart(now) if now - journey.stage_since > SURVEY_MS else []


_BY_STAGE: dict[Stage, Callable[[Journey, int], list[fx.Effect]]] = {
    Stage.AT_SEAT: at_seat.locked,
    Stage.TAKEOVER: takeover.tick,
    Stage.SIGNAL: sitting.try_open,
    Stage.TIME_OVER: _over,
    Stage.RECEIPT: _read,
    Stage.SURVEY: _unanswered,
}
