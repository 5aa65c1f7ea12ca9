"""One question of a paper while it is being read: its lines, its choices, and how they are marked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from question_bank.formats.lines import Atom, Line
from question_bank.formats.paper import labels
from question_bank.formats.paper.labels import PartKind
from question_bank.formats.report import Issue, Value

FormOfKey = Literal["star", "underline", "red", "highlight", "bold", "italic"]
STRONG: tuple[FormOfKey, ...] = ("star", "underline", "red", "highlight")
WEAK: tuple[FormOfKey, ...] = ("bold", "italic")


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
    small_options: bool = False
    sure: bool = True

    def place(self) -> str:
        """Where it stands, for issues."""
        part = f"Phần {self.part.number}, " if self.part.number else ""
        return f"{part}Câu {self.number} ({self.where})"

    def told(self, code: str, *values: Value, covers: str = "") -> None:
        """Add an issue."""
        self.issues.append(Issue(code, self.place(), values, covers))

    def choices(self) -> list[Choice]:
        """Options or statements."""
        return self.options or self.statements

    def taken_verdicts(self) -> Iterator[str]:
        """What was cut from the ends of statements as their verdicts, once it is settled that they are statements."""
        for choice in self.statements:
            yield "".join(atom.sign for atom in choice.verdict_atoms)

    def marked(self) -> tuple[list[int], FormOfKey]:
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

    def strongly_marked(self) -> list[int]:
        """Indexes of the choices with a mark beyond doubt, also where all have it."""
        return [i for i, choice in enumerate(self.choices()) if any(choice.has(form) for form in STRONG)]

    def has_strong_mark(self) -> bool:
        """Whether any of its choices is marked beyond doubt."""
        choices = self.choices()
        return any(0 < sum(choice.has(form) for choice in choices) < len(choices) for form in STRONG)

    def letter_sets(self) -> list[tuple[str, ...]]:
        """Capital letters that each answer line and key table names, else the one of `Chọn B` in the solution."""
        count = len(self.choices())
        rest = [answer for answer in self.answers if not verdicts_of(answer, count)]
        sets = [found for answer in rest if (found := labels.letters_of(answer))]
        if not sets:
            chosen = [found["letter"] for line in self.solution for found in labels.CHOSEN.finditer(line.text)]
            if not chosen and (self.statements or self.small_options):
                chosen = [
                    found["letter"] for line in self.solution for found in labels.CHOSEN_SMALL.finditer(line.text)
                ]
            sets = [(chosen[-1].upper(),)] if chosen else []
        return sets

    def verdict_rows(self) -> list[tuple[str, ...]]:
        """True and false for every statement, from answers and from the ends of the statements."""
        choices = self.choices()
        rows = [row for answer in self.answers if (row := verdicts_of(answer, len(choices)))]
        own = tuple(labels.VERDICTS[choice.verdict.lower()] for choice in choices if choice.verdict)
        return [*rows, own] if own and len(own) == len(choices) else rows


def verdicts_of(answer: str, count: int) -> tuple[str, ...]:
    """`Đ S Đ S`, `ĐSĐS`, `a) Đúng b) Sai …` as true and false; empty when there are not `count` of them."""
    found: list[str] = []
    for single, row in labels.VERDICT.findall(answer):
        found += [labels.VERDICTS[single.lower()]] if single else [labels.VERDICTS[sign.lower()] for sign in row]
    return tuple(found) if len(found) == count else ()


def preformatted(lines: list[Line]) -> bool:
    """Whether lines are program code: plain text, some of it indented."""
    return any(line.text.startswith(("  ", "\t")) for line in lines) and not any(
        a.inline for line in lines for a in line.atoms
    )


def is_only_objects(line: Line) -> bool:
    """Whether a line holds pictures or formulas and no words."""
    return bool(line.atoms) and not any(atom.sign.isalnum() for atom in line.atoms if atom.inline is None)
