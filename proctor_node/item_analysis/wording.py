"""Numbers and words of verdicts and reasons, Vietnamese and English (docs: the teacher pages' table of reasons)."""

from __future__ import annotations

from dataclasses import dataclass

MINUS = "\u2212"
NO_BREAK = "\u00a0"


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence or more in both languages."""

    vi: str
    en: str

    def __add__(self, other: Text) -> Text:
        return Text(f"{self.vi} {other.vi}", f"{self.en} {other.en}")


def vietnamese(value: float, places: int) -> str:
    """Decimal comma, thousands dot, a real minus."""
    plain = f"{abs(value):,.{places}f}".translate(str.maketrans(",.", ".,"))
    return f"{MINUS}{plain}" if value < 0 and plain.strip("0,.") else plain


def english(value: float, places: int) -> str:
    """Decimal point, thousands comma."""
    plain = f"{abs(value):,.{places}f}"
    return f"{MINUS}{plain}" if value < 0 and plain.strip("0,.") else plain


def percent(share: float) -> str:
    """Whole percent without a space."""
    return f"{100 * share:.0f}%"
