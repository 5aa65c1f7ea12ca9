"""MTEF records as LaTeX. What has no LaTeX is named in `doubts`, never left out in silence."""

from __future__ import annotations

from dataclasses import dataclass, field

from question_bank.formats.math_symbols import delimiters, escaped_text, run, script, tidy, word
from question_bank.formats.mathtype.records import Char, Line, Matrix, Node, Pile, Template

TEXT, FUNCTION, VARIABLE, LC_GREEK, UC_GREEK, SYMBOL, VECTOR, NUMBER, SPACE = 1, 2, 3, 4, 5, 6, 7, 8, 24
# MathType's own code points (MTCode): spaces and a few signs.
PRIVATE = {
    0xEF00: "", 0xEF01: r"\,", 0xEF02: r"\,", 0xEF03: r"\:", 0xEF04: r"\;", 0xEF05: r"\quad ", 0xEF06: r"\quad ",
    0xEF07: r"\quad ", 0xEF08: "", 0xEB01: r"\,", 0xEB02: r"\,", 0xEB03: r"\:", 0xEB04: r"\;", 0xEB05: r"\quad ",
    0xEB08: r"\,", 0xEE03: "", 0xE98F: "", 0xE990: "",
}  # fmt: skip
# The Symbol font, for signs that carry only a font position (Adobe Symbol encoding).
SYMBOL_FONT = dict(
    zip(
        range(0x61, 0x7B), "αβχδεφγηιϕκλμνοπθρστυϖωξψζ", strict=True
    )
) | dict(zip(range(0x41, 0x5B), "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ", strict=True)) | {
    0x2D: "−", 0xA3: "≤", 0xA5: "∞", 0xAB: "↔", 0xAC: "←", 0xAD: "↑", 0xAE: "→", 0xAF: "↓", 0xB0: "°", 0xB1: "±",
    0xB3: "≥", 0xB4: "×", 0xB5: "∝", 0xB6: "∂", 0xB7: "•", 0xB8: "÷", 0xB9: "≠", 0xBA: "≡", 0xBB: "≈", 0xBC: "…",
    0xC6: "∅", 0xC7: "∩", 0xC8: "∪", 0xC9: "⊃", 0xCA: "⊇", 0xCB: "⊄", 0xCC: "⊂", 0xCD: "⊆", 0xCE: "∈", 0xCF: "∉",
    0xD0: "∠", 0xD1: "∇", 0xD5: "∏", 0xD6: "√", 0xD7: "⋅", 0xD8: "¬", 0xD9: "∧", 0xDA: "∨", 0xDB: "⇔", 0xDC: "⇐",
    0xDE: "⇒", 0xE5: "∑", 0xF2: "∫", 0x22: "∀", 0x24: "∃", 0x27: "∋", 0x40: "≅", 0x5E: "⊥", 0x7E: "∼", 0x5C: "∴", 0xC0: "ℵ",
    0xC1: "ℑ", 0xC2: "ℜ", 0xC3: "℘", 0xC4: "⊗", 0xC5: "⊕", 0xDD: "⇑", 0xDF: "⇓", 0xE1: "⟨", 0xF1: "⟩", 0xA2: "′", 0xB2: "″",
}  # fmt: skip
FENCES = {
    0: ("⟨", "⟩"), 1: ("(", ")"), 2: ("{", "}"), 3: ("[", "]"), 4: ("|", "|"), 5: ("‖", "‖"), 6: ("⌊", "⌋"), 7: ("⌈", "⌉"), 8: ("⟦", "⟧"),
}  # fmt: skip
INTERVAL = {0: "(", 1: ")", 2: "[", 3: "]"}
OPERATORS = {16: r"\sum", 17: r"\prod", 18: r"\coprod", 19: r"\bigcup", 20: r"\bigcap"}
INTEGRALS = {1: r"\int", 2: r"\iint", 3: r"\iiint"}
OVER = {
    2: "dot", 3: "ddot", 4: "dddot", 8: "tilde", 9: "hat", 11: "overrightarrow", 12: "overleftarrow", 13: "overleftrightarrow",
    14: "overrightharpoon", 17: "overline", 19: "overparen", 24: "ddddot", 29: "underline", 33: "underrightarrow",
    34: "underleftarrow", 35: "underleftrightarrow",
}  # fmt: skip
ROW_END = r" \\ "
HATS = {32: "widetilde", 33: "widehat", 34: "overparen"}
PRIMES = {5: "'", 6: "''", 18: "'''"}


@dataclass(slots=True)
class Writer:
    """Writes one equation; `doubts` names what could not be written faithfully."""

    doubts: list[str] = field(default_factory=list)

    def equation(self, nodes: tuple[Node, ...]) -> str:
        """The LaTeX of the whole."""
        lines = [node for node in nodes if isinstance(node, Line | Pile)]
        if len(nodes) == len(lines) == 1 and isinstance(lines[0], Line):
            return tidy(self.line(lines[0]))
        return tidy(self.nodes(nodes))

    def line(self, node: Node | None) -> str:
        """A slot, empty where it is not there."""
        if node is None or (isinstance(node, Line) and node.nodes is None):
            return ""
        return self.nodes(node.nodes or ()) if isinstance(node, Line) else self.nodes((node,))

    def nodes(self, nodes: tuple[Node, ...]) -> str:
        """A row of nodes: letters of functions and of text join, scripts take what stands before them."""
        done: list[str] = []
        position = 0
        while position < len(nodes):
            node = nodes[position]
            if isinstance(node, Char) and node.typeface in {TEXT, FUNCTION, 12} and not node.embellishments:
                position = self._word(nodes, position, done)
                continue
            position += 1
            if isinstance(node, Template) and node.selector in {27, 28, 29}:
                if node.variation & 1:
                    done.append(script("{}", *self._scripts(node)))
                else:
                    base = done.pop() if done else "{}"
                    done.append(self._scripted(base, node))
            elif isinstance(node, Char):
                done.extend(self._char(node))
            else:
                done.append(self._structure(node))
        return _joined(done)

    def _word(self, nodes: tuple[Node, ...], position: int, done: list[str]) -> int:
        first = nodes[position]
        assert isinstance(first, Char)
        letters = ""
        while position < len(nodes):
            node = nodes[position]
            if not isinstance(node, Char) or node.typeface != first.typeface or node.embellishments:
                break
            letters += self._sign(node)
            position += 1
        if first.typeface == FUNCTION:
            done.append(word(letters) or run(letters))
        else:
            done.append(f"\\text{{{escaped_text(letters)}}}" if letters.strip() else "\\ ")
        return position

    def _sign(self, char: Char) -> str:
        if char.typeface in {SYMBOL, LC_GREEK, UC_GREEK} and 0xF000 <= char.code <= 0xF0FF:
            return SYMBOL_FONT.get(char.code & 0xFF, chr(char.code))
        return chr(char.code)

    def _char(self, char: Char) -> list[str]:
        if char.code in PRIVATE:
            return [PRIVATE[char.code]] if PRIVATE[char.code] else []
        sign = self._sign(char)
        if 0xE000 <= ord(sign) <= 0xF8FF or (not sign.isprintable() and not sign.isspace()):
            self.doubts.append(f"U+{char.code:04X}")
            return [r"\square "]
        latex = f"\\mathbf{{{run(sign)}}}" if char.typeface == VECTOR else run(sign) if not sign.isspace() else r"\ "
        return [self._embellished(latex, char.embellishments)]

    def _embellished(self, latex: str, embellishments: tuple[int, ...]) -> str:
        for kind in embellishments:
            if kind in PRIMES:
                latex += PRIMES[kind]
            elif kind == 10:
                latex = f"\\not{latex}"
            elif kind in OVER:
                latex = f"\\{OVER[kind]}{{{latex.strip()}}}"
            else:
                self.doubts.append(f"embellishment {kind}")
        return latex

    def _scripts(self, node: Template) -> tuple[str, str]:
        slots = [self.line(part) for part in node.parts if isinstance(part, Line | Pile)]
        if len(slots) == 1:
            return (slots[0], "") if node.selector == 27 else ("", slots[0])
        return (slots[0], slots[1]) if slots else ("", "")

    def _scripted(self, base: str, node: Template) -> str:
        sub, sup = self._scripts(node)
        if base.endswith("'") and sup:
            return f"{{{base.strip()}}}{f'_{{{sub}}}' if sub else ''}^{{{sup}}}"
        return base.rstrip() + script("", sub, sup).removeprefix("{}")

    def _structure(self, node: Node) -> str:
        match node:
            case Pile():
                return self._pile(node)
            case Matrix():
                return self._matrix(node)
            case Template():
                return self._template(node)
            case _:
                return self.line(node)

    def _pile(self, pile: Pile) -> str:
        lines = [self.line(line) for line in pile.lines]
        column = {1: "l", 2: "c", 3: "r"}.get(pile.align, "l")
        body = ROW_END.join(lines)
        return f"\\begin{{array}}{{{column}}}{body}\\end{{array}}" if len(lines) > 1 else body

    def _matrix(self, matrix: Matrix) -> str:
        cells = [self.line(cell) for cell in matrix.cells]
        if len(cells) != matrix.rows * matrix.columns:
            self.doubts.append("matrix")
        columns = "".join(f"{'|' if index in matrix.column_rules else ''}c" for index in range(matrix.columns))
        columns += "|" if matrix.columns in matrix.column_rules else ""
        text = ""
        for row in range(matrix.rows):
            text += r"\hline " if row in matrix.row_rules else ""
            text += " & ".join(cells[row * matrix.columns : (row + 1) * matrix.columns]) + ROW_END
        text += r"\hline " if matrix.rows in matrix.row_rules else ""
        body = text.removesuffix(ROW_END)
        return f"\\begin{{array}}{{{columns}}}{body}\\end{{array}}"

    def _template(self, node: Template) -> str:
        slots = [self.line(part) for part in node.parts if not isinstance(part, Char)]
        signs = [self._sign(part) for part in node.parts if isinstance(part, Char)]
        slots += [""] * (3 - len(slots))
        selector, variation = node.selector, node.variation
        if selector in FENCES or selector == 9:
            return self._fence(selector, variation, slots[0])
        if 15 <= selector <= 22:
            return self._big(selector, variation, slots, signs)
        match selector:
            case 10:
                return f"\\sqrt[{slots[1].strip()}]{{{slots[0]}}}" if slots[1].strip() else f"\\sqrt{{{slots[0]}}}"
            case 11 if variation & 2:
                return f"{{{slots[0]}}}/{{{slots[1]}}}"
            case 11:
                return f"\\{'tfrac' if variation & 1 else 'frac'}{{{slots[0]}}}{{{slots[1]}}}"
            case 12 | 13:
                name = "underline" if selector == 12 else "overline"
                once = f"\\{name}{{{slots[0]}}}"
                return f"\\{name}{{{once}}}" if variation & 1 else once
            case 14:
                return self._arrow(variation, slots)
            case 23:
                return self._limit(slots)
            case 24:
                return f"\\overbrace{{{slots[0]}}}^{{{slots[1]}}}" if variation & 1 else f"\\underbrace{{{slots[0]}}}_{{{slots[1]}}}"  # fmt: skip
            case 30:
                return f"\\left\\langle {slots[0]}\\mid {slots[1]}\\right\\rangle "
            case 31:
                return self._vector(variation, slots[0])
            case 32 | 33 | 34:
                return f"\\{HATS[selector]}{{{slots[0]}}}"
            case 37:
                return f"\\boxed{{{slots[0]}}}"
            case _:
                self.doubts.append(f"template {selector}")
                return "".join(slots)

    @staticmethod
    def _fence(selector: int, variation: int, inside: str) -> str:
        if selector == 9:
            left, right = INTERVAL[variation & 3], INTERVAL[variation >> 4 & 3]
            return delimiters(left, inside, right)
        left, right = FENCES[selector]
        return delimiters(left if variation & 1 else "", inside, right if variation & 2 else "")

    def _big(self, selector: int, variation: int, slots: list[str], signs: list[str]) -> str:
        main, lower, upper = slots[:3]
        if selector == 15:
            sign = r"\oint" if variation & 0xC and variation & 3 == 1 else INTEGRALS.get(variation & 3, r"\int")
        else:
            sign = OPERATORS.get(selector) or run("".join(signs)).strip() or r"\square"
        limits = (
            r"\limits"
            if variation & 0x40 and selector == 15
            else ""
            if variation & 0x40 or selector == 15
            else r"\nolimits"
        )
        lower, upper = lower.strip(), upper.strip()
        if not (lower or upper):
            limits = ""
        scripts = f"{f'_{{{lower}}}' if lower else ''}{f'^{{{upper}}}' if upper else ''}"
        return f"{sign}{limits}{scripts} {main}"

    def _limit(self, slots: list[str]) -> str:
        name, lower, upper = (slot.strip() for slot in slots[:3])
        operator = name if name.startswith("\\") and name[1:].isalpha() else f"\\mathop{{{name}}}\\limits"
        return f"{operator}{f'_{{{lower}}}' if lower else ''}{f'^{{{upper}}}' if upper else ''} "

    def _arrow(self, variation: int, slots: list[str]) -> str:
        top = slots[0] if variation & 4 or not variation & 8 else ""
        bottom = slots[1] if variation & 4 else slots[0] if variation & 8 else ""
        if variation & 3:
            name = "xrightleftharpoons" if variation & 2 else "xrightleftarrows"
        else:
            name = {0x10: "xleftarrow", 0x20: "xrightarrow"}.get(variation & 0x30, "xleftrightarrow")
        return f"\\{name}{f'[{bottom}]' if bottom.strip() else ''}{{{top}}}"

    def _vector(self, variation: int, inside: str) -> str:
        arrow = {1: "left", 2: "right"}.get(variation & 3, "leftright")
        if variation & 8:
            return f"\\overset{{\\{'left' if variation & 1 else 'right'}harpoonup}}{{{inside}}}"
        return f"\\{'under' if variation & 4 else 'over'}{arrow}arrow{{{inside}}}"


def _joined(pieces: list[str]) -> str:
    text = ""
    for piece in pieces:
        # A decimal comma between digits keeps no gap; a command needs a space before a letter.
        if piece and text and text[-1] == "," and text[-2:-1].isdigit() and piece[0].isdigit():
            text = f"{text[:-1]}{{,}}"
        text += piece
    return text
