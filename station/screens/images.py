"""Pictures for the screens: formulas and figures from SVG, the chip portrait, the live camera. All in memory.

`image://paper/<digest>/<ink>` draws a resource; `image://person/portrait/<n>` and `image://person/live/<n>` show a person.
With `silhouette` set, a neutral drawing stands where a person would, so that a kept screenshot shows nobody.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import resvg_py
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen
from PySide6.QtQuick import QQuickImageProvider

# Without this a ruled table is one black rectangle (stack.md section 2).
STYLE = "rect[data-frame],line[data-line]{stroke-width:50;fill:none}"
if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Live = Callable[[], "npt.NDArray[np.uint8] | None"]


def rasterise(svg: bytes, size: QSize, ink: str) -> QImage:
    """An SVG at a size in device pixels, its `currentColor` as ink."""
    text = svg.decode().replace("currentColor", ink)
    text = re.sub(r"(<svg[^>]*?)\s(?:width|height)=\"[^\"]*\"", r"\1", text, count=2)
    png = resvg_py.svg_to_bytes(
        svg_string=text, width=max(1, size.width()), height=max(1, size.height()), style_sheet=STYLE
    )
    image = QImage()
    image.loadFromData(bytes(png))
    return image


def dashed(size: QSize, ink: str) -> QImage:
    """A dashed rounded border; a Shape would be drawn beyond the edge of a scrolled area by the software renderer."""
    image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(QColor(0, 0, 0, 0))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(ink), 1.5, Qt.PenStyle.DashLine))
    painter.drawRoundedRect(1, 1, size.width() - 2, size.height() - 2, 9, 9)
    painter.end()
    return image


def _scaled(raw: bytes, size: QSize, _: str) -> QImage:
    """A PNG or JPEG at a size in device pixels."""
    image = QImage.fromData(raw)
    if image.isNull():
        return QImage(1, 1, QImage.Format.Format_ARGB32)
    return image.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)


class PaperImages(QQuickImageProvider):
    """Formulas and figures of the open form, cached by digest, size and ink."""

    def __init__(self, resources: Callable[[], Mapping[str, bytes]]) -> None:
        super().__init__(QQuickImageProvider.ImageType.Image)
        self._resources = resources
        self._cache: dict[tuple[str, str, int, int], QImage] = {}

    def requestImage(self, identifier: str, size: QSize, requested: QSize) -> QImage:  # noqa: N802 - Qt's name
        """The picture of `<digest>/<ink>` at the size asked for."""
        digest, _, ink = identifier.partition("/")
        key = (digest, ink, requested.width(), requested.height())
        if key not in self._cache:
            if len(self._cache) > 400:
                self._cache.clear()
            if digest == "dashed":
                self._cache[key] = dashed(requested, f"#{ink}")
                return self._cache[key]
            svg = self._resources().get(digest, b"")
            if not svg or requested.isEmpty():
                return QImage(1, 1, QImage.Format.Format_ARGB32)
            drawn = rasterise if svg.lstrip().startswith(b"<") else _scaled
            self._cache[key] = drawn(svg, requested, f"#{ink}")
        image = self._cache[key]
        size.setWidth(image.width())
        size.setHeight(image.height())
        return image


class PersonImages(QQuickImageProvider):
    """The chip portrait and the live picture; nothing is kept."""

    def __init__(self, live: Live, *, silhouette: bool) -> None:
        super().__init__(QQuickImageProvider.ImageType.Image)
        self._live, self._silhouette = live, silhouette
        self.portrait: bytes | None = None

    def requestImage(self, identifier: str, size: QSize, requested: QSize) -> QImage:  # noqa: N802
        """The portrait, or the newest live picture mirrored."""
        wanted = requested if not requested.isEmpty() else QSize(240, 320)
        image = None if self._silhouette else self._person(identifier)
        if image is None:
            image = silhouette(wanted)
        size.setWidth(image.width())
        size.setHeight(image.height())
        return image

    def _person(self, identifier: str) -> QImage | None:
        if identifier.startswith("portrait"):
            if self.portrait is None:
                return None
            # Not at import: the window opens before numbers and pictures of people are needed.
            import numpy as np
            from PIL import Image

            with Image.open(io.BytesIO(self.portrait)) as picture:
                return _image(np.asarray(picture.convert("RGB"), np.uint8))
        frame = self._live()
        return None if frame is None else _image(frame).flipped(Qt.Orientation.Horizontal)


def _image(rgb: npt.NDArray[np.uint8]) -> QImage:
    height, width = rgb.shape[:2]
    raw = rgb.tobytes()
    return QImage(raw, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def silhouette(size: QSize) -> QImage:
    """Head and shoulders of nobody."""
    image = QImage(size, QImage.Format.Format_RGB32)
    image.fill(QColor("#DDE6F7"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor("#9DB2D6"))
    width, height = size.width(), size.height()
    span = min(width, height)
    painter.drawEllipse(
        int(width / 2 - span * 0.19), int(height * 0.46 - span * 0.3), int(span * 0.38), int(span * 0.46)
    )
    painter.drawEllipse(
        int(width / 2 - span * 0.42), int(height * 0.46 + span * 0.26), int(span * 0.84), int(span * 0.9)
    )
    painter.end()
    return image
