"""An item as a page draws it, from the very form that a candidate would see: pieces with pictures as data."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any

from question_bank.item import Content, Formula, Item, Picture, Table, Text

VIEW_BOX = re.compile(rb'viewBox="([-\d.]+) ([-\d.]+) ([\d.]+) ([\d.]+)"')
INK = b"#14213D"
# A thousand units are one em (MathJax); letters of the interface are tall, so formulas are a tenth larger.
UNITS_IN_AN_EM = 1000 / 1.1


def item(shown: Item, resources: Mapping[str, bytes], passage: Content) -> dict[str, Any]:
    """Kind, stem and options in pieces."""
    return {
        "kind": shown.kind,
        "passage": content(passage, resources),
        "stem": content(shown.stem, resources),
        "options": [{"identifier": o.identifier, "content": content(o.content, resources)} for o in shown.options],
    }


def content(pieces: Content, resources: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """Every piece with what is needed to draw it; sizes of formulas in em, of pictures in CSS pixels."""
    return [_piece(piece, resources) for piece in pieces]


def _piece(piece: Any, resources: Mapping[str, bytes]) -> dict[str, Any]:
    match piece:
        case Text(text, marks):
            return {"k": "text", "text": text, "marks": list(marks)}
        case Formula():
            return {"k": "formula", "alt": piece.alt, **_formula(resources[piece.sha256])}
        case Picture():
            raw = resources[piece.sha256]
            return {"k": "picture", "alt": piece.alt, "src": data(raw), "w": piece.width, "h": piece.height}
        case Table(rows):
            return {
                "k": "table",
                "rows": [
                    [
                        {"content": content(c.content, resources), "columns": c.columns, "rows": c.rows, "header": c.header}
                        for c in row
                    ]
                    for row in rows
                ],
            }  # fmt: skip
        case _:
            return {"k": "break"}


def _formula(svg: bytes) -> dict[str, Any]:
    found = VIEW_BOX.search(svg)
    x, top, width, height = (float(value) / UNITS_IN_AN_EM for value in found.groups()) if found else (0, 0, 1, 1)
    del x
    inked = svg.replace(b"currentColor", INK)
    return {"src": data(inked), "w": round(width, 3), "h": round(height, 3), "d": round(top + height, 3)}


def media_type(raw: bytes) -> str:
    """What a picture is, by its first bytes."""
    if raw.startswith(b"\x89PNG"):
        return "image/png"
    if raw.startswith(b"\xff\xd8"):
        return "image/jpeg"
    if raw.startswith(b"GIF8"):
        return "image/gif"
    return "image/svg+xml"


def data(raw: bytes) -> str:
    """A `data:` address; a page's policy allows pictures from nowhere else."""
    return f"data:{media_type(raw)};base64,{base64.b64encode(raw).decode()}"
