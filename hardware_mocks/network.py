"""A network that can be cut, behind the station's own port."""

from __future__ import annotations

import threading
from collections.abc import Callable

from exam_engine.exchange import ExchangeRequest, ExchangeResponse
from exam_engine.plan import Provision
from question_bank.sealed_form import SealedForm
from station.errors import NodeUnreachable
from station.ports import Uplink


class CuttableUplink:
    """Passes every call on while it is not cut; `on_refused` hears of each call that was not."""

    def __init__(self, uplink: Uplink, on_refused: Callable[[], None] = lambda: None) -> None:
        self._uplink, self._on_refused = uplink, on_refused
        self._cut = threading.Event()

    def cut(self, *, on: bool) -> None:
        """Cut the line, or mend it."""
        if on:
            self._cut.set()
        else:
            self._cut.clear()

    def _line(self) -> Uplink:
        if self._cut.is_set():
            self._on_refused()
            raise NodeUnreachable("the line is cut")
        return self._uplink

    def exchange(self, request: ExchangeRequest) -> ExchangeResponse:
        """As the port."""
        return self._line().exchange(request)

    def provision(self, counter: int) -> Provision:
        """As the port."""
        return self._line().provision(counter)

    def form(self, digest: str, counter: int) -> SealedForm:
        """As the port."""
        return self._line().form(digest, counter)
