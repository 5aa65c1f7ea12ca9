"""`khaothi node results`: marks, publication, appeals, corrections of keys, penalties, documents."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from exam_engine.errors import ExamEngineError
from exam_engine.plan import attempt_id
from khaothi import command_line
from khaothi.wording import Terms
from proctor_node import errors
from proctor_node.console import Folder, Json, Piped, WrongUseError, prove, refused, told, where
from proctor_node.wording import WORDING

if TYPE_CHECKING:
    from proctor_node.node import Node
    from proctor_node.results import Book, KeyPreview, Result

By = Annotated[list[str], typer.Option("--by", help="who decides; repeat where two are needed; each gives a password")]
One = Annotated[str, typer.Option("--by", help="who; gives a password")]
Shift = Annotated[str | None, typer.Option(help="one shift only")]
Reason = Annotated[str, typer.Option()]
OutFile = Annotated[Path | None, typer.Option(dir_okay=False)]


def _run(
    folder: Path | None, act: Callable[[Node], tuple[dict[str, Any], list[str]]], *, alone: bool, as_json: bool
) -> int:
    from proctor_node.adapters import node_folder

    try:
        with node_folder.opened(where(folder), alone=alone) as node:
            document, lines = act(node)
    except (errors.NodeError, ExamEngineError, WrongUseError, OSError) as error:
        return refused(error, as_json=as_json)
    return told(document, lines, as_json=as_json)


def show(
    context: typer.Context,
    shift: Shift = None,
    xlsx: OutFile = None,
    folder: Folder = None,
    as_json: Json = False,
) -> int:
    """Marks of a shift or of all. An absence has no mark; a missing paper needs a decision."""
    if context.invoked_subcommand is not None:
        return 0

    def act(node: Node) -> tuple[dict[str, Any], list[str]]:
        from proctor_node.adapters import exports

        found = node.marks(shift)
        if xlsx is not None:
            exports.to_xlsx(xlsx, found)
        lines = ["\t".join(line) for line in (exports.HEADER, *(exports.row(result) for result in found))]
        return {"state": node.book.state, "results": [_document(result) for result in found]}, lines

    return _run(folder, act, alone=False, as_json=as_json)


def _document(result: Result) -> dict[str, Any]:
    marks = result.marks
    return {
        "sbd": result.candidate.sbd,
        "shift": result.candidate.shift,
        "outcome": result.outcome,
        "score": None if marks is None else str(marks.score),
        "penalty": str(result.penalty),
        "net": None if result.net is None else str(result.net),
        "score_by_part": {} if marks is None else {part: str(mark) for part, mark in marks.by_part.items()},
        "key_version": result.key_version,
    }


def export(
    csv: OutFile = None,
    xlsx: OutFile = None,
    pdf: Annotated[Path | None, typer.Option(dir_okay=False, help="bảng ghi điểm")] = None,
    absences: Annotated[Path | None, typer.Option(dir_okay=False, help="bảng tổng hợp vắng, vi phạm (PDF)")] = None,
    qti: Annotated[Path | None, typer.Option(dir_okay=False, help="QTI Results Reporting (ZIP)")] = None,
    shift: Shift = None,
    folder: Folder = None,
    as_json: Json = False,
) -> int:
    """Write results as files; both graders must agree first."""

    def act(node: Node) -> tuple[dict[str, Any], list[str]]:
        from proctor_node.adapters import exports
        from proctor_node.adapters.pdf import render
        from proctor_node.documents import lists

        if not any((csv, xlsx, pdf, absences, qti)):
            raise WrongUseError("name at least one of --csv, --xlsx, --pdf, --absences, --qti")
        found, book, exam = node.marks(shift), node.book, node.plan.exam
        checked = node.grade_again(found)
        if csv:
            exports.to_csv(csv, found)
        if xlsx:
            exports.to_xlsx(xlsx, found)
        if qti:
            exports.to_qti(qti, exam.id, found, book)
        if pdf:
            pdf.write_bytes(render(lists.score_table(exam, found, book, shift or "")))
        if absences:
            absences.write_bytes(render(lists.absences(exam, found, book)))
        files = [str(path) for path in (csv, xlsx, pdf, absences, qti) if path]
        return {"files": files, "graded_twice": checked}, [
            WORDING.line("{count} papers graded twice", count=checked),
            *files,
        ]

    return _run(folder, act, alone=False, as_json=as_json)


def publish(by: One, piped: Piped = False, folder: Folder = None, as_json: Json = False) -> int:
    """Give out provisional results, if both graders agree on every paper."""

    def act(node: Node) -> tuple[dict[str, Any], list[str]]:
        prove(node, (by,), piped=piped)
        book = node.publish(by)
        return {"state": book.state, "papers": len(book.settled)}, [_settled(book)]

    return _run(folder, act, alone=True, as_json=as_json)


def finalise(by: By, piped: Piped = False, folder: Folder = None, as_json: Json = False) -> int:
    """Close the results, by two persons, when no appeal and no paper waits."""

    def act(node: Node) -> tuple[dict[str, Any], list[str]]:
        book = node.finalise(_two(prove(node, by, piped=piped)))
        return {"state": book.state, "papers": len(book.settled)}, [_settled(book)]

    return _run(folder, act, alone=True, as_json=as_json)


def _settled(book: Book) -> str:
    return WORDING.line("{state}: {count} papers", state=Terms((book.state,)), count=len(book.settled))


def _two(names: tuple[str, ...]) -> tuple[str, str]:
    if len(names) != 2:
        raise WrongUseError("name two persons: --by A --by B")
    return names[0], names[1]


def _attempt(node: Node, sbd: str, shift: str) -> str:
    return attempt_id(node.plan.exam.id, shift, sbd)


def _line(node: Node, attempt: str) -> Result:
    for result in node.marks():
        if node.attempt_name(result.candidate) == attempt:
            return result
    raise errors.Refused("unknown_attempt")


def appeal(
    sbd: str, shift: Annotated[str, typer.Option()], by: One, reason: Reason, piped: Piped = False, folder: Folder = None,
    as_json: Json = False,
) -> int:  # fmt: skip
    """File a request to mark again (phúc khảo)."""

    def act(node: Node) -> tuple[dict[str, Any], list[str]]:
        prove(node, (by,), piped=piped)
        filed = node.appeal(_attempt(node, sbd, shift), by, reason)
        return msgspec.to_builtins(filed), [WORDING.line("appeal {number}: {sbd}, mark {before}", number=filed.number, sbd=sbd, before=filed.before)]  # fmt: skip

    return _run(folder, act, alone=True, as_json=as_json)


def appeal_decide(
    number: int, by: By, note: Reason = "", sheet: Annotated[Path | None, typer.Option(dir_okay=False, help="response sheet (PDF)")] = None,
    piped: Piped = False, folder: Folder = None, as_json: Json = False,
) -> int:  # fmt: skip
    """Mark the paper again by both graders, in the name of two persons."""

    def act(node: Node) -> tuple[dict[str, Any], list[str]]:
        from proctor_node.adapters.pdf import render
        from proctor_node.documents import lists

        decided = node.decide_appeal(number, _two(prove(node, by, piped=piped)), note)
        line = _line(node, decided.attempt)
        if sheet is not None:
            sheet.write_bytes(render(lists.response_sheet(node.plan.exam, line, node.keys_of(line))))
        return msgspec.to_builtins(decided), [WORDING.line("appeal {number}: {before} -> {after}", number=number, before=decided.before, after=decided.after)]  # fmt: skip

    return _run(folder, act, alone=True, as_json=as_json)


def _preview(preview: KeyPreview) -> tuple[dict[str, Any], list[str]]:
    change = preview.change
    document = {
        "item": change.item, "old": change.old, "new": change.new, "gain": preview.gain, "lose": preview.lose,
        "unchanged": preview.unchanged, "mean_before": str(preview.mean_before), "mean_after": str(preview.mean_after),
        "changed": [{"attempt": a, "before": str(b), "after": str(n)} for a, b, n in preview.changed],
    }  # fmt: skip
    head = WORDING.line(
        "{item}: {old} -> {new}: {gain} gain, {lose} lose, {unchanged} unchanged, mean {mean_before} -> {mean_after}",
        **{name: value for name, value in document.items() if name != "changed"},
    )
    return document, [head, *(f"{a}\t{b}\t{n}" for a, b, n in preview.changed)]


def key_preview(form: str, item: str, key: str, folder: Folder = None, as_json: Json = False) -> int:
    """Who would gain and who would lose by another key; nothing is kept. FORM is the form's digest."""
    return _run(folder, lambda node: _preview(node.preview_key(form, item, key)), alone=False, as_json=as_json)


def key_propose(
    form: str,
    item: str,
    key: str,
    by: One,
    reason: Reason,
    piped: Piped = False,
    folder: Folder = None,
    as_json: Json = False,
) -> int:
    """Ask for a correction of a key; another person must approve it."""

    def act(node: Node) -> tuple[dict[str, Any], list[str]]:
        prove(node, (by,), piped=piped)
        change = node.propose_key(form, item, key, by, reason)
        return msgspec.to_builtins(change), [WORDING.line("proposal {number}: {item} {old} -> {new}", number=change.number, item=item, old=change.old, new=key)]  # fmt: skip

    return _run(folder, act, alone=True, as_json=as_json)


def key_approve(number: int, by: One, piped: Piped = False, folder: Folder = None, as_json: Json = False) -> int:
    """Approve a correction; publish again to give out the new marks."""

    def act(node: Node) -> tuple[dict[str, Any], list[str]]:
        prove(node, (by,), piped=piped)
        change = node.approve_key(number, by)
        return msgspec.to_builtins(change), [WORDING.line("key version {version} in force", version=change.version)]

    return _run(folder, act, alone=True, as_json=as_json)


def penalise(
    sbd: str, shift: Annotated[str, typer.Option()], kind: Annotated[str, typer.Option(help="khien_trach, canh_cao, dinh_chi")],
    by: By, reason: Reason, piped: Piped = False, folder: Folder = None, as_json: Json = False,
) -> int:  # fmt: skip
    """Take a share of the mark away by a disciplinary measure."""

    def act(node: Node) -> tuple[dict[str, Any], list[str]]:
        given = node.penalise(_attempt(node, sbd, shift), kind, prove(node, by, piped=piped), reason)
        return msgspec.to_builtins(given), [f"{kind}: {sbd}"]

    return _run(folder, act, alone=True, as_json=as_json)


def slip(
    sbd: str, shift: Annotated[str, typer.Option()], pdf: OutFile = None, folder: Folder = None, as_json: Json = False
) -> int:
    """A result slip with a code that can be checked."""

    def act(node: Node) -> tuple[dict[str, Any], list[str]]:
        from proctor_node.adapters.pdf import render
        from proctor_node.documents import lists

        attempt = _attempt(node, sbd, shift)
        code, book = node.slip_code(attempt), node.book
        if pdf is not None:
            pdf.write_bytes(render(lists.slip(node.plan.exam, _line(node, attempt), book, code)))
        net = book.settled[attempt].net
        return {"sbd": sbd, "net": net, "code": code, "state": book.state}, [
            "\t".join((sbd, str(net), code, WORDING.value(Terms((book.state,)))))
        ]

    return _run(folder, act, alone=False, as_json=as_json)


def check(
    sbd: str, mark: str, code: str, shift: Annotated[str, typer.Option()], folder: Folder = None, as_json: Json = False
) -> int:
    """Whether a result slip with this mark and code holds."""
    answer: list[bool] = []

    def act(node: Node) -> tuple[dict[str, Any], list[str]]:
        answer.append(node.slip_says(_attempt(node, sbd, shift), mark, code))
        return {"sbd": sbd, "holds": answer[0]}, [
            WORDING.line("the slip holds") if answer[0] else WORDING.line("the slip does not hold")
        ]

    status = _run(folder, act, alone=False, as_json=as_json)
    return status if status or answer == [True] else command_line.NO


def group() -> typer.Typer:
    """The command group; without a subcommand it shows the marks."""
    application = typer.Typer(add_completion=False)
    application.callback(invoke_without_command=True)(show)
    commands = (
        export,
        publish,
        finalise,
        appeal,
        appeal_decide,
        key_preview,
        key_propose,
        key_approve,
        penalise,
        slip,
        check,
    )
    for command in commands:
        application.command()(command)
    return application
