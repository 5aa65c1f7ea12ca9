"""A form as a person writes it: TOML with `$formula$`, `{{aloud}}` after a formula, and `![what it shows](file.svg 300x200)`.

Formulas are rendered while building; anything that cannot be drawn faithfully stops the build with the item's name.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Callable
from typing import Any

from question_bank.errors import FormulaRefused, SourceMalformed
from question_bank.form import FORMAT, Form, Part
from question_bank.item import Break, Content, Formula, Item, Option, Picture, Piece, Text
from question_bank.rendering import FormulaRenderer

TOKEN = re.compile(
    r"\$(?P<latex>[^$]+)\$(?:\{\{(?P<aloud>[^}]+)\}\})?"
    r"|!\[(?P<alt>[^]]+)\]\((?P<file>[\w.-]+) (?P<width>\d+)x(?P<height>\d+)\)"
    r"|(?P<break>\n)"
)
LETTERS = {"single_choice": "ABCDEFGH", "multiple_choice": "ABCDEFGH", "true_false_cluster": "abcdefgh"}


class FormBuilder:
    """Builds one form; keeps the resources that its content names."""

    def __init__(self, renderer: FormulaRenderer, picture: Callable[[str], bytes]) -> None:
        self._renderer, self._picture = renderer, picture
        self._resources: dict[str, bytes] = {}

    def build(self, text: str) -> Form:
        """The form of a TOML text.

        Raises:
            SourceMalformed: the message names the item.
        """
        try:
            source = tomllib.loads(text)
            parts = tuple(self._part(part) for part in source["parts"])
            return Form(FORMAT, source["code"], source["subject"], source["minutes"], parts, self._resources)
        except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
            raise SourceMalformed("missing or misplaced: {problem}", problem=error) from error

    def _part(self, part: dict[str, Any]) -> Part:
        items = tuple(self._item(part, number, item) for number, item in enumerate(part["items"], 1))
        return Part(part["id"], part["heading_vi"], part["heading_en"], items)

    def _item(self, part: dict[str, Any], number: int, item: dict[str, Any]) -> Item:
        identifier = f"{part['id']}.{number}"
        try:
            letters = LETTERS.get(part["kind"], "")
            texts = item.get("options", [])
            options = tuple(
                Option(letter, self._content(option)) for letter, option in zip(letters, texts, strict=False)
            )
            if part["kind"] != "short_numeric" and len(texts) < 2:
                raise SourceMalformed("{item}: fewer than two options", item=identifier)
            stem = self._content(item["stem"])
            return Item(identifier, part["kind"], number, stem, options, item["level"], item.get("topic", ""))
        except (FormulaRefused, FileNotFoundError) as error:
            raise SourceMalformed("{item}: {problem}", item=identifier, problem=error) from error

    def _keep(self, raw: bytes) -> str:
        name = hashlib.sha256(raw).hexdigest()
        self._resources[name] = raw
        return name

    def _content(self, text: str) -> Content:
        pieces: list[Piece] = []
        position, text = 0, text.strip()
        for found in TOKEN.finditer(text):
            if found.start() > position:
                pieces.append(Text(text[position : found.start()]))
            pieces.append(self._piece(found))
            position = found.end()
        if position < len(text):
            pieces.append(Text(text[position:]))
        return tuple(pieces)

    def _piece(self, found: re.Match[str]) -> Piece:
        if found["break"]:
            return Break()
        if found["latex"]:
            latex = found["latex"].strip()
            return Formula(latex, self._keep(self._renderer.svg(latex)), found["aloud"] or latex)
        raw = self._picture(found["file"])
        return Picture(self._keep(raw), found["alt"], int(found["width"]), int(found["height"]))
