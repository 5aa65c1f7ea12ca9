"""What the commands of the node share: options, one table from errors to exit statuses, people who prove themselves."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from exam_engine.errors import ProfileUnknown
from khaothi import command_line
from khaothi.wording import Worded
from proctor_node import errors
from proctor_node.wording import WORDING

if TYPE_CHECKING:
    from proctor_node.node import Node

Json = Annotated[bool, typer.Option("--json", help="one JSON document on standard output")]
Folder = Annotated[Path | None, typer.Option("--dir", file_okay=False, help="the node's folder")]
Piped = Annotated[bool, typer.Option("--password-stdin", help="read passwords from a pipe, one line a person")]


class WrongUseError(Worded):
    """The command line contradicts itself."""

    code = "wrong_use"


def refused(error: Exception, *, as_json: bool) -> int:
    """The one table from errors to exit statuses."""
    code = error.reason if isinstance(error, errors.Refused) else getattr(error, "code", "disk")
    status = command_line.NO
    if isinstance(error, errors.FolderMissing | ProfileUnknown | WrongUseError):
        status = command_line.WRONG_USE
    elif isinstance(error, OSError):
        status = command_line.machine_status(error)
    elif isinstance(error, errors.StoreUnusable):
        status = command_line.DEVICE
    return command_line.refuse(WORDING.of_error(error, code), as_json=as_json, status=status)


class RefusedHere(errors.Refused):
    """What a command refuses by itself, in the words of its code or in a sentence."""

    def __init__(self, reason: str, sentence: str = "", **values: object) -> None:
        Worded.__init__(self, sentence, **values)
        self.reason = reason


def refuse(code: str, status: int = command_line.NO, *, as_json: bool, **values: object) -> int:
    """What a command refuses by itself, in the words of its code."""
    return command_line.refuse(WORDING.of_code(code, **values), as_json=as_json, status=status)


def told(document: dict[str, Any], lines: Sequence[str], *, as_json: bool) -> int:
    """Say what was done, for people or as one document."""
    if as_json:
        command_line.print_json(document)
    else:
        sys.stdout.write("\n".join(lines) + "\n")
    return 0


def where(folder: Path | None) -> Path:
    """The node's folder."""
    from proctor_node.adapters import node_folder

    return folder or node_folder.home()


def prove(node: Node, names: Sequence[str], *, piped: bool) -> tuple[str, ...]:
    """Let each person named prove themselves by password: who owns the machine does not thereby own their names.

    Raises:
        proctor_node.errors.Refused: one of them did not.
    """
    for name in names:
        password = (
            sys.stdin.readline().rstrip("\n")
            if piped
            else str(typer.prompt(WORDING.line("{name}: password", name=name), hide_input=True))
        )
        account = node.people.accounts.get(name)
        code = ""
        if account is not None and account.totp:
            code = (
                sys.stdin.readline().strip()
                if piped
                else str(typer.prompt(WORDING.line("{name}: code", name=name), hide_input=True))
            )
        node.people.prove(name, password, code)
    return tuple(names)
