"""The one table from the reader's errors to exit statuses (CLI.md)."""

from __future__ import annotations

from khaothi import command_line
from reader import errors
from reader.cli_arguments import FileRefusedError, InFile, WrongUseError
from reader.face.errors import CameraUnavailable, ModelChanged
from reader.wording import WORDING

DEVICE_ERRORS = (
    errors.PcscUnavailable, errors.NoReader, errors.NoCard, errors.ReaderBusy, errors.CardRemoved,
    CameraUnavailable, ModelChanged,
)  # fmt: skip


def refused(error: Exception, *, as_json: bool, outside: str = "disk") -> int:
    """Tell an error; `outside` is the code for what disk and permissions refuse. Returns the exit status."""
    cause = error.problem if isinstance(error, InFile) else error
    code, status = getattr(cause, "code", outside), command_line.NO
    if isinstance(cause, WrongUseError):
        code = cause.reason
        status = command_line.NO if isinstance(cause, FileRefusedError) else command_line.WRONG_USE
    elif isinstance(cause, DEVICE_ERRORS):
        status = command_line.DEVICE
    elif isinstance(cause, OSError):
        status = command_line.machine_status(cause)
    return command_line.refuse(WORDING.of_error(error, code), as_json=as_json, status=status)
