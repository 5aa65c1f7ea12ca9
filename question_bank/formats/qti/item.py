"""One QTI item into an item of the bank."""

from __future__ import annotations

import json
import posixpath
import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from urllib.parse import unquote

from lxml import etree

from question_bank.bank.content import Block, Content, Gap, Inline, Listing, Paragraph, Text
from question_bank.bank.item import LEVELS, BankItem, Draft, Key, Kind, Level, Metadata, Option, Passage, letter
from question_bank.formats.html_content import HtmlReader
from question_bank.formats.opening import Element
from question_bank.formats.qti import processing
from question_bank.formats.qti.model import (
    CUSTOM,
    Declaration,
    ItemParts,
    attribute,
    children,
    interaction_of,
    name_of,
    text_of,
)
from question_bank.formats.report import ImportedItem, Issue
from question_bank.formats.resources import ResourceCollector, of_data_url
from question_bank.formats.verdicts import FALSE, TRUE
from question_bank.short_answer import is_complete, normalise

SUPPORTED = {"choice", "inlinechoice", "textentry", "match", "extendedtext"}
FEEDBACK = {"feedbackblock", "feedbackinline", "modalfeedback"}
LONGEST_SOURCE = 200_000


@dataclass(slots=True)
class ItemReader:
    """Reads items of one package. `fetch` gives a member by its path, or None."""

    collector: ResourceCollector
    fetch: Callable[[str], bytes | None]
    stimulus: Callable[[str], Element | None]
    passages: dict[str, Passage] = field(default_factory=dict)
    consumed: list[str] = field(default_factory=list)
    quoted: Counter[str] = field(default_factory=Counter)
    used: set[str] = field(default_factory=set)
    _folder: str = ""
    _issues: list[Issue] = field(default_factory=list)
    _where: str = ""

    def read(self, root: Element, path: str, number: int, extra: Metadata) -> ImportedItem:
        """The item of a root element; `extra` is what the manifest says of it."""
        self._folder, self._issues = posixpath.dirname(path), []
        self._where = f"Câu {number} ({path or attribute(root, 'identifier')})"
        parts = ItemParts.of(root)
        item, key = self._made(parts, extra)
        return ImportedItem(number, Draft(item, key), tuple(self._issues), origin=path)

    def told(self, code: str, *values: str, covers: str = "") -> None:
        """Add an issue."""
        self._issues.append(Issue(code, self._where, values, covers))

    def _html(self, *, inside: bool = False) -> HtmlReader:
        reader = HtmlReader(self.collector, self._where, self._member, tex_in_text=False, issues=self._issues)
        reader.special = self._special_inside if inside else self._special
        return reader

    def _member(self, href: str) -> bytes | None:
        if href.startswith("data:"):
            return of_data_url(href)
        if re.match(r"(?:[a-z][a-z0-9+.-]*:)?//", href, re.IGNORECASE):
            return None
        return self.fetch(posixpath.normpath(posixpath.join(self._folder, unquote(href.partition("#")[0]))))

    def _special(self, node: Element) -> list[Inline | Block] | None:
        """Elements of QTI inside flow content."""
        kind, name = interaction_of(node), name_of(node)
        if node.get("class") == "khaothi-response":
            return []
        if kind in {"choice", "match"}:
            # Its choices are options; only the prompt belongs to the stem.
            return self._prompt(node)
        if kind in {"textentry", "inlinechoice"}:
            return [Gap(attribute(node, "response-identifier", "RESPONSE"))]
        if kind == "extendedtext":
            return self._prompt(node)
        return self._special_inside(node) if not kind or name == "positionobjectstage" else self._whole(node)

    def _special_inside(self, node: Element) -> list[Inline | Block] | None:
        name = name_of(node)
        if name in FEEDBACK:
            self._feedback(node)
            return []
        if name == "rubricblock":
            return self._rubric(node)
        if name in {"printedvariable", "mathvariable"}:
            return [Text(f"{{{attribute(node, 'identifier')}}}")]
        if name in {"positionobjectstage", "positionobjectinteraction"}:
            return list(self._html(inside=True).content(node))
        if name in {"templateblock", "templateinline", "contentbody", "prompt", "gap", "hottext", "gaptext", "gapimg", "simplechoice", "simpleassociablechoice", "simplematchset", "associablehotspot", "hotspotchoice", "inlinechoice", "infocontrol", "stimulusbody"}:  # fmt: skip
            return self._inside(node, name)
        if name in {"endattemptinteraction", "interactionmarkup", "interactionmodules", "companionmaterialsinfo"}:
            text = text_of(node)
            if text or name == "endattemptinteraction":
                self.told("unsupported_interaction", name, covers=text + attribute(node, "title"))
            return []
        return None

    def _inside(self, node: Element, name: str) -> list[Inline | Block]:
        reader = self._html(inside=True)
        if name in {"gap", "hotspotchoice", "associablehotspot"} and not text_of(node):
            return [Gap(attribute(node, "identifier"))]
        inner = reader.content(node)
        inline = name in {"hottext", "gaptext", "templateinline", "inlinechoice"}
        if inline and len(inner) == 1 and isinstance(inner[0], Paragraph):
            return [Text(" "), *inner[0].inlines, Text(" ")]
        return list(inner)

    def _rubric(self, node: Element) -> list[Inline | Block]:
        if "candidate" in attribute(node, "view", "candidate").split():
            return list(self._html().content(node))
        return []

    def _prompt(self, node: Element) -> list[Inline | Block]:
        made: list[Inline | Block] = []
        for prompt in children(node, "prompt"):
            made += self._html().content(prompt)
        return made

    def _whole(self, node: Element) -> list[Inline | Block]:
        """An interaction that cannot be delivered: all of its content, choices as a list."""
        made: list[Inline | Block] = []
        choices = []
        reader = self._html(inside=True)
        for child in node:
            if name_of(child) in {"simplechoice", "simpleassociablechoice", "gaptext", "gapimg", "hottext"}:
                choices.append(reader.content(child))
            elif name_of(child) == "simplematchset":
                choices += [reader.content(choice) for choice in children(child, "simpleassociablechoice")]
            elif isinstance(child.tag, str):
                holder = etree.Element("div")
                holder.append(_copied(child))
                made += reader.content(holder)
        kept = tuple(choice for choice in choices if choice)
        return [*made, Listing(kept)] if kept else made

    def _made(self, parts: ItemParts, extra: Metadata) -> tuple[BankItem, Key]:
        for node in parts.feedback:
            self._feedback(node)
        for node in parts.aside:
            self._aside(node)
        metadata = self._metadata(parts, extra)
        told = parts.body.get("data-khaothi-kind", "") if parts.body is not None else ""
        custom = self._custom(parts)
        if custom and not told:
            self.told("scoring_needs_review", custom)
        kind, interaction = self._kind(parts, told)
        stem = self._stem(parts, kind)
        passage = self._passage(parts)
        if kind == "other":
            return self._other(parts, stem, passage, metadata, told)
        assert interaction is not None
        declaration = self._keyed(parts.declaration(interaction), parts)
        shuffle = _truth(attribute(interaction, "shuffle")) if kind != "short_answer" else None
        if told:
            shuffle = _truth(parts.body.get("data-khaothi-shuffle", "")) if parts.body is not None else None
        options, key = self._answers(kind, interaction, declaration, parts)
        solution = self._solution(parts)
        item = BankItem(kind, stem, options, solution, passage, shuffle, metadata)
        self._judge(item, key, parts)
        return item, key

    @staticmethod
    def _custom(parts: ItemParts) -> str:
        """What is special about the scoring; rules that only write out a standard template are not."""
        custom = parts.custom_processing()
        if parts.processing is None or custom != CUSTOM or len(parts.interactions) != 1:
            return custom
        said = processing.written_out(parts.processing)
        mapped = bool(parts.declaration(parts.interactions[0][1]).mapping)
        return "" if said == "match_correct" or (said == "map_response" and mapped) else custom

    @staticmethod
    def _keyed(declaration: Declaration, parts: ItemParts) -> Declaration:
        """The declaration with the value that the rules reward, where it declares no correct response itself."""
        if declaration.correct or declaration.mapping or parts.processing is None or parts.templates:
            return declaration
        response, values = processing.literal_key(parts.processing)
        return replace(declaration, correct=values) if response == declaration.identifier else declaration

    def _feedback(self, node: Element) -> None:
        """Feedback is quoted in an issue; what stands in it besides text is counted."""
        found = objects_of(node)
        text = " ".join([text_of(node), *(attribute(part, "alt") for part in node.iter() if name_of(part) == "img")]).strip()  # fmt: skip
        if text or found:
            self.quoted.update(found)
            self.told("feedback_ignored", text or ", ".join(sorted(found)), covers=text)

    def _aside(self, node: Element) -> None:
        """Catalogues and other supports beside the body."""
        text = text_of(node)
        if text:
            self.told("support_ignored", name_of(node), text, covers=text)

    def _kind(self, parts: ItemParts, told: str) -> tuple[Kind, Element | None]:
        if len(parts.interactions) != 1 or told == "other":
            return "other", None
        kind, node = parts.interactions[0]
        declaration = parts.declaration(node)
        if kind == "choice":
            single = declaration.cardinality == "single" or (declaration.cardinality not in {"multiple", "ordered"} and attribute(node, "max-choices", "1") == "1")  # fmt: skip
            return ("single_choice" if single else "multiple_choice"), node
        if kind == "inlinechoice":
            return "single_choice", node
        if kind == "textentry":
            return "short_answer", node
        if kind == "match" and _verdict_columns(node) is not None:
            return "true_false_cluster", node
        return "other", None

    def _other(
        self, parts: ItemParts, stem: Content, passage: str, metadata: Metadata, told: str
    ) -> tuple[BankItem, Key]:
        if told:
            return BankItem("other", stem, (), self._solution(parts), passage, None, metadata, ""), Key()
        kinds = sorted({kind for kind, _ in parts.interactions}) or ["none"]
        self.told("essay" if kinds == ["extendedtext"] else "unsupported_interaction", " + ".join(kinds))
        source = etree.tostring(parts.root, encoding="unicode", with_tail=False)
        kept = unicodedata.normalize("NFC", source) if len(source) <= LONGEST_SOURCE else ""
        if not kept:
            self.told("source_too_long", f"{len(source) >> 10} KB")
        return BankItem("other", stem, (), self._solution(parts), passage, None, metadata, kept), Key()

    def _stem(self, parts: ItemParts, kind: Kind) -> Content:
        if parts.body is None:
            return ()
        reader = self._html()
        if kind == "other":
            reader.special = self._special_whole
        return reader.content(parts.body)

    def _special_whole(self, node: Element) -> list[Inline | Block] | None:
        """Inside items that are kept as source: every choice is content."""
        kind = interaction_of(node)
        if kind == "textentry":
            return [Gap(attribute(node, "response-identifier", "RESPONSE"))]
        if kind == "inlinechoice":
            texts = [text_of(choice) for choice in children(node, "inlinechoice")]
            return [Gap(attribute(node, "response-identifier", "RESPONSE")), Text(f" ({' / '.join(texts)}) ")]
        if kind and name_of(node) not in {"positionobjectstage", "endattemptinteraction"}:
            return self._whole(node)
        return self._special_inside(node)

    def _passage(self, parts: ItemParts) -> str:
        made: list[Block] = []
        for href in parts.stimuli:
            path = posixpath.normpath(posixpath.join(self._folder, unquote(href)))
            root = self.stimulus(path)
            self.used.add(path)
            if root is None:
                self.told("file_missing", href)
                continue
            folder, self._folder = self._folder, posixpath.dirname(path)
            for body in children(root, "stimulusbody"):
                made += self._html().content(body)
            self._folder = folder
        if not made:
            return ""
        passage = Passage(tuple(made))
        self.passages[passage.id] = passage
        return passage.id

    def _solution(self, parts: ItemParts) -> Content:
        if parts.body is None:
            return ()
        made: list[Block] = []
        for node in parts.body.iter():
            if name_of(node) == "rubricblock" and "candidate" not in attribute(node, "view", "candidate").split():
                made += self._html().content(node)
        return tuple(made)

    def _answers(
        self, kind: Kind, node: Element, declaration: Declaration, parts: ItemParts
    ) -> tuple[tuple[Option, ...], Key]:
        if kind == "short_answer":
            return (), self._short_key(declaration, parts)
        if kind == "true_false_cluster":
            return self._cluster(node, declaration)
        name = "inlinechoice" if interaction_of(node) == "inlinechoice" else "simplechoice"
        nodes = [choice for choice in node.iter() if name_of(choice) == name]
        letters = {attribute(choice, "identifier"): letter(index) for index, choice in enumerate(nodes)}
        options = tuple(
            Option(letter(index), self._html(inside=True).content(choice), fixed=attribute(choice, "fixed") == "true")
            for index, choice in enumerate(nodes)
        )
        right = [letters[value] for value in declaration.correct if value in letters]
        for value in declaration.correct:
            if value not in letters:
                self.told("key_unknown_option", value)
        weights = tuple((letters[name], _plain(value)) for name, value in declaration.mapping if name in letters)
        if not right and weights:
            right = _best(weights, single=kind == "single_choice")
        if _says_more(weights, right):
            self.told("weights_kept", ", ".join(f"{name} {value}" for name, value in weights))
        else:
            weights = ()
        return options, Key(tuple(sorted(set(right), key=_order)), weights)

    def _cluster(self, node: Element, declaration: Declaration) -> tuple[tuple[Option, ...], Key]:
        columns = _verdict_columns(node)
        assert columns is not None
        rows, true, false = columns
        options = []
        right = []
        pairs = {tuple(value.split()[:2]) for value in declaration.correct}
        pairs |= {
            tuple(name.split()[:2])
            for name, value in declaration.mapping
            if not declaration.correct and _positive(value)
        }
        for index, row in enumerate(rows):
            identifier = attribute(row, "identifier")
            fixed = attribute(row, "fixed") == "true"
            options.append(Option(letter(index, statement=True), self._html(inside=True).content(row), fixed=fixed))
            says_true = (identifier, true) in pairs or (true, identifier) in pairs
            says_false = (identifier, false) in pairs or (false, identifier) in pairs
            if says_true != says_false:
                right.append("true" if says_true else "false")
        for match_set in children(node, "simplematchset"):
            for choice in children(match_set, "simpleassociablechoice"):
                if attribute(choice, "identifier") in {true, false}:
                    self.consumed.append(text_of(choice))
        return tuple(options), Key(tuple(right) if len(right) == len(rows) else ())

    def _short_key(self, declaration: Declaration, parts: ItemParts) -> Key:
        best = max((_number(value) for _, value in declaration.mapping), default=Decimal(0))
        mapped = [name for name, value in declaration.mapping if _number(value) == best > 0]
        part = [f"{name} = {_plain(value)}" for name, value in declaration.mapping if 0 < _number(value) < best and name not in declaration.correct]  # fmt: skip
        if part:
            self.told("scoring_needs_review", "; ".join(part))
        values = list(dict.fromkeys(unicodedata.normalize("NFC", value) for value in (*declaration.correct, *mapped)))
        cells = [
            normalise(value)
            if is_complete(normalise(value)) or declaration.base_type in {"float", "integer"}
            else value
            for value in values
        ]
        body = parts.body
        tolerance = body.get("data-khaothi-tolerance", "") if body is not None else ""
        sensitive = declaration.case_sensitive
        return Key(tuple(dict.fromkeys(cells)), tolerance=tolerance, case_sensitive=sensitive)

    def _metadata(self, parts: ItemParts, extra: Metadata) -> Metadata:
        told = {name: parts.body.get(f"data-khaothi-{name}", "") for name in ("subject", "topic", "outcome", "level", "author", "source", "title")} if parts.body is not None else {}  # fmt: skip
        tags = parts.body.get("data-khaothi-tags") if parts.body is not None else None
        named = parts.body is not None and parts.body.get("data-khaothi-kind") is not None
        title = told.get("title", "") if named else attribute(parts.root, "title")
        level: Level = told["level"] if told.get("level") in LEVELS else ""  # type: ignore[assignment]
        return Metadata(
            subject=told.get("subject") or extra.subject,
            topic=told.get("topic") or extra.topic,
            outcome=told.get("outcome") or extra.outcome,
            level=level,
            author=told.get("author", ""),
            source=told.get("source", "") if named else attribute(parts.root, "identifier"),
            title=unicodedata.normalize("NFC", title),
            tags=_tags(tags) if tags else extra.tags,
        )

    def _judge(self, item: BankItem, key: Key, parts: ItemParts) -> None:
        if not key.right and not parts.templates:
            self.told("no_key")
        if item.kind == "single_choice" and len(key.right) > 1:
            self.told("two_keys", ", ".join(key.right), str(len(key.right)))
        if item.kind == "short_answer":
            for cells in key.right[:1]:
                if not is_complete(cells):
                    self.told("key_not_enterable", cells)
        empty = [option.identifier for option in item.options if not option.content]
        if empty:
            self.told("option_empty", ", ".join(empty))
        if item.kind != "short_answer" and len(item.options) < 2:
            self.told("too_few_options", str(len(item.options)))
        if not item.stem and not item.passage:
            self.told("stem_empty")


def objects_of(node: Element) -> Counter[str]:
    """Formulas, pictures and tables inside a node."""
    found: Counter[str] = Counter()
    for part in node.iter():
        name = name_of(part)
        kind = "formula" if name == "math" else "table" if name == "table" else "picture" if name in {"img", "svg"} or (name == "object" and part.get("data")) else ""  # fmt: skip
        if kind:
            found[kind] += 1
    return found


def _verdict_columns(node: Element) -> tuple[list[Element], str, str] | None:
    """Statements and the identifiers of true and false, where a match interaction is a grid of verdicts."""
    sets = [list(children(given, "simpleassociablechoice")) for given in children(node, "simplematchset")]
    if len(sets) != 2:
        return None
    for rows, columns in ((sets[0], sets[1]), (sets[1], sets[0])):
        if len(columns) != 2 or not rows or any(attribute(row, "match-max", "1") != "1" for row in rows):
            continue
        names = [text_of(column) for column in columns]
        identifiers = [attribute(column, "identifier") for column in columns]
        for true, false in ((0, 1), (1, 0)):
            if TRUE.match(names[true]) and FALSE.match(names[false]):
                return rows, identifiers[true], identifiers[false]
    return None


def _copied(node: Element) -> Element:
    copy = etree.fromstring(etree.tostring(node, with_tail=False))
    assert copy is not None
    return copy


def _truth(text: str) -> bool | None:
    return {"true": True, "false": False}.get(text)


def _number(text: str) -> Decimal:
    try:
        return Decimal(text.strip())
    except InvalidOperation:
        return Decimal(0)


def _plain(text: str) -> str:
    number = _number(text)
    return f"{number.normalize():f}" if number else "0"


def _positive(text: str) -> bool:
    return _number(text) > 0


def _best(weights: tuple[tuple[str, str], ...], *, single: bool) -> list[str]:
    best = max(_number(value) for _, value in weights)
    if best <= 0:
        return []
    return [name for name, value in weights if (_number(value) == best if single else _number(value) > 0)]


def _says_more(weights: tuple[tuple[str, str], ...], right: list[str]) -> bool:
    """Whether weights say more than which options are right."""
    return bool(weights) and not (
        len(right) == 1 and all(_number(value) == 0 or name in right for name, value in weights)
    )


def _order(name: str) -> tuple[int, str]:
    return len(name), name


def _tags(text: str) -> tuple[str, ...]:
    try:
        found = json.loads(text)
    except ValueError:
        return ()
    return tuple(str(tag) for tag in found) if isinstance(found, list) else ()
