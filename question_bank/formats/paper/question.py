"""One question of a paper while it is being read, and the item that it becomes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from question_bank.bank.content import Content, Formula, Picture, Text, inlines, plain
from question_bank.bank.item import BankItem, Draft, Key, Kind, Level, Metadata, Option, letter
from question_bank.formats.lines import Atom, Line, common_marks, content, without_marks
from question_bank.formats.paper import labels, lower_case
from question_bank.formats.paper.labels import PartKind
from question_bank.formats.report import ImportedItem, Issue
from question_bank.short_answer import is_complete, normalise

FormOfKey = Literal["star", "underline", "red", "highlight", "bold", "italic"]
STRONG: tuple[FormOfKey, ...] = ("star", "underline", "red", "highlight")
WEAK: tuple[FormOfKey, ...] = ("bold", "italic")
MARK_NAMES = {"bold": "chữ đậm", "italic": "chữ nghiêng"}
# Answers of one line are cut from what an author adds behind them.
ANSWER_TAIL = re.compile(r"\s*[.;]\s*$")


@dataclass(slots=True)
class Part:
    """A part of the paper: its heading, its number among the parts, what kind it announces."""

    heading: str = ""
    number: int = 0
    kind: PartKind = ""


@dataclass(slots=True)
class Choice:
    """An option or statement: its label as written, the label's signs, its lines."""

    label: str
    label_atoms: tuple[Atom, ...]
    star: str
    lines: list[Line]
    verdict: str = ""
    verdict_atoms: tuple[Atom, ...] = ()

    def with_verdict_as_text(self) -> Choice:
        """The same choice where `(S)` or `Đúng` at its end is no verdict but its text."""
        lines = [*self.lines]
        if self.verdict_atoms:
            whole = (*(lines[0].atoms if lines else ()), *self.verdict_atoms)
            lines[:1] = [Line(whole, lines[0].where if lines else "")]
        return Choice(self.label, self.label_atoms, self.star, lines)

    def atoms(self) -> list[Atom]:
        """The signs of its text."""
        return [atom for line in self.lines for atom in line.atoms]

    def has(self, form: FormOfKey) -> bool:
        """Whether it is marked in this way: on the letter of its label, or on the whole of its text."""
        if form == "star":
            return self.star[:1] == "*" or self.star.endswith("!")
        signs = [a for a in self.label_atoms if a.sign.isalnum()]
        words = [a for a in self.atoms() if a.inline is None and a.sign.isalnum()]
        return any(group and all(_shows(atom, form) for atom in group) for group in (signs, words))


def _shows(atom: Atom, form: FormOfKey) -> bool:
    if form == "red":
        return atom.style.red
    return atom.style.highlight if form == "highlight" else form in atom.style.marks


@dataclass(slots=True)
class Question:
    """A question as it is being read."""

    number: int
    part: Part
    where: str
    stem: list[Line] = field(default_factory=list)
    options: list[Choice] = field(default_factory=list)
    statements: list[Choice] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    solution: list[Line] = field(default_factory=list)
    in_solution: bool = False
    passage: str = ""
    tags: list[str] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)
    fixed: bool = False
    _small_options: bool = False
    _sure: bool = True

    def place(self) -> str:
        """Where it stands, for issues."""
        part = f"Phần {self.part.number}, " if self.part.number else ""
        return f"{part}Câu {self.number} ({self.where})"

    def told(self, code: str, *values: str, covers: str = "") -> None:
        """Add an issue."""
        self.issues.append(Issue(code, self.place(), values, covers))

    def choices(self) -> list[Choice]:
        """Options or statements."""
        return self.options or self.statements

    def finished(self, *, paper_has_marks: bool) -> ImportedItem:
        """The item that was read, with its issues."""
        self._settle_small_letters()
        kind = self._kind()
        key = self._key(kind, paper_has_marks=paper_has_marks)
        made = self._options(kind)
        stem = content(self.stem)
        metadata = Metadata(level=self._level(), outcome=self._outcome(), topic=self.fields.get("topic", ""), author=self.fields.get("author", ""), source=self.fields.get("source", ""))  # fmt: skip
        item = BankItem(kind, stem, made, content(self.solution), self.passage, None, metadata)
        self._judge(item)
        return ImportedItem(self.number, Draft(item, Key(key)), tuple(self.issues), self.part.heading, self.where)

    def _settle_small_letters(self) -> None:
        """Choices that were read as statements become options where the paper means options."""
        if not self.statements:
            return
        texts = tuple(plain(content(choice.with_verdict_as_text().lines)) for choice in self.statements)
        signs = lower_case.Signs(
            self.part.kind, plain(content(self.stem)), texts, len(self._marked()[0] or self._strongly_marked()),
            len({letter for found in self._letter_sets() for letter in found}), bool(self._verdict_rows()),
        )  # fmt: skip
        found = lower_case.reading(signs)
        self._sure = found.sure
        if not found.sure:
            code = "small_letters_as_options" if found.options else "small_letters_as_statements"
            self.told(code, str(signs.marked))
        if found.options:
            self.options, self.statements = [choice.with_verdict_as_text() for choice in self.statements], []
            self._small_options = True

    def taken_verdicts(self) -> Iterator[str]:
        """What was cut from the ends of statements as their verdicts, once it is settled that they are statements."""
        for choice in self.statements:
            yield "".join(atom.sign for atom in choice.verdict_atoms)

    def _kind(self) -> Kind:
        text = plain(content(self.stem))
        if self.statements or (self.options and not self._small_options and self._judges_each(text)):
            return "true_false_cluster"
        if self.options:
            several = labels.SEVERAL.search(text) is not None
            return "multiple_choice" if several else "single_choice"
        if self.part.kind == "essay":
            self.told("essay")
            return "other"
        if self.part.kind == "short" or self.answers:
            return "short_answer"
        self.told("no_options", str(self.number))
        return "other"

    def _judges_each(self, stem: str) -> bool:
        """Whether capitals label statements: the part says so, or the stem does and nothing names one of them."""
        asked = labels.TRUE_FALSE.search(stem) is not None and len(self._marked()[0]) != 1
        return self.part.kind == "cluster" or (asked and not self._letter_sets())

    def _marked(self) -> tuple[list[int], FormOfKey]:
        """Indexes of the choices that stand out, and how; a mark that all have says nothing."""
        choices = self.choices()
        for form in (*STRONG, *WEAK):
            marked = [index for index, choice in enumerate(choices) if choice.has(form)]
            if not marked or (len(marked) == len(choices) and (form != "star" or len(choices) > 1)):
                continue
            if form in WEAK and (len(marked) != 1 or len(choices) < 3):
                continue
            return marked, form
        return [], "star"

    def _strongly_marked(self) -> list[int]:
        """Indexes of the choices with a mark beyond doubt, also where all have it."""
        return [i for i, choice in enumerate(self.choices()) if any(choice.has(form) for form in STRONG)]

    def has_strong_mark(self) -> bool:
        """Whether any of its choices is marked beyond doubt."""
        choices = self.choices()
        return any(0 < sum(choice.has(form) for choice in choices) < len(choices) for form in STRONG)

    def _key(self, kind: Kind, *, paper_has_marks: bool) -> tuple[str, ...]:
        if kind == "short_answer":
            return self._short_key()
        if kind == "true_false_cluster":
            return self._cluster_key(paper_has_marks=paper_has_marks)
        if kind == "other":
            return ()
        return self._choice_key(kind)

    def _choice_key(self, kind: Kind) -> tuple[str, ...]:
        indexes, form = self._marked()
        marked = tuple(letter(index) for index in indexes)
        named = self._named_letters()
        weak = form in WEAK and bool(marked)
        if weak and named and named != marked:
            marked = named
        elif weak:
            self.told("key_by_weak_mark", self.choices()[indexes[0]].label, MARK_NAMES[form])
        elif named and marked and named != marked:
            self.told("key_conflict", f"{', '.join(marked)} ≠ {', '.join(named)}")
        key = marked or named
        if not key:
            self.told("no_key")
        elif len(key) > 1 and kind == "single_choice":
            self.told("two_keys", ", ".join(key), str(len(key)))
        return key

    def _letter_sets(self) -> list[tuple[str, ...]]:
        """Capital letters that each answer line and key table names, else the one of `Chọn B` in the solution."""
        count = len(self.choices())
        rest = [answer for answer in self.answers if not verdicts_of(answer, count)]
        sets = [found for answer in rest if (found := labels.letters_of(answer))]
        if not sets:
            chosen = [found["letter"] for line in self.solution for found in labels.CHOSEN.finditer(line.text)]
            if not chosen and (self.statements or self._small_options):
                chosen = [
                    found["letter"] for line in self.solution for found in labels.CHOSEN_SMALL.finditer(line.text)
                ]
            sets = [(chosen[-1].upper(),)] if chosen else []
        return sets

    def _named_letters(self) -> tuple[str, ...]:
        """The letters that are named, as identifiers of options."""
        sets = self._letter_sets()
        if len(set(sets)) > 1:
            self.told("key_conflict", " ≠ ".join(", ".join(one) for one in sets))
        named = sets[0] if sets else ()
        known = {choice.label.upper(): letter(index) for index, choice in enumerate(self.choices())}
        for label in named:
            if label not in known:
                self.told("key_unknown_option", label)
        return tuple(known[label] for label in named if label in known)

    def _verdict_rows(self) -> list[tuple[str, ...]]:
        """True and false for every statement, from answers and from the ends of the statements."""
        choices = self.choices()
        rows = [row for answer in self.answers if (row := verdicts_of(answer, len(choices)))]
        own = tuple(labels.VERDICTS[choice.verdict.lower()] for choice in choices if choice.verdict)
        return [*rows, own] if own and len(own) == len(choices) else rows

    def _cluster_key(self, *, paper_has_marks: bool) -> tuple[str, ...]:
        choices = self.choices()
        told = self._verdict_rows()
        for sure in (self._strongly_marked(), [ord(name) - ord("A") for name in self._named_letters()]):
            if sure:
                told.append(tuple("true" if index in sure else "false" for index in range(len(choices))))
        if len(set(told)) > 1:
            self.told("key_conflict", " ≠ ".join("".join("Đ" if v == "true" else "S" for v in one) for one in told))
        if told:
            return told[0]
        if paper_has_marks and self._sure:
            self.told("all_statements_false", str(len(choices)))
            return ("false",) * len(choices)
        self.told("no_key")
        return ()

    def _short_key(self) -> tuple[str, ...]:
        typed = [normalise(ANSWER_TAIL.sub("", answer)) for answer in self.answers]
        key = tuple(dict.fromkeys(cells for cells in typed if cells))
        if not key:
            self.told("no_key")
        for cells in key:
            if not is_complete(cells):
                self.told("key_not_enterable", cells)
        if len(key) > 1:
            self.told("key_conflict", " ≠ ".join(key))
        return key

    def _options(self, kind: Kind) -> tuple[Option, ...]:
        choices = self.choices()
        # Formatting that served as the key, or that every option has, is not content: it would show the answer.
        made = []
        for index, choice in enumerate(choices):
            worn = common_marks(choice.atoms()) & {"underline", "bold"}
            lines = [Line(without_marks(line.atoms, worn), line.where, line.table) for line in choice.lines]
            fixed = choice.star[:1] == "#" or self.fixed
            made.append(Option(letter(index, statement=kind == "true_false_cluster"), content(lines), fixed=fixed))
        return tuple(made)

    def _level(self) -> Level:
        for tag in (*self.tags, self.fields.get("level", "")):
            if level := labels.level_of(tag):
                return level
        if self.fields.get("level"):
            self.told("level_unknown", self.fields["level"])
        return ""

    def _outcome(self) -> str:
        named = [tag.replace(" ", "") for tag in self.tags if labels.OUTCOME.match(tag.strip())]
        return self.fields.get("outcome") or ", ".join(named)

    def _judge(self, item: BankItem) -> None:
        if not item.stem and not item.passage:
            self.told("stem_empty")
        empty = [option.identifier for option in item.options if not option.content]
        if empty:
            self.told("option_empty", ", ".join(empty))
        if len(item.options) == 1:
            self.told("too_few_options", "1")
        if len(item.options) > 8:
            self.told("too_many_options", str(len(item.options)))
        texts = [_comparable(option.content) for option in item.options if option.content]
        twice = sorted({text for text in texts if texts.count(text) > 1})
        if twice:
            self.told("options_repeated", "; ".join(twice))


def _comparable(value: Content) -> str:
    pieces = []
    for inline in inlines(value):
        match inline:
            case Formula():
                pieces.append(f"${inline.latex}$")
            case Picture():
                pieces.append(inline.sha256)
            case Text():
                pieces.append(f"{inline.text}{','.join(m for m in inline.marks if m in {'sub', 'sup', 'underline'})}")
            case _:
                pieces.append("")
    return " ".join("".join(pieces).split()).rstrip(".")


def verdicts_of(answer: str, count: int) -> tuple[str, ...]:
    """`Đ S Đ S`, `ĐSĐS`, `a) Đúng b) Sai …` as true and false; empty when there are not `count` of them."""
    found: list[str] = []
    for single, row in labels.VERDICT.findall(answer):
        found += [labels.VERDICTS[single.lower()]] if single else [labels.VERDICTS[sign.lower()] for sign in row]
    return tuple(found) if len(found) == count else ()


def text_of(lines: list[Line]) -> str:
    """The signs of lines."""
    return "\n".join(line.text for line in lines)


def preformatted(lines: list[Line]) -> bool:
    """Whether lines are program code: plain text, some of it indented."""
    return any(line.text.startswith(("  ", "\t")) for line in lines) and not any(
        a.inline for line in lines for a in line.atoms
    )


def is_only_objects(line: Line) -> bool:
    """Whether a line holds pictures or formulas and no words."""
    return bool(line.atoms) and not any(atom.sign.isalnum() for atom in line.atoms if atom.inline is None)
