"""What is right: the key file, the table of maximum marks, and how a cell is judged.

Three kinds of item are told apart by their key: a choice (`B`, or `A|C` for several right options), a cluster of
true/false statements (`DSSD`, Đ or D for true), and a short answer (`-1,5`: compared as a number where both are one).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Literal

from proctor_node.item_analysis.errors import KeyUnreadable

Kind = Literal["choice", "cluster", "short", "marks"]
CLUSTER = re.compile(r"[DSTF]{2,8}")
TRUE = "DT"
# Marks of a cluster of four statements by the number judged rightly (exam of 2025, domain of the profile's table).
FOUR_STATEMENTS = (0.0, 0.1, 0.25, 0.5, 1.0)
ITEM_HEADERS = {"item", "id", "item_id", "question", "câu", "câu hỏi", "cau", "name", "variable"}
KEY_HEADERS = {"key", "answer", "correct", "right", "đáp án", "dap an", "answer_key", "correct_answer"}
MAX_HEADERS = {"max", "max_mark", "max_marks", "maximum", "marks", "điểm", "điểm tối đa"}


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """The key of one item. `options` are all its options where the key file names them."""

    item: str
    right: tuple[str, ...]
    kind: Kind
    part: str | None = None
    options: tuple[str, ...] = ()


def read_key(name: str, header: Sequence[str], rows: Sequence[Sequence[str]], known_items: Sequence[str]) -> list[KeyEntry]:  # fmt: skip
    """Entries of a key file in their order.

    `known_items` are the columns of the responses: they tell a header from a first entry.

    Raises:
        KeyUnreadable: no two columns, an item twice, or an item without a key.
    """
    item_at, key_at, body = _columns(name, header, rows, known_items, KEY_HEADERS)
    extra = {title.strip().casefold(): place for place, title in enumerate(header)} if body is rows else {}
    entries: dict[str, KeyEntry] = {}
    for row in body:
        item, right = row[item_at].strip(), row[key_at].strip()
        if not item and not right:
            continue
        if item in entries:
            raise KeyUnreadable("{file}: '{item}' stands twice", "Keep one row for each item.", file=name, item=item)
        if not right:
            raise KeyUnreadable(
                "{file}: '{item}' has no key", "Give its right option, several separated by |.", file=name, item=item
            )
        part = row[extra["part"]].strip() if "part" in extra else ""
        options = row[extra["options"]].strip() if "options" in extra else ""
        entries[item] = _entry(item, right, part or part_of(item), options)
    if not entries:
        raise KeyUnreadable("{file}: no entries", "Two columns: item,key.", file=name)
    return list(entries.values())


def read_maximum_marks(name: str, header: Sequence[str], rows: Sequence[Sequence[str]], known_items: Sequence[str]) -> dict[str, float]:  # fmt: skip
    """Maximum mark of each item.

    Raises:
        KeyUnreadable: a maximum that is not a positive number.
    """
    item_at, mark_at, body = _columns(name, header, rows, known_items, MAX_HEADERS)
    marks = {}
    for row in body:
        value = number(row[mark_at])
        if value is None or value <= 0:
            raise KeyUnreadable(
                "{file}: maximum of '{item}' is not a positive number: '{mark}'",
                file=name,
                item=row[item_at],
                mark=row[mark_at],
            )
        marks[row[item_at].strip()] = float(value)
    return marks


def part_of(item: str) -> str | None:
    """The part that an item name carries: `II.3` belongs to part II."""
    found = re.fullmatch(r"(I{1,3}|IV|V)[.\-_ ]\w+", item)
    return found.group(1) if found else None


def number(text: str) -> Decimal | None:
    """The number a text stands for (decimal comma or point, any minus sign), or None."""
    plain = text.strip().replace(",", ".").replace("\u2212", "-").replace("\u2013", "-")
    try:
        value = Decimal(plain)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def normalised(text: str) -> str:
    """An option as compared: single letters in capitals, the options of a multiple choice in order."""
    parts = [part.strip() for part in text.split("|")]
    parts = [part.upper() if len(part) == 1 else part for part in parts if part]
    return "|".join(sorted(set(parts))) if len(parts) > 1 else "".join(parts)


def statements(text: str) -> str:
    """A cluster's cell as letters D (true), S (false) and - (blank)."""
    letters = text.upper().replace("Đ", "D").replace("T", "D").replace("F", "S")
    return "".join(letter if letter in "DS" else "-" for letter in letters)


def is_right(entry: KeyEntry, label: str, *, multiple: bool) -> bool:
    """Whether a cell of a choice or a short answer earns the mark.

    `multiple` says that cells of this item hold several options: then exactly the right ones must be chosen.
    """
    if entry.kind == "short":
        return any(_same_answer(label, right) for right in entry.right)
    if multiple:
        return set(label.split("|")) == set(entry.right)
    return label in entry.right


def cluster_marks(count: int, maximum: float) -> list[float]:
    """Marks for 0..count statements judged rightly: the table of 2025 for four, equal shares otherwise."""
    shares = FOUR_STATEMENTS if count == 4 else tuple(right / count for right in range(count + 1))
    return [share * maximum for share in shares]


def _same_answer(given: str, right: str) -> bool:
    if given.strip().casefold() == right.strip().casefold():
        return True
    values = number(given), number(right)
    return values[0] is not None and values[0] == values[1]


def _entry(item: str, right: str, part: str | None, options: str) -> KeyEntry:
    letters = right.upper().replace("Đ", "D")
    if CLUSTER.fullmatch(letters):
        return KeyEntry(item, (statements(right),), "cluster", part)
    rights = tuple(normalised(option) for option in right.split("|"))
    short = any(number(option) is not None and len(option.lstrip("-\u2212")) > 1 for option in rights)
    named = tuple(options) if options.isalpha() else tuple(filter(None, re.split(r"[|,; ]+", options)))
    return KeyEntry(item, rights, "short" if short and not named else "choice", part, tuple(map(normalised, named)))


def _columns(name: str, header: Sequence[str], rows: Sequence[Sequence[str]], known: Sequence[str], wanted: set[str]) -> tuple[int, int, Sequence[Sequence[str]]]:  # fmt: skip
    """Places of the item and of its value, and the rows; a first row that is itself an entry is no header."""
    if len(header) < 2:
        raise KeyUnreadable("{file}: two columns are needed", "item,key with one row for each item.", file=name)
    titles = [title.strip().casefold() for title in header]
    items = [place for place, title in enumerate(titles) if title in ITEM_HEADERS]
    values = [place for place, title in enumerate(titles) if title in wanted]
    if values:
        return (items or [1 if values[0] == 0 else 0])[0], values[0], rows
    known_names: Mapping[str, None] = dict.fromkeys(item.strip().casefold() for item in known)
    return (0, 1, [header, *rows]) if titles[0] in known_names else ((items or [0])[0], 1, rows)
