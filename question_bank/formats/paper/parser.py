"""Reads the lines of a paper into items: one pass, one state, every line goes somewhere and is accounted for."""

from __future__ import annotations

from question_bank.bank.item import Passage
from question_bank.formats.lines import Line
from question_bank.formats.paper import key_table, labels, layout
from question_bank.formats.paper.keys_and_solutions import KeysAndSolutions
from question_bank.formats.paper.passages import Passages
from question_bank.formats.paper.question import Part, Question
from question_bank.formats.paper.question_item import item_of
from question_bank.formats.paper.question_lines import QuestionLines
from question_bank.formats.paper.state import PaperState
from question_bank.formats.report import ImportedItem, Issue


class PaperParser:
    """Reads one paper. After `parse`, `state` holds what was told and what was taken besides the items."""

    def __init__(self) -> None:
        self.state = PaperState()
        self._passages = Passages(self.state)
        self._keys = KeysAndSolutions(self.state)
        self._lines = QuestionLines(self.state, self._passages, self._keys)

    @property
    def passages(self) -> tuple[Passage, ...]:
        """Shared texts that questions use."""
        return tuple(self._passages.used)

    def parse(self, lines: list[Line]) -> tuple[ImportedItem, ...]:
        """The items of a paper."""
        flat = list(layout.flat(lines, self.state))
        self.state.numbered = any(labels.QUESTION.match(line.text) for line in flat)
        self.state.separated = any(labels.SEPARATOR.match(line.text) for line in flat)
        for index, line in enumerate(flat):
            self.state.ahead = flat[index + 1 : index + 40]
            self._line(line)
        self._passages.close()
        paper_has_marks = any(question.has_strong_mark() for question in self.state.questions)
        self._check_numbers()
        if not self.state.questions:
            self.state.issues.append(Issue("no_items", "tệp"))
        items = tuple(item_of(question, paper_has_marks=paper_has_marks) for question in self.state.questions)
        for question in self.state.questions:
            for text in question.taken_verdicts():
                self.state.consume(text)
        return items

    def _line(self, line: Line) -> None:
        text = line.text
        if line.table is not None:
            self._table(line)
            return
        if not text.strip() and not self._passages.is_bracket_open():
            return
        if self._marker(line):
            return
        if self.state.mode != "items" and self._keys.line(line):
            return
        self._lines.take(line)

    def _marker(self, line: Line) -> bool:
        """Separators, ends, headings of parts, of keys and of solutions."""
        text = line.text
        if labels.SEPARATOR.match(text):
            self.state.consume(text)
            self.state.question = None
            return True
        if found := labels.GROUP_START.match(text):
            self.state.consume(found[0])
            self._passages.start_bracket(line, found.end())
            return True
        if found := (labels.GROUP_TEXT_END.match(text) or labels.GROUP_END.match(text)):
            self.state.consume(found[0])
            self._passages.end_bracket(final=labels.GROUP_END.match(text) is not None)
            rest = line.cut(found.end())
            if rest.atoms:
                self._line(rest)
            return True
        if labels.MIX_GROUP.match(text):
            self.state.consume(text)
            return True
        if labels.END.match(text) and self.state.questions:
            self.state.consume(text)
            self._keys.begin_keys()
            return True
        if labels.PART.match(text) and len(text) < 400 and not labels.QUESTION.match(text):
            self._start_part(line)
            return True
        if labels.KEY_HEADING.match(text) and self.state.questions and len(text) < 120:
            self.state.consume(text)
            self._keys.begin_keys()
            return True
        if (
            self.state.questions
            and (found := labels.SOLUTION.match(text))
            and not text[found.end() :].strip()
            and self._restarts()
        ):
            self.state.consume(text)
            self._keys.begin_solutions()
            return True
        return False

    def _restarts(self) -> bool:
        """Whether the next question label goes back to one that was read: then a list of solutions begins."""
        for line in self.state.ahead:
            if labels.PART.match(line.text):
                return self.state.mode != "items"
            if found := labels.QUESTION.match(line.text):
                return any(q.number == int(found["number"]) for q in self.state.questions if q.part is self.state.part)
        return False

    def _start_part(self, line: Line) -> None:
        text = line.text
        self.state.consume(text)
        kind = labels.part_kind(text)
        if self.state.mode == "items":
            self._passages.close()
            self.state.part = Part(text.strip(), self.state.part.number + 1, kind)
            self.state.question = None
            return
        self._keys.heading(text, line.where)

    def _table(self, line: Line) -> None:
        if self.state.mode != "items" or (
            self.state.questions and key_table.is_key_table(line) and not self._ahead_has_question()
        ):
            if not self._keys.table(line):
                self.state.outside(line)
        elif self.state.question is not None:
            self._lines.table(self.state.question, line)
        elif self._passages.is_open():
            self._passages.add(line)
        else:
            self.state.outside(line)

    def _ahead_has_question(self) -> bool:
        return any(labels.QUESTION.match(line.text) for line in self.state.ahead)

    def _check_numbers(self) -> None:
        seen: dict[int, set[int]] = {}
        previous: Question | None = None
        for question in self.state.questions:
            numbers = seen.setdefault(id(question.part), set())
            if question.number in numbers:
                question.told("number_repeated", str(question.number))
            elif previous is not None and previous.part is question.part and question.number > previous.number + 1:
                missing = range(previous.number + 1, question.number)
                self.state.issues += [
                    Issue("number_missing", question.place(), (str(number),)) for number in list(missing)[:20]
                ]
            numbers.add(question.number)
            previous = question
