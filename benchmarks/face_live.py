"""The camera beside the window: how soon somebody is compared, and how long the Qt thread is kept waiting meanwhile.

    python benchmarks/face_live.py FACES [window | undisturbed]

On a busy machine (Linux, as root): `window` gives the Qt thread alone a real-time priority; `undisturbed` also runs all of
this bench and its processes at niceness -15, nearly as if nothing else ran. "here" is the engine in a thread of the window's
own process, "apart" the product's `ObserverProcess`. A picture thread of the product's own camera adapter is fed by a
stand-in for the device at 30 pictures a second; everything else is the product, in one thread beside a real Qt event loop
(offscreen).
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles

import cv2
import numpy as np
from PySide6.QtCore import Qt, QTimer

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from hardware_mocks.camera.cases import Cast, Clock
from hardware_mocks.camera.cases import camera as acted_camera
from hardware_mocks.camera.warping import Head
from hardware_mocks.portraits import people
from reader.adapters import face_models
from reader.adapters.camera import Device, OpenCvCamera
from reader.adapters.face_landmarks import MeshLandmarker
from reader.adapters.face_process import ObserverProcess
from reader.face import portrait
from reader.face.liveness.challenge import draw
from reader.face.liveness.observing import FaceObserver, Observer
from reader.face.liveness.trial import Trial
from reader.face.ports import Frame, Rgb
from station.screens.window import application

RATE = 30
ROUNDS = 15
BEAT = 0.001
ABOVE = {"": 0, "window": 20, "undisturbed": 20}  # real-time priority of the Qt thread


class Replayed:
    """A capture that gives recorded pictures at the pace of a webcam."""

    def __init__(self, pictures: list[Rgb]) -> None:
        self._pictures, self._next = [cv2.cvtColor(one, cv2.COLOR_RGB2BGR) for one in pictures], 0

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        return True

    def read(self) -> tuple[bool, Rgb]:
        time.sleep(1 / RATE)
        self._next += 1
        return True, self._pictures[self._next % len(self._pictures)].copy()

    def release(self) -> None:
        pass


def recorded(folder: Path, observer: Observer, landmarker: MeshLandmarker) -> tuple[bytes, list[Frame]]:
    """One whole challenge, played beforehand, so that making its pictures costs nothing while time is taken."""
    person = people(folder)[0]
    picture = portrait.decode(person.live[0].read_bytes())
    points = landmarker.landmarks(picture, observer.faces(picture)[0])
    assert points is not None
    head, clock, frames = Head(picture, points), Clock(), []
    acted = acted_camera("genuine", Cast(head, head, picture), 1, clock)
    trial = Trial(draw(np.random.default_rng(3).integers))
    while not trial.over:
        frame = acted.newest()
        assert frame is not None
        frames.append(frame)
        state = trial.feed(observer.observe(frame, embed=trial.wants_sample(frame.at)))
        acted.hear(state.step, state.prompt)
        clock.tick()
    return person.chip_image, frames


def first_match(chip: bytes, frames: list[Frame], observer: FaceObserver) -> list[float]:
    """Wall seconds from opening the camera to the first comparison with the chip; the models are warm."""
    reference, spent = observer.reference(chip), []
    device = Device(0, "bench", "bench", "uvcvideo")
    for _ in range(ROUNDS):
        capture = Replayed([frame.picture for frame in frames[:4]])
        camera = OpenCvCamera(find=lambda: [device], capture=lambda _, capture=capture: capture)
        started = time.monotonic()
        camera.open()
        while (frame := camera.newest()) is None:
            time.sleep(0.002)
        seen = observer.observe(frame, embed=True)
        assert seen.embedding is not None
        observer.similarity(reference, seen.embedding)
        spent.append(time.monotonic() - started)
        camera.close()
    return spent


def stalls(work: Callable[[], object], priority: int) -> tuple[list[float], float]:
    """How much later than due a timer of the Qt thread fired while `work` ran in another thread, and how long it ran."""
    qt = application()
    late: list[float] = []
    last = time.monotonic()

    def beat() -> None:
        nonlocal last
        now = time.monotonic()
        late.append(1000 * max(0.0, now - last - BEAT))
        last = now
        if not thread.is_alive():
            qt.quit()

    thread = threading.Thread(target=work)
    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(beat)
    started = time.monotonic()
    timer.start(int(1000 * BEAT))
    before = os.sched_getscheduler(0), os.sched_getparam(0)
    thread.start()
    if priority:  # not before: a thread inherits it
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(priority))
    qt.exec()
    os.sched_setscheduler(0, *before)
    timer.stop()
    return late[2:], time.monotonic() - started


def told(what: str, work: Callable[[], object], mode: str) -> None:
    late, seconds = stalls(work, ABOVE[mode])
    cuts = quantiles(late, n=1000)
    over = sum(one > 10 for one in late)
    print(f"| {what} | {seconds:.1f} s | {median(late):.2f} ms | {cuts[989]:.1f} ms | {max(late):.1f} ms | {over} of {len(late)} |")  # fmt: skip


def memory(pid: int | str) -> float:
    """Megabytes that would be free again without a process."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1024


def looking(observer: FaceObserver, frames: list[Frame]) -> Callable[[], None]:
    """A station's own loop over a recorded challenge, as fast as it goes."""

    def look() -> None:
        for _ in range(4):
            trial = Trial(draw(np.random.default_rng(3).integers))
            for frame in frames:
                trial.feed(observer.observe(frame, embed=trial.wants_sample(frame.at)))

    return look


def main(folder: Path, mode: str) -> None:
    if mode == "undisturbed":
        os.nice(-15)
    here, landmarker = Observer(face_models.create(), MeshLandmarker()), MeshLandmarker()
    chip, frames = recorded(folder, here, landmarker)
    started = time.monotonic()
    apart = ObserverProcess()
    begun = time.monotonic() - started
    print(f"load {os.getloadavg()[0]:.1f}; the other process ready after {1000 * begun:.0f} ms")
    for name, observer in (("here", here), ("apart", apart)):
        spent = [1000 * one for one in first_match(chip, frames, observer)]
        print(f"first match after opening the camera, {name}: median {median(spent):.0f} ms, slowest of {ROUNDS} {max(spent):.0f} ms")  # fmt: skip
        frame, rounds = frames[0], 40
        started = time.monotonic()
        for _ in range(rounds):
            observer.observe(frame, embed=False)
        print(f"one look without features, {name}: {1000 * (time.monotonic() - started) / rounds:.1f} ms")

    def load() -> None:
        for _ in range(5):
            face_models.create()
            MeshLandmarker()

    def load_apart() -> None:
        for _ in range(5):
            ObserverProcess().close()

    def other_process() -> None:
        # The machine's own share: the same work, but of a process that shares nothing with this one.
        subprocess.run([sys.executable, __file__, str(folder), "alone"], check=True, stdout=subprocess.DEVNULL)

    print("| beside the Qt thread | took | late, median | 99 % | worst | later than 10 ms |\n|---|---|---|---|---|---|")
    told("nothing", lambda: time.sleep(5), mode)
    told("a process that shares nothing, looking", other_process, mode)
    told("here: looking", looking(here, frames), mode)
    told("here: loading, 5 times", load, mode)
    told("here: chip portraits, 20 times", lambda: [here.reference(chip) for _ in range(20)], mode)
    told("apart: looking", looking(apart, frames), mode)
    told("apart: loading, 5 times", load_apart, mode)
    told("apart: chip portraits, 20 times", lambda: [apart.reference(chip) for _ in range(20)], mode)
    print(f"the other process takes {memory(apart.pid or 0):.0f} MB of its own")
    apart.close()


def alone(folder: Path) -> None:
    observer, landmarker = Observer(face_models.create(), MeshLandmarker()), MeshLandmarker()
    _, frames = recorded(folder, observer, landmarker)
    for frame in frames * 2:
        observer.observe(frame, embed=True)


if __name__ == "__main__":
    if sys.argv[2:] == ["alone"]:
        alone(Path(sys.argv[1]))
    else:
        main(Path(sys.argv[1]), (*sys.argv[2:], "")[0])
