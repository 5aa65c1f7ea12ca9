r"""Content as a teacher edits it in a text field, and back, without losing anything.

A line is a paragraph. `$x^2$` is a formula (`$$x^2$$` on a line of its own), `**bold**`, `*italic*`, `![what it shows](name)`
a picture. What has no sign of its own (tables, lists, gaps, other marks, previews of formulas) is kept under a number,
`[[1]]`, and put back from the content that was being edited. A backslash before a sign takes its meaning away.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from question_bank.bank.content import Block, Content, Formula, Inline, Mark, Paragraph, Picture, Text
from question_bank.errors import MarkupMalformed

SIGNS = re.compile(r"([\\$*\[\]!])")
LINE_SIGNS = "\n"
TOKEN = re.compile(
    r"\\(?P<plain>.)"
    r"|\$\$(?P<display>(?:[^$\\]|\\.)+)\$\$"
    r"|\$(?P<formula>(?:[^$\\]|\\.)+)\$"
    r"|!\[(?P<alt>(?:[^\]\\]|\\.)*)\]\((?P<picture>[0-9a-f]{6,64})\)"
    r"|\[\[(?P<kept>\d+)\]\]"
    r"|(?P<bold>\*\*)|(?P<italic>\*)"
    r"|(?P<stray>[$\[\]!])",
    re.DOTALL,
)
WRITTEN: dict[tuple[Mark, ...], str] = {(): "", ("bold",): "**", ("italic",): "*"}
SHORT = 12


@dataclass(slots=True)
class _Writer:
    """What is kept under numbers while writing."""

    blocks: list[Block] = field(default_factory=list)
    inlines: list[Inline] = field(default_factory=list)
    kept: list[Block | Inline] = field(default_factory=list)

    def keep(self, value: Block | Inline) -> str:
        self.kept.append(value)
        return f"[[{len(self.kept)}]]"

    def block(self, block: Block) -> str:
        if isinstance(block, Paragraph) and block.inlines:
            return "".join(self.inline(inline) for inline in block.inlines)
        return self.keep(block)

    def inline(self, inline: Inline) -> str:
        match inline:
            case Text(text, marks) if marks in WRITTEN and _plain(text):
                return f"{WRITTEN[marks]}{escaped(text)}{WRITTEN[marks]}"
            case Formula(latex, "", display, "") if _in_dollars(latex):
                return f"$${latex}$$" if display else f"${latex}$"
            case Picture() if "\n" not in inline.alt:
                return f"![{escaped(inline.alt)}]({inline.sha256[:SHORT]})"
            case _:
                return self.keep(inline)


def _plain(text: str) -> bool:
    return bool(text) and "\n" not in text


def _in_dollars(latex: str) -> bool:
    return bool(latex) and re.fullmatch(r"(?:[^$\\\n]|\\[^\n])+", latex) is not None


def escaped(text: str) -> str:
    """Text whose signs mean themselves."""
    return SIGNS.sub(r"\\\1", text)


def write(content: Content) -> tuple[str, tuple[Block | Inline, ...]]:
    """The text, and what stands in it under numbers (from 1)."""
    writer = _Writer()
    return "\n".join(writer.block(block) for block in content), tuple(writer.kept)


def read(text: str, kept: Iterable[Block | Inline], picture: Callable[[str], Picture]) -> Content:
    """The content of a text.

    Args:
        text: what was typed.
        kept: what `write` kept, by number.
        picture: the picture of a digest, or of the beginning of one.

    Raises:
        MarkupMalformed: the message says in which line and what.
    """
    store = tuple(kept)
    blocks: list[Block] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        found = list(_Line(line, number, store, picture).values())
        if len(found) == 1 and not isinstance(found[0], Inline):
            blocks.append(found[0])
            continue
        inlines = [value for value in found if isinstance(value, Inline)]
        if len(inlines) != len(found):
            raise MarkupMalformed("line {number}: a table or list stands on a line of its own", number=number)
        blocks.append(Paragraph(tuple(_joined(inlines))))
    return tuple(blocks)


@dataclass(frozen=True, slots=True)
class _Line:
    line: str
    number: int
    kept: tuple[Block | Inline, ...]
    picture: Callable[[str], Picture]

    def values(self) -> Iterator[Block | Inline]:
        marks: set[Mark] = set()
        position = 0
        for found in TOKEN.finditer(self.line):
            if found.start() > position:
                yield Text(self.line[position : found.start()], _ordered(marks))
            position = found.end()
            kind = found.lastgroup
            if kind in {"bold", "italic"}:
                marks ^= {kind}  # type: ignore[arg-type]
            elif kind == "plain":
                yield Text(found["plain"], _ordered(marks))
            else:
                yield self._value(found)
        if position < len(self.line):
            yield Text(self.line[position:], _ordered(marks))
        if marks:
            raise MarkupMalformed(
                "line {number}: {sign} is not closed", number=self.number, sign="**" if "bold" in marks else "*"
            )

    def _value(self, found: re.Match[str]) -> Block | Inline:
        if found["formula"] or found["display"]:
            return Formula((found["formula"] or found["display"]), display=found["display"] is not None)
        if found["picture"]:
            shown = self.picture(found["picture"])
            alt = re.sub(r"\\(.)", r"\1", found["alt"])
            return Picture(shown.sha256, shown.media_type, alt, shown.width, shown.height)
        if found["kept"]:
            index = int(found["kept"])
            if not 1 <= index <= len(self.kept):
                raise MarkupMalformed(
                    "line {number}: there is nothing under [[{index}]]", number=self.number, index=index
                )
            return self.kept[index - 1]
        raise MarkupMalformed(
            "line {number}: {sign} is not closed; write \\{sign} for the sign", number=self.number, sign=found["stray"]
        )


def _ordered(marks: set[Mark]) -> tuple[Mark, ...]:
    return tuple(mark for mark in ("bold", "italic") if mark in marks)


def _joined(inlines: Iterable[Inline]) -> Iterator[Inline]:
    """Neighbouring text with the same marks is one text."""
    waiting: Text | None = None
    for inline in inlines:
        if isinstance(inline, Text) and waiting is not None and waiting.marks == inline.marks:
            waiting = Text(waiting.text + inline.text, waiting.marks)
            continue
        if waiting is not None:
            yield waiting
        waiting = inline if isinstance(inline, Text) else None
        if waiting is None:
            yield inline
    if waiting is not None:
        yield waiting
