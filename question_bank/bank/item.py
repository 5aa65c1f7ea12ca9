"""Items of the bank: what is asked, what may be answered, and what is known about it. Never what is right.

Keys are a type of their own and are stored apart (DESIGN.md section 4, point 3). Option identifiers are canonical: `A, B,
C…` for choices and `a, b, c…` for statements, by the order in which the author wrote them, whatever a screen shows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Literal

import msgspec

from question_bank import canonical
from question_bank.bank.content import Content, resources

Kind = Literal["single_choice", "multiple_choice", "true_false_cluster", "short_answer", "other"]
KINDS: tuple[Kind, ...] = ("single_choice", "multiple_choice", "true_false_cluster", "short_answer", "other")
Level = Literal["", "NB", "TH", "VD", "VDC"]
LEVELS: tuple[Level, ...] = ("", "NB", "TH", "VD", "VDC")
LEVEL_NAMES_VI = {"NB": "Nhận biết", "TH": "Thông hiểu", "VD": "Vận dụng", "VDC": "Vận dụng cao"}


class Option(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An option or a statement. `fixed` keeps its place when options are shuffled."""

    identifier: str
    content: Content
    fixed: bool = False


class Metadata(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is known about an item. `topic` is a path with ` / ` between its steps; `tags` are sorted and unique."""

    subject: str = ""
    topic: str = ""
    outcome: str = ""
    level: Level = ""
    author: str = ""
    source: str = ""
    title: str = ""
    tags: tuple[str, ...] = ()


class Passage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text or stimulus that several items share. Its identifier is the digest of its content."""

    content: Content

    @property
    def id(self) -> str:
        """`p-` and 16 hexadecimal digits."""
        return f"p-{digest(self)[:16]}"


class BankItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One version of an item's content.

    `passage` names a shared passage or is empty. `shuffle` is None where the author did not say (the exam's profile
    decides). `unsupported` holds, for kind `other`, the source that this program cannot run, so that it is not lost.
    """

    kind: Kind
    stem: Content
    options: tuple[Option, ...] = ()
    solution: Content = ()
    passage: str = ""
    shuffle: bool | None = None
    metadata: Metadata = Metadata()
    unsupported: str = ""

    def each_content(self) -> Iterator[Content]:
        """Stem, options and solution."""
        yield self.stem
        for option in self.options:
            yield option.content
        yield self.solution

    def resources(self) -> set[str]:
        """Digests of everything that its content names."""
        return {name for content in self.each_content() for name in resources(content)}


class Key(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is right: option letters, `true`/`false` by statement, or the accepted short answers (the first is printed).

    `weights` are fractions of the mark by option, as decimal strings, where the source weighs options one by one;
    `tolerance` is a decimal string for short numeric answers. Empty `right` means that no key is known.
    """

    right: tuple[str, ...] = ()
    weights: tuple[tuple[str, str], ...] = ()
    tolerance: str = ""
    case_sensitive: bool = False


class Draft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An item with its key, as an author or an importer hands it in."""

    item: BankItem
    key: Key


def digest(value: msgspec.Struct) -> str:
    """SHA-256 of the canonical bytes of an item, a key or a passage."""
    return hashlib.sha256(canonical.encode(msgspec.to_builtins(value))).hexdigest()


def item_id(item: BankItem) -> str:
    """The identifier that a new item gets: the same content imported twice is the same item."""
    return f"q-{digest(item)[:16]}"


def letter(index: int, *, statement: bool = False) -> str:
    """`A` … `Z`, `AA`, `AB` … for the index from 0; small letters for statements."""
    text = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        text = chr(ord("A") + rest) + text
    return text.lower() if statement else text
