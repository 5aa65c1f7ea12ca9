"""One more candidate: the person at this machine. Their card is issued for this run; with `--me` it carries a still of theirs."""

from __future__ import annotations

import io
import time

from PIL import Image

from exam_engine.attempt import Phase
from hardware_mocks.exam_day.plan import GUEST_SHIFT, guest_at
from hardware_mocks.exam_day.schedule import Place
from hardware_mocks.exam_day.shift import ShiftRun
from hardware_mocks.exam_day.stage import SKIP_SPEED
from hardware_mocks.portraits import Portrait
from hardware_mocks.wording import WORDING
from reader.adapters.camera import OpenCvCamera
from reader.face.errors import CameraUnavailable

CAMERA_PATIENCE = 8.0
HOURS = 2
CHECKED_IN = {Phase.REFERRED, Phase.VERIFIED, Phase.READY}


def still() -> bytes | None:
    """One picture from the webcam, in memory only; None without a camera."""
    camera = OpenCvCamera()
    camera.open()
    deadline = time.monotonic() + CAMERA_PATIENCE
    try:
        while time.monotonic() < deadline:
            frame = camera.newest()
            if frame is not None:
                picture = Image.fromarray(frame.picture).resize((320, 240)).crop((70, 0, 250, 240)).resize((240, 320))
                buffer = io.BytesIO()
                picture.save(buffer, "JPEG", quality=85)
                return buffer.getvalue()
            time.sleep(0.1)
    except CameraUnavailable:
        return None
    finally:
        camera.close()
    return None


def sit_down(run: ShiftRun, place: Place, portrait: bytes | None) -> None:
    """Their card is put on the reader for them; then all waits until they have finished, or closed the window."""
    stage, guest = run.stage, guest_at(place, None if portrait is None else Portrait("guest", None, portrait, ()))
    seat = stage.seats[place]
    gone = seat.worker.ended

    def wait_until(phases: set[Phase], what: str) -> None:
        stage.wait_for(lambda: gone() or stage.phase(guest) in phases, what, HOURS * 3600)

    run.open(GUEST_SHIFT)
    stage.say(WORDING.line("your station window is open: your card lies on the reader, follow the screen"))
    with run.check_in.readers.borrowed() as reader:
        seat.worker.tell("lend", seat.station, reader=stage.bench.reader_names()[reader])
        stage.bench.insert(reader, run.check_in.card(guest))
        wait_until(CHECKED_IN, "the person checks in")
        stage.bench.remove(reader)
    if not gone() and stage.phase(guest) is Phase.REFERRED:
        run.officials.decide(guest, "admit", "trải nghiệm tại bàn trình diễn")
    wait_until({Phase.READY}, "the person accepts the rules")
    stage.run_clock_to(stage.node.plan.exam.shift(GUEST_SHIFT).starts_at, SKIP_SPEED)
    run.officials.open_the_paper()
    wait_until({Phase.CLOSED}, "the person sits the test")
