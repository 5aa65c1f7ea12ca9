"""`khaothi station`: the composition root of the exam-room PC. `khaothi doctor` is in `doctor_cli`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from khaothi import command_line
from khaothi.wording import Terms
from station.adapters import device
from station.adapters.only_one import alone
from station.console import BUILD, Json, Unusable, WrongUseError, refused
from station.errors import NotEnrolled, StationError
from station.wording.refusals import WORDING

if TYPE_CHECKING:
    from station.journey.intents import Intent
    from station.runtime import Station

__all__ = ["doctor", "station"]


def enrol_command(
    url: str,
    code: str,
    ca: Annotated[Path, typer.Option(help="the node's certificate authority (ca.pem)", exists=True, dir_okay=False)],
    expect: Annotated[str, typer.Option(help="fingerprint shown by the node")] = "",
    as_json: Json = False,
) -> int:
    """Enrol this PC with a one-time code; compare the fingerprint with the invigilator."""
    from station.erase_cli import forget_enrolment, refuse_unsent

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
    from station.adapters.uplink import enrol, fingerprint

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
    device.load(device.home())
    from station.screens.window import StationWindow, application

    # The window first: somebody who switched a PC on sees within a second that it is starting.
    app = application()
    made: list[Station] = []

    def post(intent: Intent) -> None:
        for station in made:
            station.post(intent)

    window = StationWindow(post, lambda: made[0].resources if made else {}, lambda: _live(made))
    window.presenter.set_language(language)
    window.open(kiosk=not windowed)
    window.paint()

    from station.assembly_root import assemble
    from station.screens.lock_watch import LockWatch

    station = assemble(device.home())
    made.append(station)
    station.on_view = window.show_view
    watch = LockWatch(app, window.view, station.post, kiosk=not windowed, seconds=time.monotonic)
    station.start()
    app.exec()
    watch.stop()
    station.stop()
    window.close()
    return 0


def _live(made: list[Station]) -> Any:
    from reader.face.errors import CameraUnavailable

    try:
        frame = made[0].ports.camera.newest() if made else None
    except CameraUnavailable:
        return None
    return None if frame is None else frame.picture


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


def doctor(arguments: list[str]) -> int:
    """Entry point of the launcher for `khaothi doctor`."""
    from station.doctor_cli import doctor as examine

    return examine(arguments)


def station(arguments: list[str]) -> int:
    """Entry point of the launcher."""
    application = typer.Typer(add_completion=False, help="The candidate's exam station.")
    application.command("enrol")(enrol_command)
    application.command()(run)
    application.command()(status)
    if arguments[:1] != ["run"]:
        # It loads the database, which the window of `run` does not wait for.
        from station.erase_cli import erase

        application.command()(erase)
    return command_line.run(application, "station", arguments)
