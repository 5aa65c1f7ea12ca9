"""`khaothi node backup`, `restore`, `retention` and `use`: keeping, erasing and counting."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from khaothi.wording import Terms
from proctor_node import errors
from proctor_node.console import Folder, Json, Piped, prove, refused, told, where
from proctor_node.rights import Right, check
from proctor_node.wording import WORDING

if TYPE_CHECKING:
    from proctor_node.node import Node

OutFile = Annotated[Path, typer.Argument(dir_okay=False)]
By = Annotated[str, typer.Option("--by", help="administrator; gives a password")]
Shift = Annotated[str, typer.Option()]


def backup(out: OutFile, folder: Folder = None, as_json: Json = False) -> int:
    """Write everything of this node into one file, also while it is being served. The file holds its private key."""
    from proctor_node.adapters import backups

    try:
        counts = backups.write(where(folder), out)
    except (errors.NodeError, OSError) as error:
        return refused(error, as_json=as_json)
    return told(
        {"file": str(out), "rows": counts},
        [WORDING.line("{file}: {rows} rows", file=out, rows=sum(counts.values()))],
        as_json=as_json,
    )


def restore(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    store: Annotated[str, typer.Option(help="database address; default a file in the folder")] = "",
    folder: Folder = None,
    as_json: Json = False,
) -> int:
    """Make a node of a backup in an empty folder, on either engine, and fold its records once."""
    from proctor_node.adapters import backups, node_folder

    try:
        counts = backups.restore(file, where(folder), store)
        with node_folder.opened(where(folder), alone=True) as node:
            attempts = len(node.intake.records)
    except (errors.NodeError, OSError) as error:
        return refused(error, as_json=as_json)
    document = {"rows": counts, "attempts": attempts}
    return told(
        document,
        [WORDING.line("{rows} rows, {attempts} attempts", rows=sum(counts.values()), attempts=attempts)],
        as_json=as_json,
    )


def _run(
    folder: Path | None, act: Callable[[Node], tuple[dict[str, Any], list[str]]], *, alone: bool, as_json: bool
) -> int:
    from proctor_node.adapters import node_folder

    try:
        with node_folder.opened(where(folder), alone=alone) as node:
            document, lines = act(node)
    except (errors.NodeError, OSError) as error:
        return refused(error, as_json=as_json)
    return told(document, lines, as_json=as_json)


def run(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="count only")] = False,
    folder: Folder = None,
    as_json: Json = False,
) -> int:
    """Erase what has expired, and keep the proof. Meant to be called every day."""

    def act(node: Node) -> tuple[dict[str, Any], list[str]]:
        proof = node.erase_due(dry_run=dry_run)
        if dry_run:
            line = WORDING.line("{count} attachments would be erased", count=proof.erased)
        else:
            line = WORDING.line(
                "{count} attachments erased, {left} left that are due", count=proof.erased, left=proof.left
            )
        return {**msgspec.to_builtins(proof), "dry_run": dry_run}, [line]

    return _run(folder, act, alone=False, as_json=as_json)


def consents(folder: Folder = None, as_json: Json = False) -> int:
    """What each candidate agreed to."""

    def act(node: Node) -> tuple[dict[str, Any], list[str]]:
        found = node.consents()
        lines = [
            WORDING.line(
                "{sbd}\t{basis}\tchip {chip}\tface {face}\t{reference}",
                sbd=c["sbd"],
                basis=c["basis"] or "–",
                chip=_yes(c["read_chip"]),
                face=_yes(c["compare_face"]),
                reference=c["reference"],
            )
            for c in found
        ]
        return {"consents": found}, lines

    return _run(folder, act, alone=False, as_json=as_json)


def _yes(agreed: bool | None) -> Terms:
    return Terms(("–" if agreed is None else "yes" if agreed else "no",))


def request(
    kind: Annotated[str, typer.Argument(help="export, correct, erase, withdraw")], sbd: str, shift: Shift, by: By,
    piped: Piped = False, folder: Folder = None, as_json: Json = False,
) -> int:  # fmt: skip
    """File a person's request about their data; the legal deadlines are told."""

    def act(node: Node) -> tuple[dict[str, Any], list[str]]:
        _administrator(node, by, piped=piped)
        filed = node.file_request(kind, sbd, shift, by)
        return msgspec.to_builtins(filed), [
            WORDING.line(
                "request {number}: answer by {answer_by}, done by {done_by}",
                number=filed.number,
                answer_by=filed.answer_by,
                done_by=filed.done_by,
            )
        ]

    return _run(folder, act, alone=True, as_json=as_json)


def settle(
    number: int,
    by: By,
    outcome: Annotated[str, typer.Option()],
    piped: Piped = False,
    folder: Folder = None,
    as_json: Json = False,
) -> int:
    """Carry a request out, or say why not."""

    def act(node: Node) -> tuple[dict[str, Any], list[str]]:
        _administrator(node, by, piped=piped)
        done = node.settle_request(number, by, outcome)
        return msgspec.to_builtins(done), [WORDING.line("request {number}: {outcome}", number=number, outcome=outcome)]

    return _run(folder, act, alone=True, as_json=as_json)


def person(
    sbd: str, shift: Shift, by: By, out: Annotated[Path, typer.Option(dir_okay=False)], piped: Piped = False,
    folder: Folder = None, as_json: Json = False,
) -> int:  # fmt: skip
    """Write everything kept about one person, for them alone; the look is logged."""

    def act(node: Node) -> tuple[dict[str, Any], list[str]]:
        account = _administrator(node, by, piped=piped)
        node.viewed(account, f"everything of {sbd}")
        out.write_text(json.dumps(node.export_person(sbd, shift), ensure_ascii=False, indent=1), encoding="utf-8")
        return {"file": str(out)}, [str(out)]

    return _run(folder, act, alone=True, as_json=as_json)


def _administrator(node: Node, name: str, *, piped: bool) -> Any:
    prove(node, (name,), piped=piped)
    account = node.people.accounts[name]
    check(account, Right.RETAIN)
    return account


def use(
    csv_file: Annotated[Path | None, typer.Option("--csv", dir_okay=False)] = None,
    folder: Folder = None,
    as_json: Json = False,
) -> int:
    """Measured use by site and shift, without personal data: how far people got, check-in times, the manual way."""

    def act(node: Node) -> tuple[dict[str, Any], list[str]]:
        document = node.measured_use()
        rows = [
            {k: v for k, v in row.items() if k != "check_in_seconds"} | row["check_in_seconds"]
            for row in document["use"]
        ]
        if csv_file is not None:
            with csv_file.open("w", newline="", encoding="utf-8-sig") as file:
                writer = csv.DictWriter(file, list(rows[0]) if rows else ["site"], delimiter=";")
                writer.writeheader()
                writer.writerows(rows)
        return document, ["\t".join(f"{k} {v}" for k, v in row.items()) for row in rows]

    return _run(folder, act, alone=False, as_json=as_json)


def retention_group() -> typer.Typer:
    """`khaothi node retention`."""
    application = typer.Typer(add_completion=False)
    for command in (run, consents, request, settle, person):
        application.command()(command)
    return application
