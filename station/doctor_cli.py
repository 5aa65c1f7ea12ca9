"""`khaothi doctor`: readiness of this PC, and what to do about each point."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

import typer

from khaothi import command_line
from khaothi.wording import of_the_machine, vietnamese
from reader.adapters import face_models
from reader.adapters.camera import OpenCvCamera
from reader.adapters.pcsc import PcscReaders
from reader.errors import PcscUnavailable
from reader.face.errors import CameraUnavailable, ModelChanged
from station.adapters import device, installed, lockdown, store_key
from station.adapters.journal import SqliteJournal
from station.adapters.only_one import alone
from station.adapters.uplink import HttpsUplink
from station.errors import (
    NodeNotGenuine,
    NodeRefused,
    NodeUnreachable,
    NotEnrolled,
    StationError,
    StationRunning,
    StoreDamaged,
)
from station.wording.readiness import CHECKS as CHECK_NAMES
from station.wording.readiness import LEVELS, WORDING

Level = Literal["green", "amber", "red"]
Json = Annotated[bool, typer.Option("--json", help="one JSON document on standard output")]
MIB = 2**20
LEAST_DISK = 500 * MIB
CAMERA_SECONDS = 4.0
SLOW_SYNC_MS = 100
# Of the wall clock, which decides nothing but stands in the logs (seconds).
MOST_OFFSET = 5.0
# UX.md, tokens: the smallest layout.
LEAST_WIDTH, LEAST_HEIGHT = 1024, 768


class Found(NamedTuple):
    """What one check found: its level and the code of the words, with the values in them."""

    level: Level
    code: str
    values: dict[str, object]


def _found(level: Level, code: str, **values: object) -> Found:
    return Found(level, code, values)


def _pcsc() -> Found:
    try:
        names = PcscReaders().names()
    except PcscUnavailable:
        return _found("red", "pcsc_down")
    return _found("green", "readers", names=", ".join(names)) if names else _found("red", "no_reader")


def _camera() -> Found:
    camera = OpenCvCamera(os.environ.get("KHAOTHI_CAMERA", ""))
    camera.open()
    deadline = time.monotonic() + CAMERA_SECONDS
    try:
        while time.monotonic() < deadline:
            frame = camera.newest()
            if frame is not None:
                height, width = frame.picture.shape[:2]
                return _found("green", "camera_works", width=width, height=height)
            time.sleep(0.1)
    except CameraUnavailable as error:
        return _found("amber", "camera_missing", problem=WORDING.sentence(error))
    finally:
        camera.close()
    return _found("amber", "camera_dark")


def _models() -> Found:
    try:
        for name in face_models.ENGINES:
            face_models.check(name)
    except ModelChanged as error:
        return _found("red", "models_wrong", problem=WORDING.sentence(error))
    return _found("green", "models_good")


def _disk() -> Found:
    folder = device.home()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(folder).free
        if free <= LEAST_DISK:
            return _found("red", "disk_full", free=free // MIB, needed=LEAST_DISK // MIB)
        slowest = _slowest_sync(folder)
    except OSError as error:
        return _found("red", "disk_refuses", problem=of_the_machine(error))
    slow = slowest > SLOW_SYNC_MS
    return _found("amber" if slow else "green", "disk_slow" if slow else "disk_good", free=free // MIB, slowest=round(slowest))  # fmt: skip


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


def _clock() -> Found:
    return _found("green", "clock_good") if hasattr(time, "CLOCK_BOOTTIME") else _found("amber", "clock_stops")


def _node() -> Found:
    try:
        enrolled = device.load(device.home())
    except NotEnrolled:
        return _found("red", "not_enrolled")
    except (StoreDamaged, OSError) as error:
        return _found("red", "enrolment_damaged", problem=WORDING.sentence(error))
    try:
        HttpsUplink(enrolled).provision(0)
    except NodeUnreachable:
        return _found("red", "node_silent", url=enrolled.node_url)
    except NodeRefused:
        # The counter of this question is old on purpose: a signed refusal proves the line and the node's key.
        return _found("green", "node_answers", url=enrolled.node_url)
    except NodeNotGenuine as error:
        return _found("red", "node_other", url=enrolled.node_url, problem=WORDING.sentence(error))
    return _found("green", "node_answers", url=enrolled.node_url)


def _offset() -> Found:
    try:
        uplink = HttpsUplink(device.load(device.home()))
        with contextlib.suppress(NodeRefused):
            uplink.provision(0)
    except (StationError, OSError):
        return _found("amber", "offset_unknown")
    if uplink.ahead is None:
        return _found("amber", "offset_unknown")
    far = abs(uplink.ahead) > MOST_OFFSET
    return _found("amber" if far else "green", "offset_far" if far else "offset_good", seconds=f"{uplink.ahead:+.0f}")


def _build() -> Found:
    number, digest = installed.build()
    return _found("green", "build", version=number, digest=digest[:16])


def _forms() -> Found:
    folder = device.home()
    if not (folder / store_key.KEY_FILE).exists():
        return _found("amber", "no_plan")
    try:
        with alone(folder):
            journal = SqliteJournal(folder)
            try:
                found = installed.forms(journal)
            finally:
                journal.close()
    except StationRunning:
        return _found("amber", "forms_busy")
    except (StationError, OSError) as error:
        return _found("red", "forms_unreadable", problem=WORDING.sentence(error))
    if found is None:
        return _found("amber", "no_plan")
    here, wrong = found
    return (
        _found("red", "forms_wrong", codes=", ".join(wrong))
        if wrong
        else _found("green", "forms_here", forms=", ".join(here))
    )


def _display() -> Found:
    modes = installed.displays()
    if not modes:
        return _found("amber", "no_display")
    width, _, height = modes[0].partition("x")
    if not width.isdigit() or not height.isdigit() or int(width) < LEAST_WIDTH or int(height) < LEAST_HEIGHT:
        return _found("red", "display_small", mode=modes[0])
    return (
        _found("green", "display_good", modes=", ".join(modes))
        if len(modes) == 1
        else _found("amber", "displays", modes=", ".join(modes))
    )


def _lockdown() -> Found:
    weak = lockdown.findings()
    if not weak:
        return _found("green", "locked_down")
    return _found("amber", "partly_locked", reasons=", ".join(WORDING.of_code(code).message for code in weak))


CHECKS: dict[str, Callable[[], Found]] = {
    "pcsc": _pcsc,
    "camera": _camera,
    "face_models": _models,
    "disk": _disk,
    "clock": _clock,
    "node": _node,
    "clock_offset": _offset,
    "build": _build,
    "forms": _forms,
    "display": _display,
    "lockdown": _lockdown,
}


def examine(as_json: Json = False) -> int:
    """Readiness of this PC, and what to do about each point."""
    checks = []
    for name, check in CHECKS.items():
        found = check()
        said = WORDING.of_code(found.code, **found.values)
        checks.append({"check": name, "level": found.level, "code": found.code, "detail": said.message, "advice": said.advice})  # fmt: skip
    if as_json:
        command_line.print_json({"checks": checks})
    else:
        _tell(checks)
    return command_line.NO if any(entry["level"] == "red" for entry in checks) else 0


def _tell(checks: list[dict[str, str]]) -> None:
    english = not vietnamese()
    for entry in checks:
        level, name = LEVELS[entry["level"]][english], CHECK_NAMES[entry["check"]][english]
        sys.stdout.write(f"{level:<6} {name:<14} {entry['detail']}\n")
        if entry["advice"]:
            sys.stdout.write(f"{'':<22}{entry['advice']}\n")


def doctor(arguments: list[str]) -> int:
    """Entry point of the launcher."""
    application = typer.Typer(add_completion=False)
    application.command()(examine)
    return command_line.run(application, "doctor", arguments)
