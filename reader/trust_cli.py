"""`khaothi trust`: what may anchor a card (CLI.md)."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from khaothi import command_line
from reader import errors, printed
from reader.cli_arguments import InFile
from reader.cli_errors import refused
from reader.wording import WORDING

if TYPE_CHECKING:
    from reader.trust_sources import Signers

Json = Annotated[bool, typer.Option("--json", help="one JSON document on standard output")]

Sources = Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="master lists, certificates, CRLs")]
Signer = Annotated[
    Path | None, typer.Option("--signer", exists=True, dir_okay=False, help="anchors a list's signature")
]


def check(files: Sources, signer: Signer = None, as_json: Json = False) -> int:
    """Say what trust sources hold, and every certificate refused with its reason."""
    return _examine(files, signer, keep=False, as_json=as_json)


def import_files(files: Sources, signer: Signer = None, as_json: Json = False) -> int:
    """Check trust sources and keep those that can be believed."""
    return _examine(files, signer, keep=True, as_json=as_json)


def _examine(files: list[Path], signer: Path | None, *, keep: bool, as_json: bool) -> int:
    from reader import report, trust_sources
    from reader.adapters import trust_directory, trust_home

    started = time.perf_counter()
    try:
        signers = trust_sources.NOBODY if signer is None else _signers(signer)
        reports = trust_directory.read_files(files, signers)
        store = trust_directory.load(trust_home.folder())
        for certificate in signers.certificates:
            store.add(certificate)
        trust_directory.fill(store, reports)
        kept = [path for path, found in zip(files, reports, strict=True) if keep and trust_directory.usable(found)]
        for path, found in zip(files, reports, strict=True):
            if path in kept:
                trust_home.keep(path, found)
        if kept and signer is not None:
            # Beside the list, so that it stays anchored.
            trust_home.keep(signer, trust_directory.read_files([signer])[0])
    except (errors.ReaderError, OSError) as error:
        return refused(error, as_json=as_json)
    document = report.trust(reports, time.perf_counter() - started)
    if not any(trust_directory.usable(found) for found in reports):
        document["error"] = WORDING.of_code("nothing_usable")._asdict()
    _show_trust(document, as_json=as_json)
    return 0 if all(trust_directory.usable(found) for found in reports) else command_line.NO


def _signers(path: Path) -> Signers:
    from reader.adapters import trust_home

    try:
        return trust_home.read_signers(path)
    except errors.ReaderError as error:
        raise InFile(path.name, error, "--signer takes a certificate or a file of certificates.") from error


def show(as_json: Json = False) -> int:
    """List what the trust store holds."""
    from reader import report
    from reader.adapters import trust_home

    started = time.perf_counter()
    try:
        _, reports = trust_home.load(trust_home.folder())
    except OSError as error:
        return refused(error, as_json=as_json)
    _show_trust(report.trust(reports, time.perf_counter() - started), as_json=as_json)
    return 0


def _show_trust(document: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        command_line.print_json(document)
        return
    for line in printed.trust(document):
        print(line)


def trust(arguments: list[str]) -> int:
    """Entry point of the launcher."""
    application = typer.Typer(add_completion=False, help="Trust anchors: master lists, certificates, CRLs.")
    application.command("import")(import_files)
    application.command("check")(check)
    application.command("list")(show)
    return command_line.run(application, "trust", arguments)
