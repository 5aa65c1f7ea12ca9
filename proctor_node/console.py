"""What the commands of the node share: options, one table from errors to exit statuses, people who prove themselves."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from khaothi import command_line
from proctor_node import errors

if TYPE_CHECKING:
    from proctor_node.node import Node

ADVICE = {
    "node_not_ready": "khaothi node init makes a node; khaothi node plan import gives it an exam.",
    "node_exists": "khaothi node serve --dir FOLDER starts it; name another folder for another node.",
    "no_such_folder": "Name the node's folder with --dir, or make one: khaothi node init FOLDER.",
    "node_being_served": "Stop khaothi node serve first.",
    "node_store_old": "Open it with the build that made it and run khaothi node backup there, or start a new node.",
    "roster_unreadable": "Open the file in a spreadsheet program and save it as XLSX again.",
    "demonstration_anchor_refused": "Use the anchors of real states, or make a node with --purpose demonstration.",
    "node_store_unusable": "Look at the disk and at the address of the database.",
    "graders_differ": "Nothing was published. Keep the database as it is and report the items named.",
    "results_not_published": "khaothi node results publish.",
    "paper_needs_decision": "Bring in what is still at a station, or void the attempt with a reason.",
}
Json = Annotated[bool, typer.Option("--json", help="one JSON document on standard output")]
Folder = Annotated[Path | None, typer.Option("--dir", file_okay=False, help="the node's folder")]
Piped = Annotated[bool, typer.Option("--password-stdin", help="read passwords from a pipe, one line a person")]


class WrongUseError(Exception):
    """The command line contradicts itself."""


def refused(error: Exception, *, as_json: bool) -> int:
    """The one table from errors to exit statuses."""
    if isinstance(error, WrongUseError):
        return command_line.refuse("wrong_use", str(error), as_json=as_json, status=command_line.WRONG_USE)
    code = error.reason if isinstance(error, errors.Refused) else getattr(error, "code", "disk")
    status = command_line.NO
    if isinstance(error, errors.FolderMissing):
        status = command_line.WRONG_USE
    elif isinstance(error, OSError | errors.StoreUnusable):
        status = command_line.DEVICE
    return command_line.refuse(code, str(error), ADVICE.get(code, ""), as_json=as_json, status=status)


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
            sys.stdin.readline().rstrip("\n") if piped else str(typer.prompt(f"{name}: password", hide_input=True))
        )
        account = node.people.accounts.get(name)
        code = ""
        if account is not None and account.totp:
            code = sys.stdin.readline().strip() if piped else str(typer.prompt(f"{name}: code", hide_input=True))
        node.people.prove(name, password, code)
    return tuple(names)
