"""Sentences in the language chosen, with numbers, dates and names in the forms of UX.md section 5."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal

from station.wording.texts import CODES, TEXTS

Language = Literal["vi", "en"]
ZONE = timedelta(hours=7)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def text(key: str, language: Language, values: dict[str, object] | None = None) -> str:
    """A sentence. An unknown key is a bug and says so."""
    return TEXTS[key][language == "en"].format_map({name: str(value) for name, value in (values or {}).items()})


def code_text(code: str, language: Language, values: dict[str, object] | None = None) -> str:
    """What a message code tells the candidate, or "" where the screen itself says it."""
    if code not in CODES:
        return ""
    return CODES[code][language == "en"].format_map(_Blank({k: str(v) for k, v in (values or {}).items()}))


class _Blank(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"


def clock_time(milliseconds: int) -> str:
    """Node time as 07:30 in the exam's zone."""
    return (datetime.fromtimestamp(milliseconds / 1000, UTC) + ZONE).strftime("%H:%M") if milliseconds else "–"


def duration(milliseconds: int) -> str:
    """00:41:07."""
    seconds = max(0, milliseconds) // 1000
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def date_text(iso: str, language: Language) -> str:
    """15/03/2008 or 15 Mar 2008; "–" for an unknown date."""
    parts = iso.split("-")
    if len(parts) != 3:
        return "–"
    year, month, day = parts
    return f"{day}/{month}/{year}" if language == "vi" else f"{int(day)} {MONTHS[int(month) - 1]} {year}"


def masked(number: str) -> str:
    """042*****3456."""
    return f"{number[:3]}*****{number[-4:]}" if len(number) == 12 else number


DIGITS = {
    "vi": ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"),
    "en": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
}
SIGNS = {"vi": {"-": "trừ", ",": "phẩy"}, "en": {"-": "minus", ",": "point"}}


def spoken_cells(cells: str, language: Language) -> str:
    """A short answer sign by sign in words, for a screen reader."""
    if not cells:
        return {"vi": "trống", "en": "empty"}[language]
    return " ".join(SIGNS[language].get(sign) or DIGITS[language][int(sign)] for sign in cells)


def shown_cells(cells: str) -> str:
    """A short answer with a real minus sign."""
    return cells.replace("-", "\u2212")
