"""Counts text files: GIFT, Aiken and LaTeX, with what is only syntax taken away."""

from __future__ import annotations

import re

from question_bank.formats.walker import markup
from question_bank.formats.walker.census import Census

DATA = re.compile(r"data:[\w/+.-]*;base64,[A-Za-z0-9+/\\=]*")
FORMULA = re.compile(r"\\\[.+?\\\]|\\\(.+?\\\)|\$\$.+?\$\$|(?<!\\)\$(?:[^$\\]|\\.)+\$", re.DOTALL)
COMMENT = re.compile(r"(?<!\\)%.*$", re.MULTILINE)
COMMAND = re.compile(
    r"\\(?:shortans|dapso|choice|choiceTFt?n?|immini)\s*\[[^\]]*\]|\\(?:begin|end)\s*\{[^}]*\}(?:\[[^\]]*\])?|\\[A-Za-z]+\*?|\\."
)


def _text(raw: bytes) -> tuple[str, bool]:
    """The text, and whether it reads as Unicode."""
    for name in ("utf-8-sig", "utf-16" if raw[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8"):
        try:
            return raw.decode(name), True
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1"), False


def gift(raw: bytes) -> Census:
    """What a GIFT file holds."""
    text, unicode = _text(raw)
    lines = [line for line in re.split(r"\r\n|\r|\n", text) if not line.lstrip().startswith(("//", "$CATEGORY"))]
    body = re.sub(r"(?m)^\s*::.*?(?<!\\)::", "", "\n".join(lines))
    body = re.sub(r"\[(?:html|plain|moodle|markdown)\]", " ", body)
    body = re.sub(r"%-?[\d.,]+%", " ", body)
    body = re.sub(r"\\([~=#{}:\\])", r"\1", re.sub(r"(?<!\\)\\n", " ", DATA.sub("", body)))
    census = Census(digits_only=not unicode)
    markup.html(re.sub(r"<(?![/a-zA-Z!])", "&lt;", body), census)
    return census


def aiken(raw: bytes) -> Census:
    """What an Aiken file holds."""
    text, unicode = _text(raw)
    census = Census(digits_only=not unicode)
    for line in text.splitlines():
        markup.plain_text(line, census)
    return census


def _bodies(text: str) -> list[str]:
    """What stands from each beginning of a question to the next end of one."""
    parts = re.split(r"\\(begin|end)\{(?:ex|bt|vd)\}", text)
    found, begun = [], ""
    for mark, part in zip(parts[1::2], parts[2::2], strict=True):
        if mark == "end" and begun:
            found.append(begun)
        # Inside a question another beginning is only text.
        begun = "" if mark == "end" else begun + " " + part
    return found


def latex(raw: bytes) -> Census:
    """What the questions of a LaTeX file hold: the text between its begins and ends without commands."""
    text, unicode = _text(raw)
    census = Census(digits_only=not unicode)
    text = COMMENT.sub("", text)
    body = "\n".join(_bodies(text)) or text
    body = re.sub(r"\\begin\{tikzpicture\}.*?\\end\{tikzpicture\}", " ", body, flags=re.DOTALL)
    census.formulas += len(FORMULA.findall(body))
    for run in COMMAND.sub(" ", FORMULA.sub(" ", body)).splitlines():
        if run.strip():
            census.runs.append(run)
    return census
