"""Lines of a paper one by one: line breaks cut, tables that only place questions and options taken apart."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator

from question_bank.errors import FileHostile
from question_bank.formats.lines import Line
from question_bank.formats.opening import LIMITS
from question_bank.formats.paper import key_table, labels, true_false_table
from question_bank.formats.paper.state import PaperState


def flat(lines: Iterable[Line], state: PaperState) -> Iterator[Line]:
    """Lines without line breaks inside; tables that only lay out questions are taken apart."""
    for line in lines:
        if len(line.atoms) > LIMITS.line:
            raise FileHostile("{where}: {count} signs in one line; {limit} are the limit", where=line.where, count=len(line.atoms), limit=LIMITS.line)  # fmt: skip
        if line.table is not None:
            if _is_layout(line) and not key_table.is_key_table(line):
                state.unfolded += 1
                yield from flat((inner for cell in _cells_in_order(line) for inner in cell), state)
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
    parts = [part for row in line.rows for cell in row for part in cell]
    if any(labels.OPTION_START.match(part.text) or labels.QUESTION.match(part.text) for part in parts):
        return True
    small = [found["letter"] for part in parts if (found := labels.STATEMENT.match(part.text.lstrip()))]
    return sorted(small)[:2] == ["a", "b"] and true_false_table.columns(key_table.grid_of(line)) is None


def _cells_in_order(line: Line) -> list[tuple[Line, ...]]:
    """The cells as they are read: by rows, or by columns where only so the options are in order."""
    by_rows = [cell for row in line.rows for cell in row]
    width = max(map(len, line.rows), default=0)
    by_columns = [row[column] for column in range(width) for row in line.rows if column < len(row)]
    return by_columns if not _in_order(by_rows) and _in_order(by_columns) else by_rows


def _in_order(cells: list[tuple[Line, ...]]) -> bool:
    """Whether each option's letter follows the one before, or begins again."""
    parts = [part.text for cell in cells for part in cell]
    found = [labels.OPTION_START.match(text) or labels.STATEMENT.match(text.lstrip()) for text in parts]
    letters = [match["letter"].upper() for match in found if match]
    return all(after in {chr(ord(before) + 1), "A"} for before, after in itertools.pairwise(letters))
