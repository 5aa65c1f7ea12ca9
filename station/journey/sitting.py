"""Rules, signal, paper, review (S10-S18)."""

from __future__ import annotations

import hashlib

from exam_engine import events as e
from exam_engine import timing
from exam_engine.attempt import Phase
from exam_engine.commands import HandIn, MarkForReview, Respond
from exam_engine.exchange import Extend
from station.journey import effects as fx
from station.journey import inputs, intents
from station.journey.paper import index_of
from station.journey.state import Journey, Stage
from station.journey.views import Notice

LOCKDOWN_KINDS = frozenset({"clipboard", "second_screen", "screenshot_key", "system_key", "close_request"})
NOTICED_AGAIN_MS = 10_000


def rules_accepted(journey: Journey, _: intents.AcceptRules, now: int) -> list[fx.Effect]:
    """The candidate is ready; the form opens as soon as its key is here."""
    if journey.stage is not Stage.RULES:
        return []
    journey.enter(Stage.SIGNAL, now)
    return [journey.append(e.RulesAccepted()), *try_open(journey, now)]


def try_open(journey: Journey, _now: int) -> list[fx.Effect]:
    """Open the form if it was released for this attempt."""
    release = journey.releases.get(journey.attempt.form_digest or journey.my_form())
    if release is None or journey.opening or journey.form is not None:
        return []
    journey.release, journey.opening = release, True
    return [fx.OpenForm(release)]


def form_opened(journey: Journey, opened: inputs.FormOpened, now: int) -> list[fx.Effect]:
    """The paper is open: at the signal the test begins."""
    journey.opening, journey.form_error = False, ""
    journey.form, journey.index = opened.form, index_of(opened.form)
    journey.current = journey.current or next(iter(journey.index))
    if journey.stage is not Stage.SIGNAL or journey.release is None or journey.provision is None:
        return []
    row = journey.seat_row
    assert row is not None
    minutes = journey.provision.exam.shift(journey.provision.shift).minutes
    deadline = timing.deadline(journey.release.starts_at, minutes, row.accommodation)
    order = hashlib.sha256(journey.release.order).hexdigest()
    started = e.Started(journey.release.form_digest, opened.form.code, order, journey.release.starts_at, deadline)
    journey.enter(Stage.PAPER, now)
    return [journey.append(started, *_early_time(journey, deadline), journey.presented(journey.current))]


def _early_time(journey: Journey, deadline: int) -> list[e.TimeExtended]:
    """What was given before the signal, in the order of the orders."""
    given = []
    for _, order in sorted(journey.early.items()):
        if isinstance(order.act, Extend) and order.attempt == journey.attempt_id:
            deadline += order.act.milliseconds
            given.append(e.TimeExtended(order.act.milliseconds, order.act.reason, order.by, deadline))
            values = {"minutes": str(order.act.milliseconds // timing.MINUTE), "end": str(deadline)}
            journey.notice(Notice("extra_time", values, order.number))
    journey.early = {}
    return given


def form_failed(journey: Journey, failure: inputs.FormFailed, _: int) -> list[fx.Effect]:
    """The form does not open; the invigilator sees why."""
    journey.opening, journey.form_error = False, failure.reason
    return []


def respond(journey: Journey, response: intents.Respond, now: int) -> list[fx.Effect]:
    """Answer, change or clear."""
    return journey.command(Respond(response.item, response.response), now) if journey.stage is Stage.PAPER else []


def flag(journey: Journey, flag: intents.Flag, now: int) -> list[fx.Effect]:
    """Mark for review."""
    return journey.command(MarkForReview(flag.item, flag.on), now) if journey.stage is Stage.PAPER else []


def go_to(journey: Journey, wanted: intents.GoTo, now: int) -> list[fx.Effect]:
    """Show another question."""
    if journey.stage not in {Stage.PAPER, Stage.REVIEW} or wanted.item not in journey.index:
        return []
    journey.current = wanted.item
    journey.enter(Stage.PAPER, now)
    new = wanted.item not in journey.attempt.presented and journey.attempt.phase is Phase.WORKING
    return [journey.append(journey.presented(wanted.item))] if new else []


def ask_help(journey: Journey, request: intents.AskHelp, _: int) -> list[fx.Effect]:
    """Call the invigilator; the node is told with the next exchange."""
    if not journey.attempt_id or journey.attempt.ended:
        return []
    return [] if journey.attempt.help else [journey.append(e.HelpRequested(request.cause))]


def cancel_help(journey: Journey, _: intents.CancelHelp, _now: int) -> list[fx.Effect]:
    """The candidate no longer needs help."""
    return [journey.append(e.HelpEnded("candidate"))] if journey.attempt.help else []


def message_read(journey: Journey, read: intents.ReadMessage, _: int) -> list[fx.Effect]:
    """A message is put away."""
    journey.notices = [notice for notice in journey.notices if notice.instruction != read.instruction]
    return [journey.append(e.MessageRead(read.instruction))] if journey.attempt_id else []


def open_review(journey: Journey, _: intents.OpenReview, now: int) -> list[fx.Effect]:
    """Look over the paper."""
    if journey.stage is Stage.PAPER:
        journey.enter(Stage.REVIEW, now)
    return []


def close_review(journey: Journey, _: intents.CloseReview, now: int) -> list[fx.Effect]:
    """Back to the paper."""
    if journey.stage is Stage.REVIEW:
        journey.enter(Stage.PAPER, now)
    return []


def submit(journey: Journey, _: intents.Submit, now: int) -> list[fx.Effect]:
    """Hand in, where the exam allows it early."""
    if journey.stage is not Stage.REVIEW:
        return []
    effects = journey.command(HandIn(), now)
    if effects:
        journey.enter(Stage.TIME_OVER, now)
    return effects


def go_on(journey: Journey, _: intents.ContinueAttempt, now: int) -> list[fx.Effect]:
    """After a restart or a move: back to the paper."""
    if journey.stage not in {Stage.RECOVERED, Stage.MOVED_IN} or journey.form is None:
        return []
    journey.enter(Stage.PAPER, now)
    return []


def left(journey: Journey, left: intents.LeftScreen, _: int) -> list[fx.Effect]:
    """The window lost the screen; recorded while the test runs."""
    if journey.attempt.phase not in {Phase.WORKING, Phase.PAUSED}:
        return []
    journey.left_screen = True
    return [journey.append(e.ScreenLeft(left.milliseconds))]


def noticed(journey: Journey, seen: intents.LockdownNotice, now: int) -> list[fx.Effect]:
    """Somebody tries the locks: recorded and said while the test runs, a key that is held down not a thousand times."""
    if journey.attempt.phase not in {Phase.WORKING, Phase.PAUSED} or seen.kind not in LOCKDOWN_KINDS:
        return []
    if now - journey.noticed.get(seen.kind, -NOTICED_AGAIN_MS) < NOTICED_AGAIN_MS:
        return []
    journey.noticed[seen.kind] = now
    journey.notice(Notice(seen.kind))
    return [journey.append(e.LockdownNoticed(seen.kind))]


def returned(journey: Journey, _: intents.ReturnToPaper, _now: int) -> list[fx.Effect]:
    """Back at the paper."""
    journey.left_screen = False
    return []
