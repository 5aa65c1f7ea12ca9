"""Texts that several questions share: `Đọc … câu 5 đến 7`, `[<sg>] … [</sg>]`."""

from __future__ import annotations

from dataclasses import dataclass, field

from question_bank.bank.content import Content, Preformatted
from question_bank.bank.item import Passage
from question_bank.formats.lines import OBJECT, Line, content
from question_bank.formats.paper.question import preformatted
from question_bank.formats.paper.state import PaperState, objects_of
from question_bank.formats.report import Issue


@dataclass(slots=True)
class Group:
    """A shared passage while it is being read: its lines, and the numbers of its questions where it names them."""

    lines: list[Line]
    where: str
    first: int = 0
    last: int = 0
    bracketed: bool = False
    open: bool = True
    used: bool = False

    def content(self) -> Content:
        """Its content; program code keeps its spaces."""
        head = [line for line in self.lines if not line.code]
        code = [line for line in self.lines if line.code]
        if code and preformatted(code):
            return (*content(head), Preformatted("\n".join(line.text.rstrip() for line in code)))
        return content(self.lines)


@dataclass(slots=True)
class Passages:
    """The passage at hand, and all that were used."""

    state: PaperState
    group: Group | None = None
    used: list[Passage] = field(default_factory=list)

    def is_bracket_open(self) -> bool:
        """Whether the lines at hand stand between `[<sg>]` and `[<egc>]`."""
        return self.group is not None and self.group.open and self.group.bracketed

    def is_open(self) -> bool:
        """Whether lines go to a passage as long as no question has begun."""
        return self.group is not None and self.group.open

    def add(self, line: Line) -> None:
        """One more line of the passage."""
        if self.group is not None:
            self.group.lines.append(line)

    def questions_begin(self) -> None:
        """The passage is complete."""
        if self.group is not None:
            self.group.open = False

    def names(self, number: int) -> bool:
        """Whether the passage says that this number belongs to it."""
        return self.group is not None and self.group.first <= number <= self.group.last

    def start_range(self, line: Line, first: int, last: int) -> None:
        """A passage that names its questions."""
        self.close()
        self.group = Group([line], line.where, first, last)
        self.state.question = None

    def start_bracket(self, line: Line, end: int) -> None:
        """`[<sg>]`, whose mark ends at `end`."""
        rest = line.cut(end)
        if self.group is not None and self.group.open and self.group.first:
            self.group.bracketed = True
        else:
            self.close()
            self.group = Group([], line.where, bracketed=True)
        self.state.question = None
        if rest.atoms:
            self.group.lines.append(Line(rest.atoms, rest.where, code=True))

    def end_bracket(self, *, final: bool) -> None:
        """`[<egc>]` ends the text, `[</sg>]` (`final`) the group."""
        if self.group is None:
            return
        was_open, self.group.open, self.group.bracketed = self.group.open, False, self.group.bracketed
        if final and not was_open:
            self.close()

    def passage_for(self, number: int) -> str:
        """The identifier of the passage to which a question belongs; empty for none."""
        group = self.group
        if group is None:
            return ""
        if group.first and not group.first <= number <= group.last:
            self.close()
            return ""
        made = Passage(group.content())
        if not made.content:
            return ""
        group.used = True
        if made not in self.used:
            self.used.append(made)
        return made.id

    def close(self) -> None:
        """End the passage; one that no question uses is told."""
        group, self.group = self.group, None
        if group is not None and not group.used:
            for line in group.lines:
                text = line.text.replace(OBJECT, "")
                if text.strip() or objects_of(line):
                    self.state.issues.append(Issue("passage_unused", line.where, (text,), covers=text))
                    self.state.forget(line)
