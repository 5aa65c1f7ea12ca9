"""`khaothi node officer|form|release`: the officers' keys and sealed forms at the node, and signing the start from afar.

An officer's private key is opened on the officer's own machine; the node sees a signature and one share, never the key.
"""

from __future__ import annotations

import base64
import os
import ssl
import tomllib
from pathlib import Path
from typing import Annotated, Any

import httpx
import msgspec
import typer

from khaothi import command_line
from proctor_node import errors
from proctor_node.console import RefusedHere, refuse, refused
from proctor_node.wording import WORDING
from question_bank import sealed_form
from question_bank.errors import QuestionBankError
from question_bank.response_key import ResponseKey
from question_bank.sealed_form import Officer, OfficerPublic

Json = Annotated[bool, typer.Option("--json", help="one JSON document on standard output")]
Folder = Annotated[Path | None, typer.Option("--dir", file_okay=False, help="the node's folder")]
Existing = Annotated[Path, typer.Argument(exists=True, dir_okay=False)]
OWN_HEADER = {"X-Khaothi": "1"}
TIMEOUT = 20.0


def officer_add(
    files: Annotated[
        list[Path], typer.Argument(help="public files of the three officers", exists=True, dir_okay=False)
    ],
    folder: Folder = None,
    as_json: Json = False,
) -> int:
    """Tell the node the public keys of the three officers."""
    from proctor_node.adapters import node_folder

    try:
        officers = tuple(_public(path) for path in files)
        if len({officer.name for officer in officers}) != sealed_form.OFFICERS:
            raise RefusedHere("needs_three_officers")
        with node_folder.opened(folder or node_folder.home(), alone=True) as node:
            node.add_officers(officers)
    except (errors.NodeError, OSError) as error:
        return refused(error, as_json=as_json)
    names = [officer.name for officer in officers]
    return _tell({"officers": names}, ", ".join(names), as_json=as_json)


def form_add(
    package: Existing,
    index: Annotated[Path, typer.Option(help="facts of the items, made when the form was sealed", exists=True)],
    keys: Annotated[Path, typer.Option(help="response keys (TOML)", exists=True)],
    shift: Annotated[str, typer.Option(help="the shift that sits it; empty for all")] = "",
    folder: Folder = None,
    as_json: Json = False,
) -> int:
    """Give the node a sealed form with what grading needs; its content stays sealed."""
    from exam_engine.commands import ItemFacts
    from proctor_node.adapters import node_folder

    try:
        key = msgspec.convert(tomllib.loads(keys.read_text("utf-8")), ResponseKey)
        facts = msgspec.json.decode(index.read_bytes(), type=dict[str, ItemFacts])
        if key.right.keys() != facts.keys():
            raise RefusedHere("key_does_not_fit")
        with node_folder.opened(folder or node_folder.home(), alone=True) as node:
            digest = node.add_form(package.read_bytes(), key, facts, shift)
    except (
        msgspec.ValidationError,
        msgspec.DecodeError,
        tomllib.TOMLDecodeError,
        UnicodeDecodeError,
        QuestionBankError,
    ) as error:
        return refused(RefusedHere("form_unusable", "{problem}", problem=error), as_json=as_json)
    except (errors.NodeError, OSError) as error:
        return refused(error, as_json=as_json)
    return _tell({"digest": digest}, WORDING.line("form {digest}", digest=digest), as_json=as_json)


def release_sign(
    url: str,
    package: Existing,
    name: Annotated[str, typer.Option("--officer", help="own name as officer")],
    key: Annotated[Path, typer.Option(help="own private file", exists=True)],
    partner: Annotated[str, typer.Option(help="name of the other officer")],
    ca: Annotated[Path, typer.Option(help="the node's certificate authority (ca.pem)", exists=True)],
    account: Annotated[str, typer.Option(help="account at the node")],
    code: Annotated[str, typer.Option(help="code of the second factor, if the account has one")] = "",
    scope: Annotated[str, typer.Option(help="all, site/SITE or room/SITE/ROOM")] = sealed_form.EVERYWHERE,
    as_json: Json = False,
) -> int:
    """Sign the start order with your own key; the second officer's signature starts the test.

    Passphrase and password come from KHAOTHI_PASSPHRASE and KHAOTHI_PASSWORD.
    """
    try:
        own = Officer.from_pem(name, key.read_bytes(), os.environ.get("KHAOTHI_PASSPHRASE", "").encode())
        sealed = sealed_form.decode(package.read_bytes())
        share = own.open_share(sealed, partner)
        with httpx.Client(base_url=url, verify=_pinned(ca), timeout=TIMEOUT, trust_env=False) as client:
            _post(
                client, "/v1/login", {"name": account, "password": os.environ.get("KHAOTHI_PASSWORD", ""), "code": code}
            )
            order = base64.b64decode(
                _post(client, "/v1/release/propose", {"digest": sealed.digest, "scope": scope})["order"]
            )
            told = _post(
                client,
                "/v1/release/sign",
                {
                    "digest": sealed.digest,
                    "officer": name,
                    "scope": scope,
                    "signature": base64.b64encode(own.sign(order)).decode(),
                    "share": base64.b64encode(share).decode(),
                },
            )
    except (QuestionBankError, errors.NodeError, OSError) as error:
        return refused(error, as_json=as_json)
    except httpx.HTTPError:
        return refuse("node_unreachable", command_line.DEVICE, as_json=as_json, url=url)
    line = (
        WORDING.line("the signal is out")
        if told["released"]
        else WORDING.line("signed; waiting for the second officer")
    )
    return _tell({"order": order.decode(), "released": told["released"]}, f"{order.decode()}\n{line}", as_json=as_json)


def _public(path: Path) -> OfficerPublic:
    try:
        return msgspec.json.decode(path.read_bytes(), type=OfficerPublic)
    except (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RefusedHere("officer_file_unusable", file=path.name) from error


def _pinned(ca: Path) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cadata=ca.read_text())
    except (ssl.SSLError, ValueError) as error:
        raise RefusedHere("certificate_unusable", file=ca.name) from error


def _post(client: httpx.Client, path: str, message: dict[str, str]) -> dict[str, Any]:
    answer = client.post(path, json=message, headers=OWN_HEADER)
    try:
        document: dict[str, Any] = answer.json()
    except ValueError as error:
        raise RefusedHere("no_node_there", url=str(client.base_url)) from error
    if answer.status_code >= 400:
        raise errors.Refused(str(document.get("error", {}).get("code", answer.status_code)))
    return document


def _tell(document: dict[str, Any], line: str, *, as_json: bool) -> int:
    if as_json:
        command_line.print_json(document)
    else:
        print(line)
    return 0
