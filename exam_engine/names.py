"""Vietnamese names, compared as a person at the desk would (vietnam.md section 5)."""

from __future__ import annotations

import re
import unicodedata
from enum import IntEnum

# Look-alike letters that normalisation leaves apart.
LOOKALIKES = str.maketrans(
    {"\u00d0": "Đ", "\u0189": "Đ", "\u00f0": "đ", "\u2019": "'", "\u02bc": "'", "`": "'", "\u00a0": " "}
)
TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
MRZ_NAME = 30


class Likeness(IntEnum):
    """How far two names agree."""

    DIFFERENT = 0
    SPELLING = 1
    EQUAL = 2


def normalise(name: str) -> str:
    """NFC, one space between words, look-alikes replaced, in lower case."""
    return " ".join(unicodedata.normalize("NFC", name.translate(LOOKALIKES)).casefold().split())


def _tone_last(word: str) -> str:
    """The tone mark moved to the end of the word, so that hòa and hoà agree."""
    letters = unicodedata.normalize("NFD", word)
    tones = "".join(mark for mark in letters if mark in TONES)
    return "".join(mark for mark in letters if mark not in TONES) + tones


def unmark(name: str) -> str:
    """Plain lower-case letters: no marks, d for đ."""
    letters = unicodedata.normalize("NFD", normalise(name))
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).replace("đ", "d")


def compare(one: str, other: str) -> Likeness:
    """EQUAL after normalisation and tone placement; SPELLING if only marks or i/y differ; else DIFFERENT."""
    first, second = normalise(one), normalise(other)
    if [_tone_last(word) for word in first.split()] == [_tone_last(word) for word in second.split()]:
        return Likeness.EQUAL
    if unmark(one).replace("y", "i") == unmark(other).replace("y", "i"):
        return Likeness.SPELLING
    return Likeness.DIFFERENT


def mrz_agrees(name: str, mrz: str) -> bool:
    """Whether an MRZ name may stand for a name: marks stripped, cut at 30 characters (Doc 9303-3 section 4.6)."""
    expected = re.sub(r"[^A-Z]", "", unmark(name).upper())
    given = re.sub(r"[^A-Z]", "", mrz.upper())
    return given == expected or (len(mrz.rstrip("<")) >= MRZ_NAME and expected.startswith(given))
