"""Reads the lines of a paper into items: one pass, one state, every line goes somewhere and is accounted for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from question_bank.bank.content import Content, Preformatted
from question_bank.bank.item import Passage
from question_bank.formats.lines import OBJECT, Line, content
from question_bank.formats.paper import key_table, labels
from question_bank.formats.paper.question import Choice, Part, Question, is_only_objects, preformatted
from question_bank.formats.report import Accounted, ImportedItem, Issue

Mode = Literal["items", "keys", "solutions"]
FULL = 4


@dataclass(slots=True)
class _Group:
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
class PaperParser:
    """The state of reading one paper."""

    accounted: Accounted = field(default_factory=Accounted)
    issues: list[Issue] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    passages: list[Passage] = field(default_factory=list)
    unfolded: int = 0
    _part: Part = field(default_factory=Part)
    _mode: Mode = "items"
    _question: Question | None = None
    _group: _Group | None = None
    _numbered: bool = False
    _separated: bool = False
    _ahead: list[Line] = field(default_factory=list)
    _key_part: Part | None = None
    _solved: Question | None = None

    def parse(self, lines: list[Line]) -> tuple[ImportedItem, ...]:
        """The items of a paper."""
        flat = list(self._flat(lines))
        self._numbered = any(labels.QUESTION.match(line.text) for line in flat)
        self._separated = any(labels.SEPARATOR.match(line.text) for line in flat)
        for index, line in enumerate(flat):
            self._ahead = flat[index + 1 : index + 40]
            self._line(line)
        self._close_group()
        paper_has_marks = any(question.has_strong_mark() for question in self.questions)
        self._check_numbers()
        if not self.questions:
            self.issues.append(Issue("no_items", "tệp"))
        items = tuple(question.finished(paper_has_marks=paper_has_marks) for question in self.questions)
        for question in self.questions:
            for text in question.taken_verdicts():
                self._consume(text)
        return items

    def _flat(self, lines: Iterable[Line]) -> Iterable[Line]:
        """Lines without line breaks inside; tables that only lay out questions are taken apart."""
        for line in lines:
            if line.table is not None:
                if _is_layout(line) and not key_table.is_key_table(line):
                    self.unfolded += 1
                    yield from self._flat(inner for row in line.rows for cell in row for inner in cell)
                else:
                    yield line
                continue
            start = 0
            for position, atom in enumerate(line.atoms):
                if atom.sign == "\n" and atom.inline is None:
                    yield Line(line.atoms[start:position], line.where)
                    start = position + 1
            yield Line(line.atoms[start:], line.where)

    def _consume(self, text: str) -> None:
        if text.strip():
            self.accounted.text.append(text)

    def _outside(self, line: Line) -> None:
        text = line.text if line.table is None else "\n".join(" ".join(row) for row in key_table.grid_of(line))
        objects = _objects(line)
        if text.replace(OBJECT, "").strip() or objects:
            shown = text.replace(OBJECT, "").strip() or f"{objects} hình hoặc công thức"
            self.issues.append(Issue("text_outside_items", line.where, (shown,), covers=text))
            self._forget(line)

    def _forget(self, line: Line) -> None:
        """Count objects of a line that stands in an issue."""
        self.accounted.outside.append(line)

    def _line(self, line: Line) -> None:
        text = line.text
        if line.table is not None:
            self._table(line)
            return
        if not text.strip() and not (self._group and self._group.open and self._group.bracketed):
            return
        if self._marker(line):
            return
        if self._mode != "items" and self._after(line):
            return
        self._item_line(line)

    def _marker(self, line: Line) -> bool:
        """Separators, ends, headings of parts, of keys and of solutions."""
        text = line.text
        if labels.SEPARATOR.match(text):
            self._consume(text)
            self._question = None
            return True
        if found := labels.GROUP_START.match(text):
            self._consume(found[0])
            self._start_bracket(line, found.end())
            return True
        if found := (labels.GROUP_TEXT_END.match(text) or labels.GROUP_END.match(text)):
            self._consume(found[0])
            self._end_bracket(final=labels.GROUP_END.match(text) is not None)
            rest = line.cut(found.end())
            if rest.atoms:
                self._line(rest)
            return True
        if labels.MIX_GROUP.match(text):
            self._consume(text)
            return True
        if labels.END.match(text) and self.questions:
            self._consume(text)
            self._mode, self._question, self._key_part = "keys", None, None
            return True
        if labels.PART.match(text) and len(text) < 400 and not labels.QUESTION.match(text):
            self._start_part(text)
            return True
        if labels.KEY_HEADING.match(text) and self.questions and len(text) < 120:
            self._consume(text)
            self._mode, self._question, self._key_part = "keys", None, None
            return True
        if (
            self.questions
            and (found := labels.SOLUTION.match(text))
            and not text[found.end() :].strip()
            and self._restarts()
        ):
            self._consume(text)
            self._mode, self._question, self._solved, self._key_part = "solutions", None, None, None
            return True
        return False

    def _restarts(self) -> bool:
        """Whether the next question label goes back to one that was read: then a list of solutions begins."""
        for line in self._ahead:
            if labels.PART.match(line.text):
                return self._mode != "items"
            if found := labels.QUESTION.match(line.text):
                return any(q.number == int(found["number"]) for q in self.questions if q.part is self._part)
        return False

    def _start_part(self, text: str) -> None:
        self._consume(text)
        kind = labels.part_kind(text)
        if self._mode == "items":
            self._close_group()
            self._part = Part(text.strip(), self._part.number + 1, kind)
            self._question = None
            return
        parts = list({id(q.part): q.part for q in self.questions}.values())
        same = [part for part in parts if kind and part.kind == kind]
        later = parts.index(self._key_part) + 1 if self._key_part in parts else 0
        self._key_part = same[0] if same else parts[min(later, len(parts) - 1)]
        self._solved = None

    # After the questions: keys and solutions.

    def _after(self, line: Line) -> bool:
        text = line.text
        pairs = key_table.pairs_of_line(text) or (key_table.short_of_line(text) if self._mode == "keys" else [])
        if pairs and self._mode == "keys":
            self._consume(text)
            self._give_keys(pairs, line.where)
            return True
        if found := labels.QUESTION.match(text):
            return self._solve(line, int(found["number"]), found.end())
        if self._solved is not None:
            self._solved.solution.append(line)
            return True
        if self._mode == "keys" and not self._is_new_question(text):
            self._outside(line)
            return True
        if self._mode == "solutions":
            self._outside(line)
            return True
        self._mode = "items"
        return False

    def _is_new_question(self, text: str) -> bool:
        found = labels.QUESTION.match(text)
        return found is not None and self._find(int(found["number"])) is None

    def _find(self, number: int) -> Question | None:
        """The question of a number: in the part at hand, else the only or first one without a solution."""
        parts = [
            q for q in self.questions if q.number == number and (self._key_part is None or q.part is self._key_part)
        ]
        open_ones = [q for q in parts if not q.solution]
        return next(iter(open_ones or parts), None)

    def _solve(self, line: Line, number: int, end: int) -> bool:
        question = self._find(number)
        if question is None or (self._mode == "keys" and question.solution):
            if self._mode == "keys":
                self._mode = "items"
                return False
            self.issues.append(Issue("solution_without_item", line.where, (str(number),), covers=line.text))
            self._forget(line)
            return True
        self._mode = "solutions"
        self._consume(line.text[:end])
        self._solved = question
        if self._key_part is None and len({id(q.part) for q in self.questions if q.number == number}) > 1:
            self._key_part = question.part
        rest = line.cut(end)
        if rest.atoms:
            question.solution.append(rest)
        return True

    def _give_keys(self, pairs: key_table.Pairs, where: str) -> None:
        for number, answer in pairs:
            question = next((q for q in self.questions if q.number == number and self._suits(q, answer)), None)
            if question is None:
                self.issues.append(Issue("key_without_item", where, (f"{number}: {answer}",)))
            else:
                question.answers.append(answer)

    def _suits(self, question: Question, answer: str) -> bool:
        if self._key_part is not None and question.part is not self._key_part:
            return False
        if len({id(q.part) for q in self.questions}) == 1 or self._key_part is not None:
            return True
        # A number that stands in several parts goes where its answer makes sense and none is given yet.
        letter = answer.strip().upper() in set("ABCDEFGH")
        return letter == bool(question.choices() and question.part.kind != "cluster") and not question.answers

    # Questions.

    def _item_line(self, line: Line) -> None:
        text = line.text
        if self._group is not None and self._group.bracketed and self._group.open:
            self._group.lines.append(Line(line.atoms, line.where, code=True))
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
            self._start_range(line, int(named["first"]), int(named["last"]))
        elif self._group is not None and self._group.open and self._question is None:
            self._group.lines.append(line)
        elif self._question is None:
            self._orphan(line)
        else:
            self._inside(self._question, line)

    def _is_number(self, found: object, text: str) -> bool:
        """Whether `12.` begins a question: it goes on counting, and options or an answer follow."""
        number = int(found["number"])  # type: ignore[index]
        last = self._question.number if self._question else self._last_number()
        in_group = self._group is not None and self._group.first <= number <= self._group.last
        if number != last + 1 or (self._numbered and not in_group and not text.lstrip().startswith("(")):
            return False
        for ahead in self._ahead[:12]:
            if (
                labels.OPTION_START.match(ahead.text)
                or labels.ANSWER.match(ahead.text)
                or labels.STATEMENT.match(ahead.text.lstrip())
            ):
                return True
            if labels.NUMERIC.match(ahead.text) or labels.QUESTION.match(ahead.text):
                break
        return self._part.kind in {"short", "essay"} or labels.OPTION.search(text, 4) is not None

    def _last_number(self) -> int:
        return next((q.number for q in reversed(self.questions) if q.part is self._part), 0)

    def _start(self, line: Line, number: int, end: int, tags: str) -> None:
        self._consume(line.text[:end])
        if self._group is not None:
            self._group.open = False
        question = Question(number, self._part, line.where)
        question.tags = labels.BRACKETED.findall(tags)
        question.passage = self._passage_for(number)
        self.questions.append(question)
        self._question = question
        rest = line.cut(end)
        if rest.atoms:
            self._inside(question, self._untagged(question, rest))

    def _untagged(self, question: Question, line: Line) -> Line:
        """Tags such as `[NB]` or `(CLO1)` at the beginning or the end of a stem are metadata."""
        while found := labels.BRACKETED.match(line.text):
            if not self._is_tag(found[1]):
                break
            self._consume(found[0])
            question.tags.append(found[1])
            line = line.cut(found.end())
        trailing = [m for m in labels.BRACKETED.finditer(line.text) if not line.text[m.end() :].strip(" .")]
        if trailing and self._is_tag(trailing[-1][1]) and labels.OUTCOME.match(trailing[-1][1].strip()):
            self._consume(trailing[-1][0])
            question.tags.append(trailing[-1][1])
            line = line.without(trailing[-1].start(), trailing[-1].end())
        return line

    @staticmethod
    def _is_tag(text: str) -> bool:
        stripped = text.strip()
        return labels.OUTCOME.match(stripped) is not None or ((labels.level_of(stripped) != "" and stripped.upper() == stripped) or stripped.lower() in {"nhận biết", "thông hiểu", "vận dụng", "vận dụng cao"})  # fmt: skip

    def _orphan(self, line: Line) -> None:
        """A line before any question: the stem of an unnumbered one, or text that belongs to none."""
        if (self._separated and (self.questions or self._leads_to_options())) or (
            not self._numbered and self._leads_to_options()
        ):
            self._start_unnumbered(line)
        else:
            self._outside(line)

    def _leads_to_options(self) -> bool:
        for line in self._ahead[:12]:
            if labels.OPTION_START.match(line.text):
                return True
            if labels.SEPARATOR.match(line.text) or labels.QUESTION.match(line.text):
                return False
        return False

    def _start_unnumbered(self, line: Line) -> None:
        if self._group is not None:
            self._group.open = False
        number = self._last_number() + 1
        question = Question(number, self._part, line.where, passage=self._passage_for(number))
        self.questions.append(question)
        self._question = question
        self._inside(question, self._untagged(question, line))

    def _inside(self, question: Question, line: Line) -> None:
        text = line.text
        if question.in_solution:
            self._solution_line(question, line)
        elif found := labels.SOLUTION.match(text):
            self._consume(found["label"])
            question.in_solution = True
            rest = line.cut(found.end("label"))
            if rest.atoms:
                self._solution_line(question, rest)
        elif found := labels.LEVEL_LINE.match(text):
            self._consume(text)
            question.fields["level"] = found["level"]
        elif found := labels.FIELD_LINE.match(text):
            self._consume(text)
            question.fields[labels.FIELDS[found["field"]]] = found["value"]
        elif (found := labels.ANSWER.match(text)) and len(pairs := key_table.pairs_of_line(found["answer"])) > 1:
            self._consume(text)
            self._give_keys(pairs, line.where)
        elif (found := labels.ANSWER.match(text)) and self._answer(question, line, found["answer"]):
            self._consume(text.replace(OBJECT, ""))
        elif not self._choices(question, line):
            self._continued(question, line)

    def _solution_line(self, question: Question, line: Line) -> None:
        found = labels.ANSWER.match(line.text)
        if found and self._answer(question, line, found["answer"]):
            self._consume(line.text)
            return
        question.solution.append(line)

    def _answer(self, question: Question, line: Line, answer: str) -> bool:
        """Take an answer line; False when it is no plain answer and stays with the text."""
        typed = answer.replace(OBJECT, "").strip()
        formulas = [atom.inline for atom in line.atoms if atom.inline is not None]
        if formulas and not typed.strip(" ."):
            plain_latex = str(getattr(formulas[0], "latex", "")).replace("{,}", ",").replace("\\,", "").rstrip(".")
            question.answers.append(plain_latex)
            self._forget(line)
            return True
        if question.choices() and len(typed) > 60:
            question.in_solution = True
            return False
        if not typed:
            question.in_solution = not question.choices() and False
            return True
        question.answers.append(typed)
        return True

    def _choices(self, question: Question, line: Line) -> bool:
        """Options or statements on this line; several may share it."""
        if question.part.kind == "essay":
            return False
        found = _option_labels(line.text, len(question.options))
        if found and not question.statements and self._may_have_options(question):
            self._take(question, line, found, question.options, "ABCDEFGH")
            return True
        if question.options:
            return False
        found = _statement_labels(line.text, len(question.statements))
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
        for ahead in self._ahead[:16]:
            if labels.QUESTION.match(ahead.text) or labels.SEPARATOR.match(ahead.text) or labels.PART.match(ahead.text):
                break
            if labels.OPTION_START.match(ahead.text):
                return False
        return question.part.kind != "short" and ("b" in _letters_ahead(line.text, self._ahead))

    def _take(
        self,
        question: Question,
        line: Line,
        found: list[tuple[str, str, int, int, int]],
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
            self._consume(line.text[start:end])
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
        elif not self._numbered and not self._separated and self._leads_to_options():
            self._start_unnumbered(line)
        else:
            question.told("text_after_options", line.text.replace(OBJECT, ""), covers=line.text)
            self._forget(line)

    # Tables and passages.

    def _table(self, line: Line) -> None:
        if self._mode != "items" or (
            self.questions and key_table.is_key_table(line) and not self._ahead_has_question()
        ):
            pairs = key_table.pairs_of_table(key_table.grid_of(line))
            if pairs or key_table.several_codes(line):
                self._consume("\n".join(" ".join(row) for row in key_table.grid_of(line)))
                self.accounted.outside.append(line)
                if pairs:
                    self._give_keys(pairs, line.where)
                else:
                    self.issues.append(Issue("several_codes", line.where))
                return
            if self._solved is not None:
                self._solved.solution.append(line)
                return
            self._outside(line)
        elif self._question is not None:
            self._table_inside(self._question, line)
        elif self._group is not None and self._group.open:
            self._group.lines.append(line)
        else:
            self._outside(line)

    def _ahead_has_question(self) -> bool:
        return any(labels.QUESTION.match(line.text) for line in self._ahead)

    def _table_inside(self, question: Question, line: Line) -> None:
        verdicts = _verdict_columns(key_table.grid_of(line))
        if verdicts is not None and not question.choices():
            self._statement_table(question, line, *verdicts)
        elif question.in_solution:
            question.solution.append(line)
        elif question.choices() and question.choices()[-1].lines:
            question.choices()[-1].lines.append(line)
        else:
            question.stem.append(line)

    def _statement_table(self, question: Question, line: Line, right: int, wrong: int) -> None:
        """A table of statements with columns Đúng and Sai, a tick in one of them."""
        self.unfolded += 1
        grid = key_table.grid_of(line)
        self._consume(" ".join(grid[0]))
        for cells, texts in zip(line.rows[1:], grid[1:], strict=True):
            body = cells[0] if not labels.STATEMENT.fullmatch(texts[0].strip()) or len(cells) < 4 else cells[1]
            if body is not cells[0]:
                self._consume(texts[0])
            ticked = [column for column in (right, wrong) if column < len(texts) and texts[column].strip(" .…☐□")]
            self._consume(" ".join(texts[column] for column in (right, wrong) if column < len(texts)))
            lines = [part for part in body if part.atoms]
            label = _statement_labels(lines[0].text, len(question.statements)) if lines else []
            made = Choice("abcdefgh"[min(len(question.statements), 7)], (), "", lines)
            if label:
                self._consume(lines[0].text[: label[0][4]])
                made.label_atoms = lines[0].atoms[label[0][3] : label[0][4]]
                made.lines = [lines[0].cut(label[0][4]), *lines[1:]]
            made.verdict = "" if len(ticked) != 1 else "Đ" if ticked[0] == right else "S"
            question.statements.append(made)

    def _start_range(self, line: Line, first: int, last: int) -> None:
        self._close_group()
        self._group = _Group([line], line.where, first, last)
        self._question = None

    def _start_bracket(self, line: Line, end: int) -> None:
        rest = line.cut(end)
        if self._group is not None and self._group.open and self._group.first:
            self._group.bracketed = True
        else:
            self._close_group()
            self._group = _Group([], line.where, bracketed=True)
        self._question = None
        if rest.atoms:
            self._group.lines.append(Line(rest.atoms, rest.where, code=True))

    def _end_bracket(self, *, final: bool) -> None:
        if self._group is None:
            return
        was_open, self._group.open, self._group.bracketed = self._group.open, False, self._group.bracketed
        if final and not was_open:
            self._close_group()

    def _passage_for(self, number: int) -> str:
        group = self._group
        if group is None:
            return ""
        if group.first and not group.first <= number <= group.last:
            self._close_group()
            return ""
        made = Passage(group.content())
        if not made.content:
            return ""
        group.used = True
        if made not in self.passages:
            self.passages.append(made)
        return made.id

    def _close_group(self) -> None:
        group, self._group = self._group, None
        if group is not None and not group.used:
            for line in group.lines:
                text = line.text.replace(OBJECT, "")
                if text.strip() or _objects(line):
                    self.issues.append(Issue("passage_unused", line.where, (text,), covers=text))
                    self._forget(line)

    def _check_numbers(self) -> None:
        seen: dict[int, set[int]] = {}
        previous: Question | None = None
        for question in self.questions:
            numbers = seen.setdefault(id(question.part), set())
            if question.number in numbers:
                question.told("number_repeated", str(question.number))
            elif previous is not None and previous.part is question.part and question.number > previous.number + 1:
                missing = range(previous.number + 1, question.number)
                self.issues += [
                    Issue("number_missing", question.place(), (str(number),)) for number in list(missing)[:20]
                ]
            numbers.add(question.number)
            previous = question


def _objects(line: Line) -> int:
    return sum(atom.inline is not None for atom in line.atoms) + (line.table is not None)


def _is_layout(line: Line) -> bool:
    """Whether a table only places questions and options."""
    for row in line.rows:
        for cell in row:
            for part in cell:
                if labels.OPTION_START.match(part.text) or labels.QUESTION.match(part.text):
                    return True
    return False


def _option_labels(text: str, had: int) -> list[tuple[str, str, int, int, int]]:
    """(letter, star, start, start of label, end) of the options on a line: the first at its beginning, the others in order."""
    found: list[tuple[str, str, int, int, int]] = []
    for match in labels.OPTION.finditer(text):
        letter = match["letter"]
        if not found:
            if text[: match.start()].strip(" \t("):
                if had or letter != "A" or labels.OPTION.search(text, match.end()) is None:
                    break
                if not _whole_row(text, match.start()):
                    continue
        elif letter != chr(ord(found[-1][0]) + 1):
            continue
        found.append((letter, match["star"], match.start(), match.start("label"), match.end()))
    return found


def _whole_row(text: str, start: int) -> bool:
    """Whether a stem and all of its options share the line: A to D in order after a wide gap."""
    letters = [match["letter"] for match in labels.OPTION.finditer(text, start)]
    return letters[:4] == list("ABCD") and (text[:start].endswith(("\t", "  ")) or text[:start].rstrip().endswith(("?", ":", ".")))  # fmt: skip


def _statement_labels(text: str, had: int) -> list[tuple[str, str, int, int, int]]:
    found: list[tuple[str, str, int, int, int]] = []
    for match in labels.STATEMENT.finditer(text):
        expected = "abcdefgh"[had + len(found)] if had + len(found) < 8 else ""
        if not found and text[: match.start()].strip():
            break
        if match["letter"] != expected:
            if found:
                continue
            break
        if found and not text[: match.start()].endswith(("\t", "  ", ". ", "; ", OBJECT)):
            continue
        found.append((match["letter"], match["star"], match.start(), match.start("label"), match.end()))
    return found


def _letters_ahead(text: str, ahead: list[Line]) -> set[str]:
    letters = {match["letter"] for match in labels.STATEMENT.finditer(text)}
    for line in ahead[:8]:
        if labels.QUESTION.match(line.text):
            break
        if found := labels.STATEMENT.match(line.text.lstrip()):
            letters.add(found["letter"])
    return letters


def _verdict_columns(grid: list[list[str]]) -> tuple[int, int] | None:
    if len(grid) < 3:
        return None
    heads = [cell.strip().lower() for cell in grid[0]]
    right = next((index for index, cell in enumerate(heads) if cell in {"đúng", "đ", "true"}), None)
    wrong = next((index for index, cell in enumerate(heads) if cell in {"sai", "s", "false"}), None)
    return None if right is None or wrong is None else (right, wrong)
