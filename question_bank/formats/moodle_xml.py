"""Moodle XML in and out (Moodle 4, qformat_xml): multichoice, truefalse, shortanswer, numerical, matching; the rest is kept."""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from html import escape
from urllib.parse import quote, unquote

import msgspec
from lxml import etree

from question_bank.bank.content import Content, Listing, of_text, plain
from question_bank.bank.item import BankItem, Draft, Key, Metadata, Option, Passage, letter
from question_bank.formats.html_content import HtmlReader, HtmlWriter
from question_bank.formats.opening import Element, parse_xml
from question_bank.formats.report import Accounted, Imported, ImportedItem, Issue
from question_bank.formats.resources import ResourceCollector
from question_bank.formats.selection import Selection
from question_bank.formats.verdicts import FALSE, TRUE
from question_bank.short_answer import is_complete, normalise

PLUGINFILE = "@@PLUGINFILE@@/"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
FEEDBACKS = ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback", "hint")
LONGEST_SOURCE = 200_000


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
        if node.get("format") in {"plain_text", "markdown"}:
            text = escape(text, quote=False).replace("\n", "<br/>")
        elif node.get("format") == "moodle_auto_format" and "<" not in text:
            text = text.replace("\n", "<br/>")
        files = {part.get("name", ""): _decoded(part) for part in node.iter("file")}
        reader = HtmlReader(self.collector, self._where, lambda href: _fetched(href, files), issues=self._issues)
        return reader.fragment(text)

    def _item(self, node: Element, extra: Extra, category: str) -> tuple[BankItem, Key]:
        stem = self._content(node.find("questiontext"))
        solution = self._content(node.find("generalfeedback"))
        self._feedback(node)
        metadata = self._metadata(node, extra, category)
        reader = {
            "multichoice": self._multichoice, "truefalse": self._truefalse, "shortanswer": self._shortanswer,
            "numerical": self._shortanswer, "matching": self._matching,
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

    def _feedback(self, node: Element) -> None:
        for name in FEEDBACKS:
            for part in node.findall(name):
                self._ignored(part)
        for part in node.iter("feedback"):
            self._ignored(part)

    def _ignored(self, node: Element) -> None:
        text = plain(HtmlReader(ResourceCollector(), tex_in_text=False).fragment(_text(node.find("text"))))
        if text.strip():
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
        for row in (*node.findall("subquestion"), *node.findall("answer")):
            entry = (*self._content(row), *of_text(unicodedata.normalize("NFC", _text(row.find("answer/text")))))
            if entry:
                entries.append(entry)
        source = unicodedata.normalize("NFC", etree.tostring(node, encoding="unicode", with_tail=False))
        more = (Listing(tuple(entries)),) if entries else ()
        return BankItem(
            "other", (*stem, *more), (), solution, "", None, metadata, source if len(source) <= LONGEST_SOURCE else ""
        )

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


def _decoded(node: Element) -> bytes | None:
    try:
        return base64.b64decode("".join(node.itertext()), validate=False)
    except (binascii.Error, ValueError):
        return None


def _fetched(href: str, files: dict[str, bytes | None]) -> bytes | None:
    if href.startswith(PLUGINFILE):
        return files.get(unquote(href.removeprefix(PLUGINFILE)).rsplit("/", 1)[-1].partition("?")[0])
    if href.startswith("data:") and ";base64," in href:
        try:
            return base64.b64decode(href.partition(",")[2], validate=False)
        except (binascii.Error, ValueError):
            return None
    return None


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
