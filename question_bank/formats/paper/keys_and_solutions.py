"""What stands behind the questions: keys one by one or in tables, solutions in a list."""

from __future__ import annotations

from dataclasses import dataclass

from question_bank.formats.lines import Line
from question_bank.formats.paper import key_table, labels
from question_bank.formats.paper.question import Part, Question
from question_bank.formats.paper.state import PaperState
from question_bank.formats.report import Issue


@dataclass(slots=True)
class KeysAndSolutions:
    """The part whose keys are being given, and the question whose solution is being read."""

    state: PaperState
    part: Part | None = None
    solved: Question | None = None

    def begin_keys(self) -> None:
        """From here on keys are given."""
        self.state.mode, self.state.question, self.part = "keys", None, None

    def begin_solutions(self) -> None:
        """From here on solutions are given."""
        self.state.mode, self.state.question, self.solved, self.part = "solutions", None, None, None

    def begin_part(self, kind: labels.PartKind) -> None:
        """A heading among the keys: the part of that kind, else the next one."""
        parts = list({id(q.part): q.part for q in self.state.questions}.values())
        same = [part for part in parts if kind and part.kind == kind]
        later = parts.index(self.part) + 1 if self.part in parts else 0
        self.part = same[0] if same else parts[min(later, len(parts) - 1)]
        self.solved = None

    def line(self, line: Line) -> bool:
        """Take a line; False when questions go on."""
        text = line.text
        pairs = key_table.pairs_of_line(text) or (key_table.short_of_line(text) if self.state.mode == "keys" else [])
        if pairs and self.state.mode == "keys":
            self.state.consume(text)
            self.give(pairs, line.where)
            return True
        if found := labels.QUESTION.match(text):
            return self._solve(line, int(found["number"]), found.end())
        if self.solved is not None:
            self.solved.solution.append(line)
            return True
        if self.state.mode == "keys" and not self._is_new_question(text):
            self.state.outside(line)
            return True
        if self.state.mode == "solutions":
            self.state.outside(line)
            return True
        self.state.mode = "items"
        return False

    def _is_new_question(self, text: str) -> bool:
        found = labels.QUESTION.match(text)
        return found is not None and self._find(int(found["number"])) is None

    def _find(self, number: int) -> Question | None:
        """The question of a number: in the part at hand, else the only or first one without a solution."""
        parts = [q for q in self.state.questions if q.number == number and (self.part is None or q.part is self.part)]
        open_ones = [q for q in parts if not q.solution]
        return next(iter(open_ones or parts), None)

    def _solve(self, line: Line, number: int, end: int) -> bool:
        question = self._find(number)
        if question is None or (self.state.mode == "keys" and question.solution):
            if self.state.mode == "keys":
                self.state.mode = "items"
                return False
            self.state.issues.append(Issue("solution_without_item", line.where, (str(number),), covers=line.text))
            self.state.forget(line)
            return True
        self.state.mode = "solutions"
        self.state.consume(line.text[:end])
        self.solved = question
        if self.part is None and len({id(q.part) for q in self.state.questions if q.number == number}) > 1:
            self.part = question.part
        rest = line.cut(end)
        if rest.atoms:
            question.solution.append(rest)
        return True

    def give(self, pairs: key_table.Pairs, where: str) -> None:
        """Keys to the questions of their numbers."""
        for number, answer in pairs:
            question = next((q for q in self.state.questions if q.number == number and self._suits(q, answer)), None)
            if question is None:
                self.state.issues.append(Issue("key_without_item", where, (f"{number}: {answer}",)))
            else:
                question.answers.append(answer)

    def _suits(self, question: Question, answer: str) -> bool:
        if self.part is not None and question.part is not self.part:
            return False
        if len({id(q.part) for q in self.state.questions}) == 1 or self.part is not None:
            return True
        # A number that stands in several parts goes where its answer makes sense and none is given yet.
        letter = answer.strip().upper() in set("ABCDEFGH")
        return letter == bool(question.choices() and question.part.kind != "cluster") and not question.answers

    def table(self, line: Line) -> bool:
        """Take a table of keys, or one of a solution; False when it is neither."""
        pairs = key_table.pairs_of_table(key_table.grid_of(line))
        if pairs or key_table.several_codes(line):
            self.state.consume("\n".join(" ".join(row) for row in key_table.grid_of(line)))
            self.state.accounted.outside.append(line)
            if pairs:
                self.give(pairs, line.where)
            else:
                self.state.issues.append(Issue("several_codes", line.where))
            return True
        if self.solved is not None:
            self.solved.solution.append(line)
            return True
        return False
