"""Aiken, and plain text papers: `A.` or `A)` options and `ANSWER: X`; texts with `Câu n` go through the paper grammar."""

from __future__ import annotations

import re
from dataclasses import replace

from question_bank.bank.content import Formula
from question_bank.formats import encodings
from question_bank.formats.html_content import TEX
from question_bank.formats.lines import OBJECT, Atom, Line, atoms_of
from question_bank.formats.paper import labels
from question_bank.formats.paper.parser import PaperParser
from question_bank.formats.report import Imported
from question_bank.formats.text_file import file_issues_of

ANSWER = re.compile(r"^\s*ANSWER\s*:", re.IGNORECASE)
SEPARATOR = "[<br>]"


def read(raw: bytes) -> Imported:
    """The questions of an Aiken file, or of a paper in plain text."""
    text, encoding, legacy = encodings.decoded(raw)
    source = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    numbered = any(labels.QUESTION.match(line) for line in source)
    lines = []
    for number, line in enumerate(source, 1):
        lines.append(_line(line, number))
        # In Aiken the answer line ends a question.
        if not numbered and ANSWER.match(line):
            lines.append(Line(atoms_of(SEPARATOR), f"dòng {number}"))
    parser = PaperParser()
    items = parser.parse(lines)
    accounted = replace(parser.state.accounted, unfolded=parser.state.unfolded)
    issues = (*file_issues_of(encoding, legacy), *parser.state.issues)
    return Imported("aiken", items, parser.passages, {}, issues, accounted)


def _line(text: str, number: int) -> Line:
    atoms: list[Atom] = []
    position = 0
    for found in TEX.finditer(text):
        atoms += atoms_of(text[position : found.start()])
        atoms.append(Atom(OBJECT, inline=Formula((found[1] or found[2] or found[3]).strip(), display=found[1] is None)))
        position = found.end()
    return Line((*atoms, *atoms_of(text[position:])), f"dòng {number}")
