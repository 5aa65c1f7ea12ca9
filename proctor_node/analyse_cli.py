"""`khaothi analyse`: item analysis of any table of responses (CLI.md)."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from khaothi import command_line
from khaothi.wording import vietnamese
from proctor_node.console import WrongUseError, refused
from proctor_node.wording import WORDING

if TYPE_CHECKING:
    from proctor_node.item_analysis.coding import Reading
    from proctor_node.item_analysis.irt.specification import ModelName
    from proctor_node.item_analysis.table import ResponseTable

Existing = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV, XLSX or Parquet, one row a person")]
ExistingOption = Annotated[Path | None, typer.Option("--key", exists=True, dir_okay=False, help="CSV: item,key")]


REPORTS = {".pdf", ".html", ".xlsx"}


class Model(StrEnum):
    """Item response models."""

    NONE = "none"
    RASCH = "rasch"
    ONE = "1pl"
    TWO = "2pl"
    THREE = "3pl"
    PCM = "pcm"
    GPCM = "gpcm"


MODELS: dict[Model, ModelName | None] = {
    Model.NONE: None, Model.RASCH: "rasch", Model.ONE: "1pl", Model.TWO: "2pl", Model.THREE: "3pl", Model.PCM: "pcm",
    Model.GPCM: "gpcm",
}  # fmt: skip


class Language(StrEnum):
    """Language of the printed report."""

    VI = "vi"
    EN = "en"


def command(
    responses: Existing,
    key: ExistingOption = None,
    max_marks: Annotated[str | None, typer.Option("--max-marks", help="CSV: item,max; or one number for all")] = None,
    model: Annotated[Model, typer.Option(help="item response model")] = Model.NONE,
    group: Annotated[str | None, typer.Option(help="column of groups to compare (DIF)")] = None,
    focal: Annotated[str | None, typer.Option(help="focal group; default the second value in sorted order")] = None,
    purify: Annotated[bool, typer.Option(help="take items of class B and C out of the matching total")] = False,
    pairs: Annotated[bool, typer.Option("--pairs", help="unusually similar pairs of papers")] = False,
    identifier: Annotated[str | None, typer.Option("--id", help="column of identifiers; '#' counts rows")] = None,
    omitted: Annotated[str, typer.Option(help="codes of omitted responses, separated by commas")] = "",
    not_reached: Annotated[str, typer.Option("--not-reached", help="codes of items not reached")] = "",
    change_key: Annotated[
        list[str] | None, typer.Option("--change-key", help="ITEM=OPTION: preview marks under another key")
    ] = None,
    report: Annotated[Path | None, typer.Option(help="write the report: .pdf, .html or .xlsx")] = None,
    lang: Annotated[
        Language | None, typer.Option(help="language of the report; default the session's on screen, vi in a file")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON document on standard output")] = False,
) -> int:
    """Item analysis: what to look at first, and the statistics behind it."""
    from proctor_node.adapters.response_tables import read_table
    from proctor_node.item_analysis import analysis
    from proctor_node.item_analysis.errors import AnalysisError

    try:
        _check_report(report)
        table = read_table(responses)
        reading = _reading(table, key, max_marks, identifier, _codes(omitted), _codes(not_reached), group)
        document = analysis.run(
            table, reading, analysis.Request(MODELS[model], group, focal, purify, pairs, _changes(change_key or []))
        )
        if report is not None:
            _write(report, document, (lang or Language.VI).value)
    except AnalysisError as error:
        status = command_line.WRONG_USE if error.wrong_use else command_line.NO
        return command_line.refuse(WORDING.of_error(error, error.code), as_json=as_json, status=status)
    except (WrongUseError, OSError) as error:
        return refused(error, as_json=as_json)
    if as_json:
        command_line.print_json(document)
    else:
        _show(document, (lang or (Language.VI if vietnamese() else Language.EN)).value)
    return 0


def _check_report(report: Path | None) -> None:
    """Said before the analysis, which may take a minute."""
    if report is not None and report.suffix.lower() not in REPORTS:
        raise WrongUseError("--report: {file}: a report is .pdf, .html or .xlsx", file=report.name)


def _changes(texts: list[str]) -> dict[str, tuple[str, ...]]:
    changes = {}
    for text in texts:
        item, sign, right = text.partition("=")
        if not sign or not item or not right:
            raise WrongUseError("--change-key: '{text}' is not ITEM=OPTION", text=text)
        changes[item.strip()] = tuple(option.strip() for option in right.split("|"))
    return changes


def _write(path: Path, document: dict[str, Any], language: str) -> None:
    from proctor_node.adapters.analysis_report import write_report

    write_report(path, document, language)


def _codes(text: str) -> frozenset[str]:
    return frozenset(code.strip() for code in text.split(",") if code.strip())


def _reading(table: ResponseTable, key: Path | None, max_marks: str | None, identifier: str | None, omitted: frozenset[str], not_reached: frozenset[str], group: str | None) -> Reading:  # fmt: skip
    from proctor_node.adapters.response_tables import read_cells
    from proctor_node.item_analysis import key as keys
    from proctor_node.item_analysis.coding import Reading

    names = [column.name for column in table.columns]
    entries = None if key is None else keys.read_key(key.name, *read_cells(key), names)
    maximum: dict[str, float] | float | None = None
    if max_marks is not None:
        single = keys.number(max_marks)
        path = Path(max_marks)
        if single is not None and single > 0:
            maximum = float(single)
        elif path.is_file():
            maximum = keys.read_maximum_marks(path.name, *read_cells(path), names)
        else:
            raise WrongUseError("--max-marks: '{text}' is neither a file nor a positive number", text=max_marks)
    return Reading(entries, maximum, identifier, omitted, not_reached, () if group is None else (group,))


def _show(document: dict[str, Any], language: str) -> None:
    """The report for people."""
    from rich.console import Console

    from proctor_node.item_analysis.printed import render

    render(document, language, Console())


def analyse(arguments: list[str]) -> int:
    """Entry point."""
    # Many small matrix products: a second BLAS thread waits for the first longer than it helps, above all on a busy PC.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    application = typer.Typer(add_completion=False)
    application.command()(command)
    return command_line.run(application, "analyse", arguments)
