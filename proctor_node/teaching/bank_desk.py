"""The bank as teachers use it: search, look, edit, review. Keys are asked for apart, and every such view is logged."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from proctor_node.errors import Refused
from proctor_node.teaching import shown
from question_bank import mixing
from question_bank.bank import markup
from question_bank.bank.content import Content, Picture, inlines
from question_bank.bank.item import BankItem, Draft, Key, Kind, Level, Metadata, Option, letter
from question_bank.bank.similarity import NEAR
from question_bank.errors import ItemUnfit, MarkupMalformed, QuestionBankError
from question_bank.ports import BankStore, ItemSummary, Search, StoredVersion
from question_bank.rendering import FormulaRenderer
from question_bank.setting import Measure, Setter, response_key

# Who approved does not see the key of a locked item through a page: between sealing and close nobody does.
HIDDEN = {"locked"}
STATES = ("draft", "reviewed", "approved", "locked", "retired")


class Edited(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the editor sends: texts in the signs of `question_bank.bank.markup`, and what the item already was.

    `base` and `version` name the item that was opened (empty for a new one): numbered pieces and pictures come from it.
    """

    kind: Kind
    stem: str
    options: tuple[str, ...] = ()
    fixed: tuple[bool, ...] = ()
    right: tuple[str, ...] = ()
    solution: str = ""
    subject: str = ""
    topic: str = ""
    outcome: str = ""
    level: Level = ""
    base: str = ""
    version: int = 0


class BankDesk:
    """Everything that the bank's pages ask for. `log` takes who and what; one renderer serves one caller at a time."""

    def __init__(
        self,
        bank: BankStore,
        renderer: FormulaRenderer,
        measure: Measure,
        now: Callable[[], datetime],
        log: Callable[[str, str], None],
    ) -> None:
        self.bank, self.renderer, self.measure, self.now = bank, renderer, measure, now
        self._log = log
        self.drawing = threading.Lock()

    def search(self, wanted: Search) -> dict[str, Any]:
        """The items that match, how many, and how many by state, kind and level."""
        found = self.bank.search(wanted)
        return {
            "total": self.bank.count(wanted),
            "items": [self._row(summary) for summary in found],
            "facets": self.bank.facets(wanted),
        }

    def _row(self, summary: ItemSummary) -> dict[str, Any]:
        row: dict[str, Any] = msgspec.to_builtins(summary)
        statistics = self.bank.statistics(summary.id)
        used = self.bank.usage(summary.id)
        newest = statistics[0] if statistics else None
        row["p"] = newest.p if newest else None
        row["r"] = newest.r_rest if newest else None
        row["n"] = newest.n if newest else 0
        row["trend"] = [found.p for found in reversed(statistics) if found.p is not None]
        row["last_used"] = used[-1].at.isoformat() if used else None
        row["preview"] = self._preview(self.bank.version(summary.id))
        return row

    def _preview(self, stored: StoredVersion) -> dict[str, Any]:
        try:
            return self.drawn(stored.item)
        except (ItemUnfit, QuestionBankError) as error:
            return {"error": str(error)}

    def drawn(self, item: BankItem, resources: Mapping[str, bytes] | None = None) -> dict[str, Any]:
        """The item as a candidate would see it.

        Raises:
            ItemUnfit: it cannot be set.
        """
        own = resources or {}
        setter = Setter(self.renderer, lambda name: own.get(name) or self.bank.resource(name).content, self.measure)
        passage: Content = self.bank.passage(item.passage).content if item.passage and not resources else ()
        with self.drawing:
            set_item = setter.item(item, "", 1)
            above = setter.content(passage)
        return shown.item(set_item, setter.resources, above)

    def item(self, identifier: str, version: int | None) -> dict[str, Any]:
        """One version with its texts for the editor, its preview, its history; no key."""
        stored = self.bank.version(identifier, version)
        versions = self.bank.versions(identifier)
        item = stored.item
        return {
            "id": stored.id,
            "version": stored.version,
            "state": stored.state,
            "author": stored.author,
            "created": stored.created.isoformat(),
            "kind": item.kind,
            "metadata": msgspec.to_builtins(item.metadata),
            **texts(item),
            "preview": self._preview(stored),
            "versions": [
                {"version": v.version, "state": v.state, "author": v.author, "created": v.created.isoformat()}
                for v in versions
            ],
            "changed": _changed(versions, stored),
            "steps": msgspec.to_builtins(self.bank.steps(identifier, stored.version)),
            "usage": msgspec.to_builtins(self.bank.usage(identifier)),
            "statistics": msgspec.to_builtins(self.bank.statistics(identifier)),
            "near": [
                {"id": other, "similarity": round(alike, 2)}
                for other, alike in self.bank.near(item, NEAR)
                if other != identifier
            ],
        }

    def key(self, identifier: str, version: int, person: str) -> dict[str, Any]:
        """The key in force; who looked is logged.

        Raises:
            Refused: `key_locked`.
        """
        stored = self.bank.version(identifier, version)
        if stored.state in HIDDEN:
            raise Refused("key_locked")
        found = self.bank.key(identifier, stored.version)
        self._log(person, f"key of {identifier} version {stored.version} viewed")
        return {"right": list(found.key.right), "number": found.number, "person": found.person, "at": found.at.isoformat()}  # fmt: skip

    def preview(self, edited: Edited) -> dict[str, Any]:
        """What is being written as a candidate would see it, with everything that is wrong with it.

        Each fault has a code and a place; the item is drawn as far as it can be.
        """
        try:
            draft = self.draft(edited)
            setter = Setter(self.renderer, lambda name: self.bank.resource(name).content, self.measure)
            with self.drawing:
                set_item = setter.item(draft.item, "", 1)
            drawn = self.drawn(draft.item)
        except (MarkupMalformed, ItemUnfit) as error:
            return {"preview": None, "faults": [_fault(error)]}
        loose = mixing.unpinned(set_item)
        faults = [
            {"code": "unpinned", "value": name, "message": f"option {name} must keep its place"} for name in loose
        ]
        try:
            response_key(draft.item, draft.key)
        except ItemUnfit as error:
            faults.append(_fault(error))
        return {"preview": drawn, "faults": faults}

    def save(self, edited: Edited, person: str) -> dict[str, Any]:
        """A new item, or the next version of one; a draft in both cases.

        Raises:
            MarkupMalformed, ItemUnfit, ItemUnknown: nothing is written.
        """
        draft = self.draft(edited)
        self.drawn(draft.item)
        if edited.base:
            version = self.bank.add_version(edited.base, draft, {}, person, self.now())
            return {"id": edited.base, "version": version}
        (added,) = self.bank.add([draft], (), {}, person, self.now())
        return {"id": added.id, "version": added.version}

    def review(self, identifier: str, version: int, target: str, person: str, note: str) -> dict[str, Any]:
        """A step of review by the person who is logged in.

        Raises:
            ReviewRefused: no such step, or a second person is needed. Refused: `not_understood`.
        """
        if target not in STATES:
            raise Refused("not_understood")
        if target == "approved":
            stored = self.bank.version(identifier, version)
            response_key(stored.item, self.bank.key(identifier, version).key)
        taken = self.bank.review(identifier, version, target, person, self.now(), note)  # type: ignore[arg-type]
        self._log(person, f"item {identifier} version {version}: {taken.source} to {taken.target}")
        return dict(msgspec.to_builtins(taken))

    def draft(self, edited: Edited) -> Draft:
        """Item and key of what was typed.

        Raises:
            MarkupMalformed: the message names the field and the line.
        """
        old = self.bank.version(edited.base, edited.version or None).item if edited.base else None
        kept = _kept(old) if old else {}

        def content(place: str, text: str) -> Content:
            try:
                return markup.read(text, kept.get(place, ()), self._picture(old))
            except MarkupMalformed as error:
                raise MarkupMalformed(f"{place}: {error}") from error

        statement = edited.kind == "true_false_cluster"
        options = tuple(
            Option(
                letter(place, statement=statement),
                content(letter(place, statement=statement), text),
                place < len(edited.fixed) and edited.fixed[place],
            )
            for place, text in enumerate(edited.options)
        )
        before = old.metadata if old else Metadata()
        metadata = msgspec.structs.replace(
            before, subject=edited.subject, topic=edited.topic, outcome=edited.outcome, level=edited.level
        )
        item = BankItem(
            edited.kind, content("stem", edited.stem), () if edited.kind == "short_answer" else options,
            content("solution", edited.solution), old.passage if old else "", old.shuffle if old else None, metadata,
        )  # fmt: skip
        return Draft(item, Key(edited.right))

    @staticmethod
    def _picture(old: BankItem | None) -> Callable[[str], Picture]:
        known = [
            inline
            for content in (old.each_content() if old else ())
            for inline in inlines(content)
            if isinstance(inline, Picture)
        ]

        def find(name: str) -> Picture:
            for picture in known:
                if picture.sha256.startswith(name):
                    return picture
            raise MarkupMalformed(f"no picture {name} in this item")

        return find


def _fault(error: MarkupMalformed | ItemUnfit) -> dict[str, str]:
    if isinstance(error, ItemUnfit):
        return {"code": error.reason, "value": error.value, "message": str(error)}
    return {"code": error.code, "value": "", "message": str(error)}


def texts(item: BankItem) -> dict[str, Any]:
    """Stem, options and solution as the editor shows them."""
    return {
        "stem": markup.write(item.stem)[0],
        "options": [{"text": markup.write(o.content)[0], "fixed": o.fixed} for o in item.options],
        "solution": markup.write(item.solution)[0],
    }


def _kept(item: BankItem) -> dict[str, Any]:
    """By field, what its text shows as a number."""
    fields = {"stem": item.stem, "solution": item.solution, **{o.identifier: o.content for o in item.options}}
    return {place: markup.write(content)[1] for place, content in fields.items()}


def _changed(versions: list[StoredVersion], stored: StoredVersion) -> list[str]:
    """Fields in which a version differs from the one before."""
    before = next((v for v in versions if v.version == stored.version - 1), None)
    if before is None:
        return []
    old, new = before.item, stored.item
    changed = [name for name in ("kind", "stem", "solution", "metadata") if getattr(old, name) != getattr(new, name)]
    previous = {option.identifier: option for option in old.options}
    current = {option.identifier: option for option in new.options}
    return changed + [name for name in sorted(previous | current) if previous.get(name) != current.get(name)]
