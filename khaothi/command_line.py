"""What every command shares: running a Typer application by the contract of exit statuses, and one shape for errors.

0 done, yes; 1 the answer is no; 2 wrong use, also a path that does not exist; 3 device, disk, permission or network. With
`--json` standard output holds exactly one JSON document.
"""

from __future__ import annotations

import json
import sys

import typer

from khaothi import library_sentences, wording
from khaothi.wording import Said, Wording, Words

NO, WRONG_USE, DEVICE = 1, 2, 3
# Typer carries its own copy of click; the public class leads to the root of its usage errors.
UsageError: type[Exception] = typer.BadParameter.__mro__[1]
WORDING = Wording(
    {
        "wrong_use": Words("{sentence}", "{sentence}", "Xem {command} --help.", "{command} --help says more."),
        "device": Words(
            "Không đọc hay ghi được.",
            "It cannot be read or written.",
            "Xem lại đường dẫn, quyền truy cập, đĩa và mạng.",
            "Look at the path, its permissions, the disk and the network.",
        ),
    },
    {},
)


def print_json(document: object) -> None:
    """One JSON document."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")


def refuse(said: Said, *, as_json: bool, status: int) -> int:
    """Tell an error in the shape of the contract; returns the exit status."""
    if as_json:
        print_json({"error": said._asdict()})
    else:
        sys.stderr.write(f"{said.message}\n{said.advice}\n" if said.advice else f"{said.message}\n")
    return status


def machine_status(error: OSError) -> int:
    """Wrong use where a path is not what it must be, else the machine's refusal (CLI.md)."""
    return WRONG_USE if isinstance(error, FileNotFoundError | IsADirectoryError | NotADirectoryError) else DEVICE


def run(application: typer.Typer, name: str, arguments: list[str]) -> int:
    """Run a command; wrong use is told in a line, never as a trace."""
    command = typer.main.get_command(application)
    as_json = "--json" in arguments
    try:
        return int(command.main(arguments, prog_name=f"khaothi {name}", standalone_mode=False) or 0)
    except UsageError as error:
        said = _wrong_use(error, name)
        return refuse(said, as_json=as_json, status=DEVICE if said.code == "device" else WRONG_USE)
    except OSError as error:
        # What no command foresaw of disk, permission or network; in words, with the status that scripts expect.
        return refuse(WORDING.of_error(error, "device"), as_json=as_json, status=machine_status(error))
    except typer.Abort:
        return 130


def _wrong_use(error: Exception, name: str) -> Said:
    """A usage error in the language chosen, with the command that it is about."""
    told, context = getattr(error, "format_message", None), getattr(error, "ctx", None)
    # "Value error" is the library's own prefix, and says nothing to whoever typed.
    sentence = (str(error) if told is None else str(told())).replace("Value error, ", "")
    known = list(getattr(getattr(context, "command", None), "commands", ()))
    if sentence == "Missing command." and known:
        sentence = f"Missing command. One of: {', '.join(known)}."
    no_permission = sentence.endswith(("is not readable.", "is not writable."))
    if wording.vietnamese():
        sentence = library_sentences.in_vietnamese(sentence)
    if no_permission:
        return WORDING.of_code("device")._replace(message=sentence)
    command = f"khaothi {name}" if context is None else context.command_path
    return WORDING.of_code("wrong_use", sentence=sentence, command=command)
