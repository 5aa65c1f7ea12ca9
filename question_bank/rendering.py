"""Checks on a rendered formula: what is drawn must be what was written, or the form is not built (stack.md section 2)."""

from __future__ import annotations

import re
from typing import Protocol

from question_bank.errors import FormulaRefused

# Text elements mean a glyph that the font lacks; scripts, links and foreign content have no place in a formula.
FORBIDDEN = re.compile(rb"<(text|script|image|foreignObject|use|a)[\s>/]|href=|\bon[a-z]+=", re.IGNORECASE)
DRAWN = re.compile(rb"<(path|rect|line|polygon)\b")
LARGEST = 256 * 1024
# Attributes that carry the source and its tree are not needed for drawing and double the size.
NOISE = re.compile(r'\s(?:data-(?!frame|line)[a-z-]+|focusable|role|aria-[a-z-]+)="[^"]*"')

# Frames and rules of tables are drawn by MathJax's style sheet; without it a frame is a black box.
RULED = re.compile(r"<(rect|line)(?=[^>]*\sdata-(?:frame|line)=)")


class FormulaRenderer(Protocol):
    """Draws LaTeX."""

    def svg(self, latex: str, *, display: bool = False) -> bytes:
        """A self-contained SVG whose ink is `currentColor`.

        Raises:
            FormulaRefused: not valid, or not drawable faithfully.
        """


def checked(latex: str, svg: str) -> bytes:
    """The SVG without noise.

    Raises:
        FormulaRefused: glyphs are missing, nothing is drawn, or the result is too large.
    """
    raw = RULED.sub(r'<\1 stroke-width="60" fill="none"', NOISE.sub("", svg)).encode()
    if FORBIDDEN.search(raw):
        raise FormulaRefused("a sign of {latex!r} is not in the font", latex=latex)
    if not DRAWN.search(raw):
        raise FormulaRefused("{latex!r} draws nothing", latex=latex)
    if len(raw) > LARGEST:
        raise FormulaRefused("{latex!r} is too large", latex=latex)
    return raw
