"""GIFT out; what the format has no place for stands in a comment that our reader understands."""

from __future__ import annotations

import base64
import re
from decimal import Decimal

import msgspec

from question_bank.bank.content import Content, plain
from question_bank.bank.item import BankItem, Draft, Key
from question_bank.formats.html_writer import HtmlWriter
from question_bank.formats.moodle.fields import Extra
from question_bank.formats.selection import Selection


def write(selection: Selection) -> bytes:
    """The bytes of a GIFT file."""
    blocks = []
    for passage in selection.passages.values():
        note = msgspec.json.encode(Extra(kind="passage")).decode()
        blocks.append(f"// khaothi: {note}\n[html]{_escaped(_html(selection, passage.content))}")
    topic: str | None = None
    for draft in selection.drafts:
        if draft.item.metadata.topic != topic:
            topic = draft.item.metadata.topic
            blocks.append(f"$CATEGORY: $course$/top/{'/'.join(topic.split(' / '))}")
        blocks.append(_question(selection, draft))
    return ("\n\n".join(blocks) + "\n").encode()


def _html(selection: Selection, content: Content) -> str:
    def address(sha256: str) -> str:
        resource = selection.resources.get(sha256)
        return (
            f"data:{resource.media_type};base64,{base64.b64encode(resource.content).decode()}" if resource else sha256
        )

    return HtmlWriter(address).content(content)


def _escaped(text: str) -> str:
    made = re.sub(r"([~=#{}:\\])", r"\\\1", text)
    return made.replace("\n", "\\n")


def _question(selection: Selection, draft: Draft) -> str:
    item, key = draft.item, draft.key
    fixed = tuple(option.identifier for option in item.options if option.fixed) or (
        ("case",) if key.case_sensitive else ()
    )
    extra = Extra(
        item.kind, item.metadata, item.passage, item.shuffle, fixed, key.weights, key.tolerance, item.unsupported
    )
    title = _escaped(item.metadata.title or " ".join(plain(item.stem).split())[:40].replace("\\", ""))
    solution = f"####{_escaped(_html(selection, item.solution))}" if item.solution else ""
    return (
        f"// khaothi: {msgspec.json.encode(extra).decode()}\n::{title}::[html]{_escaped(_html(selection, item.stem))}{{\n"
        f"{_body(selection, item, key)}{solution}\n}}"
    )


def _body(selection: Selection, item: BankItem, key: Key) -> str:
    if item.kind == "short_answer":
        return "".join(f"={_escaped(value)}\n" for value in key.right)
    if item.kind == "true_false_cluster":
        names = {"true": "Đúng", "false": "Sai", "": "?"}
        right = (*key.right, *("" for _ in item.options))
        return "".join(
            f"={_escaped(_html(selection, option.content))} -> {names[verdict]}\n"
            for option, verdict in zip(item.options, right, strict=False)
        )
    return "".join(
        f"{_sign(option.identifier, item, key)}{_escaped(_html(selection, option.content))}\n"
        for option in item.options
    )


def _sign(option: str, item: BankItem, key: Key) -> str:
    if key.weights:
        return f"~%{(Decimal(dict(key.weights).get(option, '0')) * 100).normalize():f}%"
    if item.kind == "single_choice":
        return "=" if option in key.right else "~"
    return (
        f"~%{(Decimal(100) / len(key.right)).quantize(Decimal('0.00001')).normalize():f}%"
        if option in key.right
        else "~%0%"
    )
