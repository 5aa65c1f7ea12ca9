"""Moodle XML out (Moodle 4, qformat_xml)."""

from __future__ import annotations

import base64
from decimal import Decimal
from html import escape
from urllib.parse import quote

import msgspec

from question_bank.bank.content import Content, plain
from question_bank.bank.item import BankItem, Draft, Key
from question_bank.formats.html_writer import HtmlWriter
from question_bank.formats.moodle.fields import PLUGINFILE, Extra
from question_bank.formats.selection import Selection

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def write(selection: Selection) -> bytes:
    """The bytes of a Moodle XML file."""
    return _Writer(selection).document().encode()


class _Writer:
    def __init__(self, selection: Selection) -> None:
        self._selection = selection

    def document(self) -> str:
        rows, topic = [], None
        for passage in self._selection.passages.values():
            told = msgspec.json.encode(Extra(kind="passage")).decode()
            rows.append(
                f'<question type="description"><name><text>{passage.id}</text></name>{self._field("questiontext", passage.content)}<khaothi>{escape(told, quote=False)}</khaothi></question>'
            )
        for draft in self._selection.drafts:
            if draft.item.metadata.topic != topic:
                topic = draft.item.metadata.topic
                path = "/".join(step.strip().replace("/", "//") for step in topic.split(" / "))
                rows.append(
                    f'<question type="category"><category><text>$course$/top/{escape(path, quote=False)}</text></category></question>'
                )
            rows.append(self._question(draft))
        return f"{HEAD}<quiz>{''.join(rows)}</quiz>"

    def _field(self, name: str, content: Content, attributes: str = "", more: str = "") -> str:
        used: list[str] = []

        def address(sha256: str) -> str:
            used.append(sha256)
            return PLUGINFILE + quote(self._selection.address(sha256))

        html = HtmlWriter(address).inline(content)
        files = "".join(
            f'<file name="{self._selection.address(sha256)}" path="/" encoding="base64">{base64.b64encode(self._selection.resources[sha256].content).decode()}</file>'
            for sha256 in dict.fromkeys(used)
            if sha256 in self._selection.resources
        )
        return f'<{name}{attributes} format="html"><text>{_cdata(html)}</text>{files}{more}</{name}>'

    def _question(self, draft: Draft) -> str:
        item, key = draft.item, draft.key
        kinds = {
            "single_choice": "multichoice",
            "multiple_choice": "multichoice",
            "true_false_cluster": "matching",
            "short_answer": "shortanswer",
        }
        name = escape(item.metadata.title or " ".join(plain(item.stem).split())[:60] or "?", quote=False)
        fixed = tuple(option.identifier for option in item.options if option.fixed)
        extra = Extra(
            item.kind, item.metadata, item.passage, item.shuffle, fixed, key.weights, key.tolerance, item.unsupported
        )
        told = escape(msgspec.json.encode(extra).decode(), quote=False)
        tags = "".join(f"<tag><text>{escape(tag, quote=False)}</text></tag>" for tag in item.metadata.tags)
        return (
            f'<question type="{kinds.get(item.kind, "essay")}"><name><text>{name}</text></name>{self._field("questiontext", item.stem)}'
            f"{self._field('generalfeedback', item.solution)}<defaultgrade>1</defaultgrade>{self._answers(item, key)}"
            f"<tags>{tags}</tags><khaothi>{told}</khaothi></question>"
        )

    def _answers(self, item: BankItem, key: Key) -> str:
        shuffle = f"<shuffleanswers>{str(bool(item.shuffle)).lower()}</shuffleanswers>"
        if item.kind in {"single_choice", "multiple_choice"}:
            single = f"<single>{str(item.kind == 'single_choice').lower()}</single>"
            return (
                single
                + shuffle
                + "".join(
                    self._field("answer", option.content, f' fraction="{_share(option.identifier, item, key)}"')
                    for option in item.options
                )
            )
        if item.kind == "true_false_cluster":
            right = (*key.right, *("" for _ in item.options))
            names = {"true": "Đúng", "false": "Sai", "": ""}
            return shuffle + "".join(
                self._field("subquestion", option.content, more=f"<answer><text>{names[verdict]}</text></answer>")
                for option, verdict in zip(item.options, right, strict=False)
            )
        if item.kind == "short_answer":
            case = f"<usecase>{int(key.case_sensitive)}</usecase>"
            return case + "".join(
                f'<answer fraction="100" format="plain_text"><text>{escape(value, quote=False)}</text></answer>'
                for value in key.right
            )
        return ""


def _share(option: str, item: BankItem, key: Key) -> str:
    if key.weights:
        return f"{(Decimal(dict(key.weights).get(option, '0')) * 100).normalize():f}"
    if option not in key.right:
        return "0"
    return (
        "100"
        if item.kind == "single_choice"
        else f"{(Decimal(100) / len(key.right)).quantize(Decimal('0.00001')).normalize():f}"
    )


def _cdata(html: str) -> str:
    return f"<![CDATA[{html.replace(']]>', ']]]]><![CDATA[>')}]]>"
