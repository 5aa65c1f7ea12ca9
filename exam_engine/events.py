"""What happened in one attempt, from the card on the reader to the receipt. Events are the only truth of an attempt.

Every event is canonical JSON in the record (`exam_engine.record`); texts are NFC, numbers are integers, times node
milliseconds. Answers are canonical option identifiers, never positions on a screen (DESIGN.md section 4.4).
"""

from __future__ import annotations

from typing import Literal

import msgspec

Decision = Literal["admit", "refer", "refuse"]
# One response: a single option ("B"), several ("A|C"), a cluster ("a=true,c=false"), cells of a short answer ("-1,5").
Response = str


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


class Event(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type", tag=_snake):
    """Something that happened; the time and number of it stand in the record entry around it."""


class FindingFact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A finding as the record keeps it: no personal data, no free text from the card."""

    check: str
    result: str
    code: str
    basis: str


class CheckInBegan(Event, frozen=True):
    """A card was sensed or a person asked to check in without one."""

    station: str
    room: str
    seat: int
    with_card: bool


class ConsentGiven(Event, frozen=True):
    """What the candidate agreed to; both may be false (the route without biometrics)."""

    read_chip: bool
    compare_face: bool
    basis: Literal["ask", "on_paper", "notice"]
    text_version: str


class IdentityChecked(Event, frozen=True):
    """The findings of one check-in. The evidence itself travels beside the record and can be erased on its own."""

    evidence_sha256: str
    findings: tuple[FindingFact, ...]
    apdus: int
    resumed: int
    card_ms: int
    face_ms: int


class AdmissionDecided(Event, frozen=True):
    """The rules' decision (`exam_engine.admission`), with every reason code."""

    decision: Decision
    reasons: tuple[str, ...]


class ReferralDecided(Event, frozen=True):
    """Persons decided what the rules referred or refused: an invigilator and the site head.

    At the seat `roles` and `proof` (signatures, `exam_engine.officials`) stand in the order of `by`; at the board the node
    itself knows who they were.
    """

    decision: Literal["admit", "refuse"]
    by: tuple[str, ...]
    reason: str
    where: Literal["seat", "board"]
    roles: tuple[str, ...] = ()
    proof: tuple[str, ...] = ()


class DetailsConfirmed(Event, frozen=True):
    """The candidate found their details right."""


class DetailsDisputed(Event, frozen=True):
    """The candidate reported errors in named fields."""

    fields: tuple[str, ...]


class RulesAccepted(Event, frozen=True):
    """The candidate ticked the room rules."""


class Started(Event, frozen=True):
    """The signal reached this station and the form is open. `deadline` is the node's, personal extra time included."""

    form_digest: str
    form_code: str
    order_digest: str
    starts_at: int
    deadline: int


class ItemPresented(Event, frozen=True):
    """An item was on screen, with the order in which its options stood."""

    item: str
    options: tuple[str, ...]


class Answered(Event, frozen=True):
    """The response to an item; an empty response clears it."""

    item: str
    response: Response


class Flagged(Event, frozen=True):
    """The candidate marked an item for review, or unmarked it."""

    item: str
    on: bool


class HelpRequested(Event, frozen=True):
    """The candidate asks for help during the test or the check-in."""

    cause: str


class HelpEnded(Event, frozen=True):
    """The request was taken back or dealt with."""

    by: str


class Paused(Event, frozen=True):
    """The clock stands. `remaining` is what is left in milliseconds."""

    reason: str
    by: str
    remaining: int


class Resumed(Event, frozen=True):
    """The clock runs again to a new deadline."""

    by: str
    deadline: int


class TimeExtended(Event, frozen=True):
    """Time was added (bù giờ, gia hạn)."""

    milliseconds: int
    reason: str
    by: tuple[str, ...]
    deadline: int


class MessageRead(Event, frozen=True):
    """A message from an invigilator was read at the seat."""

    instruction: int


class LinkChanged(Event, frozen=True):
    """The link to the node was lost or came back."""

    online: bool


class StationRestarted(Event, frozen=True):
    """The program started again in mid-attempt. The gap lies between the two bounds; `uncertain` until the node knows."""

    remaining: int
    gap_at_least: int
    gap_at_most: int
    uncertain: bool


class TakenOver(Event, frozen=True):
    """Another station goes on with the attempt in the next epoch, from the head and number that it received.

    `proof` are the signatures of `by` where the room ordered it without the node (`exam_engine.takeover`).
    """

    from_station: str
    to_station: str
    previous_epoch: int
    previous_head: str
    previous_sequence: int
    by: tuple[str, ...]
    deadline: int
    proof: tuple[str, ...] = ()


class MovedAway(Event, frozen=True):
    """This station is locked: the attempt goes on elsewhere."""

    to_station: str
    by: tuple[str, ...]


class ScreenLeft(Event, frozen=True):
    """The exam window lost the focus for so many milliseconds."""

    milliseconds: int


class LockdownNoticed(Event, frozen=True):
    """The lockdown was tried: `clipboard`, `second_screen`, `screenshot_key`, `system_key` or `close_request`."""

    kind: str


class Submitted(Event, frozen=True):
    """The candidate handed in before time."""

    answered: int


class ClosedByTime(Event, frozen=True):
    """The deadline passed; the station closed the attempt by itself."""

    answered: int


class ClosedByForce(Event, frozen=True):
    """An invigilator collected the test."""

    reason: str
    by: str
    answered: int


class Voided(Event, frozen=True):
    """The attempt counts for nothing; a person decided so."""

    reason: str
    by: tuple[str, ...]


AnyEvent = (
    CheckInBegan
    | ConsentGiven
    | IdentityChecked
    | AdmissionDecided
    | ReferralDecided
    | DetailsConfirmed
    | DetailsDisputed
    | RulesAccepted
    | Started
    | ItemPresented
    | Answered
    | Flagged
    | HelpRequested
    | HelpEnded
    | Paused
    | Resumed
    | TimeExtended
    | MessageRead
    | LinkChanged
    | StationRestarted
    | TakenOver
    | MovedAway
    | ScreenLeft
    | LockdownNoticed
    | Submitted
    | ClosedByTime
    | ClosedByForce
    | Voided
)
