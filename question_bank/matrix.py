"""The matrix and the specification of a test as HTML in the official layout (CV 7991/BGDĐT-GDTrH, vietnam.md section 2.3).

Columns: number, chapter, unit, then kind by level, totals by level, share of the points. The specification has the learning
outcome instead of the share. Four columns of levels where the blueprint asks for higher application, else three.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from html import escape

from question_bank.assembly.words import KIND_NAMES
from question_bank.bank.item import Kind, Level
from question_bank.blueprint import LEVELS, Blueprint, Cell

SHORT = {"NB": "Biết", "TH": "Hiểu", "VD": "Vận dụng", "VDC": "VD cao"}
STYLE = """
@page { size: A4 landscape; margin: 14mm 12mm; @bottom-right { content: counter(page) "/" counter(pages); font-size: 8pt } }
body { font-family: "Be Vietnam Pro", "Noto Sans", sans-serif; font-size: 9pt; line-height: 1.5; color: #14213D }
h1 { font-size: 14pt; text-align: center; margin: 0 0 2mm } p { text-align: center; margin: 0 0 4mm }
table { border-collapse: collapse; width: 100% } th, td { border: 0.5pt solid #6B7A92; padding: 1mm 1.5mm }
th { background: #E9EEF6; font-weight: 600; text-align: center } td.n, tfoot td { text-align: center } td.n { width: 9mm }
tfoot td { font-weight: 600 } thead { display: table-header-group } tr { break-inside: avoid }
"""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the printed matrix: chapter, unit, outcomes, and the cells of this topic."""

    chapter: str
    unit: str
    outcomes: tuple[str, ...]
    cells: tuple[Cell, ...]

    def count(self, kind: Kind | None, level: Level | None) -> int:
        """Items of a kind (None: all) and level (None: all)."""
        return sum(c.count for c in self.cells if kind in {None, c.kind} and level in {None, c.level})


def lines(blueprint: Blueprint) -> list[Line]:
    """One row for each topic; those of a chapter stand together, in the order in which it first stands in the blueprint."""
    by_topic: dict[str, list[Cell]] = {}
    for cell in blueprint.cells():
        by_topic.setdefault(cell.topic, []).append(cell)
    found = []
    for topic, cells in by_topic.items():
        chapter, _, unit = topic.partition(" / ")
        outcomes = tuple(dict.fromkeys(cell.outcome for cell in cells if cell.outcome))
        found.append(Line(chapter, unit, outcomes, tuple(cells)))
    chapters = list(dict.fromkeys(line.chapter for line in found))
    return sorted(found, key=lambda line: chapters.index(line.chapter))


def comma(value: Decimal, places: str = "0.01") -> str:
    """A number as Vietnamese readers write it."""
    return str(value.quantize(Decimal(places), ROUND_HALF_UP)).replace(".", ",")


def matrix(blueprint: Blueprint) -> str:
    """The matrix (ma trận đề kiểm tra)."""
    table = _Table(blueprint)
    total = Decimal(blueprint.total)

    def share(line: Line) -> str:
        points = sum(blueprint.points(cell.part) * cell.count for cell in line.cells)
        return f"{comma(points * 100 / total, '0.1')}%"

    return table.page("MA TRẬN ĐỀ KIỂM TRA", "Tỉ lệ % điểm", share, last=True)


def specification(blueprint: Blueprint) -> str:
    """The specification (bản đặc tả)."""
    return _Table(blueprint).page(
        "BẢN ĐẶC TẢ ĐỀ KIỂM TRA", "Yêu cầu cần đạt", lambda line: "<br>".join(map(escape, line.outcomes)), last=False
    )


class _Table:
    def __init__(self, blueprint: Blueprint) -> None:
        self.blueprint, self.lines = blueprint, lines(blueprint)
        used = {cell.level for cell in blueprint.cells()}
        self.levels = [level for level in LEVELS if level != "VDC" or "VDC" in used]
        self.kinds = list(dict.fromkeys(part.kind for part in blueprint.parts))

    def page(self, title: str, extra: str, cell: Callable[[Line], str], *, last: bool) -> str:
        """The whole page; the extra column stands last or after the unit."""
        b = self.blueprint
        head = f"<h1>{title}</h1><p>{escape(b.title)} · Môn {escape(b.subject)} · Thời gian {b.minutes} phút</p>"
        rows = "".join(self._row(number, line, cell(line), last=last) for number, line in enumerate(self.lines, 1))
        table = f"<table><thead>{self._head(extra, last=last)}</thead><tbody>{rows}</tbody><tfoot>{self._foot(last=last)}</tfoot></table>"
        return f'<!doctype html><html lang="vi"><meta charset="utf-8"><title>{title}</title><style>{STYLE}</style><body>{head}{table}</body></html>'

    def _head(self, extra: str, *, last: bool) -> str:
        span = len(self.levels)
        groups = [KIND_NAMES[kind][0] for kind in self.kinds] + ["Tổng"]
        fixed = [f'<th rowspan="2">{name}</th>' for name in ("TT", "Chủ đề/Chương", "Nội dung/đơn vị kiến thức")]
        own = f'<th rowspan="2">{extra}</th>'
        heads = "".join(f'<th colspan="{span}">{name}</th>' for name in groups)
        below = "".join(f"<th>{SHORT[level]}</th>" for _ in groups for level in self.levels)
        first = "".join(fixed) + (heads + own if last else own + heads)
        return f"<tr>{first}</tr><tr>{below}</tr>"

    def _row(self, number: int, line: Line, extra: str, *, last: bool) -> str:
        named = f'<td class="n">{number}</td><td>{escape(line.chapter)}</td><td>{escape(line.unit)}</td>'
        counts = [line.count(kind, level) for kind in (*self.kinds, None) for level in self.levels]
        cells = "".join(f'<td class="n">{count or ""}</td>' for count in counts)
        own = f"<td{' class=n' if last else ''}>{extra}</td>"
        return f"<tr>{named}{cells + own if last else own + cells}</tr>"

    def _foot(self, *, last: bool) -> str:
        before = 3 if last else 4
        after = 1 if last else 0
        columns = [(kind, level) for kind in (*self.kinds, None) for level in self.levels]
        items = [sum(line.count(kind, level) for line in self.lines) for kind, level in columns]
        points = [self._points(kind, level) for kind, level in columns]
        total = Decimal(self.blueprint.total)
        return "".join(
            self._total(name, values, before, after)
            for name, values in (
                ("Tổng số câu", [str(n or "") for n in items]),
                ("Tổng số điểm", [comma(p) if p else "" for p in points]),
                ("Tỉ lệ %", [f"{comma(p * 100 / total, '0.1')}" if p else "" for p in points]),
            )
        )

    @staticmethod
    def _total(name: str, values: Iterable[str], before: int, after: int) -> str:
        cells = "".join(f"<td>{value}</td>" for value in values) + "<td></td>" * after
        return f'<tr><td colspan="{before}">{name}</td>{cells}</tr>'

    def _points(self, kind: Kind | None, level: Level) -> Decimal:
        cells = (c for c in self.blueprint.cells() if kind in {None, c.kind} and c.level == level)
        return sum((self.blueprint.points(c.part) * c.count for c in cells), Decimal(0))
