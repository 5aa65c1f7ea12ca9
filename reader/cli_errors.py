"""The one table from the reader's errors to exit statuses (CLI.md)."""

from __future__ import annotations

from khaothi import command_line
from reader import errors, wording
from reader.cli_arguments import FileRefusedError, WrongUseError

DEVICE_ERRORS = (errors.PcscUnavailable, errors.NoReader, errors.NoCard, errors.ReaderBusy, errors.CardRemoved)


def refused(error: Exception, *, as_json: bool) -> int:
    """Tell an error in words; returns the exit status."""
    if isinstance(error, FileRefusedError):
        status, code = command_line.NO, error.code
    elif isinstance(error, WrongUseError):
        status, code = command_line.WRONG_USE, error.code
    elif isinstance(error, errors.ReaderError):
        status, code = command_line.DEVICE if isinstance(error, DEVICE_ERRORS) else command_line.NO, error.code
    else:
        status, code = command_line.DEVICE, "disk"
    message, advice = wording.told(code, str(error))
    return command_line.refuse(code, message, advice, as_json=as_json, status=status)
