"""Parts of the PC/SC adapter that need no daemon: waiting with a limit, and what codes mean on which platform."""

from __future__ import annotations

import queue
import threading
from typing import Self

import pytest

from hardware_mocks.windows_service import WindowsService
from reader.adapters.pcsc import CardWatcher, Change
from reader.adapters.pcsc.status import no_reader_left
from reader.adapters.pcsc.watcher import Service
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


class Watched:
    """A watcher on a service, and what it told."""

    def __init__(self, service: WindowsService, platform: str) -> None:
        self.seen: queue.Queue[Change] = queue.Queue()
        calls = Service(service.establish, service.release, service.list_readers, service.status, platform)
        self.watcher = CardWatcher(self.seen.put, 0.05, calls)

    def __enter__(self) -> Self:
        self.watcher.start()
        assert self.watcher.looked.wait(5)
        return self

    def __exit__(self, *_: object) -> None:
        self.watcher.stop()
        assert not self.watcher.is_alive()

    def told(self) -> Change:
        return self.seen.get(timeout=5)


def test_on_windows_a_service_that_stops_with_its_last_reader_is_no_fault_and_a_new_reader_is_met():
    service = WindowsService()
    with Watched(service, "win32") as watched:
        service.plug("A", card=True)
        assert watched.told() == Change("reader_added", "A")
        assert watched.told() == Change("card_inserted", "A")
        service.unplug("A")
        assert watched.told() == Change("card_removed", "A")
        assert watched.told() == Change("reader_removed", "A")
        service.plug("B")
        assert watched.told() == Change("reader_added", "B")
        assert watched.seen.empty()


def test_elsewhere_a_service_that_does_not_answer_is_told_as_down():
    service = WindowsService(down=True)
    with Watched(service, "linux") as watched:
        assert watched.told() == Change("service_down")
        assert watched.seen.empty()


def test_a_service_without_readers_is_not_asked_without_end():
    service = WindowsService()
    with Watched(service, "win32"):
        threading.Event().wait(0.3)
    assert service.contexts < 20
