"""A table of statements with columns Đúng and Sai, a tick in one of them."""

from __future__ import annotations

from question_bank.formats.lines import Line
from question_bank.formats.paper import key_table, labels
from question_bank.formats.paper.choice_labels import statement_labels
from question_bank.formats.paper.question import Choice, Question
from question_bank.formats.paper.state import PaperState


def columns(grid: list[list[str]]) -> tuple[int, int] | None:
    """The columns of Đúng and Sai; None when the table is something else."""
    if len(grid) < 3:
        return None
    heads = [cell.strip().lower() for cell in grid[0]]
    right = next((index for index, cell in enumerate(heads) if cell in {"đúng", "đ", "true"}), None)
    wrong = next((index for index, cell in enumerate(heads) if cell in {"sai", "s", "false"}), None)
    return None if right is None or wrong is None else (right, wrong)


def take(state: PaperState, question: Question, line: Line, right: int, wrong: int) -> None:
    """Its rows as the statements of a question."""
    state.unfolded += 1
    grid = key_table.grid_of(line)
    state.consume(" ".join(grid[0]))
    for cells, texts in zip(line.rows[1:], grid[1:], strict=True):
        body = cells[0] if not labels.STATEMENT.fullmatch(texts[0].strip()) or len(cells) < 4 else cells[1]
        if body is not cells[0]:
            state.consume(texts[0])
        ticked = [column for column in (right, wrong) if column < len(texts) and texts[column].strip(" .…☐□")]
        state.consume(" ".join(texts[column] for column in (right, wrong) if column < len(texts)))
        lines = [part for part in body if part.atoms]
        label = statement_labels(lines[0].text, len(question.statements)) if lines else []
        made = Choice("abcdefgh"[min(len(question.statements), 7)], (), "", lines)
        if label:
            state.consume(lines[0].text[: label[0][4]])
            made.label_atoms = lines[0].atoms[label[0][3] : label[0][4]]
            made.lines = [lines[0].cut(label[0][4]), *lines[1:]]
        made.verdict = "" if len(ticked) != 1 else "Đ" if ticked[0] == right else "S"
        question.statements.append(made)
