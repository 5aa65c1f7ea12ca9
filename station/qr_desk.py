"""Looks for a card's QR code before the camera, in a thread of its own; pictures are looked at and forgotten."""

from __future__ import annotations

import threading
from collections.abc import Callable

from reader.face.errors import CameraUnavailable
from station.journey import inputs
from station.ports import StationPorts

PATIENCE_SECONDS, PAUSE_SECONDS = 45.0, 0.1


class QrDesk:
    """One search at a time; posts `QrScanned` once, unless it is given up."""

    def __init__(self, ports: StationPorts, post: Callable[[inputs.Happening], None], name: str) -> None:
        self._ports, self._post, self._name = ports, post, name
        self._abandon = threading.Event()

    def look(self) -> None:
        """Begin to look; a search that is still running is given up."""
        self._abandon.set()
        self._abandon = abandon = threading.Event()
        threading.Thread(target=self._look, args=(abandon,), name=f"{self._name} qr", daemon=True).start()

    def give_up(self) -> None:
        """Whoever wanted it does so no longer."""
        self._abandon.set()

    def _look(self, abandon: threading.Event) -> None:
        number = ""
        try:
            number = self._search(abandon)
        except CameraUnavailable:
            # Told like a code that is not seen: typing the digits remains.
            number = ""
        if not abandon.is_set():
            self._post(inputs.QrScanned(number))

    def _search(self, abandon: threading.Event) -> str:
        ports, last = self._ports, None
        until = ports.seconds() + PATIENCE_SECONDS
        ports.camera.open()
        while ports.seconds() < until and not abandon.wait(PAUSE_SECONDS):
            frame = ports.camera.newest()
            if frame is None or frame is last:
                continue
            last = frame
            number = ports.card_qr(frame.picture)
            if number:
                return number
        return ""
