"""Which reader a file takes, the checks that every format goes through, and the count of what was lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePath
from typing import Literal
from xml.etree.ElementTree import ParseError

from question_bank.bank.content import Formula, Picture, inlines
from question_bank.bank.item import item_id
from question_bank.errors import FileDamaged, FileHostile, FormatUnknown, FormulaRefused
from question_bank.formats import aiken, latex, xlsx
from question_bank.formats.docx import importer as docx
from question_bank.formats.gift import reader as gift
from question_bank.formats.moodle import reader as moodle
from question_bank.formats.opening import Package, kind_of, parse_xml
from question_bank.formats.qti import importer as qti
from question_bank.formats.report import Imported, ImportedItem, Issue, reason_of
from question_bank.formats.walker import moodle as moodle_walker
from question_bank.formats.walker import plain, sheet, word
from question_bank.formats.walker import qti as qti_walker
from question_bank.formats.walker.census import Census, lost
from question_bank.rendering import FormulaRenderer

Format = Literal["docx", "xlsx", "qti", "moodle", "gift", "aiken", "latex"]
FORMATS: tuple[Format, ...] = ("docx", "xlsx", "qti", "moodle", "gift", "aiken", "latex")
READERS: dict[Format, Callable[[bytes], Imported]] = {
    "docx": docx.read, "qti": qti.read, "moodle": moodle.read, "gift": gift.read, "aiken": aiken.read, "xlsx": xlsx.read,
    "latex": latex.read,
}  # fmt: skip
WALKERS: dict[Format, Callable[[bytes], Census]] = {
    "docx": word.count, "qti": qti_walker.count, "moodle": moodle_walker.count, "gift": plain.gift, "aiken": plain.aiken,
    "xlsx": sheet.count, "latex": plain.latex,
}  # fmt: skip
EXTENSIONS: dict[Format, tuple[str, ...]] = {
    "docx": (".docx", ".docm", ".dotx"), "xlsx": (".xlsx", ".xlsm"), "qti": (".zip", ".xml", ".imscc"), "moodle": (".xml",),
    "gift": (".gift", ".txt"), "aiken": (".txt", ".aiken", ".md"), "latex": (".tex",),
}  # fmt: skip


def detect(raw: bytes, name: str) -> Format:
    """The format by content; the name only decides between text formats.

    Raises:
        FileDamaged, FileHostile: not readable.
        FormatUnknown: nothing that is known; the message says what to do.
    """
    kind = kind_of(raw)
    if kind == "zip":
        return _package_format(Package(raw))
    if kind == "xml":
        return _xml_format(raw, name)
    if kind == "text":
        return _text_format(raw, name)
    told = {
        "empty": "{name}: the file is empty",
        "ole": "{name}: an older Word or Excel file: open it and save it as .docx or .xlsx",
        "pdf": "{name}: a PDF: import the Word file that it was made from",
        "unknown": "{name}: not a format that is known",
    }
    raise FormatUnknown(told[kind], name=name)


def _package_format(package: Package) -> Format:
    names = package.names()
    if any(name.startswith("word/") for name in names):
        return "docx"
    if any(name.startswith("xl/") for name in names):
        return "xlsx"
    if any(name.lower().endswith((".xml", ".qti")) for name in names):
        return "qti"
    raise FormatUnknown("a package without questions: no Word, Excel or QTI content in it")


def _xml_format(raw: bytes, name: str) -> Format:
    root = str(parse_xml(raw, name).tag).rsplit("}", 1)[-1]
    if root == "quiz":
        return "moodle"
    if root.lower().replace("-", "").removeprefix("qti") in {"assessmentitem", "assessmenttest", "assessmentsection", "assessmentstimulus", "manifest"}:  # fmt: skip
        return "qti"
    if root == "questestinterop":
        raise FormatUnknown("{name}: QTI 1.2, which is older: export it as QTI 2.1 or newer", name=name)
    raise FormatUnknown("{name}: XML with root {root!r} is no question file that is known", name=name, root=root)


def _text_format(raw: bytes, name: str) -> Format:
    text = raw[:200_000].decode("utf-8", "replace").replace("\x00", "")
    suffix = PurePath(name).suffix.lower()
    if suffix == ".tex" or re.search(
        r"\\begin\{(?:ex|bt|vd|document|question|questions|enumerate)\}|\\(?:choice|True|loigiai|shortans)\b", text
    ):
        return "latex"
    aiken = re.search(r"^\s*ANSWER\s*:\s*[A-Za-z]\s*$", text, re.MULTILINE) is not None
    if suffix == ".gift" or (re.search(r"(?<!\\)\{", text) and re.search(r"(?<!\\)\}", text) and not aiken):
        return "gift"
    if aiken or suffix == ".aiken":
        return "aiken"
    if re.search(r"^\s*(?:Câu|Question)\s*\d+", text, re.MULTILINE) or suffix in {".txt", ".md"}:
        return "aiken"
    raise FormatUnknown("{name}: text without questions that are known (GIFT, Aiken, LaTeX)", name=name)


def read(
    raw: bytes, name: str, wanted: Format | None, renderer: FormulaRenderer | None
) -> tuple[Imported, int, dict[str, bytes]]:
    """The items of a file, how much of it was lost, and the SVG of every formula that was drawn.

    Raises:
        FileRefused: nothing is imported of this file.
    """
    found = wanted or detect(raw, name)
    if found in {"docx", "xlsx"} and kind_of(raw) != "zip":
        raise FileDamaged("{name}: no {found} file", name=name, found=found)
    try:
        imported = READERS[found](raw)
        missing = lost(imported, _counted(found, raw, name))
    except RecursionError as error:
        raise FileHostile("{name}: nested too deeply", name=name) from error
    suffix = PurePath(name).suffix.lower()
    issues = list(imported.issues)
    if suffix and suffix not in EXTENSIONS[found]:
        issues.append(Issue("wrong_extension", "tệp", (suffix, found)))
    drawn: dict[str, bytes] = {}
    items = tuple(_described(_drawable(item, renderer, drawn)) for item in imported.items)
    return replace(imported, items=_unrepeated(items), issues=tuple(issues)), missing, drawn


def _counted(found: Format, raw: bytes, name: str) -> Census:
    """What the second walker sees. A file that only one of the two parsers can read is not imported half checked."""
    try:
        return WALKERS[found](raw)
    except (ParseError, ValueError, LookupError) as error:
        raise FileDamaged("{name}: damaged: {problem}", name=name, problem=error) from error


def source(formula: Formula) -> str:
    r"""The LaTeX that is drawn: set apart formulas in display style."""
    return f"\\displaystyle {formula.latex}" if formula.display else formula.latex


def _drawable(item: ImportedItem, renderer: FormulaRenderer | None, drawn: dict[str, bytes]) -> ImportedItem:
    """Draw every formula once; one that cannot be drawn faithfully is an issue of its item."""
    refused = []
    for content in item.draft.item.each_content():
        for inline in inlines(content):
            if renderer is None or not isinstance(inline, Formula) or source(inline) in drawn:
                continue
            try:
                drawn[source(inline)] = renderer.svg(source(inline))
            except FormulaRefused as error:
                refused.append(Issue("formula_refused", f"Câu {item.number}", (inline.latex, reason_of(error))))
    return item.with_issues(*refused) if refused else item


def _described(item: ImportedItem) -> ImportedItem:
    bare = any(isinstance(inline, Picture) and not inline.alt for content in item.draft.item.each_content() for inline in inlines(content))  # fmt: skip
    return item.with_issues(Issue("picture_without_alt", f"Câu {item.number}")) if bare else item


def _unrepeated(items: tuple[ImportedItem, ...]) -> tuple[ImportedItem, ...]:
    first: dict[str, int] = {}
    made = []
    for item in items:
        identifier = item_id(item.draft.item)
        if identifier in first:
            made.append(item.with_issues(Issue("stands_twice", f"Câu {item.number}", (str(first[identifier]),))))
        else:
            first[identifier] = item.number
            made.append(item)
    return tuple(made)
