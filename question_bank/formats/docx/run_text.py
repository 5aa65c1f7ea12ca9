"""The signs of runs: legacy and Symbol fonts as Unicode, and fields that Word draws itself (EQ, SYMBOL)."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field

from question_bank.bank.content import Formula
from question_bank.formats import encodings
from question_bank.formats.docx import symbols
from question_bank.formats.docx.eq_field import EqUnreadable
from question_bank.formats.docx.eq_field import latex_of as eq_latex
from question_bank.formats.docx.omml import W
from question_bank.formats.docx.styles import RunStyle
from question_bank.formats.lines import OBJECT, PLAIN, Atom, atoms_of
from question_bank.formats.opening import Element
from question_bank.formats.report import Issue


@dataclass(slots=True)
class _Field:
    """A field whose end has not come: its instruction, and whether its result has begun."""

    instruction: str = ""
    shown: bool = False


@dataclass(slots=True)
class RunText:
    """Reads signs. `where` is the place at hand; `legacy` are the legacy encodings that were met."""

    issues: list[Issue]
    where: Callable[[], str]
    legacy: set[str] = field(default_factory=set)
    _fields: list[_Field] = field(default_factory=list)

    def text(self, text: str, font: str) -> str:
        """The text of a run in its font."""
        if symbols.has_pictures(font) or any(ord(sign) in symbols.PRIVATE for sign in text):
            return self._pictured(text, font)
        legacy = encodings.of_font(font)
        if legacy and not encodings.VIETNAMESE.search(text):
            converted = encodings.convert(text, legacy, capitals=font.endswith("H"))
            if converted != text:
                self.legacy.add(legacy)
            return converted
        return unicodedata.normalize("NFC", text)

    def _pictured(self, text: str, font: str) -> str:
        """Text of a font whose letters are pictures; ordinary letters in it are told, for they may be meant as letters."""
        sure = symbols.has_pictures(font)
        made = "".join(
            sign if sign.isspace() or (not sure and ord(sign) not in symbols.PRIVATE)
            else self._known(symbols.sign_of(ord(sign), font if sure else ""), f"U+{ord(sign):04X}", font)
            for sign in text
        )  # fmt: skip
        if made != text and (
            not sure or any(ord(sign) < symbols.PRIVATE.start and not sign.isspace() for sign in text)
        ):
            self.issues.append(Issue("symbol_font", self.where(), (font or "?", made), covers=text))
        return made

    def _known(self, sign: str, code: str, font: str) -> str:
        if sign:
            return sign
        self.issues.append(Issue("symbol_unknown", self.where(), (font or "?", code)))
        return symbols.UNKNOWN

    def symbol(self, code: str, font: str) -> str:
        """The sign of a `w:sym`."""
        try:
            return self._known(symbols.sign_of(int(code, 16), font), code, font)
        except ValueError:
            return self._known("", code, font)

    def instruction(self, text: str, style: RunStyle) -> None:
        """A piece of the instruction of the field at hand."""
        raised = {"superscript": "up", "subscript": "do"}.get(style.vertical or "")
        if self._fields:
            self._fields[-1].instruction += f"\\s\\{raised}({text})" if raised and text.strip() else text

    def field_mark(self, node: Element) -> list[Atom]:
        """A beginning, middle or end of a field, and what the field stands for where it has no result of its own."""
        kind = node.get(f"{W}fldCharType")
        if kind == "begin":
            self._fields.append(_Field())
        elif self._fields and kind in {"separate", "end"}:
            current = self._fields[-1]
            began, current.shown = current.shown, kind == "separate"
            if kind == "end":
                self._fields.pop()
            if not began:
                made = self.field_sign(current.instruction)
                if made is None and kind == "end" and (name := current.instruction.split()[:1]):
                    self.issues.append(Issue("element_unknown", self.where(), (name[0],)))
                return made or []
        return []

    def field_sign(self, instruction: str) -> list[Atom] | None:
        """What a field stands for that Word draws itself; None for a field whose result stands in the text."""
        instruction = unicodedata.normalize("NFC", instruction.strip())
        symbol = symbols.field_sign(instruction)
        if symbol is not None:
            return list(atoms_of(self._known(symbol[0], instruction, symbol[1])))
        if not instruction.upper().startswith(("EQ ", "EQ\\")):
            return None
        try:
            latex = eq_latex(instruction)
        except EqUnreadable:
            self.issues.append(Issue("field_formula", self.where(), (instruction,)))
            return []
        self.issues.append(Issue("field_formula_read", self.where(), (instruction, latex)))
        return [Atom(OBJECT, PLAIN, Formula(latex))]
