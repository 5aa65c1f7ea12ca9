"""Results of an exam: lines with gross mark, penalty and net mark, and the book of what people decided about them.

A missing submission is "needs a decision", never a zero; an absence has no mark. Old marks stay visible: a change of a key or an appeal
writes a new entry and keeps the one before (vietnam.md section 3).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import msgspec

from exam_engine.attempt import Attempt, Phase
from exam_engine.candidate import Candidate
from exam_engine.commands import FormIndex
from exam_engine.grading import Marks, after_penalty, grade
from exam_engine.profile import Profile
from question_bank.response_key import ResponseKey

Outcome = Literal["submitted", "closed_by_time", "collected", "voided", "needs_decision", "absent", "refused"]
State = Literal["open", "provisional", "challenged", "final"]
PenaltyKind = Literal["khien_trach", "canh_cao", "dinh_chi"]
OUTCOMES: dict[Phase, Outcome] = {
    Phase.SUBMITTED: "submitted",
    Phase.CLOSED: "closed_by_time",
    Phase.COLLECTED: "collected",
    Phase.VOID: "voided",
    Phase.EXPECTED: "absent",
    Phase.REFUSED: "refused",
}
GRADED = {"submitted", "closed_by_time", "collected"}


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the results. `marks` is None where nothing is to be graded; `penalty` is the share taken away."""

    candidate: Candidate
    attempt: Attempt
    outcome: Outcome
    marks: Marks | None
    penalty: Decimal = Decimal(0)
    net: Decimal | None = None
    key_version: int = 0

    @property
    def score(self) -> Decimal | None:
        """The gross mark, or None."""
        return None if self.marks is None else self.marks.score


def result(
    candidate: Candidate,
    attempt: Attempt,
    index: FormIndex,
    key: ResponseKey | None,
    profile: Profile,
    penalty: Decimal,
) -> Result:
    """The result of one candidate."""
    outcome = OUTCOMES.get(attempt.phase, "needs_decision")
    if outcome not in GRADED or not index or key is None:
        return Result(candidate, attempt, outcome, None, penalty)
    marks = grade(index, key.right, attempt.responses, profile.scoring)
    net = after_penalty(marks.score, penalty, profile.scoring.rounding)
    return Result(candidate, attempt, outcome, marks, penalty, net, key.version)


class Penalty(msgspec.Struct, frozen=True):
    """A disciplinary measure; the gravest one of an attempt counts. `minutes` is the number of the biên bản."""

    attempt: str
    kind: PenaltyKind
    by: tuple[str, ...]
    reason: str
    at: int
    minutes: int


class Appeal(msgspec.Struct, frozen=True):
    """A request to mark again (phúc khảo). Marks are decimal strings, "" while open."""

    number: int
    attempt: str
    filed_by: str
    reason: str
    at: int
    before: str
    after: str = ""
    decided_by: tuple[str, ...] = ()
    note: str = ""
    decided_at: int = 0

    @property
    def open(self) -> bool:
        """Whether nobody has decided yet."""
        return not self.decided_by


class KeyChange(msgspec.Struct, frozen=True):
    """A correction of a key (điều chỉnh đáp án): proposed by one, in force when another approves."""

    number: int
    digest: str
    item: str
    old: str
    new: str
    reason: str
    proposed_by: str
    at: int
    approved_by: str = ""
    approved_at: int = 0
    version: int = 0


class Settled(msgspec.Struct, frozen=True):
    """What was published for one attempt."""

    gross: str
    net: str
    key_version: int


class Book(msgspec.Struct, frozen=True):
    """Everything that people decided about results. `settled` are the marks as last published, by attempt."""

    state: State = "open"
    published_at: int = 0
    published_by: tuple[str, ...] = ()
    settled: dict[str, Settled] = {}
    penalties: tuple[Penalty, ...] = ()
    appeals: tuple[Appeal, ...] = ()
    key_changes: tuple[KeyChange, ...] = ()

    def share(self, attempt: str, profile: Profile) -> Decimal:
        """The share of the mark that is taken from an attempt."""
        shares = [Decimal(profile.penalties[p.kind]) for p in self.penalties if p.attempt == attempt]
        return max(shares, default=Decimal(0))


@dataclass(frozen=True, slots=True)
class KeyPreview:
    """What a change of a key would do, before anybody decides: attempts with net marks before and after."""

    change: KeyChange
    changed: tuple[tuple[str, Decimal, Decimal], ...]
    unchanged: int
    mean_before: Decimal
    mean_after: Decimal

    @property
    def gain(self) -> int:
        """How many get more."""
        return sum(after > before for _, before, after in self.changed)

    @property
    def lose(self) -> int:
        """How many get less."""
        return sum(after < before for _, before, after in self.changed)
