"""Tables on the paper: columns as wide as their content wants, narrower where the page is, cells that span others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

PADDING_X, PADDING_Y = 12.0, 6.0
UNLIMITED = 100_000.0
NARROWEST = 32.0

Cell = Mapping[str, Any]
Set = Callable[[Cell, float], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class _Placed:
    cell: Cell
    row: int
    column: int

    @property
    def columns(self) -> range:
        return range(self.column, self.column + int(self.cell["columns"]))

    @property
    def rows(self) -> range:
        return range(self.row, self.row + int(self.cell["rows"]))


def _placed(rows: Sequence[Sequence[Cell]]) -> list[_Placed]:
    """Each cell at its place: a cell that spans rows pushes those below it to the right."""
    taken: set[tuple[int, int]] = set()
    found = []
    for row, cells in enumerate(rows):
        column = 0
        for cell in cells:
            while (row, column) in taken:
                column += 1
            placed = _Placed(cell, row, column)
            taken |= {(r, c) for r in placed.rows for c in placed.columns}
            found.append(placed)
            column += int(cell["columns"])
    return found


def laid_out(rows: Sequence[Sequence[Cell]], width: float, set_cell: Set) -> tuple[list[dict[str, Any]], float, float]:
    """Runs with their places, and the size of the table; `set_cell` sets the content of a cell for a width."""
    placed = _placed(rows)
    if not placed:
        return [], 0.0, 0.0
    widths = _widths(placed, width, set_cell)
    drawn = [(each, set_cell(each.cell, _span(widths, each.columns) - 2 * PADDING_X)) for each in placed]
    heights = _heights(drawn)
    runs: list[dict[str, Any]] = []
    for each, content in drawn:
        x, y = sum(widths[: each.column]), sum(heights[: each.row])
        w, h = _span(widths, each.columns), _span(heights, each.rows)
        runs.append({"kind": "box", "x": x, "y": y, "w": w, "h": h, "header": bool(each.cell["header"])})
        # Numbers and short words read best in the middle of their cell.
        left, top = x + (w - content["width"]) / 2, y + (h - content["height"]) / 2
        runs += [{**run, "x": run["x"] + left, "y": run["y"] + top} for run in content["runs"]]
    return runs, sum(widths), sum(heights)


def _span(sizes: Sequence[float], places: range) -> float:
    return sum(sizes[place] for place in places if place < len(sizes))


def _widths(placed: Sequence[_Placed], width: float, set_cell: Set) -> list[float]:
    widths = [NARROWEST] * max(each.columns.stop for each in placed)
    for each in placed:
        wanted = set_cell(each.cell, UNLIMITED)["width"] + 2 * PADDING_X + 1
        share = wanted / len(each.columns)
        for column in each.columns:
            widths[column] = max(widths[column], share)
    if sum(widths) <= width:
        return widths
    return _narrowed(widths, width)


def _narrowed(widths: list[float], width: float) -> list[float]:
    """Columns that want less than an equal share keep what they want; the others share what is left."""
    left, open_columns = width, set(range(len(widths)))
    result = list(widths)
    while open_columns:
        share = left / len(open_columns)
        modest = {column for column in open_columns if widths[column] <= share}
        if not modest:
            for column in open_columns:
                result[column] = max(NARROWEST, share)
            break
        left -= sum(widths[column] for column in modest)
        open_columns -= modest
    return result


def _heights(drawn: Sequence[tuple[_Placed, dict[str, Any]]]) -> list[float]:
    heights = [0.0] * max(each.rows.stop for each, _ in drawn)
    for each, content in drawn:
        if len(each.rows) == 1:
            heights[each.row] = max(heights[each.row], content["height"] + 2 * PADDING_Y)
    for each, content in drawn:
        lacking = content["height"] + 2 * PADDING_Y - _span(heights, each.rows)
        if lacking > 0:
            heights[each.rows.stop - 1] += lacking
    return heights
