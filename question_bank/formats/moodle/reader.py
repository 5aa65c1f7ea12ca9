"""Moodle XML in (Moodle 4, qformat_xml): multichoice, truefalse, shortanswer, numerical, matching, cloze with one gap; the rest is kept."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from html import escape

from lxml import etree

from question_bank.bank.content import (
    Content,
    Listing,
    Paragraph,
    inlines,
    of_text,
    plain,
)
from question_bank.bank.item import BankItem, Draft, Key, Metadata, Option, Passage, letter
from question_bank.formats.html_reader import HtmlReader
from question_bank.formats.moodle import cloze
from question_bank.formats.moodle.fields import (
    Extra,
    category_of,
    decoded,
    extra_of,
    fetched,
    file_name,
    files_of,
    fraction_of,
    number_of,
    quoted,
    text_of,
    truth,
    weights_of,
)
from question_bank.formats.opening import Element, parse_xml
from question_bank.formats.report import Accounted, Imported, ImportedItem, Issue, tables
from question_bank.formats.resources import ResourceCollector
from question_bank.formats.verdicts import FALSE, TRUE
from question_bank.short_answer import is_complete, normalise

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
                category = category_of(text_of(node.find("category/text")))
                self.accounted.text.append(text_of(node.find("category/text")))
                self.accounted.text.append(text_of(node.find("info/text")))
                continue
            extra = extra_of(node)
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

    def _content(self, node: Element | None, instead: str | None = None) -> Content:
        """A field; `instead` stands for its text."""
        if node is None:
            return ()
        text = text_of(node.find("text")) if node.find("text") is not None else text_of(node)
        text = text if instead is None else instead
        if node.get("format") in {"plain_text", "markdown"} or (
            node.get("format") == "moodle_auto_format" and not TAG.search(text)
        ):
            text = escape(text, quote=False).replace("\n", "<br/>")
        if node.get("format") == "markdown" and MARKDOWN.search(text):
            self.told("markdown_raw")
        files = files_of(node)
        used: set[str] = set()

        def fetch(href: str) -> bytes | None:
            used.add(file_name(href))
            return fetched(href, files)

        shown = HtmlReader(self.collector, self._where, fetch, issues=self._issues).fragment(text)
        for name in files.keys() - used:
            self.told("file_unused", name)
        return shown

    def _item(self, node: Element, extra: Extra, category: str) -> tuple[BankItem, Key]:
        source = text_of(node.find("questiontext/text"))
        gap = cloze.only_gap(source) if node.get("type") in {"cloze", "multianswer"} else None
        with_gap = (
            f'{source[: gap.start]}<span class="khaothi-gap">RESPONSE</span>{source[gap.stop :]}' if gap else None
        )
        stem = (*self._content(node.find("questiontext"), with_gap), *self._old_picture(node))
        solution = self._content(node.find("generalfeedback"))
        self._feedback(node)
        metadata = self._metadata(node, extra, category)
        reader = {
            "multichoice": self._multichoice, "truefalse": self._truefalse, "shortanswer": self._shortanswer,
            "numerical": self._shortanswer, "matching": self._matching, "multichoiceset": self._multichoice_set,
            "kprime": self._rows, "mtf": self._rows,
        }.get(node.get("type", ""))  # fmt: skip
        made = reader(node, extra) if reader else None
        if gap is not None:
            self.accounted.text.append(source[gap.start : gap.stop])
            made = self._cloze(gap)
        if made is None:
            return self._other(node, extra, stem, solution, metadata), Key()
        kind, options, key = made
        shuffle = (
            truth(text_of(node.find("shuffleanswers"))) if not extra.kind and kind != "short_answer" else extra.shuffle
        )
        item = BankItem(kind, stem, options, solution, extra.passage, shuffle, metadata)  # type: ignore[arg-type]
        self._judge(item, key)
        return item, key

    def _old_picture(self, node: Element) -> Content:
        """The one picture of a question in the format before Moodle 2."""
        encoded = node.find("image_base64")
        raw = decoded(encoded) if encoded is not None else None
        if not raw:
            name = text_of(node.find("image")).strip()
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
        reader = HtmlReader(ResourceCollector(), fetch=lambda href: fetched(href, files_of(node)), issues=passed)
        shown = reader.fragment(text_of(node.find("text")))
        text = plain(shown).strip()
        found = Counter(quoted(inline) for inline in inlines(shown)) + Counter("picture" for issue in passed if issue.code in LOST_PICTURE)  # fmt: skip
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
                    if (tag := text_of(part).strip())
                }
            )
        )
        name = " ".join(text_of(node.find("name/text")).split())
        return Metadata(topic=category, title=name, source=text_of(node.find("idnumber")).strip(), tags=tags)

    def _multichoice(self, node: Element, extra: Extra) -> tuple[str, tuple[Option, ...], Key]:
        single = text_of(node.find("single")).strip().lower() in {"true", "1"}
        answers = node.findall("answer")
        options = tuple(
            Option(letter(index), self._content(answer), fixed=letter(index) in extra.fixed)
            for index, answer in enumerate(answers)
        )
        fractions = [(letter(index), fraction_of(answer)) for index, answer in enumerate(answers)]
        best = max((value for _, value in fractions), default=Decimal(0))
        right = tuple(name for name, value in fractions if value > 0 and (value == best or not single))
        weights = extra.weights if extra.kind else weights_of(fractions, right)
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
        columns = {part.get("number", ""): text_of(part.find("responsetext/text")).strip() for part in node.findall("column")}  # fmt: skip
        verdicts = {number: "true" if TRUE.match(text) else "false" for number, text in columns.items() if TRUE.match(text) or FALSE.match(text)}  # fmt: skip
        rows = node.findall("row")
        if len(verdicts) != len(columns) or sorted(verdicts.values()) != ["false", "true"] or not rows:
            return None
        right = {part.get("rownumber", ""): verdicts.get(part.get("columnnumber", ""), "") for part in node.findall("weight") if number_of(text_of(part.find("value"))) > 0}  # fmt: skip
        options = tuple(Option(letter(index, statement=True), self._content(row.find("optiontext"))) for index, row in enumerate(rows))  # fmt: skip
        for row in rows:
            for part in row.findall("feedbacktext"):
                self._ignored(part)
        self.accounted.text.extend(columns.values())
        self.told("scoring_needs_review", text_of(node.find("scoringmethod")).strip() or node.get("type", ""))
        key = tuple(right.get(row.get("number", ""), "") for row in rows)
        return "true_false_cluster", options, Key(key if all(key) else ())

    def _truefalse(self, node: Element, _extra: Extra) -> tuple[str, tuple[Option, ...], Key]:
        answers = node.findall("answer")
        options = tuple(Option(letter(index), self._content(answer)) for index, answer in enumerate(answers))
        right = tuple(letter(index) for index, answer in enumerate(answers) if fraction_of(answer) > 0)
        return "single_choice", options, Key(right)

    def _shortanswer(self, node: Element, extra: Extra) -> tuple[str, tuple[Option, ...], Key]:
        numerical = node.get("type") == "numerical"
        answers = [
            (text_of(answer.find("text")).strip(), fraction_of(answer), answer) for answer in node.findall("answer")
        ]
        best = max((value for _, value, _ in answers), default=Decimal(0))
        right, tolerance = [], ""
        for typed, value, answer in answers:
            text = unicodedata.normalize("NFC", typed)
            if value == best and value > 0:
                right.append(normalise(text) if numerical or is_complete(normalise(text)) else text)
                given = text_of(answer.find("tolerance")).strip()
                tolerance = tolerance or ("" if not given or number_of(given) == 0 else given)
            elif text:
                self.told("weights_kept", f"{text} {value}", covers=text)
        self.accounted.text.extend(right)
        sensitive = text_of(node.find("usecase")).strip() == "1"
        key = Key(
            tuple(dict.fromkeys(right)),
            tolerance=extra.tolerance if extra.kind else tolerance,
            case_sensitive=sensitive,
        )
        if node.findall("units/unit"):
            names = ", ".join(text_of(part.find("unit_name")) for part in node.findall("units/unit"))
            self.told("scoring_needs_review", names, covers=names)
        return "short_answer", (), key

    def _cloze(self, gap: cloze.ClozeGap) -> tuple[str, tuple[Option, ...], Key]:
        """A text with one gap is a question with options, or a short answer."""
        for answer in gap.answers:
            if answer.feedback:
                self.told("feedback_ignored", answer.feedback, covers=answer.feedback)
        html = [
            HtmlReader(self.collector, self._where, issues=self._issues).fragment(answer.text) for answer in gap.answers
        ]
        shares = [(letter(index), number_of(answer.percent)) for index, answer in enumerate(gap.answers)]
        best = max((value for _, value in shares), default=Decimal(0))
        if gap.kind in {"choice", "several"}:
            single = gap.kind == "choice"
            right = tuple(name for name, value in shares if value > 0 and (value == best or not single))
            weights = weights_of(shares, right)
            if weights:
                self.told("weights_kept", ", ".join(f"{name} {value}" for name, value in weights))
            options = tuple(Option(letter(index), text) for index, text in enumerate(html))
            return ("single_choice" if single else "multiple_choice"), options, Key(right, weights)
        right_texts, tolerance = [], ""
        for text, (_, value) in zip(map(plain, html), shares, strict=True):
            typed, _, given = text.partition(":") if gap.kind == "number" else (text, "", "")
            if value == best and value > 0:
                right_texts.append(normalise(typed) if is_complete(normalise(typed)) else typed)
                tolerance = tolerance or ("" if number_of(given) == 0 else given.strip())
            else:
                self.told("weights_kept", f"{typed} {value}", covers=typed)
        return (
            "short_answer",
            (),
            Key(tuple(dict.fromkeys(right_texts)), tolerance=tolerance, case_sensitive=gap.case_sensitive),
        )

    def _matching(self, node: Element, extra: Extra) -> tuple[str, tuple[Option, ...], Key] | None:
        rows = node.findall("subquestion")
        verdicts = [text_of(row.find("answer/text")).strip() for row in rows]
        known = all(TRUE.match(text) or FALSE.match(text) for text in verdicts)
        if not rows or (not known and extra.kind != "true_false_cluster"):
            return None
        kept = [(row, text) for row, text in zip(rows, verdicts, strict=True) if text_of(row.find("text")).strip()]
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
            entry = (*self._content(row), *of_text(unicodedata.normalize("NFC", text_of(row.find("answer/text")))))
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
        raw = decoded(file)
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
