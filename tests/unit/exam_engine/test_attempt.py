"""The attempt, its commands and its clock."""

from __future__ import annotations

from pathlib import Path

import pytest

from exam_engine import events as e
from exam_engine.attempt import Attempt, Phase, diagram, evolve
from exam_engine.candidate import Accommodation
from exam_engine.commands import (
    CollectNow,
    GiveTime,
    HandIn,
    ItemFacts,
    MarkForReview,
    PauseClock,
    Respond,
    ResumeClock,
    Tick,
    decide,
)
from exam_engine.errors import CommandRefused, ImpossibleEvent
from exam_engine.timing import NodeClock, deadline, first_anchor, gap_after_restart

INDEX = {
    "I.1": ItemFacts("I.1", "I", 1, "single_choice", ("A", "B", "C", "D")),
    "II.1": ItemFacts("II.1", "II", 1, "true_false_cluster", ("a", "b", "c", "d")),
    "III.1": ItemFacts("III.1", "III", 1, "short_numeric", ()),
    "M.1": ItemFacts("M.1", "I", 2, "multiple_choice", ("A", "B", "C")),
}
START, END = 1_000_000, 1_000_000 + 45 * 60_000


def fold(attempt, *pairs):
    for at, event in pairs:
        attempt = evolve(attempt, event, at)
    return attempt


@pytest.fixture
def working():
    return fold(
        Attempt(),
        (1, e.CheckInBegan("S", "03", 17, True)),
        (2, e.ConsentGiven(True, True, "ask", "1")),
        (3, e.AdmissionDecided("admit", ())),
        (4, e.RulesAccepted()),
        (5, e.Started("f", "0101", "o", START, END)),
    )


def act(attempt, command, now, **more):
    for event in decide(attempt, command, now, INDEX, **more):
        attempt = evolve(attempt, event, now)
    return attempt


def test_a_response_is_kept_in_canonical_form(working):
    after = act(working, Respond("II.1", "d=true,a=false"), START)
    assert after.responses == {"II.1": "a=false,d=true"}
    assert act(working, Respond("M.1", "C|A"), START).responses == {"M.1": "A|C"}
    assert act(working, Respond("III.1", "−1.5"), START).responses == {"III.1": "-1,5"}


def test_an_empty_response_clears_and_the_same_twice_is_no_event(working):
    once = act(working, Respond("I.1", "B"), START)
    assert decide(once, Respond("I.1", "B"), START, INDEX) == ()
    assert act(once, Respond("I.1", ""), START).responses == {}


@pytest.mark.parametrize(
    ("item", "response", "reason"),
    [
        ("I.1", "E", "unknown_option"),
        ("I.1", "A|B", "unknown_option"),
        ("II.1", "e=true", "unknown_option"),
        ("II.1", "a=maybe", "unknown_option"),
        ("II.1", "a=true,a=false", "unknown_option"),
        ("III.1", "12345", "illegal_answer"),
        ("III.1", "1/2", "illegal_answer"),
        ("III.1", "123,", "illegal_answer"),
        ("X.1", "A", "unknown_item"),
    ],
)
def test_an_impossible_response_is_refused_with_its_reason(working, item, response, reason):
    with pytest.raises(CommandRefused) as refused:
        decide(working, Respond(item, response), START, INDEX)
    assert refused.value.reason == reason


def test_nothing_is_accepted_at_the_deadline_and_the_clock_closes(working):
    with pytest.raises(CommandRefused):
        decide(working, Respond("I.1", "A"), END, INDEX)
    closed = act(working, Tick(), END)
    assert closed.phase is Phase.CLOSED
    assert decide(closed, Tick(), END + 1, INDEX) == ()


def test_early_submission_is_locked_unless_the_profile_allows_it(working):
    with pytest.raises(CommandRefused):
        decide(working, HandIn(), START, INDEX)
    assert act(working, HandIn(), START, early_submission=True).phase is Phase.SUBMITTED


def test_a_pause_gives_back_what_was_lost_until_it_arrived(working):
    paused = act(working, PauseClock("điện", "A", START + 60_000), START + 90_000)
    assert paused.remaining == 44 * 60_000
    resumed = act(paused, ResumeClock("A"), START + 600_000)
    assert resumed.deadline == START + 600_000 + 44 * 60_000
    assert decide(paused, Tick(), END + 1, INDEX) == ()


def test_time_given_while_paused_is_not_lost(working):
    paused = act(working, PauseClock("x", "A", START), START)
    more = act(paused, GiveTime(120_000, "x", ("A", "B")), START)
    assert more.remaining == 47 * 60_000


def test_flags_and_collection(working):
    flagged = act(working, MarkForReview("I.1", True), START)
    assert flagged.flags == {"I.1"}
    assert act(flagged, MarkForReview("I.1", False), START).flags == frozenset()
    assert act(working, CollectNow("x", "A"), START).phase is Phase.COLLECTED


@pytest.mark.parametrize("event", [e.Answered("I.1", "A"), e.Submitted(0), e.Started("f", "1", "o", 1, 2)])
def test_nothing_follows_a_closed_attempt(working, event):
    closed = act(working, Tick(), END)
    with pytest.raises(ImpossibleEvent):
        evolve(closed, event, END + 1)


def test_an_answer_before_the_signal_is_impossible():
    with pytest.raises(ImpossibleEvent):
        evolve(Attempt(), e.Answered("I.1", "A"), 1)


def test_a_moved_attempt_goes_on_in_the_next_epoch(working):
    answered = act(working, Respond("I.1", "C"), START)
    moved = evolve(answered, e.MovedAway("S2", ("A",)), START)
    taken = evolve(moved, e.TakenOver("S", "S2", 1, "00", 9, ("A",), END), START)
    assert (taken.phase, taken.epoch, taken.responses, taken.moved_from) == (Phase.WORKING, 2, {"I.1": "C"}, "S")


def test_offline_time_is_counted(working):
    off = evolve(working, e.LinkChanged(False), START + 1_000)
    assert evolve(off, e.LinkChanged(True), START + 61_000).offline == 60_000


def test_the_drawn_diagram_is_up_to_date():
    drawn = (Path(__file__).parents[3] / "docs" / "diagrams" / "attempt.md").read_text(encoding="utf-8")
    assert diagram() in drawn


# -- time


def test_a_latecomers_end_does_not_move_and_extra_time_is_added():
    assert deadline(START, 45, Accommodation()) == END
    assert deadline(START, 40, Accommodation(percent=25, minutes=3)) == START + 53 * 60_000


def test_node_time_follows_the_steady_clock_and_takes_the_surer_anchor():
    clock = first_anchor(sent=100, received=140, node_time=5_000)
    assert clock.now(240) == 5_120
    assert clock.anchored(sent=200, received=1_200, node_time=6_000) == clock
    assert clock.anchored(sent=300, received=302, node_time=5_180).uncertainty == 1


def test_an_estimate_grows_less_sure_with_time():
    clock = NodeClock(0, 0, 5)
    assert clock.uncertainty_at(10_000_000) > clock.uncertainty_at(10)


def test_a_gap_without_the_node_has_bounds_only():
    assert gap_after_restart(1_000, 6_000, 60_000).at_most == 5_000
    unknown = gap_after_restart(1_000, None, 60_000)
    assert (unknown.at_least, unknown.at_most, unknown.uncertain) == (0, 60_000, True)
