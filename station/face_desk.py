"""The station's one thread for faces: models are loaded while the card is read, tries come one after another.

Neither the loop of the station nor its window waits for it. Nothing is kept of a try but its findings.
"""

from __future__ import annotations

import logging
import queue
import secrets
import threading
from collections.abc import Callable
from math import ceil

from reader.errors import ReaderError
from reader.face import portrait
from reader.face.errors import CameraUnavailable, FaceProcessLost
from reader.face.live_check import LiveCheck, Result, Stopped
from reader.face.liveness.challenge import Prompt
from reader.face.liveness.observing import FaceObserver
from reader.face.liveness.trial import State
from reader.face.ports import Rgb
from station.journey import inputs
from station.ports import StationPorts

LOG = logging.getLogger(__name__)
# Quality flag -> what S08 tells the candidate.
HINTS = {
    "no_face": "no_face",
    "several_faces": "one_person",
    "too_dark": "too_dark",
    "too_bright": "too_dark",
    "uneven_light": "too_dark",
    "too_small": "move_closer",
    "too_large": "move_back",
    "covered": "uncover",
    "again": "again",
}
Job = Callable[[], object]


class FaceDesk:
    """Takes tries from the journey and posts what came of them."""

    def __init__(self, ports: StationPorts, post: Callable[[inputs.Happening], None], name: str) -> None:
        self._ports, self._post, self._name = ports, post, name
        self._jobs: queue.Queue[Job | None] = queue.Queue()
        self._thread: threading.Thread | None = None
        self._observer: FaceObserver | None = None
        self._abandon = threading.Event()

    def warm(self) -> None:
        """Load the models now, beside whatever else is going on."""
        self._do(self._warm)

    def compare(self, chip_image: bytes, refused: frozenset[Prompt]) -> None:
        """Begin a try; one that is still running is given up without a word."""
        self._abandon.set()
        self._abandon = abandon = threading.Event()
        self._do(lambda: self._compare(chip_image, refused, abandon))

    def give_up(self) -> None:
        """Whoever sat there is gone, or a person decides."""
        self._abandon.set()

    def close(self) -> None:
        """End the thread, and whatever looks at faces."""
        self._abandon.set()
        self._jobs.put(None)
        if self._thread is not None:
            self._thread.join(5)
        if self._observer is not None:
            self._observer.close()

    def _do(self, job: Job) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name=f"{self._name} face", daemon=True)
            self._thread.start()
        self._jobs.put(job)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                job()
            except Stopped:
                continue
            except (CameraUnavailable, ReaderError) as error:
                # By code alone: a message could say something of a person.
                LOG.info("face: %s", error.code)
                self._post(inputs.CameraFailed())

    def _warm(self) -> FaceObserver:
        if self._observer is None:
            self._observer = self._ports.observer()
        return self._observer

    def _compare(self, chip_image: bytes, refused: frozenset[Prompt], abandon: threading.Event) -> None:
        ports = self._ports
        started = ports.seconds()
        ports.camera.open()
        shown: list[inputs.ChallengeAdvanced] = []

        def tell(state: State) -> None:
            if abandon.is_set():
                raise Stopped
            hint = HINTS.get(state.hint, "")
            now = inputs.ChallengeAdvanced(state.prompt, state.step + 1, state.steps, ceil(state.seconds_left), hint)
            if [now] != shown:
                shown[:] = [now]
                self._post(now)

        result = self._run(chip_image, tell, refused, abandon)
        live = _encoded(result.frame)
        if abandon.is_set():
            return
        hint = "" if result.matched else HINTS.get(result.hint, "again")
        milliseconds = int((ports.seconds() - started) * 1000)
        self._post(inputs.FaceCompared(result.findings, result.matched, hint, milliseconds, live))

    def _run(self, chip_image: bytes, tell: Callable[[State], None], refused: frozenset[Prompt], abandon: threading.Event) -> Result:  # fmt: skip
        """One try; begun anew with another challenge if the process that looks at faces was lost in it, once."""
        ports = self._ports
        check = LiveCheck(ports.camera, self._warm(), ports.facts, secrets.randbelow, ports.seconds, abandon.wait)
        try:
            return check.run(chip_image, tell, refused)
        except FaceProcessLost:
            if abandon.is_set():
                raise Stopped from None
            LOG.warning("face: the process was lost, a new one begins the try again")
            return check.run(chip_image, tell, refused)


def _encoded(frame: Rgb | None) -> bytes:
    """JPEG of a picture for a person to look at; the picture itself is overwritten."""
    if frame is None:
        return b""
    try:
        return portrait.to_jpeg(frame)
    finally:
        frame.fill(0)
