"""Preview pictures of MathType as SVG: drawn whole from their own records, or refused."""

from __future__ import annotations

import struct
from xml.etree import ElementTree as ET

import pytest

from proctor_node.teaching.import_desk import _sources
from question_bank.bank.content import Formula, Paragraph
from question_bank.bank.item import BankItem, Draft, Key
from question_bank.formats import importing
from question_bank.formats.mathtype import wmf
from question_bank.formats.report import Imported, ImportedItem
from question_bank.ports import Resource

TIMES, SYMBOL = b"Times New Roman\0", b"Symbol\0"


def record(function, body=b""):
    body += bytes(len(body) % 2)
    return struct.pack("<IH", 3 + len(body) // 2, function) + body


def font(face, size=-384, *, italic=0, width=0, turned=0):
    return record(0x02FB, struct.pack("<5h8B", size, width, turned, 0, 400, italic, 0, 0, 0, 0, 0, 0, 0) + face)


def text(x, y, codes, gaps):
    place = record(0x0214, struct.pack("<hh", y, x))
    return place + record(
        0x0A32,
        struct.pack("<hhhH", 0, 0, len(codes), 0)
        + codes
        + bytes(len(codes) % 2)
        + struct.pack(f"<{len(codes)}h", *gaps),
    )


def picture(*records, head=True):
    start = b"\xd7\xcd\xc6\x9a" + struct.pack("<H4hHIH", 0, 0, 0, 2400, 1200, 2304, 0, 0) if head else b""
    window = (
        record(0x020B, struct.pack("<hh", 0, 0))
        + record(0x020C, struct.pack("<hh", 1200, 2400))
        + record(0x012E, struct.pack("<H", 25))
    )
    return start + struct.pack("<HHHIHIH", 1, 9, 0x300, 0, 2, 0, 0) + window + b"".join(records) + record(0)


GOOD = picture(
    font(TIMES, italic=1), record(0x012D, struct.pack("<H", 0)), text(100, 600, b"xy", (190, 0)),
    font(SYMBOL), record(0x012D, struct.pack("<H", 1)), text(500, 600, b"\x61\xe6", (200, 0)),
    record(0x02FA, struct.pack("<HhhI", 0, 20, 0, 0)), record(0x0213, struct.pack("<hh", 700, 900)),
)  # fmt: skip


@pytest.mark.parametrize("raw", [GOOD, GOOD[22:]], ids=["with the placeable header", "without"])
def test_text_signs_of_symbol_brackets_and_lines_are_drawn_at_their_places(raw):
    root = ET.fromstring(wmf.svg(raw))
    words = [
        (node.text, node.get("x"), node.get("y"), node.get("font-style")) for node in root if node.tag.endswith("text")
    ]
    assert words == [
        ("x", "100", "600", "italic"),
        ("y", "290", "600", "italic"),
        ("α", "500", "600", None),
        ("⎛", "700", "600", None),
    ]
    (line,) = (node for node in root if node.tag.endswith("line"))
    assert [line.get(name) for name in ("x1", "y1", "x2", "y2")] == ["700", "600", "900", "700"]
    assert root.get("viewBox") == "0 0 2400 1200"


TIMES_CHOSEN = font(TIMES) + record(0x012D, struct.pack("<H", 0))


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"GIF89a" + bytes(60), picture(), picture(record(0x0F43, bytes(40))),
        picture(font(TIMES, turned=450)), picture(text(0, 0, b"x", (0,))),
        picture(font(b"Webdings\0"), record(0x012D, struct.pack("<H", 0)), text(0, 0, b"x", (0,))),
        picture(TIMES_CHOSEN, *(text(0, 0, b"x" * 200, (1,) * 200) for _ in range(101))), GOOD + bytes(2 << 20),
        picture(TIMES_CHOSEN, text(0, 0, b"x", (0,))).replace(record(0x020C, struct.pack("<hh", 1200, 2400)), record(0x020C, struct.pack("<hh", 0, 0))),
    ],
    ids=["empty", "a GIF", "nothing drawn", "a bitmap", "turned text", "no font", "unknown signs", "too many signs", "too large", "no extent"],
)  # fmt: skip
def test_what_would_not_be_drawn_whole_is_refused(raw):
    with pytest.raises(wmf.PreviewUnreadable):
        wmf.svg(raw)


def test_a_preview_that_is_cut_off_anywhere_is_refused():
    for length in range(len(GOOD) - 6):
        with pytest.raises(wmf.PreviewUnreadable):
            wmf.svg(GOOD[:length])


def test_signs_of_mark_up_stay_text():
    root = ET.fromstring(wmf.svg(picture(TIMES_CHOSEN, text(0, 500, b'<&"', (9, 9, 9)))))
    assert [node.text for node in root] == ["<", "&", '"']


def test_the_import_page_shows_a_drawable_preview_and_none_where_there_is_none():
    kept = {
        "a": Resource("image/wmf", GOOD),
        "b": Resource("image/wmf", b"nothing"),
        "c": Resource("image/png", b"\x89PNG\r\n\x1a\n"),
    }
    stem = (Paragraph(tuple(Formula("x", preview=name) for name in ("a", "b", "c", ""))),)
    item = ImportedItem(1, Draft(BankItem("short_answer", stem), Key()))
    shown = _sources(Imported("docx", (item,), resources=kept), item)
    assert [row["src"].partition(";")[0] for row in shown] == ["data:image/svg+xml", "data:image/png"]


def test_every_preview_of_a_real_paper_is_drawn(shared_data):
    raw = (shared_data / "docx" / "ToanA3_1.docx").read_bytes()
    imported, _, _ = importing.read(raw, "de.docx", None, None)
    previews = [resource.content for resource in imported.resources.values() if resource.media_type.endswith("wmf")]
    assert len(previews) > 50
    assert all(wmf.svg(preview).startswith(b"<svg") for preview in previews)
    assert sum(len(_sources(imported, item)) for item in imported.items) == 65
