"""Items as a document: the HTML that becomes a Word file (keys underlined, as our import reads them) or a printed PDF."""

from __future__ import annotations

import base64
import re
from html import escape

from question_bank.bank.content import Content, Formula, Paragraph
from question_bank.bank.item import BankItem, Draft, Key
from question_bank.formats.html_writer import HtmlWriter
from question_bank.formats.selection import Selection

LEVEL_TAGS = {"NB": "[NB] ", "TH": "[TH] ", "VD": "[VD] ", "VDC": "[VDC] "}
# MathJax tells the box of a formula on its root element.
ROOT = re.compile(r"<svg[^>]*>")
STYLE = """
@page { size: A4; margin: 18mm 16mm 18mm 18mm; @bottom-center { content: counter(page) " / " counter(pages); font: 9pt "Be Vietnam Pro" } }
body { font: 11pt/1.5 "Be Vietnam Pro"; color: #111 }
h1 { font-size: 15pt; margin: 0 0 2mm } .about { color: #555; font-size: 9pt; margin: 0 0 6mm }
.item { break-inside: avoid; margin: 0 0 5mm } .item > p { margin: 0 0 1mm } .number { font-weight: 600 }
.option { margin: 0 0 0.5mm 6mm; display: flex } .option > b { flex: 0 0 7mm } .option > div > p { margin: 0 }
.passage { border-left: 1mm solid #999; padding-left: 3mm; margin: 0 0 4mm } img.formula { margin: 0 0.1em }
pre { font: 9.5pt monospace; white-space: pre-wrap } table { border-collapse: collapse } td, th { border: 0.3pt solid #444; padding: 1mm 2mm }
.keys { break-before: page } .keys table { width: 100% } .keys td { text-align: center } img { max-width: 150mm }
"""


class DocumentWriter:
    """Writes items one after the other; shared passages stand before the first item that names them."""

    def __init__(self, selection: Selection) -> None:
        self._selection = selection

    def word(self, *, with_keys: bool) -> str:
        r"""HTML for Word, formulas as `\(…\)`."""
        writer = HtmlWriter(self._data)
        rows: list[str] = []
        shown: set[str] = set()
        numbers = range(1, len(self._selection.drafts) + 1)
        for number, draft in zip(numbers, self._selection.drafts, strict=True):
            rows += self._passage(draft.item, number, shown, writer)
            rows.append(self._word_item(number, draft, writer, with_keys=with_keys))
        return "\n".join(rows)

    def _passage(self, item: BankItem, number: int, shown: set[str], writer: HtmlWriter) -> list[str]:
        passage = self._selection.passages.get(item.passage)
        if passage is None or item.passage in shown:
            return []
        shown.add(item.passage)
        last = max(index for index, draft in enumerate(self._selection.drafts, 1) if draft.item.passage == item.passage)
        return [f"<p>Đọc thông tin sau và trả lời từ câu {number} đến câu {last}:</p>{writer.content(passage.content)}"]

    def _word_item(self, number: int, draft: Draft, writer: HtmlWriter, *, with_keys: bool) -> str:
        item, key = draft.item, draft.key
        label = f"<strong>Câu {number}.</strong> {LEVEL_TAGS.get(item.metadata.level, '')}"
        rows = [_led(label, item.stem, writer)]
        right = _right(item, key) if with_keys else set()
        statement = item.kind == "true_false_cluster"
        for option in item.options:
            name = f"{option.identifier}{')' if statement else '.'}"
            rows.append(_led(f"<u>{name}</u> " if option.identifier in right else f"{name} ", option.content, writer))
        if with_keys and item.kind == "short_answer" and key.right:
            rows.append(f"<p>Đáp án: {escape(key.right[0])}</p>")
        if with_keys and item.solution:
            rows.append(_led("<strong>Lời giải.</strong> ", item.solution, writer))
        return "".join(rows)

    def _data(self, sha256: str) -> str:
        resource = self._selection.resources.get(sha256)
        return f"data:{resource.media_type};base64,{base64.b64encode(resource.content).decode()}" if resource else ""

    def print(self, title: str, *, with_keys: bool) -> str:
        """HTML for paper, formulas as the pictures that candidates see; keys on a page of their own."""
        writer = _PrintWriter(self._data, self._selection)
        rows: list[str] = []
        shown: set[str] = set()
        for number, draft in enumerate(self._selection.drafts, 1):
            passage = "".join(self._passage(draft.item, number, shown, writer))
            rows.append(
                (f'<div class="passage">{passage}</div>' if passage else "")
                + self._print_item(number, draft.item, writer)
            )
        keys = self._keys() if with_keys else ""
        head = f'<h1>{escape(title)}</h1><p class="about">{len(self._selection.drafts)} câu hỏi</p>'
        return f'<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{escape(title)}</title><style>{STYLE}</style></head><body>{head}{"".join(rows)}{keys}</body></html>'

    def _print_item(self, number: int, item: BankItem, writer: HtmlWriter) -> str:
        mark = ")" if item.kind == "true_false_cluster" else "."
        options = "".join(
            f'<div class="option"><b>{option.identifier}{mark}</b><div>{writer.content(option.content)}</div></div>'
            for option in item.options
        )
        stem = _led(f'<span class="number">Câu {number}.</span> ', item.stem, writer)
        answer = '<p>Trả lời: <span style="letter-spacing: 2mm">▢▢▢▢</span></p>' if item.kind == "short_answer" else ""
        return f'<div class="item">{stem}{options}{answer}</div>'

    def _keys(self) -> str:
        cells = [
            f"<b>{number}</b><br>{escape(shown_key(draft))}" for number, draft in enumerate(self._selection.drafts, 1)
        ]
        rows = "".join(
            f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells[at : at + 8])}</tr>" for at in range(0, len(cells), 8)
        )
        return f'<div class="keys"><h1>Đáp án</h1><table>{rows}</table></div>'


class _PrintWriter(HtmlWriter):
    """Formulas as pictures on the line, drawn by the renderer of the exam."""

    def __init__(self, address: object, selection: Selection) -> None:
        super().__init__(address)  # type: ignore[arg-type]
        self._svg = selection.svg

    def _formula(self, formula: Formula) -> str:
        if self._svg is None:
            return super()._formula(formula)
        raw = self._svg(f"\\displaystyle {formula.latex}" if formula.display else formula.latex).decode()
        root = ROOT.search(raw)
        told = {
            name: found[1]
            for name in ("style", "width", "height")
            if root and (found := re.search(rf'\s{name}="([^"]*)"', root[0]))
        }
        style = f"{told.get('style', '')};width:{told.get('width', 'auto')};height:{told.get('height', 'auto')}"
        data = base64.b64encode(raw.encode()).decode()
        return f'<img class="formula" style="{escape(style)}" src="data:image/svg+xml;base64,{data}" alt="{escape(formula.alt or formula.latex)}"/>'


def _led(label: str, content: Content, writer: HtmlWriter) -> str:
    """A content with a label at the beginning of its first line."""
    if content and isinstance(content[0], Paragraph):
        return f"<p>{label}{writer.inline(content[:1])}</p>{writer.content(content[1:])}"
    return f"<p>{label}</p>{writer.content(content)}"


def _right(item: BankItem, key: Key) -> set[str]:
    if item.kind == "true_false_cluster":
        return {
            option.identifier for option, verdict in zip(item.options, key.right, strict=False) if verdict == "true"
        }
    return set(key.right)


def shown_key(draft: Draft) -> str:
    """A key as teachers write it: `B`, `A, C`, `ĐSĐS`, `-1,5`."""
    if draft.item.kind == "true_false_cluster":
        return "".join("Đ" if verdict == "true" else "S" for verdict in draft.key.right)
    return (" | " if draft.item.kind == "short_answer" else ", ").join(draft.key.right)
