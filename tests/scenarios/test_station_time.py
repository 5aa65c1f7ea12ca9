"""Time at the seat, with a clock turned by hand: the node's deadline, restarts, pauses, sleep, a wall clock that lies."""

from __future__ import annotations

import msgspec
import pytest

from exam_engine import events as e
from exam_engine import exchange as x
from exam_engine.candidate import Accommodation
from hardware_mocks.lone_station import MINUTE, ROW, START, LoneStation, provision_for
from question_bank import samples
from question_bank.adapters.formula_renderer import MathJaxRenderer
from station.journey import intents


@pytest.fixture(scope="module")
def form():
    return samples.sample_form(MathJaxRenderer())


@pytest.fixture
def bench(tmp_path, form):
    made = LoneStation(tmp_path, form)
    made.begin()
    yield made
    made.journal.close()


def last(bench, kind):
    return [entry.event for entry in bench.events() if isinstance(entry.event, kind)][-1]


def test_the_deadline_is_the_nodes_and_the_station_closes_by_itself(bench):
    assert bench.station.view.deadline == START + 45 * MINUTE
    bench.do(intents.Respond("I.1", "A"))
    bench.node.cut = True
    bench.exchange()
    bench.pass_time(44 * MINUTE)
    assert bench.station.view.SCREEN == "S12"
    view = bench.pass_time(MINUTE)
    assert (view.SCREEN, view.answered, view.saved_centre) == ("S19", 1, 0)
    bench.do(intents.Respond("I.2", "A"))
    assert last(bench, e.ClosedByTime).answered == 1


def test_what_was_answered_in_hours_without_the_node_is_taken_late(bench):
    bench.node.cut = True
    bench.exchange()
    bench.do(intents.Respond("I.1", "A"))
    bench.pass_time(45 * MINUTE)
    assert bench.pass_time(30_000).SCREEN == "S20"
    assert bench.station.view.code == ""
    bench.pass_time(3 * 60 * MINUTE)
    bench.node.cut = False
    bench.exchange()
    texts = "".join(bench.node.kept["K/1/30004527", 1])
    assert "closed_by_time" in texts
    assert "answered" in texts


def test_personal_extra_time_is_in_the_deadline(tmp_path, form):
    row = msgspec.structs.replace(ROW, accommodation=Accommodation(percent=20, minutes=5, decision="QĐ 17"))
    bench = LoneStation(tmp_path, form, provision_for(candidates=(row,)))
    assert bench.begin().deadline == START + (45 + 9 + 5) * MINUTE
    bench.journal.close()


def test_a_pause_stops_the_clock_from_the_moment_it_was_given(bench):
    bench.node.tell(x.Pause("mất điện"))
    bench.clock.advance(20_000)
    bench.exchange()
    view = bench.station.view
    assert (view.cover.kind, view.cover.values["reason"], view.remaining) == ("pause", "mất điện", 45 * MINUTE)
    bench.pass_time(10 * MINUTE)
    bench.node.tell(x.Resume())
    bench.exchange()
    assert bench.station.view.deadline == bench.clock.node + 45 * MINUTE
    assert bench.station.view.notices[0].kind == "resumed"


def test_a_pause_covers_the_list_of_open_questions_too(bench):
    assert bench.do(intents.OpenReview()).SCREEN == "S18"
    bench.node.tell(x.Pause("mất điện"))
    bench.exchange()
    assert bench.station.view.cover is not None


def test_a_pause_outlasts_a_restart(bench):
    bench.node.tell(x.Pause("mất điện"))
    bench.exchange()
    bench.clock.advance(MINUTE)
    bench.restart()
    bench.tick()
    view = bench.do(intents.ContinueAttempt())
    assert (view.cover.kind, view.cover.values["reason"], view.remaining) == ("pause", "mất điện", 45 * MINUTE)


def test_an_evacuated_room_stands_still_alike(tmp_path, form):
    seats = []
    for name, delay in (("near", 0), ("far", 4_000)):
        bench = LoneStation(tmp_path / name, form)
        bench.begin()
        bench.pass_time(10 * MINUTE)
        given = bench.clock.node
        bench.clock.advance(delay)
        bench.node.tell(x.Pause("evacuation"), effective=given)
        bench.exchange()
        view = bench.station.view
        seats.append((view.cover.kind, view.remaining))
        bench.journal.close()
    assert seats == [("evacuation", 35 * MINUTE)] * 2


def test_lost_minutes_are_given_back_with_names_and_the_new_end_is_said(bench):
    bench.node.tell(x.Extend(4 * MINUTE, "mở đề chậm"))
    bench.exchange()
    view = bench.station.view
    assert view.deadline == START + 49 * MINUTE
    assert view.notices[0].values == {"minutes": "4", "end": str(START + 49 * MINUTE)}
    assert last(bench, e.TimeExtended).by == ("A", "B")


def test_time_given_in_a_pause_counts_after_it(bench):
    bench.node.tell(x.Pause("mất điện"))
    bench.node.tell(x.Extend(4 * MINUTE, "mất điện"))
    bench.exchange()
    assert bench.station.view.remaining == 49 * MINUTE
    bench.node.tell(x.Resume())
    bench.exchange()
    assert bench.station.view.deadline == bench.clock.node + 49 * MINUTE


def test_a_restart_of_the_program_knows_the_gap_without_the_node(bench):
    bench.do(intents.Respond("I.1", "A"))
    bench.node.cut = True
    bench.clock.advance(130_000)
    bench.restart()
    gap = last(bench, e.StationRestarted)
    assert (gap.gap_at_least, gap.gap_at_most, gap.uncertain) == (130_000, 130_000, False)
    assert bench.station.view.gap == 130_000
    bench.tick()
    assert bench.do(intents.ContinueAttempt()).remaining == 45 * MINUTE - 130_000


def test_a_restart_of_the_pc_without_the_node_goes_on_and_says_how_unsure_it_is(bench):
    bench.pass_time(10 * MINUTE, step=5_000)
    bench.node.cut = True
    bench.clock.reboot(200_000)
    bench.restart()
    gap = last(bench, e.StationRestarted)
    assert (gap.gap_at_least, gap.gap_at_most, gap.uncertain) == (0, 200_000, True)
    assert gap.remaining == 35 * MINUTE
    assert bench.station.journey.attempt.uncertain_time


def test_the_node_sets_the_time_right_after_such_a_restart(bench):
    bench.node.cut = True
    bench.clock.reboot(200_000)
    bench.restart()
    assert bench.station.now() < bench.clock.node
    bench.node.cut = False
    bench.exchange()
    assert bench.station.now() == bench.clock.node


def test_a_wall_clock_set_back_over_the_restart_leaves_the_bound_wide_open(bench):
    bench.pass_time(20_000, step=5_000)
    bench.node.cut = True
    bench.clock.reboot(60_000)
    bench.clock.wall -= 3 * 60 * MINUTE
    bench.restart()
    assert last(bench, e.StationRestarted).gap_at_most == 24 * 60 * MINUTE


def test_a_changed_wall_clock_moves_nothing_and_is_said(bench):
    bench.tick()
    before = bench.station.view.remaining
    bench.clock.wall += 3_600_000
    view = bench.tick()
    assert (view.remaining, view.notices[0].kind) == (before, "clock_set")


def test_sleep_costs_time_and_is_recorded(bench):
    bench.tick()
    bench.clock.sleep(4 * MINUTE)
    view = bench.tick()
    assert view.remaining == 41 * MINUTE
    gap = last(bench, e.StationRestarted)
    assert (gap.gap_at_least, gap.gap_at_most, gap.uncertain) == (4 * MINUTE, 4 * MINUTE, False)


def test_a_pc_that_slept_over_the_end_wakes_to_a_collected_test(bench):
    bench.tick()
    bench.clock.sleep(50 * MINUTE)
    assert bench.tick().SCREEN == "S19"


def test_a_slow_line_makes_the_time_no_worse_than_half_its_round_trip(bench):
    bench.node.delay = 3_000
    bench.exchange()
    assert abs(bench.station.now() - bench.clock.node) <= 1_500


def test_a_room_that_lost_its_switch_does_not_come_back_in_one_stroke(bench):
    bench.node.cut = True
    waits = [bench.exchange() for _ in range(40)]
    assert max(waits) <= 8
    assert len({round(wait, 2) for wait in waits[5:]}) > 5
    assert min(waits[5:]) >= 4
