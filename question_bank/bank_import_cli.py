"""`khaothi bank import`: every file is read before anything is written."""

from __future__ import annotations

import getpass
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from khaothi import command_line
from question_bank import printed
from question_bank.adapters.bank_home import exists, open_bank
from question_bank.adapters.bank_store import SqlBankStore
from question_bank.adapters.formula_renderer import MathJaxRenderer
from question_bank.bank.content import Formula, Picture, plain
from question_bank.bank.item import Draft, item_id
from question_bank.bank.similarity import NEAR
from question_bank.bank_options import BankUrl, Json, issue_document
from question_bank.cli_errors import refused
from question_bank.errors import FileRefused, QuestionBankError
from question_bank.formats import importing
from question_bank.formats.report import Imported, ImportedItem, Issue, count
from question_bank.wording import WORDING


class ImportFormat(StrEnum):
    """Formats that can be asked for."""

    AUTO = "auto"
    DOCX = "docx"
    XLSX = "xlsx"
    QTI = "qti"
    MOODLE = "moodle"
    GIFT = "gift"
    AIKEN = "aiken"
    LATEX = "latex"


Files = Annotated[list[Path], typer.Argument(help="question files", exists=True, dir_okay=False, readable=True)]
Author = Annotated[str, typer.Option(help="who brings the items in; default: the user of this machine")]


def item_document(item: ImportedItem, identifier: str) -> dict[str, Any]:
    """An item in the shape of the contract."""
    made = item.draft.item
    return {
        "number": item.number,
        "kind": made.kind,
        "options": len(made.options),
        "key": list(item.draft.key.right),
        "formulas": count(made.each_content(), Formula),
        "pictures": count(made.each_content(), Picture),
        "state": item.state,
        "issues": [issue_document(issue) for issue in item.issues],
        "id": identifier,
        "part": item.part,
        "level": made.metadata.level,
        "topic": made.metadata.topic,
        "passage": made.passage,
        "stem": plain(made.stem),
    }


class _Import:
    """One call of `bank import`: reads every file before it writes anything."""

    def __init__(self, store: SqlBankStore | None, wanted: importing.Format | None) -> None:
        self._store, self._wanted = store, wanted
        self._renderer = MathJaxRenderer()
        self.read: list[tuple[Imported, dict[str, bytes]]] = []
        self.documents: list[dict[str, Any]] = []
        self.refused: list[FileRefused] = []
        self.lost = 0

    def file(self, path: Path) -> None:
        """Read one file."""
        try:
            imported, missing, drawn = importing.read(path.read_bytes(), path.name, self._wanted, self._renderer)
        except FileRefused as error:
            self.refused.append(error)
            message = WORDING.of_error(error, error.code).message
            told = {"code": error.code, "where": path.name, "message": message, "severity": "error"}
            self.documents.append(
                {"file": str(path), "format": None, "items": [], "passages": 0, "issues": [told], "lost": 0}
            )
            return
        imported = self._known(imported)
        self.lost += missing
        self.read.append((imported, drawn))
        items = [item_document(item, item_id(item.draft.item)) for item in imported.items]
        issues = [issue_document(issue) for issue in imported.issues]
        self.documents.append({"file": str(path), "format": imported.format, "items": items, "passages": len(imported.passages), "issues": issues, "lost": missing})  # fmt: skip

    def _known(self, imported: Imported) -> Imported:
        """Say which items the bank has already, exactly or nearly."""
        if self._store is None:
            return imported
        items = []
        for item in imported.items:
            near = self._store.near(item.draft.item, NEAR)
            identifier = item_id(item.draft.item)
            where = f"Câu {item.number}"
            if any(other == identifier for other, _ in near):
                items.append(item.with_issues(Issue("already_in_bank", where, (identifier,))))
            elif near:
                other, alike = near[0]
                items.append(item.with_issues(Issue("near_duplicate", where, (other, str(int(alike * 100))))))
            else:
                items.append(item)
        return replace(imported, items=tuple(items))

    def write(self, author: str, at: datetime) -> int:
        """Write what was read of all files in one transaction; how many items are new."""
        assert self._store is not None
        every = [imported for imported, _ in self.read]
        drafts: Sequence[Draft] = [item.draft for imported in every for item in imported.items]
        passages = [passage for imported in every for passage in imported.passages]
        resources = {name: resource for imported in every for name, resource in imported.resources.items()}
        added = self._store.add(drafts, passages, resources, author, at)
        for _, drawn in self.read:
            self._store.keep_formulas(drawn)
        return sum(one.fresh for one in added)


def import_(
    files: Files,
    wanted: Annotated[
        ImportFormat, typer.Option("--format", help="format; by content when not given")
    ] = ImportFormat.AUTO,
    bank_url: BankUrl = "",
    author: Author = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="read and report, write nothing")] = False,
    as_json: Json = False,
) -> int:
    """Bring items in as drafts, with a report of everything lost or doubtful."""
    started = time.perf_counter()
    known: importing.Format | None = None if wanted is ImportFormat.AUTO else wanted.value  # type: ignore[assignment]
    store: SqlBankStore | None = None
    try:
        if not dry_run or exists(bank_url):
            store = open_bank(bank_url)
        work = _Import(store, known)
        for path in files:
            work.file(path)
        fresh = 0
        if store is not None and not dry_run and not work.refused:
            fresh = work.write(author or getpass.getuser(), datetime.now(UTC))
    except (QuestionBankError, OSError) as error:
        return refused(error, as_json=as_json, outside="file_unreadable")
    finally:
        if store is not None:
            store.close()
    items = [item for document in work.documents for item in document["items"]]
    document: dict[str, Any] = {
        "files": work.documents,
        "items": len(items),
        "needs_review": sum(item["state"] == "needs_review" for item in items),
        "lost": work.lost,
        "new": fresh,
        "written": store is not None and not dry_run and not work.refused,
        "seconds": round(time.perf_counter() - started, 3),
    }
    if work.refused:
        first = work.refused[0]
        document["error"] = WORDING.of_error(first, first.code)._asdict()
    _tell(document, as_json=as_json)
    return command_line.NO if work.refused else 0


def _tell(document: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        command_line.print_json(document)
        return
    for line in printed.imported(document):
        print(line)
