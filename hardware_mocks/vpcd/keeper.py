"""Runs inside the network namespace: brings up loopback, starts the PC/SC daemon, and holds all cards.

Reads one JSON command a line from standard input and answers one JSON line each; a torn card is told as an event line.
Ends, and ends the daemon, when standard input closes.
"""

from __future__ import annotations

import ctypes
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from hardware_mocks.chip.emrtd import Chip
from hardware_mocks.chip.image import CardImage
from hardware_mocks.faults import Fault
from hardware_mocks.rf import Field
from hardware_mocks.vpcd.slot import Slot

FIRST_PORT = 35963
# A card put back sooner than two polls of the daemon after it went is never noticed (measured).
SETTLE = 0.9
PDEATHSIG = 1
# The configuration of a pair of readers that is not connected at first.
SPARE = "spare"


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PDEATHSIG, signal.SIGTERM)


def _start_daemon(folder: Path) -> subprocess.Popen[bytes]:
    """`pcscd` on our own unix socket, handed over as systemd does (descriptor 3).

    Nobody else keeps the socket: once the daemon is dead, clients are refused as they are on any machine.
    """
    # The descriptor stays taken between two daemons, so that no card's connection ever gets it.
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 3)
    path = folder / "pcscd.socket"
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen(16)
    os.dup2(listener.fileno(), 3)
    os.set_inheritable(3, True)
    command = f'LISTEN_FDS=1 LISTEN_PID=$$ exec setpriv --pdeathsig TERM pcscd -f -c "{folder}/readers"'
    with (folder / "pcscd.log").open("ab") as log:
        started = subprocess.Popen(
            ["/bin/sh", "-c", command], pass_fds=(3,), stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
        )
    os.dup2(nothing, 3)
    os.close(nothing)
    listener.close()
    return started


class Daemon:
    """The PC/SC daemon of this namespace, which can be killed, started again, and told that a reader was plugged in."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.process = _start_daemon(folder)

    def kill(self) -> None:
        """End it at once, as a crash does."""
        self.process.kill()
        self.process.wait(5)

    def start(self) -> None:
        """Start it again."""
        self.process = _start_daemon(self._folder)

    def plug(self) -> None:
        """Connect the spare pair of readers: with virtual ones the daemon notices at its next start."""
        (self._folder / SPARE).rename(self._folder / "readers" / SPARE)

    def unplug(self) -> None:
        """Take it away, noticed likewise."""
        (self._folder / "readers" / SPARE).rename(self._folder / SPARE)

    def end(self) -> None:
        """End it in good order."""
        self.process.terminate()
        self.process.wait(5)


class Tray:
    """The cards on the readers of this namespace, by slot number."""

    def __init__(self, reply: Any, daemon: Daemon) -> None:
        self._reply, self._daemon = reply, daemon
        self._slots: dict[int, Slot] = {}
        self._lock = threading.Lock()
        self._emptied: dict[int, float] = {}

    def say(self, **message: Any) -> None:
        """One line out."""
        with self._lock:
            self._reply.write(json.dumps(message) + "\n")
            self._reply.flush()

    def insert(self, slot: int, card: str, fault: dict[str, Any], field: dict[str, Any] | None) -> None:
        """Put a card on a reader."""
        if slot in self._slots:
            self.remove(slot)
        chip = Chip(CardImage.from_json(card), secrets.token_bytes)
        place = None if field is None else Field(**field)
        pause = max(0.0, self._emptied.get(slot, 0.0) + SETTLE - time.monotonic())
        self._slots[slot] = Slot(FIRST_PORT + slot, chip, Fault(**fault), lambda: self._torn(slot), pause, place)

    def _torn(self, slot: int) -> None:
        self._emptied[slot] = time.monotonic()
        self.say(event="torn", slot=slot)

    def remove(self, slot: int) -> int:
        """Take it away; how many commands it answered."""
        held = self._slots.pop(slot, None)
        if held is None:
            return 0
        held.remove()
        self._emptied[slot] = time.monotonic()
        return held.apdus

    def obey(self, command: dict[str, Any]) -> None:
        """One command line."""
        apdus, seconds = 0, 0.0
        if command["do"] in {"kill", "start", "plug", "unplug"}:
            getattr(self._daemon, command["do"])()
            self.say(done=command["id"])
            return
        if command["do"] == "insert":
            self.insert(command["slot"], command["card"], command["fault"], command["field"])
        elif command["do"] == "measure":
            held = self._slots.get(command["slot"])
            seconds = 0.0 if held is None else held.card_seconds
        else:
            apdus = self.remove(command["slot"])
        self.say(done=command["id"], apdus=apdus, card_seconds=seconds)


def main(folder: Path) -> None:
    """Serve until standard input closes."""
    _die_with_parent()
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    daemon = Daemon(folder)
    tray = Tray(sys.stdout, daemon)
    tray.say(event="ready", daemon=daemon.process.pid)
    try:
        for line in sys.stdin:
            try:
                tray.obey(json.loads(line))
            except (OSError, KeyError, ValueError) as error:
                tray.say(done=json.loads(line).get("id"), error=str(error))
    finally:
        daemon.end()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
