"""`khaothi station`: the composition root of the exam-room PC. `khaothi doctor` is in `doctor_cli`."""

from __future__ import annotations

import os
import secrets
import shutil
import time
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from khaothi import command_line
from reader.adapters import face_models, qr
from reader.adapters.camera import OpenCvCamera
from reader.adapters.capability_store import CapabilityStore
from reader.adapters.face_landmarks import MeshLandmarker
from reader.adapters.pcsc import WatchedReaders
from reader.face.errors import CameraUnavailable
from reader.face.ports import Rgb
from reader.face.thresholds import engine as engine_facts
from station.adapters import clock, device, lockdown
from station.adapters.journal import SqliteJournal
from station.adapters.reader import SeatReader
from station.adapters.uplink import HttpsUplink, enrol, fingerprint
from station.doctor_cli import doctor
from station.errors import NodeRefused, NodeUnreachable, NotEnrolled, StationError, StoreDamaged, StoreFailed
from station.officials import Officials
from station.ports import StationPorts
from station.runtime import Station
from station.wording.refusals import WORDING

__all__ = ["doctor", "station"]

Json = Annotated[bool, typer.Option("--json", help="one JSON document on standard output")]
BUILD = "0.1.0"
PIN_DIGITS = 6


class WrongUseError(StationError):
    """What was typed cannot be meant."""

    code = "wrong_use"


class Unusable(StationError):
    """What was given is refused before anything is asked; told in the words of `reason`."""

    def __init__(self, reason: str, **values: object) -> None:
        super().__init__(**values)
        self.reason = reason


def assemble(folder: Path) -> Station:
    """The station of this PC with its real devices.

    Raises:
        NotEnrolled: it has not been enrolled.
    """
    enrolled = device.load(folder)
    ports = StationPorts(
        steady=clock.steady_ms,
        wall=lambda: time.time_ns() // 1_000_000,
        seconds=time.monotonic,
        random=secrets.token_bytes,
        reader=SeatReader(WatchedReaders()),
        camera=OpenCvCamera(os.environ.get("KHAOTHI_CAMERA", "")),
        engine=face_models.create,
        landmarker=MeshLandmarker,
        facts=engine_facts("sface"),
        journal=SqliteJournal(folder),
        uplink=HttpsUplink(enrolled),
        disk_free=lambda: shutil.disk_usage(folder).free,
        boot=clock.boot_id(),
        suspended=clock.suspended_ms,
        lockdown=lambda: lockdown.level(lockdown.findings()),
        card_qr=_card_number,
        card_memory=lambda name, card: CapabilityStore.of(folder, name, card),
    )
    station = Station(enrolled.station, enrolled.signing, enrolled.sealing, enrolled.node_key, ports)
    station.exchange.build = BUILD
    return station


def _card_number(picture: Rgb) -> str | None:
    found = qr.find(picture)
    return None if found is None else found.personal_number


def enrol_command(
    url: str,
    code: str,
    ca: Annotated[Path, typer.Option(help="the node's certificate authority (ca.pem)", exists=True, dir_okay=False)],
    expect: Annotated[str, typer.Option(help="fingerprint shown by the node")] = "",
    as_json: Json = False,
) -> int:
    """Enrol this PC with a one-time code; compare the fingerprint with the invigilator."""
    try:
        enrolled = _enrolled(url, code, ca, expect)
        device.save(device.home(), enrolled)
    except (StationError, OSError) as error:
        return _refused(error, as_json=as_json)
    if as_json:
        command_line.print_json({"station": enrolled.station, "fingerprint": enrolled.fingerprint})
    else:
        print(f"station {enrolled.station}; fingerprint {enrolled.fingerprint}: compare it with the node's page")
    return 0


def _enrolled(url: str, code: str, ca: Path, expect: str) -> device.Device:
    if not url.startswith("https://"):
        raise WrongUseError("the node's address begins with https://")
    try:
        certificate = ca.read_text(encoding="utf-8")
        shown = fingerprint(certificate)
    except ValueError as error:
        raise Unusable("certificate_unusable", file=ca.name) from error
    if expect and not shown.startswith(expect.lower()):
        raise Unusable("fingerprint_differs")
    try:
        return enrol(url, certificate, code, device.create(), BUILD)
    except ValueError as error:
        raise Unusable("certificate_unusable", file=ca.name) from error


def _refused(error: Exception, *, as_json: bool) -> int:
    """The one table from errors to exit statuses."""
    code = getattr(error, "code", "disk")
    status = command_line.NO
    if isinstance(error, WrongUseError):
        status = command_line.WRONG_USE
    elif isinstance(error, NodeRefused | Unusable):
        code = error.reason
    elif isinstance(error, NodeUnreachable | StoreFailed | StoreDamaged):
        status = command_line.DEVICE
    elif isinstance(error, OSError):
        status = command_line.machine_status(error)
    return command_line.refuse(WORDING.of_error(error, code), as_json=as_json, status=status)


def run(
    windowed: Annotated[bool, typer.Option("--windowed", help="in a window, not over the whole display")] = False,
    language: Literal["vi", "en"] = "vi",
) -> int:
    """Run the station."""
    from station.screens.window import StationWindow, application

    try:
        station = assemble(device.home())
    except NotEnrolled as error:
        said = WORDING.of_error(error, error.code)
        return command_line.refuse(said, as_json=False, status=command_line.DEVICE)
    except (StationError, OSError) as error:
        return _refused(error, as_json=False)
    app = application()

    def live() -> Any:
        try:
            frame = station.ports.camera.newest()
        except CameraUnavailable:
            return None
        return None if frame is None else frame.picture

    window = StationWindow(station.post, lambda: station.resources, live)
    window.presenter.set_language(language)
    station.on_view = window.show_view
    window.open(kiosk=not windowed)
    station.start()
    app.exec()
    station.stop()
    window.close()
    return 0


def status(as_json: Json = False) -> int:
    """Whether this PC is enrolled, and with which node."""
    try:
        enrolled = device.load(device.home())
    except (StationError, OSError) as error:
        return _refused(error, as_json=as_json)
    document = {"station": enrolled.station, "node": enrolled.node_url, "fingerprint": enrolled.fingerprint}
    if as_json:
        command_line.print_json(document)
    else:
        print("\n".join(f"{name}: {value}" for name, value in document.items()))
    return 0


def official(
    name: Annotated[str, typer.Argument(help="as it will stand in the record")],
    pin: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True, help="at least 6 digits")],
    as_json: Json = False,
) -> int:
    """Let an official set the PIN with which they confirm a candidate at this PC (F12), also offline."""
    if len(pin) < PIN_DIGITS or not pin.isdigit():
        said = WORDING.of_code("pin_too_short", digits=PIN_DIGITS)
        return command_line.refuse(said, as_json=as_json, status=command_line.NO)
    try:
        journal = SqliteJournal(device.home())
    except (StationError, OSError) as error:
        return _refused(error, as_json=as_json)
    Officials(journal).enrol(name, pin)
    journal.close()
    if as_json:
        command_line.print_json({"official": name})
    else:
        print(f"{name} can confirm candidates at this PC")
    return 0


def erase(
    confirm: Annotated[bool, typer.Option("--yes", help="really erase")] = False,
    force: Annotated[bool, typer.Option("--unsent-too", help="even what the node does not have yet")] = False,
    as_json: Json = False,
) -> int:
    """Erase the room's data from this PC after the shift; refuses while the node lacks anything."""
    try:
        journal = SqliteJournal(device.home())
    except (StationError, OSError) as error:
        return _refused(error, as_json=as_json)
    unsent = sum(len(part.entries) for part in journal.unsent(1_000_000)) + len(journal.attachments(1_000_000))
    attempts = len(journal.epochs())
    refused = ""
    if unsent and not force:
        refused = "unsent_entries"
    elif not confirm:
        refused = "not_confirmed"
    if not refused:
        # The counter must go on growing, or the node would take the next request for a replay.
        journal.wipe(keep=("counter",))
    journal.close()
    if refused:
        said = WORDING.of_code(refused, attempts=attempts, entries=unsent)
        return command_line.refuse(said, as_json=as_json, status=command_line.NO)
    if as_json:
        command_line.print_json({"erased_attempts": attempts, "unsent_lost": unsent})
    else:
        print(f"erased {attempts} attempts; the key that sealed them is destroyed")
    return 0


def station(arguments: list[str]) -> int:
    """Entry point of the launcher."""
    application = typer.Typer(add_completion=False, help="The candidate's exam station.")
    application.command("enrol")(enrol_command)
    application.command()(run)
    application.command()(status)
    application.command()(official)
    application.command()(erase)
    return command_line.run(application, "station", arguments)
