"""The robot answers the screen that stands when it sits down, and each screen once."""

from __future__ import annotations

import pytest

from exam_engine import events as e
from hardware_mocks.exam_day.report import answers_after
from hardware_mocks.exam_day.robot import Behaviour, Robot, Scheduler
from station.journey import intents, views


@pytest.fixture
def posted():
    return []


@pytest.fixture
def robot(posted):
    return Robot(posted.append, Scheduler(lambda: 0), lambda _: None)


def recovered(*, opening=False):
    frame = views.Frame("Đề thử", "Toán", "1", "P01", 1, "30000001")
    return views.Recovered(frame, answered=3, opening=opening)


def test_who_sits_down_answers_the_screen_that_stands(robot, posted):
    robot.see(recovered())
    assert posted == []
    robot.begin(Behaviour())
    assert posted == [intents.ContinueAttempt()]


def test_a_screen_is_answered_once(robot, posted):
    robot.begin(Behaviour())
    robot.see(recovered())
    robot.see(recovered())
    assert posted == [intents.ContinueAttempt()]


def test_the_button_is_pressed_only_when_it_is_awake(robot, posted):
    robot.begin(Behaviour())
    robot.see(recovered(opening=True))
    assert posted == []
    robot.see(recovered())
    assert posted == [intents.ContinueAttempt()]


ANSWER = e.Answered("I.1", "a")
RESTART = e.StationRestarted(1000, 0, 0, uncertain=False)


@pytest.mark.parametrize(
    ("case", "events", "count"),
    [
        ("station_killed", [ANSWER, RESTART, ANSWER, ANSWER], 2),
        ("station_killed", [ANSWER, ANSWER, RESTART], 0),
        ("station_cut_off", [ANSWER, e.LinkChanged(online=False), ANSWER, e.LinkChanged(online=True), ANSWER], 1),
        ("moved", [ANSWER, e.TakenOver("A", "B", 1, "", 1, ("x", "y"), 0), ANSWER], 1),
        ("late", [ANSWER], None),
        (None, [ANSWER], None),
    ],
)
def test_answers_are_counted_after_what_the_case_does(case, events, count):
    assert answers_after(case, events) == count
