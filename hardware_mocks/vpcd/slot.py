"""One emulated card on one virtual reader, over the reader driver's TCP protocol (pcsc.md section 3).

Both directions carry a two-byte length and that many bytes. One byte is control: 0 power off, 1 power on, 2 reset, 4 ask
for the ATR; anything longer is a command APDU.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable

from hardware_mocks.chip.emrtd import Chip
from hardware_mocks.faults import Fault
from hardware_mocks.rf import Field

# Contactless style: no historical bytes, T=0 and T=1 offered.
ATR = bytes.fromhex("3B80800101")
OFF, ON, RESET, GET_ATR = 0, 1, 2, 4
TRIES, PAUSE = 600, 0.1


class Slot(threading.Thread):
    """Holds the connection of one card; ends when the card is removed or torn away."""

    def __init__(
        self,
        port: int,
        chip: Chip,
        fault: Fault,
        on_torn: Callable[[], None],
        pause: float = 0.0,
        field: Field | None = None,
    ) -> None:
        super().__init__(daemon=True)
        self._field = field
        # Seconds of the model for all commands so far.
        self.card_seconds = 0.0
        self._port, self._pause = port, pause
        self._chip, self._fault, self._on_torn = chip, fault, on_torn
        self._socket = socket.socket()
        self._count = 0
        self._gone = threading.Event()
        self.start()

    def _connect(self) -> None:
        """The driver listens a moment after the daemon has started."""
        for _ in range(TRIES):
            if self._socket.connect_ex(("127.0.0.1", self._port)) == 0:
                return
            self._socket.close()
            self._socket = socket.socket()
            time.sleep(PAUSE)
        raise ConnectionError

    def _receive(self, size: int) -> bytes:
        received = b""
        while len(received) < size:
            # The driver sends length and body apart; without this each command waits 40 ms for an acknowledgement.
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            more = self._socket.recv(size - len(received))
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            if not more:
                raise ConnectionError
            received += more
        return received

    def run(self) -> None:
        """Serve until the connection ends."""
        time.sleep(self._pause)
        try:
            self._connect()
            while True:
                message = self._receive(int.from_bytes(self._receive(2), "big"))
                answer = self._control(message[0]) if len(message) == 1 else self._command(message)
                if answer is None:
                    continue
                self._socket.sendall(len(answer).to_bytes(2, "big") + answer)
        except (ConnectionError, OSError):
            return

    def _control(self, code: int) -> bytes | None:
        if code == GET_ATR:
            return ATR
        if code in {OFF, ON, RESET}:
            self._chip.reset()
        return None

    def _command(self, apdu: bytes) -> bytes:
        self._count += 1
        if self._fault.tear_at and self._count >= self._fault.tear_at:
            self.remove()
            self._on_torn()
            raise ConnectionError
        if self._count == self._fault.freeze_at:
            self._gone.wait()
            raise ConnectionError
        if self._fault.delay_ms:
            time.sleep(self._fault.delay_ms / 1000)
        if self._count == self._fault.wrong_status_at:
            return self._fault.wrong_status.to_bytes(2, "big")
        started = time.perf_counter()
        answer = self._chip.transmit(apdu)
        if self._field is not None:
            modelled = self._field.command(len(apdu), len(answer))
            self.card_seconds += modelled
            if self._field.waits:
                # What the emulator itself took is part of it: a card does its own arithmetic in its own time.
                time.sleep(max(0.0, modelled - (time.perf_counter() - started)))
        return answer

    @property
    def apdus(self) -> int:
        """Commands answered since the card was put on."""
        return self._count

    def remove(self) -> None:
        """Take the card away."""
        self._gone.set()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
