"""Lines of questions: stems, options, statements, answers, solutions in place, and tables inside questions."""

from __future__ import annotations

from dataclasses import dataclass

from question_bank.formats.lines import OBJECT, Line
from question_bank.formats.paper import key_list, key_table, labels, true_false_table
from question_bank.formats.paper.choice_labels import Found, letters_ahead, option_labels, statement_labels
from question_bank.formats.paper.keys_and_solutions import KeysAndSolutions
from question_bank.formats.paper.passages import Passages
from question_bank.formats.paper.question import Choice, Question, is_only_objects
from question_bank.formats.paper.state import PaperState

FULL = 4


@dataclass(slots=True)
class QuestionLines:
    """Takes the lines between the heading of a part and the keys."""

    state: PaperState
    passages: Passages
    keys: KeysAndSolutions

    def take(self, line: Line) -> None:
        """A line that is no heading and stands before the keys."""
        text = line.text
        if self.passages.is_bracket_open():
            self.passages.add(Line(line.atoms, line.where, code=True))
            return
        if found := labels.QUESTION.match(text):
            self._start(line, int(found["number"]), found.end(), found["tags"] + found["end"])
        elif found := labels.SUB_QUESTION.match(text):
            self._start(line, int(found["number"]), found.end(), "")
        elif (found := labels.NUMERIC.match(text)) and self._is_number(found, text):
            self._start(line, int(found["number"]), found.end(), found["tags"])
        elif (
            (named := labels.RANGE.search(text))
            and labels.RANGE_VERB.search(text)
            and not labels.OPTION_START.match(text)
        ):
            self.passages.start_range(line, int(named["first"]), int(named["last"]))
        elif self.passages.is_open() and self.state.question is None:
            self.passages.add(line)
        elif self.state.question is None:
            self._orphan(line)
        else:
            self._inside(self.state.question, line)

    def _is_number(self, found: object, text: str) -> bool:
        """Whether `12.` begins a question: it goes on counting, and options or an answer follow."""
        number = int(found["number"])  # type: ignore[index]
        last = self.state.question.number if self.state.question else self.state.last_number()
        in_group = self.passages.names(number)
        if number != last + 1 or (self.state.numbered and not in_group and not text.lstrip().startswith("(")):
            return False
        for ahead in self.state.ahead[:12]:
            if (
                labels.OPTION_START.match(ahead.text)
                or labels.ANSWER.match(ahead.text)
                or labels.STATEMENT.match(ahead.text.lstrip())
            ):
                return True
            if labels.NUMERIC.match(ahead.text) or labels.QUESTION.match(ahead.text):
                break
        return self.state.part.kind in {"short", "essay"} or labels.OPTION.search(text, 4) is not None

    def _start(self, line: Line, number: int, end: int, tags: str) -> None:
        self.state.consume(line.text[:end])
        self.passages.questions_begin()
        question = Question(number, self.state.part, line.where)
        question.tags = labels.BRACKETED.findall(tags)
        for tag in question.tags:
            if not labels.is_tag(tag, bracket="["):
                question.told("tag_ignored", tag)
        question.passage = self.passages.passage_for(number)
        self.state.questions.append(question)
        self.state.question = question
        rest = line.cut(end)
        if rest.atoms:
            self._inside(question, self._untagged(question, rest))

    def _untagged(self, question: Question, line: Line) -> Line:
        """Tags such as `[NB]` or `(CLO1)` at the beginning or the end of a stem are metadata."""
        while found := labels.BRACKETED.match(line.text):
            if not labels.is_tag(found[1], bracket=found[0][0]):
                break
            self.state.consume(found[0])
            question.tags.append(found[1])
            line = line.cut(found.end())
        trailing = [m for m in labels.BRACKETED.finditer(line.text) if not line.text[m.end() :].strip(" .")]
        if trailing and (
            labels.OUTCOME.match(trailing[-1][1].strip()) or labels.CODE.fullmatch(trailing[-1][1].strip())
        ):
            self.state.consume(trailing[-1][0])
            question.tags.append(trailing[-1][1])
            line = line.without(trailing[-1].start(), trailing[-1].end())
        return line

    def _orphan(self, line: Line) -> None:
        """A line before any question: the stem of an unnumbered one, or text that belongs to none."""
        if (self.state.separated and (self.state.questions or self.state.leads_to_options())) or (
            not self.state.numbered and self.state.leads_to_options()
        ):
            self._start_unnumbered(line)
        else:
            self.state.outside(line)

    def _start_unnumbered(self, line: Line) -> None:
        self.passages.questions_begin()
        number = self.state.last_number() + 1
        question = Question(number, self.state.part, line.where, passage=self.passages.passage_for(number))
        self.state.questions.append(question)
        self.state.question = question
        self._inside(question, self._untagged(question, line))

    def _inside(self, question: Question, line: Line) -> None:
        text = line.text
        if question.in_solution:
            self._solution_line(question, line)
        elif found := labels.SOLUTION.match(text):
            self.state.consume(found["label"])
            question.in_solution = True
            rest = line.cut(found.end("label"))
            if rest.atoms:
                self._solution_line(question, rest)
        elif found := labels.LEVEL_LINE.match(text):
            self.state.consume(text)
            question.fields["level"] = found["level"]
        elif found := labels.FIELD_LINE.match(text):
            self.state.consume(text)
            question.fields[labels.FIELDS[found["field"]]] = found["value"]
        elif (found := labels.ANSWER.match(text)) and len(pairs := key_list.pairs_of_line(found["answer"])) > 1:
            self.state.consume(text)
            self.keys.give(pairs, line.where)
        elif (found := labels.ANSWER.match(text)) and self._answer(question, line, found["answer"]):
            self.state.consume(text.replace(OBJECT, ""))
        elif not self._choices(question, line):
            self._continued(question, line)

    def _solution_line(self, question: Question, line: Line) -> None:
        found = labels.ANSWER.match(line.text)
        if found and self._answer(question, line, found["answer"]):
            self.state.consume(line.text)
            return
        question.solution.append(line)

    def _answer(self, question: Question, line: Line, answer: str) -> bool:
        """Take an answer line; False when it is no plain answer and stays with the text."""
        typed = answer.replace(OBJECT, "").strip()
        formulas = [atom.inline for atom in line.atoms if atom.inline is not None]
        if formulas and not typed.strip(" ."):
            plain_latex = str(getattr(formulas[0], "latex", "")).replace("{,}", ",").replace("\\,", "").rstrip(".")
            question.answers.append(plain_latex)
            self.state.forget(line)
            return True
        if question.choices() and len(typed) > 60:
            question.in_solution = True
            return False
        if typed:
            question.answers.append(typed)
        return True

    def _choices(self, question: Question, line: Line) -> bool:
        """Options or statements on this line; several may share it."""
        if question.part.kind == "essay":
            return False
        found = option_labels(line.text, len(question.options))
        if found and not question.statements and self._may_have_options(question):
            self._take(question, line, found, question.options, "ABCDEFGH")
            return True
        if question.options:
            return False
        found = statement_labels(line.text, len(question.statements))
        if found and (question.statements or self._may_have_statements(question, line)):
            self._take(question, line, found, question.statements, "abcdefgh")
            return True
        return False

    @staticmethod
    def _may_have_options(question: Question) -> bool:
        return question.part.kind != "short"

    def _may_have_statements(self, question: Question, line: Line) -> bool:
        if question.part.kind == "cluster":
            return True
        for ahead in self.state.ahead[:16]:
            if labels.QUESTION.match(ahead.text) or labels.SEPARATOR.match(ahead.text) or labels.PART.match(ahead.text):
                break
            if labels.OPTION_START.match(ahead.text):
                return False
        return question.part.kind != "short" and ("b" in letters_ahead(line.text, self.state.ahead))

    def _take(
        self,
        question: Question,
        line: Line,
        found: list[Found],
        into: list[Choice],
        letters: str,
    ) -> None:
        before = line.cut(0, found[0][2])
        if before.atoms:
            self._continued(question, before)
        for index, (letter, star, start, label_start, end) in enumerate(found):
            stop = found[index + 1][2] if index + 1 < len(found) else len(line.atoms)
            expected = letters[len(into)] if len(into) < len(letters) else "?"
            if letter != expected:
                question.told("options_out_of_order", expected, letter)
            self.state.consume(line.text[start:end])
            made = Choice(letter, line.atoms[label_start:end], star, [])
            rest = line.cut(end, stop)
            if letters[0] == "a":
                rest = self._verdict(made, rest, question)
            if rest.atoms:
                made.lines.append(rest)
            into.append(made)

    def _verdict(self, choice: Choice, line: Line, question: Question) -> Line:
        found = labels.TRAILING_VERDICT.search(line.text)
        if not found or (
            len(found["verdict"]) == 1 and question.part.kind != "cluster" and found["verdict"] not in "ĐS"
        ):
            return line
        choice.verdict, choice.verdict_atoms = found["verdict"], line.atoms[found.start() :]
        return line.cut(0, found.start())

    def _continued(self, question: Question, line: Line) -> None:
        choices = question.choices()
        if not choices:
            question.stem.append(self._untagged(question, line))
        elif is_only_objects(line) and all(choice.lines for choice in choices):
            # Floating pictures are anchored behind the options that they stand beside.
            question.stem.append(line)
        elif len(choices) < FULL or not choices[-1].lines:
            choices[-1].lines.append(line)
        elif not self.state.numbered and not self.state.separated and self.state.leads_to_options():
            self._start_unnumbered(line)
        else:
            question.told("text_after_options", line.text.replace(OBJECT, ""), covers=line.text)
            self.state.forget(line)

    def table(self, question: Question, line: Line) -> None:
        """A table inside a question."""
        verdicts = true_false_table.columns(key_table.grid_of(line))
        if verdicts is not None and not question.choices():
            true_false_table.take(self.state, question, line, *verdicts)
        elif question.in_solution:
            question.solution.append(line)
        elif question.choices() and question.choices()[-1].lines:
            question.choices()[-1].lines.append(line)
        else:
            question.stem.append(line)
