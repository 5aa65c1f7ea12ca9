"""The bench's clock: fast where nothing is to be seen, and never past the moment for which it was sped up."""

from __future__ import annotations

import pytest

from hardware_mocks.exam_day.clock import SharedClock

START = 1_795_480_200_000
SECOND = 1_000_000_000


class Boot:
    """A boot-time clock in the test's hand."""

    def __init__(self):
        self.ns = 5 * SECOND

    def __call__(self):
        return self.ns

    def pass_seconds(self, seconds):
        self.ns += int(seconds * SECOND)


@pytest.fixture
def boot():
    return Boot()


@pytest.fixture
def clock(tmp_path, boot):
    made = SharedClock.create(tmp_path / "clock", START, 4.0, boot)
    yield made
    made.close()


def test_it_runs_at_its_speed(clock, boot):
    boot.pass_seconds(10)
    assert clock.now_ms() == START + 40_000


def test_a_director_that_slept_too_long_finds_it_just_past_the_moment(clock, boot):
    """Four minutes into the test somebody comes late; a stall of 30 seconds must not make them too late."""
    moment = START + 4 * 60_000
    clock.set_speed(60.0, until=moment)
    boot.pass_seconds(4)
    assert clock.now_ms() == moment
    boot.pass_seconds(30)
    assert clock.now_ms() == moment + 30_000


def test_a_moment_that_has_passed_does_not_turn_it_back(clock, boot):
    clock.set_speed(60.0, until=START - 60_000)
    boot.pass_seconds(2)
    assert clock.now_ms() == START + 2_000


def test_changing_speed_makes_no_jump_and_reaches_every_process(clock, boot, tmp_path):
    other = SharedClock(tmp_path / "clock", boot)
    boot.pass_seconds(3)
    before = clock.now_ms()
    clock.set_speed(900.0)
    assert clock.now_ms() == other.now_ms() == before
    boot.pass_seconds(1)
    assert other.now_ms() == before + 900_000
    other.close()
