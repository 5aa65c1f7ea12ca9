"""What a source holds, and what of it stands in neither an item nor an issue."""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass, field

from question_bank.bank.content import Attachment, Formula, Gap, Inline, Picture, Text
from question_bank.formats.report import Imported, each_inline, tables

REPORTED_FORMULA = ("formula_unreadable", "field_formula")
REPORTED_PICTURE = ("picture_lost", "external_reference", "picture_too_large", "file_missing")


@dataclass(slots=True)
class Census:
    """A source as counted: runs of text, formulas, pictures, embedded objects, tables."""

    runs: list[str] = field(default_factory=list)
    formulas: int = 0
    pictures: int = 0
    objects: int = 0
    tables: int = 0
    # Of legacy text only the digits can be compared after conversion.
    digits_only: bool = False


def _signs(text: str, *, digits_only: bool) -> str:
    text = unicodedata.normalize("NFC", text)
    if digits_only:
        return "".join(sign for sign in text if sign.isascii() and sign.isdigit())
    return "".join(sign for sign in text if sign.isalnum())


def lost(imported: Imported, census: Census) -> int:
    """How many runs, formulas, pictures, objects and tables stand in neither an item nor an issue."""
    inlines = list(each_inline(imported.contents()))
    outside = [atom.inline for line in imported.accounted.outside for atom in line.atoms if atom.inline is not None]
    for line in imported.accounted.outside:
        if line.table is not None:
            outside += each_inline(iter([(line.table,)]))
    issues = Counter(issue.code for issue in imported.all_issues())
    seen = inlines + outside
    quoted = imported.accounted.quoted
    formulas = quoted["formula"] + _count(seen, Formula) + sum(issues[code] for code in REPORTED_FORMULA)
    pictures = (
        quoted["picture"]
        + _count(seen, Picture)
        + _count(seen, Attachment)
        + sum(issues[code] for code in REPORTED_PICTURE)
    )
    in_tables = quoted["table"] + sum(tables(content) for content in imported.contents()) + imported.accounted.unfolded
    in_tables += sum(line.table is not None for line in imported.accounted.outside)
    missing = max(0, census.formulas - formulas) + max(0, census.pictures - pictures)
    missing += max(0, census.tables - in_tables) + max(0, census.objects - issues["embedded_object"])
    return missing + _lost_runs(imported, inlines, census)


def _count(inlines: list[Inline], kind: type[Inline]) -> int:
    return sum(isinstance(inline, kind) for inline in inlines)


def _lost_runs(imported: Imported, inlines: list[Inline], census: Census) -> int:
    texts = [*imported.accounted.text, *(issue.covers for issue in imported.all_issues())]
    texts += [inline.text for inline in inlines if isinstance(inline, Text)]
    texts += [inline.alt or "" for inline in inlines if isinstance(inline, Picture)]
    texts += [inline.name for inline in inlines if isinstance(inline, Attachment)]
    texts += [inline.identifier for inline in inlines if isinstance(inline, Gap)]
    for item in imported.items:
        texts += [item.draft.item.unsupported]
    taken = Counter(_signs("".join(texts), digits_only=census.digits_only))
    runs = [signs for run in census.runs if (signs := _signs(run, digits_only=census.digits_only))]
    missing = Counter("".join(runs)) - taken
    if not missing:
        return 0
    # Some sign stands less often than in the source: name the runs that cannot be found as a whole.
    whole = _signs("".join(texts), digits_only=census.digits_only)
    return max(1, sum(run not in whole for run in runs))
