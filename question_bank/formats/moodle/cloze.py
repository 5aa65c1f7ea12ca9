r"""Gaps of Moodle's embedded answers: `{1:SHORTANSWER:=Paris#Tốt~%50%Lyon}`, `{:MC:=a~b}`, `{1:NM:=5:0.1}`; `\` before `~ } # = /`.

Source: Moodle's own documentation of the Cloze type and `ANSWER_REGEX` of its reader.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from question_bank.formats.moodle.fields import number_of

GapKind = Literal["choice", "several", "text", "number"]
KINDS: dict[str, GapKind] = {
    **dict.fromkeys(("MULTICHOICE", "MC", "MULTICHOICE_V", "MCV", "MULTICHOICE_H", "MCH", "MULTICHOICE_S", "MCS", "MULTICHOICE_VS", "MCVS", "MULTICHOICE_HS", "MCHS"), "choice"),
    **dict.fromkeys(("MULTIRESPONSE", "MR", "MULTIRESPONSE_H", "MRH", "MULTIRESPONSE_S", "MRS", "MULTIRESPONSE_HS", "MRHS"), "several"),
    **dict.fromkeys(("SHORTANSWER", "SA", "MW", "SHORTANSWER_C", "SAC", "MWC"), "text"),
    **dict.fromkeys(("NUMERICAL", "NM"), "number"),
}  # fmt: skip
GAP = re.compile(r"(?<!\\)\{\d*:(?P<kind>[A-Z_]+):(?P<answers>(?:\\.|[^\\}])*)\}", re.DOTALL)
ANSWER = re.compile(
    r"(?P<right>=)?(?:%(?P<share>-?\d+(?:[.,]\d+)?)%)?(?P<text>(?:\\.|[^\\#])*)(?:#(?P<feedback>.*))?", re.DOTALL
)
ESCAPED = re.compile(r"\\([~}#=/\"\\])")
SENSITIVE = frozenset({"SHORTANSWER_C", "SAC", "MWC"})


@dataclass(frozen=True, slots=True)
class GapAnswer:
    """One answer: its text as HTML, its share of the mark in percent, and the feedback for it."""

    text: str
    percent: str
    feedback: str


@dataclass(frozen=True, slots=True)
class ClozeGap:
    """A gap: what it asks for, its answers, and where it stands in the text."""

    kind: GapKind
    case_sensitive: bool
    answers: tuple[GapAnswer, ...]
    start: int
    stop: int


def only_gap(text: str) -> ClozeGap | None:
    """The gap of a text that has exactly one; None where there is none, several, or one that is not known."""
    found = [match for match in GAP.finditer(text) if match["kind"] in KINDS]
    if len(found) != 1:
        return None
    (match,) = found
    answers = tuple(_answer(part) for part in re.split(r"(?<!\\)~", match["answers"]) if part.strip())
    return ClozeGap(KINDS[match["kind"]], match["kind"] in SENSITIVE, answers, match.start(), match.end())


def _answer(part: str) -> GapAnswer:
    found = ANSWER.fullmatch(part.strip())
    assert found is not None  # every part of it may be empty
    percent = found["share"] or ("100" if found["right"] else "0")
    return GapAnswer(
        ESCAPED.sub(r"\1", found["text"]).strip(),
        f"{number_of(percent):f}",
        ESCAPED.sub(r"\1", found["feedback"] or "").strip(),
    )
