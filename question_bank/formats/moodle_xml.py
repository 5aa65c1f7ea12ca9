"""Moodle XML in and out (Moodle 4, qformat_xml): multichoice, truefalse, shortanswer, numerical, matching; the rest is kept."""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from html import escape
from urllib.parse import quote, unquote

import msgspec
from lxml import etree

from question_bank.bank.content import (
    Attachment,
    Content,
    Formula,
    Inline,
    Listing,
    Paragraph,
    Picture,
    inlines,
    of_text,
    plain,
)
from question_bank.bank.item import BankItem, Draft, Key, Metadata, Option, Passage, letter
from question_bank.formats.html_content import HtmlReader, HtmlWriter
from question_bank.formats.opening import Element, parse_xml
from question_bank.formats.report import Accounted, Imported, ImportedItem, Issue, tables
from question_bank.formats.resources import ResourceCollector, of_data_url
from question_bank.formats.selection import Selection
from question_bank.formats.verdicts import FALSE, TRUE
from question_bank.short_answer import is_complete, normalise

PLUGINFILE = "@@PLUGINFILE@@/"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
FEEDBACKS = ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback", "hint")
LONGEST_SOURCE = 200_000
TAG = re.compile(r"</?[a-zA-Z][^>]*>")
MARKDOWN = re.compile(r"\*\*\S|__\S|^#{1,6} |^\s*[-*] |!?\[[^\]]*\]\(|`", re.MULTILINE)
FILE = re.compile(r"(<file\b[^>]*>)[^<]*(</file>)")
LOST_PICTURE = frozenset({"picture_lost", "external_reference", "picture_too_large"})
# What a candidate sees of the question types that are kept as source: boxes, lists, rows, templates.
SHOWN = (
    "subquestion",
    "answer",
    "dragbox",
    "selectoption",
    "drag",
    "drop",
    "optiontext",
    "responsetext",
    "responsetemplate",
)


class Extra(msgspec.Struct, frozen=True, omit_defaults=True):
    """What Moodle has no place for; stands in an element of its own, which Moodle passes over."""

    kind: str = ""
    metadata: Metadata = Metadata()
    passage: str = ""
    shuffle: bool | None = None
    fixed: tuple[str, ...] = ()
    weights: tuple[tuple[str, str], ...] = ()
    tolerance: str = ""
    unsupported: str = ""


def read(raw: bytes) -> Imported:
    """The questions of a Moodle XML file.

    Raises:
        FileRefused: no XML, or hostile.
    """
    return _Reading(parse_xml(raw, "tệp")).imported()


@dataclass(slots=True)
class _Reading:
    root: Element
    collector: ResourceCollector = field(default_factory=ResourceCollector)
    accounted: Accounted = field(default_factory=Accounted)
    passages: dict[str, Passage] = field(default_factory=dict)
    _issues: list[Issue] = field(default_factory=list)
    _where: str = ""

    def imported(self) -> Imported:
        items: list[ImportedItem] = []
        category = ""
        for node in self.root.iter("question"):
            if node.get("type") == "category":
                category = _category(_text(node.find("category/text")))
                self.accounted.text.append(_text(node.find("category/text")))
                self.accounted.text.append(_text(node.find("info/text")))
                continue
            extra = _extra(node)
            number = len(items) + 1
            self._issues, self._where = [], f"Câu {number}"
            if node.get("type") == "description" and extra.kind == "passage":
                passage = Passage(self._content(node.find("questiontext")))
                self.passages[passage.id] = passage
                continue
            item, key = self._item(node, extra, category)
            items.append(ImportedItem(number, Draft(item, key), tuple(self._issues)))
        issues = () if items else (Issue("no_items", "tệp"),)
        return Imported(
            "moodle", tuple(items), tuple(self.passages.values()), self.collector.resources, issues, self.accounted
        )

    def told(self, code: str, *values: str, covers: str = "") -> None:
        self._issues.append(Issue(code, self._where, values, covers))

    def _content(self, node: Element | None) -> Content:
        if node is None:
            return ()
        text = _text(node.find("text")) if node.find("text") is not None else _text(node)
        if node.get("format") in {"plain_text", "markdown"} or (
            node.get("format") == "moodle_auto_format" and not TAG.search(text)
        ):
            text = escape(text, quote=False).replace("\n", "<br/>")
        if node.get("format") == "markdown" and MARKDOWN.search(text):
            self.told("markdown_raw")
        files = _files(node)
        used: set[str] = set()

        def fetch(href: str) -> bytes | None:
            used.add(_file_name(href))
            return _fetched(href, files)

        shown = HtmlReader(self.collector, self._where, fetch, issues=self._issues).fragment(text)
        for name in files.keys() - used:
            self.told("file_unused", name)
        return shown

    def _item(self, node: Element, extra: Extra, category: str) -> tuple[BankItem, Key]:
        stem = (*self._content(node.find("questiontext")), *self._old_picture(node))
        solution = self._content(node.find("generalfeedback"))
        self._feedback(node)
        metadata = self._metadata(node, extra, category)
        reader = {
            "multichoice": self._multichoice, "truefalse": self._truefalse, "shortanswer": self._shortanswer,
            "numerical": self._shortanswer, "matching": self._matching, "multichoiceset": self._multichoice_set,
            "kprime": self._rows, "mtf": self._rows,
        }.get(node.get("type", ""))  # fmt: skip
        made = reader(node, extra) if reader else None
        if made is None:
            return self._other(node, extra, stem, solution, metadata), Key()
        kind, options, key = made
        shuffle = (
            _truth(_text(node.find("shuffleanswers"))) if not extra.kind and kind != "short_answer" else extra.shuffle
        )
        item = BankItem(kind, stem, options, solution, extra.passage, shuffle, metadata)  # type: ignore[arg-type]
        self._judge(item, key)
        return item, key

    def _old_picture(self, node: Element) -> Content:
        """The one picture of a question in the format before Moodle 2."""
        encoded = node.find("image_base64")
        raw = _decoded(encoded) if encoded is not None else None
        if not raw:
            name = _text(node.find("image")).strip()
            if name:
                self.told("picture_lost", name)
            return ()
        made = self.collector.picture(raw, self._where)
        self._issues += self.collector.issues
        self.collector.issues.clear()
        return (Paragraph((made,)),) if made is not None else ()

    def _feedback(self, node: Element) -> None:
        for name in FEEDBACKS:
            for part in node.findall(name):
                self._ignored(part)
        for part in node.iter("feedback"):
            self._ignored(part)

    def _ignored(self, node: Element) -> None:
        passed: list[Issue] = []
        reader = HtmlReader(ResourceCollector(), fetch=lambda href: _fetched(href, _files(node)), issues=passed)
        shown = reader.fragment(_text(node.find("text")))
        text = plain(shown).strip()
        found = Counter(_quoted(inline) for inline in inlines(shown)) + Counter("picture" for issue in passed if issue.code in LOST_PICTURE)  # fmt: skip
        found["table"] += tables(shown)
        if text or found.total():
            self.accounted.quoted.update(found)
            text = text or ", ".join(sorted(kind for kind in found if kind))
            self.told("feedback_ignored", text, covers=text)

    def _metadata(self, node: Element, extra: Extra, category: str) -> Metadata:
        if extra.kind:
            return extra.metadata
        tags = tuple(
            sorted(
                {
                    unicodedata.normalize("NFC", tag)
                    for part in node.findall("tags/tag/text")
                    if (tag := _text(part).strip())
                }
            )
        )
        name = " ".join(_text(node.find("name/text")).split())
        return Metadata(topic=category, title=name, source=_text(node.find("idnumber")).strip(), tags=tags)

    def _multichoice(self, node: Element, extra: Extra) -> tuple[str, tuple[Option, ...], Key]:
        single = _text(node.find("single")).strip().lower() in {"true", "1"}
        answers = node.findall("answer")
        options = tuple(
            Option(letter(index), self._content(answer), fixed=letter(index) in extra.fixed)
            for index, answer in enumerate(answers)
        )
        fractions = [(letter(index), _fraction(answer)) for index, answer in enumerate(answers)]
        best = max((value for _, value in fractions), default=Decimal(0))
        right = tuple(name for name, value in fractions if value > 0 and (value == best or not single))
        weights = extra.weights if extra.kind else _weights(fractions, right)
        if weights and not extra.kind:
            self.told("weights_kept", ", ".join(f"{name} {value}" for name, value in weights))
        return ("single_choice" if single else "multiple_choice"), options, Key(right, weights)

    def _multichoice_set(self, node: Element, extra: Extra) -> tuple[str, tuple[Option, ...], Key]:
        """All or nothing, of a widespread plugin."""
        _, options, key = self._multichoice(node, extra)
        self.told("scoring_needs_review", "multichoiceset")
        return "multiple_choice", options, Key(key.right)

    def _rows(self, node: Element, _extra: Extra) -> tuple[str, tuple[Option, ...], Key] | None:
        """Statements with a weight for each of two columns (plugins kprime and mtf): a cluster when these are true and false."""
        columns = {part.get("number", ""): _text(part.find("responsetext/text")).strip() for part in node.findall("column")}  # fmt: skip
        verdicts = {number: "true" if TRUE.match(text) else "false" for number, text in columns.items() if TRUE.match(text) or FALSE.match(text)}  # fmt: skip
        rows = node.findall("row")
        if len(verdicts) != len(columns) or sorted(verdicts.values()) != ["false", "true"] or not rows:
            return None
        right = {part.get("rownumber", ""): verdicts.get(part.get("columnnumber", ""), "") for part in node.findall("weight") if _number(_text(part.find("value"))) > 0}  # fmt: skip
        options = tuple(Option(letter(index, statement=True), self._content(row.find("optiontext"))) for index, row in enumerate(rows))  # fmt: skip
        for row in rows:
            for part in row.findall("feedbacktext"):
                self._ignored(part)
        self.accounted.text.extend(columns.values())
        self.told("scoring_needs_review", _text(node.find("scoringmethod")).strip() or node.get("type", ""))
        key = tuple(right.get(row.get("number", ""), "") for row in rows)
        return "true_false_cluster", options, Key(key if all(key) else ())

    def _truefalse(self, node: Element, _extra: Extra) -> tuple[str, tuple[Option, ...], Key]:
        answers = node.findall("answer")
        options = tuple(Option(letter(index), self._content(answer)) for index, answer in enumerate(answers))
        right = tuple(letter(index) for index, answer in enumerate(answers) if _fraction(answer) > 0)
        return "single_choice", options, Key(right)

    def _shortanswer(self, node: Element, extra: Extra) -> tuple[str, tuple[Option, ...], Key]:
        numerical = node.get("type") == "numerical"
        answers = [(_text(answer.find("text")).strip(), _fraction(answer), answer) for answer in node.findall("answer")]
        best = max((value for _, value, _ in answers), default=Decimal(0))
        right, tolerance = [], ""
        for typed, value, answer in answers:
            text = unicodedata.normalize("NFC", typed)
            if value == best and value > 0:
                right.append(normalise(text) if numerical or is_complete(normalise(text)) else text)
                given = _text(answer.find("tolerance")).strip()
                tolerance = tolerance or ("" if not given or _number(given) == 0 else given)
            elif text:
                self.told("weights_kept", f"{text} {value}", covers=text)
        self.accounted.text.extend(right)
        sensitive = _text(node.find("usecase")).strip() == "1"
        key = Key(
            tuple(dict.fromkeys(right)),
            tolerance=extra.tolerance if extra.kind else tolerance,
            case_sensitive=sensitive,
        )
        if node.findall("units/unit"):
            names = ", ".join(_text(part.find("unit_name")) for part in node.findall("units/unit"))
            self.told("scoring_needs_review", names, covers=names)
        return "short_answer", (), key

    def _matching(self, node: Element, extra: Extra) -> tuple[str, tuple[Option, ...], Key] | None:
        rows = node.findall("subquestion")
        verdicts = [_text(row.find("answer/text")).strip() for row in rows]
        known = all(TRUE.match(text) or FALSE.match(text) for text in verdicts)
        if not rows or (not known and extra.kind != "true_false_cluster"):
            return None
        kept = [(row, text) for row, text in zip(rows, verdicts, strict=True) if _text(row.find("text")).strip()]
        options = tuple(
            Option(name, self._content(row), fixed=name in extra.fixed)
            for index, (row, _) in enumerate(kept)
            for name in [letter(index, statement=True)]
        )
        self.accounted.text.extend(verdicts)
        right = tuple("true" if TRUE.match(text) else "false" for _, text in kept) if known else ()
        return "true_false_cluster", options, Key(right)

    def _other(self, node: Element, extra: Extra, stem: Content, solution: Content, metadata: Metadata) -> BankItem:
        if extra.kind:
            return BankItem("other", stem, (), solution, extra.passage, extra.shuffle, metadata, extra.unsupported)
        kind = node.get("type", "?")
        self.told("essay" if kind == "essay" else "unsupported_interaction", kind)
        entries = []
        for row in node.iter(*SHOWN):
            own_answer = row.tag == "answer" and row.getparent() is node
            if not own_answer and (row.tag == "answer" or row.find("text") is None):
                continue
            entry = (*self._content(row), *of_text(unicodedata.normalize("NFC", _text(row.find("answer/text")))))
            if entry:
                entries.append(entry)
        more = (Listing(tuple(entries)),) if entries else ()
        for part in node.findall("graderinfo"):
            solution = (*solution, *self._content(part))
        for file in node.findall("file"):
            more = (*more, *self._background(file))
        return BankItem("other", (*stem, *more), (), solution, "", None, metadata, self._source(node))

    def _background(self, file: Element) -> Content:
        """The picture on which labels or markers are dropped."""
        raw = _decoded(file)
        made = self.collector.picture(raw, self._where, alt=file.get("name", "")) if raw else None
        self._issues += self.collector.issues
        self.collector.issues.clear()
        return (Paragraph((made,)),) if made is not None else ()

    def _source(self, node: Element) -> str:
        """The question as it stands in the file; without the bytes of its files where it is too long."""
        source = etree.tostring(node, encoding="unicode", with_tail=False)
        if len(source) > LONGEST_SOURCE:
            source = FILE.sub(r"\1\2", source)
        if len(source) > LONGEST_SOURCE:
            self.told("source_too_long", f"{len(source) >> 10} KB")
            return ""
        return unicodedata.normalize("NFC", source)

    def _judge(self, item: BankItem, key: Key) -> None:
        if not key.right:
            self.told("no_key")
        if item.kind == "single_choice" and len(key.right) > 1:
            self.told("two_keys", ", ".join(key.right), str(len(key.right)))
        if item.kind == "short_answer" and key.right and not is_complete(key.right[0]):
            self.told("key_not_enterable", key.right[0])
        empty = [option.identifier for option in item.options if not option.content]
        if empty:
            self.told("option_empty", ", ".join(empty))
        if item.kind != "short_answer" and len(item.options) < 2:
            self.told("too_few_options", str(len(item.options)))
        if not item.stem:
            self.told("stem_empty")


def _text(node: Element | None) -> str:
    return "" if node is None else "".join(node.itertext())


def _truth(text: str) -> bool | None:
    return {"true": True, "1": True, "false": False, "0": False}.get(text.strip().lower())


def _number(text: str) -> Decimal:
    try:
        return Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        return Decimal(0)


def _fraction(answer: Element) -> Decimal:
    return _number(answer.get("fraction", "0"))


def _weights(fractions: list[tuple[str, Decimal]], right: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Fractions as shares of the mark, where they say more than which options are right."""
    positive = [value for _, value in fractions if value > 0]
    even = (
        bool(positive) and max(positive) - min(positive) < Decimal("0.01") and abs(sum(positive, Decimal(0)) - 100) < 1
    )
    if even and all(value <= 0 for name, value in fractions if name not in right) and all(value in {0, -100} for _, value in fractions if value <= 0):  # fmt: skip
        return ()
    return tuple((name, f"{(value / 100).normalize():f}") for name, value in fractions if value)


def _category(path: str) -> str:
    """`$course$/top/Toán/Hàm số` is the topic `Toán / Hàm số`; a doubled slash stands for one."""
    steps = [step.replace("\0", "/").strip() for step in path.strip().replace("//", "\0").split("/")]
    kept = [step for step in steps if step and step != "top" and not re.fullmatch(r"\$\w+\$", step)]
    return unicodedata.normalize("NFC", " / ".join(kept))


def _files(node: Element) -> dict[str, bytes | None]:
    """Files that stand in a field, by name; those of a row inside it are its own."""
    return {part.get("name", ""): _decoded(part) for part in node.findall("file")}


def _file_name(href: str) -> str:
    return unquote(href.removeprefix(PLUGINFILE)).rsplit("/", 1)[-1].partition("?")[0]


def _quoted(inline: Inline) -> str:
    return "formula" if isinstance(inline, Formula) else "picture" if isinstance(inline, Picture | Attachment) else ""


def _decoded(node: Element) -> bytes | None:
    try:
        return base64.b64decode("".join(node.itertext()), validate=False)
    except (binascii.Error, ValueError):
        return None


def _fetched(href: str, files: dict[str, bytes | None]) -> bytes | None:
    if href.startswith(PLUGINFILE):
        return files.get(_file_name(href))
    return of_data_url(href) if href.startswith("data:") else None


def _extra(node: Element) -> Extra:
    raw = _text(node.find("khaothi")).strip()
    try:
        return msgspec.json.decode(raw, type=Extra) if raw else Extra()
    except msgspec.DecodeError:
        return Extra()


def write(selection: Selection) -> bytes:
    """The bytes of a Moodle XML file."""
    return _Writer(selection).document().encode()


class _Writer:
    def __init__(self, selection: Selection) -> None:
        self._selection = selection

    def document(self) -> str:
        rows, topic = [], None
        for passage in self._selection.passages.values():
            told = msgspec.json.encode(Extra(kind="passage")).decode()
            rows.append(
                f'<question type="description"><name><text>{passage.id}</text></name>{self._field("questiontext", passage.content)}<khaothi>{escape(told, quote=False)}</khaothi></question>'
            )
        for draft in self._selection.drafts:
            if draft.item.metadata.topic != topic:
                topic = draft.item.metadata.topic
                path = "/".join(step.strip().replace("/", "//") for step in topic.split(" / "))
                rows.append(
                    f'<question type="category"><category><text>$course$/top/{escape(path, quote=False)}</text></category></question>'
                )
            rows.append(self._question(draft))
        return f"{HEAD}<quiz>{''.join(rows)}</quiz>"

    def _field(self, name: str, content: Content, attributes: str = "", more: str = "") -> str:
        used: list[str] = []

        def address(sha256: str) -> str:
            used.append(sha256)
            return PLUGINFILE + quote(self._selection.address(sha256))

        html = HtmlWriter(address).inline(content)
        files = "".join(
            f'<file name="{self._selection.address(sha256)}" path="/" encoding="base64">{base64.b64encode(self._selection.resources[sha256].content).decode()}</file>'
            for sha256 in dict.fromkeys(used)
            if sha256 in self._selection.resources
        )
        return f'<{name}{attributes} format="html"><text>{_cdata(html)}</text>{files}{more}</{name}>'

    def _question(self, draft: Draft) -> str:
        item, key = draft.item, draft.key
        kinds = {
            "single_choice": "multichoice",
            "multiple_choice": "multichoice",
            "true_false_cluster": "matching",
            "short_answer": "shortanswer",
        }
        name = escape(item.metadata.title or " ".join(plain(item.stem).split())[:60] or "?", quote=False)
        fixed = tuple(option.identifier for option in item.options if option.fixed)
        extra = Extra(
            item.kind, item.metadata, item.passage, item.shuffle, fixed, key.weights, key.tolerance, item.unsupported
        )
        told = escape(msgspec.json.encode(extra).decode(), quote=False)
        tags = "".join(f"<tag><text>{escape(tag, quote=False)}</text></tag>" for tag in item.metadata.tags)
        return (
            f'<question type="{kinds.get(item.kind, "essay")}"><name><text>{name}</text></name>{self._field("questiontext", item.stem)}'
            f"{self._field('generalfeedback', item.solution)}<defaultgrade>1</defaultgrade>{self._answers(item, key)}"
            f"<tags>{tags}</tags><khaothi>{told}</khaothi></question>"
        )

    def _answers(self, item: BankItem, key: Key) -> str:
        shuffle = f"<shuffleanswers>{str(bool(item.shuffle)).lower()}</shuffleanswers>"
        if item.kind in {"single_choice", "multiple_choice"}:
            single = f"<single>{str(item.kind == 'single_choice').lower()}</single>"
            return (
                single
                + shuffle
                + "".join(
                    self._field("answer", option.content, f' fraction="{_share(option.identifier, item, key)}"')
                    for option in item.options
                )
            )
        if item.kind == "true_false_cluster":
            right = (*key.right, *("" for _ in item.options))
            names = {"true": "Đúng", "false": "Sai", "": ""}
            return shuffle + "".join(
                self._field("subquestion", option.content, more=f"<answer><text>{names[verdict]}</text></answer>")
                for option, verdict in zip(item.options, right, strict=False)
            )
        if item.kind == "short_answer":
            case = f"<usecase>{int(key.case_sensitive)}</usecase>"
            return case + "".join(
                f'<answer fraction="100" format="plain_text"><text>{escape(value, quote=False)}</text></answer>'
                for value in key.right
            )
        return ""


def _share(option: str, item: BankItem, key: Key) -> str:
    if key.weights:
        return f"{(Decimal(dict(key.weights).get(option, '0')) * 100).normalize():f}"
    if option not in key.right:
        return "0"
    return (
        "100"
        if item.kind == "single_choice"
        else f"{(Decimal(100) / len(key.right)).quantize(Decimal('0.00001')).normalize():f}"
    )


def _cdata(html: str) -> str:
    return f"<![CDATA[{html.replace(']]>', ']]]]><![CDATA[>')}]]>"
