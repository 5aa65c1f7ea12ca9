"""Styles and automatic numbering of a Word file, as far as they show: marks, colour, labels such as `Câu 1.` or `A.`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from question_bank.bank.content import Mark
from question_bank.formats.docx.omml import Element, W
from question_bank.formats.lines import Style

DEEPEST = 12
OFF = {"0", "false", "off", "none"}


@dataclass(frozen=True, slots=True)
class RunStyle:
    """Effective properties of a run; None where nothing was said."""

    bold: bool | None = None
    italic: bool | None = None
    underline: bool | None = None
    strike: bool | None = None
    vertical: str | None = None
    red: bool | None = None
    highlight: bool | None = None
    hidden: bool | None = None
    font: str | None = None

    def over(self, lower: RunStyle) -> RunStyle:
        """These properties on top of others."""
        names = self.__slots__
        return RunStyle(
            *(value if (value := getattr(self, name)) is not None else getattr(lower, name) for name in names)
        )

    def shown(self) -> Style:
        """As a line's style."""
        marks: set[Mark] = set()
        for name, on in (
            ("bold", self.bold),
            ("italic", self.italic),
            ("underline", self.underline),
            ("strike", self.strike),
        ):
            if on:
                marks.add(name)  # type: ignore[arg-type]
        if self.vertical in {"superscript", "subscript"}:
            marks.add("sup" if self.vertical == "superscript" else "sub")
        return Style(frozenset(marks), bool(self.red), bool(self.highlight))


NOTHING = RunStyle()


def run_style(properties: Element | None) -> RunStyle:
    """What a `w:rPr` says."""
    if properties is None:
        return NOTHING
    underline = _child(properties, "u")
    return RunStyle(
        bold=_toggle(properties, "b"),
        italic=_toggle(properties, "i"),
        underline=None if underline is None else underline not in OFF,
        strike=_toggle(properties, "strike"),
        vertical=_child(properties, "vertAlign"),
        red=_red(properties),
        highlight=_highlight(properties),
        hidden=_toggle(properties, "vanish"),
        font=_font(properties),
    )


def _child(properties: Element, name: str) -> str | None:
    node = properties.find(f"{W}{name}")
    return None if node is None else node.get(f"{W}val", "single" if name == "u" else "")


def _toggle(properties: Element, name: str) -> bool | None:
    value = _child(properties, name)
    return None if value is None else value not in OFF


def _red(properties: Element) -> bool | None:
    """Red as writers of keys mean it: red at least 0xB0, green and blue at most 0x60 (vietnam.md section 6.2)."""
    value = _child(properties, "color")
    if value is None:
        return None
    try:
        red, green, blue = (int(value[at : at + 2], 16) for at in (0, 2, 4))
    except ValueError:
        return False
    return red >= 0xB0 and green <= 0x60 and blue <= 0x60


def _highlight(properties: Element) -> bool | None:
    value = _child(properties, "highlight")
    if value is not None:
        return value not in {"none", "white"}
    shade = properties.find(f"{W}shd")
    if shade is None:
        return None
    return shade.get(f"{W}fill", "auto").upper() not in {"AUTO", "FFFFFF"}


def _font(properties: Element) -> str | None:
    fonts = properties.find(f"{W}rFonts")
    if fonts is None:
        return None
    return fonts.get(f"{W}ascii") or fonts.get(f"{W}hAnsi") or fonts.get(f"{W}cs")


@dataclass(slots=True)
class StyleSheet:
    """Styles by identifier."""

    runs: dict[str, RunStyle] = field(default_factory=dict)
    numbering: dict[str, tuple[str, int]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    default: RunStyle = NOTHING
    default_paragraph: str = ""

    @classmethod
    def of(cls, root: Element | None) -> StyleSheet:
        """The sheet of a `w:styles`."""
        sheet = cls()
        if root is None:
            return sheet
        sheet.default = run_style(root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr"))
        nodes = {node.get(f"{W}styleId", ""): node for node in root.findall(f"{W}style")}
        for identifier, node in nodes.items():
            sheet.runs[identifier] = _inherited(identifier, nodes, 0)
            sheet.names[identifier] = _child(node, "name") or ""
            number = node.find(f"{W}pPr/{W}numPr")
            if number is not None:
                sheet.numbering[identifier] = (_child(number, "numId") or "", int(_child(number, "ilvl") or 0))
            if node.get(f"{W}type") == "paragraph" and node.get(f"{W}default") in {"1", "true"}:
                sheet.default_paragraph = identifier
        return sheet


def _inherited(identifier: str, nodes: dict[str, Element], depth: int) -> RunStyle:
    node = nodes.get(identifier)
    if node is None or depth > DEEPEST:
        return NOTHING
    own = run_style(node.find(f"{W}rPr"))
    base = _child(node, "basedOn")
    return own.over(_inherited(base, nodes, depth + 1)) if base else own


@dataclass(slots=True)
class Numbering:
    """Automatic numbers: what each list and level looks like, and how far it has counted."""

    levels: dict[tuple[str, int], tuple[str, str, int, RunStyle]] = field(default_factory=dict)
    lists: dict[str, str] = field(default_factory=dict)
    counts: dict[tuple[str, int], int] = field(default_factory=dict)

    @classmethod
    def of(cls, root: Element | None) -> Numbering:
        """The lists of a `w:numbering`."""
        made = cls()
        if root is None:
            return made
        for abstract in root.findall(f"{W}abstractNum"):
            for level in abstract.findall(f"{W}lvl"):
                place = (abstract.get(f"{W}abstractNumId", ""), int(level.get(f"{W}ilvl", "0")))
                made.levels[place] = _level(level)
        for node in root.findall(f"{W}num"):
            number = node.get(f"{W}numId", "")
            made.lists[number] = _child(node, "abstractNumId") or ""
            for changed in node.findall(f"{W}lvlOverride"):
                made._override(number, changed)
        return made

    def _override(self, number: str, changed: Element) -> None:
        place = int(changed.get(f"{W}ilvl", "0"))
        own = f"{self.lists[number]}#{number}"
        if self.lists[number] != own:
            for (abstract, level), value in list(self.levels.items()):
                if abstract == self.lists[number]:
                    self.levels[own, level] = value
            self.lists[number] = own
        replaced = changed.find(f"{W}lvl")
        if replaced is not None:
            self.levels[own, place] = _level(replaced)
        start = _child(changed, "startOverride")
        if start is not None and (own, place) in self.levels:
            kind, text, _, style = self.levels[own, place]
            self.levels[own, place] = (kind, text, int(start or 1), style)

    def label(self, number: str, level: int) -> tuple[str, RunStyle]:
        """The next label of a list; empty for bullets and lists that are not defined."""
        abstract = self.lists.get(number, "")
        known = self.levels.get((abstract, level))
        if known is None or number == "0":
            return "", NOTHING
        kind, pattern, start, style = known
        self.counts[abstract, level] = self.counts.get((abstract, level), start - 1) + 1
        for deeper in range(level + 1, 10):
            self.counts.pop((abstract, deeper), None)
        if kind in {"bullet", "none"}:
            return ("• " if kind == "bullet" else ""), style
        for place in range(level + 1):
            place_kind = self.levels.get((abstract, place), (kind, "", 1, NOTHING))
            count = self.counts.get((abstract, place), place_kind[2])
            pattern = pattern.replace(f"%{place + 1}", _number(count, place_kind[0]))
        return f"{pattern} ", style


def _level(node: Element) -> tuple[str, str, int, RunStyle]:
    style = replace(run_style(node.find(f"{W}rPr")), font=None)
    try:
        start = int(_child(node, "start") or 1)
    except ValueError:
        start = 1
    return _child(node, "numFmt") or "decimal", _child(node, "lvlText") or "", start, style


def _number(count: int, kind: str) -> str:
    if kind in {"upperLetter", "lowerLetter"}:
        text = chr(ord("A") + (count - 1) % 26) * (1 + (count - 1) // 26)
        return text if kind == "upperLetter" else text.lower()
    if kind in {"upperRoman", "lowerRoman"}:
        text = _roman(count)
        return text if kind == "upperRoman" else text.lower()
    return f"{count:02d}" if kind == "decimalZero" else str(count)


def _roman(count: int) -> str:
    text = ""
    for value, sign in ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):  # fmt: skip
        while count >= value:
            text, count = text + sign, count - value
    return text
