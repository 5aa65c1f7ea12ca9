"""A Word file as the lines of a paper: text with its marks, formulas, pictures and tables in their places.

Only what stands in the text is read. Macros never run, nothing outside the file is fetched, and everything that is not
taken over is an issue that quotes it.
"""

from __future__ import annotations

import posixpath
import unicodedata
from dataclasses import dataclass, field

from question_bank.bank.content import Cell, Formula, Inline, Picture, Table
from question_bank.errors import FileDamaged, FormulaUnreadable
from question_bank.formats import encodings
from question_bank.formats.docx import symbols
from question_bank.formats.docx.eq_field import EqUnreadable
from question_bank.formats.docx.eq_field import latex_of as eq_latex
from question_bank.formats.docx.omml import M, OmmlWriter, W
from question_bank.formats.docx.styles import NOTHING, Numbering, RunStyle, StyleSheet, run_style
from question_bank.formats.lines import OBJECT, PLAIN, Atom, Line, atoms_of, content
from question_bank.formats.mathtype.ole import latex_of
from question_bank.formats.opening import LIMITS, Element, Package
from question_bank.formats.report import Issue, reason_of
from question_bank.formats.resources import ResourceCollector

R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
V = "{urn:schemas-microsoft-com:vml}"
O = "{urn:schemas-microsoft-com:office:office}"  # noqa: E741 - the prefix that the format uses
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
EMU_PER_PIXEL = 9525
DEEPEST = 30
# A table inside another takes more of the depth that a stored item may have (canonical.DEEPEST).
STEPS_OF_TABLE = 8
STRICT = "http://purl.oclc.org/ooxml/"
PASSED = {"proofErr", "bookmarkStart", "bookmarkEnd", "commentRangeStart", "commentRangeEnd", "lastRenderedPageBreak", "rPr", "pPr", "permStart", "permEnd", "moveFromRangeStart", "moveFromRangeEnd", "moveToRangeStart", "moveToRangeEnd", "sdtPr", "sdtEndPr", "smartTagPr", "softHyphen", "annotationRef", "tcPr", "tblPr", "trPr", "tblGrid", "sectPr", "commentReference", "footnoteRef", "endnoteRef", "separator", "continuationSeparator", "customXmlPr", "moveFrom", "tblPrEx"}  # fmt: skip


@dataclass(slots=True)
class _Field:
    """A field whose end has not come: its instruction, and whether its result has begun."""

    instruction: str = ""
    shown: bool = False


@dataclass(slots=True)
class DocxReader:
    """Reads one file. After `lines`, `collector` holds what was embedded and `issues` what was not taken over."""

    package: Package
    collector: ResourceCollector = field(default_factory=ResourceCollector)
    issues: list[Issue] = field(default_factory=list)
    _relations: dict[str, tuple[str, bool]] = field(default_factory=dict)
    _styles: StyleSheet = field(default_factory=StyleSheet)
    _numbering: Numbering = field(default_factory=Numbering)
    _boxes: list[Line] = field(default_factory=list)
    _fields: list[_Field] = field(default_factory=list)
    _paragraphs: int = 0
    _legacy: set[str] = field(default_factory=set)

    def lines(self) -> list[Line]:
        """Everything in the body, in order.

        Raises:
            FileRefused: no Word document, damaged, or hostile.
        """
        main = self._main_part()
        root = self._part(main)
        if root is None or root.find(f"{W}body") is None:
            strict = root is not None and STRICT in str(root.tag)
            if strict:
                raise FileDamaged("strict Open XML: save the file as .docx once more")
            raise FileDamaged("{name}: no Word document", name=main)
        folder = posixpath.dirname(main)
        self._relations = self._relations_of(main)
        self._styles = StyleSheet.of(self._part(f"{folder}/styles.xml"))
        self._numbering = Numbering.of(self._part(f"{folder}/numbering.xml"))
        self._aside(folder)
        found = self._blocks(root.find(f"{W}body"), 0)
        for name in ("footnotes", "endnotes"):
            found += self._notes(self._part(f"{folder}/{name}.xml"))
        self.issues += [Issue("legacy_encoding", "tệp", (name,)) for name in sorted(self._legacy)]
        return found

    def _main_part(self) -> str:
        for name in self.package.names():
            if name.lower().endswith("vbaproject.bin"):
                self.issues.append(Issue("macros_ignored", name))
        root = self._part("_rels/.rels")
        for node in root if root is not None else ():
            if node.get("Type", "").endswith("/officeDocument"):
                return node.get("Target", "").lstrip("/")
        return "word/document.xml"

    def _part(self, name: str) -> Element | None:
        return self.package.xml(name) if self.package.size(name) >= 0 else None

    def _relations_of(self, part: str) -> dict[str, tuple[str, bool]]:
        folder, name = posixpath.split(part)
        root = self._part(f"{folder}/_rels/{name}.rels")
        found = {}
        for node in root if root is not None else ():
            target, outside = node.get("Target", ""), node.get("TargetMode") == "External"
            inside = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
            found[node.get("Id", "")] = (target if outside else inside, outside)
            if outside and not node.get("Type", "").endswith("/hyperlink"):
                self.issues.append(Issue("external_reference", name, (target,)))
        return found

    def _aside(self, folder: str) -> None:
        """Headers, footers and comments: told, not taken."""
        for name in self.package.names():
            base = posixpath.basename(name)
            if posixpath.dirname(name) != folder or not base.startswith(("header", "footer", "comments.")):
                continue
            root = self._part(name)
            text = (
                " ".join(" ".join(node.text or "" for node in root.iter(f"{W}t")).split()) if root is not None else ""
            )
            if text:
                code = "comment_ignored" if base.startswith("comments") else "header_or_footer"
                self.issues.append(Issue(code, base, (text,)))

    def _notes(self, root: Element | None) -> list[Line]:
        found: list[Line] = []
        for note in root if root is not None else ():
            if note.get(f"{W}type", "normal") == "normal":
                found += self._blocks(note, 1)
        return found

    def _blocks(self, parent: Element | None, depth: int) -> list[Line]:
        found: list[Line] = []
        if parent is None:
            return found
        if depth > DEEPEST:
            text = " ".join("".join(part.text or "" for part in parent.iter(f"{W}t")).split())
            self.issues.append(Issue("nested_too_deeply", self._where(), (text,)))
            return [Line(atoms_of(text), self._where())] if text else []
        for node in parent:
            if node.tag == f"{W}p":
                found += self._paragraph(node)
            elif node.tag == f"{W}tbl":
                found.append(self._table(node, depth))
            elif node.tag in {f"{W}sdt", f"{W}sdtContent", f"{W}customXml", f"{W}ins", f"{W}smartTag", f"{W}moveTo"}:
                found += self._blocks(node, depth + 1)
            elif node.tag == f"{MC}AlternateContent":
                found += self._blocks(_alternative(node), depth + 1)
            elif node.tag in {f"{M}oMathPara", f"{M}oMath"}:
                found.append(Line(tuple(self._math(node)), self._where()))
            elif node.tag == f"{W}altChunk":
                self.issues.append(Issue("embedded_object", self._where(), ("altChunk",)))
        return found

    def _where(self) -> str:
        return f"đoạn {self._paragraphs}"

    def _paragraph(self, node: Element) -> list[Line]:
        self._paragraphs += 1
        properties = node.find(f"{W}pPr")
        style_name = _attribute(properties, "pStyle") or self._styles.default_paragraph
        base = self._styles.runs.get(style_name, NOTHING).over(self._styles.default)
        label = self._label(properties, style_name, base)
        where = self._where()
        atoms = (*label, *self._inlines(node, base, 0))
        boxes, self._boxes = self._boxes, []
        if boxes:
            self.issues.append(Issue("text_box", where))
        return [Line(atoms, where), *boxes]

    def _label(self, properties: Element | None, style_name: str, base: RunStyle) -> tuple[Atom, ...]:
        number = None if properties is None else properties.find(f"{W}numPr")
        if number is None:
            identifier, level = self._styles.numbering.get(style_name, ("", 0))
        else:
            inherited, inherited_level = self._styles.numbering.get(style_name, ("", 0))
            identifier = _attribute(number, "numId") or inherited
            level = int(_attribute(number, "ilvl") or inherited_level)
        if not identifier:
            return ()
        text, own = self._numbering.label(identifier, level)
        mark = run_style(None if properties is None else properties.find(f"{W}rPr"))
        return atoms_of(text, own.over(mark).over(base).shown())

    def _inlines(self, parent: Element, base: RunStyle, depth: int) -> list[Atom]:
        found: list[Atom] = []
        if depth > DEEPEST:
            text = "".join(part.text or "" for part in parent.iter(f"{W}t"))
            self.issues.append(Issue("nested_too_deeply", self._where(), (text,)))
            return list(atoms_of(text, base.shown()))
        for node in parent:
            name = str(node.tag)
            if name == f"{W}r":
                found += self._run(node, base, depth)
            elif name in {f"{M}oMath", f"{M}oMathPara"}:
                found += self._math(node)
            elif name in {f"{W}del", f"{W}moveFrom"}:
                text = "".join(part.text or "" for part in node.iter(f"{W}delText", f"{W}t"))
                if text.strip():
                    self.issues.append(Issue("tracked_change", self._where(), (text,), covers=text))
            elif name == f"{MC}AlternateContent":
                found += self._inlines(_alternative(node), base, depth + 1)
            elif name == f"{W}fldSimple" and (made := self._field_sign(node.get(f"{W}instr", ""))) is not None:
                found += made
            elif name.startswith(W) and name.removeprefix(W) not in PASSED:
                found += self._inlines(node, base, depth + 1)
        return found

    def _math(self, node: Element) -> list[Atom]:
        display = node.tag == f"{M}oMathPara"
        formulas = node.findall(f"{M}oMath") if display else [node]
        found = []
        for formula in formulas:
            writer = OmmlWriter()
            latex = writer.equation(formula)
            if writer.doubts:
                self.issues.append(
                    Issue("formula_doubtful", self._where(), (latex, ", ".join(sorted(set(writer.doubts)))))
                )
            if latex:
                found.append(Atom(OBJECT, PLAIN, Formula(latex, display=display)))
            elif any((part.text or "").strip() for part in formula.iter(f"{M}t")):
                self.issues.append(Issue("formula_unreadable", self._where(), ("OMML",)))
        return found

    def _run(self, node: Element, base: RunStyle, depth: int) -> list[Atom]:
        properties = node.find(f"{W}rPr")
        named = self._styles.runs.get(_attribute(properties, "rStyle") or "", NOTHING)
        style = run_style(properties).over(named).over(base)
        if style.hidden:
            text = "".join(part.text or "" for part in node.iter(f"{W}t"))
            if text.strip():
                self.issues.append(Issue("hidden_text", self._where(), (text,), covers=text))
            return []
        found: list[Atom] = []
        for part in node:
            found += self._run_part(part, style, base, depth)
        return found

    def _run_part(self, node: Element, style: RunStyle, base: RunStyle, depth: int) -> list[Atom]:
        name, shown = str(node.tag), style.shown()
        match name.removeprefix(W) if name.startswith(W) else name:
            case "t":
                return list(atoms_of(self._text(node.text or "", style.font or ""), shown))
            case "tab" | "ptab":
                return [Atom("\t", shown)]
            case "br" | "cr":
                return [Atom("\n", shown)]
            case "noBreakHyphen":
                return [Atom("-", shown)]
            case "sym":
                return list(atoms_of(self._symbol(node.get(f"{W}char", ""), node.get(f"{W}font", "")), shown))
            case "fldChar":
                return self._field_mark(node)
            case "instrText":
                self._instruction(node.text or "", style)
                return []
            case "ruby":
                self.issues.append(Issue("element_unknown", self._where(), (name.removeprefix(W),)))
                return (
                    [atom for part in node.iter(f"{W}r") for atom in self._run(part, base, depth + 1)]
                    if depth < DEEPEST
                    else []
                )
            case "drawing":
                return self._drawing(node)
            case "object" | "pict":
                return self._object(node)
            case _ if name == f"{MC}AlternateContent":
                return (
                    [atom for part in _alternative(node) for atom in self._run_part(part, style, base, depth + 1)]
                    if depth < DEEPEST
                    else []
                )
            case _ if name in {f"{M}oMath", f"{M}oMathPara"}:
                return self._math(node)
        return []

    def _text(self, text: str, font: str) -> str:
        if symbols.has_pictures(font) or any(ord(sign) in symbols.PRIVATE for sign in text):
            return self._pictured(text, font)
        legacy = encodings.of_font(font)
        if legacy and not encodings.VIETNAMESE.search(text):
            converted = encodings.convert(text, legacy, capitals=font.endswith("H"))
            if converted != text:
                self._legacy.add(legacy)
            return converted
        return unicodedata.normalize("NFC", text)

    def _pictured(self, text: str, font: str) -> str:
        """Text of a font whose letters are pictures; ordinary letters in it are told, for they may be meant as letters."""
        sure = symbols.has_pictures(font)
        made = "".join(
            sign if sign.isspace() or (not sure and ord(sign) not in symbols.PRIVATE)
            else self._known(symbols.sign_of(ord(sign), font if sure else ""), f"U+{ord(sign):04X}", font)
            for sign in text
        )  # fmt: skip
        if made != text and (
            not sure or any(ord(sign) < symbols.PRIVATE.start and not sign.isspace() for sign in text)
        ):
            self.issues.append(Issue("symbol_font", self._where(), (font or "?", made), covers=text))
        return made

    def _known(self, sign: str, code: str, font: str) -> str:
        if sign:
            return sign
        self.issues.append(Issue("symbol_unknown", self._where(), (font or "?", code)))
        return symbols.UNKNOWN

    def _symbol(self, code: str, font: str) -> str:
        try:
            return self._known(symbols.sign_of(int(code, 16), font), code, font)
        except ValueError:
            return self._known("", code, font)

    def _instruction(self, text: str, style: RunStyle) -> None:
        raised = {"superscript": "up", "subscript": "do"}.get(style.vertical or "")
        if self._fields:
            self._fields[-1].instruction += f"\\s\\{raised}({text})" if raised and text.strip() else text

    def _field_mark(self, node: Element) -> list[Atom]:
        kind = node.get(f"{W}fldCharType")
        if kind == "begin":
            self._fields.append(_Field())
        elif self._fields and kind in {"separate", "end"}:
            current = self._fields[-1]
            began, current.shown = current.shown, kind == "separate"
            if kind == "end":
                self._fields.pop()
            if not began:
                made = self._field_sign(current.instruction)
                if made is None and kind == "end" and (name := current.instruction.split()[:1]):
                    self.issues.append(Issue("element_unknown", self._where(), (name[0],)))
                return made or []
        return []

    def _field_sign(self, instruction: str) -> list[Atom] | None:
        """What a field stands for that Word draws itself; None for a field whose result stands in the text."""
        instruction = unicodedata.normalize("NFC", instruction.strip())
        symbol = symbols.field_sign(instruction)
        if symbol is not None:
            return list(atoms_of(self._known(symbol[0], instruction, symbol[1])))
        if not instruction.upper().startswith(("EQ ", "EQ\\")):
            return None
        try:
            latex = eq_latex(instruction)
        except EqUnreadable:
            self.issues.append(Issue("field_formula", self._where(), (instruction,)))
            return []
        self.issues.append(Issue("field_formula_read", self._where(), (instruction, latex)))
        return [Atom(OBJECT, PLAIN, Formula(latex))]

    def _embedded(self, relation: str) -> bytes | None:
        target, outside = self._relations.get(relation, ("", False))
        if outside or not target:
            return None
        size = self.package.size(target)
        if size < 0:
            self.issues.append(Issue("file_missing", self._where(), (target,)))
            return None
        if size > LIMITS.member:
            self.issues.append(Issue("picture_too_large", self._where(), (f"{target}, {size >> 20} MB",)))
            return None
        return self.package.read(target)

    def _drawing(self, node: Element) -> list[Atom]:
        described = next(node.iter(f"{WP}docPr"), None)
        alt = "" if described is None else described.get("descr") or ""
        extent = next(node.iter(f"{WP}extent"), None)
        width, height = (0, 0) if extent is None else (_pixels(extent.get("cx")), _pixels(extent.get("cy")))
        blips = list(node.iter(f"{A}blip"))
        found: list[Atom] = []
        for blip in blips:
            found += self._picture(blip.get(f"{R}embed") or blip.get(f"{R}link") or "", alt, width, height)
        boxed = self._box(node)
        if not blips and not boxed:
            kind = next((uri.rsplit("/", 1)[-1] for part in node.iter(f"{A}graphicData") if (uri := part.get("uri", ""))), "drawing")  # fmt: skip
            self.issues.append(Issue("drawing_lost", self._where(), (alt or kind,)))
        return found

    def _picture(self, relation: str, alt: str, width: int, height: int) -> list[Atom]:
        raw = self._embedded(relation)
        if raw is None:
            if relation:
                target = self._relations.get(relation, ("?", False))[0]
                self.issues.append(Issue("picture_lost", self._where(), (target,)))
            return []
        alt = unicodedata.normalize("NFC", " ".join(alt.split()))
        made = self.collector.picture(raw, self._where(), alt=alt, width=width, height=height)
        self._moved_issues()
        return [Atom(OBJECT, PLAIN, made)] if made is not None else []

    def _moved_issues(self) -> None:
        self.issues += self.collector.issues
        self.collector.issues.clear()

    def _box(self, node: Element) -> bool:
        boxes = list(node.iter(f"{W}txbxContent"))
        for box in boxes:
            self._boxes += self._blocks(box, DEEPEST // 2)
        return bool(boxes)

    def _object(self, node: Element) -> list[Atom]:
        shown = next((part.get(f"{R}id", "") for part in node.iter(f"{V}imagedata")), "")
        embedded = next(node.iter(f"{O}OLEObject"), None)
        if embedded is not None:
            return self._ole(embedded, shown)
        boxed = self._box(node)
        if shown:
            title = next((part.get("alt") or "" for part in node.iter(f"{V}shape")), "")
            return self._picture(shown, title, 0, 0)
        ruler = any(part.get(f"{O}hr") for part in node.iter())
        if not boxed and not ruler and any(True for part in node.iter() if str(part.tag).startswith(V) and part.tag not in {f"{V}shapetype", f"{V}formulas", f"{V}f"}):  # fmt: skip
            self.issues.append(Issue("drawing_lost", self._where(), ("VML",)))
        return []

    def _ole(self, node: Element, shown: str) -> list[Atom]:
        program = node.get("ProgID", "?")
        preview = self._embedded(shown) if shown else None
        raw = self._embedded(node.get(f"{R}id", ""))
        if program.startswith("Equation") or (
            raw is not None and b"E\0q\0u\0a\0t\0i\0o\0n\0 \0N\0a\0t\0i\0v\0e" in raw
        ):
            made = self._equation(raw, preview)
            if made is not None:
                return [Atom(OBJECT, PLAIN, made)]
        else:
            self.issues.append(Issue("embedded_object", self._where(), (program,)))
        return self._picture(shown, "", 0, 0) if shown else []

    def _equation(self, raw: bytes | None, preview: bytes | None) -> Inline | None:
        try:
            latex, doubts = latex_of(raw or b"")
        except FormulaUnreadable as error:
            self.issues.append(Issue("formula_unreadable", self._where(), (reason_of(error),)))
            return None
        kept = ""
        if preview is not None:
            made = self.collector.picture(preview, self._where())
            self.collector.issues.clear()
            kept = made.sha256 if isinstance(made, Picture) else ""
        if doubts:
            self.issues.append(Issue("formula_doubtful", self._where(), (latex, ", ".join(sorted(set(doubts))))))
        return Formula(latex, preview=kept)

    def _table(self, node: Element, depth: int) -> Line:
        start = self._paragraphs + 1
        rows: list[list[tuple[int, int, tuple[Line, ...]]]] = []
        open_cells: dict[int, tuple[int, int]] = {}
        for row in _rows(node):
            made: list[tuple[int, int, tuple[Line, ...]]] = []
            column = 0
            for cell in _cells(row):
                properties = cell.find(f"{W}tcPr")
                span = int(_attribute(properties, "gridSpan") or 1)
                merge = None if properties is None else properties.find(f"{W}vMerge")
                lines = tuple(self._blocks(cell, depth + STEPS_OF_TABLE))
                if merge is not None and merge.get(f"{W}val") != "restart" and column in open_cells:
                    above, index = open_cells[column]
                    columns, height, kept = rows[above][index]
                    rows[above][index] = (columns, height + 1, (*kept, *lines))
                else:
                    open_cells.pop(column, None)
                    if merge is not None:
                        open_cells[column] = (len(rows), len(made))
                    made.append((span, 1, lines))
                column += span
            if not _is_deleted(row):
                rows.append(made)
        table = Table(tuple(tuple(Cell(content(lines), span, height) for span, height, lines in row) for row in rows))
        return Line((), f"bảng ở đoạn {start}", table, tuple(tuple(lines for _, _, lines in row) for row in rows))


def _rows(table: Element) -> list[Element]:
    return [row for row in table.iter(f"{W}tr") if next(row.iterancestors(f"{W}tbl")) is table]


def _is_deleted(row: Element) -> bool:
    """Whether a row was taken out under tracked changes; its text is told by its runs."""
    return row.find(f"{W}trPr/{W}del") is not None


def _cells(row: Element) -> list[Element]:
    return [cell for cell in row.iter(f"{W}tc") if next(cell.iterancestors(f"{W}tr")) is row]


def _attribute(properties: Element | None, name: str) -> str:
    node = None if properties is None else properties.find(f"{W}{name}")
    return "" if node is None else node.get(f"{W}val", "")


def _alternative(node: Element) -> Element:
    """The choice of an `mc:AlternateContent`; its fallback only where there is no choice."""
    choice = node.find(f"{MC}Choice")
    fallback = node.find(f"{MC}Fallback")
    return choice if choice is not None and len(choice) else fallback if fallback is not None else node


def _pixels(emu: str | None) -> int:
    return round(int(emu) / EMU_PER_PIXEL) if emu and emu.isdigit() else 0
