"""What may be answered to an interaction, and what is right: options, statements, short answers."""

from __future__ import annotations

import unicodedata
from decimal import Decimal, InvalidOperation

from question_bank.bank.item import Key, Kind, Option, letter
from question_bank.formats.opening import Element
from question_bank.formats.qti.flow import ItemFlow
from question_bank.formats.qti.model import (
    Declaration,
    ItemParts,
    attribute,
    children,
    interaction_of,
    name_of,
    text_of,
)
from question_bank.formats.verdicts import FALSE, TRUE
from question_bank.short_answer import is_complete, normalise


def answers(
    flow: ItemFlow, kind: Kind, node: Element, declaration: Declaration, parts: ItemParts
) -> tuple[tuple[Option, ...], Key]:
    """The options or statements of an interaction, and its key; what is doubtful is told."""
    if kind == "short_answer":
        return (), _short_key(flow, declaration, parts)
    if kind == "true_false_cluster":
        return _cluster(flow, node, declaration)
    name = "inlinechoice" if interaction_of(node) == "inlinechoice" else "simplechoice"
    nodes = [choice for choice in node.iter() if name_of(choice) == name]
    names = [attribute(choice, "identifier") for choice in nodes]
    twice = {name for name in names if names.count(name) > 1}
    for repeated in sorted(twice):
        flow.told("identifier_repeated", repeated)
    letters = {identifier: letter(index) for index, identifier in enumerate(names) if identifier not in twice}
    options = tuple(
        Option(letter(index), flow.html(inside=True).content(choice), fixed=attribute(choice, "fixed") == "true")
        for index, choice in enumerate(nodes)
    )
    right = [letters[value] for value in declaration.correct if value in letters]
    for value in declaration.correct:
        if value not in letters:
            flow.told("key_unknown_option", value)
    weights = tuple((letters[name], _plain(value)) for name, value in declaration.mapping if name in letters)
    if not right and weights:
        right = _best(weights, single=kind == "single_choice")
    if _says_more(weights, right):
        flow.told("weights_kept", ", ".join(f"{name} {value}" for name, value in weights))
    else:
        weights = ()
    return options, Key(tuple(sorted(set(right), key=_order)), weights)


def _cluster(flow: ItemFlow, node: Element, declaration: Declaration) -> tuple[tuple[Option, ...], Key]:
    columns = verdict_columns(node)
    assert columns is not None
    rows, true, false = columns
    options = []
    right = []
    pairs = {tuple(value.split()[:2]) for value in declaration.correct}
    pairs |= {
        tuple(name.split()[:2]) for name, value in declaration.mapping if not declaration.correct and _positive(value)
    }
    for index, row in enumerate(rows):
        identifier = attribute(row, "identifier")
        fixed = attribute(row, "fixed") == "true"
        options.append(Option(letter(index, statement=True), flow.html(inside=True).content(row), fixed=fixed))
        says_true = (identifier, true) in pairs or (true, identifier) in pairs
        says_false = (identifier, false) in pairs or (false, identifier) in pairs
        if says_true != says_false:
            right.append("true" if says_true else "false")
    for match_set in children(node, "simplematchset"):
        for choice in children(match_set, "simpleassociablechoice"):
            if attribute(choice, "identifier") in {true, false}:
                flow.consumed.append(text_of(choice))
    return tuple(options), Key(tuple(right) if len(right) == len(rows) else ())


def _short_key(flow: ItemFlow, declaration: Declaration, parts: ItemParts) -> Key:
    best = max((_number(value) for _, value in declaration.mapping), default=Decimal(0))
    mapped = [name for name, value in declaration.mapping if _number(value) == best > 0]
    part = [f"{name} = {_plain(value)}" for name, value in declaration.mapping if 0 < _number(value) < best and name not in declaration.correct]  # fmt: skip
    if part:
        flow.told("scoring_needs_review", "; ".join(part))
    values = list(dict.fromkeys(unicodedata.normalize("NFC", value) for value in (*declaration.correct, *mapped)))
    cells = [
        normalise(value) if is_complete(normalise(value)) or declaration.base_type in {"float", "integer"} else value
        for value in values
    ]
    body = parts.body
    tolerance = body.get("data-khaothi-tolerance", "") if body is not None else ""
    sensitive = declaration.case_sensitive
    return Key(tuple(dict.fromkeys(cells)), tolerance=tolerance, case_sensitive=sensitive)


def verdict_columns(node: Element) -> tuple[list[Element], str, str] | None:
    """Statements and the identifiers of true and false, where a match interaction is a grid of verdicts."""
    sets = [list(children(given, "simpleassociablechoice")) for given in children(node, "simplematchset")]
    if len(sets) != 2:
        return None
    for rows, columns in ((sets[0], sets[1]), (sets[1], sets[0])):
        if len(columns) != 2 or not rows or any(attribute(row, "match-max", "1") != "1" for row in rows):
            continue
        names = [text_of(column) for column in columns]
        identifiers = [attribute(column, "identifier") for column in columns]
        for true, false in ((0, 1), (1, 0)):
            if TRUE.match(names[true]) and FALSE.match(names[false]):
                return rows, identifiers[true], identifiers[false]
    return None


def _number(text: str) -> Decimal:
    try:
        return Decimal(text.strip())
    except InvalidOperation:
        return Decimal(0)


def _plain(text: str) -> str:
    number = _number(text)
    return f"{number.normalize():f}" if number else "0"


def _positive(text: str) -> bool:
    return _number(text) > 0


def _best(weights: tuple[tuple[str, str], ...], *, single: bool) -> list[str]:
    best = max(_number(value) for _, value in weights)
    if best <= 0:
        return []
    return [name for name, value in weights if (_number(value) == best if single else _number(value) > 0)]


def _says_more(weights: tuple[tuple[str, str], ...], right: list[str]) -> bool:
    """Whether weights say more than which options are right."""
    return bool(weights) and not (
        len(right) == 1 and all(_number(value) == 0 or name in right for name, value in weights)
    )


def _order(name: str) -> tuple[int, str]:
    return len(name), name
