"""The form of content that every reader of HTML gives, so that what is written is read back as the same."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from question_bank.bank.content import (
    MARKS,
    Block,
    Break,
    Cell,
    Content,
    Inline,
    Listing,
    Paragraph,
    Preformatted,
    Table,
    Text,
)

TEX = re.compile(r"\\\((.+?)\\\)|\\\[(.+?)\\\]|\$\$(.+?)\$\$", re.DOTALL)
SPACES = re.compile(r"[ \t\r\n\f]+")


def normalised(content: Content) -> Content:
    """The form that every reader gives: runs merged, spaces collapsed, nothing empty."""
    return tuple(block for given in content if (block := _normal_block(given)) is not None)


def _normal_block(block: Block) -> Block | None:
    match block:
        case Paragraph():
            inlines = _normal_inlines(block.inlines)
            return Paragraph(inlines) if inlines else None
        case Table():
            rows = tuple(
                tuple(Cell(normalised(cell.blocks), cell.columns, cell.rows, cell.header) for cell in row)
                for row in block.rows
                if row
            )
            return Table(rows) if rows else None
        case Listing():
            entries = tuple(entry for given in block.entries if (entry := normalised(given)))
            return Listing(entries, block.ordered) if entries else None
        case Preformatted():
            text = unicodedata.normalize("NFC", block.text.replace("\r\n", "\n").replace("\r", "\n").strip("\n"))
            return Preformatted(text) if text.strip() else None


def _normal_inlines(inlines: tuple[Inline, ...]) -> tuple[Inline, ...]:
    merged: list[Inline] = []
    for inline in inlines:
        if isinstance(inline, Text):
            marks = tuple(mark for mark in MARKS if mark in inline.marks)
            last = merged[-1] if merged else None
            if isinstance(last, Text) and last.marks == marks:
                merged[-1] = Text(last.text + inline.text, marks)
            else:
                merged.append(Text(inline.text, marks))
        else:
            merged.append(inline)
    return tuple(_collapsed(merged))


def _collapsed(inlines: list[Inline]) -> Iterator[Inline]:
    """Spaces as HTML shows them: one between words, none at the ends of a line."""
    pending: list[Inline] = []
    space = True
    for inline in inlines:
        if isinstance(inline, Text):
            text = SPACES.sub(" ", unicodedata.normalize("NFC", inline.text))
            text = text.lstrip(" ") if space else text
            if not text:
                continue
            space = text.endswith(" ")
            pending.append(Text(text, inline.marks))
        else:
            if isinstance(inline, Break):
                _trim(pending)
            space = isinstance(inline, Break)
            pending.append(inline)
    _trim(pending)
    while pending and isinstance(pending[-1], Break):
        pending.pop()
        _trim(pending)
    while pending and isinstance(pending[0], Break):
        pending.pop(0)
    # Collapsing may have brought equal runs together.
    for index, inline in enumerate(pending):
        before = pending[index - 1] if index else None
        if isinstance(inline, Text) and isinstance(before, Text) and inline.marks == before.marks:
            pending[index] = Text(before.text + inline.text, inline.marks)
            pending[index - 1] = Text("")
    return (inline for inline in pending if not (isinstance(inline, Text) and not inline.text))


def _trim(pending: list[Inline]) -> None:
    while pending and isinstance(last := pending[-1], Text):
        text = last.text.rstrip(" ")
        if text:
            pending[-1] = Text(text, last.marks)
            return
        pending.pop()
