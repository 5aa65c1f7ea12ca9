r"""Content in a spreadsheet cell: plain text with `$formula$` where that says everything, else XHTML.

A cell that begins with `<` is XHTML. Pictures of other sheets are named `[[file]]`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from question_bank.bank.content import Content, Formula, Inline, Paragraph, Text
from question_bank.formats.html_content import normalised
from question_bank.formats.html_reader import HtmlReader
from question_bank.formats.html_writer import HtmlWriter

FORMULA = re.compile(
    r"(?<!\\)\$\$(?P<display>.+?)(?<!\\)\$\$|(?<!\\)\$(?P<inline>(?:[^$\\]|\\.)+?)\$|\\\((?P<round>.+?)\\\)", re.DOTALL
)


def read(text: str, reader: HtmlReader) -> Content:
    """The content of a cell."""
    text = text.strip()
    if re.match(r"<[a-zA-Z!]", text):
        return reader.fragment(text)
    lines = [
        _line(line) for line in unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    ]
    return normalised(tuple(Paragraph(line) for line in lines))


def _line(text: str) -> tuple[Inline, ...]:
    made: list[Inline] = []
    position = 0
    for found in FORMULA.finditer(text):
        made.append(Text(text[position : found.start()].replace("\\$", "$")))
        latex = found["display"] or found["inline"] or found["round"]
        made.append(Formula(latex.strip(), display=found["display"] is not None))
        position = found.end()
    return (*made, Text(text[position:].replace("\\$", "$")))


def write(content: Content, address: Callable[[str], str]) -> str:
    """A cell that `read` gives back as the same content."""
    if all(isinstance(block, Paragraph) and all(_plain(inline) for inline in block.inlines) for block in content):
        text = "\n".join(
            "".join(_shown(inline) for inline in block.inlines) for block in content if isinstance(block, Paragraph)
        )
        if not text.startswith("<") and "\\(" not in text.replace("\\$", ""):
            return text
    return HtmlWriter(address).content(content)


def _plain(inline: Inline) -> bool:
    if isinstance(inline, Formula):
        simple = not inline.alt and not inline.preview and not inline.display
        return simple and "$" not in inline.latex and not inline.latex.endswith("\\") and "\n" not in inline.latex
    return isinstance(inline, Text) and not inline.marks and "\\" not in inline.text


def _shown(inline: Inline) -> str:
    if isinstance(inline, Formula):
        return f"${inline.latex}$"
    assert isinstance(inline, Text)
    return inline.text.replace("$", "\\$")
