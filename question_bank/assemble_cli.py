"""`khaothi form assemble`: from blueprint and bank to mixed codes, their keys apart, and the printed matrix."""

from __future__ import annotations

import hashlib
import os
import random
import secrets
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from khaothi import command_line
from khaothi.wording import vietnamese
from question_bank import blueprint as blueprints
from question_bank import canonical, matrix, mixing, printed
from question_bank import form as forms
from question_bank.adapters.bank_home import exists, open_bank
from question_bank.bank_options import no_bank
from question_bank.cli_errors import refused
from question_bank.errors import CodesUnfit, QuestionBankError
from question_bank.response_key import ResponseKey
from question_bank.wording import WORDING

MOST_CODES = 200


def assemble(
    blueprint: Annotated[Path, typer.Option(help="blueprint (TOML)", exists=True, dir_okay=False)],
    out: Annotated[Path, typer.Option(help="folder for forms, keys and the printed matrix", file_okay=False)],
    codes: Annotated[int, typer.Option(help="how many codes", min=1, max=MOST_CODES)] = 24,
    seed: Annotated[int | None, typer.Option(help="the same seed gives the same forms", min=0)] = None,
    bank: Annotated[str, typer.Option(help="bank: sqlite:///path; default in $KHAOTHI_HOME")] = "",
    parallel: Annotated[int, typer.Option(help="originals that share no item; codes are dealt to them", min=1)] = 1,
    first_code: Annotated[str, typer.Option(help="name of the first code")] = "0101",
    statements: Annotated[bool, typer.Option("--statements", help="let statements a)-d) change places too")] = False,
    fixed_order: Annotated[bool, typer.Option("--fixed-order", help="items keep their order")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON document on standard output")] = False,
) -> int:
    """Take items by the blueprint, mix them into codes, and write forms, keys, matrix and specification."""
    from question_bank.assembly.assemble import Infeasible

    try:
        names = _names(first_code, codes, parallel)
    except QuestionBankError as error:
        return refused(error, as_json=as_json)
    chosen = secrets.randbelow(2**31) if seed is None else seed
    rules = mixing.Rules(items=not fixed_order, statements=statements)
    try:
        text = blueprint.read_text("utf-8")
        wanted = blueprints.decode(text)
        if not exists(bank):
            return no_bank(bank, as_json=as_json)
        document = _assemble(wanted, text, out, names, chosen, bank, parallel, rules)
    except Infeasible as error:
        return _infeasible(error, as_json=as_json)
    except (QuestionBankError, OSError) as error:
        return refused(error, as_json=as_json)
    if as_json:
        command_line.print_json(document)
    else:
        for line in printed.assembled(document):
            print(line)
    return 0


def _names(first: str, count: int, parallel: int) -> list[str]:
    if parallel > count:
        raise CodesUnfit("{count} originals need at least as many codes", count=parallel)
    return list(mixing.names(first, count))


def _infeasible(error: Any, *, as_json: bool) -> int:
    told = WORDING.of_code(error.code)._replace(message="\n".join(error.texts(vietnamese=vietnamese())))
    if not as_json:
        return command_line.refuse(told, as_json=False, status=command_line.NO)
    rows = [
        {
            "part": s.cell.part, "topic": s.cell.topic, "kind": s.cell.kind, "level": s.cell.level, "wanted": s.wanted,
            "there": s.there, "lacking": s.lacking, "barred": s.barred, "text_vi": s.text_vi, "text_en": s.text_en,
        }
        for s in error.shortages
    ]  # fmt: skip
    reasons = [{"text_vi": vi, "text_en": en} for vi, en in error.reasons]
    command_line.print_json({"error": told._asdict(), "shortages": rows, "reasons": reasons})
    return command_line.NO


def _assemble(
    blueprint: blueprints.Blueprint,
    text: str,
    out: Path,
    names: list[str],
    seed: int,
    bank: str,
    parallel: int,
    rules: mixing.Rules,
) -> dict[str, Any]:
    from question_bank.adapters.formula_renderer import MathJaxRenderer
    from question_bank.adapters.picture_size import measure
    from question_bank.assembly.assemble import Assembler

    chance = random.Random(seed)
    with closing(open_bank(bank)) as store:
        assembler = Assembler(store, MathJaxRenderer(), measure, datetime.now(UTC))
        made = assembler.assemble(blueprint, names[:parallel], seed, chance)
    dealt = [names[index::parallel] for index in range(parallel)]
    mixed = [mixing.mix(o.form, own, chance, rules) for o, own in zip(made.originals, dealt, strict=True)]
    (out / "keys").mkdir(parents=True, exist_ok=True)
    rows = []
    for number, (original, each) in enumerate(zip(made.originals, mixed, strict=True), 1):
        for code in each.codes:
            key = msgspec.structs.replace(original.key, form_code=code.form.code)
            rows.append({**_write_code(out, code, key), "original": number})
    for number, original in enumerate(made.originals, 1):
        _write(out / f"original-{number}.form.json", forms.encode(original.form))
    commitment = {
        "blueprint_sha256": hashlib.sha256(text.encode()).hexdigest(),
        "forms": {row["code"]: row["digest"] for row in rows},
    }
    _write(out / "commitment.json", canonical.encode(commitment))
    _print_matrix(out, blueprint)
    return {
        "out": str(out), "seed": seed, "codes": sorted(rows, key=lambda row: row["code"]),
        "originals": [
            {
                "expected": o.expected,
                "items": {name: {"item": item, "version": version} for name, (item, version) in o.sources.items()},
                "pinned": each.pinned,
            }
            for o, each in zip(made.originals, mixed, strict=True)
        ],
        "left_out": [{"item": item, "reason": WORDING.sentence(why)} for item, why in sorted(made.unfit.items())],
        "commitment_sha256": hashlib.sha256(canonical.encode(commitment)).hexdigest(),
        "printed": ["ma-tran.pdf", "ban-dac-ta.pdf"],
    }  # fmt: skip


def _write_code(out: Path, code: mixing.Code, key: ResponseKey) -> dict[str, Any]:
    raw = forms.encode(code.form)
    name = code.form.code
    _write(out / f"{name}.form.json", raw)
    # Keys lie apart: the folder goes to the grading node, never to a station.
    _write(out / "keys" / f"{name}.key.json", msgspec.json.encode(key), secret=True)
    order = {"items": code.items, "options": {item: list(options) for item, options in code.options.items()}}
    _write(out / f"{name}.order.json", msgspec.json.encode(order))
    return {"code": name, "file": f"{name}.form.json", "digest": forms.digest(raw), "bytes": len(raw)}


def _write(path: Path, raw: bytes, *, secret: bool = False) -> None:
    """The whole file or none of it."""
    partial = path.with_suffix(".part")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600 if secret else 0o644)
    with os.fdopen(descriptor, "wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def _print_matrix(out: Path, blueprint: blueprints.Blueprint) -> None:
    from question_bank.adapters import printing

    _write(out / "ma-tran.pdf", printing.pdf(matrix.matrix(blueprint)))
    _write(out / "ban-dac-ta.pdf", printing.pdf(matrix.specification(blueprint)))
