"""What an import yields: items as drafts, and everything that was lost or doubtful, each with its place in the source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from khaothi.wording import Terms, speaking, without_frames
from question_bank.bank.content import Content, Formula, Inline, Picture, Table, inlines
from question_bank.bank.item import Draft, Passage
from question_bank.errors import QuestionBankError
from question_bank.formats.issue_texts import TEXTS
from question_bank.formats.lines import Line
from question_bank.ports import Resource
from question_bank.wording import WORDING

Severity = Literal["error", "warning", "info"]
State = Literal["draft", "needs_review"]
# A text of the source as it stands there, or a reason that is told in either language.
Value = str | Terms | Exception
QUOTED = 120


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing that a person should know. `covers` is the text that stands in no item because of it."""

    code: str
    where: str
    values: tuple[Value, ...] = ()
    covers: str = ""

    @property
    def severity(self) -> Severity:
        """How bad it is: errors and warnings make an item `needs_review`."""
        return TEXTS[self.code].severity

    @property
    def message(self) -> str:
        """In Vietnamese."""
        return self._told(TEXTS[self.code].vi, in_vietnamese=True)

    @property
    def message_en(self) -> str:
        """In English."""
        return self._told(TEXTS[self.code].en, in_vietnamese=False)

    def _told(self, text: str, *, in_vietnamese: bool) -> str:
        with speaking(in_vietnamese=in_vietnamese):
            return text.format(*(shortened(WORDING.value(value)) for value in self.values))


def reason_of(error: QuestionBankError) -> Exception:
    """The reason of an error as a value of an issue, without what the issue tells itself: the formula, the file."""
    problem = error.values.get("problem", error)
    return without_frames(problem if isinstance(problem, Exception) else error)


def shortened(text: str) -> str:
    """A quotation that fits a line."""
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= QUOTED else f"{one_line[:QUOTED]}…"


@dataclass(frozen=True, slots=True)
class ImportedItem:
    """An item with its number in the source, the part in which it stands, and its issues."""

    number: int
    draft: Draft
    issues: tuple[Issue, ...] = ()
    part: str = ""
    origin: str = ""

    @property
    def state(self) -> State:
        """`needs_review` when anything about it is wrong or doubtful."""
        return "needs_review" if any(issue.severity != "info" for issue in self.issues) else "draft"

    def with_issues(self, *more: Issue) -> ImportedItem:
        """The same item with more issues."""
        return replace(self, issues=(*self.issues, *more))


@dataclass(frozen=True, slots=True)
class Accounted:
    """What a reader took in besides the content of items, for the second walker.

    `text` of labels, headings and key tables; lines that stand in an issue; tables that only laid out questions; how many
    formulas, pictures and tables stand in what an issue quotes.
    """

    text: list[str] = field(default_factory=list)
    quoted: Counter[str] = field(default_factory=Counter)
    outside: list[Line] = field(default_factory=list)
    unfolded: int = 0


@dataclass(frozen=True, slots=True)
class Imported:
    """All that was read of one file."""

    format: str
    items: tuple[ImportedItem, ...] = ()
    passages: tuple[Passage, ...] = ()
    resources: dict[str, Resource] = field(default_factory=dict)
    issues: tuple[Issue, ...] = ()
    accounted: Accounted = Accounted()

    def contents(self) -> Iterator[Content]:
        """Every content once, passages among them."""
        for item in self.items:
            yield from item.draft.item.each_content()
        for passage in self.passages:
            yield passage.content

    def all_issues(self) -> Iterator[Issue]:
        """Issues of items and of the file."""
        for item in self.items:
            yield from item.issues
        yield from self.issues


def count(contents: Iterator[Content], kind: type[Formula | Picture]) -> int:
    """How many inlines of a kind."""
    return sum(isinstance(inline, kind) for content in contents for inline in inlines(content))


def each_inline(contents: Iterator[Content]) -> Iterator[Inline]:
    """Every inline of several contents."""
    for content in contents:
        yield from inlines(content)


def tables(content: Content) -> int:
    """How many tables, those inside tables among them."""
    return sum(
        1 + sum(tables(cell.blocks) for row in block.rows for cell in row)
        for block in content
        if isinstance(block, Table)
    )
