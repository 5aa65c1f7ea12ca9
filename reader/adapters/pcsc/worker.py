"""A thread for calls that may never come back, and a limit on how long one waits for them."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class _Call(Generic[T]):
    action: Callable[[], T]
    answered: threading.Event
    result: T | None = None
    error: BaseException | None = None


class CallTookTooLongError(Exception):
    """The call is still running; nothing more can be asked of this thread."""


class Worker:
    """One daemon thread that carries out calls in order. PC/SC has neither a timeout nor a way to cancel a command."""

    def __init__(self, name: str) -> None:
        self._calls: queue.SimpleQueue[_Call[object] | None] = queue.SimpleQueue()
        self.stuck = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while (call := self._calls.get()) is not None:
            try:
                call.result = call.action()
            except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
                call.error = error
            call.answered.set()

    def call(self, action: Callable[[], T], seconds: float) -> T:
        """The result of an action, or its error.

        Raises:
            CallTookTooLongError: it does not come back; the worker is `stuck` from then on.
        """
        asked: _Call[T] = _Call(action, threading.Event())
        self._calls.put(asked)  # type: ignore[arg-type] # the queue does not care what a call returns
        if not asked.answered.wait(seconds):
            self.stuck = True
            raise CallTookTooLongError
        if asked.error is not None:
            raise asked.error
        return asked.result  # type: ignore[return-value] # set before the event

    def end(self, last: Callable[[], object] | None = None) -> None:
        """Carry out a last action, however late, and end the thread."""
        if last is not None:
            self._calls.put(_Call(last, threading.Event()))
        self._calls.put(None)
