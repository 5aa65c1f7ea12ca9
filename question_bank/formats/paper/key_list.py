"""Keys in lines: `1.A 2.B`, `Câu 1: -1,5`, `Câu 2: a) Đ b) S c) Đ d) S`, `Phần II: 1. ĐSĐS 2. SSĐĐ`."""

from __future__ import annotations

import re

from question_bank.formats.paper import labels
from question_bank.short_answer import is_complete, normalise

Pairs = list[tuple[int, str]]
PAIR = re.compile(r"(?<![\wÀ-ỹ,.])(?:Câu\s*)?(\d{1,3})\s*[.\-–:)/]*\s*([A-H])(?![\wÀ-ỹ])", re.IGNORECASE)
NUMBERED = re.compile(r"^\s*(?:Câu\s*)?(\d{1,3})\s*[.:)\-–]\s*(.+)$", re.IGNORECASE | re.DOTALL)
ROW = re.compile(
    r"(?:Câu\s*)?(?P<number>\d{1,3})\s*[.:)=]\s*(?P<answer>[ĐSDTF]{2,8}|[A-H]|[-−–]?\d+(?:,\d+)?)(?![\wÀ-ỹ,])\.?[\s;|]*"
)
# What may stand between verdicts: labels of statements and punctuation.
EXTRA = re.compile(r"[\s,;.\-–:()a-h]")


def pairs_of_line(text: str) -> Pairs:
    """Pairs of a line that is nothing but pairs; empty otherwise."""
    found = PAIR.findall(text)
    left = PAIR.sub("", text)
    if not found or re.search(r"\w", left.replace("Câu", "")):
        return []
    return [(int(number), letter.upper()) for number, letter in found]


def short_of_line(text: str) -> Pairs:
    """`Câu 1: -1,5` or `Câu 2: a) Đ b) S c) Đ d) S` in a list of keys."""
    found = NUMBERED.match(text)
    if not found:
        return []
    answer = found[2].strip().rstrip(".;")
    if is_complete(normalise(answer)) or not EXTRA.sub("", labels.VERDICT.sub("", answer)):
        return [(int(found[1]), answer)]
    return []


def rows_of_line(text: str) -> Pairs:
    """`1. ĐSĐS 2. SSĐĐ`, `1. -1,5; 2. 7` where nothing else stands on the line; empty otherwise."""
    found: Pairs = []
    position = len(text) - len(text.lstrip())
    while match := ROW.match(text, position):
        found.append((int(match["number"]), match["answer"]))
        position = match.end()
    numbers = [number for number, _ in found]
    return found if not text[position:].strip() and numbers == sorted(set(numbers)) else []


def any_of_line(text: str) -> Pairs:
    """Keys in whatever of these forms a line holds."""
    return pairs_of_line(text) or rows_of_line(text) or short_of_line(text)
