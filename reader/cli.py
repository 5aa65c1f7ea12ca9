"""`khaothi card` and `khaothi trust`: composition root of the reader (CLI.md)."""

from __future__ import annotations

import secrets
import sys
import time
from contextlib import ExitStack, suppress
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from khaothi import command_line
from reader import errors

if TYPE_CHECKING:
    from reader.access_key import AccessKey
    from reader.adapters.pcsc import PcscConnection, PcscReaders
    from reader.inspection import Inspection, Options, Progress
    from reader.trust import TrustStore

PUT_BACK_SECONDS = 20.0
GONE_SECONDS = 2.0
GROUPS = {str(number): f"DG{number}" for number in (1, 2, 7, 11, 12, 13, 14, 15, 16)}
DEVICE_ERRORS = (errors.PcscUnavailable, errors.NoReader, errors.NoCard, errors.ReaderBusy, errors.CardRemoved)
ADVICE = {
    "pcsc_unavailable": "Start the PC/SC service (pcscd, or Smart Card on Windows).",
    "no_reader": "Connect a card reader, or name one of those connected with --reader.",
    "no_card": "Put the card on the reader.",
    "reader_busy": "Close the program that holds the card.",
    "card_removed": "Leave the card on the reader until the end.",
    "card_frozen": "Take the card away and put it on again.",
    "access_denied": "Give the key that this card takes: --mrz for one without PACE.",
    "access_not_supported": "Try the other protocol, or leave --access out.",
    "other_card": "Put back the card that was taken away.",
    "wrong_access_key": "Compare the number with the card.",
    "not_an_identity_card": "Use a card with a chip of the identity application.",
}
Json = Annotated[bool, typer.Option("--json", help="one JSON document on standard output")]
TrustFolder = Annotated[Path | None, typer.Option("--trust", exists=True, file_okay=False, help="folder of anchors")]


class AccessProtocol(StrEnum):
    """Which protocol may open the chip."""

    AUTO = "auto"
    PACE = "pace"
    BAC = "bac"


class _WrongUseError(Exception):
    """The command line contradicts itself; carries the code and what to write instead."""

    def __init__(self, code: str, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.code, self.advice = code, advice


def _refused(error: Exception, *, as_json: bool) -> int:
    """The one table from errors to exit statuses."""
    if isinstance(error, _WrongUseError):
        status, code, advice = command_line.WRONG_USE, error.code, error.advice
    elif isinstance(error, errors.ReaderError):
        status = command_line.DEVICE if isinstance(error, DEVICE_ERRORS) else command_line.NO
        code, advice = error.code, ADVICE.get(error.code, "")
    else:
        status, code, advice = command_line.DEVICE, "disk", "Look at the path and its permissions."
    return command_line.refuse(code, str(error), advice, as_json=as_json, status=status)


# -- card ------------------------------------------------------------------------------------------------------------


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
        key = _access_key(number, can, mrz, mrz_info, access)
        groups = _groups(dg)
        store = trust_directory.load(trust_folder or trust_home.folder())
        document, done = _read_card(key, store, _options(access, groups), reader, report.card_read)
        if out is not None:
            card_files.save(out, [(read.name, read.content) for read in done.files])
    except (errors.ReaderError, _WrongUseError, OSError) as error:
        return _refused(error, as_json=as_json)
    _show_card(document, as_json=as_json)
    return _card_status(document)


def _access_key(number: str | None, can: str | None, mrz: str | None, info: str | None, access: AccessProtocol) -> AccessKey:  # fmt: skip
    from reader.access_key import Can

    if sum(value is not None for value in (number, can, mrz, info)) != 1:
        raise _WrongUseError("access_key_needed", "exactly one of --id, --can, --mrz, --mrz-info, --qr opens the card")
    if mrz is not None or info is not None:
        return _from_mrz(mrz) if mrz is not None else _from_information(info or "")
    if access is AccessProtocol.BAC:
        raise _WrongUseError("mrz_needed", "basic access control takes no card access number", "Give --mrz.")
    if number is not None:
        if len(number) != 12 or not (number.isascii() and number.isdigit()):
            raise _WrongUseError("card_number_malformed", "--id takes the twelve digits of the card")
        return Can.from_card_number(number)
    if can is None or len(can) != 6 or not (can.isascii() and can.isdigit()):
        raise _WrongUseError("can_malformed", "--can takes six digits")
    return Can(can)


def _number_of(picture: Path, number: str | None) -> str:
    """The card number in a picture of the QR code: nobody signed it, so it only opens the chip."""
    from reader.adapters import qr

    if number is not None:
        raise _WrongUseError("access_key_needed", "--qr and --id say the same: give one of them")
    try:
        return qr.find_in_file(picture).personal_number
    except errors.Malformed as error:
        raise _WrongUseError(
            "qr_not_found", str(error), "Take the picture from nearer, with the whole code."
        ) from error


def _from_mrz(text: str) -> AccessKey:
    from reader import mrz
    from reader.access_key import MrzKey

    try:
        zone = mrz.parse(text)
    except errors.Malformed as error:
        raise _WrongUseError("mrz_malformed", str(error)) from error
    # The composite digit guards nothing that the key is made of, and some printed samples have it wrong.
    wrong = [name for name in zone.wrong_checks if name != "composite"]
    if wrong:
        raise _WrongUseError("mrz_check_digit", f"check digit does not fit: {', '.join(wrong)}", "Read the MRZ again.")
    return MrzKey.from_mrz(zone)


def _from_information(text: str) -> AccessKey:
    """Document number, birth date and expiry date, each followed by its check digit."""
    from reader import mrz
    from reader.access_key import MrzKey

    text = text.upper().ljust(24, " ")
    fields = (text[:-15], text[-15]), (text[-14:-8], text[-8]), (text[-7:-1], text[-1])
    try:
        fits = all(mrz.check_digit(value) == digit.replace("<", "0") for value, digit in fields)
    except errors.Malformed as error:
        raise _WrongUseError("mrz_malformed", str(error)) from error
    if not fits:
        raise _WrongUseError("mrz_check_digit", "--mrz-info: a check digit does not fit", "Number, birth, expiry.")
    return MrzKey(text)


def _groups(text: str | None) -> tuple[str, ...] | None:
    if text is None:
        return None
    wanted = [part.strip().upper().removeprefix("DG") for part in text.split(",") if part.strip()]
    unknown = [part for part in wanted if part not in GROUPS]
    if unknown or not wanted:
        known = ", ".join(GROUPS)
        raise _WrongUseError("data_group_not_read", f"data group {', '.join(unknown)} is not read", f"Known: {known}.")
    return tuple(GROUPS[part] for part in wanted)


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
        raise errors.NoReader("no card reader" if wanted is None else f"no reader called {wanted!r}")
    return next((name for name in names if readers.card_present(name)), names[0])


def _put_back(readers: PcscReaders, name: str, held: ExitStack) -> PcscConnection | None:
    """The card again once it has been taken away and put back; None after a while."""
    print("\ncard lost: put it back on the reader", file=sys.stderr, flush=True)
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
    except (errors.ReaderError, _WrongUseError, OSError) as error:
        return _refused(error, as_json=as_json)
    spent, used = time.perf_counter() - started, time.process_time() - cpu
    _show_card(report.card_verify(judged, files, total=spent, cpu=used), as_json=as_json)
    return 0 if judged.verdict == "authentic" else command_line.NO


def _must_hold_sod(files: dict[str, bytes], path: Path) -> None:
    if "EF_SOD" not in files:
        raise _WrongUseError("no_security_object", f"no EF_SOD.bin in {path}", "Name the file EF_SOD.bin.")


def _card_status(document: dict[str, Any]) -> int:
    good = document["data"] == "authentic" and document["chip"] not in {"not_genuine", "inconclusive"}
    return 0 if good else command_line.NO


def _show_card(document: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        command_line.print_json(document)
        return
    holder, access = document["holder"], document["access"]
    print(f"data {document['data']}, chip {document['chip']}")
    if holder["name"]:
        # On a screen others look too: the last three digits are enough to compare (DESIGN.md section 4.8).
        masked = "*" * max(0, len(holder["personal_number"]) - 3) + holder["personal_number"][-3:]
        print(f"{holder['name']}, born {holder['birth_date']}, {holder['issuing_state']}, number {masked}")
    if access["protocol"]:
        print(f"{access['protocol']} {access['cipher']} with {access['password']}", end="; ")
        print(f"{document['apdus']} APDUs, {document['bytes_received']} bytes, {document['seconds']['total']:.2f} s")
    for found in document["findings"]:
        print(f"  {found['result']:<14} {found['check']:<42} {found['code']}  {found['detail']}".rstrip())


def card(arguments: list[str]) -> int:
    """Entry point of the launcher."""
    application = typer.Typer(add_completion=False, help="Read or verify a chip ID card.")
    application.command("read")(read)
    application.command("verify")(verify)
    return command_line.run(application, "card", arguments)


NOTHING_USABLE = {
    "code": "nothing_usable",
    "message": "no certificate or list that can be believed",
    "advice": "Take the file from its publisher again.",
}

# -- trust -----------------------------------------------------------------------------------------------------------

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
        signers = trust_sources.NOBODY if signer is None else trust_home.read_signers(signer)
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
        return _refused(error, as_json=as_json)
    document = report.trust(reports, time.perf_counter() - started)
    if not any(trust_directory.usable(found) for found in reports):
        document["error"] = NOTHING_USABLE
    _show_trust(document, as_json=as_json)
    return 0 if all(trust_directory.usable(found) for found in reports) else command_line.NO


def show(as_json: Json = False) -> int:
    """List what the trust store holds."""
    from reader import report
    from reader.adapters import trust_home

    started = time.perf_counter()
    try:
        _, reports = trust_home.load(trust_home.folder())
    except OSError as error:
        return _refused(error, as_json=as_json)
    _show_trust(report.trust(reports, time.perf_counter() - started), as_json=as_json)
    return 0


def _show_trust(document: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        command_line.print_json(document)
        return
    for source in document["files"]:
        counts = f"{source['certificates']} certificates of {source['countries']} countries, {source['link']} link"
        print(f"{source['file']}: {source['kind']}, signature {source['signature']}, {counts}")
        for refused in source["refused"]:
            print(f"  refused {refused['serial']} {refused['subject']}: {refused['reason']}")
    print(f"{document['certificates']} certificates, {document['refused']} refused, {document['seconds']:.2f} s")


def trust(arguments: list[str]) -> int:
    """Entry point of the launcher."""
    application = typer.Typer(add_completion=False, help="Trust anchors: master lists, certificates, CRLs.")
    application.command("import")(import_files)
    application.command("check")(check)
    application.command("list")(show)
    return command_line.run(application, "trust", arguments)
