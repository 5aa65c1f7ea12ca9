"""Marks of a shift. A missing submission is "needs a decision", never a zero; an absence has no mark."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from exam_engine.attempt import Attempt, Phase
from exam_engine.candidate import Candidate
from exam_engine.commands import FormIndex
from exam_engine.grading import Marks, grade
from exam_engine.profile import Profile

Outcome = Literal["submitted", "closed_by_time", "collected", "voided", "needs_decision", "absent", "refused"]
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
    """One line of the results. `marks` is None where nothing is to be graded."""

    candidate: Candidate
    attempt: Attempt
    outcome: Outcome
    marks: Marks | None

    @property
    def score(self) -> Decimal | None:
        """The mark, or None."""
        return None if self.marks is None else self.marks.score


def result(candidate: Candidate, attempt: Attempt, index: FormIndex, keys: dict[str, str], profile: Profile) -> Result:
    """The result of one candidate."""
    outcome = OUTCOMES.get(attempt.phase, "needs_decision")
    marks = grade(index, keys, attempt.responses, profile.scoring) if outcome in GRADED and index else None
    return Result(candidate, attempt, outcome, marks)
