"""From form, attempt and cursor to what the exam screen shows. Pure."""

from __future__ import annotations

from exam_engine.attempt import Attempt
from exam_engine.commands import FormIndex, ItemFacts
from question_bank import short_answer
from question_bank.form import Form, Part
from question_bank.item import Cell, Content, Formula, Item, Option, Picture, Table, Text
from question_bank.item import Piece as FormPiece
from station.journey.views import Piece, ShownCell, ShownOption, Tile


def index_of(form: Form) -> FormIndex:
    """What the rules need to know of every item."""
    return {
        item.id: ItemFacts(item.id, part.id, item.number, item.kind, tuple(o.identifier for o in item.options))
        for part, item in form.each_item()
    }


def pieces(content: Content) -> tuple[Piece, ...]:
    """Content for the screen."""
    return tuple(_piece(piece) for piece in content)


def _piece(piece: FormPiece) -> Piece:
    match piece:
        case Text(text, marks):
            return Piece("text", text, marks=marks)
        case Formula():
            return Piece("formula", sha256=piece.sha256, alt=piece.alt)
        case Picture():
            return Piece("picture", sha256=piece.sha256, alt=piece.alt, width=piece.width, height=piece.height)
        case Table():
            rows = tuple(tuple(_cell(cell) for cell in row) for row in piece.rows)
            return Piece("table", alt="; ".join(", ".join(aloud(c.content) for c in row) for row in rows), rows=rows)
        case _:
            return Piece("break")


def _cell(cell: Cell) -> ShownCell:
    return ShownCell(pieces(cell.content), cell.columns, cell.rows, cell.header)


def aloud(content: tuple[Piece, ...]) -> str:
    """What is read of some content."""
    return "".join(piece.text or piece.alt or " " for piece in content).strip()


def completeness(item: Item, response: str) -> str:
    """How far an item is answered: `no`, `half` or `full`."""
    if not response:
        return "no"
    if item.kind == "true_false_cluster":
        return "full" if response.count("=") == len(item.options) else "half"
    if item.kind == "short_numeric":
        return "full" if short_answer.is_complete(response) else "half"
    return "full"


def missing(item: Item, response: str) -> str:
    """What an item still lacks, for the review: "" (all), statement letters, or "incomplete"."""
    if not response:
        return ""
    if item.kind == "true_false_cluster":
        given = {pair.partition("=")[0] for pair in response.split(",")}
        return ", ".join(option.identifier for option in item.options if option.identifier not in given)
    return "incomplete"


def chosen(item: Item, option: Option, response: str) -> str:
    """The state of one option: "chosen" or "", and for a statement "true", "false" or ""."""
    if item.kind == "true_false_cluster":
        return dict(pair.partition("=")[::2] for pair in response.split(",") if pair).get(option.identifier, "")
    return "chosen" if option.identifier in response.split("|") else ""


def options(item: Item, order: tuple[str, ...], response: str) -> tuple[ShownOption, ...]:
    """Options in the order of display; the label is the letter at that place."""
    by_identifier = {option.identifier: option for option in item.options}
    # In a mixed code the options already stand in another order; the letters on the screen always run from the first.
    labels = sorted(by_identifier)
    return tuple(
        ShownOption(
            identifier,
            label,
            pieces(by_identifier[identifier].content),
            chosen(item, by_identifier[identifier], response),
        )
        for identifier, label in zip(order or tuple(by_identifier), labels, strict=True)
    )


def tiles(form: Form, attempt: Attempt, current: str, at_node: frozenset[str]) -> tuple[Tile, ...]:
    """The palette."""
    return tuple(
        Tile(
            item.id,
            part.id,
            item.number,
            completeness(item, attempt.responses.get(item.id, "")),  # type: ignore[arg-type]
            item.id in attempt.flags,
            item.id == current,
            item.id in at_node or item.id not in attempt.responses,
        )
        for part, item in form.each_item()
    )


def place(form: Form, item_id: str) -> tuple[Part, Item, int, int]:
    """Part, item, and its index among all items, with their number."""
    every = list(form.each_item())
    position = next(index for index, (_, item) in enumerate(every) if item.id == item_id)
    part, item = every[position]
    return part, item, position, len(every)
