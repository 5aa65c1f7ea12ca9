"""Parts of the PC/SC adapter that need no daemon: waiting with a limit, and what codes mean on which platform."""

from __future__ import annotations

import threading

import pytest

from reader.adapters.pcsc.status import no_reader_left
from reader.adapters.pcsc.worker import CallTookTooLongError, Worker

NO_SERVICE, STOPPED, NO_READERS, REMOVED = 0x8010001D, 0x8010001E, 0x8010002E, 0x80100069


@pytest.mark.parametrize(
    ("code", "platform", "none_left"),
    [
        (NO_READERS, "linux", True),
        (NO_READERS, "darwin", True),
        (NO_SERVICE, "linux", False),
        (NO_SERVICE, "win32", True),
        (STOPPED, "win32", True),
        (REMOVED, "win32", False),
    ],
)
def test_on_windows_a_stopped_service_means_that_no_reader_is_left(code, platform, none_left):
    assert no_reader_left(code, platform) is none_left


def test_results_and_errors_come_back_to_the_caller():
    worker = Worker("test")
    assert worker.call(lambda: 7, 5) == 7
    with pytest.raises(KeyError):
        worker.call(lambda: {}["absent"], 5)
    worker.end()


def test_a_call_that_hangs_is_given_up_and_its_handle_let_go_of_later():
    worker, hang, let_go = Worker("test"), threading.Event(), threading.Event()
    with pytest.raises(CallTookTooLongError):
        worker.call(hang.wait, 0.01)
    assert worker.stuck
    worker.end(let_go.set)
    assert not let_go.is_set()
    hang.set()
    assert let_go.wait(5)
