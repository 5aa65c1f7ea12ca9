"""`khaothi demo`: a whole exam day on this machine (only in a checkout)."""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from khaothi import command_line

MOST_CANDIDATES = 400
MOST_WINDOWS = 4


def _say(message: str) -> None:
    print(f"demo: {message}", file=sys.stderr, flush=True)


def run(
    candidates: Annotated[int, typer.Option(help="how many people come (12 shows every case)", min=1)] = 12,
    headless: Annotated[bool, typer.Option("--headless", help="no window, even with a display")] = False,
    me: Annotated[
        bool, typer.Option("--me", help="issue a card with a still from your webcam and sit the test")
    ] = False,
    faces: Annotated[
        Path | None, typer.Option(help="folder of portraits, one sub-folder a person", exists=True, file_okay=False)
    ] = None,
    seed: Annotated[int | None, typer.Option(help="the same seed gives the same people")] = None,
    screenshots: Annotated[
        Path | None, typer.Option(help="folder where the pictures of the screens go", file_okay=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON document on standard output")] = False,
) -> int:
    """Play a whole exam day: proctor node, PC/SC daemon with virtual readers, cards, stations, test, marks."""
    from hardware_mocks.exam_day.stage import DayFailed
    from hardware_mocks.vpcd.bench import BenchUnavailable
    from hardware_mocks.wording import WORDING

    if me and (headless or not _display()):
        return command_line.refuse(WORDING.of_code("no_display"), as_json=as_json, status=command_line.WRONG_USE)
    if candidates > MOST_CANDIDATES:
        said = WORDING.of_code("too_many_candidates", most=MOST_CANDIDATES)
        return command_line.refuse(said, as_json=as_json, status=command_line.WRONG_USE)
    try:
        result, wrong = _play(
            candidates,
            faces,
            secrets.randbelow(10_000) if seed is None else seed,
            screenshots,
            headless=headless,
            me=me,
        )
    except BenchUnavailable as error:
        return command_line.refuse(WORDING.of_error(error, error.code), as_json=as_json, status=command_line.DEVICE)
    except DayFailed as error:
        return command_line.refuse(WORDING.of_error(error, error.code), as_json=as_json, status=command_line.NO)
    if as_json:
        command_line.print_json(result)
    else:
        from hardware_mocks.exam_day.report import summary

        print(summary(result))
    for line in wrong:
        _say(WORDING.line("not as it must be: {problem}", problem=line))
    return 1 if wrong else 0


def _display() -> bool:
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _play(
    candidates: int, faces: Path | None, seed: int, shots: Path | None, *, headless: bool, me: bool
) -> tuple[dict[str, Any], list[str]]:
    from hardware_mocks.exam_day import report
    from hardware_mocks.exam_day.director import Day
    from hardware_mocks.exam_day.schedule import draw_up
    from hardware_mocks.portraits import people

    started = time.monotonic()
    display = _display() and not headless
    shots = shots or Path(tempfile.mkdtemp(prefix="khaothi-screens-"))
    shots.mkdir(parents=True, exist_ok=True)
    schedule = draw_up(candidates, people(faces), seed)
    guest = display
    windows = min(MOST_WINDOWS - guest, candidates)
    day = Day(schedule, seed, _say, windows=windows, shots=shots, guest=guest)
    try:
        counts = day.run(me=me)
        pictures = sorted(str(path) for path in shots.glob("*.png"))
        result = report.document(day, counts, pictures, [f"{day.stage.host.url}/"], time.monotonic() - started)
    finally:
        day.close()
        with contextlib.suppress(OSError):
            # A day that was broken off early leaves no empty folder behind.
            shots.rmdir()
    return result, report.deviations(result)


def demo(arguments: list[str]) -> int:
    """Entry point of the launcher."""
    application = typer.Typer(add_completion=False)
    application.command()(run)
    return command_line.run(application, "demo", arguments)
