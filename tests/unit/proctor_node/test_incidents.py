"""Matters of the board: taken, passed on, closed with an outcome, written into the incident log, and not forgotten by a restart."""

from __future__ import annotations

import pytest

from exam_engine import events as e
from proctor_node.documents import minutes
from proctor_node.errors import Refused
from proctor_node.live_board import ALARM_LEVEL

KEY = "LTT/01/1/help"


@pytest.fixture
def helped(bench):
    """LTT-01-01 works and asks for help; people of two sites are on duty."""
    from tests.unit.proctor_node.conftest import add_people

    add_people(bench.node)
    bench.seat_at_work("LTT-01-01", e.HelpRequested("pc"))
    return bench


def account(bench, name):
    return bench.node.people.accounts[name]


def alarm(bench, key=KEY, site=""):
    return next((found for found in bench.node.board(site).alarms if found.key == key), None)


def test_a_matter_goes_from_new_to_done_and_into_the_incident_log(helped):
    node = helped.node
    assert alarm(helped).handling.state == "new"
    node.take_alarm(account(helped, "thanh"), KEY)
    node.take_alarm(account(helped, "hoa"), KEY, "thanh")
    node.work_alarm(account(helped, "thanh"), KEY)
    assert (alarm(helped).handling.state, alarm(helped).handling.owner) == ("working", "thanh")
    done = node.close_alarm(account(helped, "hoa"), KEY, "đã thay chuột")

    assert alarm(helped) is None
    assert [step.what for step in done.steps] == ["take", "assign thanh", "work", "close"]
    line = node.act_lines(account(helped, "quan"))[0]
    assert (line.number, line.kind, line.by, line.note) == (done.act, "incident", ("thanh", "hoa"), "đã thay chuột")
    html, site = node.minutes_of(done.act)
    assert site == "LTT"
    assert "thí sinh gọi hỗ trợ – đã thay chuột" in html
    assert minutes.HEADS["incident"] in html


def test_a_closed_matter_comes_back_when_it_happens_again(helped):
    node, pc = helped.node, helped.stations["LTT-01-01"]
    node.close_alarm(account(helped, "thanh"), KEY, "xong")
    assert alarm(helped) is None
    pc.say(e.HelpEnded("thanh"))
    assert alarm(helped) is None
    pc.say(e.HelpRequested("pc"))
    assert alarm(helped).handling.state == "new"


def test_a_restart_forgets_neither_what_is_open_nor_what_was_closed(helped):
    node = helped.node
    helped.stations["LTT-01-01"].say(e.ScreenLeft(9000))
    node.take_alarm(account(helped, "thanh"), KEY)
    again = helped.restart()
    assert next(a for a in again.board().alarms if a.key == KEY).handling.owner == "thanh"

    again.close_alarm(again.people.accounts["thanh"], KEY, "xong")
    kinds = [a.kind for a in helped.restart().board().alarms]
    assert "help" not in kinds
    assert "left_screen" in kinds


def test_every_matter_has_words_for_its_minutes():
    assert set(ALARM_LEVEL) - {""} == set(minutes.MATTERS)


@pytest.mark.parametrize("outcome", ["", "   ", "x" * 501])
def test_nothing_is_closed_without_an_outcome(helped, outcome):
    with pytest.raises(Refused, match="outcome_missing"):
        helped.node.close_alarm(account(helped, "thanh"), KEY, outcome)
    assert alarm(helped) is not None


def test_another_site_neither_sees_nor_takes_it_and_cannot_be_given_it(helped):
    with pytest.raises(Refused, match="alarm_gone"):
        helped.node.take_alarm(account(helped, "duc"), KEY)
    with pytest.raises(Refused, match="another_site"):
        helped.node.take_alarm(account(helped, "thanh"), KEY, "duc")
    helped.node.take_alarm(account(helped, "thanh"), KEY)
    with pytest.raises(Refused, match="another_site"):
        helped.node.work_alarm(account(helped, "duc"), KEY)
    assert helped.node.incident_lines(account(helped, "duc")) == []


def test_silence_becomes_working_offline_by_a_persons_word_until_the_pc_is_heard(helped):
    node, pc = helped.node, helped.stations["LTT-01-01"]
    pc.say(e.HelpEnded("thanh"))
    helped.clocks.seconds += 70
    key = "LTT/01/1/lost_contact"
    assert alarm(helped, key).level == 1
    node.close_alarm(account(helped, "thanh"), key, "máy còn đề", "still_working")

    shown = next(seat for seat in node.board().seats if seat.station == pc.name)
    assert (shown.link, shown.alarm, shown.level) == ("offline", "offline_working", 6)
    pc.say()
    shown = next(seat for seat in node.board().seats if seat.station == pc.name)
    assert (shown.link, shown.alarm) == ("live", "")
    helped.clocks.seconds += 70
    assert alarm(helped, key).level == 1


def test_waiting_time_orders_a_level_and_does_not_change_by_looking(helped):
    helped.clocks.node_ms += 5000
    other = helped.stations["LTT-01-02"]
    other.say(*helped.check_in(station=other.name), e.HelpRequested("health"))
    first = [(a.key, a.since) for a in helped.node.board().alarms if a.kind == "help"]
    helped.clocks.node_ms += 60_000
    assert [(a.key, a.since) for a in helped.node.board().alarms if a.kind == "help"] == first
    assert [key for key, _ in first] == [KEY, "LTT/01/2/help"]
