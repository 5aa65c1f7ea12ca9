"""The second grader: marks worked out again from the record's own texts, by a way of its own.

It exists so that one mistake cannot put a wrong mark on a certificate: it imports nothing of `exam_engine.scoring` or
`exam_engine.grading`, reads the canonical JSON of the record and the TOML of the profile itself, and reckons in fractions
instead of decimals. Before results go out, both graders must agree on every item of every paper (`proctor_node.marking`).

Rules (vietnam.md section 2): a blank is not right; no mark is below zero; totals are rounded half up once, at the end.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

MINUS, COMMA, CELLS = "-", ",", 4
OPENS = {"started", "resumed", "taken_over"}
SHUTS = {"paused", "moved_away", "submitted", "closed_by_time", "closed_by_force", "voided"}
ENDS = {"submitted", "closed_by_time", "closed_by_force", "voided"}


class Facts(Protocol):
    """What is known of an item without its content."""

    @property
    def part(self) -> str:
        """The part whose rule counts."""

    @property
    def kind(self) -> str:
        """The interaction."""


@dataclass(frozen=True, slots=True)
class Regraded:
    """The second grader's marks as decimal strings with the profile's number of places, items unrounded as fractions."""

    score: str
    by_part: dict[str, str]
    items: dict[str, Fraction]


def responses(texts: Iterable[str]) -> dict[str, str]:
    """The last response to each item, from the canonical entries of a record in the order in which they count."""
    found: dict[str, str] = {}
    writing = ended = False
    for text in texts:
        event = json.loads(text)["event"]
        kind = event["type"]
        if ended:
            continue
        if kind == "answered" and writing:
            found.pop(event["item"], None)
            if event["response"]:
                found[event["item"]] = event["response"]
        writing = kind in OPENS or (writing and kind not in SHUTS)
        ended = kind in ENDS
    return found


def regrade(given: Mapping[str, str], facts: Mapping[str, Facts], keys: Mapping[str, str], profile: str) -> Regraded:
    """Marks of one paper. `profile` is the TOML text.

    Raises:
        KeyError: an item without a key or a part without a rule: nothing is guessed.
    """
    scoring: dict[str, Any] = tomllib.loads(profile)["scoring"]
    items = {
        name: _mark(item.kind, scoring["parts"][item.part], keys[name], given.get(name, ""))
        for name, item in facts.items()
    }
    parts: dict[str, Fraction] = {}
    for name, item in facts.items():
        parts[item.part] = parts.get(item.part, Fraction(0)) + items[name]
    step = scoring["rounding"]
    return Regraded(
        half_up(sum(items.values(), Fraction(0)), step), {part: half_up(mark, step) for part, mark in parts.items()}, items
    )  # fmt: skip


def half_up(value: Fraction, step: str) -> str:
    """A mark at the places of the step ("0.01" gives "6.25"); exactly between two it goes up."""
    places = len(step.partition(".")[2])
    unit = 10**places
    whole = (value * unit * 2 + 1) // 2
    text = str(whole).rjust(places + 1, "0")
    return f"{text[:-places]}.{text[-places:]}" if places else text


def _mark(kind: str, rule: Mapping[str, Any], right: str, given: str) -> Fraction:
    full = Fraction(rule.get("mark", "0"))
    if not given:
        # A cluster of which no statement is judged takes the first line of its table, which an exam may set.
        return Fraction(rule["table"][0]) if kind == "true_false_cluster" else Fraction(0)
    match kind:
        case "single_choice":
            return full if given in right.split("|") else Fraction(0)
        case "multiple_choice":
            return _several(rule, full, right.split("|"), given.split("|"))
        case "true_false_cluster":
            return Fraction(rule["table"][_agreeing(right, given)])
        case "short_numeric":
            return full if _same_number(rule, right, given) else Fraction(0)
        case _:
            raise KeyError(kind)


def _several(rule: Mapping[str, Any], full: Fraction, right: Sequence[str], given: Sequence[str]) -> Fraction:
    hits = sum(option in given for option in dict.fromkeys(right))
    misses = sum(option not in right for option in dict.fromkeys(given) if option)
    if rule.get("partial", "all_or_nothing") == "share":
        return full * max(0, hits - misses) / len(set(right))
    return full if hits == len(set(right)) and misses == 0 else Fraction(0)


def _agreeing(right: str, given: str) -> int:
    judged = set(given.split(","))
    return sum(statement in judged for statement in right.split(","))


def _same_number(rule: Mapping[str, Any], right: str, given: str) -> bool:
    value = _number(given)
    if value is None:
        return False
    if rule.get("compare", "number") == "text":
        return given in right.split("|")
    return value in [_number(answer) for answer in right.split("|")]


def _number(cells: str) -> Fraction | None:
    """The value of four cells: an optional minus, digits, at most one comma with digits on both sides."""
    if len(cells) > CELLS:
        return None
    digits = cells.removeprefix(MINUS)
    whole, comma, rest = digits.partition(COMMA)
    if not _digits(whole) or (comma and not _digits(rest)):
        return None
    value = Fraction(int(whole + rest), 10 ** len(rest))
    return -value if cells.startswith(MINUS) else value


def _digits(text: str) -> bool:
    return bool(text) and all("0" <= sign <= "9" for sign in text)
