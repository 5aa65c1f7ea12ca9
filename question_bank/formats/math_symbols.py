"""Signs of formulas as LaTeX, for every reader that meets them as Unicode (OMML, MathML, MathType's MTCode).

Source: names of unicode-math and amssymb; private-use code points from MathType's MTCode tables.
"""

from __future__ import annotations

import re
import unicodedata

GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "varepsilon", "ϵ": "epsilon", "ζ": "zeta", "η": "eta",
    "θ": "theta", "ϑ": "vartheta", "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "µ": "mu", "ν": "nu", "ξ": "xi",
    "π": "pi", "ϖ": "varpi", "ρ": "rho", "ϱ": "varrho", "σ": "sigma", "ς": "varsigma", "τ": "tau", "υ": "upsilon",
    "φ": "varphi", "ϕ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega", "Γ": "Gamma", "Δ": "Delta", "∆": "Delta",
    "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi", "Σ": "Sigma", "Υ": "Upsilon", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
}  # fmt: skip
SIGNS = {
    "±": "pm", "∓": "mp", "×": "times", "÷": "div", "·": "cdot", "⋅": "cdot", "∙": "cdot", "∗": "ast", "∘": "circ",
    "•": "bullet", "≤": "le", "≥": "ge", "⩽": "leqslant", "⩾": "geqslant", "≠": "ne", "≈": "approx", "≡": "equiv",
    "≅": "cong", "∼": "sim", "≃": "simeq", "∝": "propto", "≪": "ll", "≫": "gg", "∞": "infty", "∂": "partial",
    "∇": "nabla", "∈": "in", "∉": "notin", "∋": "ni", "⊂": "subset", "⊃": "supset", "⊆": "subseteq", "⊇": "supseteq",
    "⊄": "not\\subset", "⊊": "subsetneq", "∪": "cup", "∩": "cap", "∖": "setminus", "∅": "varnothing", "∀": "forall",
    "∃": "exists", "∄": "nexists", "¬": "neg", "∧": "wedge", "∨": "vee", "⊥": "perp", "∥": "parallel", "∦": "nparallel",
    "∠": "angle", "∡": "measuredangle", "△": "triangle", "⊕": "oplus", "⊗": "otimes", "→": "to", "←": "leftarrow",
    "↔": "leftrightarrow", "⇒": "Rightarrow", "⇐": "Leftarrow", "⇔": "Leftrightarrow", "↑": "uparrow", "↓": "downarrow",
    "⟶": "longrightarrow", "⟵": "longleftarrow", "⟹": "Longrightarrow", "⟺": "Longleftrightarrow", "↦": "mapsto",
    "⇌": "rightleftharpoons", "⇄": "rightleftarrows", "∑": "sum", "∏": "prod", "∐": "coprod", "∫": "int", "∬": "iint",
    "∭": "iiint", "∮": "oint", "⋃": "bigcup", "⋂": "bigcap", "⋀": "bigwedge", "⋁": "bigvee", "√": "surd", "…": "ldots",
    "⋯": "cdots", "⋮": "vdots", "⋱": "ddots", "ℏ": "hbar", "ℓ": "ell", "ℜ": "Re", "ℑ": "Im", "ℵ": "aleph", "℘": "wp",
    "⟨": "langle", "⟩": "rangle", "〈": "langle", "〉": "rangle", "⌊": "lfloor", "⌋": "rfloor", "⌈": "lceil",
    "⌉": "rceil", "‖": "|", "∣": "mid", "∴": "therefore", "∵": "because", "∎": "blacksquare", "□": "square",
    "★": "star", "♦": "diamondsuit", "†": "dagger", "ı": "imath", "ȷ": "jmath", "⇀": "rightharpoonup",
    "↼": "leftharpoonup", "⋆": "star", "⊙": "odot", "≜": "triangleq", "∶": "colon", "◦": "circ", "⟂": "perp", "⫽": "parallel",
}  # fmt: skip
PLAIN = {
    "°": "^{\\circ}", "−": "-", "–": "-", "‐": "-", "‑": "-", "′": "'", "″": "''", "‴": "'''", "∕": "/", "⁄": "/", "“": "``", "”": "''",
    "’": "'", "‘": "`", "\u2061": "", "\u2062": "", "\u2063": "", "\u2064": "", "\u200b": "", "\ufeff": "", "＝": "=", "，": ",", "：": ":",
    "\u00a0": "~", "\u2003": "\\quad ", "\u2002": "\\enspace ", "\u2009": "\\,", "\u200a": "\\,", "\u2005": "\\;",
    "\u2004": "\\;", "\u2006": "\\,", "\u2007": "~", "\u2008": "\\,", "\u205f": "\\:", "\u202f": "\\,",
}  # fmt: skip
ESCAPED = {
    "%": r"\%", "#": r"\#", "&": r"\&", "$": r"\$", "_": r"\_", "{": r"\{", "}": r"\}", "\\": r"\backslash ", "~": r"\sim ", "^": r"\hat{\ }",
}  # fmt: skip
DOUBLE_STRUCK = {"ℝ": "R", "ℕ": "N", "ℤ": "Z", "ℚ": "Q", "ℂ": "C", "ℙ": "P", "𝔼": "E", "ℍ": "H"}
FUNCTIONS = frozenset(
    [
        "arccos",
        "arcsin",
        "arctan",
        "arg",
        "cos",
        "cosh",
        "cot",
        "coth",
        "csc",
        "deg",
        "det",
        "dim",
        "exp",
        "gcd",
        "hom",
        "inf",
        "ker",
        "lg",
        "lim",
        "liminf",
        "limsup",
        "ln",
        "log",
        "max",
        "min",
        "Pr",
        "sec",
        "sin",
        "sinh",
        "sup",
        "tan",
        "tanh",
    ]
)
# Names that LaTeX lacks but Vietnamese papers use.
OTHER_FUNCTIONS = frozenset(["cotg", "tg", "arctg", "arccot", "arccotg", "ƯCLN", "BCNN", "sgn", "sign", "rank"])
ACCENTS = {
    "\u0302": "hat", "^": "hat", "\u0303": "tilde", "~": "tilde", "\u0304": "bar", "\u0305": "overline", "¯": "overline",
    "‾": "overline", "\u20d7": "vec", "→": "vec", "\u20d6": "overleftarrow", "\u0307": "dot", "˙": "dot",
    "\u0308": "ddot", "¨": "ddot", "\u20db": "dddot", "\u0301": "acute", "´": "acute", "\u0300": "grave", "`": "grave",
    "\u030c": "check", "ˇ": "check", "\u0306": "breve", "˘": "breve", "\u20e1": "overleftrightarrow",
    "\u23de": "overbrace", "\u23df": "underbrace", "\u0332": "underline", "_": "underline", "\u20d1": "overrightharpoon",
    "⏜": "overparen", "⌢": "overparen", "\u0311": "overparen", "ˆ": "hat", "˜": "tilde", "\u0331": "underline",
}  # fmt: skip
DELIMITERS = {
    "": ".", "(": "(", ")": ")", "[": "[", "]": "]", "{": r"\{", "}": r"\}", "|": "|", "∣": "|", "‖": r"\|", "∥": r"\|",
    "⟨": r"\langle", "⟩": r"\rangle", "〈": r"\langle", "〉": r"\rangle", "<": r"\langle", ">": r"\rangle", "⌊": r"\lfloor",
    "⌋": r"\rfloor", "⌈": r"\lceil", "⌉": r"\rceil", "/": "/", "\\": r"\backslash", "↑": r"\uparrow", "↓": r"\downarrow",
    "⟦": r"[\![", "⟧": r"]\!]", "/.": ".",
}  # fmt: skip
DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d)")
VIETNAMESE = re.compile(
    "[ăâđêôơưĂÂĐÊÔƠƯ\u00c0-\u00c3\u00c8-\u00ca\u00cc\u00cd\u00d2-\u00d5\u00d9\u00da\u00dd\u00e0-\u00e3\u00e8-\u00ea\u00ec\u00ed\u00f2-\u00f5\u00f9\u00fa\u00fd\u1ea0-\u1ef9]"
)


def character(sign: str) -> str:
    """One sign in math mode; a command is followed by a space."""
    for table in (GREEK, SIGNS):
        if sign in table:
            return f"\\{table[sign]} "
    for table in (PLAIN, ESCAPED):
        if sign in table:
            return table[sign]
    if sign in DOUBLE_STRUCK:
        return f"\\mathbb{{{DOUBLE_STRUCK[sign]}}}"
    if ord(sign) >= 0x1D400 and ord(sign) <= 0x1D7FF:
        return _alphanumeric(sign)
    return sign


def _alphanumeric(sign: str) -> str:
    """A mathematical alphanumeric (U+1D400 to U+1D7FF) by its Unicode name."""
    plain = unicodedata.normalize("NFKC", sign)
    name = unicodedata.name(sign, "")
    if plain in GREEK:
        plain = f"\\{GREEK[plain]} "
    for word, command in (("DOUBLE-STRUCK", "mathbb"), ("SCRIPT", "mathcal"), ("FRAKTUR", "mathfrak")):
        if word in name:
            return f"\\{command}{{{plain}}}"
    return f"\\mathbf{{{plain}}}" if "BOLD" in name and "ITALIC" not in name else plain


def escaped_text(text: str) -> str:
    r"""Text inside `\text{}`."""
    table = {"%": r"\%", "#": r"\#", "&": r"\&", "$": r"\$", "_": r"\_", "{": r"\{", "}": r"\}", "\\": r"\textbackslash ", "~": " ", "^": " ", "\u00a0": " "}  # fmt: skip
    return "".join(table.get(sign, sign) for sign in text)


def run(text: str) -> str:
    """A run of signs in math mode: words with Vietnamese letters become text, decimal commas keep no gap."""
    text = unicodedata.normalize("NFC", text)
    if VIETNAMESE.search(text):
        return f"\\text{{{escaped_text(text)}}}"
    return DECIMAL_COMMA.sub("{,}", "".join(character(sign) for sign in text))


def word(text: str) -> str:
    """An upright word: a function that LaTeX knows, another operator, a single letter, or text."""
    stripped = text.strip()
    if stripped in FUNCTIONS:
        return f"\\{stripped} "
    if stripped in OTHER_FUNCTIONS:
        return f"\\operatorname{{{stripped}}}"
    if stripped.isascii() and stripped.isalpha():
        return f"\\mathrm{{{stripped}}}"
    return ""


def delimiters(left: str, inside: str, right: str) -> str:
    """A pair of fences that grows with what is inside; `.` where a side has none."""
    opening, closing = DELIMITERS.get(left, left or "."), DELIMITERS.get(right, right or ".")
    return (
        f"\\left{opening} {inside}\\right{closing} "
        if opening.startswith("\\")
        else f"\\left{opening}{inside}\\right{closing} "
    )


def tidy(latex: str) -> str:
    """Without doubled spaces and empty pieces, spaces before closing braces dropped."""
    latex = re.sub(r"[ \t\n]+", " ", latex)
    latex = re.sub(r" (?=[}^_])", "", latex)
    # A space after a command matters only before a letter.
    latex = re.sub(r"(\\[A-Za-z]+) (?=[^A-Za-z])", r"\1", latex)
    return latex.strip()


def script(base: str, sub: str = "", sup: str = "") -> str:
    """A base with its scripts; a base of several signs is braced."""
    base = base.strip()
    sup = "\\circ" if sup.strip() == "^{\\circ}" else sup
    if not re.fullmatch(
        r"\\?[A-Za-z]+|.|\\(?:mathbb|mathrm|text|vec|overrightarrow|bar|overline|hat)\{[^{}]*\}|", base
    ) or (len(base) > 1 and base[0] != "\\"):
        base = f"{{{base}}}"
    return f"{base}{f'_{{{sub.strip()}}}' if sub.strip() else ''}{f'^{{{sup.strip()}}}' if sup.strip() else ''}"
