"""The exam profile: rules as data (TOML), versioned and digested (DESIGN.md section 4.7)."""

from __future__ import annotations

import hashlib
import tomllib
from decimal import Decimal, InvalidOperation
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from exam_engine.errors import ProfileInvalid, ProfileUnknown

Share = Annotated[str, msgspec.Meta(pattern=r"^\d+(\.\d+)?$")]


class Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of the tables; an unknown key is an error."""


class Sitting(Rules, frozen=True):
    """Duration, late rule, submission, consent, retention."""

    minutes: Annotated[int, msgspec.Meta(gt=0, le=600)]
    late_minutes: Annotated[int, msgspec.Meta(ge=0)]
    early_submission: bool
    address: Literal["em", "thi_sinh"]
    consent: Literal["ask", "on_paper", "notice"]
    retention_days: Annotated[int, msgspec.Meta(ge=0)]


class Admission(Rules, frozen=True):
    """Which states' cards count, and what happens without an anchor, with an expired card, without a liveness check."""

    accepted_states: tuple[str, ...]
    unanchored: Literal["refuse", "refer", "admit_with_room_confirmation"]
    liveness: Literal["required", "when_performed"]
    expired: Literal["refer", "refuse"]


class Shuffling(Rules, frozen=True):
    """What may stand in another order on each screen."""

    items_within_part: bool
    options: bool


class PartRule(Rules, frozen=True):
    """Marks of one part: `mark` for a right item, or `table` by the number of right statements."""

    kind: Literal["single_choice", "multiple_choice", "true_false_cluster", "short_numeric"]
    mark: Share = "0"
    table: tuple[Share, ...] = ()
    compare: Literal["number", "text"] = "number"
    partial: Literal["all_or_nothing", "share"] = "all_or_nothing"


class Scoring(Rules, frozen=True):
    """Rules by part, and the step to which the total is rounded (half up)."""

    rounding: Share
    parts: dict[str, PartRule]


class Profile(Rules, frozen=True):
    """Everything that an exam decides by rule."""

    name: str
    version: int
    sitting: Sitting
    admission: Admission
    shuffling: Shuffling
    scoring: Scoring
    penalties: dict[str, Share]


# At import, by one thread: threads that meet at a type's first use end the process (see exam_engine.exchange).
msgspec.json.Decoder(Profile)


def load(text: str) -> Profile:
    """The profile of TOML text.

    Raises:
        ProfileInvalid: not TOML, a key is missing, unknown or out of range.
    """
    try:
        profile = msgspec.convert(tomllib.loads(text), Profile)
        Decimal(profile.scoring.rounding)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, InvalidOperation) as error:
        raise ProfileInvalid("the profile is not as it must be: {problem}", problem=error) from error
    for name, rule in profile.scoring.parts.items():
        if rule.kind == "true_false_cluster" and not rule.table:
            raise ProfileInvalid("scoring.parts.{part}: a cluster needs a table of marks", part=name)
    return profile


def digest(text: str) -> str:
    """SHA-256 of the profile's text, as the record names it."""
    return hashlib.sha256(text.encode()).hexdigest()


def shipped(name: str = "thpt_2025_toan") -> str:
    """The TOML text of a profile that comes with the program.

    Raises:
        ProfileUnknown: there is none of this name.
    """
    known = {Path(each.name).stem: each for each in (files("exam_engine") / "profiles").iterdir()}
    if name not in known:
        raise ProfileUnknown("there is no file and no shipped profile called {name}", name=name)
    return known[name].read_text(encoding="utf-8")
