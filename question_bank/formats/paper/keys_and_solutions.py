"""What stands behind the questions: keys one by one or in tables, solutions in a list."""

from __future__ import annotations

from dataclasses import dataclass

from question_bank.formats.lines import Line
from question_bank.formats.paper import key_list, key_table, labels
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

    def begin_part(self, heading: str) -> None:
        """A heading among the keys: the part of that kind, else the one of that number, else the next one."""
        kind, number = labels.part_kind(heading), labels.part_number(heading)
        parts = list({id(q.part): q.part for q in self.state.questions}.values())
        same = [part for part in parts if kind and part.kind == kind]
        same = same or [part for part in parts if number and labels.part_number(part.heading) == number]
        later = parts.index(self.part) + 1 if self.part in parts else 0
        self.part = same[0] if same else parts[min(later, len(parts) - 1)]
        self.solved = None

    def line(self, line: Line) -> bool:
        """Take a line; False when questions go on."""
        text = line.text
        pairs = key_list.any_of_line(text) if self.state.mode == "keys" else []
        if pairs:
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

    def give(self, pairs: key_list.Pairs, where: str) -> None:
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
        if key_table.several_codes(line):
            self._took(line)
            self.state.issues.append(Issue("several_codes", line.where))
            return True
        if parts := key_table.keys_of(key_table.spread_grid_of(line)):
            self._took(line)
            for keys in parts:
                if keys.heading:
                    self.begin_part(keys.heading)
                self.give(keys.pairs, line.where)
                if keys.unread:
                    self.state.issues.append(Issue("key_cell_unread", line.where, ("; ".join(keys.unread),)))
            return True
        if self.solved is not None:
            self.solved.solution.append(line)
            return True
        return False

    def _took(self, line: Line) -> None:
        self.state.consume("\n".join(" ".join(row) for row in key_table.grid_of(line)))
        self.state.accounted.outside.append(line)

    def heading(self, text: str, where: str) -> None:
        """A heading of a part among the keys, with keys behind it or not."""
        found = labels.PART.match(text)
        rest = text[found.end() :].lstrip(" .:)–-") if found else ""
        self.begin_part(text)
        pairs = key_list.any_of_line(rest)
        self.give(pairs, where)
        if not pairs and len(key_list.PAIR.findall(rest)) > 1:
            self.state.issues.append(Issue("key_cell_unread", where, (rest,)))
