"""Two officials take an attempt over on a free PC with the node out of reach (S24b, docs/adr/0018)."""

from __future__ import annotations

from exam_engine import takeover as keys
from exam_engine.errors import HalfMistyped
from station.journey import effects as fx
from station.journey import inputs, intents
from station.journey.state import Journey, Stage, TakeoverPage

# The page locks by itself, so that a half does not stay behind; two slips take longer to type than a PIN.
LOCKS_AFTER_MS = 120_000
LOOK_EVERY_MS = 3_000


def opened(journey: Journey, now: int) -> list[fx.Effect]:
    """The page, where the room has a recovery key and nobody is to sit."""
    assert journey.provision is not None
    if journey.provision.recovery is None or journey.move is not None:
        return []
    journey.page = TakeoverPage(asked_at=now)
    journey.enter(Stage.TAKEOVER, now)
    return [fx.LookForMirrors()]


def closed(journey: Journey, now: int) -> list[fx.Effect]:
    """Back to the first screen; the halves are forgotten."""
    if journey.stage is Stage.TAKEOVER:
        journey.page = TakeoverPage()
        journey.enter(Stage.WAITING, now)
    return []


def tick(journey: Journey, now: int) -> list[fx.Effect]:
    """Look for sticks again; lock after a while."""
    if now - journey.stage_since >= LOCKS_AFTER_MS:
        return closed(journey, now)
    if now - journey.page.asked_at < LOOK_EVERY_MS:
        return []
    journey.page.asked_at = now
    return [fx.LookForMirrors()]


def found(journey: Journey, news: inputs.MirrorsFound, _: int) -> list[fx.Effect]:
    """The mirrors of this room and shift that are in reach."""
    page = journey.page
    page.mirrors = news.mirrors
    if page.chosen not in {station for station, _ in news.mirrors}:
        page.chosen = news.mirrors[0][0] if len(news.mirrors) == 1 else ""
    return []


def chosen(journey: Journey, choice: intents.ChooseMirror, now: int) -> list[fx.Effect]:
    """This PC's attempt is to be taken over."""
    if journey.stage is Stage.TAKEOVER and choice.station in {station for station, _ in journey.page.mirrors}:
        journey.page.chosen = choice.station
        journey.enter(Stage.TAKEOVER, now)
    return []


def half_given(journey: Journey, given: intents.GiveHalf, now: int) -> list[fx.Effect]:
    """One official's slip, typed or scanned; whose it is shows from the half itself."""
    provision = journey.provision
    if journey.stage is not Stage.TAKEOVER or provision is None or provision.recovery is None:
        return []
    journey.enter(Stage.TAKEOVER, now)
    room = keys.room_name(provision.exam.id, provision.seat)
    try:
        half = keys.parse_half_code(given.code)
    except HalfMistyped:
        journey.page.error = "half_mistyped"
        return []
    name = keys.holder_of(half, provision.recovery, room)
    journey.page.error = "" if name else "half_of_another_room"
    if name:
        journey.page.halves[name] = half
    return []


def take(journey: Journey, wanted: intents.TakeOver, now: int) -> list[fx.Effect]:
    """Both halves are here: open the mirror."""
    page = journey.page
    if journey.stage is not Stage.TAKEOVER or journey.seat_row is not None or not page.chosen or len(page.halves) < 2:
        return []
    journey.enter(Stage.TAKEOVER, now)
    return [fx.OpenMirror(page.chosen, dict(page.halves), wanted.give_back)]


def refused(journey: Journey, news: inputs.MirrorFailed, _: int) -> list[fx.Effect]:
    """The mirror is not to be gone on from, for this reason."""
    journey.page.error = news.reason
    return []


def taken(journey: Journey, news: inputs.MirrorTaken, now: int) -> list[fx.Effect]:
    """The order is signed and kept: the candidate's card comes next."""
    if journey.stage not in {Stage.TAKEOVER, Stage.WAITING}:
        return []
    journey.page = TakeoverPage()
    journey.enter(Stage.WAITING, now)
    order = news.takeover
    journey.take_in(order.act, order.attempt, order.event.by, order)
    return []
