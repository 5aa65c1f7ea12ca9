"""`khaothi form`: assemble forms, check a form's source, make officers' keys, seal a form for three of them."""

from __future__ import annotations

import base64
import os
import tomllib
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from khaothi import command_line
from question_bank import form as forms
from question_bank import response_key, sealed_form
from question_bank.adapters.formula_renderer import MathJaxRenderer
from question_bank.assemble_cli import assemble
from question_bank.cli_errors import refuse, refused
from question_bank.errors import FormMalformed, OfficersUnusable, QuestionBankError
from question_bank.form import Form
from question_bank.response_key import ResponseKey
from question_bank.sealed_form import Officer, OfficerPublic
from question_bank.source import FormBuilder
from question_bank.wording import WORDING

Source = Annotated[
    Path, typer.Argument(help="form: a source (TOML) or one assembled (JSON)", exists=True, dir_okay=False)
]
Keys = Annotated[Path | None, typer.Option(help="response keys (TOML or JSON)", exists=True, dir_okay=False)]
Json = Annotated[bool, typer.Option("--json", help="one JSON document on standard output")]
PUBLIC_SUFFIX, PRIVATE_SUFFIX = ".officer.json", ".officer.pem"


def _build(source: Path, keys: Path | None) -> Form:
    """A form as assembled (`.json`) or as written by hand (TOML), its keys checked."""
    if source.suffix == ".json":
        form = forms.decode(source.read_bytes())
    else:
        builder = FormBuilder(MathJaxRenderer(), lambda name: (source.parent / name).read_bytes())
        form = builder.build(_text(source))
    if keys is not None:
        response_key.check(_key(keys), form)
    return form


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise FormMalformed("{file}: not UTF-8 text", file=path.name) from error


def _officer(path: Path) -> OfficerPublic:
    try:
        return msgspec.json.decode(path.read_bytes(), type=OfficerPublic)
    except (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise OfficersUnusable("{file}: not an officer's public file", file=path.name) from error


def _key(path: Path) -> ResponseKey:
    raw = _text(path)
    try:
        plain = msgspec.json.decode(raw) if path.suffix == ".json" else tomllib.loads(raw)
        return msgspec.convert(plain, ResponseKey)
    except (msgspec.DecodeError, msgspec.ValidationError, tomllib.TOMLDecodeError) as error:
        raise FormMalformed("{file}: {problem}", file=path.name, problem=error) from error


def _tell(document: dict[str, Any], line: str, *, as_json: bool) -> int:
    if as_json:
        command_line.print_json(document)
    else:
        print(line)
    return 0


def check(source: Source, keys: Keys = None, as_json: Json = False) -> int:
    """Build a form, draw every formula, and check that every key can be entered."""
    try:
        form = _build(source, keys)
    except (QuestionBankError, OSError) as error:
        return refused(error, as_json=as_json)
    raw = forms.encode(form)
    parts = {part.id: len(part.items) for part in form.parts}
    document = {
        "code": form.code,
        "digest": forms.digest(raw),
        "bytes": len(raw),
        "parts": parts,
        "resources": len(form.resources),
    }
    line = WORDING.line(
        "form {code}: {items} items, {pictures} pictures, digest {digest}",
        code=form.code, items=sum(parts.values()), pictures=len(form.resources), digest=forms.digest(raw)[:16],
    )  # fmt: skip
    return _tell(document, line, as_json=as_json)


def officer(
    name: str,
    out: Annotated[Path, typer.Option(help="folder for the two files", exists=True, file_okay=False)] = Path(),
    passphrase_env: Annotated[
        str, typer.Option(help="environment variable that holds the passphrase")
    ] = "KHAOTHI_PASSPHRASE",
    as_json: Json = False,
) -> int:
    """Make an officer's keys: a private file under a passphrase, and a public one for sealing."""
    passphrase = os.environ.get(passphrase_env, "")
    if not passphrase:
        return refuse("no_passphrase", command_line.WRONG_USE, as_json=as_json, variable=passphrase_env)
    made = Officer.create(name)
    stem = "".join(c if c.isalnum() else "-" for c in name)
    private, public = out / f"{stem}{PRIVATE_SUFFIX}", out / f"{stem}{PUBLIC_SUFFIX}"
    descriptor = os.open(private, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(made.to_pem(passphrase.encode()))
    public.write_bytes(msgspec.json.encode(made.public))
    return _tell({"private": str(private), "public": str(public)}, f"{private}\n{public}", as_json=as_json)


def seal(
    source: Source,
    officers: Annotated[
        list[Path], typer.Option("--officer", help="public file of an officer; three of them", exists=True)
    ],
    out: Annotated[Path, typer.Option(help="the sealed package")],
    keys: Keys = None,
    as_json: Json = False,
) -> int:
    """Seal a form for three officers; any two of them can open it."""
    try:
        public = tuple(_officer(path) for path in officers)
        form = _build(source, keys)
        package = sealed_form.seal(forms.encode(form), form.code, form.subject, public, os.urandom)
    except (QuestionBankError, OSError) as error:
        return refused(error, as_json=as_json)
    out.write_bytes(sealed_form.encode(package))
    index = out.with_suffix(".index.json")
    index.write_bytes(msgspec.json.encode(_facts(form)))
    document = {"package": str(out), "index": str(index), "digest": package.digest}
    lines = (WORDING.line("{file}: digest {digest}", file=out, digest=package.digest), WORDING.line("{file}: for grading", file=index))  # fmt: skip
    return _tell(document, "\n".join(lines), as_json=as_json)


def _facts(form: Form) -> dict[str, dict[str, Any]]:
    """What grading needs of each item, without its content (`exam_engine.commands.ItemFacts`)."""
    return {
        item.id: {
            "item": item.id,
            "part": part.id,
            "number": item.number,
            "kind": item.kind,
            "options": [option.identifier for option in item.options],
        }
        for part, item in form.each_item()
    }


def half_code(
    package: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    name: str,
    key: Annotated[Path, typer.Option(help="own private file", exists=True)],
    partner: Annotated[str, typer.Option(help="name of the other officer")],
    passphrase_env: str = "KHAOTHI_PASSPHRASE",
    as_json: Json = False,
) -> int:
    """Print own half-code for carrying by hand when there is no network."""
    try:
        own = Officer.from_pem(name, key.read_bytes(), os.environ.get(passphrase_env, "").encode())
        share = own.open_share(sealed_form.decode(package.read_bytes()), partner)
    except (QuestionBankError, OSError) as error:
        return refused(error, as_json=as_json)
    code = sealed_form.half_code(share)
    return _tell({"half_code": code, "qr": base64.b64encode(share).decode()}, code, as_json=as_json)


def form(arguments: list[str]) -> int:
    """Entry point of the launcher."""
    application = typer.Typer(add_completion=False, help="Assemble, check and seal forms.")
    for command in (assemble, check, officer, seal, half_code):
        application.command()(command)
    return command_line.run(application, "form", arguments)
