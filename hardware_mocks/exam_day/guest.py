"""One more candidate: the person at this machine. Their card is issued for this run; with `--me` it carries a still of theirs."""

from __future__ import annotations

import io
import time

from PIL import Image

from hardware_mocks.exam_day.director import Day
from reader.adapters.camera import OpenCvCamera
from reader.face.errors import CameraUnavailable

CAMERA_PATIENCE = 8.0


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


def sit_down(day: Day, *, me: bool) -> None:
    """The station window of the day is theirs: wait until they have finished, or closed it."""
    day.seat_a_person(still() if me else None)
