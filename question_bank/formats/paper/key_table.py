"""Keys that stand together at the end: `1.A 2.B`, tables of numbers over letters, two columns, statements by question."""

from __future__ import annotations

import re

from question_bank.formats.lines import Line
from question_bank.formats.paper import labels
from question_bank.short_answer import is_complete, normalise

PAIR = re.compile(r"(?<![\wÀ-ỹ,.])(?:Câu\s*)?(\d{1,3})\s*[.\-–:)/]*\s*([A-H])(?![\wÀ-ỹ])", re.IGNORECASE)
NUMBER = re.compile(r"^\s*(?:Câu\s*)?(\d{1,3})\s*[.:)]?\s*$", re.IGNORECASE)
NUMBERED = re.compile(r"^\s*(?:Câu\s*)?(\d{1,3})\s*[.:)\-–]\s*(.+)$", re.IGNORECASE | re.DOTALL)
LETTER = re.compile(r"^\s*([A-H])\s*$")
VERDICT_CELL = re.compile(r"^\s*(?:[a-h]\s*[.):]?\s*)?(Đúng|Sai|Đ|S|D|T|F)\s*$", re.IGNORECASE)
# What may stand between verdicts: labels of statements and punctuation.
EXTRA = re.compile(r"[\s,;.\-–:()a-h]")
HEADED = re.compile(r"câu|đáp án|question|answer|key", re.IGNORECASE)
CODE = re.compile(r"mã đề", re.IGNORECASE)

Pairs = list[tuple[int, str]]


def pairs_of_line(text: str) -> Pairs:
    """Pairs of a line that is nothing but pairs; empty otherwise."""
    found = PAIR.findall(text)
    left = PAIR.sub("", text)
    if not found or re.search(r"\w", left.replace("Câu", "")):
        return []
    return [(int(number), letter.upper()) for number, letter in found]


def short_of_line(text: str) -> Pairs:
    """`Câu 1: -1,5` or `Câu 2: a) Đ b) S c) Đ d) S` in a list of keys."""
    found = NUMBERED.match(text)
    if not found:
        return []
    answer = found[2].strip().rstrip(".;")
    if is_complete(normalise(answer)) or not EXTRA.sub("", labels.VERDICT.sub("", answer)):
        return [(int(found[1]), answer)]
    return []


def grid_of(line: Line) -> list[list[str]]:
    """The text of a table's cells."""
    return [["\n".join(part.text for part in cell).strip() for cell in row] for row in line.rows]


def is_key_table(line: Line) -> bool:
    """Whether a table gives keys and not content."""
    grid = grid_of(line)
    pairs = pairs_of_table(grid)
    named = HEADED.search(" ".join(cell for row in grid for cell in row)) is not None
    letters = all(LETTER.match(answer) for _, answer in pairs)
    return _several_codes(grid) or (bool(pairs) and (named or (letters and len(pairs) > 1)))


def _several_codes(grid: list[list[str]]) -> bool:
    return bool(grid) and CODE.search(" ".join(grid[0])) is not None and len(grid[0]) > 2


def several_codes(line: Line) -> bool:
    """Whether a key table serves more than one form code."""
    return _several_codes(grid_of(line))


def pairs_of_table(grid: list[list[str]]) -> Pairs:
    """Question numbers with their answers, from any of the usual layouts; empty when it is no key table."""
    if _several_codes(grid):
        return []
    for layout in (_cells_with_pairs, _numbers_over_answers, _numbers_beside_answers):
        found = layout(grid)
        if found:
            return found
    return []


def _cells_with_pairs(grid: list[list[str]]) -> Pairs:
    cells = [cell for row in grid for cell in row if cell]
    found = [pairs_of_line(cell) for cell in cells]
    return (
        [pair for pairs in found for pair in pairs]
        if cells and sum(map(bool, found)) >= max(1, 0.8 * len(cells))
        else []
    )


def _answer(cell: str) -> str:
    if LETTER.match(cell) or VERDICT_CELL.match(cell) or is_complete(normalise(cell)):
        return cell.strip()
    return cell.strip() if cell and not EXTRA.sub("", labels.VERDICT.sub("", cell)) else ""


def _numbers_over_answers(grid: list[list[str]]) -> Pairs:
    """Rows in which numbers stand, with one row of answers below, or one for each statement."""
    found: dict[int, list[str]] = {}
    numbers: list[int | None] = []
    for row in grid:
        read = [int(match[1]) if (match := NUMBER.match(cell)) else None for cell in row]
        known = [number for number in read if number is not None]
        if len(known) >= max(1, len(row) - 2) and known == sorted(known) and (not numbers or _consecutive(known)):
            numbers = read
            continue
        if not numbers:
            return []
        for number, cell in zip(numbers, row, strict=False):
            if number is not None and _answer(cell):
                found.setdefault(number, []).append(_answer(cell))
    return [(number, " ".join(cells)) for number, cells in found.items()]


def _consecutive(numbers: list[int]) -> bool:
    return len(numbers) > 1 and numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def _numbers_beside_answers(grid: list[list[str]]) -> Pairs:
    """A number at the left of its answer (or of the answers of its statements), in one or several pairs of columns."""
    found: Pairs = []
    for row in grid:
        current: int | None = None
        answers: list[str] = []
        for cell in row:
            match = NUMBER.match(cell)
            if match and (current is None or answers):
                if current is not None and answers:
                    found.append((current, " ".join(answers)))
                current, answers = int(match[1]), []
            elif current is not None and _answer(cell):
                answers.append(_answer(cell))
            elif current is None and found:
                return []
        if current is not None and answers:
            found.append((current, " ".join(answers)))
    return found if len(found) >= max(1, len(grid) - 2) else []
