"""Pictures from outside: their media type by content, their size, and whether a station can draw them."""

from __future__ import annotations

import re
import struct

DRAWABLE = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml", "image/bmp"})
MOST_PIXELS, MOST_BYTES = 40_000_000, 20 * 1024 * 1024
MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF8", "image/gif"), (b"BM", "image/bmp"),
    (b"\xd7\xcd\xc6\x9a", "image/wmf"), (b"\x01\x00\x09\x00\x00", "image/wmf"), (b"II*\x00", "image/tiff"), (b"MM\x00*", "image/tiff"),
)  # fmt: skip
SVG = re.compile(
    rb"^\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)*(?:<!DOCTYPE svg[^>]*>\s*)?<(?:\w+:)?svg[\s>]", re.DOTALL
)
UNSAFE_SVG = re.compile(
    rb"<(?:\w+:)?(?:script|foreignObject)|\bon\w+\s*=|<!ENTITY|(?:href|src)\s*=\s*[\"'](?!#|data:image/)", re.IGNORECASE
)


def media_type(raw: bytes) -> str:
    """The media type by content; `application/octet-stream` when it is no picture that is known."""
    for magic, name in MAGIC:
        if raw.startswith(magic):
            return name
    if raw[:4] == b"RIFF" and raw[8:12] == b"WEBP":
        return "image/webp"
    if raw[:4] == b"\x01\x00\x00\x00" and raw[40:44] == b" EMF":
        return "image/emf"
    return "image/svg+xml" if SVG.match(raw[:4096].removeprefix(b"\xef\xbb\xbf")) else "application/octet-stream"


def is_safe(raw: bytes) -> bool:
    """Whether an SVG carries no script, no handler, no entity and no reference to the outside."""
    return UNSAFE_SVG.search(raw) is None


def size(raw: bytes) -> tuple[int, int]:
    """Width and height in pixels; (0, 0) where the format does not say at once."""
    kind = media_type(raw)
    try:
        if kind == "image/png":
            return struct.unpack(">II", raw[16:24])
        if kind == "image/gif":
            return struct.unpack("<HH", raw[6:10])
        if kind == "image/bmp":
            width, height = struct.unpack("<ii", raw[18:26])
            return abs(width), abs(height)
        if kind == "image/jpeg":
            return _jpeg(raw)
    except (struct.error, IndexError):
        pass
    return 0, 0


def _jpeg(raw: bytes) -> tuple[int, int]:
    at = 2
    while at + 9 < len(raw):
        marker, length = raw[at + 1], int.from_bytes(raw[at + 2 : at + 4])
        if marker in {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}:
            height, width = struct.unpack(">HH", raw[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return 0, 0
