"""What the question bank asks of its store. Every change is one transaction and returns after the commit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from question_bank.bank.item import BankItem, Draft, Key, Kind, Level, Passage
from question_bank.bank.review import State, Step


class Resource(msgspec.Struct, frozen=True):
    """Bytes that content names by their SHA-256."""

    media_type: str
    content: bytes


class Added(msgspec.Struct, frozen=True):
    """What became of a draft: its identifier, and whether it is new to the bank."""

    id: str
    version: int
    fresh: bool


class StoredVersion(msgspec.Struct, frozen=True):
    """One version as stored. `digest` is of the item's canonical bytes."""

    id: str
    version: int
    item: BankItem
    state: State
    author: str
    created: datetime
    digest: str


class StoredKey(msgspec.Struct, frozen=True):
    """A response key; `number` counts the keys that a version has had, from 1."""

    key: Key
    number: int
    person: str
    at: datetime
    reason: str


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """What to look for; empty fields do not restrict. Only the newest version of each item is searched."""

    text: str = ""
    kinds: tuple[Kind, ...] = ()
    states: tuple[State, ...] = ()
    levels: tuple[Level, ...] = ()
    subject: str = ""
    topic: str = ""
    outcome: str = ""
    author: str = ""
    source: str = ""
    tag: str = ""
    limit: int = 50
    offset: int = 0


class ItemSummary(msgspec.Struct, frozen=True):
    """An item in a list: facts and the beginning of its text, no key. `exposure` counts the candidates who saw it."""

    id: str
    version: int
    kind: Kind
    state: State
    subject: str
    topic: str
    outcome: str
    level: Level
    author: str
    passage: str
    excerpt: str
    exposure: int


class Usage(msgspec.Struct, frozen=True):
    """One use of an item: in which exam and form, when, seen by how many candidates."""

    exam: str
    form: str
    version: int
    at: datetime
    candidates: int


class ItemStatistics(msgspec.Struct, frozen=True, kw_only=True):
    """What an item analysis found; None where it was not estimated. `a`, `b`, `c` on the scale of `model`."""

    exam: str
    version: int
    at: datetime
    n: int
    p: float | None = None
    r_rest: float | None = None
    model: str = ""
    a: float | None = None
    b: float | None = None
    c: float | None = None
    flags: tuple[str, ...] = ()


class PoolItem(msgspec.Struct, frozen=True, kw_only=True):
    """The newest version of an item with what assembling a form needs to know of it; no content, no key.

    `last_used` is when it last stood in a form; `p`, `a`, `b`, `c` are of its newest statistics, None where not estimated.
    """

    id: str
    version: int
    kind: Kind
    state: State
    topic: str
    outcome: str
    level: Level
    passage: str
    exposure: int
    last_used: datetime | None = None
    p: float | None = None
    a: float | None = None
    b: float | None = None
    c: float | None = None


class BankStore(Protocol):
    """The bank's memory. Unknown items and versions raise `ItemUnknown`."""

    def add(
        self,
        drafts: Sequence[Draft],
        passages: Iterable[Passage],
        resources: Mapping[str, Resource],
        person: str,
        at: datetime,
    ) -> list[Added]:
        """New items as drafts, all or none; an item that is there already stays as it is."""

    def add_version(
        self, identifier: str, draft: Draft, resources: Mapping[str, Resource], person: str, at: datetime
    ) -> int:
        """The next version of an item, a draft again; its number."""

    def version(self, identifier: str, version: int | None = None) -> StoredVersion:
        """A version, the newest by default."""

    def versions(self, identifier: str) -> list[StoredVersion]:
        """All versions, oldest first."""

    def key(self, identifier: str, version: int) -> StoredKey:
        """The key in force. Callers log who asked."""

    def change_key(self, identifier: str, version: int, key: Key, person: str, at: datetime, reason: str) -> int:
        """A new key for a version, the old ones kept; its number."""

    def review(self, identifier: str, version: int, target: State, person: str, at: datetime, note: str = "") -> Step:
        """Take a step of review (`ReviewRefused`)."""

    def steps(self, identifier: str, version: int) -> tuple[Step, ...]:
        """The steps that a version has taken."""

    def search(self, wanted: Search) -> list[ItemSummary]:
        """Items that match, best first where there is a text, else by topic in the order of entry."""

    def count(self, wanted: Search) -> int:
        """How many match, whatever limit and offset say."""

    def near(self, item: BankItem, least: float) -> list[tuple[str, float]]:
        """Items whose newest version is at least so similar (0 to 1), most similar first."""

    def passage(self, identifier: str) -> Passage:
        """A shared passage."""

    def resource(self, sha256: str) -> Resource:
        """Bytes by digest."""

    def keep_formulas(self, drawn: Mapping[str, bytes]) -> None:
        r"""Keep the SVG of formulas by their LaTeX (`\displaystyle` in front where it is set apart)."""

    def formula(self, latex: str) -> bytes | None:
        """The SVG that was drawn when the item entered the bank."""

    def use(self, identifiers: Iterable[tuple[str, int]], exam: str, form: str, at: datetime, candidates: int) -> None:
        """Enter that (item, version) pairs stood in a form."""

    def usage(self, identifier: str) -> list[Usage]:
        """When and where an item was used."""

    def add_statistics(self, statistics: Mapping[str, ItemStatistics]) -> None:
        """Enter what an analysis found, by item."""

    def statistics(self, identifier: str) -> list[ItemStatistics]:
        """All statistics of an item, newest first."""

    def set_enemies(self, one: str, other: str, *, enemies: bool = True) -> None:
        """Two items that must not stand in one form, or may again."""

    def enemies(self) -> set[tuple[str, str]]:
        """All such pairs, the smaller identifier first."""

    def pool(self, subject: str) -> list[PoolItem]:
        """All items of a subject, by identifier; an empty subject means all of the bank."""

    def facets(self, wanted: Search) -> dict[str, dict[str, int]]:
        """How many match by `state`, `kind`, `level` and `topic`, each counted without its own restriction."""
