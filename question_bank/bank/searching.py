"""How the bank searches Vietnamese: a word typed with marks must match with marks, a word without matches any.

Tone marks stand in two places by school (`hòa`, `hoà`); both are brought to one before anything is compared
(vietnam.md section 5).
"""

from __future__ import annotations

import re
import unicodedata

TONES = "\u0300\u0301\u0303\u0309\u0323"
WORD = re.compile(r"\w+", re.UNICODE)
# The older placement on the first vowel of oa, oe, uy at the end of a syllable.
OLD_TONE = re.compile(rf"(o)([{TONES}])([ae])(?![\w{TONES}])|(?<!q)(u)([{TONES}])(y)(?![\w{TONES}])")
LOOKALIKE = str.maketrans({"Ð": "đ", "Ɖ": "đ", "Đ": "đ"})


def one_tone(text: str) -> str:
    """Small letters in NFC with tone marks in one place."""
    spread = unicodedata.normalize("NFD", text.translate(LOOKALIKE).lower())
    moved = OLD_TONE.sub(lambda m: f"{m[1]}{m[3]}{m[2]}" if m[1] else f"{m[4]}{m[6]}{m[5]}", spread)
    return unicodedata.normalize("NFC", moved)


def unmarked(text: str) -> str:
    """Small letters without any mark: `Đường tròn` gives `duong tron`."""
    spread = unicodedata.normalize("NFD", text.translate(LOOKALIKE).lower())
    return "".join(c for c in spread if not unicodedata.combining(c)).replace("đ", "d")


def words(text: str) -> list[str]:
    """The words of a text, tones in one place."""
    return WORD.findall(one_tone(text))


def query(text: str) -> str:
    """The FTS5 expression of what a person typed: every word must be there, the last may be a beginning.

    The index has two columns, `exact` (tones in one place) and `folded` (no marks).
    """
    typed = words(text)
    terms = [f'{"folded" if unmarked(word) == word else "exact"} : "{unmarked(word) if unmarked(word) == word else word}"' for word in typed]  # fmt: skip
    if terms and not text[-1:].isspace():
        terms[-1] += " *"
    return " AND ".join(terms)
