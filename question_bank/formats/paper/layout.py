"""Lines of a paper one by one: line breaks cut, tables that only place questions and options taken apart."""

from __future__ import annotations

from collections.abc import Iterable

from question_bank.formats.lines import Line
from question_bank.formats.paper import key_table, labels
from question_bank.formats.paper.state import PaperState


def flat(lines: Iterable[Line], state: PaperState) -> Iterable[Line]:
    """Lines without line breaks inside; tables that only lay out questions are taken apart."""
    for line in lines:
        if line.table is not None:
            if _is_layout(line) and not key_table.is_key_table(line):
                state.unfolded += 1
                yield from flat((inner for row in line.rows for cell in row for inner in cell), state)
            else:
                yield line
            continue
        start = 0
        for position, atom in enumerate(line.atoms):
            if atom.sign == "\n" and atom.inline is None:
                yield Line(line.atoms[start:position], line.where)
                start = position + 1
        yield Line(line.atoms[start:], line.where)


def _is_layout(line: Line) -> bool:
    """Whether a table only places questions and options."""
    for row in line.rows:
        for cell in row:
            for part in cell:
                if labels.OPTION_START.match(part.text) or labels.QUESTION.match(part.text):
                    return True
    return False
