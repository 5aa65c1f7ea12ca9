"""Whether items of the bank can be used: what `bank check` says of each, with the same words as an import."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from question_bank.bank.content import Content, Formula, Inline, Picture, Text, inlines
from question_bank.bank.item import BankItem, Key
from question_bank.errors import FormulaRefused
from question_bank.formats import pictures
from question_bank.formats.report import Issue, reason_of
from question_bank.rendering import FormulaRenderer
from question_bank.short_answer import is_complete


def check(item: BankItem, key: Key, where: str) -> Iterator[Issue]:
    """What is wrong or doubtful about an item and its key, without looking at pictures or formulas."""
    if not item.stem and not item.passage:
        yield Issue("stem_empty", where)
    if item.kind == "other":
        yield Issue("essay" if not item.unsupported else "unsupported_interaction", where, ("?",))
        return
    yield from _key(item, key, where)
    yield from _options(item, where)


def _key(item: BankItem, key: Key, where: str) -> Iterator[Issue]:
    if not key.right:
        yield Issue("no_key", where)
        return
    known = {option.identifier for option in item.options}
    if item.kind == "true_false_cluster":
        if len(key.right) != len(item.options) or not set(key.right) <= {"true", "false"}:
            yield Issue("key_unknown_option", where, (", ".join(key.right),))
    elif item.kind == "short_answer":
        for cells in key.right:
            if not is_complete(cells):
                yield Issue("key_not_enterable", where, (cells,))
    else:
        if not set(key.right) <= known:
            yield Issue("key_unknown_option", where, (", ".join(sorted(set(key.right) - known)),))
        if item.kind == "single_choice" and len(key.right) > 1:
            yield Issue("two_keys", where, (", ".join(key.right), str(len(key.right))))


def _options(item: BankItem, where: str) -> Iterator[Issue]:
    if item.kind == "short_answer":
        return
    if len(item.options) < 2:
        yield Issue("too_few_options", where, (str(len(item.options)),))
    empty = [option.identifier for option in item.options if not option.content]
    if empty:
        yield Issue("option_empty", where, (", ".join(empty),))
    texts = [comparable(option.content) for option in item.options if option.content]
    twice = sorted({text for text in texts if texts.count(text) > 1})
    if twice:
        yield Issue("options_repeated", where, ("; ".join(twice),))


def comparable(content: Content) -> str:
    """What makes two options the same to a candidate: words, formulas and pictures, whatever is bold."""
    told = []
    for inline in inlines(content):
        match inline:
            case Text():
                told.append(inline.text + "".join(mark for mark in inline.marks if mark in {"sub", "sup", "underline"}))
            case Formula():
                told.append(f"${inline.latex}$")
            case Picture():
                told.append(inline.sha256)
            case _:
                continue
    return " ".join("".join(told).split()).rstrip(".")


def check_media(
    item: BankItem, where: str, resource: Callable[[str], bytes | None], renderer: FormulaRenderer
) -> Iterator[Issue]:
    """Whether every picture is there and can be shown, and every formula can be drawn."""
    for content in item.each_content():
        for inline in inlines(content):
            yield from _medium(inline, where, resource, renderer)


def _medium(
    inline: Inline, where: str, resource: Callable[[str], bytes | None], renderer: FormulaRenderer
) -> Iterator[Issue]:
    match inline:
        case Picture():
            raw = resource(inline.sha256)
            if raw is None:
                yield Issue("picture_lost", where, (inline.alt or inline.sha256[:12],))
            elif pictures.media_type(raw) not in pictures.DRAWABLE:
                yield Issue("picture_not_drawable", where, (inline.media_type.removeprefix("image/"),))
            if not inline.alt:
                yield Issue("picture_without_alt", where)
        case Formula():
            try:
                renderer.svg(f"\\displaystyle {inline.latex}" if inline.display else inline.latex)
            except FormulaRefused as error:
                yield Issue("formula_refused", where, (inline.latex, reason_of(error)))
        case _:
            return
