"""Many codes (mã đề) out of one original form: what may change place does, what is said stays the same.

Items move only within their part, items of a shared passage stay together, statements of a cluster stay in order (they build
on each other), fixed options keep their place. Identifiers never change: a response means the same in every code
(DESIGN.md section 4, point 4).
Everything follows from the randomness handed in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import msgspec

from question_bank.chance import Chance
from question_bank.errors import CodesUnfit
from question_bank.form import Form, Part
from question_bank.item import Content, Item, Option, Text

# A code differs from so many before it in the place of every item: seats beside, before and behind.
NEIGHBOURS = 3
TRIES = 200
CHOICES = {"single_choice", "multiple_choice"}
# "Cả A và B", "A, B, C đều đúng", "Both A and C": the text speaks of letters, so no option may move.
NAMES_LETTERS = re.compile(
    r"\b(cả|câu|đáp án|phương án|ý|both|either|answers?|options?)\s+[A-H]\b\s*(,|và|hoặc|and|or|&)"
    r"|\b[A-H]\s*(,\s*[A-H]\s*)*(,|và|and|&)\s*[A-H]\s+(đều|are|is)\b|^\s*[A-H]\s*(và|and|&)\s*[A-H]\s*\.?\s*$",
    re.IGNORECASE,
)
# "Tất cả các phương án trên", "Không có đáp án nào đúng", "None of the above": the option speaks of those before it.
NAMES_OTHERS = re.compile(
    r"(tất cả|cả (ba|bốn|hai|3|4|2))\s+(các\s+)?(đáp án|phương án|câu|ý|khẳng định|mệnh đề|ý kiến)?.*\b(trên|đều|đúng|sai)\b"
    r"|(không|chẳng)\s+(có\s+)?(đáp án|phương án|câu|ý|khẳng định|mệnh đề)\s*nào|(đáp án|phương án|kết quả|câu)\s+khác\b"
    r"|\b(all|none|any|both|neither)\s+of\s+(the\s+)?(above|these|others)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Rules:
    """What moves. `statements` is off unless an author knows that no statement builds on another."""

    items: bool = True
    options: bool = True
    statements: bool = False


@dataclass(frozen=True, slots=True)
class Code:
    """One code: the form, and by item the order in which its options stand."""

    form: Form
    items: dict[str, tuple[str, ...]]
    options: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Mixed:
    """All codes, and what was kept in place for what reason (by item)."""

    codes: tuple[Code, ...]
    pinned: dict[str, str] = field(default_factory=dict)


def mix(original: Form, names: Sequence[str], chance: Chance, rules: Rules) -> Mixed:
    """The codes of an original.

    Args:
        original: the form in the author's order.
        names: the code of each form to make, all different.
        chance: the same randomness gives the same codes.
        rules: what may move.
    """
    if len(set(names)) != len(names):
        raise CodesUnfit("two codes have the same name")
    pinned = {item.id: why for _, item in original.each_item() if (why := _why_pinned(item))}
    made: list[Code] = []
    for name in names:
        made.append(_code(original, name, chance, rules, made[-NEIGHBOURS:]))
    return Mixed(tuple(made), pinned)


def plain(content: Content) -> str:
    """The running text of an option."""
    return "".join(piece.text for piece in content if isinstance(piece, Text)).strip()


def unpinned(item: Item) -> list[str]:
    """Options that speak of others and are not fixed: they are kept in place all the same, and an author should know."""
    if item.kind not in CHOICES:
        return []
    speaks = [
        o for o in item.options if NAMES_LETTERS.search(plain(o.content)) or NAMES_OTHERS.search(plain(o.content))
    ]
    return [option.identifier for option in speaks if not option.fixed]


def _why_pinned(item: Item) -> str:
    if item.kind not in CHOICES:
        return ""
    for option in item.options:
        text = plain(option.content)
        if NAMES_LETTERS.search(text):
            return f"{option.identifier}: names other options by letter"
        if NAMES_OTHERS.search(text):
            return f"{option.identifier}: speaks of all or none of the others"
    return ""


def _code(original: Form, name: str, chance: Chance, rules: Rules, before: Sequence[Code]) -> Code:
    orders: dict[str, tuple[str, ...]] = {}
    options: dict[str, tuple[str, ...]] = {}
    parts = []
    for part in original.parts:
        earlier = [code.items[part.id] for code in before]
        items = _items(part, chance, earlier) if rules.items else list(part.items)
        shown = []
        for number, item in enumerate(items, 1):
            taken = [code.options[item.id] for code in before]
            order = _options(item, chance, rules, taken)
            options[item.id] = tuple(option.identifier for option in order)
            shown.append(msgspec.structs.replace(item, number=number, options=tuple(order)))
        orders[part.id] = tuple(item.id for item in items)
        parts.append(msgspec.structs.replace(part, items=tuple(shown)))
    return Code(msgspec.structs.replace(original, code=name, parts=tuple(parts)), orders, options)


def _blocks(items: Iterable[Item]) -> list[list[Item]]:
    """Items that share a passage stand together and move together; every other item is a block of its own."""
    numbered = enumerate(items)
    runs = groupby(numbered, key=lambda pair: pair[1].passage or f"#{pair[0]}")
    return [[item for _, item in run] for _, run in runs]


def _items(part: Part, chance: Chance, earlier: Sequence[tuple[str, ...]]) -> list[Item]:
    """An order of the items in which as few as possible stand where they stood in the codes before."""
    blocks = _blocks(part.items)
    best: list[Item] = list(part.items)
    least: int | None = None
    for _ in range(TRIES):
        tried = _shuffled(blocks, chance)
        clashes = sum(item.id == order[place] for order in earlier for place, item in enumerate(tried))
        if least is None or clashes < least:
            best, least = tried, clashes
        if clashes == 0:
            break
    return best


def _shuffled(blocks: Sequence[Sequence[Item]], chance: Chance) -> list[Item]:
    order = [chance.sample(block, len(block)) for block in blocks]
    chance.shuffle(order)
    return [item for block in order for item in block]


def _options(item: Item, chance: Chance, rules: Rules, taken: Sequence[tuple[str, ...]]) -> list[Option]:
    moves = rules.options if item.kind in CHOICES else rules.statements
    if not moves or not item.options or any(NAMES_LETTERS.search(plain(o.content)) for o in item.options):
        return list(item.options)
    free = [index for index, option in enumerate(item.options) if not _stays(option)]
    best = list(item.options)
    for _ in range(TRIES):
        best = list(item.options)
        for place, source in zip(free, chance.sample(free, len(free)), strict=True):
            best[place] = item.options[source]
        if tuple(option.identifier for option in best) not in taken:
            break
    return best


def _stays(option: Option) -> bool:
    return option.fixed or NAMES_OTHERS.search(plain(option.content)) is not None


def names(first: str, count: int) -> Iterator[str]:
    """`0101`, `0102` … from the first code on, in its width.

    Raises:
        CodesUnfit: the first code is no number, or the codes grow too long.
    """
    if not (first.isascii() and first.isdecimal()):
        raise CodesUnfit("a code is a number such as 0101, not {code!r}", code=first)
    for number in range(int(first), int(first) + count):
        name = f"{number:0{len(first)}d}"
        if len(name) > len(first):
            raise CodesUnfit(
                "{count} codes from {first} on do not fit {digits} digits", count=count, first=first, digits=len(first)
            )
        yield name
