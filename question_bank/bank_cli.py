"""`khaothi bank`: bring items in, give them out, check them."""

from __future__ import annotations

import getpass
import hashlib
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from khaothi import command_line
from question_bank import checking, printed
from question_bank.adapters import documents
from question_bank.adapters.bank_store import SqlBankStore
from question_bank.adapters.formula_renderer import MathJaxRenderer
from question_bank.bank.content import Formula, Picture, plain
from question_bank.bank.content import resources as content_resources
from question_bank.bank.item import LEVELS, Draft, Key, Passage, digest, item_id
from question_bank.bank.review import STATES
from question_bank.bank.similarity import NEAR
from question_bank.cli_errors import WrongUseError, refuse, refused
from question_bank.errors import FileRefused, ItemUnknown, QuestionBankError
from question_bank.formats import gift, importing, xlsx
from question_bank.formats.issue_texts import TEXTS
from question_bank.formats.moodle import writer as moodle
from question_bank.formats.printed import DocumentWriter
from question_bank.formats.qti import writer as qti
from question_bank.formats.report import Imported, ImportedItem, Issue, count
from question_bank.formats.selection import Selection
from question_bank.ports import Search
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
BankUrl = Annotated[str, typer.Option("--bank", help="sqlite:///file; default in KHAOTHI_HOME")]
Json = Annotated[bool, typer.Option("--json", help="one JSON document on standard output")]
Author = Annotated[str, typer.Option(help="who brings the items in; default: the user of this machine")]


def home_bank() -> str:
    """Where the bank lies when nothing else is said."""
    home = Path(os.environ.get("KHAOTHI_HOME") or Path.home() / ".khaothi")
    return f"sqlite:///{home / 'bank.sqlite'}"


def open_bank(url: str) -> SqlBankStore:
    """The bank of a URL, or the one at home."""
    url = url or home_bank()
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    return SqlBankStore(url)


def issue_document(issue: Issue) -> dict[str, str]:
    """An issue in the shape of the contract, in both languages."""
    document = {"code": issue.code, "where": issue.where, "message": issue.message, "severity": issue.severity, "message_en": issue.message_en}  # fmt: skip
    code = TEXTS[issue.code].message_code
    return {**document, "message_code": code} if code else document


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
        if not dry_run or _exists(bank_url):
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


def _exists(url: str) -> bool:
    return Path((url or home_bank()).removeprefix("sqlite:///")).is_file()


def _tell(document: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        command_line.print_json(document)
        return
    for line in printed.imported(document):
        print(line)


class ExportFormat(StrEnum):
    """Formats that can be written."""

    QTI = "qti"
    MOODLE = "moodle"
    GIFT = "gift"
    XLSX = "xlsx"
    DOCX = "docx"
    PDF = "pdf"


Topic = Annotated[str, typer.Option(help="only this topic and what is below it")]
Level = Annotated[list[str] | None, typer.Option(help="only this level: NB, TH, VD, VDC; may be repeated")]
State = Annotated[list[str] | None, typer.Option(help="only this state of review; may be repeated")]
Words = Annotated[str, typer.Option("--text", help="only items with these words")]
MOST = 1_000_000


def _wanted(topic: str, level: list[str] | None, state: list[str] | None, words: str) -> Search:
    for value, known, name in ((level, LEVELS, "--level"), (state, STATES, "--state")):
        if wrong := set(value or []) - set(known):
            raise WrongUseError(
                "{option}: {wrong} is none of {known}",
                option=name,
                wrong=", ".join(sorted(wrong)),
                known=", ".join(filter(None, known)),
            )
    return Search(text=words, topic=topic, levels=tuple(level or ()), states=tuple(state or ()), limit=MOST)  # type: ignore[arg-type]


def _selected(
    store: SqlBankStore, wanted: Search, renderer: MathJaxRenderer, *, with_keys: bool
) -> tuple[Selection, int]:
    """What to write, and how many keys were withheld: those of locked items never leave the bank this way."""
    drafts, identifiers, withheld = [], [], 0
    passages: dict[str, Passage] = {}
    names: set[str] = set()
    for summary in store.search(wanted):
        stored = store.version(summary.id)
        locked = stored.state == "locked"
        withheld += locked and with_keys
        key = Key() if locked or not with_keys else store.key(stored.id, stored.version).key
        drafts.append(Draft(stored.item, key))
        identifiers.append(stored.id)
        names |= stored.item.resources()
        if stored.item.passage:
            passages[stored.item.passage] = store.passage(stored.item.passage)
            names |= set(content_resources(passages[stored.item.passage].content))
    files = {name: store.resource(name) for name in sorted(names)}
    return Selection(tuple(drafts), passages, files, tuple(identifiers), renderer.mathml, renderer.svg), withheld


def export(
    out: Annotated[Path, typer.Option(help="file to write")],
    wanted: Annotated[ExportFormat, typer.Option("--format", help="format of the file")],
    bank_url: BankUrl = "",
    topic: Topic = "",
    level: Level = None,
    state: State = None,
    words: Words = "",
    title: Annotated[str, typer.Option(help="title of a printed paper")] = "Ngân hàng câu hỏi",
    keys: Annotated[bool, typer.Option("--keys/--no-keys", help="with the keys, except those of locked items")] = True,
    as_json: Json = False,
) -> int:
    """Write items as QTI 3.0, Moodle XML, GIFT, a spreadsheet, a Word file or a PDF."""
    started = time.perf_counter()
    try:
        search = _wanted(topic, level, state, words)
        if not _exists(bank_url):
            return _no_bank(bank_url, as_json=as_json)
        store = open_bank(bank_url)
        try:
            selection, withheld = _selected(store, search, MathJaxRenderer(), with_keys=keys)
        finally:
            store.close()
        raw = _written(wanted, selection, title, with_keys=keys)
        _replace(out, raw)
    except (QuestionBankError, OSError) as error:
        return refused(error, as_json=as_json, outside="file_unwritable")
    document = {
        "file": str(out),
        "format": wanted.value,
        "items": len(selection.drafts),
        "passages": len(selection.passages),
        "keys_withheld": withheld,
        "bytes": len(raw),
        "seconds": round(time.perf_counter() - started, 3),
    }
    if as_json:
        command_line.print_json(document)
    else:
        print(printed.exported(document))
    return 0


def _written(wanted: ExportFormat, selection: Selection, title: str, *, with_keys: bool) -> bytes:
    match wanted:
        case ExportFormat.QTI:
            return qti.write(selection)
        case ExportFormat.MOODLE:
            return moodle.write(selection)
        case ExportFormat.GIFT:
            return gift.write(selection)
        case ExportFormat.XLSX:
            return xlsx.write(selection)
        case ExportFormat.DOCX:
            return documents.word(DocumentWriter(selection).word(with_keys=with_keys))
        case ExportFormat.PDF:
            return documents.pdf(DocumentWriter(selection).print(title, with_keys=with_keys))


def _replace(out: Path, raw: bytes) -> None:
    """Write beside the target and rename: a file that was there is whole or the new one is."""
    partial = out.with_name(f".{out.name}.partial")
    try:
        partial.write_bytes(raw)
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)


def _no_bank(url: str, *, as_json: bool) -> int:
    return refuse("bank_missing", command_line.WRONG_USE, as_json=as_json, url=url or home_bank())


def check(
    bank_url: BankUrl = "",
    topic: Topic = "",
    state: State = None,
    duplicates: Annotated[
        bool, typer.Option("--duplicates/--no-duplicates", help="look for near-duplicates too")
    ] = True,
    as_json: Json = False,
) -> int:
    """Check every item: key, options, formulas, pictures, near-duplicates, and that nothing was changed behind the bank."""
    started = time.perf_counter()
    try:
        search = _wanted(topic, None, state, "")
        if not _exists(bank_url):
            return _no_bank(bank_url, as_json=as_json)
        store = open_bank(bank_url)
        try:
            items = list(_checked(store, search, MathJaxRenderer(), duplicates=duplicates))
        finally:
            store.close()
    except (QuestionBankError, OSError) as error:
        return refused(error, as_json=as_json)
    counts = {
        severity: sum(issue["severity"] == severity for item in items for issue in item["issues"])
        for severity in printed.SHAPES
    }
    faulty = [item for item in items if item["issues"]]
    document = {
        "items": len(items), "errors": counts["error"], "warnings": counts["warning"], "infos": counts["info"],
        "findings": faulty, "seconds": round(time.perf_counter() - started, 3),
    }  # fmt: skip
    if as_json:
        command_line.print_json(document)
    else:
        for line in printed.checked(document):
            print(line)
    return command_line.NO if counts["error"] else 0


def _checked(
    store: SqlBankStore, search: Search, renderer: MathJaxRenderer, *, duplicates: bool
) -> Iterator[dict[str, Any]]:
    told: set[tuple[str, str]] = set()
    for summary in store.search(search):
        stored = store.version(summary.id)
        where = f"{stored.id} v{stored.version}"
        issues = list(checking.check(stored.item, store.key(stored.id, stored.version).key, where))
        issues += checking.check_media(stored.item, where, lambda name: _resource(store, name), renderer)
        if digest(stored.item) != stored.digest:
            issues.append(Issue("item_altered", where))
        for other, alike in store.near(stored.item, NEAR) if duplicates else ():
            pair = (min(other, stored.id), max(other, stored.id))
            if other != stored.id and pair not in told:
                told.add(pair)
                issues.append(Issue("near_duplicate", where, (other, str(int(alike * 100)))))
        documents = [issue_document(issue) for issue in issues]
        yield {
            "id": stored.id,
            "version": stored.version,
            "state": stored.state,
            "excerpt": summary.excerpt,
            "issues": documents,
        }


def _resource(store: SqlBankStore, name: str) -> bytes | None:
    try:
        raw = store.resource(name).content
    except ItemUnknown:
        return None
    return raw if hashlib.sha256(raw).hexdigest() == name else None


def bank(arguments: list[str]) -> int:
    """Entry point of the launcher."""
    application = typer.Typer(add_completion=False, help="Bring items in, give them out, check them.")
    application.command("import")(import_)
    for command in (export, check):
        application.command()(command)

    return command_line.run(application, "bank", arguments)
