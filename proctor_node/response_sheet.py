"""From the cells of a table of responses to canonical responses (CLI.md, `khaothi score`): what people write is many things.

Option letters (`B`, `A|C`), `DSSD` for a cluster (D or Đ right, S wrong, `-` not judged), cells of a short answer, blank. What cannot
be understood is no response and is remarked upon: it is never taken for something else.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from exam_engine.commands import FormIndex, ItemFacts
from exam_engine.names import unmark
from proctor_node.errors import ResponsesUnreadable
from question_bank import short_answer

IDENTIFIERS = (
    "id",
    "sbd",
    "so bao danh",
    "so bd",
    "candidate",
    "candidate_id",
    "candidate id",
    "student",
    "student_id",
)
TRUE, FALSE, OPEN = {"d", "t", "1", "dung", "true"}, {"s", "f", "0", "sai", "false"}, {"-", "_", ".", "?", "x", ""}
SEPARATED = re.compile(r"[|;,/\s]+")


@dataclass(frozen=True, slots=True)
class Paper:
    """The responses of one row."""

    identifier: str
    responses: dict[str, str]


@dataclass(slots=True)
class Papers:
    """All rows, what could not be understood (row, item, cell), and columns that are no items."""

    papers: list[Paper] = field(default_factory=list)
    remarks: list[tuple[int, str, str]] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


def read_papers(header: Sequence[str], rows: Sequence[Sequence[str]], form: FormIndex) -> Papers:
    """The papers of a table whose columns are named by items; the identifier is a column of a known name or the first one.

    Raises:
        ResponsesUnreadable: a column or an identifier stands twice, or an item of the form has no column: a missing column is
            not a blank answer.
    """
    columns = _columns(header, form)
    place = _identifier(header, columns)
    found = Papers(ignored=[name for n, name in enumerate(header) if n != place and n not in columns.values() and name])
    seen: dict[str, int] = {}
    for number, row in enumerate(rows, 2):
        cells = [*row, *[""] * (len(header) - len(row))]
        if not any(cell.strip() for cell in cells):
            continue
        identifier = cells[place].strip() if place is not None else str(number - 1)
        if not identifier:
            raise ResponsesUnreadable("row {number}: no identifier", number=number)
        if identifier in seen:
            raise ResponsesUnreadable(
                "rows {first} and {number} carry the same identifier {identifier}",
                first=seen[identifier],
                number=number,
                identifier=identifier,
            )
        seen[identifier] = number
        found.papers.append(_paper(identifier, number, {i: cells[n] for i, n in columns.items()}, form, found))
    return found


def _paper(identifier: str, number: int, cells: Mapping[str, str], form: FormIndex, found: Papers) -> Paper:
    responses = {}
    for item, cell in cells.items():
        response = canonical(form[item], cell)
        if response is None:
            found.remarks.append((number, item, cell))
        elif response:
            responses[item] = response
    return Paper(identifier, responses)


def _plain(name: str) -> str:
    return " ".join(unmark(unicodedata.normalize("NFC", name)).replace("_", " ").split())


def _columns(header: Sequence[str], form: FormIndex) -> dict[str, int]:
    """Where each item stands: by its name, else by its name without case, spaces and points."""
    loose = {_loose(item): item for item in form}
    columns: dict[str, int] = {}
    for place, name in enumerate(header):
        item = name.strip() if name.strip() in form else loose.get(_loose(name), "")
        if not item:
            continue
        if item in columns:
            raise ResponsesUnreadable("item {item} has two columns", item=item)
        columns[item] = place
    missing = [item for item in form if item not in columns]
    if missing:
        raise ResponsesUnreadable(
            "no column for {missing}", missing=", ".join([*missing[:5], *(["…"] if missing[5:] else [])])
        )
    return columns


def _loose(name: str) -> str:
    return re.sub(r"[\s._-]+", "", _plain(name))


def _identifier(header: Sequence[str], columns: Mapping[str, int]) -> int | None:
    named = [n for n, name in enumerate(header) if _plain(name) in {_plain(alias) for alias in IDENTIFIERS}]
    free = [n for n in named if n not in columns.values()]
    if free:
        return free[0]
    return 0 if header and 0 not in columns.values() else None


def canonical(facts: ItemFacts, cell: str) -> str | None:
    """The canonical response of a cell, "" for none, None if it cannot be understood."""
    text = unicodedata.normalize("NFC", cell).strip().replace("\xd0", "Đ").replace("\u0189", "Đ")
    if not text:
        return ""
    match facts.kind:
        case "single_choice":
            return _option(facts, text)
        case "multiple_choice":
            return _options(facts, text)
        case "true_false_cluster":
            return _cluster(facts, text)
        case _:
            cells = short_answer.normalise(text)
            return cells if short_answer.is_complete(cells) else None


def _option(facts: ItemFacts, text: str) -> str | None:
    known = {option.casefold(): option for option in facts.options}
    return known.get(text.casefold().rstrip("."))


def _options(facts: ItemFacts, text: str) -> str | None:
    parts = [part for part in SEPARATED.split(text) if part]
    if len(parts) == 1 and _option(facts, parts[0]) is None:
        parts = list(parts[0])
    found = {_option(facts, part) for part in parts}
    return None if None in found else "|".join(option for option in facts.options if option in found)


def _cluster(facts: ItemFacts, text: str) -> str | None:
    if "=" in text:
        pairs = dict(pair.strip().partition("=")[::2] for pair in text.split(","))
        judged = [pairs.get(option, "") for option in facts.options]
        if set(pairs) - set(facts.options):
            return None
    else:
        words = SEPARATED.split(text)
        judged = words if len(words) == len(facts.options) else list("".join(words))
    if len(judged) != len(facts.options):
        return None
    truths = [_truth(word) for word in judged]
    if None in truths:
        return None
    return ",".join(f"{option}={truth}" for option, truth in zip(facts.options, truths, strict=True) if truth)


def _truth(word: str) -> str | None:
    plain = word.strip().casefold()
    if plain in TRUE or unmark(plain) in TRUE:
        return "true"
    if plain in FALSE:
        return "false"
    return "" if plain in OPEN else None
