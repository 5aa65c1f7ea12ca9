"""Content as authors write it: blocks of inlines, in the shape of QTI's flow content.

Pictures and embedded objects are named by the SHA-256 of their bytes, which the bank keeps as resources. A formula keeps
its LaTeX, and the picture that its source showed (a WMF preview of MathType) so that a person can compare the two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

import msgspec

Mark = Literal["bold", "italic", "underline", "strike", "sub", "sup", "code"]
MARKS: tuple[Mark, ...] = ("bold", "italic", "underline", "strike", "sub", "sup", "code")


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="text"):
    """Running text in NFC; `marks` in the order of `MARKS`."""

    text: str
    marks: tuple[Mark, ...] = ()


class Formula(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="formula"):
    """A formula in LaTeX. `preview` is the digest of the picture that its source showed, empty where there was none."""

    latex: str
    alt: str = ""
    display: bool = False
    preview: str = ""


class Picture(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="picture"):
    """A picture: digest of its bytes, media type, what it shows, and its size in CSS pixels (0: not told)."""

    sha256: str
    media_type: str
    alt: str = ""
    width: int = 0
    height: int = 0


class Attachment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="attachment"):
    """Anything else that is embedded: sound, video, a document."""

    sha256: str
    media_type: str
    name: str = ""


class Gap(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="gap"):
    """The place in the text where a response is written or chosen."""

    identifier: str


class Break(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="break"):
    """A new line inside a paragraph."""


Inline = Text | Formula | Picture | Attachment | Gap | Break


class Paragraph(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="paragraph"):
    """A paragraph."""

    inlines: tuple[Inline, ...]


class Preformatted(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="preformatted"):
    """Text whose spaces and line breaks are kept: program code, verse."""

    text: str


class Cell(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table cell."""

    blocks: tuple[Block, ...]
    columns: int = 1
    rows: int = 1
    header: bool = False


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="table"):
    """A table by rows."""

    rows: tuple[tuple[Cell, ...], ...]


class Listing(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="list"):
    """A bulleted or numbered list."""

    entries: tuple[tuple[Block, ...], ...]
    ordered: bool = False


Block = Paragraph | Preformatted | Table | Listing
Content = tuple[Block, ...]


def inlines(content: Content) -> Iterator[Inline]:
    """Every inline in reading order, those in tables and lists among them."""
    for block in content:
        match block:
            case Paragraph():
                yield from block.inlines
            case Table():
                for row in block.rows:
                    for cell in row:
                        yield from inlines(cell.blocks)
            case Listing():
                for entry in block.entries:
                    yield from inlines(entry)
            case Preformatted():
                yield Text(block.text)


def resources(content: Content) -> Iterator[str]:
    """Digests of every picture, preview and attachment."""
    for inline in inlines(content):
        match inline:
            case Picture() | Attachment():
                yield inline.sha256
            case Formula() if inline.preview:
                yield inline.preview


def plain(content: Content) -> str:
    """The text of a content: formulas as their LaTeX, pictures as what they show, blocks on lines of their own."""
    return "\n".join(line for block in content if (line := _plain_block(block)))


def _plain_block(block: Block) -> str:
    match block:
        case Paragraph():
            return "".join(_plain_inline(inline) for inline in block.inlines)
        case Preformatted():
            return block.text
        case Table():
            return "\n".join("\t".join(plain(cell.blocks) for cell in row) for row in block.rows)
        case Listing():
            return "\n".join(plain(entry) for entry in block.entries)


def _plain_inline(inline: Inline) -> str:
    match inline:
        case Text():
            return inline.text
        case Formula():
            return f"${inline.latex}$"
        case Picture():
            return inline.alt
        case Attachment():
            return inline.name
        case Gap():
            return "____"
        case Break():
            return "\n"


def of_text(text: str) -> Content:
    """A content of plain text, one paragraph a line."""
    return tuple(Paragraph((Text(line),)) for line in text.split("\n") if line.strip())


def mapped(content: Content, change: Callable[[Inline], Inline]) -> Content:
    """The content with every inline changed."""
    return tuple(_mapped_block(block, change) for block in content)


def _mapped_block(block: Block, change: Callable[[Inline], Inline]) -> Block:
    match block:
        case Paragraph():
            return Paragraph(tuple(change(inline) for inline in block.inlines))
        case Table():
            return Table(
                tuple(
                    tuple(msgspec.structs.replace(cell, blocks=mapped(cell.blocks, change)) for cell in row)
                    for row in block.rows
                )
            )
        case Listing():
            return Listing(tuple(mapped(entry, change) for entry in block.entries), block.ordered)
        case Preformatted():
            return block
