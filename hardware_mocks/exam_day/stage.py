"""Where the day is played: clock, PC/SC bench, proctor node, and the processes that run the stations.

The stage knows how to wait and what the fleets tell; it decides nothing.
"""

from __future__ import annotations

import os
import secrets
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from exam_engine.attempt import Phase
from hardware_mocks.exam_day import node_host
from hardware_mocks.exam_day.clock import SharedClock
from hardware_mocks.exam_day.fleet import Configuration
from hardware_mocks.exam_day.plan import DAY_BEGINS, candidate_of
from hardware_mocks.exam_day.schedule import Place, Sitter
from hardware_mocks.exam_day.workers import Worker
from hardware_mocks.vpcd.bench import PcscBench
from khaothi.wording import Worded
from reader.adapters.pcsc import PcscReaders

READERS = 8
# Exam seconds in a second of life: while cards are read, while the test runs, while nothing is to be seen.
CHECK_IN_SPEED, TEST_SPEED, SKIP_SPEED = 4.0, 60.0, 900.0
LONGEST_WAIT = 120.0
# Three challenges acted at eight seats at once take three minutes on a machine that has much else to do.
FACE_WAIT = 300.0
CONCLUDED = ("S05", "S06", "S09", "S10", "S11", "S12", "S24")
CARD_DONE = ("S07", "S08", *CONCLUDED)
# The screen of a station that waits for a card it has lost: it looks like an end and is none.
STILL_WAITS = "S09:T202"


class DayFailed(Worded):
    """The day cannot go on: somebody was waited for in vain, or a fleet of stations ended by itself."""

    code = "exam_day_failed"


@dataclass(slots=True)
class SeatOfTheDay:
    """A station and the process that runs it."""

    station: str
    place: Place
    worker: Worker
    window: bool


@dataclass(slots=True)
class Visit:
    """What a sitter goes through at a seat, as seen from outside the station."""

    sitter: Sitter
    seat: SeatOfTheDay
    check_in_total: float = 0.0
    decided: dict[str, Any] | None = None
    moved: bool = False
    restarts: int = 0
    last_screen: str = ""
    card_done: threading.Event = field(default_factory=threading.Event)
    concluded: threading.Event = field(default_factory=threading.Event)
    cut_off: threading.Event = field(default_factory=threading.Event)

    def saw(self, screen: str) -> None:
        """The station shows that screen now."""
        self.last_screen = screen
        if screen == STILL_WAITS:
            return
        code = screen.split(":", maxsplit=1)[0]
        if code in CARD_DONE:
            self.card_done.set()
        if code in CONCLUDED:
            self.concluded.set()


class Stage:
    """Everything that runs during the day. `close` ends it all, also when only half of it came up."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.say = say
        # Made anew at each run, like every secret of the day.
        self.password = secrets.token_hex(4)
        self.workers: list[Worker] = []
        self.seats: dict[Place, SeatOfTheDay] = {}
        self.visits: dict[str, Visit] = {}
        self._by_station: dict[str, Visit] = {}
        # Readers whose card was pulled out in mid-read.
        self.torn: set[int] = set()
        with ExitStack() as undo:
            self.folder = Path(tempfile.mkdtemp(prefix="khaothi-demo-"))
            undo.callback(self._remove_files)
            self.clock = SharedClock.create(self.folder / "clock", DAY_BEGINS, CHECK_IN_SPEED)
            undo.callback(self.clock.close)
            self.bench = PcscBench(READERS, self.torn.add)
            undo.callback(self.bench.close)
            os.environ["PCSCLITE_CSOCK_NAME"] = self.bench.socket
            self.readers = PcscReaders()
            self.host = node_host.start(self.folder / "node", self.clock)
            undo.callback(self.host.stop)
            undo.callback(self._end_workers)
            self._undo = undo.pop_all()
        self.node = self.host.node

    # -- stations

    def add_worker(self, configuration: Configuration, environment: dict[str, str], places: list[Place]) -> None:
        """Start one process with the stations of these places."""
        environment = {"PCSCLITE_CSOCK_NAME": self.bench.socket, **environment}
        worker = Worker(configuration, environment, self._heard, self.folder / "stations.log")
        self.workers.append(worker)
        for place, seat in zip(places, configuration.seats, strict=True):
            self.seats[place] = SeatOfTheDay(seat.station, place, worker, configuration.window)

    def begin_visit(self, sitter: Sitter, place: Place) -> Visit:
        """The sitter sits down there; what the station tells from now on is told of them."""
        visit = Visit(sitter, self.seats[place])
        self.visits[sitter.person.personal_number] = visit
        self._by_station[visit.seat.station] = visit
        return visit

    def visit_of(self, sitter: Sitter) -> Visit:
        """Their last visit."""
        return self.visits[sitter.person.personal_number]

    def _heard(self, message: dict[str, Any]) -> None:
        visit = self._by_station.get(message.get("station", ""))
        if visit is None:
            return
        if message["event"] == "cut_off":
            visit.cut_off.set()
        elif message["event"] == "screen":
            visit.saw(message["screen"])

    # -- the node's view

    def attempt_name(self, sitter: Sitter) -> str:
        """The attempt of somebody on the roster."""
        return self.node.attempt_name(candidate_of(sitter))

    def phase(self, sitter: Sitter) -> Phase:
        """How far the node knows that attempt to be."""
        return self.node.intake.attempt(self.attempt_name(sitter)).phase

    def all_on_shift(self) -> bool:
        """Whether every station has fetched the node's plan as it is now."""
        wanted = self.node.plan.version
        return all(self.node.provision_of(seat.station) >= wanted for seat in self.seats.values())

    # -- waiting

    def wait_for(
        self, condition: Callable[[], bool], awaited: str, patience: float = LONGEST_WAIT, /, **values: object
    ) -> None:
        """Wait until it holds. `awaited` is a sentence with its values (khaothi.wording).

        Raises:
            DayFailed: it does not within `patience` seconds, or a fleet ended by itself.
        """
        deadline = time.monotonic() + patience
        while not condition():
            self._look_after_fleets()
            if time.monotonic() > deadline:
                missed = DayFailed(awaited, **values)
                raise DayFailed("waited {seconds:.0f} s in vain: {awaited}", seconds=patience, awaited=missed)
            time.sleep(0.05)

    def _look_after_fleets(self) -> None:
        """A fleet that ended by itself will never do what is waited for; the person's own window may close."""
        for worker in self.workers:
            if worker.crashed() and not worker.configuration.person:
                log = (self.folder / "stations.log").read_text(errors="replace")
                raise DayFailed("a fleet ended by itself with status {status}: {log}", status=worker.exit_status, log=log[-2000:])  # fmt: skip

    def run_clock_to(self, when: int, speed: float) -> None:
        """Fast up to that exam time and no further; from there the clock runs at the speed of life."""
        self.clock.set_speed(speed, until=when)
        while (now := self.clock.now_ms()) < when:
            time.sleep(min(0.05, max(0.001, (when - now) / 1000 / speed)))
        self.clock.set_speed(1.0)

    # -- the end

    def collect(self) -> dict[str, int]:
        """Let everything arrive and stop the stations: entries made there against entries kept at the node."""
        self.wait_for(lambda: all(seat.link != "none" for seat in self.node.board().seats), "last exchanges", 5.0)
        self.wait_for(lambda: not any(self.node.unsent().values()), "everything is sent", 60.0)
        made = 0
        for worker in self.workers:
            worker.stop()
            made += sum(worker.entries.values())
        stored, distinct = self.host.store.count_events()
        return {"made": made, "stored": stored, "distinct": distinct}

    def close(self) -> None:
        """End stations, node and daemon, and remove the files."""
        self._undo.close()

    def _end_workers(self) -> None:
        for worker in self.workers:
            if not worker.ended():
                worker.stop()

    def _remove_files(self) -> None:
        if os.environ.get("KHAOTHI_KEEP_DEMO"):
            sys.stderr.write(f"kept: {self.folder}\n")
        else:
            shutil.rmtree(self.folder, ignore_errors=True)
