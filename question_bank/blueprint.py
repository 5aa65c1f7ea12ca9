"""The blueprint of a test (ma trận đề): how many items of which topic, kind and level, and what the selection must respect.

A blueprint is a TOML file; `docs/formats/blueprint.md` shows one. Points are decimal strings and add up to the total.
"""

from __future__ import annotations

import tomllib
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from question_bank.bank.item import Kind, Level
from question_bank.errors import BlueprintMalformed

LEVELS: tuple[Level, ...] = ("NB", "TH", "VD", "VDC")
MOST_ITEMS = 400


class Cell(msgspec.Struct, frozen=True):
    """One cell of the matrix: `count` items of a kind and level out of a topic (or of what lies below it)."""

    part: str
    topic: str
    kind: Kind
    level: Level
    count: int
    outcome: str = ""

    @property
    def name(self) -> str:
        """How the cell is named to people: topic, part, level."""
        return f"{self.topic} – {self.part} – {self.level}"


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A row of a part as written: counts by level."""

    topic: str
    outcome: str = ""
    NB: int = 0
    TH: int = 0
    VD: int = 0
    VDC: int = 0


class BlueprintPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part: its kind of item, the points of one item, its heading word for word."""

    id: str
    kind: Kind
    points: str
    heading_vi: str
    heading_en: str
    rows: tuple[Row, ...]

    def cells(self) -> list[Cell]:
        """The cells that ask for something."""
        return [
            Cell(self.id, row.topic, self.kind, level, count, row.outcome)
            for row in self.rows
            for level in LEVELS
            if (count := getattr(row, level))
        ]

    @property
    def count(self) -> int:
        """Items of this part."""
        return sum(cell.count for cell in self.cells())


class Information(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The least test information at an ability, on the scale of the bank's item parameters."""

    theta: float
    least: float


class Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the selection must respect.

    `unused_months`: items that stood in a form since then rest. `exposure_most`: candidates who may have seen an item
    (0: no limit). `target`: the mean mark as a fraction of the total that the form should give, None for whatever comes;
    `tolerance` is how far a form may be from it, and how far parallel forms may be from each other.
    """

    states: tuple[str, ...] = ("approved", "locked")
    unused_months: int = 12
    exposure_most: int = 0
    target: float | None = None
    tolerance: float = 0.03
    information: tuple[Information, ...] = ()


class Blueprint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole blueprint."""

    title: str
    subject: str
    minutes: int
    total: str
    parts: tuple[BlueprintPart, ...]
    rules: Rules = Rules()
    level_shares: dict[str, int] = {}

    def cells(self) -> list[Cell]:
        """All cells, part by part."""
        return [cell for part in self.parts for cell in part.cells()]

    def points(self, part: str) -> Decimal:
        """Points of one item of a part."""
        return next(Decimal(each.points) for each in self.parts if each.id == part)


def decode(text: str) -> Blueprint:
    """The blueprint of a TOML text, checked.

    Raises:
        BlueprintMalformed: the message names the place.
    """
    try:
        raw: dict[str, Any] = tomllib.loads(text)
        blueprint = msgspec.convert(raw, Blueprint)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise BlueprintMalformed("the blueprint is not as it must be: {problem}", problem=error) from error
    check(blueprint)
    return blueprint


def check(blueprint: Blueprint) -> None:
    """Whether a blueprint adds up.

    Raises:
        BlueprintMalformed: the message names the place.
    """
    identifiers = [part.id for part in blueprint.parts]
    if len(set(identifiers)) != len(identifiers):
        raise BlueprintMalformed("two parts have the same id")
    if any(cell.count < 0 for cell in blueprint.cells()):
        raise BlueprintMalformed("a count is negative")
    items = sum(part.count for part in blueprint.parts)
    if not 0 < items <= MOST_ITEMS:
        raise BlueprintMalformed("{items} items; a form has 1 to {most}", items=items, most=MOST_ITEMS)
    if any(part.kind == "other" for part in blueprint.parts):
        raise BlueprintMalformed("items of kind `other` cannot be marked by the program and stand in no form")
    if blueprint.rules.tolerance <= 0:
        raise BlueprintMalformed("the tolerance must be greater than 0")
    try:
        sum_of_parts = sum(Decimal(part.points) * part.count for part in blueprint.parts)
        total = Decimal(blueprint.total)
    except InvalidOperation as error:
        raise BlueprintMalformed("points are decimal numbers such as 0.25") from error
    if sum_of_parts != total:
        raise BlueprintMalformed("the parts add up to {found} points, not {total}", found=sum_of_parts, total=total)
