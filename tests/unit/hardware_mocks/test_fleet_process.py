"""A fleet that ends by itself is noticed; one that was told to end, or was killed on purpose, is not an accident."""

from __future__ import annotations

import pytest

from hardware_mocks.exam_day.fleet import Configuration
from hardware_mocks.exam_day.workers import Worker


@pytest.fixture
def heard():
    return []


@pytest.fixture
def worker(tmp_path, heard):
    """A fleet whose clock is not there: it ends at once, as a crash would."""
    configuration = Configuration(str(tmp_path / "no-clock"), "https://127.0.0.1:1", str(tmp_path / "ca.pem"), [])
    made = Worker(configuration, {}, heard.append, tmp_path / "log")
    yield made
    made.stop(1)


def test_an_unwanted_end_is_a_crash(worker):
    worker._process.wait(60)
    assert worker.crashed()
    assert worker.exit_status == 1


def test_a_command_to_a_dead_fleet_does_not_end_the_director(worker):
    worker._process.wait(60)
    for _ in range(3):
        worker.tell("cut", "TS-01-01", on=True)


def test_a_wanted_kill_is_no_crash(worker):
    worker.kill()
    assert worker.ended()
    assert not worker.crashed()
