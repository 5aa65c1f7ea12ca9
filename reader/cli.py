"""`khaothi card`: composition root of the reader (CLI.md). `khaothi trust` is in `trust_cli`."""

from __future__ import annotations

import secrets
import sys
import time
from contextlib import ExitStack, suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from khaothi import command_line
from reader import cli_arguments, errors, printed
from reader.cli_arguments import AccessProtocol, FileRefusedError, WrongUseError
from reader.cli_errors import refused
from reader.trust_cli import trust
from reader.wording import WORDING

if TYPE_CHECKING:
    from reader.access_key import AccessKey
    from reader.adapters.pcsc import PcscConnection, PcscReaders
    from reader.inspection import Inspection, Options, Progress
    from reader.trust import TrustStore

__all__ = ["card", "trust"]
PUT_BACK_SECONDS = 20.0
GONE_SECONDS = 2.0
Json = Annotated[bool, typer.Option("--json", help="one JSON document on standard output")]
TrustFolder = Annotated[Path | None, typer.Option("--trust", exists=True, file_okay=False, help="folder of anchors")]


def read(
    number: Annotated[str | None, typer.Option("--id", help="the twelve digits of the card")] = None,
    can: Annotated[str | None, typer.Option("--can", help="card access number, six digits")] = None,
    mrz: Annotated[str | None, typer.Option("--mrz", help="the lines, separated by / or unbroken")] = None,
    mrz_info: Annotated[str | None, typer.Option("--mrz-info", help="number, birth, expiry with check digits")] = None,
    qr: Annotated[
        Path | None, typer.Option("--qr", exists=True, dir_okay=False, help="picture of the card's QR code")
    ] = None,
    access: Annotated[AccessProtocol, typer.Option(help="protocol that may open the chip")] = AccessProtocol.AUTO,
    reader: Annotated[str | None, typer.Option(help="name of the reader, or a part of it")] = None,
    dg: Annotated[str | None, typer.Option("--dg", help="data groups to read, such as 1,2,13")] = None,
    trust_folder: TrustFolder = None,
    out: Annotated[Path | None, typer.Option("--out", file_okay=False, help="folder for the raw files")] = None,
    as_json: Json = False,
) -> int:
    """Inspect the card on a reader: every finding with its evidence."""
    from reader import report
    from reader.adapters import card_files, trust_directory, trust_home

    try:
        number = number if qr is None else _number_of(qr, number)
        key = cli_arguments.access_key(number, can, mrz, mrz_info, access)
        groups = cli_arguments.groups(dg)
        store = trust_directory.load(trust_folder or trust_home.folder())
        document, done = _read_card(key, store, _options(access, groups), reader, report.card_read)
        if out is not None:
            front = [("EF_CardAccess", done.card_access)] if done.card_access else []
            card_files.save(out, [*front, *[(read.name, read.content) for read in done.files]])
    except (errors.ReaderError, WrongUseError, OSError) as error:
        return refused(error, as_json=as_json)
    _show_card(document, as_json=as_json)
    return _card_status(document)


def _number_of(picture: Path, number: str | None) -> str:
    """The card number in a picture of the QR code: nobody signed it, so it only opens the chip.

    Raises:
        FileRefusedError: no such code in it.
        WrongUseError: a number was given too.
    """
    from reader.adapters import qr

    if number is not None:
        raise WrongUseError("access_key_needed", "--qr and --id say the same: give one of them")
    try:
        return qr.find_in_file(picture).personal_number
    except errors.Malformed as error:
        raise FileRefusedError("qr_not_found", error.sentence, **error.values) from error


def _today() -> date:
    return datetime.now(UTC).astimezone().date()


def _options(access: AccessProtocol, groups: tuple[str, ...] | None) -> Options:
    from reader.inspection import Options

    protocol = {AccessProtocol.PACE: "pace", AccessProtocol.BAC: "bac"}.get(access, "auto")
    return Options(_today(), groups=groups, access=protocol)  # type: ignore[arg-type] # the three literals


def _read_card(key: AccessKey, store: TrustStore, options: Options, wanted: str | None, document: Any) -> tuple[dict[str, Any], Inspection]:  # fmt: skip
    from reader.adapters import trust_home
    from reader.adapters.capability_store import CapabilityStore
    from reader.adapters.pcsc import PcscReaders
    from reader.inspection import inspect

    started, cpu = time.perf_counter(), time.process_time()
    readers = PcscReaders()
    name = _reader_name(readers, wanted)
    with ExitStack() as held:
        connection = held.enter_context(readers.connect(name))
        connected = time.perf_counter() - started
        memory = CapabilityStore.of(trust_home.home(), name, connection)
        done = inspect(
            connection,
            (key,),
            store,
            options,
            random=secrets.token_bytes,
            clock=time.perf_counter,
            on_progress=_progress,
            wait_for_card=lambda: _put_back(readers, name, held),
            memory=memory,
        )
    total = time.perf_counter() - started
    return document(done, connect=connected, total=total, cpu=time.process_time() - cpu), done


def _reader_name(readers: PcscReaders, wanted: str | None) -> str:
    """The reader meant: by its name or a part of it; without a name the first that holds a card."""
    names = readers.names()
    if wanted is not None:
        names = [name for name in names if name == wanted] or [name for name in names if wanted in name]
    if not names:
        if wanted is None:
            raise errors.NoReader("no card reader")
        raise errors.NoReader("no reader called {name!r}", name=wanted)
    return next((name for name in names if readers.card_present(name)), names[0])


def _put_back(readers: PcscReaders, name: str, held: ExitStack) -> PcscConnection | None:
    """The card again once it has been taken away and put back; None after a while."""
    print(f"\n{WORDING.of_code('put_card_back').message}", file=sys.stderr, flush=True)
    deadline = time.monotonic() + PUT_BACK_SECONDS
    readers.wait(name, present=False, seconds=GONE_SECONDS)
    while (left := deadline - time.monotonic()) > 0:
        if readers.wait(name, present=True, seconds=left):
            with suppress(errors.NoCard, errors.CardRemoved, errors.ReaderBusy):
                return held.enter_context(readers.connect(name))
    return None


def _progress(progress: Progress) -> None:
    if sys.stderr.isatty():
        end = "\n" if progress.step == "signature" else ""
        share = 100 * progress.done // max(1, progress.total)
        print(f"\r{progress.step:<10} {share:3d} %", end=end, file=sys.stderr, flush=True)


def verify(
    path: Annotated[Path, typer.Argument(exists=True, help="folder of dumped files, or a security object")],
    trust_folder: TrustFolder = None,
    at: Annotated[datetime | None, typer.Option("--at", formats=["%Y-%m-%d"], help="day to judge validity for")] = None,
    as_json: Json = False,
) -> int:
    """Judge dumped files of a card again, without the card."""
    from reader import offline, report
    from reader.adapters import card_files, trust_directory, trust_home

    started, cpu = time.perf_counter(), time.process_time()
    try:
        files = card_files.load(path)
        _must_hold_sod(files, path)
        store = trust_directory.load(trust_folder or trust_home.folder())
        judged = offline.judge(files, store, None if at is None else at.date(), _today())
    except (errors.ReaderError, WrongUseError, OSError) as error:
        return refused(error, as_json=as_json)
    spent, used = time.perf_counter() - started, time.process_time() - cpu
    _show_card(report.card_verify(judged, files, total=spent, cpu=used), as_json=as_json)
    return 0 if judged.verdict == "authentic" else command_line.NO


def _must_hold_sod(files: dict[str, bytes], path: Path) -> None:
    if "EF_SOD" not in files:
        raise WrongUseError("no_security_object", folder=path)


def _card_status(document: dict[str, Any]) -> int:
    good = document["data"] == "authentic" and document["chip"] not in {"not_genuine", "inconclusive"}
    return 0 if good else command_line.NO


def _show_card(document: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        command_line.print_json(document)
        return
    for line in printed.card(document):
        print(line)


def card(arguments: list[str]) -> int:
    """Entry point of the launcher."""
    application = typer.Typer(add_completion=False, help="Read or verify a chip ID card.")
    application.command("read")(read)
    application.command("verify")(verify)
    return command_line.run(application, "card", arguments)
