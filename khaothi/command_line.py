"""What every command shares: running a Typer application by the contract of exit statuses, and one shape for errors.

0 done, yes; 1 the answer is no; 2 wrong use, also a path that does not exist; 3 device, disk, permission or network. With
`--json` standard output holds exactly one JSON document.
"""

from __future__ import annotations

import json
import sys

import typer

NO, WRONG_USE, DEVICE = 1, 2, 3
# Typer carries its own copy of click; the public class leads to the root of its usage errors.
UsageError: type[Exception] = typer.BadParameter.__mro__[1]


def print_json(document: object) -> None:
    """One JSON document."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")


def refuse(code: str, message: str, advice: str = "", *, as_json: bool, status: int) -> int:
    """Tell an error in the shape of the contract; returns the exit status."""
    if as_json:
        print_json({"error": {"code": code, "message": message, "advice": advice}})
    else:
        sys.stderr.write(f"{message}\n{advice}\n" if advice else f"{message}\n")
    return status


def run(application: typer.Typer, name: str, arguments: list[str]) -> int:
    """Run a command; wrong use is told in a line, never as a trace."""
    command = typer.main.get_command(application)
    try:
        return int(command.main(arguments, prog_name=f"khaothi {name}", standalone_mode=False) or 0)
    except UsageError as error:
        told = getattr(error, "format_message", None)
        # "Value error" is the library's own prefix, and says nothing to whoever typed.
        message = (str(error) if told is None else str(told())).replace("Value error, ", "")
        as_json = "--json" in arguments
        return refuse("wrong_use", message, f"khaothi {name} --help says more.", as_json=as_json, status=WRONG_USE)
    except OSError as error:
        # What no command foresaw of disk, permission or network; in words, with the status that scripts expect.
        reason = error.strerror or str(error)
        where = f"{error.filename}: {reason}" if error.filename else reason
        return refuse("device", where, as_json="--json" in arguments, status=DEVICE)
    except typer.Abort:
        return 130
