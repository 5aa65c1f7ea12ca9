"""Cards over the real path: pyscard, PC/SC daemon, virtual reader, emulated chip in another process."""

from __future__ import annotations

import os
import queue
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hardware_mocks.faults import Fault
from hardware_mocks.issuing_state import CardHolder, IssuingState
from reader import inspection
from reader.access_key import Can, MrzKey
from reader.adapters.pcsc import CardWatcher, Change, PcscReaders
from reader.errors import CardFrozen, NoCard, NoReader, ReaderBusy, WrongKey
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


def test_a_card_that_freezes_is_told_and_read_once_it_is_put_on_again(pcsc_bench, state, card):
    readers, name = PcscReaders(patience=1.0), pcsc_bench.reader_names()[SLOT]
    put_on(pcsc_bench, readers, name, card, Fault(freeze_at=12))
    with readers.connect(name) as connection, pytest.raises(CardFrozen):
        inspect(connection, state, CAN)
    pcsc_bench.remove(SLOT)
    readers.wait(name, present=False, seconds=5)
    put_on(pcsc_bench, readers, name, card)
    with readers.connect(name) as connection:
        assert data_verdict(inspect(connection, state, CAN).evidence.findings) == "authentic"
    pcsc_bench.remove(SLOT)
    readers.wait(name, present=False, seconds=5)


def test_a_card_held_by_another_is_busy(pcsc_bench, reader, card, monkeypatch):
    readers, name = reader
    put_on(pcsc_bench, readers, name, card)
    monkeypatch.setattr("reader.adapters.pcsc.connection.BUSY_TRIES", 3)
    with readers.connect(name), pytest.raises(ReaderBusy):
        readers.connect(name)


def test_the_watcher_tells_of_readers_and_cards(pcsc_bench, reader, card):
    readers, name = reader
    seen = queue.Queue()
    watcher = CardWatcher(seen.put, poll=0.2)
    watcher.start()
    expected = [Change("reader_added", one) for one in sorted(pcsc_bench.reader_names())]
    assert [seen.get(timeout=5) for _ in expected] == expected
    put_on(pcsc_bench, readers, name, card)
    assert seen.get(timeout=5) == Change("card_inserted", name)
    pcsc_bench.remove(SLOT)
    assert seen.get(timeout=5) == Change("card_removed", name)
    watcher.stop()
    assert not watcher.is_alive()


def test_a_virtual_reader_does_not_say_how_long_its_commands_may_be(pcsc_bench, reader, card):
    readers, name = reader
    put_on(pcsc_bench, readers, name, card)
    with readers.connect(name) as connection:
        assert connection.largest_apdu() is None
        assert connection.atr.hex() == "3b80800101"


def test_nothing_listens_outside_the_namespace(pcsc_bench):
    ports = {int(line.split()[1].rsplit(":", 1)[1], 16) for table in ("tcp", "tcp6") for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]}  # fmt: skip
    assert not ports & set(range(35963, 35971))
