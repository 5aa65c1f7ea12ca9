"""Setting text with formulas and pictures in lines: words and formulas share a baseline, pictures stand on lines of their own.

Tables are set by `station.screens.tables`. Sizes of a formula come from its view box: a thousand units are one em (MathJax);
what lies above y = 0 is its depth.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from PySide6.QtGui import QFont, QFontMetricsF

from station.screens import tables

VIEW_BOX = re.compile(rb'viewBox="([-\d.]+) ([-\d.]+) ([\d.]+) ([\d.]+)"')
# Be Vietnam Pro has tall letters: formulas a tenth larger look the same size.
FORMULA_SCALE = 1.1
LINE = 1.6
PICTURE_GAP = 10.0
SMALL, IN_TABLE = 0.72, 0.9
FAMILY = "Be Vietnam Pro"


def formula_size(svg: bytes, pixels: float) -> tuple[float, float, float]:
    """Width, height and depth below the baseline of a formula beside text of so many pixels."""
    found = VIEW_BOX.search(svg)
    if found is None:
        return 0.0, 0.0, 0.0
    _, top, width, height = (float(value) for value in found.groups())
    unit = pixels * FORMULA_SCALE / 1000
    return width * unit, height * unit, (top + height) * unit


class Typesetter:
    """Places the runs of one piece of content."""

    def __init__(self, resources: Mapping[str, bytes], pixels: float, width: float, weight: int = 400) -> None:
        self._resources, self._pixels, self._width = resources, pixels, width
        self._weight = weight
        self._metrics = QFontMetricsF(self._font(()))
        self._runs: list[dict[str, Any]] = []
        self._line: list[dict[str, Any]] = []
        self._x = self._y = self._widest = 0.0

    def set(self, pieces: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
        """All runs with their places, and the size of the whole."""
        for piece in pieces:
            kind = piece["kind"]
            if kind == "text":
                self._text(str(piece["text"]), tuple(piece.get("marks", ())))
            elif kind == "table":
                self._table(piece)
            elif kind == "formula":
                self._formula(str(piece["sha256"]), str(piece["alt"]))
            elif kind == "picture":
                self._picture(piece)
            else:
                self._break()
        self._break()
        return {"runs": self._runs, "width": self._widest, "height": self._y}

    def _font(self, marks: tuple[str, ...]) -> QFont:
        font = QFont(FAMILY)
        small = "sub" in marks or "sup" in marks
        font.setPixelSize(max(1, round(self._pixels * (SMALL if small else 1))))
        font.setWeight(QFont.Weight(700 if "bold" in marks else self._weight))
        font.setItalic("italic" in marks)
        return font

    def _text(self, text: str, marks: tuple[str, ...]) -> None:
        metrics = QFontMetricsF(self._font(marks)) if marks else self._metrics
        look: dict[str, Any] = {name: True for name in ("bold", "italic", "underline", "strike") if name in marks}
        # Raised by a third, lowered by a sixth of the text's height, as word processors do.
        raised = self._pixels / 3 if "sup" in marks else -self._pixels / 6 if "sub" in marks else 0.0
        if raised:
            look["px"] = max(1, round(self._pixels * SMALL))
        for word in re.findall(r"\s+|\S+", text):
            width = metrics.horizontalAdvance(word)
            if word.isspace():
                self._x += width if self._line else 0
                continue
            self._room(width, word)
            up, down = metrics.ascent() + raised, metrics.descent() - raised
            self._line.append({"kind": "text", "text": word, "x": self._x, "w": width, "up": up, "down": down, **look})
            self._x += width

    def _table(self, piece: Mapping[str, Any]) -> None:
        self._break()
        runs, width, height = tables.laid_out(piece["rows"], self._width, self._set_cell)
        self._y += PICTURE_GAP
        self._runs += [{**run, "y": run["y"] + self._y} for run in runs]
        self._y += height + PICTURE_GAP
        self._widest = max(self._widest, width)

    def _set_cell(self, cell: Mapping[str, Any], width: float) -> dict[str, Any]:
        pixels = max(1, round(self._pixels * IN_TABLE))
        laid = Typesetter(self._resources, pixels, width, 700 if cell["header"] else self._weight).set(cell["content"])
        look = {"px": pixels, **({"bold": True} if cell["header"] else {})}
        # The page draws text at its own size unless a run says otherwise.
        return {**laid, "runs": [{**look, **run} if run["kind"] == "text" else run for run in laid["runs"]]}

    def _formula(self, sha256: str, alt: str) -> None:
        width, height, depth = formula_size(self._resources.get(sha256, b""), self._pixels)
        self._room(width, "")
        self._line.append({"kind": "formula", "sha256": sha256, "alt": alt, "x": self._x, "w": width, "up": height - depth, "down": depth})  # fmt: skip
        self._x += width

    def _room(self, width: float, word: str) -> None:
        """A new line if it does not fit; closing punctuation stays with what it follows."""
        closes = word[:1] in {".", ",", ";", ":", "?", ")"}
        if self._line and self._x + width > self._width and not (closes and len(word) <= 2):
            self._break()

    def _picture(self, piece: Mapping[str, Any]) -> None:
        self._break()
        scale = min(1.0, self._width / max(1, int(piece["width"])))
        width, height = int(piece["width"]) * scale, int(piece["height"]) * scale
        self._y += PICTURE_GAP
        self._runs.append({"kind": "picture", "sha256": piece["sha256"], "alt": piece["alt"], "x": 0.0, "y": self._y, "w": width, "h": height})  # fmt: skip
        self._y += height + PICTURE_GAP
        self._widest = max(self._widest, width)

    def _break(self) -> None:
        """Close the line: its height is that of its tallest run, at least the text's own."""
        if not self._line:
            self._x = 0.0
            return
        leading = (self._pixels * LINE - self._metrics.ascent() - self._metrics.descent()) / 2
        up = max(run["up"] for run in [*self._line, {"up": self._metrics.ascent()}]) + leading
        down = max(run["down"] for run in [*self._line, {"down": self._metrics.descent()}]) + leading
        for run in self._line:
            top = self._y + up - run["up"]
            self._runs.append({**run, "y": top, "h": run["up"] + run["down"]})
        self._widest = max(self._widest, self._x)
        self._y += up + down
        self._line, self._x = [], 0.0
