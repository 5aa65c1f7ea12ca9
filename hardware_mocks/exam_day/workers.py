"""The director's side of a fleet process: start it, tell it, hear it, kill it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from hardware_mocks.exam_day.fleet import Configuration

ROOT = Path(__file__).resolve().parents[2]


class Worker:
    """One fleet process."""

    def __init__(
        self,
        configuration: Configuration,
        environment: dict[str, str],
        on_event: Callable[[dict[str, Any]], None],
        log: Path,
    ) -> None:
        self.configuration, self._environment = configuration, environment
        self._on_event, self._log = on_event, log
        self.ready = threading.Event()
        self.stopped = threading.Event()
        self.entries: dict[str, int] = {}
        self._write = threading.Lock()
        self._let_go = False
        self._start()

    def _start(self) -> None:
        command = [sys.executable, "-m", "hardware_mocks.exam_day.fleet"]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log.open("ab"),
            text=True,
            cwd=ROOT,
            env={**os.environ, **self._environment},
            # Ctrl-C in a terminal is the director's to hear; it then ends everybody in order.
            start_new_session=True,
        )
        self._send(msgspec.to_builtins(self.configuration))
        threading.Thread(target=self._listen, args=(self._process,), daemon=True).start()

    def _send(self, message: Any) -> None:
        assert self._process.stdin is not None
        # Who has ended hears nothing more; `crashed` tells the director.
        with self._write, contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps(message) + "\n")
            self._process.stdin.flush()

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            message = json.loads(line)
            if message["event"] == "ready":
                self.ready.set()
            elif message["event"] == "stopped":
                self.entries = message["entries"]
                self.stopped.set()
            self._on_event(message)

    def tell(self, do: str, station: str = "", **more: Any) -> None:
        """One command."""
        self._send({"do": do, "station": station, **more})

    def started(self) -> bool:
        """Whether it has begun, or failed to."""
        return self.ready.is_set() or self.ended()

    def ended(self) -> bool:
        """Whether the process has ended, as when a person closes the window."""
        return self._process.poll() is not None

    def crashed(self) -> bool:
        """Whether it ended though nobody wanted it to."""
        return not self._let_go and self._process.poll() is not None

    @property
    def exit_status(self) -> int | None:
        """As `subprocess` tells it: negative for a signal."""
        return self._process.poll()

    def kill(self) -> None:
        """As a power cut would: SIGKILL, no farewell."""
        self.ready.clear()
        self._let_go = True
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(10)

    def restart(self) -> None:
        """The same stations again, with what they have on disk."""
        self._start()
        self._let_go = False

    def stop(self, patience: float = 30.0) -> None:
        """End it and learn how many entries its journals hold."""
        self._let_go = True
        if not self.ended():
            self.tell("stop")
            self.stopped.wait(patience)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
