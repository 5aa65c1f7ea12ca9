"""Vectors, an issuing state made for the run, and chips without a reader."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hardware_mocks.chip.emrtd import Chip
from hardware_mocks.chip.image import CardImage
from hardware_mocks.issuing_state import CardHolder, IssuingState
from reader.errors import CardRemoved

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 6, 15, 8, tzinfo=UTC)
HOLDER = CardHolder("001199012345", "Nguyễn Thị Mẫu", "1999-02-03", "F", "2034-02-03")
PORTRAIT = b"\xff\xd8\xff" + bytes(range(256)) * 60


class Counted:
    """Repeatable bytes that never repeat within a test."""

    def __init__(self, seed: int = 1) -> None:
        self._number = seed << 64

    def __call__(self, size: int) -> bytes:
        import hashlib

        self._number += 1
        return hashlib.shake_128(str(self._number).encode()).digest(size)


@dataclass
class Scripted:
    """A connection that accepts exactly the commands written down, in order."""

    script: list[tuple[str, str]]
    sent: list[str] = field(default_factory=list)

    def transmit(self, apdu: bytes) -> bytes:
        expected, answer = self.script[len(self.sent)]
        self.sent.append(apdu.hex().upper())
        assert self.sent[-1] == expected
        return bytes.fromhex(answer)


@dataclass
class Direct:
    """A chip in the same process; the field may be torn before a numbered command."""

    chip: Chip
    tear_at: int = 0
    count: int = 0
    commands: list[bytes] = field(default_factory=list)

    def transmit(self, apdu: bytes) -> bytes:
        self.count += 1
        if self.count == self.tear_at:
            self.chip.reset()
            raise CardRemoved("torn")
        self.commands.append(apdu)
        return self.chip.transmit(apdu)


def put_on(card: CardImage, *, extended: int = 2048, tear_at: int = 0) -> Direct:
    """A connection to a fresh chip with this content."""
    return Direct(Chip(card, Counted(7), extended), tear_at)


@pytest.fixture(scope="session")
def vectors() -> dict:
    return json.loads((ROOT / "tests/vectors/icao9303/worked_examples.json").read_text())


@pytest.fixture(scope="session")
def state() -> IssuingState:
    return IssuingState(NOW)


@pytest.fixture(scope="session")
def card(state: IssuingState) -> CardImage:
    return state.issue(HOLDER, PORTRAIT)


@pytest.fixture(scope="session")
def master_list() -> Path:
    folder = Path(os.environ.get("KHAOTHI_SHARED_DATA") or ROOT.parent / "shared/data") / "trust"
    if not folder.is_dir():
        pytest.skip("the German master list is not here: set KHAOTHI_SHARED_DATA")
    return next(folder.glob("DE_ML_*.ml"))
