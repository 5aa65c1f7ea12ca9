"""Setting items of the bank for a form: formulas are drawn, pictures measured, keys brought to the form of responses.

What cannot be set faithfully is refused by name (`ItemUnfit`); a form is never built with a hole in it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator

from question_bank import short_answer
from question_bank.bank import content as bank
from question_bank.bank.item import BankItem, Key
from question_bank.errors import FormulaRefused, ItemUnfit
from question_bank.item import Break, Cell, Content, Formula, Item, Kind, Level, Option, Picture, Piece, Table, Text
from question_bank.rendering import FormulaRenderer

DRAWABLE = {"image/png", "image/jpeg", "image/svg+xml"}
KINDS: dict[str, Kind] = {
    "single_choice": "single_choice",
    "multiple_choice": "multiple_choice",
    "true_false_cluster": "true_false_cluster",
    "short_answer": "short_numeric",
}
# A gap in the text of a short answer: the cells stand below the text.
GAP = "……"

Measure = Callable[[bytes, str], tuple[int, int]]


class Setter:
    """Sets items one after another and keeps the files that their content names."""

    def __init__(self, renderer: FormulaRenderer, resource: Callable[[str], bytes], measure: Measure) -> None:
        """Take the renderer, the bank's bytes by digest, and the size of a picture in CSS pixels by bytes and media type."""
        self._renderer, self._resource, self._measure = renderer, resource, measure
        self._drawn: dict[tuple[str, bool], str] = {}
        self.resources: dict[str, bytes] = {}

    def item(self, source: BankItem, identifier: str, number: int) -> Item:
        """The item as a form shows it.

        Raises:
            ItemUnfit: content that cannot be set, or a kind that cannot be marked.
        """
        if source.kind not in KINDS:
            raise ItemUnfit("an item of kind {kind} cannot be marked", "kind", source.kind, kind=source.kind)
        level: Level = source.metadata.level or "NB"
        options = tuple(Option(o.identifier, self.content(o.content), o.fixed) for o in source.options)
        stem = self.content(source.stem)
        if not stem:
            raise ItemUnfit("the item has no text", "no_text")
        return Item(identifier, KINDS[source.kind], number, stem, options, level, source.metadata.topic, source.passage)

    def content(self, blocks: bank.Content) -> Content:
        """Blocks one under another."""
        set_pieces: list[Piece] = []
        for block in blocks:
            lines = list(self._block(block))
            if set_pieces and lines:
                set_pieces.append(Break())
            set_pieces += lines
        return tuple(set_pieces)

    def _block(self, block: bank.Block) -> Iterator[Piece]:
        match block:
            case bank.Paragraph(inlines):
                yield from self._inlines(inlines)
            case bank.Preformatted(text):
                for index, line in enumerate(text.split("\n")):
                    if index:
                        yield Break()
                    yield Text(line, ("code",))
            case bank.Table(rows):
                yield Table(tuple(tuple(self._cell(cell) for cell in row) for row in rows))
            case bank.Listing(entries, ordered):
                for index, entry in enumerate(entries, 1):
                    if index > 1:
                        yield Break()
                    yield Text(f"{index}. " if ordered else "– ")
                    yield from self.content(entry)

    def _cell(self, cell: bank.Cell) -> Cell:
        return Cell(self.content(cell.blocks), cell.columns, cell.rows, cell.header)

    def _inlines(self, inlines: Iterable[bank.Inline]) -> Iterator[Piece]:
        for inline in inlines:
            match inline:
                case bank.Text(text, marks):
                    yield Text(text, marks)
                case bank.Formula():
                    yield self._formula(inline)
                case bank.Picture():
                    yield self._picture(inline)
                case bank.Break():
                    yield Break()
                case bank.Gap():
                    yield Text(GAP)
                case bank.Attachment(name=name, media_type=media_type):
                    raise ItemUnfit(
                        "{attachment} cannot be shown on a paper",
                        "attachment",
                        name or media_type,
                        attachment=name or media_type,
                    )

    def _formula(self, formula: bank.Formula) -> Formula:
        wanted = (formula.latex, formula.display)
        if wanted not in self._drawn:
            try:
                self._drawn[wanted] = self._keep(self._renderer.svg(formula.latex, display=formula.display))
            except FormulaRefused as error:
                raise ItemUnfit("{problem}", "formula", formula.latex, problem=error) from error
        return Formula(formula.latex, self._drawn[wanted], formula.alt or formula.latex)

    def _picture(self, picture: bank.Picture) -> Picture:
        if picture.media_type not in DRAWABLE:
            raise ItemUnfit(
                "a picture of type {media_type} cannot be drawn everywhere; use PNG, JPEG or SVG",
                "picture",
                picture.media_type,
                media_type=picture.media_type,
            )
        raw = self._resource(picture.sha256)
        width, height = picture.width, picture.height
        if not (width and height):
            width, height = self._measure(raw, picture.media_type)
        return Picture(self._keep(raw), picture.alt, width, height)

    def _keep(self, raw: bytes) -> str:
        name = hashlib.sha256(raw).hexdigest()
        self.resources[name] = raw
        return name


def response_key(item: BankItem, key: Key) -> str:
    """The key in the form of responses: `B`, `A|C`, `a=true,b=false`, `-1,5|-1,50`.

    Raises:
        ItemUnfit: there is none, it names no option, it weighs options, or it cannot be typed in the answer cells.
    """
    if not key.right:
        raise ItemUnfit("the item has no key", "no_key")
    if key.weights:
        raise ItemUnfit("the item weighs its options one by one; the exam's rules do not", "weights")
    if item.kind == "short_answer":
        return _typed(key)
    names = [option.identifier for option in item.options]
    if item.kind == "true_false_cluster":
        if len(key.right) != len(names) or not set(key.right) <= {"true", "false"}:
            raise ItemUnfit("{count} statements, key {right!r}", "key", count=len(names), right=key.right)
        return ",".join(f"{name}={truth}" for name, truth in zip(names, key.right, strict=True))
    if not set(key.right) <= set(names):
        raise ItemUnfit("the key {right!r} names no option", "key", right=key.right)
    if item.kind == "single_choice" and len(key.right) != 1:
        raise ItemUnfit("single choice with {count} keys", "key", count=len(key.right))
    return "|".join(sorted(key.right))


def _typed(key: Key) -> str:
    if key.tolerance and key.tolerance.strip("0.,") != "":
        raise ItemUnfit("a short answer with a tolerance cannot be marked from the cells", "tolerance")
    cells = [short_answer.normalise(answer) for answer in key.right]
    for answer in cells:
        if not short_answer.is_complete(answer):
            raise ItemUnfit(
                "the key {answer!r} does not fit the {cells} cells",
                "cells",
                answer,
                answer=answer,
                cells=short_answer.CELLS,
            )
    return "|".join(dict.fromkeys(cells))
