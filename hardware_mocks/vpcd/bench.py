"""A private PC/SC bench: daemon, eight virtual readers and their cards in a network namespace of their own.

The driver listens on all addresses, so nothing of it may stand in the machine's own network; stations outside reach the
daemon through its unix socket, named by `PCSCLITE_CSOCK_NAME` (set it before the first use of PC/SC in a process).
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from hardware_mocks.chip.image import CardImage
from hardware_mocks.faults import NONE, Fault
from hardware_mocks.rf import Field
from hardware_mocks.vpcd.keeper import FIRST_PORT, SPARE
from khaothi.wording import Worded

DRIVER = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
SLOTS_A_DRIVER = 2
# A machine that does much else takes its time to load the drivers.
PATIENCE = 60.0


class BenchUnavailable(Worded):
    """The virtual readers cannot run here; the message says what is missing."""

    code = "pcsc_bench_unavailable"


def check() -> None:
    """Whether the bench can run.

    Raises:
        BenchUnavailable: a program or the driver is missing.
    """
    missing = [name for name in ("pcscd", "unshare", "setpriv", "ip") if shutil.which(name) is None]
    if missing or not DRIVER.exists():
        raise BenchUnavailable("{names} is missing", names=", ".join(missing) or DRIVER.name)


class PcscBench:
    """The running bench; a context manager."""

    def __init__(self, readers: int = 8, on_torn: Callable[[int], None] = lambda _: None) -> None:
        check()
        self._folder = Path(tempfile.mkdtemp(prefix="khaothi-pcsc-"))
        self._readers, self._on_torn = readers, on_torn
        self._ids = itertools.count(1)
        self._answers: dict[int, dict[str, object]] = {}
        self._changed = threading.Condition()
        self._ready = False
        self._write_configuration()
        self._keeper = self._start()
        threading.Thread(target=self._listen, daemon=True).start()
        self._wait(lambda: self._ready, BenchUnavailable("the PC/SC daemon did not start"))

    def _write_configuration(self) -> None:
        """One driver copy for each pair of readers: entries that share a file share their cards (pcsc.md section 3)."""
        folder = self._folder / "readers"
        folder.mkdir()
        for index in range(0, self._readers, SLOTS_A_DRIVER):
            self._write_pair(folder / f"bench{index}", index)
        self._write_pair(self._folder / SPARE, self._readers)

    def _write_pair(self, path: Path, index: int) -> None:
        copy = self._folder / f"driver{index}.so"
        shutil.copy(DRIVER, copy)
        port = FIRST_PORT + index
        text = f'FRIENDLYNAME "Bench {index // SLOTS_A_DRIVER}"\nDEVICENAME /dev/null:{port}\nLIBPATH {copy}\nCHANNELID {port}\n'
        path.write_text(text)

    def _start(self) -> subprocess.Popen[str]:
        flags = "-n" if os.geteuid() == 0 else "-rn"
        command = ["unshare", flags, sys.executable, "-m", "hardware_mocks.vpcd.keeper", str(self._folder)]
        return subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
            # Ctrl-C in a terminal is for whoever holds the bench; the keeper ends when its input closes.
            start_new_session=True,
        )  # fmt: skip

    def _listen(self) -> None:
        assert self._keeper.stdout is not None
        for line in self._keeper.stdout:
            message = json.loads(line)
            with self._changed:
                if message.get("event") == "ready":
                    self._ready = True
                elif "done" in message:
                    self._answers[message["done"]] = message
                self._changed.notify_all()
            if message.get("event") == "torn":
                self._on_torn(message["slot"])

    def _wait(self, condition: Callable[[], bool], otherwise: BenchUnavailable) -> None:
        with self._changed:
            if not self._changed.wait_for(condition, PATIENCE):
                raise otherwise

    @property
    def socket(self) -> str:
        """The value for `PCSCLITE_CSOCK_NAME`."""
        return str(self._folder / "pcscd.socket")

    def reader_names(self) -> list[str]:
        """Names of the readers, as PC/SC will list them, in the order of the slots."""
        return [self._name(slot) for slot in range(self._readers)]

    def spare_names(self) -> list[str]:
        """Names of the pair that `plug` connects."""
        return [self._name(slot) for slot in range(self._readers, self._readers + SLOTS_A_DRIVER)]

    @staticmethod
    def _name(slot: int) -> str:
        return f"Bench {slot // SLOTS_A_DRIVER} 00 {slot % SLOTS_A_DRIVER:02d}"

    def _command(self, **command: object) -> dict[str, object]:
        number = next(self._ids)
        assert self._keeper.stdin is not None
        with self._changed:
            self._keeper.stdin.write(json.dumps({"id": number, **command}) + "\n")
            self._keeper.stdin.flush()
        self._wait(lambda: number in self._answers, BenchUnavailable("the card tray does not answer"))
        answer = self._answers.pop(number)
        if "error" in answer:
            raise BenchUnavailable("the card tray: {problem}", problem=answer["error"])
        return answer

    def insert(self, slot: int, card: CardImage, fault: Fault = NONE, field: Field | None = None) -> None:
        """Put a card on a reader; the daemon notices within 0.4 s. With a field the card is as slow as a real one."""
        plain = None if field is None else field.to_plain()
        self._command(do="insert", slot=slot, card=card.to_json(), fault=fault.to_plain(), field=plain)

    def card_seconds(self, slot: int) -> float:
        """How long the card on a reader has taken by the model of its field, all commands together."""
        return float(str(self._command(do="measure", slot=slot)["card_seconds"]))

    def remove(self, slot: int) -> int:
        """Take the card away; how many commands it answered."""
        return int(str(self._command(do="remove", slot=slot)["apdus"]))

    def kill_daemon(self) -> None:
        """Let the PC/SC daemon crash; the cards' connections end with it."""
        self._command(do="kill")

    def start_daemon(self) -> None:
        """Start the daemon again, with empty readers."""
        self._command(do="start")

    def plug(self) -> None:
        """Connect the spare pair of readers; the daemon notices at its next start."""
        self._command(do="plug")

    def unplug(self) -> None:
        """Take the spare pair away, noticed likewise."""
        self._command(do="unplug")

    def close(self) -> None:
        """End daemon and cards, and remove the files."""
        if self._keeper.stdin is not None and not self._keeper.stdin.closed:
            self._keeper.stdin.close()
        try:
            self._keeper.wait(10)
        except subprocess.TimeoutExpired:
            self._keeper.kill()
            self._keeper.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
