"""Whether choices labelled `a. b. c. d.` are options of which one is right, or statements that are each true or false.

In the layout of 2025 small letters label statements, but many papers write their options so. Words of the paper decide:
verdicts (`Đ S Đ S`), the heading of the part, a key that names one letter, the stem. Where only the number of marks
speaks, or where the words disagree, the reading is not `sure` and the report says which one was taken.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from question_bank.formats.paper.labels import SEVERAL, TRUE_FALSE, PartKind

ASKS_FOR_ONE = re.compile(
    r"\b(?:nào|gì|đâu|ai|mấy|bao nhiêu|which|what|who|where|when)\b|chọn\s+(?:một|câu|ý|đáp án|phương án|khẳng định|phát biểu|mệnh đề)",
    re.IGNORECASE,
)
TRUE_OR_FALSE = re.compile(r"(?:đúng|true|đ)\W*", re.IGNORECASE), re.compile(r"(?:sai|false|s)\W*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Signs:
    """What a question with small letters shows: `marked` choices out of `texts`, `named` letters of its answers."""

    part: PartKind
    stem: str
    texts: tuple[str, ...]
    marked: int = 0
    named: int = 0
    verdicts: bool = False


class Reading(NamedTuple):
    """What the choices are, and whether the paper says so or it was concluded."""

    options: bool
    sure: bool


OPTIONS, STATEMENTS = Reading(options=True, sure=True), Reading(options=False, sure=True)
PERHAPS_OPTIONS, PERHAPS_STATEMENTS = Reading(options=True, sure=False), Reading(options=False, sure=False)


def reading(signs: Signs) -> Reading:
    """Options or statements."""
    judged = TRUE_FALSE.search(signs.stem) is not None
    if _is_true_or_false(signs.texts):
        return OPTIONS
    if signs.verdicts:
        return STATEMENTS if signs.part != "choice" and signs.named != 1 else PERHAPS_STATEMENTS
    if signs.part == "cluster":
        return STATEMENTS if signs.named != 1 else PERHAPS_STATEMENTS
    if signs.part == "choice":
        return _under_choice(signs, judged=judged)
    if signs.named == 1:
        return PERHAPS_OPTIONS if judged or signs.marked > 1 else OPTIONS
    if judged:
        return STATEMENTS
    return _by_marks(signs)


def _is_true_or_false(texts: tuple[str, ...]) -> bool:
    """`a. Đúng  b. Sai`: the two options of a question, never statements."""
    return len(texts) == len(TRUE_OR_FALSE) and all(
        form.fullmatch(text.strip()) for form, text in zip(TRUE_OR_FALSE, texts, strict=True)
    )


def _under_choice(signs: Signs, *, judged: bool) -> Reading:
    """The heading says that one of several is chosen."""
    one = 1 in {signs.marked, signs.named}
    if one and not judged and signs.marked <= 1:
        return OPTIONS
    return PERHAPS_OPTIONS if one or (not judged and not signs.marked) else PERHAPS_STATEMENTS


def _by_marks(signs: Signs) -> Reading:
    """No word decides: one mark is the key of options, several are true statements."""
    several = SEVERAL.search(signs.stem) is not None
    nothing_but_a_question = not signs.marked and not signs.named and ASKS_FOR_ONE.search(signs.stem) is not None
    return PERHAPS_OPTIONS if signs.marked == 1 or several or nothing_but_a_question else PERHAPS_STATEMENTS
