"""One QTI item into an item of the bank."""

from __future__ import annotations

import json
import posixpath
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from urllib.parse import unquote

from lxml import etree

from question_bank.bank.content import Block, Content
from question_bank.bank.item import LEVELS, BankItem, Draft, Key, Kind, Level, Metadata, Passage
from question_bank.formats.opening import Element
from question_bank.formats.qti import processing
from question_bank.formats.qti.answers import answers, verdict_columns
from question_bank.formats.qti.flow import ItemFlow
from question_bank.formats.qti.model import (
    CUSTOM,
    Declaration,
    ItemParts,
    attribute,
    children,
    name_of,
)
from question_bank.formats.report import ImportedItem
from question_bank.short_answer import is_complete

LONGEST_SOURCE = 200_000


@dataclass(slots=True)
class ItemReader:
    """Reads items of one package. `stimulus` gives a member as XML, or None."""

    flow: ItemFlow
    stimulus: Callable[[str], Element | None]
    passages: dict[str, Passage] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def read(self, root: Element, path: str, number: int, extra: Metadata) -> ImportedItem:
        """The item of a root element; `extra` is what the manifest says of it."""
        self.flow.begin(path, f"Câu {number} ({path or attribute(root, 'identifier')})")
        parts = ItemParts.of(root)
        item, key = self._made(parts, extra)
        return ImportedItem(number, Draft(item, key), tuple(self.flow.issues), origin=path)

    def _made(self, parts: ItemParts, extra: Metadata) -> tuple[BankItem, Key]:
        for node in parts.feedback:
            self.flow.feedback(node)
        for node in parts.aside:
            self.flow.aside(node)
        metadata = self._metadata(parts, extra)
        told = parts.body.get("data-khaothi-kind", "") if parts.body is not None else ""
        custom = self._custom(parts)
        if custom and not told:
            self.flow.told("scoring_needs_review", custom)
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
        options, key = answers(self.flow, kind, interaction, declaration, parts)
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
        if kind == "match" and verdict_columns(node) is not None:
            return "true_false_cluster", node
        return "other", None

    def _other(
        self, parts: ItemParts, stem: Content, passage: str, metadata: Metadata, told: str
    ) -> tuple[BankItem, Key]:
        if told:
            return BankItem("other", stem, (), self._solution(parts), passage, None, metadata, ""), Key()
        kinds = sorted({kind for kind, _ in parts.interactions}) or ["none"]
        self.flow.told("essay" if kinds == ["extendedtext"] else "unsupported_interaction", " + ".join(kinds))
        source = etree.tostring(parts.root, encoding="unicode", with_tail=False)
        kept = unicodedata.normalize("NFC", source) if len(source) <= LONGEST_SOURCE else ""
        if not kept:
            self.flow.told("source_too_long", f"{len(source) >> 10} KB")
        return BankItem("other", stem, (), self._solution(parts), passage, None, metadata, kept), Key()

    def _stem(self, parts: ItemParts, kind: Kind) -> Content:
        if parts.body is None:
            return ()
        reader = self.flow.html()
        if kind == "other":
            reader.special = self.flow.special_whole
        return reader.content(parts.body)

    def _passage(self, parts: ItemParts) -> str:
        made: list[Block] = []
        for href in parts.stimuli:
            path = posixpath.normpath(posixpath.join(self.flow.folder, unquote(href)))
            root = self.stimulus(path)
            self.used.add(path)
            if root is None:
                self.flow.told("file_missing", href)
                continue
            folder, self.flow.folder = self.flow.folder, posixpath.dirname(path)
            for body in children(root, "stimulusbody"):
                made += self.flow.html().content(body)
            self.flow.folder = folder
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
                made += self.flow.html().content(node)
        return tuple(made)

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
            self.flow.told("no_key")
        if item.kind == "single_choice" and len(key.right) > 1:
            self.flow.told("two_keys", ", ".join(key.right), str(len(key.right)))
        if item.kind == "short_answer":
            for cells in key.right[:1]:
                if not is_complete(cells):
                    self.flow.told("key_not_enterable", cells)
        empty = [option.identifier for option in item.options if not option.content]
        if empty:
            self.flow.told("option_empty", ", ".join(empty))
        if item.kind != "short_answer" and len(item.options) < 2:
            self.flow.told("too_few_options", str(len(item.options)))
        if not item.stem and not item.passage:
            self.flow.told("stem_empty")


def _truth(text: str) -> bool | None:
    return {"true": True, "false": False}.get(text)


def _tags(text: str) -> tuple[str, ...]:
    try:
        found = json.loads(text)
    except ValueError:
        return ()
    return tuple(str(tag) for tag in found) if isinstance(found, list) else ()
