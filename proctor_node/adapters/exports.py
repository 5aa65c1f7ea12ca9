"""Results out: CSV, XLSX, and QTI Results Reporting (one assessmentResult a candidate, in a ZIP). Never a card number."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, tostring

from proctor_node.adapters.spreadsheets import write_table
from proctor_node.documents.lists import OUTCOME
from proctor_node.results import Book, Result

HEADER = ("SBD", "Họ và tên", "Lớp", "Điểm thi", "Ca thi", "Mã đề", "Kết quả", "Điểm bài", "Trừ", "Điểm", "Bản đáp án")
# QTI 2.2 Results Reporting, IMS Global: the version that score systems read.
QTI = "http://www.imsglobal.org/xsd/imsqti_result_v2p2"
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def row(result: Result) -> tuple[str, ...]:
    """One line as text; what has no mark has empty cells, never a zero."""
    who = result.candidate
    penalty = f"{result.penalty * 100:.0f}%" if result.penalty else ""
    return (
        who.sbd, who.name, who.class_name, who.site, who.shift, result.attempt.form_code, OUTCOME[result.outcome],
        _mark(result.score), penalty, _mark(result.net), str(result.key_version or ""),
    )  # fmt: skip


def _mark(value: object) -> str:
    return "" if value is None else str(value).replace(".", ",")


def safe(cell: str) -> str:
    """A cell that no spreadsheet program takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def to_csv(path: Path, found: Sequence[Result]) -> None:
    """Semicolons and a byte order mark, as Vietnamese spreadsheet programs open it."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerows([HEADER, *([safe(cell) for cell in row(result)] for result in found)])
    path.write_bytes(b"\xef\xbb\xbf" + out.getvalue().encode())


def to_xlsx(path: Path, found: Sequence[Result]) -> None:
    """One sheet; cells are text, so that a leading zero stays."""
    write_table(path, "Bảng điểm", HEADER, [[safe(cell) for cell in row(result)] for result in found])


def to_qti(path: Path, exam: str, found: Sequence[Result], book: Book) -> None:
    """A ZIP of assessmentResult documents, named by candidate number."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for result in found:
            if result.marks is not None:
                archive.writestr(
                    f"{result.candidate.shift}-{result.candidate.sbd}.xml", _assessment_result(exam, result, book)
                )


def _assessment_result(exam: str, result: Result, book: Book) -> bytes:
    if result.marks is None:
        raise ValueError("nothing to report")
    stamp = datetime.fromtimestamp(result.attempt.ended_at / 1000, UTC).isoformat()
    root = Element("assessmentResult", xmlns=QTI)
    context = SubElement(root, "context", sourcedId=result.candidate.sbd)
    SubElement(context, "sessionIdentifier", sourceID=f"urn:khaothi:{exam}", identifier=result.candidate.shift)
    test = SubElement(root, "testResult", identifier=f"form-{result.attempt.form_code}", datestamp=stamp)
    _outcome(test, "SCORE", str(result.net), "float")
    _outcome(test, "GROSS", str(result.score), "float")
    _outcome(test, "PENALTY", str(result.penalty), "float")
    _outcome(test, "STATE", book.state, "identifier")
    for part, mark in result.marks.by_part.items():
        _outcome(test, f"SCORE_{part}", str(mark), "float")
    for number, scored in enumerate(result.marks.items, 1):
        item = SubElement(
            root,
            "itemResult",
            identifier=scored.item,
            sequenceIndex=str(number),
            datestamp=stamp,
            sessionStatus="final",
        )
        variable = SubElement(
            item, "responseVariable", identifier="RESPONSE", cardinality="multiple", baseType="string"
        )
        given = SubElement(variable, "candidateResponse")
        for value in _values(scored.response):
            SubElement(given, "value").text = value
        _outcome(item, "SCORE", str(scored.mark), "float")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + bytes(tostring(root, encoding="utf-8"))


def _values(response: str) -> list[str]:
    """A short answer holds a comma of its own; statements and several options are values each."""
    if "=" in response:
        return response.split(",")
    return [value for value in response.split("|") if value]


def _outcome(parent: Element, name: str, value: str, kind: str) -> None:
    variable = SubElement(parent, "outcomeVariable", identifier=name, cardinality="single", baseType=kind)
    SubElement(variable, "value").text = value
