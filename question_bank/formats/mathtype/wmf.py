"""The preview pictures of MathType and Equation Editor (WMF) as SVG, so that a person can compare them with the LaTeX.

Only what these programs write is read: text in fonts, lines, polygons ([MS-WMF] 2.3). A record that would draw something
else gives no picture at all: beside a formula, half a picture is worse than none.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from html import escape

from question_bank.formats.docx.symbols import has_pictures, sign_of

PLACEABLE = 0x9AC6CDD7
MOST_RECORDS, MOST_SIGNS, LARGEST = 20_000, 20_000, 1 << 20
WINDOW_ORIGIN, WINDOW_EXTENT, MOVE, LINE, TEXT, POLYGON = 0x020B, 0x020C, 0x0214, 0x0213, 0x0A32, 0x0324
PEN, FONT, BRUSH, SELECT, DELETE, ALIGN, END = 0x02FA, 0x02FB, 0x02FC, 0x012D, 0x01F0, 0x012E, 0x0000
# Modes, colours and comments, which change nothing of black signs on white.
PASSED = frozenset(
    {0x0102, 0x0201, 0x0626, 0x0209, 0x0103, 0x0106, 0x0104, 0x0107, 0x0108, 0x001E, 0x0127, 0x0035, 0x0231}
)
UPDATES_POSITION, BASELINE = 1, 0x18
CLIPPED = 0x0006
# Pieces of which the font Symbol builds large brackets.
BRACKETS = dict(zip((*range(0xE6, 0xF0), *range(0xF3, 0xFF)), "⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪⌠⎮⌡⎞⎟⎠⎤⎥⎦⎫⎬⎭", strict=True))
SERIF = "'Times New Roman','Liberation Serif',serif"


class PreviewUnreadable(Exception):
    """No WMF, damaged, or with something in it that is not drawn here."""


@dataclass(frozen=True, slots=True)
class _Font:
    size: int
    width: int
    italic: bool
    bold: bool
    face: str


@dataclass(slots=True)
class _Picture:
    origin: tuple[int, int] = (0, 0)
    extent: tuple[int, int] = (0, 0)
    position: tuple[int, int] = (0, 0)
    align: int = 0
    objects: dict[int, object] = field(default_factory=dict)
    font: _Font | None = None
    pen: int = 1
    signs: int = 0
    drawn: list[str] = field(default_factory=list)


def svg(raw: bytes) -> bytes:
    """The SVG of a preview.

    Raises:
        PreviewUnreadable: it cannot be drawn whole.
    """
    try:
        return _svg(raw)
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise PreviewUnreadable(str(error)) from error


def _svg(raw: bytes) -> bytes:
    start = 22 if raw[:4] == struct.pack("<I", PLACEABLE) else 0
    kind, header = struct.unpack_from("<HH", raw, start)
    if kind not in {1, 2} or header != 9 or len(raw) > LARGEST:
        raise PreviewUnreadable("no WMF")
    picture, at = _Picture(), start + 2 * header
    for _ in range(MOST_RECORDS):
        size, function = struct.unpack_from("<IH", raw, at)
        if function == END:
            return _document(picture)
        body = raw[at + 6 : at + 2 * size]
        if size < 3 or at + 2 * size > len(raw):
            raise PreviewUnreadable("cut off")
        _record(picture, function, body)
        at += 2 * size
    raise PreviewUnreadable("too long")


def _record(picture: _Picture, function: int, body: bytes) -> None:
    match function:
        case _ if function in PASSED:
            return
        case 0x020B | 0x020C:
            y, x = struct.unpack_from("<hh", body)
            if function == WINDOW_ORIGIN:
                picture.origin = (x, y)
            else:
                picture.extent = (x, y)
        case 0x012E:
            (picture.align,) = struct.unpack_from("<H", body)
        case 0x02FA | 0x02FB | 0x02FC:
            free = next(index for index in range(MOST_RECORDS) if index not in picture.objects)
            picture.objects[free] = _made(function, body)
        case 0x012D:
            chosen = picture.objects.get(struct.unpack_from("<H", body)[0])
            if isinstance(chosen, _Font):
                picture.font = chosen
            elif isinstance(chosen, int):
                picture.pen = chosen
        case 0x01F0:
            picture.objects.pop(struct.unpack_from("<H", body)[0], None)
        case 0x0214:
            y, x = struct.unpack_from("<hh", body)
            picture.position = (x, y)
        case 0x0213:
            _line(picture, body)
        case 0x0324:
            _polygon(picture, body)
        case 0x0A32:
            _text(picture, body)
        case _:
            raise PreviewUnreadable(f"record {function:04X}")


def _made(function: int, body: bytes) -> object:
    if function == PEN:
        return max(1, struct.unpack_from("<Hh", body)[1])
    if function == BRUSH:
        return "brush"
    height, width, escapement, _, weight = struct.unpack_from("<5h", body)
    if escapement:
        raise PreviewUnreadable("turned text")
    face = body[18:].split(b"\0", 1)[0].decode("latin-1")
    # A positive height is that of the cell, a good tenth more than the letters.
    size = -height if height < 0 else round(height / 1.15)
    return _Font(size, abs(width), bool(body[10]), weight >= 600, face)


def _line(picture: _Picture, body: bytes) -> None:
    y, x = struct.unpack_from("<hh", body)
    (left, top), picture.position = picture.position, (x, y)
    picture.drawn.append(
        f'<line x1="{left}" y1="{top}" x2="{x}" y2="{y}" stroke="currentColor" stroke-width="{picture.pen}"/>'
    )


def _polygon(picture: _Picture, body: bytes) -> None:
    (count,) = struct.unpack_from("<H", body)
    points = struct.unpack_from(f"<{2 * count}h", body, 2)
    shape = " ".join(f"{x},{y}" for x, y in zip(points[::2], points[1::2], strict=True))
    picture.drawn.append(f'<polygon points="{shape}" fill="currentColor"/>')


def _text(picture: _Picture, body: bytes) -> None:
    y, x, count, options = struct.unpack_from("<hhhH", body)
    at = 16 if options & CLIPPED else 8
    codes = body[at : at + count]
    gaps_at = at + count + count % 2
    gaps = struct.unpack_from(f"<{count}h", body, gaps_at) if len(body) >= gaps_at + 2 * count else None
    font = picture.font
    picture.signs += count
    if font is None or count < 0 or picture.signs > MOST_SIGNS or (count > 1 and gaps is None):
        raise PreviewUnreadable("text without a font or without places")
    if picture.align & UPDATES_POSITION:
        x, y = picture.position
    baseline = y if picture.align & BASELINE == BASELINE else y + round(font.size * 0.9)
    for code, gap in zip(codes, gaps or (0,) * count, strict=True):
        picture.drawn.append(_sign(font, code, x, baseline))
        x += gap
    if picture.align & UPDATES_POSITION:
        picture.position = (x, y)


def _sign(font: _Font, code: int, x: int, y: int) -> str:
    face = font.face.removeprefix("Euclid ").replace("Extra", "MT Extra").replace("MT MT", "MT")
    if face.lower() == "symbol" and code in BRACKETS:
        sign = BRACKETS[code]
    elif has_pictures(face):
        sign = sign_of(code, face)
    else:
        sign = bytes((code,)).decode("cp1252")
    if not sign:
        raise PreviewUnreadable(f"sign {code:02X} of {font.face}")
    if sign.isspace():
        return ""
    style = (' font-style="italic"' if font.italic else "") + (' font-weight="bold"' if font.bold else "")
    # A font that is made narrow or wide: large brackets. Letters are about 0.4 of their height wide.
    squeeze = font.width / (0.4 * font.size) if font.width and font.size else 1
    place = f'x="{x}" y="{y}"' if squeeze == 1 else f'transform="translate({x} {y}) scale({squeeze:.3f} 1)"'
    return f'<text {place} font-size="{font.size}"{style}>{escape(sign)}</text>'


def _document(picture: _Picture) -> bytes:
    (left, top), (width, height) = picture.origin, picture.extent
    if width <= 0 or height <= 0 or not any(picture.drawn):
        raise PreviewUnreadable("nothing is drawn")
    # MathType's unit here is 1/32 of a point.
    size = f'width="{width / 24:.0f}" height="{height / 24:.0f}" viewBox="{left} {top} {width} {height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{SERIF}" fill="currentColor">'
    return f"{head}{''.join(picture.drawn)}</svg>".encode()
