"""A Word file as the lines of a paper: text with its marks, formulas, pictures and tables in their places.

Only what stands in the text is read. Macros never run, nothing outside the file is fetched, and everything that is not
taken over is an issue that quotes it.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field

from question_bank.bank.content import Cell, Formula, Table
from question_bank.errors import FileDamaged
from question_bank.formats.docx.embedded import Embedded
from question_bank.formats.docx.names import MC
from question_bank.formats.docx.omml import M, OmmlWriter, W
from question_bank.formats.docx.run_text import RunText
from question_bank.formats.docx.styles import NOTHING, Numbering, RunStyle, StyleSheet, run_style
from question_bank.formats.lines import OBJECT, PLAIN, Atom, Line, atoms_of, content
from question_bank.formats.opening import Element, Package
from question_bank.formats.report import Issue
from question_bank.formats.resources import ResourceCollector

DEEPEST = 30
# A table inside another takes more of the depth that a stored item may have (canonical.DEEPEST).
STEPS_OF_TABLE = 8
STRICT = "http://purl.oclc.org/ooxml/"
PASSED = {"proofErr", "bookmarkStart", "bookmarkEnd", "commentRangeStart", "commentRangeEnd", "lastRenderedPageBreak", "rPr", "pPr", "permStart", "permEnd", "moveFromRangeStart", "moveFromRangeEnd", "moveToRangeStart", "moveToRangeEnd", "sdtPr", "sdtEndPr", "smartTagPr", "softHyphen", "annotationRef", "tcPr", "tblPr", "trPr", "tblGrid", "sectPr", "commentReference", "footnoteRef", "endnoteRef", "separator", "continuationSeparator", "customXmlPr", "moveFrom", "tblPrEx"}  # fmt: skip


@dataclass(slots=True)
class DocxReader:
    """Reads one file. After `lines`, `collector` holds what was embedded and `issues` what was not taken over."""

    package: Package
    issues: list[Issue] = field(default_factory=list)
    _styles: StyleSheet = field(default_factory=StyleSheet)
    _numbering: Numbering = field(default_factory=Numbering)
    _boxes: list[Line] = field(default_factory=list)
    _paragraphs: int = 0
    _embedded: Embedded = field(init=False)
    _text: RunText = field(init=False)

    def __post_init__(self) -> None:
        self._embedded = Embedded(self.package, self.issues, self._where, self._box)
        self._text = RunText(self.issues, self._where)

    @property
    def collector(self) -> ResourceCollector:
        """What was embedded."""
        return self._embedded.collector

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
        self._embedded.relations = self._relations_of(main)
        self._styles = StyleSheet.of(self._part(f"{folder}/styles.xml"))
        self._numbering = Numbering.of(self._part(f"{folder}/numbering.xml"))
        self._aside(folder)
        found = self._blocks(root.find(f"{W}body"), 0)
        for name in ("footnotes", "endnotes"):
            found += self._notes(self._part(f"{folder}/{name}.xml"))
        self.issues += [Issue("legacy_encoding", "tệp", (name,)) for name in sorted(self._text.legacy)]
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
            elif name == f"{W}fldSimple" and (made := self._text.field_sign(node.get(f"{W}instr", ""))) is not None:
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
                return list(atoms_of(self._text.text(node.text or "", style.font or ""), shown))
            case "tab" | "ptab":
                return [Atom("\t", shown)]
            case "br" | "cr":
                return [Atom("\n", shown)]
            case "noBreakHyphen":
                return [Atom("-", shown)]
            case "sym":
                return list(atoms_of(self._text.symbol(node.get(f"{W}char", ""), node.get(f"{W}font", "")), shown))
            case "fldChar":
                return self._text.field_mark(node)
            case "instrText":
                self._text.instruction(node.text or "", style)
                return []
            case "ruby":
                self.issues.append(Issue("element_unknown", self._where(), (name.removeprefix(W),)))
                return (
                    [atom for part in node.iter(f"{W}r") for atom in self._run(part, base, depth + 1)]
                    if depth < DEEPEST
                    else []
                )
            case "drawing":
                return self._embedded.drawing(node)
            case "object" | "pict":
                return self._embedded.object(node)
            case _ if name == f"{MC}AlternateContent":
                return (
                    [atom for part in _alternative(node) for atom in self._run_part(part, style, base, depth + 1)]
                    if depth < DEEPEST
                    else []
                )
            case _ if name in {f"{M}oMath", f"{M}oMathPara"}:
                return self._math(node)
        return []

    def _box(self, node: Element) -> bool:
        boxes = list(node.iter(f"{W}txbxContent"))
        for box in boxes:
            self._boxes += self._blocks(box, DEEPEST // 2)
        return bool(boxes)

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
