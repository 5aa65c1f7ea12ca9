"""MTEF, the records of MathType (version 5) and Equation Editor 3 (version 3), as a tree.

Source: the MTEF v3 and v5 descriptions of Design Science, as restated in the notes of the open readers jure/mathtype and
rtf2latex2e. Version 3 templates are brought to the selectors and variations of version 5 while reading.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from question_bank.errors import FormulaUnreadable

DEEPEST, LARGEST = 40, 1 << 16
OLE_HEADER = 28
END, LINE, CHAR, TEMPLATE, PILE, MATRIX, EMBELLISHMENT, RULER, FONT_STYLE, SIZE = range(10)
FULL, SUB, SUB2, SYMBOL, SUB_SYMBOL, COLOR, COLOR_DEFINITION, FONT_DEFINITION, PREFERENCES, ENCODING = range(10, 20)
FUTURE = 100


@dataclass(frozen=True, slots=True)
class Line:
    """A slot; None where it is not there."""

    nodes: tuple[Node, ...] | None


@dataclass(frozen=True, slots=True)
class Char:
    """A sign: style of its typeface (3 variable, 2 function, 1 text, ...; negative: a font of its own)."""

    typeface: int
    code: int
    embellishments: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Template:
    """A construct with slots, by selector and variation of version 5."""

    selector: int
    variation: int
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Pile:
    """Lines on top of each other; `align` 1 left, 2 centre, 3 right, 4 at relations, 5 at decimal points."""

    align: int
    lines: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Cells by rows; `rules` are numbers of rows and of columns before which a line is drawn."""

    rows: int
    columns: int
    cells: tuple[Node, ...]
    row_rules: frozenset[int] = field(default_factory=frozenset)
    column_rules: frozenset[int] = field(default_factory=frozenset)


Node = Line | Char | Template | Pile | Matrix

# Version 3 selector -> (version 5 selector, what to do with the variation).
FENCE3 = {0: 3, 1: 1, 2: 2}
LIMITS3 = {0: 0x10, 1: 0x30, 2: 0}
INTEGRAL3 = {0: 0, 1: 0x10, 2: 0x30, 3: 0x100, 4: 0x110}
# LP = 0, RP = 1, LB = 2, RB = 3 on the left; the same times 16 on the right.
INTERVAL3 = {8: 0x22, 9: 0x33, 10: 0x23, 11: 0x12, 12: 0x30}
FIXED3: dict[int, tuple[int, dict[int, int]]] = {
    **{selector: (selector, FENCE3) for selector in range(6)},
    6: (6, {0: 3}), 7: (7, {0: 3}),
    **{selector: (9, dict.fromkeys(range(4), variation)) for selector, variation in INTERVAL3.items()},
    13: (10, {0: 0, 1: 1}), 14: (11, {0: 0, 1: 1}), 16: (12, {0: 0, 1: 1}), 17: (13, {0: 0, 1: 1}),
    18: (14, {0: 0x14, 1: 0x18}), 19: (14, {0: 0x24, 1: 0x28}), 20: (14, {0: 0x34, 1: 0x38}),
    21: (15, {k: v | 1 for k, v in INTEGRAL3.items()}), 22: (15, {k: v | 2 for k, v in INTEGRAL3.items()}),
    23: (15, {k: v | 3 for k, v in INTEGRAL3.items()}),
    24: (15, {0: 0x71, 1: 0x51, 2: 0x51}), 25: (15, {0: 0x52, 1: 0x52}), 26: (15, {0: 0x53, 1: 0x53}),
    27: (24, {0: 1}), 28: (24, {0: 0}),
    **{v3: (v5, {k: v | 0x40 for k, v in LIMITS3.items()}) for v3, v5 in ((29, 16), (31, 17), (33, 18), (35, 19), (37, 20), (43, 22))},
    **{v3: (v5, LIMITS3) for v3, v5 in ((30, 16), (32, 17), (34, 18), (36, 19), (38, 20), (42, 21))},
    39: (23, {0: 0x20, 1: 0x10, 2: 0x30}), 40: (26, {0: 1, 1: 0}), 41: (11, {0: 2, 1: 6, 2: 3}),
    45: (30, {0: 3, 1: 1, 2: 2}), 46: (31, {0: 5, 1: 6, 2: 7}), 47: (31, {0: 1, 1: 2, 2: 3}), 48: (37, {}),
}  # fmt: skip
SCRIPTS3 = {0: 28, 1: 27, 2: 29}


def parse(equation_native: bytes) -> tuple[Node, ...]:
    """The records of an `Equation Native` stream.

    Raises:
        FormulaUnreadable: not MTEF, a version that is not known, or cut off.
    """
    if not OLE_HEADER < len(equation_native) <= LARGEST:
        raise FormulaUnreadable("{count} bytes are no formula", count=len(equation_native))
    header = int.from_bytes(equation_native[:2], "little")
    return _Reader(equation_native[header if header == OLE_HEADER else 0 :]).equation()


class _Reader:
    def __init__(self, raw: bytes) -> None:
        self._raw, self._at = raw, 0
        self._version = self._byte()

    def equation(self) -> tuple[Node, ...]:
        if self._version not in {2, 3, 4, 5}:
            raise FormulaUnreadable("MTEF version {version} is not known", version=self._version)
        self._skip(4)
        if self._version == 5:
            self._name()
            self._skip(1)
        return self._list(0, last=True)

    def _byte(self) -> int:
        if self._at >= len(self._raw):
            raise FormulaUnreadable("cut off")
        self._at += 1
        return self._raw[self._at - 1]

    def _word(self) -> int:
        return self._byte() | self._byte() << 8

    def _skip(self, count: int) -> None:
        self._at += count
        if self._at > len(self._raw):
            raise FormulaUnreadable("cut off")

    def _name(self) -> None:
        while self._byte():
            pass

    def _unsigned(self) -> int:
        value = self._byte()
        return self._word() if value == 255 else value

    def _list(self, depth: int, *, last: bool = False) -> tuple[Node, ...]:
        if depth > DEEPEST:
            raise FormulaUnreadable("nested too deeply")
        nodes: list[Node] = []
        while not (last and self._at >= len(self._raw)):
            tag = self._byte()
            kind, options = (tag, None) if self._version == 5 else (tag & 15, tag >> 4)
            if kind == END:
                break
            node = self._record(kind, options, depth)
            if node is not None:
                nodes.append(node)
        return tuple(nodes)

    def _record(self, kind: int, flags: int | None, depth: int) -> Node | None:
        if kind not in {LINE, CHAR, TEMPLATE, PILE, MATRIX}:
            self._other(kind)
            return None
        options = self._byte() if flags is None else flags
        if options & 8:
            self._nudge()
        match kind:
            case 1:
                return self._line(options, depth)
            case 2:
                return self._char(options)
            case 3:
                return self._template(depth)
            case 4:
                return self._pile(options, depth)
            case _:
                return self._matrix(depth)

    def _nudge(self) -> None:
        # Two bytes biased by 128; both 128 mean that two words follow.
        if (self._byte(), self._byte()) == (128, 128):
            self._skip(4)

    def _line(self, options: int, depth: int) -> Line:
        if options & 4:
            self._skip(2 if self._version == 5 else 1)
        if options & 2:
            self._ruler(tagged=True)
        return Line(None if options & 1 else self._list(depth + 1))

    def _ruler(self, *, tagged: bool = False) -> None:
        if tagged:
            self._skip(1)
        self._skip(3 * self._byte())

    def _char(self, options: int) -> Char:
        typeface = self._byte() - 128
        if self._version != 5:
            code = self._word() if self._version >= 3 else self._byte()
            return Char(typeface, code, self._embellishments() if options & 2 else ())
        code = 0 if options & 0x20 else self._word()
        position = self._byte() if options & 4 else self._word() if options & 0x10 else 0
        return Char(typeface, code or position, self._embellishments() if options & 1 else ())

    def _embellishments(self) -> tuple[int, ...]:
        found: list[int] = []
        while True:
            tag = self._byte()
            kind = tag if self._version == 5 else tag & 15
            if kind == END:
                return tuple(found)
            if kind != EMBELLISHMENT:
                self._other(kind)
                continue
            options = self._byte() if self._version == 5 else tag >> 4
            if options & 8:
                self._nudge()
            found.append(self._byte())

    def _template(self, depth: int) -> Template:
        selector, variation = self._byte(), self._byte()
        if self._version == 5:
            if variation & 0x80:
                variation = (variation & 0x7F) | self._byte() << 8
            self._skip(1)
            return Template(selector, variation, self._list(depth + 1))
        self._skip(1)
        parts = self._list(depth + 1)
        if selector in {15, 44}:
            return Template(SCRIPTS3.get(variation, -1), int(selector == 44), parts)
        known, variations = FIXED3.get(selector, (-1, {}))
        return Template(known if variation in variations or selector == 48 else -1, variations.get(variation, 0), parts)

    def _pile(self, options: int, depth: int) -> Pile:
        align = self._byte()
        self._skip(1)
        if options & 2:
            self._ruler(tagged=True)
        return Pile(align, self._list(depth + 1))

    def _matrix(self, depth: int) -> Matrix:
        self._skip(3)
        rows, columns = self._byte(), self._byte()
        row_rules, column_rules = self._partition(rows), self._partition(columns)
        return Matrix(rows, columns, self._list(depth + 1), row_rules, column_rules)

    def _partition(self, count: int) -> frozenset[int]:
        raw = [self._byte() for _ in range((2 * (count + 1) + 7) // 8)]
        return frozenset(index for index in range(count + 1) if raw[index // 4] >> 2 * (index % 4) & 3)

    def _other(self, kind: int) -> None:
        match kind:
            case 10 | 11 | 12 | 13 | 14:
                return
            case 7:
                self._ruler()
            case 8 if self._version == 5:
                self._unsigned()
                self._skip(1)
            case 8:
                self._skip(2)
                self._name()
            case 9:
                self._size()
            case 15:
                self._unsigned()
            case 16:
                options = self._byte()
                self._skip(8 if options & 1 else 6)
                if options & 4:
                    self._name()
            case 17:
                self._unsigned()
                self._name()
            case 18:
                self._preferences()
            case 19:
                self._name()
            case _ if kind >= FUTURE:
                self._skip(self._unsigned())
            case _:
                raise FormulaUnreadable("record {kind} is not known", kind=kind)

    def _size(self) -> None:
        first = self._byte()
        self._skip({101: 2, 100: 3}.get(first, 1))

    def _preferences(self) -> None:
        self._skip(1)
        for _ in range(2):
            self._dimensions(self._byte())
        for _ in range(self._byte()):
            if self._byte():
                self._skip(1)

    def _dimensions(self, count: int) -> None:
        """Numbers in nibbles, each ended by 15; the array fills whole bytes."""
        while count:
            value = self._byte()
            for nibble in (value >> 4, value & 15):
                count -= nibble == 15 and count > 0
