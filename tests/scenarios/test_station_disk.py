"""A disk that takes nothing: what cannot be kept has not happened, on any screen, and the station outlives it."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import threading
import time
from datetime import UTC, date, datetime

import pytest

from exam_engine import events as e
from exam_engine import exchange as x
from hardware_mocks.answering import lost
from hardware_mocks.chip.emrtd import Chip
from hardware_mocks.issuing_state import CardHolder, IssuingState
from hardware_mocks.lone_station import ROW, START, LoneStation
from question_bank import samples
from question_bank.adapters.formula_renderer import MathJaxRenderer
from reader import inspection
from reader.access_key import Can
from reader.trust import TrustStore
from station.errors import StoreFailed, StoreFull
from station.journey import inputs, intents


@pytest.fixture(scope="module")
def form():
    return samples.sample_form(MathJaxRenderer())


@pytest.fixture
def bench(tmp_path, form):
    made = LoneStation(tmp_path / "store", form)
    yield made
    made.journal.close()


@contextlib.contextmanager
def no_room(bench):
    """The journal as it is when the disk has no room: every append is refused."""

    def refuse(*_, **__):
        raise StoreFull("the disk is full")

    bench.journal.append = refuse
    yield
    del bench.journal.append


def test_rules_that_could_not_be_saved_are_asked_again(bench):
    bench.exchange()
    bench.do(intents.NoCard())
    bench.node.tell(x.Decide("admit", "đã đối chiếu giấy tờ"))
    bench.exchange()
    with no_room(bench):
        view = bench.do(intents.AcceptRules())
        assert (view.SCREEN, view.frame.alarm) == ("S10", "B301")
        bench.clock.advance(max(0, START - bench.clock.node))
        bench.node.tell(bench.node.release(bench.sealing.public_key().public_bytes_raw()), attempt="")
        bench.exchange()
        assert bench.tick().SCREEN == "S10"
    view = bench.do(intents.AcceptRules())
    bench.tick()
    assert (bench.station.view.SCREEN, bench.station.view.frame.alarm) == ("S12", "")
    kinds = [type(entry.event) for entry in bench.events()]
    assert kinds.index(e.RulesAccepted) < kinds.index(e.Started)


def test_a_check_in_that_could_not_be_saved_has_not_happened(bench):
    bench.exchange()
    with no_room(bench):
        view = bench.do(intents.NoCard())
        assert (view.SCREEN, view.frame.alarm) == ("S01", "B301")
    assert bench.do(intents.NoCard()).SCREEN == "S09"
    kinds = [type(entry.event).__name__ for entry in bench.events()]
    assert kinds == ["CheckInBegan", "ConsentGiven", "IdentityChecked", "AdmissionDecided"]


def test_what_the_reader_said_once_is_tried_again_when_there_is_room(bench):
    bench.exchange()
    bench.do(inputs.CardSensed(), intents.Agree(read_chip=True, compare_face=False))
    state = IssuingState(datetime(2026, 11, 24, tzinfo=UTC))
    card = state.issue(
        CardHolder(ROW.personal_number, ROW.name, ROW.birth_date, "F", "2033-03-15"), b"\xff\xd8" + bytes(500)
    )
    done = inspection.inspect(
        Chip(card, lambda n: bytes(range(n))[:n]), (Can.from_card_number(ROW.personal_number),), TrustStore.from_der([]),
        inspection.Options(date(2026, 11, 24)), random=os.urandom, clock=time.perf_counter,
    )  # fmt: skip
    read = inputs.CardInspected(done, 900)
    with no_room(bench):
        assert bench.do(read).SCREEN == "S03"
        assert bench.tick().frame.alarm == "B301"
    view = bench.tick()
    assert view.SCREEN not in {"S01", "S03"}
    assert view.frame.alarm == ""
    assert len([entry for entry in bench.events() if isinstance(entry.event, e.AdmissionDecided)]) == 1


def test_the_end_of_the_test_is_written_as_soon_as_there_is_room(bench):
    bench.begin()
    bench.do(intents.Respond("I.1", "A"))
    with no_room(bench):
        view = bench.do(intents.GoTo("I.2"))
        assert (view.SCREEN, view.save, view.notices[0].kind) == ("S12", "failed", "not_saved")
        view = bench.pass_time(46 * 60_000)
        assert (view.SCREEN, view.save) == ("S12", "failed")
        bench.do(intents.Respond("I.2", "A"))
    assert bench.tick().SCREEN == "S19"
    assert [entry.event.answered for entry in bench.events() if isinstance(entry.event, e.ClosedByTime)] == [1]


@pytest.fixture
def small_disk(tmp_path):
    """A disk of two megabytes that is really full when it is full."""
    place = tmp_path / "disk"
    place.mkdir()
    command = shutil.which("mount")
    made = command and subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "khaothi-test", place], check=False)
    if not made or made.returncode:
        pytest.skip("a small disk is mounted by root only: the really full disk was NOT tried")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def fill(disk, leave):
    """Take all the room but so many bytes."""
    with (disk / "filler").open("wb") as file:
        file.write(bytes(max(0, shutil.disk_usage(disk).free - leave)))


def test_a_really_full_disk_loses_nothing_shown_and_goes_on_when_there_is_room(small_disk, form):
    bench = LoneStation(small_disk / "store", form)
    bench.begin()
    bench.node.cut = True
    bench.exchange()
    fill(small_disk, 24 * 1024)
    shown, items, failed = [], list(bench.station.journey.index), 0
    for number in range(200):
        item = items[number % 3]
        response = "ABCD"[(number // 3) % 4]
        bench.do(intents.GoTo(item))
        view = bench.do(intents.Respond(item, response))
        if view.save == "failed":
            failed += 1
        elif bench.station.journey.attempt.responses.get(item) == response:
            shown.append((bench.station.journey.item_sequence[item], item, response))
    assert failed > 50, "the disk never filled"
    assert len(shown) > 3
    with pytest.raises(StoreFailed):
        bench.journal.keep("filler", bytes(40_000))
    (small_disk / "filler").unlink()
    view = bench.do(intents.GoTo("I.1"), intents.Respond("I.1", "B" if shown[-1][2] != "B" else "C"))
    assert view.save in {"saved_here", "waiting"}
    bench.restart()
    assert bench.station.view.SCREEN == "S23"
    bench.journal.close()
    assert lost(small_disk / "store", shown) == []


def test_the_loop_outlives_a_fault_and_logs_none_of_its_words(bench, caplog):
    def fails():
        raise ValueError("Trần Thị Bịa")

    done = threading.Event()
    bench.station.call(fails)
    bench.station.call(done.set)
    bench.station.start()
    try:
        assert done.wait(20)
    finally:
        bench.station.stop()
    assert "ValueError at test_station_disk.py" in caplog.text
    assert "Bịa" not in caplog.text
