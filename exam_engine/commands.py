"""What candidates, the clock and instructions ask of an attempt; `decide` answers with events or refuses."""

from __future__ import annotations

from dataclasses import dataclass

from exam_engine import events as e
from exam_engine.attempt import Attempt, Phase
from exam_engine.errors import CommandRefused
from question_bank import short_answer


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """What the rules need to know of an item: its part, kind and canonical option (or statement) identifiers."""

    item: str
    part: str
    number: int
    kind: str
    options: tuple[str, ...]


FormIndex = dict[str, ItemFacts]


@dataclass(frozen=True, slots=True)
class Command:
    """Base of all commands."""


@dataclass(frozen=True, slots=True)
class Respond(Command):
    """Give a response; empty clears."""

    item: str
    response: str


@dataclass(frozen=True, slots=True)
class MarkForReview(Command):
    """Flag or unflag an item."""

    item: str
    on: bool


@dataclass(frozen=True, slots=True)
class HandIn(Command):
    """Submit before time."""


@dataclass(frozen=True, slots=True)
class Tick(Command):
    """Time passes."""


@dataclass(frozen=True, slots=True)
class PauseClock(Command):
    """Stop the clock, as of `effective` (node time)."""

    reason: str
    by: str
    effective: int


@dataclass(frozen=True, slots=True)
class ResumeClock(Command):
    """Let the clock run."""

    by: str


@dataclass(frozen=True, slots=True)
class GiveTime(Command):
    """Add time."""

    milliseconds: int
    reason: str
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CollectNow(Command):
    """An invigilator closes the attempt."""

    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class VoidAttempt(Command):
    """The attempt counts for nothing."""

    reason: str
    by: tuple[str, ...]


def canonical_response(facts: ItemFacts, response: str) -> str:
    """The response in canonical form ("" clears).

    Raises:
        CommandRefused: `unknown_option` or `illegal_answer`.
    """
    if response == "":
        return ""
    if facts.kind == "short_numeric":
        cells = short_answer.normalise(response)
        if not short_answer.may_be_typed(cells):
            raise CommandRefused("illegal_answer")
        return cells
    if facts.kind == "true_false_cluster":
        return _canonical_cluster(facts, response)
    chosen = response.split("|")
    single = facts.kind == "single_choice"
    if (single and len(chosen) != 1) or len(set(chosen)) != len(chosen) or not set(chosen) <= set(facts.options):
        raise CommandRefused("unknown_option")
    return "|".join(sorted(chosen))


def _canonical_cluster(facts: ItemFacts, response: str) -> str:
    given: dict[str, str] = {}
    for pair in response.split(","):
        statement, _, value = pair.partition("=")
        if statement not in facts.options or statement in given or value not in {"true", "false"}:
            raise CommandRefused("unknown_option")
        given[statement] = value
    return ",".join(f"{statement}={given[statement]}" for statement in facts.options if statement in given)


def decide(  # noqa: PLR0911 - one return a command
    attempt: Attempt, command: Command, now: int, index: FormIndex, *, early_submission: bool = False
) -> tuple[e.AnyEvent, ...]:
    """The events that a command leads to at node time `now`; none if nothing changes.

    Raises:
        CommandRefused: the rules forbid it; `reason` says why.
    """
    match command:
        case Tick():
            return _tick(attempt, now)
        case Respond():
            return _respond(attempt, command, now, index)
        case MarkForReview():
            _must_work(attempt, now)
            unchanged = (command.item in attempt.flags) == command.on
            return () if unchanged else (e.Flagged(command.item, command.on),)
        case HandIn():
            _must_work(attempt, now)
            if not early_submission:
                raise CommandRefused("no_submission_before_time")
            return (e.Submitted(attempt.answered),)
        case VoidAttempt():
            return (e.Voided(command.reason, command.by),)
        case CollectNow():
            return (e.ClosedByForce(command.reason, command.by, attempt.answered),) if _sits(attempt) else ()
        case PauseClock() | ResumeClock() | GiveTime():
            return _time_command(attempt, command, now)
        case _:
            raise CommandRefused("unknown_command")


def _sits(attempt: Attempt) -> bool:
    return attempt.phase in {Phase.WORKING, Phase.PAUSED}


def _must_work(attempt: Attempt, now: int) -> None:
    if attempt.phase is not Phase.WORKING:
        raise CommandRefused("not_working")
    if now >= attempt.deadline:
        raise CommandRefused("time_is_over")


def _tick(attempt: Attempt, now: int) -> tuple[e.AnyEvent, ...]:
    if attempt.phase is Phase.WORKING and now >= attempt.deadline:
        return (e.ClosedByTime(attempt.answered),)
    return ()


def _respond(attempt: Attempt, command: Respond, now: int, index: FormIndex) -> tuple[e.AnyEvent, ...]:
    _must_work(attempt, now)
    facts = index.get(command.item)
    if facts is None:
        raise CommandRefused("unknown_item")
    response = canonical_response(facts, command.response)
    return () if attempt.responses.get(command.item, "") == response else (e.Answered(command.item, response),)


def _time_command(attempt: Attempt, command: PauseClock | ResumeClock | GiveTime, now: int) -> tuple[e.AnyEvent, ...]:
    if not _sits(attempt):
        return ()
    match command:
        case PauseClock():
            if attempt.phase is Phase.PAUSED:
                return ()
            # What was lost until the instruction arrived is given back: the clock stands since `effective`.
            since = min(now, max(command.effective, attempt.starts_at))
            return (e.Paused(command.reason, command.by, max(0, attempt.deadline - since)),)
        case ResumeClock():
            return (e.Resumed(command.by, now + attempt.remaining),) if attempt.phase is Phase.PAUSED else ()
        case GiveTime():
            deadline = attempt.deadline + command.milliseconds
            return (e.TimeExtended(command.milliseconds, command.reason, command.by, deadline),)
