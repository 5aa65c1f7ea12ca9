"""Counts a workbook from its XML: shared and inline strings, and numbers, of every cell."""

from __future__ import annotations

import io
import re
import zipfile
from xml.etree import ElementTree as ET

from question_bank.formats.walker import markup
from question_bank.formats.walker.census import Census

NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
FORMULA = re.compile(r"\$\$.+?\$\$|(?<!\\)\$(?:[^$\\]|\\.)+?\$|\\\(.+?\\\)", re.DOTALL)


def count(raw: bytes) -> Census:
    """What the cells of a workbook hold."""
    census = Census()
    with zipfile.ZipFile(io.BytesIO(raw)) as package:
        names = package.namelist()
        shared = []
        if "xl/sharedStrings.xml" in names:
            root = ET.fromstring(package.read("xl/sharedStrings.xml"))  # noqa: S314 - entities were refused before
            shared = ["".join(part.text or "" for part in entry.iter(f"{NS}t")) for entry in root.iter(f"{NS}si")]
        for name in names:
            if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name):
                for cell in ET.fromstring(package.read(name)).iter(f"{NS}c"):  # noqa: S314 - as above
                    _cell(cell, shared, census)
    return census


def _cell(cell: ET.Element, shared: list[str], census: Census) -> None:
    value = cell.find(f"{NS}v")
    if cell.get("t") == "s" and value is not None and value.text:
        text = shared[int(value.text)] if int(value.text) < len(shared) else ""
    elif cell.get("t") == "inlineStr":
        text = "".join(part.text or "" for part in cell.iter(f"{NS}t"))
    elif cell.get("t") == "str" and value is not None:
        text = value.text or ""
    else:
        return
    if re.match(r"\s*<[a-zA-Z!]", text):
        markup.html(text, census)
        return
    census.formulas += len(FORMULA.findall(text))
    census.runs += [run for run in FORMULA.split(text) if run.strip()]
