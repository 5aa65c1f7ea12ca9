"""What is embedded in a Word file: pictures, drawings, objects of other programs, formulas of MathType."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field

from question_bank.bank.content import Formula, Inline, Picture
from question_bank.errors import FormulaUnreadable
from question_bank.formats.docx.names import EMU_PER_PIXEL, WP, A, O, R, V
from question_bank.formats.lines import OBJECT, PLAIN, Atom
from question_bank.formats.mathtype.ole import latex_of
from question_bank.formats.opening import LIMITS, Element, Package
from question_bank.formats.report import Issue, reason_of
from question_bank.formats.resources import ResourceCollector


@dataclass(slots=True)
class Embedded:
    """Reads them. `where` is the place at hand; `boxed` takes in the text of boxes and says whether there were any."""

    package: Package
    issues: list[Issue]
    where: Callable[[], str]
    boxed: Callable[[Element], bool]
    collector: ResourceCollector = field(default_factory=ResourceCollector)
    relations: dict[str, tuple[str, bool]] = field(default_factory=dict)

    def _embedded(self, relation: str) -> bytes | None:
        target, outside = self.relations.get(relation, ("", False))
        if outside or not target:
            return None
        size = self.package.size(target)
        if size < 0:
            self.issues.append(Issue("file_missing", self.where(), (target,)))
            return None
        if size > LIMITS.member:
            self.issues.append(Issue("picture_too_large", self.where(), (f"{target}, {size >> 20} MB",)))
            return None
        return self.package.read(target)

    def drawing(self, node: Element) -> list[Atom]:
        """A `w:drawing`: its pictures; shapes and charts are told."""
        described = next(node.iter(f"{WP}docPr"), None)
        alt = "" if described is None else described.get("descr") or ""
        extent = next(node.iter(f"{WP}extent"), None)
        width, height = (0, 0) if extent is None else (_pixels(extent.get("cx")), _pixels(extent.get("cy")))
        blips = list(node.iter(f"{A}blip"))
        found: list[Atom] = []
        for blip in blips:
            found += self._picture(blip.get(f"{R}embed") or blip.get(f"{R}link") or "", alt, width, height)
        boxed = self.boxed(node)
        if not blips and not boxed:
            kind = next((uri.rsplit("/", 1)[-1] for part in node.iter(f"{A}graphicData") if (uri := part.get("uri", ""))), "drawing")  # fmt: skip
            self.issues.append(Issue("drawing_lost", self.where(), (alt or kind,)))
        return found

    def _picture(self, relation: str, alt: str, width: int, height: int) -> list[Atom]:
        raw = self._embedded(relation)
        if raw is None:
            if relation:
                target = self.relations.get(relation, ("?", False))[0]
                self.issues.append(Issue("picture_lost", self.where(), (target,)))
            return []
        alt = unicodedata.normalize("NFC", " ".join(alt.split()))
        made = self.collector.picture(raw, self.where(), alt=alt, width=width, height=height)
        self._moved_issues()
        return [Atom(OBJECT, PLAIN, made)] if made is not None else []

    def _moved_issues(self) -> None:
        self.issues += self.collector.issues
        self.collector.issues.clear()

    def object(self, node: Element) -> list[Atom]:
        """A `w:object` or `w:pict`: a formula, a picture, or something that is told."""
        shown = next((part.get(f"{R}id", "") for part in node.iter(f"{V}imagedata")), "")
        embedded = next(node.iter(f"{O}OLEObject"), None)
        if embedded is not None:
            return self._ole(embedded, shown)
        boxed = self.boxed(node)
        if shown:
            title = next((part.get("alt") or "" for part in node.iter(f"{V}shape")), "")
            return self._picture(shown, title, 0, 0)
        ruler = any(part.get(f"{O}hr") for part in node.iter())
        if not boxed and not ruler and any(True for part in node.iter() if str(part.tag).startswith(V) and part.tag not in {f"{V}shapetype", f"{V}formulas", f"{V}f"}):  # fmt: skip
            self.issues.append(Issue("drawing_lost", self.where(), ("VML",)))
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
            self.issues.append(Issue("embedded_object", self.where(), (program,)))
        return self._picture(shown, "", 0, 0) if shown else []

    def _equation(self, raw: bytes | None, preview: bytes | None) -> Inline | None:
        try:
            latex, doubts = latex_of(raw or b"")
        except FormulaUnreadable as error:
            self.issues.append(Issue("formula_unreadable", self.where(), (reason_of(error),)))
            return None
        kept = ""
        if preview is not None:
            made = self.collector.picture(preview, self.where())
            self.collector.issues.clear()
            kept = made.sha256 if isinstance(made, Picture) else ""
        if doubts:
            self.issues.append(Issue("formula_doubtful", self.where(), (latex, ", ".join(sorted(set(doubts))))))
        return Formula(latex, preview=kept)


def _pixels(emu: str | None) -> int:
    return round(int(emu) / EMU_PER_PIXEL) if emu and emu.isdigit() else 0
