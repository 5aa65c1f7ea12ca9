"""The spreadsheet template in and out (docs/formats/xlsx.md): one row a question, pictures on a sheet of their own."""

from __future__ import annotations

import base64
import datetime as dt
import io
import json
import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

import msgspec
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils.exceptions import InvalidFileException

from question_bank.bank.content import Content
from question_bank.bank.item import (
    KINDS,
    LEVEL_NAMES_VI,
    BankItem,
    Draft,
    Key,
    Kind,
    Level,
    Metadata,
    Option,
    Passage,
    letter,
)
from question_bank.bank.searching import unmarked
from question_bank.errors import FileDamaged, RowRefused
from question_bank.formats import markup_cell
from question_bank.formats.html_reader import HtmlReader
from question_bank.formats.opening import Package
from question_bank.formats.paper.labels import level_of
from question_bank.formats.paper.question import verdicts_of
from question_bank.formats.report import Accounted, Imported, ImportedItem, Issue
from question_bank.formats.resources import ResourceCollector
from question_bank.formats.selection import Selection
from question_bank.short_answer import is_complete, normalise

OPTION_LETTERS = "ABCDEFGH"
COLUMNS = ("STT", "Loại", "Câu hỏi", *OPTION_LETTERS, "Đáp án", "Lời giải", "Môn", "Chủ đề", "Mức độ", "Yêu cầu cần đạt", "Nguồn", "Tác giả", "Tiêu đề", "Thẻ", "Ngữ liệu", "Trộn", "Cố định", "Khác")  # fmt: skip
ALIASES = {
    "STT": "stt cau so tt no id", "Loại": "loai|loai cau|loai cau hoi|dang|dang cau hoi|type|kind",
    "Câu hỏi": "cau hoi|noi dung|noi dung cau hoi|de bai|question|stem|cau dan|loi dan",
    "Đáp án": "dap an|dap an dung|answer|key|correct|correct answer|dap so", "Lời giải": "loi giai|giai thich|huong dan giai|solution|explanation|feedback",
    "Môn": "mon|mon hoc|subject", "Chủ đề": "chu de|chuyen de|chuong|topic|category|noi dung kien thuc", "Mức độ": "muc do|muc do nhan thuc|level|do kho",
    "Yêu cầu cần đạt": "yeu cau can dat|yccd|outcome|chuan dau ra|clo", "Nguồn": "nguon|source", "Tác giả": "tac gia|author|nguoi soan",
    "Tiêu đề": "tieu de|title|ma cau|ma cau hoi", "Thẻ": "the|tags|tag|nhan", "Ngữ liệu": "ngu lieu|doan van|passage|stimulus",
    "Trộn": "tron|shuffle|hoan vi", "Cố định": "co dinh|fixed|ghim", "Khác": "khac|other",
}  # fmt: skip
KIND_NAMES: dict[Kind, str] = {
    "single_choice": "Một lựa chọn", "multiple_choice": "Nhiều lựa chọn", "true_false_cluster": "Đúng sai", "short_answer": "Trả lời ngắn", "other": "Khác",
}  # fmt: skip
KIND_WORDS = {
    "mot lua chon": "single_choice", "trac nghiem": "single_choice", "1 lua chon": "single_choice", "single": "single_choice", "tn": "single_choice", "mcq": "single_choice",
    "trac nghiem nhieu lua chon": "single_choice", "nhieu lua chon": "multiple_choice", "nhieu dap an": "multiple_choice", "multiple": "multiple_choice",
    "dung sai": "true_false_cluster", "dung/sai": "true_false_cluster", "ds": "true_false_cluster", "true/false": "true_false_cluster", "true false": "true_false_cluster",
    "tra loi ngan": "short_answer", "tln": "short_answer", "dien dap so": "short_answer", "short": "short_answer", "short answer": "short_answer",
    "khac": "other", "tu luan": "other", "essay": "other", "tl": "other",
}  # fmt: skip
FILES, PASSAGES = "Tệp", "Ngữ liệu"
CHUNK = 30_000
MOST_ROWS, HEADER_ROWS = 20_000, 20
FILE_ADDRESS = re.compile(r"^tệp:([0-9a-f]{64})$")


def read(raw: bytes) -> Imported:
    """The questions of a workbook: every sheet that has a heading row with question and key.

    Raises:
        FileRefused: no workbook, damaged or hostile.
    """
    package = Package(raw)
    issues = []
    for name in package.names():
        # Every member is read once within the limits before another library sees the file.
        content = package.read(name)
        if name.lower().endswith((".xml", ".rels")) and b"<!ENTITY" in content[:4096]:
            package.xml(name)
        if name.lower().endswith("vbaproject.bin"):
            issues.append(Issue("macros_ignored", name))
    try:
        book = load_workbook(io.BytesIO(raw), data_only=True, keep_links=False)
    except (InvalidFileException, KeyError, ValueError, TypeError, OSError, AttributeError) as error:
        raise FileDamaged("no workbook: {problem}", problem=error) from error
    return _Reading(book, issues).imported()


@dataclass(slots=True)
class _Reading:
    book: Any
    issues: list[Issue]
    collector: ResourceCollector = field(default_factory=ResourceCollector)
    accounted: Accounted = field(default_factory=Accounted)
    passages: dict[str, Passage] = field(default_factory=dict)
    items: list[ImportedItem] = field(default_factory=list)
    _named: dict[str, str] = field(default_factory=dict)
    _files: dict[str, bytes] = field(default_factory=dict)
    _row: list[Issue] = field(default_factory=list)
    _where: str = ""

    def imported(self) -> Imported:
        self._read_files()
        for sheet in self.book.worksheets:
            if sheet.title == FILES:
                continue
            if sheet.title == PASSAGES:
                self._read_passages(sheet)
        for sheet in self.book.worksheets:
            if sheet.title not in {FILES, PASSAGES}:
                self._sheet(sheet)
        if not self.items:
            self.issues.append(Issue("no_items", "tệp"))
        return Imported(
            "xlsx",
            tuple(self.items),
            tuple(self.passages.values()),
            self.collector.resources,
            tuple(self.issues),
            self.accounted,
        )

    def told(self, code: str, *values: str, covers: str = "") -> None:
        self._row.append(Issue(code, self._where, values, covers))

    def _read_files(self) -> None:
        if FILES not in self.book.sheetnames:
            return
        for row in self.book[FILES].iter_rows(min_row=2, values_only=True):
            cells = [str(cell) for cell in row if cell is not None]
            self.accounted.text.extend(cells)
            if len(cells) >= 3:
                try:
                    self._files[cells[0]] = base64.b64decode("".join(cells[2:]), validate=True)
                except ValueError:
                    self.issues.append(Issue("picture_lost", f"{FILES}", (cells[0],)))
        self.accounted.text.extend(str(cell.value) for cell in self.book[FILES][1] if cell.value)

    def _read_passages(self, sheet: Any) -> None:
        for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
            cells = [str(cell) for cell in row if cell is not None]
            if len(cells) < 2 or number == 1:
                self.accounted.text.extend(cells)
                continue
            self._where = f"{sheet.title}, dòng {number}"
            passage = Passage(self._content(cells[1]))
            self.passages[passage.id] = passage
            self._named[cells[0]] = passage.id
            self.accounted.text.append(cells[0])

    def _content(self, text: str) -> Content:
        reader = HtmlReader(self.collector, self._where, self._fetch, issues=self._row)
        return markup_cell.read(text, reader)

    def _fetch(self, href: str) -> bytes | None:
        found = FILE_ADDRESS.match(href)
        return self._files.get(found[1]) if found else None

    def _sheet(self, sheet: Any) -> None:
        heading: dict[int, str] = {}
        for number, row in enumerate(sheet.iter_rows(max_row=min(sheet.max_row, MOST_ROWS)), 1):
            texts = [
                self._cell(cell, f"{sheet.title}, ô {cell.coordinate}" if isinstance(cell, SheetCell) else "")
                for cell in row
            ]
            if not any(texts):
                continue
            if not heading:
                heading = _heading(texts)
                self.accounted.text.extend(texts)
                if not heading and number >= HEADER_ROWS:
                    return
                continue
            values = {name: texts[index].strip() for index, name in heading.items() if index < len(texts)}
            beyond = [text for index, text in enumerate(texts) if index not in heading and text.strip()]
            if not values.get("Câu hỏi") and not values.get("Ngữ liệu"):
                covers = "\n".join(filter(None, texts))
                self.issues.append(
                    Issue(
                        "row_refused",
                        f"{sheet.title}, dòng {number}",
                        (str(number), RowRefused("there is no question")),
                        covers,
                    )
                )
                continue
            self._item(values, f"{sheet.title}, dòng {number}", beyond)
        if sheet.max_row > MOST_ROWS:
            self.issues.append(
                Issue(
                    "row_refused",
                    sheet.title,
                    (str(MOST_ROWS + 1), RowRefused("more than {most} rows", most=MOST_ROWS)),
                )
            )

    def _cell(self, cell: Any, where: str) -> str:
        value = cell.value
        if value is None:
            return ""
        if isinstance(value, dt.datetime | dt.date | dt.time):
            self._row.append(
                Issue(
                    "row_refused",
                    where,
                    (cell.coordinate, RowRefused("the cell became a date: {date}", date=value)),
                    str(value),
                )
            )
            return str(value)
        if isinstance(value, bool):
            return "Đúng" if value else "Sai"
        if isinstance(value, float):
            return str(int(value)) if value.is_integer() else repr(value).replace(".", ",")
        return unicodedata.normalize("NFC", str(value))

    def _item(self, values: dict[str, str], where: str, beyond: list[str]) -> None:
        number = len(self.items) + 1
        told, self._row, self._where = self._row, [], where
        self._row += told
        for text in beyond:
            self.told("line_not_understood", text, covers=text)
        options = [values.get(name, "") for name in OPTION_LETTERS]
        while options and not options[-1]:
            options.pop()
        extra = _extra(values.get("Khác", ""))
        kind = self._kind(values, options)
        key = self._key(kind, values.get("Đáp án", ""), len(options), extra)
        statement = kind == "true_false_cluster"
        fixed = {name.strip().upper() for name in values.get("Cố định", "").replace(";", ",").split(",")}
        made = tuple(
            Option(letter(index, statement=statement), self._content(text), fixed=letter(index) in fixed)
            for index, text in enumerate(options)
        )
        item = BankItem(
            kind,
            self._content(values.get("Câu hỏi", "")),
            made,
            self._content(values.get("Lời giải", "")),
            self._passage(values.get("Ngữ liệu", "")),
            {"có": True, "không": False}.get(values.get("Trộn", "").lower()),
            self._metadata(values),
            str(extra.get("unsupported", "")),
        )
        self._judge(item, key)
        for name in (
            "STT",
            "Loại",
            "Đáp án",
            "Trộn",
            "Cố định",
            "Khác",
            "Mức độ",
            "Môn",
            "Chủ đề",
            "Yêu cầu cần đạt",
            "Nguồn",
            "Tác giả",
            "Tiêu đề",
            "Thẻ",
            "Ngữ liệu",
        ):
            self.accounted.text.append(values.get(name, ""))
        self.items.append(ImportedItem(number, Draft(item, key), tuple(self._row), origin=where))
        self._row = []

    def _kind(self, values: dict[str, str], options: list[str]) -> Kind:
        named = unmarked(values.get("Loại", "")).strip().replace("–", "-").replace("-", " ")
        if named in KIND_WORDS:
            return KIND_WORDS[" ".join(named.split())]  # type: ignore[return-value]
        if named in KINDS or values.get("Loại") in KINDS:
            return values["Loại"]  # type: ignore[return-value]
        if named:
            self.told("line_not_understood", values["Loại"])
        answer = values.get("Đáp án", "")
        if not options:
            return "short_answer" if answer else "other"
        if verdicts_of(answer, len(options)) and not re.fullmatch(r"[A-H\s,;]+", answer):
            return "true_false_cluster"
        return "multiple_choice" if len(_letters(answer)) > 1 else "single_choice"

    def _key(self, kind: Kind, answer: str, count: int, extra: dict[str, Any]) -> Key:
        weights = tuple((str(name), str(value)) for name, value in extra.get("weights", []))
        right = self._right(kind, answer, count)
        return Key(right, weights, str(extra.get("tolerance", "")), extra.get("case_sensitive") is True)

    def _right(self, kind: Kind, answer: str, count: int) -> tuple[str, ...]:
        if kind == "other" or not answer:
            return ()
        if kind == "short_answer":
            parts = [part.strip() for part in answer.split("|")]
            return tuple(normalise(part) if is_complete(normalise(part)) else part for part in parts if part)
        if kind == "true_false_cluster":
            return verdicts_of(answer, count)
        named = _letters(answer)
        known = {letter(index) for index in range(count)}
        for name in named:
            if name not in known:
                self.told("key_unknown_option", name)
        return tuple(name for name in named if name in known)

    def _passage(self, text: str) -> str:
        if not text or text in self._named:
            return self._named.get(text, "")
        passage = Passage(self._content(text))
        self.passages[passage.id] = passage
        self._named[text] = passage.id
        return passage.id

    def _metadata(self, values: dict[str, str]) -> Metadata:
        level: Level = level_of(values.get("Mức độ", ""))
        if values.get("Mức độ") and not level:
            self.told("level_unknown", values["Mức độ"])
        tags = tuple(sorted({tag.strip() for tag in values.get("Thẻ", "").split(";") if tag.strip()}))
        names = ("Môn", "Chủ đề", "Yêu cầu cần đạt")
        subject, topic, outcome = (values.get(name, "") for name in names)
        return Metadata(
            subject,
            topic,
            outcome,
            level,
            values.get("Tác giả", ""),
            values.get("Nguồn", ""),
            values.get("Tiêu đề", ""),
            tags,
        )

    def _judge(self, item: BankItem, key: Key) -> None:
        if item.kind == "other":
            self.told("essay")
            return
        if not key.right:
            self.told("no_key")
        if item.kind == "single_choice" and len(key.right) > 1:
            self.told("two_keys", ", ".join(key.right), str(len(key.right)))
        if item.kind == "short_answer":
            for cells in key.right[:1]:
                if not is_complete(cells):
                    self.told("key_not_enterable", cells)
        elif len(item.options) < 2:
            self.told("too_few_options", str(len(item.options)))
        empty = [option.identifier for option in item.options if not option.content]
        if empty:
            self.told("option_empty", ", ".join(empty))


def _letters(answer: str) -> list[str]:
    stripped = answer.strip().upper()
    if re.fullmatch(r"[A-H]{2,8}", stripped):
        return sorted(set(stripped))
    return sorted(set(re.findall(r"(?<![A-Z])([A-H])(?![A-Z])", stripped)))


def _heading(texts: list[str]) -> dict[int, str]:
    """Columns by their heading; empty unless the question and one more are named."""
    found: dict[int, str] = {}
    for index, text in enumerate(texts):
        plain = " ".join(re.sub(r"[(*\[].*", "", unmarked(text)).split())
        name = next(
            (column for column, words in ALIASES.items() if plain in words.split("|" if "|" in words else " ")), ""
        )
        option = re.fullmatch(r"(?:phuong an|dap an|lua chon|option|answer|y)?\s*([a-h])", plain)
        if option:
            name = option[1].upper()
        if name and name not in found.values():
            found[index] = name
    return found if "Câu hỏi" in found.values() and len(found) >= 2 else {}


def _extra(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text) if text.strip().startswith("{") else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def write(selection: Selection) -> bytes:
    """The bytes of a workbook in the template's columns."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Câu hỏi"
    _append(sheet, COLUMNS, bold=True)
    sheet.freeze_panes = "D2"
    for name, width in (("B", 16), ("C", 60), ("M", 40), ("L", 14)):
        sheet.column_dimensions[name].width = width
    for number, draft in enumerate(selection.drafts, 1):
        _append(sheet, _cells(number, draft))
    if selection.passages:
        other = book.create_sheet(PASSAGES)
        _append(other, ("Mã", "Nội dung"), bold=True)
        for name, passage in selection.passages.items():
            _append(other, (name, markup_cell.write(passage.content, _address)))
    named = selection.named()
    if named:
        files = book.create_sheet(FILES)
        _append(files, ("Tên", "Loại", "Nội dung (base64)"), bold=True)
        for name in named:
            resource = selection.resources[name]
            text = base64.b64encode(resource.content).decode()
            _append(files, (name, resource.media_type, *(text[at : at + CHUNK] for at in range(0, len(text), CHUNK))))
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _address(sha256: str) -> str:
    return f"tệp:{sha256}"


def _append(sheet: Any, values: tuple[str, ...], *, bold: bool = False) -> None:
    row = sheet.max_row + 1 if sheet.max_row > 1 or sheet["A1"].value is not None else 1
    for column, value in enumerate(values, 1):
        if value == "":
            continue
        cell = sheet.cell(row, column)
        # Text stays text: nothing that begins with = is a formula here.
        cell.value, cell.data_type = value, "s"
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        if bold:
            cell.font = Font(bold=True)


def _cells(number: int, draft: Draft) -> tuple[str, ...]:
    item, key, known = draft.item, draft.key, draft.item.metadata
    options = [markup_cell.write(option.content, _address) for option in item.options][: len(OPTION_LETTERS)]
    options += [""] * (len(OPTION_LETTERS) - len(options))
    extra: dict[str, Any] = {}
    if key.weights:
        extra["weights"] = [list(pair) for pair in key.weights]
    if key.tolerance:
        extra["tolerance"] = key.tolerance
    if key.case_sensitive:
        extra["case_sensitive"] = True
    if item.unsupported:
        extra["unsupported"] = item.unsupported
    fixed = ", ".join(option.identifier.upper() for option in item.options if option.fixed)
    shuffle = {True: "Có", False: "Không", None: ""}[item.shuffle]
    return (
        str(number), KIND_NAMES[item.kind], markup_cell.write(item.stem, _address), *options, _answer(item, key),
        markup_cell.write(item.solution, _address), known.subject, known.topic, LEVEL_NAMES_VI.get(known.level, ""), known.outcome,
        known.source, known.author, known.title, "; ".join(known.tags), item.passage, shuffle, fixed,
        msgspec.json.encode(extra).decode() if extra else "",
    )  # fmt: skip


def _answer(item: BankItem, key: Key) -> str:
    if item.kind == "true_false_cluster":
        return " ".join("Đ" if verdict == "true" else "S" for verdict in key.right)
    return ("|" if item.kind == "short_answer" else ", ").join(key.right)
