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
from proctor_node.live_board import SeatState, board, link_of, tile

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


def test_alarms_stand_by_level_and_then_by_silence():
    states = [
        replace(CALM, station="c", seat=3, attempt=Attempt(Phase.REFERRED)),
        replace(CALM, station="b", seat=2, silent=70.0),
        replace(CALM, station="a", seat=1, silent=90.0),
        replace(CALM, station="d", seat=4, attempt=structs.replace(CALM.attempt, help="pc")),
    ]
    shown = board("e", "s", "1", {"LTT": "Lý Tự Trọng"}, states, 0, 0)

    assert [alarm.station for alarm in shown.alarms] == ["a", "b", "d", "c"]
    assert [seat.seat for seat in shown.seats] == [1, 2, 3, 4]


def test_counts_leave_free_seats_out():
    states = [CALM, replace(CALM, station="x", seat=2, candidate=None, attempt=Attempt(), silent=None)]
    counts = board("e", "s", "1", {}, states, 0, 0).counts

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
