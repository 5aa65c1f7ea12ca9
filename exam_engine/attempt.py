"""An attempt is a fold of its events. What may follow what is one table; `docs/diagrams/attempt.md` is drawn from it."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from exam_engine import events as e
from exam_engine.errors import ImpossibleEvent


class Phase(StrEnum):
    """Progress of one candidate (UX.md section 3, axis 1)."""

    EXPECTED = "expected"
    CHECKING_IN = "card_read"
    REFERRED = "needs_a_person"
    REFUSED = "refused"
    VERIFIED = "verified"
    READY = "ready"
    WORKING = "working"
    PAUSED = "paused"
    SUBMITTED = "submitted"
    CLOSED = "collected_at_time"
    COLLECTED = "collected_by_force"
    MOVED = "moved"
    VOID = "void"


ENDED = frozenset({Phase.SUBMITTED, Phase.CLOSED, Phase.COLLECTED, Phase.VOID})
_P = Phase
_CHECK_IN = (_P.EXPECTED, _P.CHECKING_IN, _P.REFERRED, _P.REFUSED, _P.VERIFIED, _P.READY)
_SITTING = (_P.WORKING, _P.PAUSED)
_ANY = tuple(phase for phase in Phase if phase is not _P.VOID)
STAYS = None

# (phases in which it may happen) -> phase afterwards; STAYS keeps the phase. AdmissionDecided and ReferralDecided choose
# by their decision: see `_after`.
TRANSITIONS: dict[type[e.Event], tuple[tuple[Phase, ...], Phase | None]] = {
    e.CheckInBegan: ((*_CHECK_IN, *_SITTING), STAYS),
    e.ConsentGiven: ((*_CHECK_IN, *_SITTING), STAYS),
    e.IdentityChecked: ((*_CHECK_IN, *_SITTING), STAYS),
    e.AdmissionDecided: ((*_CHECK_IN, *_SITTING), STAYS),
    e.ReferralDecided: ((_P.REFERRED, _P.REFUSED, *_SITTING), STAYS),
    e.DetailsConfirmed: ((*_CHECK_IN, *_SITTING), STAYS),
    e.DetailsDisputed: ((_P.CHECKING_IN, _P.VERIFIED, _P.READY), _P.REFERRED),
    e.RulesAccepted: ((_P.VERIFIED, _P.READY), _P.READY),
    e.Started: ((_P.READY, _P.VERIFIED), _P.WORKING),
    e.ItemPresented: (_SITTING, STAYS),
    e.Answered: ((_P.WORKING,), STAYS),
    e.Flagged: ((_P.WORKING,), STAYS),
    e.HelpRequested: ((*_CHECK_IN, *_SITTING), STAYS),
    e.HelpEnded: ((*_CHECK_IN, *_SITTING), STAYS),
    e.Paused: ((_P.WORKING,), _P.PAUSED),
    e.Resumed: ((_P.PAUSED,), _P.WORKING),
    e.TimeExtended: (_SITTING, STAYS),
    e.MessageRead: (_ANY, STAYS),
    e.LinkChanged: (_ANY, STAYS),
    e.StationRestarted: (_SITTING, STAYS),
    e.TakenOver: ((*_SITTING, _P.MOVED), _P.WORKING),
    e.MovedAway: ((*_CHECK_IN, *_SITTING), _P.MOVED),
    e.ScreenLeft: (_SITTING, STAYS),
    e.LockdownNoticed: (_SITTING, STAYS),
    e.Submitted: ((_P.WORKING,), _P.SUBMITTED),
    e.ClosedByTime: (_SITTING, _P.CLOSED),
    e.ClosedByForce: (_SITTING, _P.COLLECTED),
    e.Voided: (_ANY, _P.VOID),
}
DECIDED: dict[str, Phase] = {"admit": _P.VERIFIED, "refer": _P.REFERRED, "refuse": _P.REFUSED}


class Attempt(msgspec.Struct, frozen=True):
    """The state of one attempt. Times are node milliseconds; `responses` are canonical."""

    phase: Phase = Phase.EXPECTED
    station: str = ""
    epoch: int = 1
    last_at: int = 0
    admission: e.AdmissionDecided | None = None
    decided: e.ReferralDecided | None = None
    findings: tuple[e.FindingFact, ...] = ()
    evidence_sha256: str = ""
    apdus: int = 0
    form_digest: str = ""
    form_code: str = ""
    order_digest: str = ""
    starts_at: int = 0
    opened_at: int = 0
    deadline: int = 0
    remaining: int = 0
    responses: dict[str, str] = msgspec.field(default_factory=dict)
    presented: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    flags: frozenset[str] = frozenset()
    help: str = ""
    restarts: int = 0
    uncertain_time: bool = False
    screen_left: int = 0
    noticed: frozenset[str] = frozenset()
    offline_since: int = 0
    offline: int = 0
    moved_from: str = ""
    # After a move in mid-test the rules referred or refused the check-in, and no person has decided yet.
    waits: bool = False
    ended_at: int = 0

    @property
    def answered(self) -> int:
        """How many items have a response, complete or not."""
        return len(self.responses)

    @property
    def ended(self) -> bool:
        """Nothing more can be answered."""
        return self.phase in ENDED


def _after(attempt: Attempt, event: e.Event) -> Phase:
    rule = TRANSITIONS.get(type(event))
    if rule is None or attempt.phase not in rule[0]:
        raise ImpossibleEvent(
            "{event} cannot happen while {phase}", event=type(event).__name__, phase=attempt.phase.value
        )
    if isinstance(event, e.CheckInBegan):
        # A second check-in (wrong card first, or a move to this PC) starts over until the test has begun.
        return attempt.phase if attempt.phase in _SITTING else Phase.CHECKING_IN
    if isinstance(event, e.AdmissionDecided | e.ReferralDecided):
        return attempt.phase if attempt.phase in _SITTING else DECIDED[event.decision]
    return attempt.phase if rule[1] is STAYS else rule[1]


def _changes(attempt: Attempt, event: e.Event, at: int) -> dict[str, object]:  # noqa: C901, PLR0911, PLR0912 - a table by type
    match event:
        case e.CheckInBegan():
            return {"station": event.station}
        case e.IdentityChecked():
            known = {"findings": event.findings, "evidence_sha256": event.evidence_sha256}
            return {**known, "apdus": attempt.apdus + event.apdus}
        case e.AdmissionDecided():
            # The first decision is the one that counts for the sitting; a check-in after a move is only recorded.
            if attempt.phase in _SITTING:
                return {"waits": event.decision != "admit"}
            return {"admission": event}
        case e.ReferralDecided():
            return {"decided": event, "waits": False}
        case e.Started():
            form = {"form_digest": event.form_digest, "form_code": event.form_code, "order_digest": event.order_digest}
            return {**form, "starts_at": event.starts_at, "deadline": event.deadline, "opened_at": at}
        case e.ItemPresented():
            return {"presented": {**attempt.presented, event.item: event.options}}
        case e.Answered():
            kept = {item: response for item, response in attempt.responses.items() if item != event.item}
            return {"responses": kept if event.response == "" else {**kept, event.item: event.response}}
        case e.Flagged():
            return {"flags": attempt.flags | {event.item} if event.on else attempt.flags - {event.item}}
        case e.HelpRequested():
            return {"help": event.cause}
        case e.HelpEnded():
            return {"help": ""}
        case e.Paused():
            return {"remaining": event.remaining}
        case e.Resumed():
            return {"deadline": event.deadline, "remaining": 0}
        case e.TimeExtended():
            paused = attempt.phase is Phase.PAUSED
            return {"deadline": event.deadline, "remaining": attempt.remaining + event.milliseconds if paused else 0}
        case e.LinkChanged():
            return _link(attempt, event, at)
        case e.StationRestarted():
            return {"restarts": attempt.restarts + 1, "uncertain_time": attempt.uncertain_time or event.uncertain}
        case e.TakenOver():
            epoch = event.previous_epoch + 1
            return {
                "station": event.to_station,
                "moved_from": event.from_station,
                "epoch": epoch,
                "deadline": event.deadline,
            }
        case e.LockdownNoticed():
            return {"noticed": attempt.noticed | {event.kind}}
        case e.ScreenLeft():
            return {"screen_left": attempt.screen_left + event.milliseconds}
        case e.Submitted() | e.ClosedByTime() | e.ClosedByForce() | e.Voided():
            return {"ended_at": at, "help": ""}
        case _:
            return {}


def _link(attempt: Attempt, event: e.LinkChanged, at: int) -> dict[str, object]:
    if not event.online:
        return {"offline_since": at}
    lost = at - attempt.offline_since if attempt.offline_since else 0
    return {"offline_since": 0, "offline": attempt.offline + lost}


def evolve(attempt: Attempt, event: e.Event, at: int) -> Attempt:
    """The attempt after one more event.

    Raises:
        ImpossibleEvent: the event cannot follow in this phase.
    """
    phase = _after(attempt, event)
    changes = _changes(attempt, event, at)
    return msgspec.structs.replace(attempt, phase=phase, last_at=max(at, attempt.last_at), **changes)


def diagram() -> str:
    """The transition table as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", "    [*] --> expected"]
    for kind, (sources, target) in TRANSITIONS.items():
        if target is STAYS:
            continue
        lines += [
            f"    {source.value} --> {target.value}: {kind.__name__}" for source in sources if source is not target
        ]
    for kind_name, sources in (("AdmissionDecided", (Phase.CHECKING_IN,)), ("ReferralDecided", (Phase.REFERRED,))):
        for decision, target in DECIDED.items():
            lines += [f"    {s.value} --> {target.value}: {kind_name} {decision}" for s in sources if s is not target]
    lines.append(f"    {Phase.EXPECTED.value} --> {Phase.CHECKING_IN.value}: CheckInBegan")
    lines += [f"    {phase.value} --> [*]" for phase in Phase if phase in ENDED]
    return "\n".join(lines)
