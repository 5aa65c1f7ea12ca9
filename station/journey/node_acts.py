"""What the node says: receipts and instructions."""

from __future__ import annotations

from exam_engine import events as e
from exam_engine import timing
from exam_engine.attempt import ENDED, Phase
from exam_engine.commands import CollectNow, GiveTime, PauseClock, ResumeClock, VoidAttempt
from exam_engine.exchange import (
    CloseShift,
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
from question_bank import sealed_form
from station.journey import at_seat, inputs, recovery, sitting
from station.journey import effects as fx
from station.journey.state import Journey, Stage
from station.journey.views import Notice

# What a station without a plan shows, by what stands between it and the node.
NO_ANSWER = "K303"
WITHOUT_PLAN = {"node_not_genuine": "K304", "station_revoked": "K301", "station_signature_invalid": "K301"}
BEGUN = {Phase.WORKING, Phase.PAUSED, Phase.MOVED, *ENDED}


def exchanged(journey: Journey, news: inputs.Exchanged, _: int) -> list[fx.Effect]:
    """What the node has safely, and whether it can be reached."""
    changed, journey.online = news.online != journey.online, news.online
    if journey.provision is None:
        if not news.online and journey.out_code in {NO_ANSWER, *WITHOUT_PLAN.values()}:
            journey.out_code = WITHOUT_PLAN.get(news.failure, NO_ANSWER)
        return []
    journey.unsent = news.unsent
    for receipt in news.receipts:
        if receipt.attempt == journey.attempt_id and receipt.epoch == journey.attempt.epoch:
            there = {item for item, sequence in journey.item_sequence.items() if sequence <= receipt.sequence}
            journey.at_node |= there
            journey.receipt_code = receipt.code or journey.receipt_code
        elif journey.move is not None and (receipt.attempt, receipt.epoch) == (journey.moved, journey.move.epoch):
            _inherited_there(journey, receipt.sequence)
    if not changed or journey.attempt.phase not in {Phase.WORKING, Phase.PAUSED}:
        return []
    journey.notice(Notice("back" if news.online else "offline"))
    return [journey.append(e.LinkChanged(news.online))]


def _inherited_there(journey: Journey, sequence: int) -> None:
    """The node has what was written before the takeover too: the answers that nobody changed here since."""
    if journey.move is not None and sequence >= journey.move.previous_sequence:
        journey.at_node |= set(journey.attempt.responses) - set(journey.item_sequence)


def told(journey: Journey, told: inputs.Told, now: int) -> list[fx.Effect]:
    """An instruction: of the room, of this attempt, or of somebody else's."""
    instruction = told.instruction
    act = instruction.act
    if isinstance(act, Reprovision):
        return [fx.Reprovision()]
    if isinstance(act, CloseShift):
        return [fx.CloseShift(act.exam, act.shift, act.closed)]
    if isinstance(act, Release):
        return _released(journey, act, now)
    if isinstance(act, MoveIn):
        return recovery.move_in(journey, instruction, act)
    if remembered(journey, instruction) or (instruction.attempt and instruction.attempt != journey.attempt_id):
        return []
    return _act(journey, instruction, now)


def remembered(journey: Journey, instruction: Instruction) -> bool:
    """Whether this is time for a test that has not begun here: kept until the signal, also over a restart."""
    ours = instruction.attempt in {journey.expected, journey.attempt_id} - {""}
    begun = ours and instruction.attempt == journey.attempt_id and journey.attempt.phase in BEGUN
    if not isinstance(instruction.act, Extend) or not ours or begun:
        return False
    journey.early[instruction.number] = instruction
    return True


def _released(journey: Journey, act: Release, now: int) -> list[fx.Effect]:
    """The signal of this shift. Without a key it only says that the test has begun: nobody was admitted here yet."""
    if journey.provision is None or sealed_form.shift_of(act.order) != journey.provision.shift:
        return []
    journey.signal_at = act.starts_at
    if not act.sealed_key:
        return []
    journey.releases[act.form_digest] = act
    return sitting.try_open(journey, now) if journey.stage in {Stage.SIGNAL, Stage.RECOVERED} else []


def _act(journey: Journey, instruction: Instruction, now: int) -> list[fx.Effect]:
    act, by = instruction.act, " + ".join(instruction.by)
    effects: list[fx.Effect] = []
    match act:
        case Pause():
            effects = journey.command(PauseClock(act.reason, by, instruction.effective), now)
        case Resume():
            effects = journey.command(ResumeClock(by), now)
            if effects:
                journey.notice(Notice("resumed", {"end": str(now + journey.attempt.remaining)}))
        case Extend():
            effects = journey.command(GiveTime(act.milliseconds, act.reason, instruction.by), now)
            if effects:
                end = _end_now(journey, now) + act.milliseconds
                values = {"minutes": str(act.milliseconds // timing.MINUTE), "end": str(end)}
                journey.notice(Notice("extra_time", values, instruction.number))
        case Text():
            values = {"text": act.text, "at": str(instruction.effective)}
            journey.notice(Notice("message", values, instruction.number))
        case Decide():
            decided = e.ReferralDecided(act.decision, instruction.by, act.reason, "board")
            effects = at_seat.referral_decided(journey, decided, now)
        case _:
            effects = _end(journey, instruction, now)
    return effects


def _end_now(journey: Journey, now: int) -> int:
    """When the test would end; while it is paused, if it went on now."""
    paused = journey.attempt.phase is Phase.PAUSED
    return now + journey.attempt.remaining if paused else journey.attempt.deadline


def _end(journey: Journey, instruction: Instruction, now: int) -> list[fx.Effect]:
    """Acts after which nobody goes on here."""
    act = instruction.act
    if isinstance(act, MoveAway):
        journey.moved_to = act.to_seat
        journey.enter(Stage.MOVED_AWAY, now)
        return [journey.append(e.MovedAway(act.to_station, instruction.by))]
    if isinstance(act, Collect):
        effects = journey.command(CollectNow(act.reason, " + ".join(instruction.by)), now)
    elif isinstance(act, Void):
        effects = journey.command(VoidAttempt(act.reason, instruction.by), now)
    else:
        return []
    journey.enter(Stage.TIME_OVER, now)
    return effects
