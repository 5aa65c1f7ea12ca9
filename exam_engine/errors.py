"""Errors of the exam engine. Each leaf has a stable `code`."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import ClassVar

from khaothi.wording import Worded


def places(error: BaseException) -> str:
    """Kind of a fault and the places it came through, innermost first, without its words: those could name a person."""
    kind = getattr(error, "code", type(error).__name__)
    frames = reversed(traceback.extract_tb(error.__traceback__))
    return f"{kind} at " + " < ".join(f"{Path(each.filename).name}:{each.lineno} {each.name}" for each in frames)


class ExamEngineError(Worded):
    """Root of everything that this package raises on purpose."""

    code: ClassVar[str] = "exam_engine_error"


class RecordBroken(ExamEngineError):
    """A record does not hang together; `reason` says how."""

    code: ClassVar[str] = "record_broken"

    def __init__(self, reason: str, detail: str = "") -> None:
        if detail:
            super().__init__("{reason}: {detail}", reason=reason, detail=detail)
        else:
            super().__init__(reason)
        self.reason = reason


class SignatureInvalid(ExamEngineError):
    """A signature does not verify."""

    code: ClassVar[str] = "record_signature_invalid"


class ImpossibleEvent(ExamEngineError):
    """An event cannot follow in this phase of the attempt: a record that nobody could have made honestly."""

    code: ClassVar[str] = "impossible_event"


class CommandRefused(ExamEngineError):
    """The rules do not allow this now; `reason` is a snake_case code."""

    code: ClassVar[str] = "command_refused"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ProfileInvalid(ExamEngineError):
    """The exam profile is not usable; the message names the key."""

    code: ClassVar[str] = "profile_invalid"


class ProfileUnknown(ExamEngineError):
    """No profile of this name comes with the program."""

    code: ClassVar[str] = "not_found"


class KeyMissing(ExamEngineError):
    """No response key for an item that is to be graded."""

    code: ClassVar[str] = "response_key_missing"


class HalfMistyped(ExamEngineError):
    """What was typed is no half of a room's recovery key: a character is wrong or missing."""

    code: ClassVar[str] = "half_mistyped"


class PinWrong(ExamEngineError):
    """Not the PIN of this official, or no PIN that may be set."""

    code: ClassVar[str] = "pin_wrong"


class DecisionNotProved(ExamEngineError):
    """Two officials are said to have decided, but did not prove it; `reason` says what is missing."""

    code: ClassVar[str] = "decision_not_proved"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
