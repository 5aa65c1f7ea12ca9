"""Office MathML as LaTeX (ECMA-376 part 1, section 22.1). What is not understood is named in `doubts`."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

from question_bank.formats.math_symbols import ACCENTS, VIETNAMESE, delimiters, escaped_text, run, script, tidy, word

M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DEEPEST = 60
NARY = {
    "∫": r"\int", "∬": r"\iint", "∭": r"\iiint", "∮": r"\oint", "∑": r"\sum", "∏": r"\prod", "∐": r"\coprod",
    "⋃": r"\bigcup", "⋂": r"\bigcap", "⋀": r"\bigwedge", "⋁": r"\bigvee",
}  # fmt: skip
GROUPS = {"⏟": "underbrace", "⏞": "overbrace", "→": "overrightarrow", "←": "overleftarrow", "↔": "overleftrightarrow"}
SCRIPTS = {"double-struck": "mathbb", "script": "mathcal", "fraktur": "mathfrak", "sans-serif": "mathsf", "monospace": "mathtt"}  # fmt: skip
IGNORED = {"ctrlPr", "rPr", "oMathParaPr", "argPr", "bookmarkStart", "bookmarkEnd", "proofErr", "lastRenderedPageBreak"}
ROW_END = r" \\ "

Element = etree._Element  # noqa: SLF001 - lxml's public name for it


def _name(node: Element) -> str:
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


@dataclass(slots=True)
class OmmlWriter:
    """Writes one `m:oMath`."""

    doubts: list[str] = field(default_factory=list)

    def equation(self, node: Element) -> str:
        """The LaTeX of an `m:oMath`."""
        return tidy(self.children(node, 0))

    def children(self, node: Element | None, depth: int = 0) -> str:
        """Everything inside."""
        if node is None:
            return ""
        if depth > DEEPEST:
            self.doubts.append("nested too deeply")
            return ""
        return "".join(self._node(child, depth + 1) for child in node)

    def _node(self, node: Element, depth: int) -> str:
        name = _name(node)
        if node.tag in {f"{M}r", f"{W}r"}:
            return self._run(node)
        writer = getattr(self, f"_{name}", None) if str(node.tag).startswith(M) else None
        if writer is not None and name in STRUCTURES:
            return str(writer(node, depth))
        if name in IGNORED or name.endswith("Pr") or name in {"del", "moveFrom"}:
            return ""
        if name not in CONTAINERS:
            self.doubts.append(name)
        return self.children(node, depth)

    def _run(self, node: Element) -> str:
        properties = node.find(f"{M}rPr")
        text = "".join(part.text or "" for part in node if part.tag in {f"{M}t", f"{W}t"})
        if any(_name(part) in {"drawing", "object", "pict"} for part in node):
            self.doubts.append("picture inside a formula")
        if not text:
            return r"\\ " if node.find(f"{W}br") is not None else ""
        style, scripted = _value(properties, "sty"), _value(properties, "scr")
        normal = properties is not None and properties.find(f"{M}nor") is not None
        if scripted in SCRIPTS:
            return f"\\{SCRIPTS[scripted]}{{{run(text)}}}"
        if normal or (VIETNAMESE.search(text) and any(map(str.isalpha, text))):
            return word(text) or (f"\\text{{{escaped_text(text)}}}" if any(map(str.isalpha, text)) else run(text))
        if style == "p":
            return word(text) or run(text)
        if style in {"b", "bi"} and text.strip():
            return f"\\{'mathbf' if style == 'b' else 'boldsymbol'}{{{run(text)}}}"
        return run(text)

    def _f(self, node: Element, depth: int) -> str:
        top, bottom = self._part(node, "num", depth), self._part(node, "den", depth)
        kind = _value(node.find(f"{M}fPr"), "type")
        if kind in {"lin", "skw"}:
            return f"{{{top}}}/{{{bottom}}}"
        if kind == "noBar":
            return f"\\genfrac{{}}{{}}{{0pt}}{{}}{{{top}}}{{{bottom}}}"
        return f"\\frac{{{top}}}{{{bottom}}}"

    def _rad(self, node: Element, depth: int) -> str:
        degree, inside = self._part(node, "deg", depth), self._part(node, "e", depth)
        return f"\\sqrt[{degree}]{{{inside}}}" if degree else f"\\sqrt{{{inside}}}"

    def _sSup(self, node: Element, depth: int) -> str:  # noqa: N802 - named for the element
        return script(self._part(node, "e", depth), sup=self._part(node, "sup", depth))

    def _sSub(self, node: Element, depth: int) -> str:  # noqa: N802
        return script(self._part(node, "e", depth), sub=self._part(node, "sub", depth))

    def _sSubSup(self, node: Element, depth: int) -> str:  # noqa: N802
        return script(self._part(node, "e", depth), self._part(node, "sub", depth), self._part(node, "sup", depth))

    def _sPre(self, node: Element, depth: int) -> str:  # noqa: N802
        before = script("{}", self._part(node, "sub", depth), self._part(node, "sup", depth))
        return f"{before}{self._part(node, 'e', depth)}"

    def _nary(self, node: Element, depth: int) -> str:
        properties = node.find(f"{M}naryPr")
        sign = _value(properties, "chr", default="∫")
        operator = NARY.get(sign) or f"\\mathop{{{run(sign)}}}"
        sub, sup = self._part(node, "sub", depth), self._part(node, "sup", depth)
        above = _value(properties, "limLoc") == "undOvr"
        if sub or sup:
            operator += r"\limits" if above and "int" in operator else r"\nolimits" if not above and "int" not in operator else ""  # fmt: skip
        return f"{operator}{f'_{{{sub}}}' if sub else ''}{f'^{{{sup}}}' if sup else ''} {self._part(node, 'e', depth)}"

    def _d(self, node: Element, depth: int) -> str:
        properties = node.find(f"{M}dPr")
        left, right = _value(properties, "begChr", default="("), _value(properties, "endChr", default=")")
        between = _value(properties, "sepChr", default="|")
        inside = run(between).join(self.children(part, depth) for part in node.findall(f"{M}e"))
        return delimiters(left, inside, right)

    def _func(self, node: Element, depth: int) -> str:
        name = self._part(node, "fName", depth)
        plain = name.strip()
        if plain.isascii() and plain.isalpha():
            name = word(plain)
        return (
            f"{name} {self._part(node, 'e', depth)}"
            if not name.endswith("}")
            else f"{name}{self._part(node, 'e', depth)}"
        )

    def _limLow(self, node: Element, depth: int) -> str:  # noqa: N802
        base, limit = self._part(node, "e", depth), self._part(node, "lim", depth)
        return f"{_operator(base)}_{{{limit}}} " if _is_operator(base) else f"\\underset{{{limit}}}{{{base}}}"

    def _limUpp(self, node: Element, depth: int) -> str:  # noqa: N802
        base, limit = self._part(node, "e", depth), self._part(node, "lim", depth)
        return f"{_operator(base)}^{{{limit}}} " if _is_operator(base) else f"\\overset{{{limit}}}{{{base}}}"

    def _acc(self, node: Element, depth: int) -> str:
        sign = _value(node.find(f"{M}accPr"), "chr", default="\u0302")
        inside = self._part(node, "e", depth)
        command = ACCENTS.get(sign)
        if command is None:
            self.doubts.append(f"accent U+{ord(sign[0]):04X}" if sign else "accent")
            return inside
        wide = {"vec": "overrightarrow", "hat": "widehat", "tilde": "widetilde", "bar": "overline"}
        return f"\\{wide.get(command, command) if len(inside.strip()) > 1 else command}{{{inside}}}"

    def _bar(self, node: Element, depth: int) -> str:
        under = _value(node.find(f"{M}barPr"), "pos", default="bot") != "top"
        return f"\\{'underline' if under else 'overline'}{{{self._part(node, 'e', depth)}}}"

    def _groupChr(self, node: Element, depth: int) -> str:  # noqa: N802
        properties = node.find(f"{M}groupChrPr")
        sign = _value(properties, "chr", default="⏟")
        inside = self._part(node, "e", depth)
        command = GROUPS.get(sign)
        if command is None:
            above = _value(properties, "pos") == "top"
            return f"\\{'overset' if above else 'underset'}{{{run(sign)}}}{{{inside}}}"
        if _value(properties, "pos", default="bot") == "bot" and command.startswith("over") and "arrow" in command:
            command = command.replace("over", "under")
        return f"\\{command}{{{inside}}}"

    def _borderBox(self, node: Element, depth: int) -> str:  # noqa: N802
        return f"\\boxed{{{self._part(node, 'e', depth)}}}"

    def _phant(self, node: Element, depth: int) -> str:
        hidden = _value(node.find(f"{M}phantPr"), "show", default="1") in {"0", "off", "false"}
        inside = self._part(node, "e", depth)
        return f"\\phantom{{{inside}}}" if hidden else inside

    def _eqArr(self, node: Element, depth: int) -> str:  # noqa: N802
        lines = [self.children(part, depth) for part in node.findall(f"{M}e")]
        aligned = any("\\&" in line for line in lines)
        body = ROW_END.join(line.replace("\\&", "&", 1).replace("\\&", "") for line in lines)
        return f"\\begin{{array}}{{{'rl' if aligned else 'l'}}}{body}\\end{{array}}"

    def _m(self, node: Element, depth: int) -> str:
        rows = [[self.children(cell, depth) for cell in row.findall(f"{M}e")] for row in node.findall(f"{M}mr")]
        columns = "c" * max((len(row) for row in rows), default=1)
        body = ROW_END.join(" & ".join(row) for row in rows)
        return f"\\begin{{array}}{{{columns}}}{body}\\end{{array}}"

    def _part(self, node: Element, name: str, depth: int) -> str:
        return self.children(node.find(f"{M}{name}"), depth).strip()


STRUCTURES = frozenset(
    [
        "f",
        "rad",
        "sSup",
        "sSub",
        "sSubSup",
        "sPre",
        "nary",
        "d",
        "func",
        "limLow",
        "limUpp",
        "acc",
        "bar",
        "groupChr",
        "borderBox",
        "phant",
        "eqArr",
        "m",
    ]
)
CONTAINERS = frozenset(
    [
        "oMath",
        "oMathPara",
        "e",
        "num",
        "den",
        "deg",
        "sub",
        "sup",
        "fName",
        "lim",
        "box",
        "ins",
        "moveTo",
        "smartTag",
        "sdt",
        "sdtContent",
        "hyperlink",
    ]
)


def _value(properties: Element | None, name: str, *, default: str = "") -> str:
    node = None if properties is None else properties.find(f"{M}{name}")
    return default if node is None else node.get(f"{M}val", "" if name.endswith("Chr") or name == "chr" else default)


def _is_operator(base: str) -> bool:
    return base.strip().lstrip("\\").isalpha() or base.startswith("\\operatorname")


def _operator(base: str) -> str:
    base = base.strip()
    if base in {r"\lim", r"\max", r"\min", r"\sup", r"\inf", r"\sum", r"\prod"}:
        return base
    return f"\\mathop{{{base}}}\\limits"
