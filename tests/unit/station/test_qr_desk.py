"""The station looks for a card's QR code before the camera: seen, never seen, no camera, given up."""

from __future__ import annotations

import queue
import threading
from types import SimpleNamespace

import numpy as np
import pytest
import zxingcpp

from hardware_mocks.camera.stills import NoCamera
from reader.adapters import qr
from reader.face.ports import Frame
from station.journey import inputs
from station.qr_desk import PATIENCE_SECONDS, QrDesk

CARD = "001199012345|123456789|Nguyễn Thị Mẫu|03021999|Nữ|Số 1, Phường Mẫu, Hà Nội|01012022|Cha|Mẹ||"


def drawn(text: str) -> np.ndarray:
    code = np.asarray(zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode).to_image(scale=3))
    scene = np.full((480, 640), 90, np.uint8)
    scene[100 : 100 + code.shape[0], 200 : 200 + code.shape[1]] = code
    return np.repeat(scene[:, :, None], 3, axis=2)


class Shown:
    """A camera before which other things are held first."""

    name = "bench"

    def __init__(self, *pictures):
        self._pictures = [Frame(picture, float(at)) for at, picture in enumerate(pictures)]
        self.closed = False

    def open(self):
        self.closed = False

    def newest(self):
        return self._pictures.pop(0) if len(self._pictures) > 1 else self._pictures[0]

    def close(self):
        self.closed = True


def number(picture):
    found = qr.find(picture)
    return None if found is None else found.personal_number


@pytest.fixture
def told(monkeypatch):
    monkeypatch.setattr("station.qr_desk.PAUSE_SECONDS", 0.0)
    return queue.Queue()


def desk(told, camera, seconds=lambda: 0.0):
    return QrDesk(SimpleNamespace(camera=camera, card_qr=number, seconds=seconds), told.put, "TS-01")


def test_the_code_of_a_card_is_found_behind_other_pictures(told):
    desk(told, Shown(drawn("https://example.invalid"), np.zeros((480, 640, 3), np.uint8), drawn(CARD))).look()
    assert told.get(timeout=10) == inputs.QrScanned("001199012345")


def test_a_search_ends_without_a_code(told):
    ticks = iter([0.0, 1.0, PATIENCE_SECONDS + 1])
    desk(told, Shown(drawn("1|2|3")), lambda: next(ticks)).look()
    assert told.get(timeout=10) == inputs.QrScanned("")


def test_without_a_camera_the_digits_remain(told):
    desk(told, NoCamera()).look()
    assert told.get(timeout=10) == inputs.QrScanned("")


def test_a_search_that_was_given_up_says_nothing(told):
    entered, go = threading.Event(), threading.Event()

    class Waiting(Shown):
        def newest(self):
            entered.set()
            go.wait(10)
            return super().newest()

    looking = desk(told, Waiting(drawn(CARD)))
    looking.look()
    assert entered.wait(10)
    looking.give_up()
    go.set()
    with pytest.raises(queue.Empty):
        told.get(timeout=0.3)
