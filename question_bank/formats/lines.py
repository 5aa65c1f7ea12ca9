"""Lines of a written paper: signs with their style, and formulas, pictures and tables in their places.

A line keeps one style a sign, so that a grammar can search its text and cut it anywhere without losing what stands there.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from question_bank.bank.content import MARKS, Break, Content, Inline, Mark, Paragraph, Table, Text

OBJECT = "\ufffc"
# Soft hyphen, zero-width space, word joiner, byte order mark, direction marks: they only say where a line may break.
INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff\u200e\u200f"))


@dataclass(frozen=True, slots=True)
class Style:
    """How a sign looks. `red` and `highlight` only serve to find keys; they are not content."""

    marks: frozenset[Mark] = frozenset()
    red: bool = False
    highlight: bool = False


PLAIN = Style()


@dataclass(frozen=True, slots=True)
class Atom:
    """One sign, or one object in its place."""

    sign: str
    style: Style = PLAIN
    inline: Inline | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph, or a table, with its place in the source (`where`)."""

    atoms: tuple[Atom, ...] = ()
    where: str = ""
    table: Table | None = None
    rows: tuple[tuple[tuple[Line, ...], ...], ...] = field(default=())
    code: bool = False

    @property
    def text(self) -> str:
        """The signs; `OBJECT` where a formula or picture stands."""
        return "".join(atom.sign for atom in self.atoms)

    def cut(self, start: int, stop: int | None = None) -> Line:
        """A part of the line, without spaces at its ends."""
        return Line(stripped(self.atoms[start:stop]), self.where)

    def without(self, start: int, stop: int) -> Line:
        """The line with a part taken out."""
        return Line(stripped((*self.atoms[:start], *self.atoms[stop:])), self.where, self.table, self.rows)


def atoms_of(text: str, style: Style = PLAIN) -> tuple[Atom, ...]:
    """Signs of one style, without those that are never seen."""
    return tuple(Atom(sign, style) for sign in unicodedata.normalize("NFC", text.translate(INVISIBLE)))


def stripped(atoms: tuple[Atom, ...]) -> tuple[Atom, ...]:
    """Without spaces at both ends."""
    start, stop = 0, len(atoms)
    while start < stop and atoms[start].sign.isspace():
        start += 1
    while stop > start and atoms[stop - 1].sign.isspace():
        stop -= 1
    return atoms[start:stop]


def _merged(atoms: Iterable[Atom]) -> Iterator[Inline]:
    text, marks = "", frozenset[Mark]()
    for atom in atoms:
        if atom.inline is None and atom.sign != "\n" and (atom.style.marks == marks or (not text)):
            text, marks = text + atom.sign, atom.style.marks
            continue
        if text:
            yield _text(text, marks)
        text, marks = "", frozenset()
        if atom.sign == "\n":
            yield Break()
        elif atom.inline is not None:
            yield atom.inline
        else:
            text, marks = atom.sign, atom.style.marks
    if text:
        yield _text(text, marks)


def _text(text: str, marks: frozenset[Mark]) -> Text:
    return Text(unicodedata.normalize("NFC", text), tuple(mark for mark in MARKS if mark in marks))


def paragraph(atoms: tuple[Atom, ...]) -> Paragraph | None:
    """The atoms as a paragraph; tabs become spaces. None when there is nothing."""
    cleaned = stripped(atoms)
    cleaned = tuple(Atom(" ", atom.style) if atom.sign in {"\t", "\u00a0"} else atom for atom in cleaned)
    inlines = tuple(_merged(cleaned))
    return Paragraph(inlines) if inlines else None


def content(lines: Iterable[Line]) -> Content:
    """Lines as blocks."""
    blocks: list[Paragraph | Table] = []
    for line in lines:
        if line.table is not None:
            blocks.append(line.table)
        elif (made := paragraph(line.atoms)) is not None:
            blocks.append(made)
    return tuple(blocks)


def common_marks(atoms: Iterable[Atom]) -> frozenset[Mark]:
    """Marks that every visible sign has; objects do not count."""
    found: frozenset[Mark] | None = None
    for atom in atoms:
        if atom.inline is None and not atom.sign.isspace() and atom.sign.isalnum():
            found = atom.style.marks if found is None else found & atom.style.marks
    return found or frozenset()


def without_marks(atoms: tuple[Atom, ...], marks: frozenset[Mark]) -> tuple[Atom, ...]:
    """The atoms with marks taken off."""
    if not marks:
        return atoms
    return tuple(Atom(a.sign, Style(a.style.marks - marks, a.style.red, a.style.highlight), a.inline) for a in atoms)
