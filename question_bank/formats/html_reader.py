"""XHTML and untidy HTML as content, as it stands in QTI, Moodle, GIFT and spreadsheets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote

from lxml import etree

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
    Preformatted,
    Table,
    Text,
)
from question_bank.formats.html_content import TEX, normalised
from question_bank.formats.mathml import MathmlWriter, local
from question_bank.formats.opening import Element
from question_bank.formats.pictures import media_type
from question_bank.formats.report import Issue
from question_bank.formats.resources import ResourceCollector

MARKED: dict[str, Mark] = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "cite": "italic", "var": "italic", "dfn": "italic",
    "u": "underline", "ins": "underline", "s": "strike", "strike": "strike", "del": "strike", "sub": "sub", "sup": "sup",
    "code": "code", "tt": "code", "kbd": "code", "samp": "code",
}  # fmt: skip
BLOCKS = frozenset(["p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "address", "section", "article", "aside", "figure", "figcaption", "header", "footer", "nav", "main", "center", "dl", "dt", "dd", "fieldset", "form", "details", "summary", "caption", "legend", "hr", "body", "html", "root"])  # fmt: skip
PHRASES = frozenset(["span", "a", "font", "abbr", "acronym", "label", "q", "big", "small", "ruby", "rb", "rt", "rp", "rbc", "rtc", "bdo", "bdi", "mark", "time", "data", "wbr", "nobr", "noscript", "picture", "annotation-xml"])  # fmt: skip
SKIPPED = frozenset(
    [
        "script",
        "style",
        "head",
        "title",
        "meta",
        "link",
        "stylesheet",
        "col",
        "colgroup",
        "source",
        "track",
        "param",
        "base",
        "catalog-info",
    ]
)
STYLES: tuple[tuple[re.Pattern[str], Mark], ...] = (
    (re.compile(r"text-decoration[^;]*underline"), "underline"),
    (re.compile(r"text-decoration[^;]*line-through"), "strike"),
    (re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)"), "bold"),
    (re.compile(r"font-style\s*:\s*italic"), "italic"),
)
DEEPEST = 60
# Below it libxml2 reads every text without being told to; a picture in the text may be longer.
LONG_TEXT = 9_000_000
# A table or list inside another takes more of the depth that a stored item may have (canonical.DEEPEST).
STEPS_OF_TABLE, STEPS_OF_LIST = 14, 9


@dataclass(slots=True)
class HtmlReader:
    """Reads XHTML. `fetch` gives the bytes of a reference or None; `special` may take over an element."""

    collector: ResourceCollector
    where: str = ""
    fetch: Callable[[str], bytes | None] = lambda _: None
    special: Callable[[Element], list[Inline | Block] | None] = lambda _: None
    tex_in_text: bool = True
    issues: list[Issue] = field(default_factory=list)

    def content(self, node: Element) -> Content:
        """Everything inside a node."""
        return normalised(tuple(self._flow(node, (), 0)))

    def fragment(self, html: str) -> Content:
        """A piece of HTML as it stands in Moodle and GIFT, however untidy."""
        parser = etree.HTMLParser(
            encoding="utf-8", no_network=True, remove_comments=True, huge_tree=len(html) > LONG_TEXT
        )
        try:
            root = etree.fromstring(f"<html><body>{_tidied(html)}</body></html>".encode(), parser)
        except (etree.ParserError, etree.XMLSyntaxError, ValueError):
            root = None
        body = None if root is None else root.find("body")
        if any("depth" in entry.message for entry in parser.error_log):
            text = re.sub(r"<[^>]*>", " ", html)
            self.issues.append(Issue("nested_too_deeply", self.where, (text,), covers=text))
        return () if body is None else self.content(body)

    def _flow(self, node: Element, marks: tuple[Mark, ...], depth: int) -> list[Block]:
        blocks: list[Block] = []
        line: list[Inline] = []

        def flush() -> None:
            if line:
                blocks.append(Paragraph(tuple(line)))
                line.clear()

        for piece in self._pieces(node, marks, depth):
            if isinstance(piece, Paragraph | Table | Listing | Preformatted):
                flush()
                blocks.append(piece)
            else:
                line.append(piece)
        flush()
        return blocks

    def _pieces(self, node: Element, marks: tuple[Mark, ...], depth: int) -> Iterator[Inline | Block]:
        if depth > DEEPEST:
            text = " ".join("".join(node.itertext()).split())
            self.issues.append(Issue("nested_too_deeply", self.where, (text,)))
            yield Text(text, marks)
            return
        yield from self._text(node.text or "", marks)
        for child in node:
            if isinstance(child.tag, str):
                yield from self._element(child, marks, depth + 1)
            yield from self._text(child.tail or "", marks)

    def _text(self, text: str, marks: tuple[Mark, ...]) -> Iterator[Inline]:
        position = 0
        for found in TEX.finditer(text) if self.tex_in_text else ():
            if found.start() > position:
                yield Text(text[position : found.start()], marks)
            latex = (found[1] or found[2] or found[3]).strip()
            if latex:
                yield Formula(unicodedata.normalize("NFC", latex), display=found[1] is None)
            position = found.end()
        if text[position:]:
            yield Text(text[position:], marks)

    def _element(self, node: Element, marks: tuple[Mark, ...], depth: int) -> Iterator[Inline | Block]:
        taken = self.special(node)
        if taken is not None:
            yield from taken
            return
        name = local(node).removeprefix("qti-").lower()
        if name in MARKED:
            yield from self._pieces(node, _with(marks, MARKED[name]), depth)
        elif name == "br":
            yield Break()
        elif name == "math":
            yield from self._math(node)
        elif name in {"img", "object", "embed", "audio", "video", "iframe", "svg", "image", "figure-image"}:
            yield from self._media(node, name, marks, depth)
        elif name == "table":
            yield from self._table(node, marks, depth)
        elif name in {"ul", "ol"}:
            entries = [
                tuple(self._flow(entry, marks, depth + STEPS_OF_LIST))
                for entry in node
                if local(entry).removeprefix("qti-") == "li"
            ]
            yield Listing(tuple(entries), name == "ol")
        elif name == "a":
            yield from self._link(node, marks, depth)
        elif name == "pre":
            yield Preformatted("".join(node.itertext()))
        elif name == "span" and node.get("class") == "khaothi-formula":
            yield Formula("".join(node.itertext()).strip()[2:-2].strip(), node.get("data-alt", ""), node.get("data-display") == "true", node.get("data-preview", ""))  # fmt: skip
        elif name == "span" and node.get("class") == "khaothi-gap":
            yield Gap("".join(node.itertext()))
        elif name in SKIPPED:
            return
        elif name in BLOCKS or (
            name not in PHRASES and any(local(part).removeprefix("qti-") in BLOCKS for part in node.iter())
        ):
            yield from self._block(node, name, marks, depth)
        else:
            if name not in PHRASES:
                self.issues.append(Issue("element_unknown", self.where, (name,)))
            style = (node.get("style") or "").lower()
            for pattern, mark in STYLES:
                marks = _with(marks, mark) if pattern.search(style) else marks
            yield from self._pieces(node, marks, depth)

    def _block(self, node: Element, name: str, marks: tuple[Mark, ...], depth: int) -> Iterator[Block]:
        if name not in BLOCKS:
            self.issues.append(Issue("element_unknown", self.where, (name,)))
        yield from self._flow(node, marks, depth)

    def _math(self, node: Element) -> Iterator[Inline]:
        writer = MathmlWriter()
        latex = unicodedata.normalize("NFC", writer.equation(node))
        if writer.doubts:
            self.issues.append(Issue("formula_doubtful", self.where, (latex, ", ".join(sorted(set(writer.doubts))))))
        alt = node.get("alttext", "") if node.get("alttext") != latex else ""
        if latex:
            preview = node.get("data-preview", "").rsplit("/", 1)[-1].partition(".")[0]
            yield Formula(latex, unicodedata.normalize("NFC", alt), node.get("display") == "block", preview)
        elif any(True for _ in node):
            self.issues.append(Issue("formula_unreadable", self.where, ("MathML",)))

    def _media(self, node: Element, name: str, marks: tuple[Mark, ...], depth: int) -> Iterator[Inline | Block]:
        if name == "svg":
            raw: bytes | None = etree.tostring(node, with_tail=False)
            href, alt = "svg", next(("".join(part.itertext()) for part in node if local(part) in {"title", "desc"}), "")
        else:
            href = node.get("src") or node.get("data") or node.get("href") or ""
            if not href:
                href = next((part.get("src", "") for part in node if local(part).removeprefix("qti-") == "source"), "")
            alt = node.get("alt") or node.get("title") or node.get("aria-label") or ""
            if not alt and name == "object":
                alt = " ".join("".join(node.itertext()).split())
            raw = self._fetched(href)
        if raw is None:
            if href:
                code = "external_reference" if re.match(r"(?:[a-z][a-z0-9+.-]*:)?//|(?:https?|ftp|file):", href, re.IGNORECASE) else "picture_lost"  # fmt: skip
                self.issues.append(Issue(code, self.where, (href,), covers=alt))
            if name in {"object", "audio", "video", "iframe"}:
                yield from self._pieces(node, marks, depth)
            return
        alt = unicodedata.normalize("NFC", " ".join(alt.split()))
        kind = node.get("type", "") or ("image/*" if name in {"img", "svg", "image"} else "")
        if name in {"audio", "video", "iframe", "embed"} or (name == "object" and not kind.startswith("image")):
            declared = kind if kind and kind != "image/*" else "application/octet-stream"
            if name != "object" or not _looks_like_picture(raw):
                self.issues.append(Issue("embedded_object", self.where, (href,)))
                yield Attachment(self.collector.keep(raw, declared), declared, alt or href.rsplit("/", 1)[-1])
                return
        made = self.collector.picture(
            raw, self.where, alt=alt, width=_number(node, "width"), height=_number(node, "height")
        )
        self.issues += self.collector.issues
        self.collector.issues.clear()
        if made is not None:
            yield made

    def _link(self, node: Element, marks: tuple[Mark, ...], depth: int) -> Iterator[Inline | Block]:
        """The text of a link; a file of the source that it leads to is kept, any other address is only named."""
        yield from self._pieces(node, marks, depth)
        href = (node.get("href") or "").strip()
        raw = self._fetched(href)
        if raw is not None:
            name = unquote(href).rsplit("/", 1)[-1]
            self.issues.append(Issue("embedded_object", self.where, (name,)))
            kind = node.get("type") or media_type(raw)
            yield Attachment(self.collector.keep(raw, kind), kind, unicodedata.normalize("NFC", name))
        elif href and not href.startswith("#"):
            self.issues.append(Issue("link_ignored", self.where, (href,)))

    def _fetched(self, href: str) -> bytes | None:
        return self.fetch(href) if href else None

    def _table(self, node: Element, marks: tuple[Mark, ...], depth: int) -> Iterator[Block]:
        for part in node:
            if local(part).removeprefix("qti-") == "caption":
                yield from self._flow(part, marks, depth)
        rows = []
        for row in node.iter():
            if not isinstance(row.tag, str) or local(row).removeprefix("qti-") != "tr" or _table_of(row) is not node:
                continue
            cells = []
            for cell in row:
                kind = local(cell).removeprefix("qti-") if isinstance(cell.tag, str) else ""
                if kind in {"td", "th"}:
                    blocks = tuple(self._flow(cell, marks, depth + STEPS_OF_TABLE))
                    cells.append(
                        Cell(blocks, max(1, _number(cell, "colspan")), max(1, _number(cell, "rowspan")), kind == "th")
                    )
            rows.append(tuple(cells))
        yield Table(tuple(rows))


def _tidied(html: str) -> str:
    """Signs that XML does not know are dropped before parsing."""
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", html)


def _table_of(row: Element) -> Element | None:
    return next((above for above in row.iterancestors() if local(above).removeprefix("qti-") == "table"), None)


def _with(marks: tuple[Mark, ...], mark: Mark) -> tuple[Mark, ...]:
    return marks if mark in marks else (*marks, mark)


def _number(node: Element, name: str) -> int:
    found = re.match(r"\s*(\d{1,5})(?:\.\d+)?\s*(?:px)?\s*$", node.get(name) or "")
    return int(found[1]) if found else 0


def _looks_like_picture(raw: bytes) -> bool:
    return media_type(raw).startswith("image/")
