"""`khaothi bank export`: items in every format that can be written, never with keys of locked items."""

from __future__ import annotations

import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from khaothi import command_line
from question_bank import printed
from question_bank.adapters import documents
from question_bank.adapters.bank_home import exists, open_bank
from question_bank.adapters.bank_store import SqlBankStore
from question_bank.adapters.formula_renderer import MathJaxRenderer
from question_bank.bank.content import resources as content_resources
from question_bank.bank.item import Draft, Key, Passage
from question_bank.bank_options import BankUrl, Json, State, Topic, no_bank
from question_bank.bank_options import wanted as wanted_items
from question_bank.cli_errors import refused
from question_bank.errors import QuestionBankError
from question_bank.formats import xlsx
from question_bank.formats.gift import writer as gift
from question_bank.formats.moodle import writer as moodle
from question_bank.formats.printed import DocumentWriter
from question_bank.formats.qti import writer as qti
from question_bank.formats.selection import Selection
from question_bank.ports import Search


class ExportFormat(StrEnum):
    """Formats that can be written."""

    QTI = "qti"
    MOODLE = "moodle"
    GIFT = "gift"
    XLSX = "xlsx"
    DOCX = "docx"
    PDF = "pdf"


Level = Annotated[list[str] | None, typer.Option(help="only this level: NB, TH, VD, VDC; may be repeated")]
Words = Annotated[str, typer.Option("--text", help="only items with these words")]


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
        search = wanted_items(topic, level, state, words)
        if not exists(bank_url):
            return no_bank(bank_url, as_json=as_json)
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
