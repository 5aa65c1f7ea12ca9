"""A Word file into items."""

from __future__ import annotations

from dataclasses import replace

from question_bank.formats.docx.reader import DocxReader
from question_bank.formats.opening import Package
from question_bank.formats.paper.parser import PaperParser
from question_bank.formats.report import Imported, ImportedItem, Issue


def read(raw: bytes) -> Imported:
    """The items of a .docx, with issues at their places.

    Raises:
        FileRefused: no Word document, damaged, or hostile.
    """
    reader = DocxReader(Package(raw))
    lines = reader.lines()
    parser = PaperParser()
    items = parser.parse(lines)
    accounted = replace(parser.state.accounted, unfolded=parser.state.unfolded)
    items, left = _placed(items, reader.issues)
    return Imported(
        "docx", items, parser.passages, reader.collector.resources, (*parser.state.issues, *left), accounted
    )


def _placed(items: tuple[ImportedItem, ...], issues: list[Issue]) -> tuple[tuple[ImportedItem, ...], list[Issue]]:
    """Issues of the reader go to the item whose paragraphs they name; the others stay with the file."""
    starts = [(_paragraph(item.origin), index) for index, item in enumerate(items)]
    placed: dict[int, list[Issue]] = {}
    left = []
    for issue in issues:
        at = _paragraph(issue.where)
        owner = max(((start, index) for start, index in starts if start <= at), default=None)
        if at < 0 or owner is None:
            left.append(issue)
        else:
            placed.setdefault(owner[1], []).append(replace(issue, where=f"Câu {items[owner[1]].number}, {issue.where}"))
    return tuple(item.with_issues(*placed.get(index, [])) for index, item in enumerate(items)), left


def _paragraph(where: str) -> int:
    last = where.rsplit(" ", 1)[-1].rstrip(")")
    return int(last) if last.isdigit() else -1
