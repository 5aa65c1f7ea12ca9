"""What the window sees of attempts to leave or copy the exam: focus, clipboard, displays, the keys that take pictures, closing.

It tells and, where it can, prevents; it proves nothing. Keys that the system keeps for itself (Ctrl+Alt+Del, a compositor's own)
never come here, and a phone beside the screen is seen by nobody but a person.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QScreen
from PySide6.QtQuick import QQuickView

from station.journey.intents import Intent, LeftScreen, LockdownNotice

KEYS = {
    Qt.Key.Key_Print: "screenshot_key",
    Qt.Key.Key_SysReq: "screenshot_key",
    Qt.Key.Key_Super_L: "system_key",
    Qt.Key.Key_Super_R: "system_key",
    Qt.Key.Key_Meta: "system_key",
    Qt.Key.Key_Menu: "system_key",
}
# Recorded at once when the focus goes, so that the board knows while it is away; the rest when it comes back.
AT_ONCE_MS = 1


class LockWatch(QObject):
    """Watches one window. With `kiosk` the window does not close."""

    def __init__(
        self,
        app: QGuiApplication,
        view: QQuickView,
        post: Callable[[Intent], None],
        *,
        kiosk: bool,
        seconds: Callable[[], float],
    ) -> None:
        super().__init__()
        self._app, self._view, self._post, self._kiosk, self._seconds = app, view, post, kiosk, seconds
        self._away: float | None = None
        self._clipboard = app.clipboard()
        self._clipboard.clear()
        self._clipboard.dataChanged.connect(self._copied)
        app.screenAdded.connect(self._screen_added)
        view.activeChanged.connect(self._focus)
        app.installEventFilter(self)
        if len(app.screens()) > 1:
            self._notice("second_screen")

    def _notice(self, kind: str) -> None:
        self._post(LockdownNotice(kind))

    def _screen_added(self, _: QScreen) -> None:
        self._notice("second_screen")

    def _copied(self) -> None:
        data = self._clipboard.mimeData()
        if data is None or not data.formats():
            return
        self._clipboard.clear()
        self._notice("clipboard")

    def _focus(self) -> None:
        if self._view.isActive():
            if self._away is not None:
                gone, self._away = self._seconds() - self._away, None
                self._post(LeftScreen(max(0, int(gone * 1000) - AT_ONCE_MS)))
        elif self._away is None and self._view.isVisible():
            self._away = self._seconds()
            self._post(LeftScreen(AT_ONCE_MS))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Keys and the request to close; what is not for the exam goes no further."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and watched is self._view:
            kind = KEYS.get(Qt.Key(event.key()))
            if kind is not None:
                if not event.isAutoRepeat():
                    self._notice(kind)
                return True
        if event.type() == QEvent.Type.Close and watched is self._view and self._kiosk:
            event.ignore()
            self._notice("close_request")
            return True
        return False

    def stop(self) -> None:
        """Watch no longer: the station ends on purpose."""
        self._app.removeEventFilter(self)
        self._view.activeChanged.disconnect(self._focus)
        self._clipboard.dataChanged.disconnect(self._copied)
        self._app.screenAdded.disconnect(self._screen_added)
