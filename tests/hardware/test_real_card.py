"""A real card on a real reader, opt-in. Nothing personal is printed, kept or shown in a failure: facts of chip and reader alone.

    KHAOTHI_REAL_READER=NAME KHAOTHI_REAL_CARD=KEY python -m pytest -s tests/hardware

NAME is the reader's name or a part of it; KEY opens the card: its 12 digits, its 6-digit access number, or its MRZ. Anchors are
those of the trust store. The facts answer the open questions of the card (how its master file behaves, extended length,
EF.ATR/INFO, keys, sizes, speed); they may be shared.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from reader import access_key
from reader.adapters import trust_directory, trust_home
from reader.adapters.pcsc import PcscReaders
from reader.errors import ReaderError
from reader.evidence import chip_verdict, data_verdict
from reader.inspection import Inspection, Options, inspect
from reader.ports import CardConnection

pytestmark = [pytest.mark.hardware, pytest.mark.timeout(300)]
PROTECTED = 0x0C
# What may be said of data groups: where they lie and how large they are, never what they hold.
MANDATORY = ("EF_SOD", "DG1", "DG2")
# The length of a text says something of it.
SIZES_KEPT_BACK = {"DG11", "DG12", "DG13", "DG16"}


@dataclass
class Watched:
    """Passes commands on and keeps the header and the status word of those in the clear."""

    connection: CardConnection
    clear: list[str] = field(default_factory=list)

    def transmit(self, apdu: bytes) -> bytes:
        answer = self.connection.transmit(apdu)
        if not apdu[0] & PROTECTED:
            self.clear.append(f"{apdu[:4].hex()} -> {answer[-2:].hex()}")
        return answer


@pytest.fixture(scope="module")
def facts() -> dict[str, Any]:
    wanted, key = os.environ.get("KHAOTHI_REAL_READER"), os.environ.get("KHAOTHI_REAL_CARD")
    if not wanted or not key:
        pytest.skip("no real card: set KHAOTHI_REAL_READER and KHAOTHI_REAL_CARD (see the head of this file)")
    try:
        return _facts(wanted, key)
    except ReaderError as error:
        # By its code alone: a message or a trace could carry what was typed or read.
        code = error.code
    pytest.fail(f"the card was not read: {code}", pytrace=False)


def _facts(wanted: str, key: str) -> dict[str, Any]:
    readers = PcscReaders()
    name = next((name for name in readers.names() if wanted in name), "")
    if not name:
        pytest.fail("no such reader", pytrace=False)
    store = trust_directory.load(trust_home.folder())
    options = Options(datetime.now(UTC).date(), read_details=True)
    with readers.connect(name) as connection:
        watched = Watched(connection)
        started = time.perf_counter()
        done = inspect(watched, (access_key.typed(key),), store, options, random=secrets.token_bytes, clock=time.perf_counter)  # fmt: skip
        seconds = time.perf_counter() - started
        return _of(done, seconds) | {
            "reader": name,
            "reader_limit": connection.largest_apdu(),
            "atr": connection.atr.hex(),
            "in_the_clear": watched.clear,
        }


def _of(done: Inspection, seconds: float) -> dict[str, Any]:
    findings = done.evidence.findings
    data = data_verdict(findings)
    access = done.access
    return {
        "access": [access.protocol, access.mapping, access.cipher, access.password, access.parameter_id],
        "data": data,
        "chip": chip_verdict(findings, data),
        "findings": {found.check: f"{found.result.value} {found.code}".strip() for found in findings},
        "files": {read.name: len(read.content) for read in done.files if read.name not in SIZES_KEPT_BACK},
        "capabilities": done.capabilities.to_plain(),
        "apdus": done.apdus,
        "resumed": done.resumed,
        "seconds": round(seconds, 3),
        "steps": {step: round(spent, 3) for step, spent in done.seconds.items()},
    }


def test_the_card_is_read_whole(facts):
    sys.stdout.write(json.dumps(facts, indent=1) + "\n")
    assert not [name for name in MANDATORY if name not in facts["files"]]


def test_its_data_are_not_contradicted(facts):
    """Without an anchor the verdict is inconclusive, which says nothing against the card."""
    assert facts["data"] in {"authentic", "inconclusive"}
    failed = [check for check, result in facts["findings"].items() if result.startswith("failed")]
    assert failed == []


def test_its_chip_is_not_contradicted(facts):
    assert facts["chip"] != "not_genuine"


def test_nothing_personal_is_among_the_facts(facts):
    """What was typed is nowhere in what is printed."""
    typed = "".join(os.environ["KHAOTHI_REAL_CARD"].split())
    hidden = typed[-6:] in json.dumps(facts)
    if hidden:
        pytest.fail("the key stands among the facts", pytrace=False)
