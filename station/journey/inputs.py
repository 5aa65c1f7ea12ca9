"""What devices, the node and time tell the journey. Together with the intents of a person these are all its inputs."""

from __future__ import annotations

from dataclasses import dataclass, field

from exam_engine.exchange import BatchReceipt, Instruction
from question_bank.form import Form
from reader.evidence import Finding
from reader.face.liveness.challenge import Prompt
from reader.inspection import Inspection, Step
from station.mirrored import Takeover


@dataclass(frozen=True, slots=True)
class Happening:
    """Base of all inputs that are not a person's."""


@dataclass(frozen=True, slots=True)
class CardSensed(Happening):
    """A card lies on the reader; nothing of it has been read."""


@dataclass(frozen=True, slots=True)
class CardGone(Happening):
    """The reader is empty again, outside a reading."""


@dataclass(frozen=True, slots=True)
class CardLost(Happening):
    """The card left in the middle of the reading."""


@dataclass(frozen=True, slots=True)
class CardBack(Happening):
    """It was put back; the reading goes on."""


@dataclass(frozen=True, slots=True)
class ReadingAdvanced(Happening):
    """Progress of the reading."""

    step: Step
    percent: int


@dataclass(frozen=True, slots=True)
class CardInspected(Happening):
    """The reading is done; real milliseconds from the consent on."""

    inspection: Inspection
    milliseconds: int


@dataclass(frozen=True, slots=True)
class CardFailed(Happening):
    """The reading ended without a result; `code` is that of the reader's error."""

    code: str


@dataclass(frozen=True, slots=True)
class FaceCompared(Happening):
    """One try at the camera; `hint` names what the candidate can do better.

    `live` is one picture of it as JPEG, for a person to look at, empty when it matched.
    """

    findings: tuple[Finding, ...]
    matched: bool
    hint: str
    milliseconds: int
    live: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class ChallengeAdvanced(Happening):
    """What the challenge asks now, if anything, and what the camera finds wrong with the picture."""

    prompt: Prompt | None
    step: int
    steps: int
    seconds_left: int
    hint: str


@dataclass(frozen=True, slots=True)
class QrScanned(Happening):
    """The number in the card's QR code; "" if none was seen in time, or no camera is there."""

    number: str


@dataclass(frozen=True, slots=True)
class CameraFailed(Happening):
    """No picture from the camera (M301)."""


@dataclass(frozen=True, slots=True)
class ReaderMissing(Happening):
    """No reader, or the PC/SC service is down (T301)."""

    missing: bool


@dataclass(frozen=True, slots=True)
class Told(Happening):
    """An instruction of the node."""

    instruction: Instruction


@dataclass(frozen=True, slots=True)
class Exchanged(Happening):
    """How the last exchange went; `unsent` counts events still only here, `failure` is the code of what stood in the way."""

    online: bool
    receipts: tuple[BatchReceipt, ...] = ()
    unsent: int = 0
    failure: str = ""


@dataclass(frozen=True, slots=True)
class FormOpened(Happening):
    """The sealed form is open."""

    form: Form


@dataclass(frozen=True, slots=True)
class FormFailed(Happening):
    """It does not open (P301); `reason` is a code."""

    reason: str


@dataclass(frozen=True, slots=True)
class ProofGiven(Happening):
    """An official proved themselves at the seat, or failed to; `role` is that of the node's roster."""

    official: str
    accepted: bool
    left: int
    role: str = ""


@dataclass(frozen=True, slots=True)
class Slept(Happening):
    """The PC was suspended for so long."""

    milliseconds: int


@dataclass(frozen=True, slots=True)
class WallClockSet(Happening):
    """Somebody set the PC's clock by so much."""

    milliseconds: int


@dataclass(frozen=True, slots=True)
class MirrorsFound(Happening):
    """Stations of this room and shift whose mirrors are in reach, with their seats."""

    mirrors: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class MirrorFailed(Happening):
    """A mirror was refused; `reason` as in `MirrorRefused`."""

    reason: str


@dataclass(frozen=True, slots=True)
class MirrorTaken(Happening):
    """The takeover is signed and on disk."""

    takeover: Takeover


@dataclass(frozen=True, slots=True)
class Tick(Happening):
    """Time passes."""
