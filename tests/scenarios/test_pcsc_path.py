"""Cards over the real path: pyscard, PC/SC daemon, virtual reader, emulated chip in another process."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hardware_mocks.faults import Fault
from hardware_mocks.issuing_state import CardHolder, IssuingState
from reader import inspection
from reader.access_key import Can, MrzKey
from reader.adapters.pcsc import PcscReaders
from reader.errors import NoCard, NoReader, WrongKey
from reader.evidence import chip_verdict, data_verdict
from reader.trust import TrustStore

pytestmark = [pytest.mark.pcsc, pytest.mark.xdist_group("pcsc")]
HOLDER = CardHolder("042308123456", "Trần Thị Ngọc Ẩn", "2008-03-15", "F", "2033-03-15")
CAN = Can.from_card_number(HOLDER.personal_number)
MRZ = MrzKey.from_roster(HOLDER.personal_number, HOLDER.birth_date, HOLDER.expiry_date)
SLOT = 3


@pytest.fixture(scope="module")
def state():
    return IssuingState(datetime.now(UTC))


@pytest.fixture(scope="module")
def card(state):
    return state.issue(HOLDER, b"\xff\xd8" + bytes(range(256)) * 60)


@pytest.fixture
def reader(pcsc_bench):
    readers, name = PcscReaders(), pcsc_bench.reader_names()[SLOT]
    yield readers, name
    pcsc_bench.remove(SLOT)
    readers.wait(name, present=False, seconds=5)


def inspect(connection, state, key, wait=lambda: None, access="auto"):
    return inspection.inspect(
        connection, (key,), TrustStore.from_der([state.anchor_der()]),
        inspection.Options(datetime.now(UTC).date(), access=access), random=os.urandom, clock=time.monotonic, wait_for_card=wait,
    )  # fmt: skip


def put_on(bench, readers, name, card, fault=None):
    bench.insert(SLOT, card, fault or Fault())
    assert readers.wait(name, present=True, seconds=10)


def test_eight_readers_are_there(pcsc_bench):
    assert sorted(PcscReaders().names()) == sorted(pcsc_bench.reader_names())


@pytest.mark.parametrize(("key", "access", "protocol"), [(CAN, "auto", "PACE"), (MRZ, "bac", "BAC")])
def test_a_card_is_read_and_judged(pcsc_bench, reader, state, card, key, access, protocol):
    readers, name = reader
    put_on(pcsc_bench, readers, name, card)
    with readers.connect(name) as connection:
        done = inspect(connection, state, key, access=access)
    data = data_verdict(done.evidence.findings)
    assert (data, chip_verdict(done.evidence.findings, data), done.access.protocol) == (
        "authentic",
        "genuine",
        protocol,
    )


def test_a_wrong_can_is_told_apart(pcsc_bench, reader, state, card):
    readers, name = reader
    put_on(pcsc_bench, readers, name, card)
    with readers.connect(name) as connection, pytest.raises(WrongKey):
        inspect(connection, state, Can("000000"))


def test_a_card_pulled_out_in_mid_read_and_put_back_is_read_on(pcsc_bench, reader, state, card):
    readers, name = reader
    put_on(pcsc_bench, readers, name, card, Fault(tear_at=16))
    held = []

    def wait():
        readers.wait(name, present=False, seconds=5)
        put_on(pcsc_bench, readers, name, card)
        held.append(readers.connect(name))
        return held[-1]

    with readers.connect(name) as connection:
        done = inspect(connection, state, CAN, wait)
    for connection in held:
        connection.close()
    assert done.resumed == 1
    assert data_verdict(done.evidence.findings) == "authentic"


def test_no_card_and_no_reader_are_different_errors(pcsc_bench):
    with pytest.raises(NoCard):
        PcscReaders().connect(pcsc_bench.reader_names()[0])
    with pytest.raises(NoReader):
        PcscReaders().connect("no such reader")


def test_nothing_listens_outside_the_namespace(pcsc_bench):
    ports = {int(line.split()[1].rsplit(":", 1)[1], 16) for table in ("tcp", "tcp6") for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]}  # fmt: skip
    assert not ports & set(range(35963, 35971))
