"""The board's model: two axes, flags, and alarms in the order of attention."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest
from msgspec import structs

from exam_engine.attempt import Attempt, Phase
from exam_engine.candidate import Candidate
from exam_engine.events import AdmissionDecided, ReferralDecided
from exam_engine.exchange import Health
from proctor_node.live_board import SeatState, alarms, board, link_of, tile

WHO = Candidate("30000001", "Nguyễn Thị Ngọc Ẩn", "2008-03-15", "F", "042308000001", "LTT", "01", 1, "1")
HEALTH = Health("a", "working", 3, 22, 60_000, 0, "", 10**9, "ok", "ok", "partial")
CALM = SeatState(
    "LTT-01-01", "LTT", "01", 1, WHO, "KS12/1/30000001", Attempt(Phase.WORKING, deadline=90_000), HEALTH, 1.0, False, ()
)


def unwell(**changed) -> Health:
    return msgspec.structs.replace(HEALTH, **changed)


@pytest.mark.parametrize(
    ("silent", "link"),
    [(None, "none"), (0.0, "live"), (12.0, "live"), (12.1, "slow"), (20.0, "slow"), (20.1, "lost"), (900.0, "lost")],
)
def test_the_link_follows_real_silence(silent, link):
    assert link_of(silent) == link


@pytest.mark.parametrize(
    ("state", "alarm", "level"),
    [
        (CALM, "", 7),
        (replace(CALM, silent=61.0), "lost_contact", 1),
        (replace(CALM, silent=59.0), "", 7),
        (replace(CALM, silent=61.0, attempt=Attempt(Phase.SUBMITTED)), "", 7),
        (replace(CALM, health=unwell(store="full")), "cannot_save", 1),
        (replace(CALM, attempt=structs.replace(CALM.attempt, help="pc")), "help", 2),
        (replace(CALM, attempt=Attempt(Phase.REFERRED)), "identity", 3),
        (replace(CALM, silent=15.0, health=unwell(unsent=3)), "unsent_near_end", 4),
        (replace(CALM, silent=1.0, health=unwell(unsent=3)), "", 7),
        (replace(CALM, attempt=structs.replace(CALM.attempt, screen_left=41_000)), "left_screen", 5),
        (replace(CALM, oddities=("fork",)), "odd_record", 5),
        (replace(CALM, held_out=True), "mixed_fleet", 5),
    ],
)
def test_each_trouble_has_its_level(state, alarm, level):
    shown = tile(state)
    assert (shown.alarm, shown.level) == (alarm, level)


def test_the_most_pressing_trouble_of_a_seat_is_the_one_shown():
    worst = replace(
        CALM, silent=100.0, attempt=structs.replace(CALM.attempt, help="pc", screen_left=1000), oddities=("fork",)
    )
    assert tile(worst).alarm == "lost_contact"


def test_flags_name_what_stays_true_of_a_seat():
    attempt = structs.replace(
        CALM.attempt, moved_from="LTT-01-02", restarts=1, admission=AdmissionDecided("refer", ("late",)),
        decided=ReferralDecided("admit", ("a", "b"), "x", "board"),
    )  # fmt: skip
    assert set(tile(replace(CALM, attempt=attempt)).flags) == {"moved", "restarted", "late", "manual"}


def silent(seat: int, since: float, **changed) -> SeatState:
    return replace(CALM, station=f"s{seat}", seat=seat, seen=since, silent=100.0 - since, **changed)


def test_seats_of_a_room_that_fall_silent_together_are_one_matter():
    told = alarms([silent(1, 10.0), silent(2, 14.0), silent(3, 20.0), silent(4, 1.0, room="02")])
    assert [(a.kind, a.seat, a.count, a.key) for a in told] == [
        ("room_lost", 0, 3, "LTT/01/0/room_lost"),
        ("lost_contact", 4, 0, "LTT/02/4/lost_contact"),
    ]


@pytest.mark.parametrize("times", [(10.0, 14.0), (1.0, 14.0, 30.0)])
def test_seats_that_fall_silent_apart_or_by_twos_are_told_one_by_one(times):
    told = alarms([silent(seat, since) for seat, since in enumerate(times, 1)])
    assert {a.kind for a in told} == {"lost_contact"}
    assert len(told) == len(times)


def test_what_was_closed_gives_way_to_the_next_matter_and_comes_back_when_it_grows():
    left = replace(CALM, attempt=structs.replace(CALM.attempt, screen_left=41_000), held_out=True)
    assert tile(left).alarm == "left_screen"
    closed = replace(left, closed={"left_screen": "41"})
    assert tile(closed).alarm == "mixed_fleet"
    again = replace(closed, attempt=structs.replace(CALM.attempt, screen_left=55_000))
    assert tile(again).alarm == "left_screen"
    assert "screen_left" in tile(closed).flags


def test_a_silent_pc_works_offline_only_when_somebody_says_so():
    assert tile(silent(1, 10.0)).link == "lost"
    looked = tile(silent(1, 10.0, confirmed="offline"))
    assert (looked.link, looked.alarm, looked.level) == ("offline", "offline_working", 6)
    assert tile(silent(1, 10.0, confirmed="broken")).link == "broken"
    assert tile(replace(CALM, confirmed="offline")).link == "live"


def test_a_partial_lockdown_is_an_alarm_only_where_its_reason_can_be_mended():
    assert tile(CALM).alarm == ""
    shown = tile(replace(CALM, health=unwell(lockdown="partial: second_screen")))
    assert (shown.alarm, shown.detail) == ("lockdown_partial", "second_screen")


def test_counts_leave_free_seats_out():
    states = [CALM, replace(CALM, station="x", seat=2, candidate=None, attempt=Attempt(), silent=None)]
    counts = board("e", "s", "1", {}, states, 0, 0, ()).counts

    assert counts["candidates"] == 1
    assert counts["working"] == 1
    assert counts["link_none"] == 1
    assert "expected" not in counts


def test_no_card_number_is_on_a_tile():
    assert WHO.personal_number not in repr(tile(CALM))


def test_nothing_changes_by_the_clock_alone_while_all_is_well():
    later = replace(CALM, silent=3.0)
    assert tile(CALM) == tile(later)
    assert tile(CALM).deadline == CALM.attempt.deadline
    paused = structs.replace(CALM.attempt, phase=Phase.PAUSED, remaining=59_000)
    assert (tile(replace(CALM, attempt=paused)).deadline, tile(replace(CALM, attempt=paused)).left) == (0, 59_000)
