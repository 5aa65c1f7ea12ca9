"""`khaothi bank`: bring items in, give them out, check them."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from khaothi import command_line
from question_bank import checking, printed
from question_bank.adapters.bank_home import exists, open_bank
from question_bank.adapters.bank_store import SqlBankStore
from question_bank.adapters.formula_renderer import MathJaxRenderer
from question_bank.bank.item import digest
from question_bank.bank.similarity import NEAR
from question_bank.bank_export_cli import export
from question_bank.bank_import_cli import import_
from question_bank.bank_options import BankUrl, Json, State, Topic, issue_document, no_bank
from question_bank.bank_options import wanted as wanted_items
from question_bank.cli_errors import refused
from question_bank.errors import ItemUnknown, QuestionBankError
from question_bank.formats.report import Issue
from question_bank.ports import Search


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
        search = wanted_items(topic, None, state, "")
        if not exists(bank_url):
            return no_bank(bank_url, as_json=as_json)
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
