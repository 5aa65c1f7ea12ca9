"""A process that runs some stations of the day, without windows or with one, and obeys the director.

The first line of standard input is the configuration; each further line is a command; what happens goes to standard output
as one JSON line each. The stations are the product's own, with the bench's clock, reader pool, camera and cuttable line.
"""

from __future__ import annotations

import contextlib
import faulthandler
import json
import logging
import os
import shutil
import sys
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from hardware_mocks.exam_day.answers import Act
from hardware_mocks.exam_day.clock import SharedClock
from hardware_mocks.exam_day.faces import Faces, SeatedStation, SwappedCamera
from hardware_mocks.exam_day.robot import Behaviour, Robot, Scheduler
from hardware_mocks.network import CuttableUplink
from reader.adapters.camera import OpenCvCamera
from reader.adapters.pcsc import PcscConnection, WatchedReaders
from reader.face.thresholds import engine as engine_facts
from station.adapters import device
from station.adapters.journal import SqliteJournal
from station.adapters.uplink import HttpsUplink, enrol, pinned
from station.errors import NodeUnreachable
from station.journey.intents import NoCard
from station.ports import StationPorts
from station.runtime import Station

ENROL_TRIES = 3


class Seat(msgspec.Struct):
    """One station to run: where it keeps its things, and its enrolment code if it has none yet.

    `challenge`: whoever sits there is put the liveness challenge; elsewhere stills are compared.
    """

    station: str
    folder: str
    code: str = ""
    challenge: bool = False


class Configuration(msgspec.Struct):
    """What the director says first. `window` opens a real window for the first seat; `shots` is where its pictures go."""

    clock: str
    node_url: str
    ca: str
    seats: list[Seat]
    window: bool = False
    shots: str = ""
    person: bool = False
    language: str = "vi"


class CountedJournal(SqliteJournal):
    """The product's journal; the day counts what it held before a shift that is over was erased from it."""

    erased = 0

    def made(self) -> int:
        """All entries ever made here."""
        return self.erased + self._held()

    def _held(self) -> int:
        return sum(len(self.entries(attempt, epoch)) for attempt, epoch in self.epochs())

    def erase(self, spare: str, keep: Iterable[str], marks: dict[str, bytes], *, force: bool = False) -> bool:
        """As the journal's own."""
        before = self._held()
        done = super().erase(spare, keep, marks, force=force)
        self.erased += before - self._held()
        return done


class LentReader:
    """A place at the pool of readers: the director lends a reader for one check-in."""

    def __init__(self, readers: WatchedReaders) -> None:
        self._readers, self.lent = readers, ""

    def name(self) -> str | None:
        """The reader lent, if any."""
        return self.lent or None

    def wait(self, reader_name: str, *, present: bool, seconds: float) -> bool:
        """As the port."""
        return self._readers.wait(reader_name, present=present, seconds=seconds)

    def connect(self, reader_name: str) -> PcscConnection:
        """As the port."""
        return self._readers.connect(reader_name)


@dataclass(slots=True)
class Post:
    """One running station with its bench parts."""

    station: Station
    reader: LentReader
    camera: SwappedCamera
    line: CuttableUplink
    robot: Robot
    journal: CountedJournal


class Fleet:
    """All stations of this process."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._clock = SharedClock(Path(configuration.clock))
        self._scheduler = Scheduler(self._clock.now_ms)
        self._readers, self._faces = WatchedReaders(), Faces(window=configuration.window)
        self._challenged = {seat.station for seat in configuration.seats if seat.challenge}
        self._ca = Path(configuration.ca).read_text()
        self._tls = pinned(self._ca)
        self._out = threading.Lock()
        self._ended = False
        self.posts: dict[str, Post] = {seat.station: self._post(seat) for seat in configuration.seats}

    def say(self, **message: Any) -> None:
        """One line to the director."""
        # With the director gone nobody listens; what is on disk stays there.
        with self._out, contextlib.suppress(BrokenPipeError):
            sys.stdout.write(json.dumps(message) + "\n")
            sys.stdout.flush()

    def _device(self, seat: Seat) -> device.Device:
        folder = Path(seat.folder)
        if (folder / device.FILE).is_file():
            return device.load(folder)
        fresh = device.create()
        for _ in range(ENROL_TRIES):
            # A busy machine may miss the node's answer; the code then counts as used only if it arrived.
            with contextlib.suppress(NodeUnreachable):
                enrolled = enrol(self._configuration.node_url, self._ca, seat.code, fresh, "demo")
                device.save(folder, enrolled)
                return enrolled
        raise NodeUnreachable("the node does not answer")

    def _post(self, seat: Seat) -> Post:
        enrolled = self._device(seat)
        journal = CountedJournal(Path(seat.folder))
        line = CuttableUplink(HttpsUplink(enrolled, self._tls), lambda: self.say(event="cut_off", station=seat.station))
        reader, camera = LentReader(self._readers), SwappedCamera()
        if self._configuration.person:
            camera.camera = OpenCvCamera()
        ports = StationPorts(
            steady=self._clock.now_ms,
            wall=lambda: time.time_ns() // 1_000_000,
            seconds=time.monotonic,
            random=os.urandom,
            reader=reader,
            camera=camera,
            observer=lambda: self._faces.observer(challenge=seat.challenge),
            facts=engine_facts("sface"),
            journal=journal,
            uplink=line,
            disk_free=lambda: shutil.disk_usage(seat.folder).free,
            boot="demo",
            tick_seconds=0.1 if self._configuration.window else 0.25,
        )
        station = SeatedStation(enrolled.station, enrolled.signing, enrolled.sealing, enrolled.node_key, ports)
        station.exchange.build = "demo"
        robot = Robot(
            station.post, self._scheduler, lambda seen: self.say(event="screen", station=seat.station, screen=seen)
        )
        station.on_view = robot.see
        return Post(station, reader, camera, line, robot, journal)

    def start(self) -> None:
        """Start all stations."""
        for post in self.posts.values():
            post.station.start()
        self.say(event="ready")

    # -- commands

    def obey(self, command: dict[str, Any]) -> None:
        """One command of the director."""
        if command["do"] == "stop":
            self.end()
            return
        post = self.posts[command["station"]]
        if command["do"] == "sit":
            self._sit(post, command)
        elif command["do"] == "lend":
            post.reader.lent = command["reader"]
        elif command["do"] == "no_card":
            post.station.post(NoCard())
        elif command["do"] == "cut":
            post.line.cut(on=command["on"])

    def _sit(self, post: Post, command: dict[str, Any]) -> None:
        challenge = command["station"] in self._challenged
        post.camera.camera = self._faces.sitter([Path(path) for path in command["live"]], challenge=challenge)
        acts = [Act(**act) for act in command["acts"]]
        behaviour = Behaviour(
            command["read_chip"], command["compare_face"], command["number"], acts, command["minutes"]
        )
        post.robot.begin(behaviour)

    def end(self) -> None:
        """Stop, once: told so by the director, or because a person closed the window."""
        if not self._ended:
            self._ended = True
            self._stop()

    def _stop(self) -> None:
        counts = {}
        for name, post in self.posts.items():
            post.station.stop()
            counts[name] = post.journal.made()
            post.journal.close()
        self._faces.close()
        self.say(event="stopped", entries=counts)


def main() -> None:
    """Run until told to stop."""
    faulthandler.enable()
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")
    configuration = msgspec.json.decode(sys.stdin.readline(), type=Configuration)
    fleet = Fleet(configuration)
    if configuration.window:
        from hardware_mocks.exam_day.window import run_with_window

        run_with_window(fleet, configuration)
        return
    fleet.start()
    listen(fleet)


def listen(fleet: Fleet) -> None:
    """Obey until the end of input or `stop`."""
    for line in sys.stdin:
        command = json.loads(line)
        fleet.obey(command)
        if command["do"] == "stop":
            return


if __name__ == "__main__":
    main()
