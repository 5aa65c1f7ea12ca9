"""Signs of fonts whose letters are pictures: `Symbol`, `Wingdings`, `MT Extra`, as Unicode."""

from __future__ import annotations

import re

from question_bank.formats.mathtype.latex import SYMBOL_FONT

UNKNOWN = "□"
# Word keeps the signs of such fonts at U+F000 and the code.
PRIVATE = range(0xF000, 0xF100)
FONTS: dict[str, dict[int, str]] = {
    "symbol": SYMBOL_FONT,
    "wingdings": {
        0x6F: "☐", 0xA8: "☐", 0xB7: "•", 0x9F: "•", 0xDF: "←", 0xE0: "→", 0xE8: "➔", 0xF0: "⇨", 0xFB: "✗", 0xFC: "✓",
        0xFD: "☒", 0xFE: "☑", 0x6E: "■", 0x6C: "●", 0xA1: "○", 0x71: "❑", 0x76: "❖", 0xD8: "➢", 0x46: "☞", 0x4A: "☺",
    },
    "wingdings 2": {0x4F: "✗", 0x50: "✓", 0x51: "☒", 0x52: "☑", 0x54: "☒", 0xA3: "☐"},
    "wingdings 3": {0x22: "→", 0x21: "←"},
    "mt extra": {0x4B: "…", 0x4C: "⋯", 0x4D: "⋮", 0x4E: "⋰", 0x4F: "⋱", 0x68: "ℏ", 0x6C: "ℓ"},
}  # fmt: skip
FIELD = re.compile(r"SYMBOL\s+(?P<code>0x[0-9A-Fa-f]+|\d+)(?:.*?\\f\s*\"?(?P<font>[^\"\\]+?)\"?\s*(?:\\|$))?", re.IGNORECASE)  # fmt: skip


def has_pictures(font: str) -> bool:
    """Whether the letters of a font are other signs than they say."""
    return font.strip().lower() in FONTS or font.lower().startswith(("wingdings", "webdings", "mt extra", "mt symbol"))


def sign_of(code: int, font: str) -> str:
    """The sign of a font at a code; empty when it is not known."""
    name = "symbol" if font.lower().startswith("symbol") or not font else font.strip().lower()
    low = code & 0xFF if code in PRIVATE or code < 0x100 else code
    known = FONTS.get(name, {}).get(low, "")
    if not known and name == "symbol" and 0x20 <= low < 0x7F:
        return chr(low)
    return known or (chr(code) if code > 0xFF and code not in PRIVATE else "")


def field_sign(instruction: str) -> tuple[str, str] | None:
    r"""The sign of a field `SYMBOL 97 \f "Symbol"` (empty when not known) and its font; None for other fields."""
    found = FIELD.match(instruction.strip())
    if found is None:
        return None
    code, font = int(found["code"], 0), (found["font"] or "").strip()
    return (sign_of(code, font) if has_pictures(font) else chr(code)), font
