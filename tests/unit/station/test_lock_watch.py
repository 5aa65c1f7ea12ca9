"""What the window sees of attempts to leave or copy, with real Qt: focus, clipboard, keys, closing."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QCloseEvent, QKeyEvent, QWindow
from PySide6.QtQuick import QQuickView

from station.journey.intents import LeftScreen, LockdownNotice
from station.screens.lock_watch import LockWatch
from station.screens.window import application


class Watched:
    def __init__(self, *, kiosk=True):
        self.app, self.posted, self.now = application(), [], 100.0
        self.app.clipboard().setText("left from before")
        self.view = QQuickView()
        self.view.show()
        self.view.requestActivate()
        self.run()
        self.watch = LockWatch(self.app, self.view, self.posted.append, kiosk=kiosk, seconds=lambda: self.now)

    def run(self):
        for _ in range(5):
            self.app.processEvents()

    def key(self, key, *, repeat=False):
        event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, "", repeat)
        self.app.sendEvent(self.view, event)
        return self.posted


@pytest.fixture
def watched():
    made = Watched()
    yield made
    made.watch.stop()
    made.view.destroy()


def test_focus_that_goes_is_told_at_once_and_how_long_it_was_away_when_it_comes_back(watched):
    other = QWindow()
    other.show()
    other.requestActivate()
    watched.run()
    assert watched.posted == [LeftScreen(1)]
    watched.now += 12.5
    watched.view.requestActivate()
    watched.run()
    assert watched.posted == [LeftScreen(1), LeftScreen(12_499)]
    other.destroy()


def test_the_clipboard_is_emptied_at_the_start_and_whenever_something_is_put_into_it(watched):
    clipboard = watched.app.clipboard()
    assert clipboard.text() == ""
    clipboard.setText("đáp án")
    watched.run()
    assert clipboard.text() == ""
    assert watched.posted == [LockdownNotice("clipboard")]


@pytest.mark.parametrize(
    ("key", "kind"),
    [(Qt.Key.Key_Print, "screenshot_key"), (Qt.Key.Key_Super_L, "system_key"), (Qt.Key.Key_Meta, "system_key")],
)
def test_keys_that_take_pictures_or_call_the_system_are_told_once(watched, key, kind):
    watched.key(key)
    assert watched.key(key, repeat=True) == [LockdownNotice(kind)]


@pytest.mark.parametrize("key", [Qt.Key.Key_A, Qt.Key.Key_F9, Qt.Key.Key_F12, Qt.Key.Key_Tab, Qt.Key.Key_Escape])
def test_keys_of_the_exam_are_nobodys_business(watched, key):
    assert watched.key(key) == []


def test_the_window_does_not_close_in_the_kiosk(watched):
    event = QCloseEvent()
    watched.app.sendEvent(watched.view, event)
    assert watched.view.isVisible()
    assert watched.posted == [LockdownNotice("close_request")]


def test_another_display_is_told(watched):
    watched.app.screenAdded.emit(watched.app.primaryScreen())
    assert watched.posted == [LockdownNotice("second_screen")]


def test_in_a_window_for_trying_it_closes():
    made = Watched(kiosk=False)
    made.app.sendEvent(made.view, QCloseEvent())
    assert made.posted in ([], [LeftScreen(1)])
    made.watch.stop()
