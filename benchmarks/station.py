"""What a candidate feels at the station. usage: python benchmarks/station.py [clicks|questions|memory|start|resume ...]

Without arguments all of them, one Markdown table each; every number is of the product's own station, window and journal, drawn
by the software renderer. `clicks` and `questions` run the real loop thread over a real disk, with the raw cost of a sync
measured in turn with them.
"""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import msgspec
import numpy as np
from PySide6.QtCore import QCoreApplication, QEventLoop

from hardware_mocks.lone_station import NAME, LoneStation, device_keys
from question_bank import samples
from question_bank.adapters.formula_renderer import MathJaxRenderer
from question_bank.form import Form
from question_bank.item import Formula, Text, pieces
from station.adapters import device
from station.adapters.journal import SqliteJournal
from station.journey import intents
from station.journey.views import Paper, View
from station.screens.window import StationWindow, application

ROOT = Path(__file__).resolve().parent.parent
CLICKS, CHANGES, STARTS = 300, 60, 5
FORMULAS = 10


def percentile(values: list[float], share: float) -> float:
    """The value below which this share of the values lies, by rank."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def row(name: str, values: list[float], unit: float = 1000) -> str:
    """One line of a table: name, n, median, p95, p99, largest."""
    shown = (statistics.median(values), percentile(values, 0.95), percentile(values, 0.99), max(values))
    return f"| {name} | {len(values)} | " + " | ".join(f"{value * unit:.1f}" for value in shown) + " |"


class TimedJournal(SqliteJournal):
    """The product's journal; notes when the last append was on the disk."""

    durable = 0.0

    def append(
        self, attempt: str, epoch: int, entries: tuple[bytes, ...], previous_head: str = "", *, applied: int = 0
    ) -> None:
        """As the journal."""
        super().append(attempt, epoch, entries, previous_head, applied=applied)
        TimedJournal.durable = time.perf_counter()


class Desk:
    """A station at the open paper with its loop thread and its window; the node is out of reach."""

    def __init__(self, folder: Path, form: Form) -> None:
        self.app = application()
        self.bench = LoneStation(folder, form, make_journal=TimedJournal)
        self.bench.begin()
        self.bench.node.cut = True
        station = self.bench.station
        self.window = StationWindow(station.post, lambda: station.resources)
        self.shown: View = station.view
        self.painted = self.told = 0.0
        self.wanted: Callable[[View], bool] = lambda _: False
        station.on_view = self._told
        self.window.view.frameSwapped.connect(self._swapped)
        self.window.presenter.changed.connect(self._changed)
        self.window.open()
        self.window.draw(station.view)
        self.settle(0.5)
        self.thread = station._threads[0]
        self.thread.start()

    def _told(self, view: View) -> None:
        self.shown = view
        self.window.show_view(view)

    def _changed(self) -> None:
        if not self.told and self.wanted(self.shown):
            self.told = time.perf_counter()

    def _swapped(self) -> None:
        self.painted = time.perf_counter()

    def settle(self, seconds: float) -> None:
        """Let the window rest."""
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            self.app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)

    def act(self, intent: intents.Intent, done: Callable[[View], bool]) -> tuple[float, float, float]:
        """What a click costs, in seconds: until it is on the disk, until the view is made, until the frame is painted."""
        self.painted = self.told = 0.0
        before, started, self.wanted = TimedJournal.durable, time.perf_counter(), done
        self.bench.station.post(intent)
        while not (self.told and self.painted > self.told):
            self.app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 1)
            if time.perf_counter() - started > 5:
                raise SystemExit(f"nothing was painted after {intent}")
        durable = TimedJournal.durable - started if TimedJournal.durable != before else 0.0
        return durable, self.told - started, self.painted - started

    def close(self) -> None:
        """End the thread and the window."""
        station = self.bench.station
        station._stopping.set()
        station.call(lambda: None)
        self.thread.join(5)
        self.window.close()
        self.bench.journal.close()


def raw_sync(path: Path) -> Iterator[float]:
    """How long it takes to append a page to a file and have it on the disk."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        while True:
            started = time.perf_counter()
            os.write(descriptor, bytes(4096))
            os.fdatasync(descriptor)
            yield time.perf_counter() - started
    finally:
        os.close(descriptor)


def dense(form: Form) -> Form:
    """The sample form with ten formulas in every question of Part I: six in the stem, one in each option."""
    known: dict[str, Formula] = {}
    for _, item in form.each_item():
        for content in (item.stem, *(option.content for option in item.options)):
            known |= {piece.sha256: piece for piece in pieces(content) if isinstance(piece, Formula)}
    drawn = list(known.values())
    parts = []
    for part in form.parts:
        items = []
        for number, item in enumerate(part.items):
            mine = [drawn[(FORMULAS * number + at) % len(drawn)] for at in range(FORMULAS)]
            stem = tuple(
                piece for at, formula in enumerate(mine[:6]) for piece in (Text(f"({at + 1}) "), formula, Text("; "))
            )
            options = tuple(
                msgspec.structs.replace(option, content=(mine[6 + at % 4],)) for at, option in enumerate(item.options)
            )
            single = item.kind == "single_choice"
            items.append(msgspec.structs.replace(item, stem=stem, options=options) if single else item)
        parts.append(msgspec.structs.replace(part, items=tuple(items)))
    return msgspec.structs.replace(form, parts=tuple(parts))


def clicks(form: Form, folder: Path) -> None:
    """From the click to the disk and to the screen, with the raw cost of a sync in between."""
    desk, sync = Desk(folder / "clicks", form), raw_sync(folder / "raw")
    raw, durable, painted = [], [], []
    for number in range(CLICKS):
        raw.append(next(sync))
        response = "ABCD"[number % 4]
        one = desk.act(intents.Respond("I.1", response), partial(_chosen, response))
        durable.append(one[0])
        painted.append(one[2])
        desk.settle(0.02)
    desk.close()
    print("| a click on an option, ms | n | median | p95 | p99 | largest |\n|---|---|---|---|---|---|")
    print(row("append 4 KiB + fdatasync, beside it", raw))
    print(row("click to durable", durable))
    print(row("click to painted", painted))
    print(f"\np99 to durable is {1000 * (percentile(durable, 0.99) - percentile(raw, 0.99)):.1f} ms over the raw p99\n")


def _chosen(wanted: str, view: View) -> bool:
    return isinstance(view, Paper) and [option.identifier for option in view.options if option.chosen] == [wanted]


def questions(form: Form, folder: Path) -> None:
    """From "next question" to the painted question, ten formulas each: the first time and again."""
    desk = Desk(folder / "questions", dense(form))
    first, again = list[float](), list[float]()
    order = [f"I.{number}" for number in range(2, 13)] + ["I.1"]
    for number in range(CHANGES):
        item = order[number % len(order)]
        took = desk.act(intents.GoTo(item), partial(_current, item))[2]
        (first if number < len(order) - 1 else again).append(took)
        desk.settle(0.05)
    desk.close()
    print(
        f"| to another question with {FORMULAS} formulas, ms | n | median | p95 | p99 | largest |\n|---|---|---|---|---|---|"
    )
    print(row("the first time (the question is noted in the record)", first))
    print(row("again", again))
    print()


def _current(item: str, view: View) -> bool:
    return isinstance(view, Paper) and view.item == item


def pss(process: int | str = "self") -> float:
    """Proportional set size in MB."""
    for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise SystemExit("no smaps_rollup")


def memory(form: Form, folder: Path) -> None:
    """The one process of the station, in steps."""
    steps = [("interpreter, Qt and this benchmark", pss())]
    desk = Desk(folder / "memory", form)
    steps.append(("station at the open paper", pss()))
    for number in range(1, 13):
        desk.act(intents.GoTo(f"I.{number % 12 + 1}"), partial(_current, f"I.{number % 12 + 1}"))
    steps.append(("after twelve questions", pss()))
    from reader.adapters import face_models
    from reader.adapters.camera import OpenCvCamera
    from reader.adapters.face_landmarks import MeshLandmarker
    from reader.face.errors import CameraUnavailable

    engine, landmarker = face_models.create(), MeshLandmarker()
    picture = np.full((480, 640, 3), 127, np.uint8)
    engine.faces(picture)
    steps.append(("face models loaded and run once", pss()))
    camera = OpenCvCamera("")
    try:
        camera.open()
        camera.newest()
        name = "camera opened"
    except CameraUnavailable:
        frames = [picture.copy() for _ in range(8)]
        name = f"no camera here: {len(frames)} frames of 640 x 480 held instead"
    steps.append((name, pss()))
    desk.close()
    del landmarker
    print("| one process, PSS in MB | |\n|---|---|")
    for what, size in steps:
        print(f"| {what} | {size:.0f} |")
    print()


HOOK = """
import sys, time
from station.screens import window as w
shown = {screens!r}
def opened(self, *, kiosk=False, _open=w.StationWindow.open):
    def swapped():
        if not shown or self.presenter.screen in shown:
            print(self.presenter.screen, flush=True)
    self.view.frameSwapped.connect(swapped)
    _open(self, kiosk=kiosk)
w.StationWindow.open = opened
from khaothi.launcher import main
sys.argv = ["khaothi", "station", "run", "--windowed"]
main()
"""


def timed_start(home: Path, screens: tuple[str, ...]) -> tuple[float, float]:
    """From the start of the program to the first painted frame of one of these screens: seconds, and seconds of processor."""
    environment = {**os.environ, "KHAOTHI_HOME": str(home), "PYTHONPATH": str(ROOT)}
    started = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-c", HOOK.format(screens=screens)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as child:
        assert child.stdout is not None
        line = child.stdout.readline()
        took = time.perf_counter() - started
        used = Path(f"/proc/{child.pid}/stat").read_text().rpartition(")")[2].split()
        child.send_signal(signal.SIGKILL)
    if not line.strip():
        raise SystemExit("the station ended before it painted anything")
    return took, (int(used[11]) + int(used[12])) / os.sysconf("SC_CLK_TCK")


def enrolled(home: Path, form: Form, *, begun: bool = True) -> LoneStation:
    """A folder of an enrolled station whose node cannot be reached, with an attempt under way or with the plan alone."""
    bench = LoneStation(home / "station", form)
    if begun:
        bench.begin()
    else:
        bench.exchange()
    signing, sealing = device_keys(NAME)
    key = bench.node.signing.public_key().public_bytes_raw()
    known = replace(device.create(), signing=signing, sealing=sealing, station=NAME)
    certificate = _pem()
    device.save(
        home / "station", replace(known, node_url="https://127.0.0.1:1", node_key=key, node_certificate=certificate)
    )
    return bench


def _pem() -> str:
    from proctor_node.adapters import tls

    with tempfile.TemporaryDirectory() as name:
        tls.create(Path(name), ("127.0.0.1",), datetime.now(UTC))
        return (Path(name) / "ca.pem").read_text()


def start(form: Form, folder: Path) -> None:
    """An enrolled PC in the morning: the plan is here, nobody has checked in."""
    enrolled(folder, form, begun=False).journal.close()
    took = [timed_start(folder, ()) for _ in range(STARTS)]
    print(
        "| start of the program to the first painted frame, s | n | median | p95 | p99 | largest |\n|---|---|---|---|---|---|"
    )
    print(row("by the clock", [wall for wall, _ in took], 1))
    print(row("of the processor", [cpu for _, cpu in took], 1))
    print()


def resume(form: Form, folder: Path) -> None:
    """Killed in mid-answer, started again: how long until the candidate sees where they were."""
    home = folder / "resume"
    bench = enrolled(home, form)
    for number in range(22):
        item = list(bench.station.journey.index)[number]
        bench.do(intents.GoTo(item))
        if bench.station.journey.index[item].kind == "single_choice":
            bench.do(intents.Respond(item, "B"))
    bench.journal.close()
    took = [timed_start(home, ("S23",)) for _ in range(STARTS)]
    print(
        "| SIGKILL, start again to the painted screen S23, s | n | median | p95 | p99 | largest |\n|---|---|---|---|---|---|"
    )
    print(row("by the clock", [wall for wall, _ in took], 1))
    print(row("of the processor", [cpu for _, cpu in took], 1))
    print()


PARTS = {"clicks": clicks, "questions": questions, "memory": memory, "start": start, "resume": resume}


def main(wanted: list[str]) -> None:
    """Each part in a process of its own, so that none inherits the other's memory."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.setdefault("QT_QUICK_BACKEND", "software")
    if len(wanted) != 1:
        for name in wanted or list(PARTS):
            subprocess.run([sys.executable, __file__, name], check=True)
        return
    form = samples.sample_form(MathJaxRenderer())
    with tempfile.TemporaryDirectory() as name:
        PARTS[wanted[0]](form, Path(name))
    QCoreApplication.processEvents()


if __name__ == "__main__":
    main(sys.argv[1:])
