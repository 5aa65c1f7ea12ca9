"""What a person at the station does, in one vocabulary for the screens, the keyboard and the headless candidates."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Intent:
    """Base of all intents."""


@dataclass(frozen=True, slots=True)
class NoCard(Intent):
    """S01: "I do not have my card"."""


@dataclass(frozen=True, slots=True)
class Agree(Intent):
    """S02: the boxes as ticked; both False is a refusal."""

    read_chip: bool
    compare_face: bool


@dataclass(frozen=True, slots=True)
class TypeCardNumber(Intent):
    """The invigilator typed the 12 digits (or scanned the QR code) because the listed number does not open the chip."""

    digits: str


@dataclass(frozen=True, slots=True)
class ScanCardQr(Intent):
    """S09: the invigilator holds the card's QR code before the camera; the same intent gives up."""


@dataclass(frozen=True, slots=True)
class ConfirmDetails(Intent):
    """S07."""


@dataclass(frozen=True, slots=True)
class ReportDetails(Intent):
    """S07: fields that are wrong (`name`, `birth_date`, `sex`, `portrait`, `place`)."""

    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CannotDoPrompt(Intent):
    """S08: "I cannot do this"."""


@dataclass(frozen=True, slots=True)
class OpenAtSeat(Intent):
    """F12 where a person has to decide: the officials' page (S09b)."""


@dataclass(frozen=True, slots=True)
class CloseAtSeat(Intent):
    """Back from the officials' page; whoever proved themselves has to do so again."""


@dataclass(frozen=True, slots=True)
class ProveAtSeat(Intent):
    """S09b: one official proves themselves with a PIN."""

    official: str
    pin: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class DecideAtSeat(Intent):
    """S09b: the decision of the two officials who have proved themselves."""

    decision: Literal["admit", "refuse"]
    reason: str


@dataclass(frozen=True, slots=True)
class ChooseMirror(Intent):
    """S24b: the attempt of this station is to go on here."""

    station: str


@dataclass(frozen=True, slots=True)
class GiveHalf(Intent):
    """S24b: one official's half, typed or scanned from the slip."""

    code: str


@dataclass(frozen=True, slots=True)
class TakeOver(Intent):
    """S24b: go on here; with `give_back` the time lost until the candidate sits here is given back."""

    give_back: bool


@dataclass(frozen=True, slots=True)
class AcceptRules(Intent):
    """S10."""


@dataclass(frozen=True, slots=True)
class Respond(Intent):
    """Choose or type a response; canonical (`B`, `A|C`, `a=true,c=false`, `-1,5`); empty clears."""

    item: str
    response: str


@dataclass(frozen=True, slots=True)
class GoTo(Intent):
    """Show this item."""

    item: str


@dataclass(frozen=True, slots=True)
class Flag(Intent):
    """Mark or unmark for review."""

    item: str
    on: bool


@dataclass(frozen=True, slots=True)
class AskHelp(Intent):
    """F9: cause `pc`, `paper`, `health`, `leave`, `other`."""

    cause: str


@dataclass(frozen=True, slots=True)
class CancelHelp(Intent):
    """Take the request back."""


@dataclass(frozen=True, slots=True)
class ReadMessage(Intent):
    """A message was read."""

    instruction: int


@dataclass(frozen=True, slots=True)
class OpenReview(Intent):
    """S18."""


@dataclass(frozen=True, slots=True)
class CloseReview(Intent):
    """Back to the test."""


@dataclass(frozen=True, slots=True)
class Submit(Intent):
    """Hand in."""


@dataclass(frozen=True, slots=True)
class ContinueAttempt(Intent):
    """S23, S24: go on."""


@dataclass(frozen=True, slots=True)
class ReturnToPaper(Intent):
    """S17: "Return to the test"."""


@dataclass(frozen=True, slots=True)
class LeftScreen(Intent):
    """The window lost the focus for so long."""

    milliseconds: int


@dataclass(frozen=True, slots=True)
class LockdownNotice(Intent):
    """The window saw something that the lockdown is to prevent or to tell."""

    kind: str


@dataclass(frozen=True, slots=True)
class FinishReceipt(Intent):
    """S20: done."""


@dataclass(frozen=True, slots=True)
class AnswerSurvey(Intent):
    """S21: 1 (very satisfied) to 5; 0 skips."""

    value: int
