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
from khaothi.wording import Terms
from reader.adapters import qr
from reader.adapters.camera import OpenCvCamera
from reader.adapters.capability_store import CapabilityStore
from reader.adapters.face_process import ObserverProcess
from reader.adapters.pcsc import WatchedReaders
from reader.face.errors import CameraUnavailable
from reader.face.ports import Rgb
from reader.face.thresholds import engine as engine_facts
from station.adapters import clock, device, lockdown
from station.adapters.journal import SqliteJournal
from station.adapters.mirror_folder import MirrorFolders
from station.adapters.only_one import alone
from station.adapters.reader import SeatReader
from station.adapters.uplink import HttpsUplink, enrol, fingerprint
from station.console import Json, Unusable, WrongUseError, refused
from station.doctor_cli import doctor
from station.erase_cli import erase, forget_enrolment, refuse_unsent
from station.errors import NotEnrolled, StationError
from station.ports import StationPorts
from station.runtime import Station
from station.wording.refusals import WORDING

__all__ = ["doctor", "station"]

BUILD = "0.1.0"


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
        observer=ObserverProcess,
        facts=engine_facts("sface"),
        journal=SqliteJournal(folder),
        uplink=HttpsUplink(enrolled),
        disk_free=lambda: shutil.disk_usage(folder).free,
        boot=clock.boot_id(),
        suspended=clock.suspended_ms,
        lockdown=lambda: lockdown.level(lockdown.findings()),
        card_qr=_card_number,
        mirror=MirrorFolders(),
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
        folder = device.home()
        if folder.exists():
            with alone(folder):
                refuse_unsent(folder)
        enrolled = _enrolled(url, code, ca, expect)
        with alone(folder):
            forget_enrolment(folder)
            device.save(folder, enrolled)
    except (StationError, OSError) as error:
        return refused(error, as_json=as_json)
    if as_json:
        command_line.print_json({"station": enrolled.station, "fingerprint": enrolled.fingerprint})
    else:
        print(WORDING.line("station {station}; fingerprint {fingerprint}: compare it with the node's page", station=enrolled.station, fingerprint=enrolled.fingerprint))  # fmt: skip
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


def run(
    windowed: Annotated[bool, typer.Option("--windowed", help="in a window, not over the whole display")] = False,
    language: Literal["vi", "en"] = "vi",
) -> int:
    """Run the station."""
    try:
        with alone(device.home()):
            return _run(windowed=windowed, language=language)
    except NotEnrolled as error:
        said = WORDING.of_error(error, error.code)
        return command_line.refuse(said, as_json=False, status=command_line.DEVICE)
    except (StationError, OSError) as error:
        return refused(error, as_json=False)


def _run(*, windowed: bool, language: Literal["vi", "en"]) -> int:
    from station.screens.lock_watch import LockWatch
    from station.screens.window import StationWindow, application

    station = assemble(device.home())
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
    watch = LockWatch(app, window.view, station.post, kiosk=not windowed, seconds=time.monotonic)
    station.start()
    app.exec()
    watch.stop()
    station.stop()
    window.close()
    return 0


def status(as_json: Json = False) -> int:
    """Whether this PC is enrolled, and with which node."""
    try:
        enrolled = device.load(device.home())
    except (StationError, OSError) as error:
        return refused(error, as_json=as_json)
    document = {"station": enrolled.station, "node": enrolled.node_url, "fingerprint": enrolled.fingerprint}
    if as_json:
        command_line.print_json(document)
    else:
        print("\n".join(f"{WORDING.value(Terms((name,)))}: {value}" for name, value in document.items()))
    return 0


def station(arguments: list[str]) -> int:
    """Entry point of the launcher."""
    application = typer.Typer(add_completion=False, help="The candidate's exam station.")
    application.command("enrol")(enrol_command)
    application.command()(run)
    application.command()(status)
    application.command()(erase)
    return command_line.run(application, "station", arguments)
