"""A station holds its own room and shift alone: erased at the change of shift, at the close and by command, whatever breaks."""

from __future__ import annotations

import os
import random
import shutil
import sys
from pathlib import Path

import msgspec
import pytest

from exam_engine import events as e
from exam_engine import exchange as x
from exam_engine import takeover
from exam_engine.candidate import Candidate
from exam_engine.record import advance, decode_entry, genesis
from hardware_mocks import erasing, power_cut
from hardware_mocks.lone_station import ATTEMPT, EXAM, MINUTE, ROW, SEAT, LoneStation, provision_for
from question_bank import samples
from question_bank.adapters.formula_renderer import MathJaxRenderer
from station.adapters.journal import SqliteJournal
from station.errors import StoreFailed
from station.journey import intents
from tests.conftest import skip_or_fail

SECOND = Candidate("30004599", "Lê Văn Bình", "2008-01-02", "M", "042308000001", "TS", "03", 17, "2")


@pytest.fixture(scope="module")
def form():
    return samples.sample_form(MathJaxRenderer())


@pytest.fixture
def bench(tmp_path, form):
    (tmp_path / "stick").mkdir()
    recovery, _ = takeover.create(("Lê Thị Hạnh", "Phạm Văn Đức"), takeover.room_name(EXAM.id, SEAT), os.urandom)
    made = LoneStation(tmp_path / "store", form, provision_for(recovery=recovery), mirror=tmp_path / "stick")
    made.begin()
    made.do(intents.Respond("I.1", "A"), intents.GoTo("I.2"), intents.Respond("I.2", "B"))
    yield made
    made.journal.close()


def stick(bench):
    return sorted(path.name for path in (bench.folder.parent / "stick").iterdir())


def finish(bench):
    """The candidate's time is over, everything is at the node, the survey is skipped."""
    bench.pass_time(46 * MINUTE)
    bench.exchange()
    bench.do(intents.FinishReceipt(), intents.AnswerSurvey(0))
    bench.exchange()


def second_shift(bench):
    bench.node.change(shift="2", candidates=(SECOND,))
    for _ in range(3):
        bench.exchange()


def close(bench, *, closed=True):
    bench.node.tell(x.CloseShift(EXAM.id, "1", closed), attempt="")
    for _ in range(3):
        bench.exchange()


def traces(bench):
    """What of the first shift can be found anywhere: in the store under its present key, or on the stick."""
    journal = bench.journal
    kept = [
        name for name in ("provision", "instructions", "takeover") if ROW.sbd.encode() in (journal.kept(name) or b"")
    ]
    return (
        kept
        + [attempt for attempt, _ in journal.epochs() if attempt == ATTEMPT]
        + [n for n in stick(bench) if "-1-" in n]
    )


def test_another_shift_erases_the_one_before_in_journal_and_mirror(bench):
    assert traces(bench)
    key = (bench.folder / "store.key").read_bytes()
    finish(bench)
    second_shift(bench)
    assert bench.station.view.SCREEN == "S01"
    assert traces(bench) == []
    assert (bench.folder / "store.key").read_bytes() != key
    assert [name for name in stick(bench) if "-2-" in name]
    assert bench.journal.kept(f"form/{bench.node.sealed.digest}") is not None
    bench.restart()
    bench.exchange()
    assert bench.station.view.SCREEN == "S01"


def test_nothing_goes_that_the_node_does_not_have(bench):
    finish(bench)
    bench.journal.append("K/1/unknown-TS-03-17-1", 1, bench.journal.entries(ATTEMPT, 1)[:1])
    bench.node.lose_answers = True
    bench.exchange()
    bench.node.lose_answers = False
    bench.node.change(shift="2", candidates=(SECOND,))
    # The evidence of that check-in waits too.
    bench.journal.attach("K/1/unknown-TS-03-17-1", "ab" * 32, b"evidence")
    unsent = bench.station.ports.journal.owed("K/2/")
    assert unsent == 2
    assert not bench.station.erasure.once()
    assert traces(bench)
    for _ in range(3):
        bench.exchange()
    assert bench.journal.owed("K/2/") == 0
    assert traces(bench) == []


def test_the_close_of_the_shift_erases_and_the_screen_says_so(bench):
    finish(bench)
    close(bench)
    view = bench.station.view
    assert (view.SCREEN, view.code) == ("S00", "K302")
    assert traces(bench) == []
    assert stick(bench) == []
    bench.restart()
    bench.exchange()
    assert bench.station.view.SCREEN == "S00"
    assert traces(bench) == []


def test_who_still_works_is_not_closed_off(bench):
    close(bench)
    assert bench.station.view.SCREEN == "S12"
    assert bench.do(intents.GoTo("I.3"), intents.Respond("I.3", "C")).save == "saved_here"
    finish(bench)
    for _ in range(2):
        bench.exchange()
    assert bench.station.view.SCREEN == "S00"
    assert len(bench.node.kept[ATTEMPT, 1]) > 3
    assert traces(bench) == []


def test_closed_with_the_node_out_of_reach_it_waits_and_goes_on_after_a_restart(bench):
    finish(bench)
    bench.node.tell(x.CloseShift(EXAM.id, "1"), attempt="")
    bench.station.exchange._take(tuple(bench.node.instructions))
    bench.station.settle()
    bench.node.cut = True
    bench.restart()
    assert (bench.station.view.SCREEN, bench.station.view.code) == ("S00", "K302")
    assert traces(bench)
    bench.node.cut = False
    bench.exchange()
    bench.exchange()
    assert traces(bench) == []


def test_a_shift_closed_by_mistake_goes_on(bench):
    finish(bench)
    close(bench)
    close(bench, closed=False)
    assert bench.station.view.SCREEN == "S01"
    bench.restart()
    bench.exchange()
    assert bench.station.view.SCREEN == "S01"


def test_no_order_is_obeyed_twice_after_an_erasure(bench):
    finish(bench)
    cursor = bench.station.exchange.cursor
    second_shift(bench)
    assert bench.station.exchange.cursor > cursor
    bench.restart()
    bench.exchange()
    assert bench.node.requests[-1].cursor == bench.node.instructions[-1].number
    counters = [request.counter for request in bench.node.requests]
    assert counters == sorted(set(counters))


def test_a_stick_that_was_out_is_cleared_when_it_comes_back(bench):
    finish(bench)
    away = bench.folder.parent / "away"
    (bench.folder.parent / "stick").rename(away)
    second_shift(bench)
    assert any("-1-" in path.name for path in away.iterdir())
    away.rename(bench.folder.parent / "stick")
    bench.tick()
    bench.tick()
    assert traces(bench) == []


def test_a_mirror_of_a_shift_that_was_never_erased_here_stays(bench, form):
    """The disk of this PC was replaced: the stick may hold the last copy."""
    bench.journal.close()
    shutil.rmtree(bench.folder)
    again = LoneStation(bench.folder, form, bench.node._provision, bench.clock, mirror=bench.folder.parent / "stick")
    again.node.change(shift="2", candidates=(SECOND,))
    again.exchange()
    again.exchange()
    assert [name for name in stick(again) if "-1-" in name]
    again.journal.close()


def test_a_full_disk_only_puts_the_erasure_off(bench, monkeypatch):
    finish(bench)
    whole = type(bench.journal).erase

    def full(*_args, **_kwargs):
        raise StoreFailed("the disk is full")

    monkeypatch.setattr(type(bench.journal), "erase", full)
    second_shift(bench)
    assert ATTEMPT in {attempt for attempt, _ in bench.journal.epochs()}
    monkeypatch.setattr(type(bench.journal), "erase", whole)
    bench.exchange()
    bench.tick()
    assert traces(bench) == []


@pytest.mark.parametrize("left", ["TS-03-17-1-00000000.khm.gone", "TS-03-17-1-00000000.khm.new"])
def test_what_a_cut_of_power_left_on_the_stick_goes_with_the_next_start(bench, left):
    (bench.folder.parent / "stick" / left).write_bytes(b"half of a mirror")
    (bench.folder.parent / "stick" / "TS-03-18-1-00000000.khm.new").write_bytes(b"a neighbour begins just now")
    bench.restart()
    bench.tick()
    assert left not in stick(bench)
    assert "TS-03-18-1-00000000.khm.new" in stick(bench)


# -- power


@pytest.fixture(scope="module")
def calls(tmp_path_factory):
    if not shutil.which("strace"):
        skip_or_fail("the calls are recorded with strace")
    folder = tmp_path_factory.mktemp("erasing")
    command = [sys.executable, "-m", "hardware_mocks.erasing", str(folder / "store")]
    root = str(Path(erasing.__file__).resolve().parent.parent)
    assert power_cut.record(command, folder / "calls", {**os.environ, "PYTHONPATH": root}) == 0
    return list(power_cut.parse(folder / "calls", folder / "store"))


def cut(calls, moment, chance, folder):
    disk = power_cut.Disk()
    for call in calls[:moment]:
        if call.path != "-":
            disk.see(call)
    folder.mkdir()
    for path, raw in disk.after_cut(chance).items():
        (folder / Path(path).name).write_bytes(raw)


def test_power_lost_at_any_call_of_an_erasure_leaves_a_journal_that_opens_and_finishes_it(calls, tmp_path):
    said = [index for index, call in enumerate(calls) if call.path == "-"]
    begun, done = said[0], said[-1]
    finished = 0
    for seed in range(3):
        for moment in range(begun, len(calls) + 1):
            chance, folder = random.Random(1000 * seed + moment), tmp_path / f"{seed}-{moment}"
            cut(calls, moment, chance, folder)
            announced = (folder / "store.erasing").exists()
            journal = SqliteJournal(folder)
            left = {attempt for attempt, _ in journal.epochs()}
            assert journal.entries(erasing.NEW, 1) == [erasing.entry(n) for n in range(1, 9)]
            assert journal.kept("counter") == erasing.COUNTER
            if announced or moment > done:
                assert left == {erasing.NEW}
                assert (journal.kept("instructions"), journal.kept("form/old")) == (None, None)
                finished += announced
            assert not (folder / "store.erasing").exists()
            journal.append(erasing.NEW, 1, (erasing.entry(9),))
            journal.close()
            shutil.rmtree(folder)
    assert finished > 20


def test_the_old_key_is_nowhere_after_an_erasure(tmp_path):
    journal = SqliteJournal(tmp_path)
    erasing.fill(journal)
    key = (tmp_path / "store.key").read_bytes()
    sealed = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert journal.erase("K/2/", (), {})
    assert not [path for path in tmp_path.iterdir() if key in path.read_bytes()]
    assert sealed["store.key"] == key
    journal.close()


def test_an_answer_of_the_survey_outlasts_the_erasure_until_it_is_sent(tmp_path):
    journal = SqliteJournal(tmp_path)
    journal.attach("survey", "cd" * 32, msgspec.json.encode({"answer": 1}))
    assert journal.erase("", (), {})
    assert [each[0] for each in journal.attachments(9)] == ["survey"]
    journal.close()


def test_entries_that_were_set_aside_as_damaged_are_not_erased_by_themselves(tmp_path):
    journal = SqliteJournal(tmp_path)
    journal.append(erasing.OLD, 1, (erasing.entry(1), erasing.entry(2)))
    journal._connection.exec_driver_sql("UPDATE entries SET body = zeroblob(40) WHERE sequence = 2")
    journal._connection.commit()
    (sound,) = journal.salvage(erasing.OLD, 1)
    head = power_head(sound)
    assert journal.confirm(erasing.OLD, 1, 1, head)
    assert not journal.erase("", (), {})
    assert journal.erase("", (), {}, force=True)
    assert journal.epochs() == []
    journal.close()


def power_head(body):
    return advance(genesis(erasing.OLD, 1, ""), body).hex()


def test_the_reason_of_a_message_does_not_outlast_its_shift(bench):
    bench.node.tell(x.Text("Em Ẩn ngồi yên"))
    bench.exchange()
    assert "Ẩn".encode() in bench.journal.kept("instructions")
    finish(bench)
    second_shift(bench)
    assert "Ẩn".encode() not in bench.journal.kept("instructions")


def test_a_check_in_of_the_new_shift_is_not_touched_by_the_erasure(bench):
    finish(bench)
    bench.node.change(shift="2", candidates=(SECOND,))
    bench.exchange()
    bench.exchange()
    bench.do(intents.NoCard())
    bench.exchange()
    assert {attempt for attempt, _ in bench.journal.epochs()} == {f"K/2/{SECOND.sbd}"}
    first = bench.journal.entries(f"K/2/{SECOND.sbd}", 1)[0]
    assert isinstance(decode_entry(first).event, e.CheckInBegan)
    bench.restart()
    assert bench.station.view.SCREEN == "S09"
