"""Content as XHTML; what is written is read back as the same content when the content is `normalised`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from question_bank.bank.content import (
    Attachment,
    Block,
    Break,
    Cell,
    Content,
    Formula,
    Gap,
    Inline,
    Listing,
    Mark,
    Paragraph,
    Picture,
    Preformatted,
    Table,
    Text,
)

ELEMENTS: dict[Mark, str] = {
    "bold": "strong",
    "italic": "em",
    "underline": "u",
    "strike": "s",
    "sub": "sub",
    "sup": "sup",
    "code": "code",
}
MathmlOf = Callable[[str, bool], str]


@dataclass(slots=True)
class HtmlWriter:
    r"""Writes XHTML. `address` gives the reference of a resource by digest; `mathml` draws LaTeX, else it stays `\\(…\\)`."""

    address: Callable[[str], str]
    mathml: MathmlOf | None = None
    gap: Callable[[str], str] = lambda identifier: f'<span class="khaothi-gap">{escape(identifier)}</span>'

    def content(self, content: Content) -> str:
        """Blocks."""
        return "".join(self._block(block) for block in content)

    def inline(self, content: Content) -> str:
        """A content of one paragraph without its element; more is written as blocks."""
        if len(content) == 1 and isinstance(content[0], Paragraph):
            return self._inlines(content[0].inlines)
        return self.content(content)

    def _block(self, block: Block) -> str:
        match block:
            case Paragraph():
                return f"<p>{self._inlines(block.inlines)}</p>"
            case Preformatted():
                # HTML drops one line break at the beginning.
                return (
                    f"<pre>\n{escape(block.text, quote=False)}</pre>"
                    if self.mathml is None
                    else f"<pre>{escape(block.text, quote=False)}</pre>"
                )
            case Listing():
                name = "ol" if block.ordered else "ul"
                return f"<{name}>{''.join(f'<li>{self.content(entry)}</li>' for entry in block.entries)}</{name}>"
            case Table():
                return f"<table><tbody>{''.join(f'<tr>{self._cells(row)}</tr>' for row in block.rows)}</tbody></table>"

    def _cells(self, row: tuple[Cell, ...]) -> str:
        made = ""
        for cell in row:
            name = "th" if cell.header else "td"
            spans = f"{_attribute('colspan', cell.columns, 1)}{_attribute('rowspan', cell.rows, 1)}"
            made += f"<{name}{spans}>{self.content(cell.blocks)}</{name}>"
        return made

    def _inlines(self, inlines: tuple[Inline, ...]) -> str:
        return "".join(self._inline(inline) for inline in inlines)

    def _inline(self, inline: Inline) -> str:
        match inline:
            case Text():
                made = self._escaped(inline.text)
                for mark in inline.marks:
                    made = f"<{ELEMENTS[mark]}>{made}</{ELEMENTS[mark]}>"
                return made
            case Break():
                return "<br/>"
            case Formula():
                return self._formula(inline)
            case Picture():
                size = f"{_attribute('width', inline.width, 0)}{_attribute('height', inline.height, 0)}"
                return f'<img src="{escape(self.address(inline.sha256))}" alt="{escape(inline.alt)}"{size}/>'
            case Attachment():
                return f'<object data="{escape(self.address(inline.sha256))}" type="{escape(inline.media_type)}" title="{escape(inline.name)}"></object>'
            case Gap():
                return self.gap(inline.identifier)

    def _escaped(self, text: str) -> str:
        made = escape(text, quote=False)
        if self.mathml is None:
            # A backslash or dollar of the text must not begin a formula.
            made = re.sub(r"\\(?=[(\[])|\$(?=\$)", lambda m: f"<span>{m[0]}</span>", made)
        return made

    def _formula(self, formula: Formula) -> str:
        if self.mathml is not None:
            return self._mathml(formula)
        left, right = ("\\[", "\\]") if formula.display else ("\\(", "\\)")
        made = f"{left}{escape(formula.latex, quote=False)}{right}"
        if not formula.alt and not formula.preview and left not in formula.latex and right not in formula.latex:
            return made
        return f'<span class="khaothi-formula" data-alt="{escape(formula.alt)}" data-display="{str(formula.display).lower()}" data-preview="{formula.preview}">{made}</span>'

    def _mathml(self, formula: Formula) -> str:
        assert self.mathml is not None
        drawn = self.mathml(formula.latex, formula.display)
        display = ' display="block"' if formula.display else ""
        alt = f' alttext="{escape(formula.alt)}"' if formula.alt else ""
        preview = f' data-preview="{escape(self.address(formula.preview))}"' if formula.preview else ""
        note = f'<annotation encoding="application/x-tex">{escape(formula.latex, quote=False)}</annotation>'
        return f'<math xmlns="http://www.w3.org/1998/Math/MathML"{display}{alt}{preview}><semantics>{drawn}{note}</semantics></math>'


def _attribute(name: str, value: int, default: int) -> str:
    return "" if value == default else f' {name}="{value}"'
