"""The one table from the bank's errors to exit statuses (CLI.md)."""

from __future__ import annotations

from khaothi import command_line
from question_bank.errors import BankUnavailable, CodesUnfit, QuestionBankError
from question_bank.wording import WORDING


class WrongUseError(QuestionBankError):
    """What was typed cannot be meant."""

    code = "wrong_use"


def refused(error: Exception, *, as_json: bool, outside: str = "disk") -> int:
    """Tell an error; `outside` is the code for what disk and permissions refuse."""
    code, status = getattr(error, "code", outside), command_line.NO
    if isinstance(error, WrongUseError | CodesUnfit):
        code, status = "wrong_use", command_line.WRONG_USE
    elif isinstance(error, BankUnavailable):
        status = command_line.DEVICE
    elif isinstance(error, OSError):
        status = command_line.machine_status(error)
    return command_line.refuse(WORDING.of_error(error, code), as_json=as_json, status=status)


def refuse(code: str, status: int = command_line.NO, *, as_json: bool, **values: object) -> int:
    """What a command refuses by itself, in the words of its code."""
    return command_line.refuse(WORDING.of_code(code, **values), as_json=as_json, status=status)
