"""`khaothi score`: grade a table of responses by form, key and profile (CLI.md). Both graders must agree."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from khaothi import command_line
from proctor_node import errors
from proctor_node.console import refused
from proctor_node.wording import WORDING

if TYPE_CHECKING:
    from exam_engine.grading import Marks
    from proctor_node.response_sheet import Papers

File = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, help="responses: CSV, XLSX or Parquet, one row a person")
]
Form = Annotated[
    Path, typer.Option("--form", exists=True, dir_okay=False, help="the form, its source, index, or a table")
]
Key = Annotated[
    Path, typer.Option("--key", exists=True, dir_okay=False, help="the key: TOML, JSON, or a table item,key")
]
Json = Annotated[bool, typer.Option("--json", help="one JSON document on standard output")]


def score(
    responses: File,
    form: Form,
    key: Key,
    profile: Annotated[str, typer.Option("--profile", help="a profile (TOML), or the name of one that is shipped")],
    as_json: Json = False,
) -> int:
    """Grade a table of responses."""
    from exam_engine import profile as profiles
    from exam_engine.errors import ExamEngineError
    from proctor_node.adapters import grading_files, tables
    from proctor_node.marking import check_parts, grade_twice
    from proctor_node.response_sheet import read_papers

    try:
        text = grading_files.read_profile(profile)
        rules = profiles.load(text)
        code, index = grading_files.read_form(form)
        keys = grading_files.read_key(key, index)
        check_parts(index, rules)
        papers = read_papers(*tables.text_table(responses), index)
        marks = {
            p.identifier: grade_twice(index, keys.right, p.responses, rules, text, p.identifier) for p in papers.papers
        }
    except (errors.NodeError, ExamEngineError, OSError) as error:
        return refused(error, as_json=as_json)
    document = _document(marks, papers)
    document |= {"form": code, "key_version": keys.version, "profile": {"name": rules.name, "version": rules.version}}
    if as_json:
        command_line.print_json(document)
    else:
        _tell(marks, papers)
    return 0


def _document(marks: dict[str, Marks], papers: Papers) -> dict[str, Any]:
    return {
        "candidates": [
            {
                "id": who,
                "score": str(found.score),
                "by_part": {part: str(mark) for part, mark in found.by_part.items()},
                "items": [{"id": m.item, "mark": plain(m.mark), "response": m.response} for m in found.items],
            }
            for who, found in marks.items()
        ],
        "remarks": [
            {"row": row, "item": item, "cell": cell, "code": "not_understood"} for row, item, cell in papers.remarks
        ],
        "ignored_columns": papers.ignored,
    }


def plain(mark: Decimal) -> str:
    """A mark without exponent; a third is cut at six places."""
    return f"{mark:f}" if -mark.as_tuple().exponent <= 6 else f"{mark:.6f}"  # type: ignore[operator]


def _tell(marks: dict[str, Marks], papers: Papers) -> None:
    for who, found in marks.items():
        parts = "  ".join(f"{part} {mark}" for part, mark in found.by_part.items())
        print(f"{who}\t{found.score}\t{parts}")
    for row, item, cell in papers.remarks:
        print(WORDING.line("row {row}, {item}: {cell!r} is no response; no mark for it", row=row, item=item, cell=cell))


def main(arguments: list[str]) -> int:
    """Entry point of the launcher."""
    application = typer.Typer(add_completion=False)
    application.command("score")(score)
    return command_line.run(application, "score", arguments)
