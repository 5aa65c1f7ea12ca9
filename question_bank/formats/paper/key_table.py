"""Tables of keys: `1.A 2.B` in cells, numbers over answers, numbers beside answers, statements row by row, parts in one table.

Merged cells keep their place: a key that slips into the next column would be a wrong key. A cell that is not understood is
given back, so that it can be told.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from question_bank.formats.lines import Line
from question_bank.formats.paper import labels
from question_bank.formats.paper.key_list import EXTRA, Pairs, pairs_of_line
from question_bank.short_answer import is_complete, normalise

Grid = list[list[str]]
NUMBER = re.compile(r"^\s*(?:Câu\s*)?(\d{1,3})\s*[.:)]?\s*$", re.IGNORECASE)
LETTER = re.compile(r"^\s*([A-H])\s*$")
VERDICT_CELL = re.compile(r"^\s*(?:[a-h]\s*[.):]?\s*)?(Đúng|Sai|Đ|S|D|T|F)\s*$", re.IGNORECASE)
STATEMENT_CELL = re.compile(r"^\s*(?:ý\s*)?[a-h]\s*[.):]?\s*$", re.IGNORECASE)
HEADED = re.compile(r"câu|đáp án|question|answer|key", re.IGNORECASE)
# What a row or column of numbers, or one of answers, is called.
NUMBERS_NAME = re.compile(r"^\W*(?:câu|stt|số|question|no)\b", re.IGNORECASE)
NAME = re.compile(r"^\W*(?:câu(?: hỏi)?(?: số)?|stt|số câu|đáp án(?: đúng)?|đ/?a|đáp số|chọn|kết quả|ý|lệnh hỏi|phương án|question|no|answer|key)\W*$", re.IGNORECASE)  # fmt: skip
CODE = re.compile(r"mã(?: đề)?", re.IGNORECASE)
CODE_NUMBER = re.compile(r"(?<!\d)\d{3,4}(?!\d)")


@dataclass(slots=True)
class Keys:
    """What a stretch of a table gives: the heading of its part, its pairs, and the cells that were not understood."""

    heading: str = ""
    pairs: Pairs = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


def grid_of(line: Line) -> Grid:
    """The text of a table's cells, as they are stored."""
    return [["\n".join(part.text for part in cell).strip() for cell in row] for row in line.rows]


def spread_grid_of(line: Line) -> Grid:
    """The text of a table's cells at their places: repeated below a cell merged downwards, empty beside one merged across."""
    texts, made = grid_of(line), list[list[str]]()
    open_cells: dict[int, tuple[int, str]] = {}
    for row, cells in enumerate(texts):
        spread: list[str] = []
        for column, text in enumerate(cells):
            while open_cells.get(len(spread), (0, ""))[0]:
                left, above = open_cells[len(spread)]
                open_cells[len(spread)] = (left - 1, above)
                spread.append(above)
            cell = line.table.rows[row][column] if line.table else None
            for place in range(cell.columns if cell else 1):
                open_cells[len(spread)] = (cell.rows - 1 if cell else 0, "" if place else text)
                spread.append("" if place else text)
        while open_cells.get(len(spread), (0, ""))[0]:
            left, above = open_cells[len(spread)]
            open_cells[len(spread)] = (left - 1, above)
            spread.append(above)
        made.append(spread)
    return made


def is_key_table(line: Line) -> bool:
    """Whether a table gives keys and not content."""
    grid = spread_grid_of(line)
    keys = keys_of(grid)
    pairs = [pair for part in keys for pair in part.pairs]
    named = HEADED.search(" ".join(cell for row in grid for cell in row)) is not None
    letters = all(LETTER.match(answer) for _, answer in pairs)
    return several_codes(line) or (bool(pairs) and (named or (letters and len(pairs) > 1)))


def several_codes(line: Line) -> bool:
    """Whether a key table serves more than one form code: `Mã đề 101`, `102` across or down."""
    grid = spread_grid_of(line)
    if not any(CODE.search(cell) for row in grid[:2] for cell in row):
        return False
    heads = [cell for row in grid[:2] for cell in row]
    firsts = [row[0] for row in grid if row]
    return any(len({code for cell in cells for code in CODE_NUMBER.findall(cell)}) > 1 for cells in (heads, firsts))


def keys_of(grid: Grid) -> list[Keys]:
    """The keys of a table, part by part; no pairs when it is no key table."""
    found = [_keys(heading, rows) for heading, rows in _parts(grid) if rows]
    return found if any(part.pairs for part in found) else []


def _parts(grid: Grid) -> list[tuple[str, Grid]]:
    """Stretches of rows under headings of parts, which stand in a row of their own or at the left over several rows."""
    made: list[tuple[str, Grid]] = [("", [])]
    for row in grid:
        filled = [cell for cell in row if cell]
        if not filled:
            continue
        if labels.PART.match(filled[0]) and (len(filled) == 1 or row[0] == filled[0]):
            if filled[0] != made[-1][0]:
                made.append((filled[0], []))
            if len(filled) > 1:
                made[-1][1].append(row[1:])
        elif len(filled) > 1 or _answer(filled[0]) or pairs_of_line(filled[0]):
            made[-1][1].append(row)
    return made


def _keys(heading: str, grid: Grid) -> Keys:
    for layout in (_cells_with_pairs, _numbers_over_answers, _numbers_beside_answers):
        keys = layout(grid)
        if keys is not None and keys.pairs:
            keys.heading = heading
            return keys
    return Keys(heading, unread=[cell for row in grid for cell in row if cell and not NAME.match(cell)])


def _cells_with_pairs(grid: Grid) -> Keys | None:
    cells = [cell for row in grid for cell in row if cell]
    found = [pairs_of_line(cell) for cell in cells]
    if not cells or sum(map(bool, found)) < max(1, 0.8 * len(cells)):
        return None
    unread = [cell for cell, pairs in zip(cells, found, strict=True) if not pairs and not NAME.match(cell)]
    return Keys(pairs=[pair for pairs in found for pair in pairs], unread=unread)


def _answer(cell: str) -> str:
    if LETTER.match(cell) or VERDICT_CELL.match(cell) or is_complete(normalise(cell)):
        return cell.strip()
    return cell.strip() if cell and not EXTRA.sub("", labels.VERDICT.sub("", cell)) else ""


def _number_row(row: list[str], after: int, *, answers_due: bool) -> list[int | None]:
    """The numbers of a row that holds nothing else but a name at its left; empty when it is another row."""
    named = NUMBERS_NAME.match(row[0]) is not None and NUMBER.match(row[0]) is None
    read = [int(found[1]) if (found := NUMBER.match(cell)) else None for cell in row]
    known = [number for number in read if number is not None]
    others = [cell for cell, number in zip(row, read, strict=True) if cell and number is None]
    if not known or len(others) > 1 or (others and row[0] != others[0]) or sorted(set(known)) != known:
        return []
    if named:
        return read
    in_order = known == list(range(known[0], known[0] + len(known))) and (
        len(known) > 1 or bool(after) or len(row) == 1
    )
    begins = not after or known[0] in {1, after + 1}
    return read if in_order and begins and not answers_due else []


def _numbers_over_answers(grid: Grid) -> Keys | None:
    """Rows in which numbers stand, with one row of answers below, or one for each statement."""
    found: dict[int, list[str]] = {}
    numbers: list[int | None] = []
    unread: list[str] = []
    rows_below = 0
    for row in grid:
        read = _number_row(row, max(found, default=0), answers_due=bool(numbers) and not rows_below)
        if read:
            numbers, rows_below = read, 0
            continue
        if not numbers:
            return None
        rows_below += 1
        for number, cell in zip(numbers, row, strict=False):
            if number is None or not cell:
                continue
            answer = _answer(cell)
            if rows_below > 1 and not VERDICT_CELL.match(cell):
                return None
            if answer:
                found.setdefault(number, []).append(answer)
            else:
                unread.append(cell)
    return Keys(pairs=[(number, " ".join(cells)) for number, cells in found.items()], unread=unread)


def _numbers_beside_answers(grid: Grid) -> Keys | None:
    """A number at the left of its answer (or of the answers of its statements), in one or several pairs of columns."""
    found: dict[int, list[str]] = {}
    unread: list[str] = []
    rows = 0
    for row in grid:
        current: int | None = None
        answers: list[str] = []
        for cell in row:
            match = NUMBER.match(cell)
            if match and (current is None or answers):
                current, answers = int(match[1]), []
            elif current is not None and (_answer(cell) or STATEMENT_CELL.match(cell)):
                answers.append(cell.strip())
                found.setdefault(current, []).append(cell.strip())
            elif cell and not NAME.match(cell):
                unread.append(cell)
        rows += current is not None
    if rows < max(1, len(grid) - 2):
        return None
    return Keys(pairs=[(number, " ".join(answers)) for number, answers in found.items()], unread=unread)
