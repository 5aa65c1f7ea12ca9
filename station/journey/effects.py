"""What the journey asks the runtime to do. The journey itself touches nothing."""

from __future__ import annotations

from dataclasses import dataclass, field

from exam_engine.events import AnyEvent
from exam_engine.exchange import Release
from reader.access_key import AccessKey
from reader.face.liveness.challenge import Prompt


@dataclass(frozen=True, slots=True)
class Effect:
    """Base of all effects."""


@dataclass(frozen=True, slots=True)
class Append(Effect):
    """Keep these events: journal, fsync, and only then the state that the screen shows."""

    attempt: str
    events: tuple[AnyEvent, ...]
    epoch: int = 1
    previous_head: str = ""


@dataclass(frozen=True, slots=True)
class Attach(Effect):
    """Keep evidence beside the record; named there by its digest."""

    attempt: str
    sha256: str
    body: bytes


@dataclass(frozen=True, slots=True)
class ShowReferral(Effect):
    """Show whoever decides a referral the chip's portrait and one live picture; in memory only (DESIGN.md section 4.8)."""

    attempt: str
    portrait: bytes = field(repr=False)
    live: bytes = field(repr=False)
    tries: int


@dataclass(frozen=True, slots=True)
class ReadCard(Effect):
    """Inspect the card with these keys."""

    keys: tuple[AccessKey, ...]
    check_in: str


@dataclass(frozen=True, slots=True)
class StartCamera(Effect):
    """Open the camera now, so that it is warm when it is needed."""


@dataclass(frozen=True, slots=True)
class CompareFace(Effect):
    """Compare the portrait with live frames, during a challenge without the prompts that somebody cannot follow."""

    portrait: bytes
    refused: frozenset[Prompt] = frozenset()


@dataclass(frozen=True, slots=True)
class ScanQr(Effect):
    """Look for a card's QR code before the camera."""


@dataclass(frozen=True, slots=True)
class StopCamera(Effect):
    """Close the camera and forget its pictures."""


@dataclass(frozen=True, slots=True)
class OpenForm(Effect):
    """Open the sealed form with the released key."""

    release: Release


@dataclass(frozen=True, slots=True)
class Prove(Effect):
    """Check an official's PIN."""

    official: str
    pin: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class LockOfficials(Effect):
    """Whoever proved themselves has to do so again."""


@dataclass(frozen=True, slots=True)
class LookForMirrors(Effect):
    """Which mirrors of this room are in reach?"""


@dataclass(frozen=True, slots=True)
class OpenMirror(Effect):
    """Open the mirror of a station with both halves, sign the takeover and keep it."""

    station: str
    halves: dict[str, bytes]
    give_back: bool


@dataclass(frozen=True, slots=True)
class Wipe(Effect):
    """Forget everything about the last candidate that is not in the journal."""


@dataclass(frozen=True, slots=True)
class Reprovision(Effect):
    """Fetch the provision again."""


@dataclass(frozen=True, slots=True)
class Survey(Effect):
    """Send the answer of the survey, tied to nobody."""

    value: int


@dataclass(frozen=True, slots=True)
class CloseShift(Effect):
    """Note that a shift has closed here (or that it goes on after all)."""

    exam: str
    shift: str
    closed: bool
