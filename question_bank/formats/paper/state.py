"""What is known of a paper while it is read: its questions and part so far, what comes next, what was taken and told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from question_bank.formats.lines import OBJECT, Line
from question_bank.formats.paper import key_table, labels
from question_bank.formats.paper.question import Part, Question
from question_bank.formats.report import Accounted, Issue

Mode = Literal["items", "keys", "solutions"]


@dataclass(slots=True)
class PaperState:
    """The state of reading one paper. `ahead` are the next lines; `unfolded` counts tables that only laid out questions."""

    accounted: Accounted = field(default_factory=Accounted)
    issues: list[Issue] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    unfolded: int = 0
    part: Part = field(default_factory=Part)
    mode: Mode = "items"
    question: Question | None = None
    numbered: bool = False
    separated: bool = False
    ahead: list[Line] = field(default_factory=list)

    def consume(self, text: str) -> None:
        """Text that is taken and stands in no item: labels, headings, keys."""
        if text.strip():
            self.accounted.text.append(text)

    def outside(self, line: Line) -> None:
        """A line that belongs to no question."""
        text = line.text if line.table is None else "\n".join(" ".join(row) for row in key_table.grid_of(line))
        objects = objects_of(line)
        if text.replace(OBJECT, "").strip() or objects:
            shown = text.replace(OBJECT, "").strip() or f"{objects} hình hoặc công thức"
            self.issues.append(Issue("text_outside_items", line.where, (shown,), covers=text))
            self.forget(line)

    def forget(self, line: Line) -> None:
        """Count objects of a line that stands in an issue."""
        self.accounted.outside.append(line)

    def last_number(self) -> int:
        """The number of the last question of this part."""
        return next((q.number for q in reversed(self.questions) if q.part is self.part), 0)

    def leads_to_options(self) -> bool:
        """Whether options come before the next question."""
        for line in self.ahead[:12]:
            if labels.OPTION_START.match(line.text):
                return True
            if labels.SEPARATOR.match(line.text) or labels.QUESTION.match(line.text):
                return False
        return False


def objects_of(line: Line) -> int:
    """How many formulas, pictures and tables a line holds."""
    return sum(atom.inline is not None for atom in line.atoms) + (line.table is not None)
