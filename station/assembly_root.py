"""The station of this PC with its real devices. Imported after the window is open: card, camera and database are slow to load."""

from __future__ import annotations

import os
import secrets
import shutil
import time
from pathlib import Path

from reader.adapters import qr
from reader.adapters.camera import OpenCvCamera
from reader.adapters.capability_store import CapabilityStore
from reader.adapters.face_process import ObserverProcess
from reader.adapters.pcsc import WatchedReaders
from reader.face.ports import Rgb
from reader.face.thresholds import engine as engine_facts
from station.adapters import clock, device, lockdown
from station.adapters.journal import SqliteJournal
from station.adapters.mirror_folder import MirrorFolders
from station.adapters.reader import SeatReader
from station.adapters.uplink import HttpsUplink
from station.console import BUILD
from station.ports import StationPorts
from station.runtime import Station


def assemble(folder: Path) -> Station:
    """The station of this PC with its real devices.

    Raises:
        NotEnrolled: it has not been enrolled.
    """
    enrolled = device.load(folder)
    ports = StationPorts(
        steady=clock.steady_ms,
        wall=lambda: time.time_ns() // 1_000_000,
        seconds=time.monotonic,
        random=secrets.token_bytes,
        reader=SeatReader(WatchedReaders()),
        camera=OpenCvCamera(os.environ.get("KHAOTHI_CAMERA", "")),
        observer=ObserverProcess,
        facts=engine_facts("sface"),
        journal=SqliteJournal(folder),
        uplink=HttpsUplink(enrolled),
        disk_free=lambda: shutil.disk_usage(folder).free,
        boot=clock.boot_id(),
        suspended=clock.suspended_ms,
        lockdown=lambda: lockdown.level(lockdown.findings()),
        card_qr=_card_number,
        mirror=MirrorFolders(),
        card_memory=lambda name, card: CapabilityStore.of(folder, name, card),
    )
    station = Station(enrolled.station, enrolled.signing, enrolled.sealing, enrolled.node_key, ports)
    station.exchange.build = BUILD
    return station


def _card_number(picture: Rgb) -> str | None:
    found = qr.find(picture)
    return None if found is None else found.personal_number
