"""Where options and statements begin on a line."""

from __future__ import annotations

from typing import NamedTuple

from question_bank.formats.lines import OBJECT, Line
from question_bank.formats.paper import labels


class Found(NamedTuple):
    """The label of an option or statement: its letter, its star, where the star, the label and the text begin."""

    letter: str
    star: str
    start: int
    label_start: int
    end: int


def option_labels(text: str, had: int) -> list[Found]:
    """The options on a line: the first at its beginning, the others in order."""
    found: list[Found] = []
    for match in labels.OPTION.finditer(text):
        letter = match["letter"]
        if not found:
            if text[: match.start()].strip(" \t("):
                if had or letter != "A" or labels.OPTION.search(text, match.end()) is None:
                    break
                if not _whole_row(text, match.start()):
                    continue
            elif (_is_tight(text, match.end()) or match["label"][0] == "(") and letter != chr(ord("A") + had):
                break
        elif letter != chr(ord(found[-1].letter) + 1) or not _may_follow(text, match.start(), match.end(), found[0]):
            continue
        found.append(Found(letter, match["star"], match.start(), match.start("label"), match.end()))
    return found


def _is_tight(text: str, end: int) -> bool:
    """Whether a digit follows the label at once: `A.1` may be an option or the name of a figure."""
    return text[end : end + 1].isdigit()


def _may_follow(text: str, start: int, end: int, first: Found) -> bool:
    """`B.2` inside an option is a name; as a label it follows a gap, or a first label that is written so too."""
    return not _is_tight(text, end) or text[:start].endswith(("\t", "  ", OBJECT)) or not text[first.end : first.end + 1].isspace()  # fmt: skip


def _whole_row(text: str, start: int) -> bool:
    """Whether a stem and all of its options share the line: A to D in order after a wide gap."""
    letters = [match["letter"] for match in labels.OPTION.finditer(text, start)]
    return letters[:4] == list("ABCD") and (text[:start].endswith(("\t", "  ")) or text[:start].rstrip().endswith(("?", ":", ".")))  # fmt: skip


def statement_labels(text: str, had: int) -> list[Found]:
    """The statements on a line; `had` were read before, and the letters go on from there."""
    found: list[Found] = []
    row = not had and "".join(match["letter"] for match in labels.STATEMENT.finditer(text)) in {"abcd", "abc"}
    for match in labels.STATEMENT.finditer(text):
        expected = "abcdefgh"[had + len(found)] if had + len(found) < 8 else ""
        if not found and text[: match.start()].strip():
            break
        if match["letter"] != expected:
            if found:
                continue
            break
        if found and not row and not text[: match.start()].endswith(("\t", "  ", ". ", "; ", OBJECT)):
            continue
        found.append(Found(match["letter"], match["star"], match.start(), match.start("label"), match.end()))
    return found


def letters_ahead(text: str, ahead: list[Line]) -> set[str]:
    """The small letters on a line and at the beginnings of the next ones of the same question."""
    letters = {match["letter"] for match in labels.STATEMENT.finditer(text)}
    for line in ahead[:8]:
        if labels.QUESTION.match(line.text):
            break
        if found := labels.STATEMENT.match(line.text.lstrip()):
            letters.add(found["letter"])
    return letters
