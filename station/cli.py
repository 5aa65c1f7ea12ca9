"""`khaothi station` and `khaothi doctor`: the composition root of the exam-room PC."""

from __future__ import annotations

import os
import secrets
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from khaothi import command_line
from reader.adapters import face_models, qr
from reader.adapters.camera import OpenCvCamera
from reader.adapters.capability_store import CapabilityStore
from reader.adapters.face_landmarks import MeshLandmarker
from reader.adapters.pcsc import PcscReaders, WatchedReaders
from reader.errors import PcscUnavailable
from reader.face.errors import CameraUnavailable, ModelChanged
from reader.face.ports import Rgb
from reader.face.thresholds import engine as engine_facts
from station.adapters import clock, device, lockdown
from station.adapters.journal import SqliteJournal
from station.adapters.reader import SeatReader
from station.adapters.uplink import HttpsUplink, enrol, fingerprint
from station.errors import NodeNotGenuine, NodeRefused, NodeUnreachable, NotEnrolled, StationError
from station.officials import Officials
from station.ports import StationPorts
from station.runtime import Station

Level = Literal["green", "amber", "red"]
Json = Annotated[bool, typer.Option("--json", help="one JSON document on standard output")]
LEAST_DISK = 500 * 1024 * 1024
BUILD = "0.1.0"
CAMERA_SECONDS = 4.0
SLOW_SYNC_MS = 100
PIN_DIGITS = 6


def home() -> Path:
    """Where the station keeps its things."""
    return Path(os.environ.get("KHAOTHI_HOME", Path.home() / ".khaothi")) / "station"


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
    if not url.startswith("https://"):
        text = "the node's address begins with https://"
        return command_line.refuse("wrong_use", text, as_json=as_json, status=command_line.WRONG_USE)
    try:
        certificate = ca.read_text()
        fingerprint(certificate)
    except ValueError:
        text = f"{ca.name} holds no certificate"
        return command_line.refuse("certificate_unusable", text, as_json=as_json, status=command_line.NO)
    if expect and not fingerprint(certificate).startswith(expect.lower()):
        return command_line.refuse(
            "fingerprint_differs", "this is not the node's certificate", as_json=as_json, status=command_line.NO
        )
    try:
        enrolled = enrol(url, certificate, code, device.create(), BUILD)
    except NodeUnreachable as error:
        advice = "Check the cable and the address."
        return command_line.refuse(
            error.code, "the node does not answer", advice, as_json=as_json, status=command_line.DEVICE
        )
    except (NodeRefused, NodeNotGenuine, ValueError) as error:
        reason = error.reason if isinstance(error, NodeRefused) else getattr(error, "code", "certificate_unusable")
        return command_line.refuse(
            reason, "the node refused", "Ask for a new code.", as_json=as_json, status=command_line.NO
        )
    device.save(home(), enrolled)
    if as_json:
        command_line.print_json({"station": enrolled.station, "fingerprint": enrolled.fingerprint})
    else:
        print(f"station {enrolled.station}; fingerprint {enrolled.fingerprint}: compare it with the node's page")
    return 0


def run(
    windowed: Annotated[bool, typer.Option("--windowed", help="in a window, not over the whole display")] = False,
    language: Literal["vi", "en"] = "vi",
) -> int:
    """Run the station."""
    from station.screens.window import StationWindow, application

    try:
        station = assemble(home())
    except NotEnrolled as error:
        return command_line.refuse(
            error.code,
            "K301: this PC is not enrolled",
            "khaothi station enrol",
            as_json=False,
            status=command_line.DEVICE,
        )
    except StationError as error:
        return command_line.refuse(error.code, str(error), as_json=False, status=command_line.DEVICE)
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
        enrolled = device.load(home())
    except NotEnrolled as error:
        return command_line.refuse(
            error.code, "this PC is not enrolled", "khaothi station enrol", as_json=as_json, status=command_line.NO
        )
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
        return command_line.refuse(
            "pin_too_short", f"a PIN has at least {PIN_DIGITS} digits", as_json=as_json, status=command_line.NO
        )
    try:
        journal = SqliteJournal(home())
    except StationError as error:
        return command_line.refuse(error.code, str(error), as_json=as_json, status=command_line.DEVICE)
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
        journal = SqliteJournal(home())
    except StationError as error:
        return command_line.refuse(error.code, str(error), as_json=as_json, status=command_line.DEVICE)
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
        advice = "Connect the node and wait for “Saved at the centre”." if unsent else "Repeat with --yes."
        message = f"{attempts} attempts, {unsent} entries not yet at the node"
        return command_line.refuse(refused, message, advice, as_json=as_json, status=command_line.NO)
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


# -- doctor

Check = tuple[Level, str, str]


def _pcsc() -> Check:
    try:
        names = PcscReaders().names()
    except PcscUnavailable:
        return "red", "the PC/SC service does not answer", "Start it: systemctl start pcscd (Debian package pcscd)."
    if not names:
        return "red", "no card reader (T301)", "Plug the reader in; on Linux install libccid."
    return "green", ", ".join(names), ""


def _camera() -> Check:
    camera = OpenCvCamera(os.environ.get("KHAOTHI_CAMERA", ""))
    camera.open()
    deadline = time.monotonic() + CAMERA_SECONDS
    try:
        while time.monotonic() < deadline:
            frame = camera.newest()
            if frame is not None:
                height, width = frame.picture.shape[:2]
                return "green", f"{width} x {height}", ""
            time.sleep(0.1)
    except CameraUnavailable as error:
        return "amber", f"{error} (M301)", "Plug a camera in; without one candidates are confirmed by persons."
    finally:
        camera.close()
    return "amber", "the camera gives no picture (M301)", "Unplug it and plug it in again."


def _models() -> Check:
    try:
        for name in face_models.ENGINES:
            face_models.check(name)
    except ModelChanged as error:
        return "red", str(error), "Run scripts/bootstrap again."
    return "green", "model files are the measured ones", ""


def _disk() -> Check:
    folder = home()
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    slowest = _slowest_sync(folder)
    detail = f"{free // 2**20} MiB free, a sync takes up to {slowest:.0f} ms"
    if free <= LEAST_DISK:
        return "red", detail, "Make room: 500 MiB are needed (B301)."
    if slowest > SLOW_SYNC_MS:
        return "amber", detail, "The disk is slow or failing: answers show as saved late. Use another PC."
    return "green", detail, ""


def _slowest_sync(folder: Path) -> float:
    """Milliseconds of the slowest of twenty small synced writes: what an answer waits for."""
    path, slowest = folder / "sync.probe", 0.0
    try:
        with path.open("wb") as file:
            for _ in range(20):
                started = time.perf_counter()
                file.write(bytes(1024))
                file.flush()
                os.fsync(file.fileno())
                slowest = max(slowest, time.perf_counter() - started)
    finally:
        path.unlink(missing_ok=True)
    return slowest * 1000


def _clock() -> Check:
    if not hasattr(time, "CLOCK_BOOTTIME"):
        return "amber", "the clock stops in suspend", "Switch suspend off."
    return "green", "boot-time clock", ""


def _node() -> Check:
    try:
        enrolled = device.load(home())
    except NotEnrolled:
        return "red", "not enrolled (K301)", "khaothi station enrol"
    try:
        HttpsUplink(enrolled).provision(0)
    except NodeUnreachable:
        return "red", f"{enrolled.node_url} does not answer", "Check the cable and the node."
    except NodeRefused:
        # The counter of this question is old on purpose: a signed refusal proves the line and the node's key.
        return "green", enrolled.node_url, ""
    except NodeNotGenuine as error:
        return "red", str(error), "Enrol again and compare the fingerprint."
    return "green", enrolled.node_url, ""


def _lockdown() -> Check:
    found = lockdown.findings()
    advice = "Start the kiosk session (packaging/); an invigilator in the room is the control." if found else ""
    return "amber" if found else "green", lockdown.level(found), advice


CHECKS: dict[str, Callable[[], Check]] = {
    "pcsc": _pcsc,
    "camera": _camera,
    "face_models": _models,
    "disk": _disk,
    "clock": _clock,
    "node": _node,
    "lockdown": _lockdown,
}


def examine(as_json: Json = False) -> int:
    """Readiness of this PC, and what to do about each point."""
    found = []
    for name, check in CHECKS.items():
        level, detail, advice = check()
        found.append({"check": name, "level": level, "detail": detail, "advice": advice})
    if as_json:
        command_line.print_json({"checks": found})
    else:
        for entry in found:
            sys.stdout.write(f"{entry['level']:<6} {entry['check']:<12} {entry['detail']}\n")
            if entry["advice"]:
                sys.stdout.write(f"{'':<20}{entry['advice']}\n")
    return command_line.NO if any(entry["level"] == "red" for entry in found) else 0


def doctor(arguments: list[str]) -> int:
    """Entry point of the launcher."""
    application = typer.Typer(add_completion=False)
    application.command()(examine)
    return command_line.run(application, "doctor", arguments)
