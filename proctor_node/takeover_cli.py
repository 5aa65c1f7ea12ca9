"""`khaothi node room-key` and `khaothi node branch`: the two halves of a room, and which end of a record counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from khaothi.wording import Terms
from proctor_node import errors
from proctor_node.console import Folder, Json, Piped, prove, refused, told, where
from proctor_node.wording import WORDING

if TYPE_CHECKING:
    from proctor_node.takeovers import Branch


def room_key(
    site: str,
    room: str,
    holder: Annotated[list[str], typer.Option("--holder", help="the official who gets one half; give it twice")],
    folder: Folder = None,
    as_json: Json = False,
) -> int:
    """Make the two halves of a room's recovery key; they are shown once and kept nowhere."""
    from proctor_node.adapters import node_folder

    if len(holder) != 2:
        error = errors.Refused("needs_two_holders")
        return refused(error, as_json=as_json)
    try:
        with node_folder.opened(where(folder), alone=True) as node:
            codes = node.make_room_key(site, room, (holder[0], holder[1]), "console")
    except (errors.NodeError, OSError) as error:
        return refused(error, as_json=as_json)
    lines = [f"{name}\n    {code}" for name, code in codes.items()]
    lines.append(WORDING.line("Put each half into its own envelope now: it is not kept and cannot be shown again."))
    document = {"site": site, "room": room, "halves": [{"holder": n, "code": c} for n, c in codes.items()]}
    return told(document, lines, as_json=as_json)


def branch(
    attempt: str,
    choose: Annotated[str, typer.Option(help="the station whose end counts")] = "",
    by: Annotated[
        list[str] | None, typer.Option("--by", help="invigilator and site head; each gives a password")
    ] = None,
    reason: Annotated[str, typer.Option()] = "",
    piped: Piped = False,
    folder: Folder = None,
    as_json: Json = False,
) -> int:
    """The ends of a record that went on at two PCs; with --choose two persons decide which one counts."""
    from proctor_node.adapters import node_folder

    try:
        with node_folder.opened(where(folder), alone=bool(choose)) as node:
            if choose:
                if len(by or ()) != 2:
                    raise errors.Refused("second_person_must_differ")
                names = prove(node, by or (), piped=piped)
                node.choose_branch(attempt, choose, (names[0], names[1]), reason)
            found = node.branches(attempt)
    except (errors.NodeError, OSError) as error:
        return refused(error, as_json=as_json)
    return told(
        {"attempt": attempt, "branches": [_document(b) for b in found]}, [_line(b) for b in found], as_json=as_json
    )


def _document(found: Branch) -> dict[str, Any]:
    return {
        "station": found.station, "epoch": found.epoch, "answered": found.answered, "last_at": found.last_at,
        "counts": found.counts, "proposed": found.proposed,
    }  # fmt: skip


def _line(found: Branch) -> str:
    marks = Terms(word for word, there in (("counts", found.counts), ("proposed", found.proposed)) if there)
    values = {"station": found.station, "epoch": found.epoch, "answered": found.answered, "marks": marks}
    return WORDING.line("{station}\tepoch {epoch}\t{answered} answered\t{marks}", **values).rstrip()
