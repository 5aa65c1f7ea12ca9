"""Counts QTI items: text, formulas, pictures and tables of every item body, feedback and stimulus."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from question_bank.formats.walker.census import Census
from question_bank.formats.xml_text import readable

SILENT = {"style", "script", "styleinfo", "title", "cataloginfo", "catalog", "interactionmodules"}


def _name(node: ET.Element) -> str:
    return str(node.tag).rsplit("}", 1)[-1].removeprefix("qti-").replace("-", "").lower()


def _documents(raw: bytes) -> Iterator[ET.Element]:
    if raw[:2] != b"PK":
        yield ET.fromstring(readable(raw))  # noqa: S314 - entities were refused before
        return
    with zipfile.ZipFile(io.BytesIO(raw)) as package:
        for name in package.namelist():
            if name.lower().endswith((".xml", ".qti")):
                try:
                    yield ET.fromstring(readable(package.read(name)))  # noqa: S314 - entities were refused before
                except ET.ParseError:
                    continue


def count(raw: bytes) -> Census:
    """What the items of a package or file hold."""
    census = Census()
    for root in _documents(raw):
        if _name(root) == "assessmentitem":
            for part in root:
                if _name(part) in {"itembody", "modalfeedback"}:
                    _walk(part, census)
        elif _name(root) in {"assessmentstimulus", "assessmenttest", "assessmentsection"}:
            for part in root.iter():
                if _name(part) in {"stimulusbody", "rubricblock", "testfeedback"}:
                    _walk(part, census)
    return census


def _walk(node: ET.Element, census: Census) -> None:
    name = _name(node)
    if name in SILENT:
        return
    if name == "math":
        census.formulas += 1
        return
    census.tables += name == "table"
    census.pictures += name in {"img", "svg"} or (name == "object" and bool(node.get("data")))
    if name == "svg":
        return
    if node.text and node.text.strip():
        census.runs.append(node.text)
    for child in node:
        _walk(child, census)
        if child.tail and child.tail.strip():
            census.runs.append(child.tail)
