"""Presentation MathML as LaTeX. A TeX annotation is taken as it is; what is not understood is named in `doubts`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from question_bank.formats.math_symbols import (
    ACCENTS,
    DELIMITERS,
    VIETNAMESE,
    delimiters,
    escaped_text,
    run,
    script,
    tidy,
    word,
)
from question_bank.formats.opening import Element

DEEPEST = 60
BIG = {
    "∑": r"\sum",
    "∏": r"\prod",
    "∫": r"\int",
    "∬": r"\iint",
    "∭": r"\iiint",
    "∮": r"\oint",
    "⋃": r"\bigcup",
    "⋂": r"\bigcap",
    "∐": r"\coprod",
}
VARIANTS = {"bold": "mathbf", "bold-italic": "boldsymbol", "double-struck": "mathbb", "script": "mathcal", "fraktur": "mathfrak", "sans-serif": "mathsf", "monospace": "mathtt"}  # fmt: skip
ROW_END = r" \\ "
TRANSPARENT = {"math", "mrow", "mstyle", "mpadded", "semantics", "merror", "a", "maction"}
PAIRS = {"(": ")", "[": "]", "{": "}", "|": "|", "⌊": "⌋", "⌈": "⌉", "⟨": "⟩", "‖": "‖"}


def local(node: Element) -> str:
    """The name without namespace and prefix."""
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def annotation(node: Element) -> str:
    """The TeX that the formula was made from; empty where it does not say."""
    for part in node.iter():
        if local(part) == "annotation" and part.get("encoding", "").lower() in {
            "application/x-tex",
            "tex",
            "latex",
            "application/x-latex",
        }:
            return (part.text or "").strip()
    return ""


@dataclass(slots=True)
class MathmlWriter:
    """Writes one `math` element."""

    doubts: list[str] = field(default_factory=list)

    def equation(self, node: Element) -> str:
        """The LaTeX of a `math`."""
        return annotation(node) or tidy(self._row(node, 0))

    def _row(self, node: Element, depth: int) -> str:
        if depth > DEEPEST:
            self.doubts.append("nested too deeply")
            return ""
        children = [child for child in node if not local(child).startswith("annotation")]
        fenced = self._fenced(children, depth)
        return fenced if fenced is not None else "".join(self._node(child, depth + 1) for child in children)

    def _fenced(self, children: list[Element], depth: int) -> str | None:
        """An `mrow` that begins and ends with fences grows with what is inside."""
        if len(children) < 3 or local(children[0]) != "mo" or local(children[-1]) != "mo":
            return None
        left, right = ((children[end].text or "").strip() for end in (0, -1))
        if PAIRS.get(left) != right or not any(
            local(part) in {"mfrac", "mtable", "msubsup", "munderover"} for part in children[1:-1]
        ):
            return None
        return delimiters(left, "".join(self._node(child, depth + 1) for child in children[1:-1]), right)

    def _node(self, node: Element, depth: int) -> str:
        name = local(node)
        if name in TRANSPARENT:
            return self._row(node, depth)
        writer = getattr(self, f"_{name}", None) if name in STRUCTURES else None
        if writer is not None:
            return str(writer(node, depth))
        if name and name not in {"mprescripts", "none", "maligngroup", "malignmark"}:
            self.doubts.append(name)
        return self._row(node, depth)

    def _parts(self, node: Element, depth: int) -> list[str]:
        parts = [self._node(child, depth + 1).strip() for child in node]
        return parts + [""] * (3 - len(parts))

    def _text(self, node: Element) -> str:
        return " ".join("".join(node.itertext()).split())

    def _variant(self, node: Element, latex: str) -> str:
        command = VARIANTS.get(node.get("mathvariant", ""))
        return f"\\{command}{{{latex.strip()}}}" if command and latex.strip() else latex

    def _mi(self, node: Element, _depth: int) -> str:
        text = self._text(node)
        if len(text) > 1 and not VIETNAMESE.search(text):
            return (
                word(text)
                if node.get("mathvariant") in {None, "normal"} and word(text)
                else self._variant(node, run(text))
            )
        if len(text) == 1 and node.get("mathvariant") == "normal" and text.isascii():
            return f"\\mathrm{{{text}}}"
        return self._variant(node, run(text))

    def _mn(self, node: Element, _depth: int) -> str:
        return self._variant(node, run(self._text(node)))

    def _mo(self, node: Element, _depth: int) -> str:
        text = self._text(node)
        if text in BIG:
            return f"{BIG[text]} "
        if len(text) > 1 and text.isascii() and text.isalpha():
            return word(text)
        return {"{": r"\{", "}": r"\}", "|": "|", "‖": r"\|"}.get(text) or self._variant(node, run(text))

    def _mtext(self, node: Element, _depth: int) -> str:
        text = "".join(node.itertext())
        collapsed = re.sub(r"[ \t\n]+", " ", text)
        return f"\\text{{{escaped_text(collapsed)}}}" if text.strip() else "\\ "

    def _ms(self, node: Element, _depth: int) -> str:
        quoted = escaped_text(self._text(node))
        return f'\\text{{"{quoted}"}}'

    def _mspace(self, node: Element, _depth: int) -> str:
        return r"\\ " if node.get("linebreak") == "newline" else r"\ "

    def _mglyph(self, node: Element, _depth: int) -> str:
        self.doubts.append("mglyph")
        return f"\\text{{{escaped_text(node.get('alt', ''))}}}"

    def _mfrac(self, node: Element, depth: int) -> str:
        top, bottom, _ = self._parts(node, depth)
        if node.get("bevelled") == "true":
            return f"{{{top}}}/{{{bottom}}}"
        if node.get("linethickness") in {"0", "0pt", "0px", "0em"}:
            return f"\\genfrac{{}}{{}}{{0pt}}{{}}{{{top}}}{{{bottom}}}"
        return f"\\frac{{{top}}}{{{bottom}}}"

    def _msqrt(self, node: Element, depth: int) -> str:
        return f"\\sqrt{{{self._row(node, depth).strip()}}}"

    def _mroot(self, node: Element, depth: int) -> str:
        inside, degree, _ = self._parts(node, depth)
        return f"\\sqrt[{degree}]{{{inside}}}"

    def _msup(self, node: Element, depth: int) -> str:
        base, sup, _ = self._parts(node, depth)
        if sup and not sup.strip("'"):
            return f"{base}{sup}"
        return script(base, sup=sup)

    def _msub(self, node: Element, depth: int) -> str:
        base, sub, _ = self._parts(node, depth)
        return script(base, sub=sub)

    def _msubsup(self, node: Element, depth: int) -> str:
        base, sub, sup = self._parts(node, depth)[:3]
        return f"{script(base, sub, sup)} "

    def _mmultiscripts(self, node: Element, depth: int) -> str:
        children = list(node)
        names = [local(child) for child in children]
        split = names.index("mprescripts") if "mprescripts" in names else len(children)
        base = self._node(children[0], depth + 1) if children else ""
        after = [self._node(child, depth + 1).strip() for child in children[1:split]]
        before = [self._node(child, depth + 1).strip() for child in children[split + 1 :]]
        text = script("{}", *before[:2]) if before else ""
        return f"{text}{script(base, *after[:2])}"

    def _accented(self, base: str, sign: str, *, under: bool) -> str | None:
        sign = sign.strip()
        command = ACCENTS.get(sign) or {"⏞": "overbrace", "⏟": "underbrace", "↔": "overleftrightarrow", "←": "overleftarrow", "⃗": "vec"}.get(sign)  # fmt: skip
        if command is None:
            return None
        if under:
            command = {"overline": "underline", "bar": "underline", "vec": "underrightarrow", "underline": "underline", "underbrace": "underbrace"}.get(command, "")  # fmt: skip
            return f"\\{command}{{{base}}}" if command else None
        wide = {"vec": "overrightarrow", "hat": "widehat", "tilde": "widetilde", "bar": "overline"}
        return f"\\{wide.get(command, command) if len(base) > 1 else command}{{{base}}}"

    def _mover(self, node: Element, depth: int) -> str:
        base, over, _ = self._parts(node, depth)
        made = self._accented(base, self._text(node[1]) if len(node) > 1 else "", under=False)
        if made is not None:
            return made
        return f"{base}^{{{over}}} " if _takes_limits(base) else f"\\overset{{{over}}}{{{base}}}"

    def _munder(self, node: Element, depth: int) -> str:
        base, under, _ = self._parts(node, depth)
        made = self._accented(base, self._text(node[1]) if len(node) > 1 else "", under=True)
        if made is not None:
            return made
        return f"{base}_{{{under}}} " if _takes_limits(base) else f"\\underset{{{under}}}{{{base}}}"

    def _munderover(self, node: Element, depth: int) -> str:
        base, under, over = self._parts(node, depth)[:3]
        if base in {r"\int", r"\iint", r"\iiint", r"\oint"}:
            base += r"\limits"
        return f"{base}_{{{under}}}^{{{over}}} " if _takes_limits(base) else f"\\overset{{{over}}}{{\\underset{{{under}}}{{{base}}}}}"  # fmt: skip

    def _mfenced(self, node: Element, depth: int) -> str:
        between = (node.get("separators", ",").split() or [""])[0][:1]
        inside = run(between).join(self._node(child, depth + 1) for child in node)
        left, right = node.get("open", "("), node.get("close", ")")
        return (
            delimiters(left, inside, right)
            if left in DELIMITERS and right in DELIMITERS
            else f"{run(left)}{inside}{run(right)}"
        )

    def _mtable(self, node: Element, depth: int) -> str:
        rows = [
            [self._row(cell, depth + 1).strip() for cell in row if local(cell) == "mtd"]
            for row in node
            if local(row) in {"mtr", "mlabeledtr"}
        ]
        align = node.get("columnalign", "").split()
        width = max((len(row) for row in rows), default=1)
        columns = "".join(
            {"left": "l", "right": "r"}.get(align[min(i, len(align) - 1)] if align else "", "c") for i in range(width)
        )
        return f"\\begin{{array}}{{{columns}}}{ROW_END.join(' & '.join(row) for row in rows)}\\end{{array}}"

    def _menclose(self, node: Element, depth: int) -> str:
        inside = self._row(node, depth).strip()
        notation = node.get("notation", "longdiv")
        known = {"box": "boxed", "roundedbox": "boxed", "top": "overline", "bottom": "underline", "radical": "sqrt"}
        if notation not in known:
            self.doubts.append(f"menclose {notation}")
            return inside
        return f"\\{known[notation]}{{{inside}}}"

    def _mphantom(self, node: Element, depth: int) -> str:
        return f"\\phantom{{{self._row(node, depth).strip()}}}"


STRUCTURES = frozenset(
    [
        "mi",
        "mn",
        "mo",
        "mtext",
        "ms",
        "mspace",
        "mglyph",
        "mfrac",
        "msqrt",
        "mroot",
        "msup",
        "msub",
        "msubsup",
        "mmultiscripts",
        "mover",
        "munder",
        "munderover",
        "mfenced",
        "mtable",
        "menclose",
        "mphantom",
    ]
)


def _takes_limits(base: str) -> bool:
    return base.startswith("\\") and base.replace(r"\limits", "").lstrip("\\").isalpha()
