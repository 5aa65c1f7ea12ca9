"""Counts a Word file: text runs, formulas, pictures, objects and tables of the body and the notes."""

from __future__ import annotations

import io
import zipfile
from xml.etree import ElementTree as ET

from question_bank.formats.walker.census import Census

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FORMULA = "{http://schemas.openxmlformats.org/officeDocument/2006/math}oMath"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
CHOICE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Choice"
ALTERNATIVE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
BLIP = "{http://schemas.openxmlformats.org/drawingml/2006/main}blip"
IMAGE = "{urn:schemas-microsoft-com:vml}imagedata"
OBJECT = "{urn:schemas-microsoft-com:office:office}OLEObject"
PARTS = ("word/document.xml", "word/footnotes.xml", "word/endnotes.xml")
LEGACY_FONTS = (".vn", "vni-")


def count(raw: bytes) -> Census:
    """What a .docx holds; the reader has refused hostile files before."""
    census = Census()
    with zipfile.ZipFile(io.BytesIO(raw)) as package:
        for name in PARTS:
            if name in package.namelist():
                _walk(ET.fromstring(package.read(name)), census)  # noqa: S314 - entities were refused before
    return census


def _walk(node: ET.Element, census: Census) -> None:
    for child in node:
        if child.tag == FALLBACK and _has_choice(node):
            continue
        if child.tag == f"{W}moveFrom":
            continue
        if child.tag == FORMULA:
            census.formulas += 1
            continue
        if child.tag == f"{W}object" and any("Equation" in part.get("ProgID", "") for part in child.iter(OBJECT)):
            census.formulas += 1
            continue
        instruction = child.text if child.tag == f"{W}instrText" else child.get(f"{W}instr")
        census.formulas += (instruction or "").lstrip().upper().startswith(("EQ ", "EQ\\"))
        census.objects += child.tag == OBJECT
        census.pictures += child.tag in {BLIP, IMAGE}
        census.tables += child.tag == f"{W}tbl"
        if child.tag == f"{W}t" and child.text:
            census.runs.append(child.text)
        if child.tag == f"{W}rFonts":
            fonts = " ".join(value.lower() for value in child.attrib.values())
            census.digits_only = census.digits_only or any(mark in fonts for mark in LEGACY_FONTS)
        _walk(child, census)


def _has_choice(node: ET.Element) -> bool:
    return node.tag == ALTERNATIVE and any(part.tag == CHOICE and len(part) for part in node)
