"""The window: one Qt Quick scene that draws the view it is given. Safe to tell from any thread."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from importlib.resources import files
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QUrl, Signal
from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication
from PySide6.QtQuick import QQuickView

from station.journey.intents import Intent
from station.journey.views import View
from station.screens.images import Live, PaperImages, PersonImages
from station.screens.presenter import Presenter, blank
from station.screens.typesetting import FAMILY

QML = Path(__file__).with_name("qml")
WIDTH, HEIGHT = 1366, 768
# Seconds after which a thread that computes gives the interpreter up to the window; Python's own 5 ms, twice, are felt
# (docs/benchmarks/face.md).
SWITCH = 0.001


def application() -> QGuiApplication:
    """The Qt application, with the font that comes along (a bare Debian has none)."""
    os.environ.setdefault("QT_QUICK_CONTROLS_STYLE", "Basic")
    sys.setswitchinterval(SWITCH)
    # No virtual keyboard or Telex: answers are read as key events (UX.md section 2, Keys).
    os.environ.setdefault("QT_IM_MODULE", "none")
    existing = QGuiApplication.instance()
    app = existing if isinstance(existing, QGuiApplication) else QGuiApplication([])
    for weight in ("Regular", "Medium", "SemiBold", "Bold"):
        QFontDatabase.addApplicationFont(str(files("fontpkg_be_vietnam_pro") / "files" / f"BeVietnamPro-{weight}.ttf"))
    app.setFont(QFont(FAMILY))
    return app


class StationWindow(QObject):
    """Shows views and posts intents. `silhouette` draws nobody where a person would be."""

    _told = Signal(object)

    def __init__(
        self,
        post: Callable[[Intent], None],
        resources: Callable[[], Mapping[str, bytes]],
        live: Live = lambda: None,
        *,
        silhouette: bool = False,
    ) -> None:
        super().__init__()
        self.presenter = Presenter(post, resources)
        self._people = PersonImages(live, silhouette=silhouette)
        self.view = QQuickView()
        self.view.setTitle("khaothi")
        self.view.setResizeMode(QQuickView.ResizeMode.SizeRootObjectToView)
        engine = self.view.engine()
        engine.addImageProvider("paper", PaperImages(resources))
        engine.addImageProvider("person", self._people)
        self.view.setInitialProperties({"p": self.presenter})
        self.presenter.show(blank())
        self.view.setSource(QUrl.fromLocalFile(str(QML / "Main.qml")))
        self.view.resize(WIDTH, HEIGHT)
        self._told.connect(self._show, Qt.ConnectionType.QueuedConnection)

    @property
    def errors(self) -> list[str]:
        """What is wrong with the QML files; empty when nothing is."""
        return [error.toString() for error in self.view.errors()]

    def show_view(self, view: View) -> None:
        """Draw a view; from any thread."""
        self._told.emit(view)

    def _show(self, view: View) -> None:
        portrait = getattr(view, "portrait", None)
        if portrait is not None or view.SCREEN in {"S01", "S00"}:
            self._people.portrait = portrait
        self.presenter.show(view)

    def draw(self, view: View) -> None:
        """Draw a view now; from the Qt thread."""
        self._show(view)

    def grab(self, path: Path) -> None:
        """Save what is on screen."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.view.grabWindow().save(str(path))

    def open(self, *, kiosk: bool = False) -> None:
        """Show the window, over the whole display in an exam room."""
        if kiosk:
            self.view.showFullScreen()
        else:
            self.view.show()

    def paint(self) -> None:
        """Paint what is told so far, before the events are waited for."""
        for _ in range(3):
            QGuiApplication.processEvents()

    def close(self) -> None:
        """Take the scene down before what it reads."""
        self.view.setSource(QUrl())
        self.view.close()
