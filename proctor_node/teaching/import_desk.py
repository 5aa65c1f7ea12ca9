"""Bringing a file in through a page: a report item by item, then the items that a person keeps, as drafts.

Nothing is remembered between the two: the file comes again with the verdicts, so a restart or a second reader loses nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from proctor_node.errors import Refused
from proctor_node.teaching import shown
from proctor_node.teaching.bank_desk import BankDesk, texts
from question_bank.bank.content import Formula, inlines
from question_bank.bank.item import item_id
from question_bank.errors import QuestionBankError
from question_bank.formats import importing
from question_bank.formats.mathtype import wmf
from question_bank.formats.report import Imported, ImportedItem, Issue
from question_bank.ports import Resource

LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class ImportDesk:
    """Imports into one bank."""

    desk: BankDesk

    def report(self, raw: bytes, name: str) -> dict[str, Any]:
        """What a file holds; nothing is written.

        Raises:
            FileRefused: nothing of it can be read.
        """
        imported, lost, _ = self._read(raw, name)
        items = [self._item(imported, item) for item in imported.items]
        return {
            "format": imported.format,
            "items": items,
            "issues": [_issue(issue) for issue in imported.issues],
            "lost": lost,
            "clean": sum(not item["issues"] for item in items),
            "errors": sum(any(issue["severity"] == "error" for issue in item["issues"]) for item in items),
        }

    def keep(self, raw: bytes, name: str, places: Iterable[int], person: str) -> dict[str, Any]:
        """Write the items at these places (from 0) as drafts, all or none.

        Raises:
            Refused: `not_understood`: a place that is not there.
        """
        imported, _, drawn = self._read(raw, name)
        chosen = sorted(set(places))
        if any(not 0 <= place < len(imported.items) for place in chosen):
            raise Refused("not_understood")
        drafts = [imported.items[place].draft for place in chosen]
        bank = self.desk.bank
        added = bank.add(drafts, imported.passages, imported.resources, person, self.desk.now())
        bank.keep_formulas(drawn)
        return {"new": sum(one.fresh for one in added), "there_already": sum(not one.fresh for one in added)}

    def _read(self, raw: bytes, name: str) -> tuple[Imported, int, dict[str, bytes]]:
        with self.desk.drawing:
            return importing.read(raw, name[:LONGEST_NAME], None, self.desk.renderer)

    def _item(self, imported: Imported, item: ImportedItem) -> dict[str, Any]:
        made = item.draft.item
        resources = {digest: resource.content for digest, resource in imported.resources.items()}
        try:
            preview = self.desk.drawn(made, resources or {"": b""})
        except QuestionBankError as error:
            preview = {"error": str(error)}
        return {
            "number": item.number,
            "part": item.part,
            "kind": made.kind,
            "key": list(item.draft.key.right),
            "issues": [_issue(issue) for issue in item.issues],
            "preview": preview,
            "sources": _sources(imported, item),
            "id": item_id(made),
            **texts(made),
        }


def _sources(imported: Imported, item: ImportedItem) -> list[dict[str, str]]:
    """Every formula whose source showed a picture, beside what was read of it."""
    return [
        {"latex": inline.latex, "src": shown.data(picture)}
        for content in item.draft.item.each_content()
        for inline in inlines(content)
        if isinstance(inline, Formula) and inline.preview in imported.resources
        and (picture := _drawable(imported.resources[inline.preview]))
    ]  # fmt: skip


def _drawable(resource: Resource) -> bytes:
    """A picture that a browser shows; empty where the source's own cannot be drawn whole."""
    if not resource.media_type.endswith(("wmf", "emf")):
        return resource.content
    try:
        return wmf.svg(resource.content)
    except wmf.PreviewUnreadable:
        return b""


def _issue(issue: Issue) -> dict[str, str]:
    return {
        "code": issue.code,
        "where": issue.where,
        "severity": issue.severity,
        "vi": issue.message,
        "en": issue.message_en,
    }
