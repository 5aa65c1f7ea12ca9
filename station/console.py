"""What the station's commands share: the one table from errors to exit statuses."""

from __future__ import annotations

from typing import Annotated

import typer

from khaothi import command_line
from station.errors import NodeRefused, NodeUnreachable, StationError, StationRunning, StoreDamaged, StoreFailed
from station.wording.refusals import WORDING

BUILD = "0.1.0"
Json = Annotated[bool, typer.Option("--json", help="one JSON document on standard output")]


class WrongUseError(StationError):
    """What was typed cannot be meant."""

    code = "wrong_use"


class Unusable(StationError):
    """What was given is refused before anything is asked; told in the words of `reason`."""

    def __init__(self, reason: str, **values: object) -> None:
        super().__init__(**values)
        self.reason = reason


def refused(error: Exception, *, as_json: bool) -> int:
    """The one table from errors to exit statuses."""
    code = getattr(error, "code", "disk")
    status = command_line.NO
    if isinstance(error, WrongUseError):
        status = command_line.WRONG_USE
    elif isinstance(error, NodeRefused | Unusable):
        code = error.reason
    elif isinstance(error, NodeUnreachable | StoreFailed | StoreDamaged | StationRunning):
        status = command_line.DEVICE
    elif isinstance(error, OSError):
        status = command_line.machine_status(error)
    return command_line.refuse(WORDING.of_error(error, code), as_json=as_json, status=status)
