"""The station's one thread at the card reader: senses cards, reads them when asked, and tells when they go."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import lru_cache

from exam_engine.nonces import rnd_ifd
from reader import inspection
from reader.errors import CardRemoved, NoCard, NoReader, PcscUnavailable, ReaderBusy, ReaderError
from reader.ports import CardConnection
from reader.trust import TrustStore
from station.journey import effects as fx
from station.journey import inputs
from station.journey.check_in import PUT_BACK_SECONDS
from station.ports import StationPorts

REQUEST_PATIENCE, READER_PATIENCE = 0.05, 1.0


class CardDesk:
    """Takes readings from the journey and posts what came of them. `now` is node time in milliseconds."""

    def __init__(
        self, ports: StationPorts, post: Callable[[inputs.Happening], None], name: str, now: Callable[[], int]
    ) -> None:
        self._ports, self._post, self._name, self._now = ports, post, name, now
        self._requests: queue.Queue[fx.ReadCard] = queue.Queue()
        self._stopping = threading.Event()
        self._trust = TrustStore()
        self._nonces: list[bytes] = []
        self._missing = False

    def provide(self, anchors: tuple[bytes, ...], nonces: Iterable[bytes]) -> None:
        """What cards are judged by from now on, and the node's nonces for active authentication."""
        self._trust, self._nonces = _trust_store(anchors), list(nonces)

    def forget_nonces(self) -> None:
        """Of the room and shift that are erased."""
        self._nonces = []

    def read(self, request: fx.ReadCard) -> None:
        """Read the card that lies on the reader; returns at once."""
        self._requests.put(request)

    def stop(self) -> None:
        """End `run`."""
        self._stopping.set()

    def run(self) -> None:
        """Until `stop`."""
        present = False
        while not self._stopping.is_set():
            try:
                present = self._watch(present=present)
            except (PcscUnavailable, NoReader):
                self._reader_missing(missing=True)
                present = self._now_gone(present=present)
                self._nothing_to_read()
                self._stopping.wait(READER_PATIENCE)
            except ReaderError:
                self._stopping.wait(self._ports.tick_seconds)

    def _watch(self, *, present: bool) -> bool:
        """One look at the reader; whether a card lies there."""
        reader = self._ports.reader
        name = reader.name()
        self._reader_missing(missing=False)
        if name is not None and present:
            return self._with_card(name)
        self._nothing_to_read()
        if name is None:
            self._stopping.wait(self._ports.tick_seconds)
            return self._now_gone(present=present)
        if not reader.wait(name, present=True, seconds=self._ports.tick_seconds):
            return False
        self._post(inputs.CardSensed())
        return True

    def _reader_missing(self, *, missing: bool) -> None:
        if missing is not self._missing:
            self._missing = missing
            self._post(inputs.ReaderMissing(missing))

    def _nothing_to_read(self) -> None:
        """A reading that was asked for when the card had gone already must not wait for the next one's card."""
        with contextlib.suppress(queue.Empty):
            self._requests.get_nowait()
            self._post(inputs.CardFailed("card_removed"))

    def _now_gone(self, *, present: bool) -> bool:
        if present:
            self._post(inputs.CardGone())
        return False

    def _with_card(self, name: str) -> bool:
        try:
            request = self._requests.get(timeout=REQUEST_PATIENCE)
        except queue.Empty:
            request = None
        if self._ports.reader.wait(name, present=False, seconds=0):
            # Whatever lies there by now is not the card whose holder was asked.
            if request is not None:
                self._post(inputs.CardFailed("card_removed"))
            return self._now_gone(present=True)
        if request is not None:
            self._inspect(name, request)
        return True

    def _inspect(self, name: str, request: fx.ReadCard) -> None:
        ports = self._ports
        started = ports.seconds()
        try:
            with contextlib.ExitStack() as held:
                card = held.enter_context(ports.reader.connect(name))
                done = inspection.inspect(
                    card,
                    request.keys,
                    self._trust,
                    self._options(request),
                    random=ports.random,
                    clock=ports.seconds,
                    on_progress=self._progress,
                    wait_for_card=lambda: self._put_back(name, held),
                    memory=ports.card_memory(name, card),
                )
        except ReaderError as error:
            self._post(inputs.CardFailed(error.code))
            return
        milliseconds = int((ports.seconds() - started) * 1000)
        self._post(inputs.CardInspected(done, milliseconds))

    def _options(self, request: fx.ReadCard) -> inspection.Options:
        today = datetime.fromtimestamp(self._now() / 1000, UTC).date()
        nonce = self._nonces.pop() if self._nonces else b""

        def challenge(sod: bytes) -> bytes:
            return rnd_ifd(nonce or self._ports.random(32), self._name, request.check_in, sod)

        return inspection.Options(today, challenge=challenge)

    def _progress(self, progress: inspection.Progress) -> None:
        percent = min(99, 100 * progress.done // max(1, progress.total))
        self._post(inputs.ReadingAdvanced(progress.step, percent))

    def _put_back(self, name: str, held: contextlib.ExitStack) -> CardConnection | None:
        """Wait for the card that was taken away; None gives up."""
        reader, seconds = self._ports.reader, self._ports.seconds
        self._post(inputs.CardLost())
        # By the clock: one try to connect to a chip that hangs takes as long as many.
        until = seconds() + PUT_BACK_SECONDS
        reader.wait(name, present=False, seconds=2)
        while seconds() < until and not self._stopping.is_set():
            if reader.wait(name, present=True, seconds=1):
                with contextlib.suppress(NoCard, CardRemoved, ReaderBusy):
                    card = held.enter_context(reader.connect(name))
                    self._post(inputs.CardBack())
                    return card
        return None


@lru_cache(maxsize=8)
def _trust_store(anchors: tuple[bytes, ...]) -> TrustStore:
    return TrustStore.from_der(anchors)
