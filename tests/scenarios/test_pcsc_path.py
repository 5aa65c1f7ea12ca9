"""Cards over the real path: pyscard, PC/SC daemon, virtual reader, emulated chip in another process."""

from __future__ import annotations

import os
import queue
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hardware_mocks.faults import Fault
from hardware_mocks.issuing_state import CardHolder, IssuingState
from reader import inspection
from reader.access_key import Can, MrzKey
from reader.adapters.pcsc import CardWatcher, Change, PcscReaders, WatchedReaders
from reader.errors import CardFrozen, CardRemoved, NoCard, NoReader, PcscUnavailable, ReaderBusy, WrongKey
from reader.evidence import chip_verdict, data_verdict
from reader.trust import TrustStore
from station.adapters.reader import SeatReader
from station.card_desk import CardDesk
from station.journey import effects as fx
from station.journey import inputs
from station.ports import StationPorts

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


@pytest.fixture
def watched():
    readers = WatchedReaders(poll=0.2)
    yield readers
    readers.close()


def until(condition, seconds=15.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen"
        time.sleep(0.02)


def told(readers):
    try:
        return set(readers.names())
    except PcscUnavailable:
        return None


def test_a_card_exchanged_for_another_counts_as_gone_once(pcsc_bench, reader, watched, card):
    _, name = reader
    pcsc_bench.insert(SLOT, card)
    assert watched.wait(name, present=True, seconds=10)
    assert not watched.wait(name, present=False, seconds=0)
    # Out and in again before anybody asks.
    seen = queue.Queue()
    watcher = CardWatcher(seen.put, poll=0.2)
    watcher.start()
    pcsc_bench.remove(SLOT)
    pcsc_bench.insert(SLOT, card)
    while seen.get(timeout=10) != Change("card_removed", name):
        pass
    assert seen.get(timeout=10) == Change("card_inserted", name)
    watcher.stop()
    # Two watchers need not see it in the same instant.
    assert watched.wait(name, present=False, seconds=10)
    assert watched.wait(name, present=True, seconds=10)
    assert not watched.wait(name, present=False, seconds=0)


def test_a_daemon_that_crashed_and_a_reader_plugged_in_later_are_met(pcsc_bench, watched, state, card):
    usual, spare = set(pcsc_bench.reader_names()), set(pcsc_bench.spare_names())
    name = pcsc_bench.reader_names()[SLOT]
    until(lambda: told(watched) == usual)
    pcsc_bench.insert(SLOT, card)
    assert watched.wait(name, present=True, seconds=10)
    connection = watched.connect(name)

    pcsc_bench.kill_daemon()
    with pytest.raises(CardRemoved):
        connection.transmit(bytes.fromhex("00A4040C07A0000002471001"))
    until(lambda: told(watched) is None)
    with pytest.raises(PcscUnavailable):
        watched.wait(name, present=True, seconds=0)
    with pytest.raises(PcscUnavailable):
        watched.connect(name)

    pcsc_bench.plug()
    pcsc_bench.start_daemon()
    until(lambda: told(watched) == usual | spare)
    pcsc_bench.insert(SLOT, card)
    assert watched.wait(name, present=True, seconds=15)
    with watched.connect(name) as connection:
        assert data_verdict(inspect(connection, state, CAN).evidence.findings) == "authentic"

    pcsc_bench.unplug()
    pcsc_bench.kill_daemon()
    pcsc_bench.start_daemon()
    until(lambda: told(watched) == usual)


def test_a_virtual_reader_does_not_say_how_long_its_commands_may_be(pcsc_bench, reader, card):
    readers, name = reader
    put_on(pcsc_bench, readers, name, card)
    with readers.connect(name) as connection:
        assert connection.largest_apdu() is None
        assert connection.atr.hex() == "3b80800101"


def test_nothing_listens_outside_the_namespace(pcsc_bench):
    ports = {int(line.split()[1].rsplit(":", 1)[1], 16) for table in ("tcp", "tcp6") for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]}  # fmt: skip
    assert not ports & set(range(35963, 35971))


# -- the station at its reader


class Seat:
    """The thread of a station at its card reader; what it tells the journey is kept."""

    def __init__(self, readers):
        ports = StationPorts(
            steady=lambda: 0, wall=lambda: 0, seconds=time.monotonic, random=os.urandom, reader=SeatReader(readers),
            camera=None, observer=None, facts=None, journal=None, uplink=None, disk_free=lambda: 1, tick_seconds=0.05,
        )  # fmt: skip
        self.told, self.reading = queue.Queue(), threading.Event()
        self.desk = CardDesk(ports, self._post, "TS-03-17", lambda: 0)
        self._watching = threading.Thread(target=self.desk.run, daemon=True)

    def _post(self, item):
        if isinstance(item, inputs.ReadingAdvanced):
            self.reading.set()
        else:
            self.told.put(item)

    def __enter__(self):
        self._watching.start()
        return self

    def __exit__(self, *_):
        self.desk.stop()
        self._watching.join(10)

    def next(self):
        return self.told.get(timeout=20)


def emptied(bench):
    """Nothing lies on the reader, and the daemon has noticed."""
    bench.remove(SLOT)
    assert PcscReaders().wait(bench.reader_names()[SLOT], present=False, seconds=5)


def test_a_station_goes_on_after_the_daemon_crashed_and_reads_the_card_again(pcsc_bench, watched, state, card, monkeypatch):  # fmt: skip
    monkeypatch.setenv("KHAOTHI_READER", pcsc_bench.reader_names()[SLOT])
    until(lambda: told(watched))
    with Seat(watched) as seat:
        pcsc_bench.insert(SLOT, card)
        assert seat.next() == inputs.CardSensed()
        pcsc_bench.kill_daemon()
        assert {seat.next(), seat.next()} == {inputs.ReaderMissing(missing=True), inputs.CardGone()}
        pcsc_bench.start_daemon()
        assert seat.next() == inputs.ReaderMissing(missing=False)
        pcsc_bench.insert(SLOT, card)
        assert seat.next() == inputs.CardSensed()
        seat.desk.read(fx.ReadCard((CAN,), "check-in"))
        assert isinstance(seat.next(), inputs.CardInspected)
        pcsc_bench.remove(SLOT)
        assert seat.next() == inputs.CardGone()


def test_a_reading_asked_for_one_card_never_reads_the_one_put_in_its_place(pcsc_bench, watched, state, card, monkeypatch):  # fmt: skip
    monkeypatch.setenv("KHAOTHI_READER", pcsc_bench.reader_names()[SLOT])
    until(lambda: told(watched))
    with Seat(watched) as seat:
        pcsc_bench.insert(SLOT, card)
        assert seat.next() == inputs.CardSensed()
        pcsc_bench.remove(SLOT)
        pcsc_bench.insert(SLOT, card)
        assert [seat.next(), seat.next()] == [inputs.CardGone(), inputs.CardSensed()]
        # Exchanged, and asked to read, before the thread looks again.
        watched.change(Change("card_removed", watched.names()[SLOT]))
        watched.change(Change("card_inserted", watched.names()[SLOT]))
        seat.desk.read(fx.ReadCard((CAN,), "check-in"))
        heard = [seat.next(), seat.next()]
        assert inputs.CardGone() in heard
        assert not any(isinstance(item, inputs.CardInspected) for item in heard)
    pcsc_bench.remove(SLOT)


def test_a_reading_asked_for_when_the_card_has_gone_does_not_wait_for_the_next_card(pcsc_bench, watched, state, card, monkeypatch):  # fmt: skip
    emptied(pcsc_bench)
    monkeypatch.setenv("KHAOTHI_READER", pcsc_bench.reader_names()[SLOT])
    until(lambda: told(watched))
    with Seat(watched) as seat:
        pcsc_bench.insert(SLOT, card)
        assert seat.next() == inputs.CardSensed()
        pcsc_bench.remove(SLOT)
        assert seat.next() == inputs.CardGone()
        seat.desk.read(fx.ReadCard((CAN,), "check-in"))
        assert seat.next() == inputs.CardFailed("card_removed")
        pcsc_bench.insert(SLOT, card)
        assert seat.next() == inputs.CardSensed()
        pcsc_bench.remove(SLOT)
        assert seat.next() == inputs.CardGone()


def test_a_daemon_that_ends_in_mid_read_is_a_missing_reader_and_no_bad_card(pcsc_bench, watched, state, card, monkeypatch):  # fmt: skip
    emptied(pcsc_bench)
    monkeypatch.setenv("KHAOTHI_READER", pcsc_bench.reader_names()[SLOT])
    until(lambda: told(watched))
    with Seat(watched) as seat:
        pcsc_bench.insert(SLOT, card, Fault(delay_ms=300))
        assert seat.next() == inputs.CardSensed()
        seat.desk.read(fx.ReadCard((CAN,), "check-in"))
        until(seat.reading.is_set)
        pcsc_bench.kill_daemon()
        heard = [seat.next() for _ in range(4)]
        pcsc_bench.start_daemon()
        assert heard[:2] == [inputs.CardLost(), inputs.CardFailed("pcsc_unavailable")]
        assert {*heard[2:]} == {inputs.ReaderMissing(missing=True), inputs.CardGone()}
        assert seat.next() == inputs.ReaderMissing(missing=False)


def test_a_seat_whose_reader_is_not_there_says_so(pcsc_bench, watched, monkeypatch):
    monkeypatch.setenv("KHAOTHI_READER", "another model")
    with Seat(watched) as seat:
        assert seat.next() == inputs.ReaderMissing(missing=True)
