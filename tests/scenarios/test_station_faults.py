"""An answer shown as saved survives: kills, cuts of power, a damaged end, a crash between order and deed."""

from __future__ import annotations

import os
import shutil

import pysqlite3
import pytest

from exam_engine import events as e
from exam_engine import exchange as x
from hardware_mocks import answering
from hardware_mocks.fault_campaign import cuts, kills, recorded
from hardware_mocks.lone_station import ATTEMPT, MINUTE, LoneStation
from question_bank import samples
from question_bank.adapters.formula_renderer import MathJaxRenderer
from station.adapters.journal import SqliteJournal
from station.errors import NodeNotGenuine, NodeRefused, NodeUnreachable, StoreDamaged, StoreFailed, StoreFull
from station.journey import intents
from tests.conftest import skip_or_fail


@pytest.fixture(scope="module")
def form():
    return samples.sample_form(MathJaxRenderer())


def test_sigkill_at_any_moment_loses_nothing_shown(form):
    shown, gone = kills(8, form)
    assert gone == 0
    assert shown > 0


@pytest.fixture(scope="module")
def traced():
    if not shutil.which("strace"):
        skip_or_fail("the calls are recorded with strace")


def test_no_cut_of_power_loses_an_answer_shown(traced, tmp_path):
    calls = recorded(tmp_path, 25, off=False)
    assert cuts(60, calls, tmp_path) == (0, 0)


def test_the_same_cuts_find_a_journal_that_does_not_sync(traced, tmp_path):
    calls = recorded(tmp_path, 25, off=True)
    harmed, gone = cuts(20, calls, tmp_path)
    assert harmed > 0
    assert gone > 0


# -- a damaged end


def damage(folder, sequence):
    with pysqlite3.connect(str(folder / "journal.sqlite")) as other:
        other.execute("UPDATE entries SET body = zeroblob(40) WHERE sequence >= ?", (sequence,))
    other.close()


@pytest.fixture
def bench(tmp_path, form):
    made = LoneStation(tmp_path / "store", form)
    made.begin()
    yield made
    made.journal.close()


def test_a_damaged_end_costs_the_damaged_entries_and_names_the_question(bench):
    bench.do(intents.Respond("I.1", "A"))
    bench.exchange()
    bench.node.cut = True
    bench.do(intents.GoTo("I.2"), intents.Respond("I.2", "B"))
    sound = len(bench.events())
    bench.do(intents.GoTo("I.3"), intents.Respond("I.3", "C"))
    damage(bench.folder, sound + 2)
    bench.restart()
    bench.tick()
    view = bench.station.view
    assert (view.SCREEN, view.answered, view.torn_item) == ("S23", 2, ("I", 3))
    bench.do(intents.ContinueAttempt(), intents.Respond("I.3", "C"))
    bench.node.cut = False
    bench.exchange()
    texts = bench.node.kept[ATTEMPT, 1]
    assert len(texts) == len(bench.events())
    assert bench.station.view.save == "saved_centre"


def test_what_the_node_has_is_never_written_anew_in_another_way(bench):
    bench.do(intents.Respond("I.1", "A"))
    bench.exchange()
    bench.exchange()
    damage(bench.folder, 3)
    bench.restart()
    assert (bench.station.view.SCREEN, bench.station.view.code) == ("S00", "B301")
    with pytest.raises(StoreDamaged):
        bench.journal.salvage(ATTEMPT, 1)


def test_a_file_that_is_no_database_is_said_to_be_damaged(tmp_path):
    SqliteJournal(tmp_path).close()
    (tmp_path / "journal.sqlite").write_bytes(os.urandom(4096))
    with pytest.raises(StoreDamaged):
        SqliteJournal(tmp_path)


def test_a_damaged_key_file_is_not_replaced_by_a_fresh_key(tmp_path):
    SqliteJournal(tmp_path).close()
    (tmp_path / "store.key").write_bytes(b"short")
    with pytest.raises(StoreDamaged):
        SqliteJournal(tmp_path)


# -- an instruction counts once


class Unplugged(Exception):
    """The power goes."""


def test_an_order_that_arrived_before_the_crash_is_carried_out_after_it_once(bench, monkeypatch):
    bench.node.tell(x.Extend(5 * MINUTE, "mất điện"))

    def crash(*_args, **_more):
        raise Unplugged

    with monkeypatch.context() as patch:
        patch.setattr(bench.journal, "append", crash)
        with pytest.raises(Unplugged):
            bench.exchange()
    before = bench.station.journey.attempt.deadline
    bench.restart()
    assert bench.station.journey.attempt.deadline == before + 5 * MINUTE
    bench.restart()
    bench.exchange()
    assert bench.station.journey.attempt.deadline == before + 5 * MINUTE
    assert sum(isinstance(entry.event, e.TimeExtended) for entry in bench.events()) == 1


def test_an_order_waits_while_the_disk_is_full(bench, monkeypatch):
    bench.node.tell(x.Pause("mất điện"))
    with monkeypatch.context() as patch:

        def full(*_args, **_more):
            raise StoreFull("the disk is full")

        patch.setattr(bench.journal, "append", full)
        bench.exchange()
        assert bench.station.view.save == "failed"
        assert not bench.station.view.paused
    bench.tick()
    assert bench.station.view.paused
    assert bench.station.view.save != "failed"


def test_a_full_disk_says_so_and_the_next_answer_that_fits_clears_it(bench, monkeypatch):
    bench.do(intents.Respond("I.1", "A"))
    with monkeypatch.context() as patch:

        def failing(*_args, **_more):
            raise StoreFailed("disk I/O error")

        patch.setattr(bench.journal, "append", failing)
        view = bench.do(intents.Respond("I.1", "B"))
        assert (view.save, [o.identifier for o in view.options if o.chosen]) == ("failed", ["A"])
    view = bench.do(intents.Respond("I.1", "B"))
    assert (view.save, [o.identifier for o in view.options if o.chosen]) == ("saved_here", ["B"])


def test_an_attempt_of_22_items_keeps_a_small_journal(bench):
    journey = bench.station.journey
    for item in journey.index:
        bench.do(intents.GoTo(item))
        for response in answering.RESPONSES[journey.index[item].kind]:
            bench.do(intents.Respond(item, response))
    with pysqlite3.connect(str(bench.folder / "journal.sqlite")) as other:
        (size,) = other.execute("SELECT sum(length(body) + length(head) + 40) FROM entries").fetchone()
    other.close()
    assert size <= 60_000


def test_a_station_without_a_plan_says_what_stands_in_its_way(tmp_path, form, monkeypatch):
    bench = LoneStation(tmp_path / "fresh", form)
    assert (bench.station.view.SCREEN, bench.station.view.code) == ("S00", "K303")
    for error, code in (
        (NodeNotGenuine("another certificate"), "K304"),
        (NodeRefused("station_revoked"), "K301"),
        (NodeUnreachable(url="https://nowhere"), "K303"),
    ):
        with monkeypatch.context() as away:
            away.setattr(bench.node, "provision", _raising(error))
            bench.exchange()
        assert (bench.station.view.SCREEN, bench.station.view.code) == ("S00", code)
    bench.exchange()
    assert bench.station.view.SCREEN == "S01"
    bench.journal.close()


def _raising(error):
    def refuse(*_):
        raise error

    return refuse
