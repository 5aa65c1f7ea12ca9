"""A station of the day with a real Qt window: drawn offscreen with a picture of each screen in both languages, or shown."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from hardware_mocks.exam_day.fleet import Configuration, Fleet, listen
from station.journey.views import Paper, View
from station.screens.window import StationWindow, application

# A robot waits this long before it answers a screen, so that a person could see it and the picture is taken first.
REACTION_MS = 350
SETTLE_MS = 60


class _Gate(QObject):
    """Carries the end of the commands into the Qt thread."""

    ended = Signal()


class Photographer(QObject):
    """Takes each screen once in Vietnamese and once in English."""

    seen = Signal(object)

    def __init__(
        self, window: StationWindow, folder: Path, name: str, resources: Callable[[], Mapping[str, bytes]]
    ) -> None:
        super().__init__()
        self._window, self._folder, self._name, self._resources = window, folder, name, resources
        self._taken: set[str] = set()
        self.seen.connect(self._look)

    def _look(self, view: View) -> None:
        code = view.SCREEN + (f"-{view.part}" if isinstance(view, Paper) else "")
        if code in self._taken or (isinstance(view, Paper) and not view.stem):
            return
        self._taken.add(code)
        QTimer.singleShot(SETTLE_MS, lambda: self._take(code, view))

    def _take(self, code: str, view: View) -> None:
        if isinstance(view, Paper) and not self._resources():
            # On a busy machine the attempt may be over, and its formulas erased, before the picture is taken.
            self._taken.discard(code)
            return
        for language in ("en", "vi"):
            self._window.presenter.set_language(language)
            self._window.draw(view)
            path = self._folder / f"{code}-{language}-{self._name}.png"
            self._window.grab(path)


def run_with_window(fleet: Fleet, configuration: Configuration) -> None:
    """Run the Qt loop until the director says stop."""
    app = application()
    post = next(iter(fleet.posts.values()))

    def live() -> object:
        frame = post.camera.shown()
        return None if frame is None else frame.picture

    window = StationWindow(
        post.station.post,
        lambda: post.station.resources,
        live,  # type: ignore[arg-type]
        silhouette=bool(configuration.shots),
    )
    photographer = (
        Photographer(window, Path(configuration.shots), post.station.journey.station, lambda: post.station.resources)
        if configuration.shots
        else None
    )
    post.robot.reaction_ms = REACTION_MS
    react = post.station.on_view

    def show(view: View) -> None:
        window.show_view(view)
        if photographer is not None:
            photographer.seen.emit(view)
        react(view)

    post.station.on_view = show
    gate = _Gate()
    gate.ended.connect(app.quit)

    def obey() -> None:
        listen(fleet)
        gate.ended.emit()

    window.open()
    fleet.start()
    threading.Thread(target=obey, daemon=True).start()
    app.exec()
    window.close()
    fleet.end()
    sys.stdout.flush()
    sys.stderr.flush()
    # Qt's and Python's own farewells may trip over each other; everything of ours is closed and on disk.
    os._exit(0)
