r"""Formulas of old Word files in `EQ` fields as LaTeX: `EQ \f(1,2)`, `\r(3,x)`, `\s\up6(2)`, `\b\lc\{(…)`, `\i\su(1,n,k)`.

Source: Word's own list of the switches of the field EQ. What is not known gives no LaTeX at all, never half a formula.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from question_bank.formats.math_symbols import delimiters, run, tidy

SWITCH = re.compile(r"\\([A-Za-z]+)")
OPTION = re.compile(
    r"\s*\\(?:(lc|rc|bc)\s*\\(.)|(up|do|ai|di|su|pr|in|fc|vc|al|ac|ar|co|vs|hs|to|bo|le|ri|fo|ba|li)\s*(-?\d*))"
)
CLOSING = {"(": ")", "[": "]", "{": "}", "<": ">"}
INTEGRALS = {"su": r"\sum", "pr": r"\prod"}
DEEPEST = 40
ROW_END = r" \\ "


class EqUnreadable(Exception):
    """Something that is not known; the caller keeps the field's own words."""


@dataclass(slots=True)
class _Eq:
    text: str
    position: int = 0
    depth: int = 0

    def sequence(self, stops: str) -> str:
        """LaTeX up to one of `stops` outside brackets."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise EqUnreadable(self.text)
        made, plain, open_brackets = [], "", 0
        while self.position < len(self.text):
            sign = self.text[self.position]
            if not open_brackets and sign in stops:
                break
            if sign == "\\":
                made.append(run(plain))
                plain = ""
                made.append(self._switch())
                continue
            open_brackets += (sign == "(") - (sign == ")")
            plain += sign
            self.position += 1
        self.depth -= 1
        return "".join((*made, run(plain)))

    def _switch(self) -> str:
        found = SWITCH.match(self.text, self.position)
        if found is None:
            self.position += 2
            return run(self.text[self.position - 1 : self.position])
        # `\s\up` and `\x\to` may stand without a space; the switch itself is one letter.
        name = found[1][0].lower()
        self.position += 2
        writer = {
            "f": self._fraction, "r": self._root, "s": self._script, "b": self._brackets, "a": self._array, "i": self._integral,
            "x": self._box, "o": self._over, "l": self._list,
        }.get(name)  # fmt: skip
        if writer is None or (len(found[1]) > 1 and found[1][1:].isalpha()):
            raise EqUnreadable(self.text)
        return writer(self._options())

    def _options(self) -> dict[str, str]:
        options: dict[str, str] = {}
        while found := OPTION.match(self.text, self.position):
            options[found[1] or found[3]] = found[2] or found[4] or ""
            self.position = found.end()
        return options

    def _arguments(self) -> list[str]:
        while self.text[self.position : self.position + 1].isspace():
            self.position += 1
        if self.text[self.position : self.position + 1] != "(":
            raise EqUnreadable(self.text)
        made = []
        while self.position < len(self.text) and self.text[self.position] in "(,;":
            self.position += 1
            made.append(self.sequence(",;)").strip())
        if self.text[self.position : self.position + 1] != ")":
            raise EqUnreadable(self.text)
        self.position += 1
        return made

    def _exactly(self, *counts: int) -> list[str]:
        made = self._arguments()
        if len(made) not in counts:
            # A decimal comma inside an argument cannot be told from the comma between two.
            raise EqUnreadable(self.text)
        return made

    def _fraction(self, _options: dict[str, str]) -> str:
        top, bottom = self._exactly(2)
        return f"\\frac{{{top}}}{{{bottom}}}"

    def _root(self, _options: dict[str, str]) -> str:
        *degree, inside = self._exactly(1, 2)
        return f"\\sqrt[{degree[0]}]{{{inside}}}" if degree and degree[0] else f"\\sqrt{{{inside}}}"

    def _script(self, options: dict[str, str]) -> str:
        (inside,) = self._exactly(1)
        if "up" in options:
            return f"^{{{inside}}}"
        if "do" in options:
            return f"_{{{inside}}}"
        raise EqUnreadable(self.text)

    def _brackets(self, options: dict[str, str]) -> str:
        inside = ",".join(self._arguments())
        left = options.get("lc", options.get("bc", "" if "rc" in options else "("))
        right = options.get("rc", CLOSING.get(left, left) if "lc" not in options else "")
        return delimiters(left, inside, right)

    def _array(self, options: dict[str, str]) -> str:
        cells = self._arguments()
        width = int(options.get("co") or 1)
        rows = [" & ".join(cells[at : at + width]) for at in range(0, len(cells), max(1, width))]
        column = "l" if "al" in options else "r" if "ar" in options else "c"
        body = ROW_END.join(rows)
        return f"\\begin{{array}}{{{column * max(1, width)}}}{body}\\end{{array}}"

    def _integral(self, options: dict[str, str]) -> str:
        low, high, body = self._exactly(3)
        sign = next((INTEGRALS[name] for name in options if name in INTEGRALS), r"\int")
        return f"{sign}_{{{low}}}^{{{high}}} {body}"

    def _box(self, options: dict[str, str]) -> str:
        (inside,) = self._exactly(1)
        if not options:
            return f"\\boxed{{{inside}}}"
        if set(options) == {"to"}:
            return f"\\overline{{{inside}}}"
        if set(options) == {"bo"}:
            return f"\\underline{{{inside}}}"
        raise EqUnreadable(self.text)

    def _over(self, _options: dict[str, str]) -> str:
        r"""Signs over each other: only an arrow over letters is known, `\o(\s\up8(→),AB)`."""
        made = self._exactly(2)
        for sign, other in (made, made[::-1]):
            arrow = re.fullmatch(r"\^\{(?:\\(?:to|rightarrow|leftarrow|leftrightarrow)\s*|[→←↔])\}", sign)
            if arrow and other:
                name = "overleftrightarrow" if "leftright" in sign or "↔" in sign else "overleftarrow" if "left" in sign or "←" in sign else "overrightarrow"  # fmt: skip
                return f"\\{name}{{{other}}}"
        raise EqUnreadable(self.text)

    def _list(self, _options: dict[str, str]) -> str:
        return ", ".join(self._arguments())


def latex_of(instruction: str) -> str:
    """The LaTeX of a field's instruction (`EQ …`).

    Raises:
        EqUnreadable: it holds a switch that is not known.
    """
    reader = _Eq(re.sub(r"^\s*EQ\s*", "", instruction, flags=re.IGNORECASE))
    made = tidy(reader.sequence(""))
    if not made:
        raise EqUnreadable(instruction)
    return made
