"""Marks of the four-cell short answer."""

from __future__ import annotations

from decimal import Decimal

from exam_engine.profile import PartRule
from question_bank import short_answer


def mark(rule: PartRule, right: str, response: str) -> Decimal:
    """The full mark if the response equals one of the accepted answers (`|` between them), as number or as text."""
    if not short_answer.is_complete(response):
        return Decimal(0)
    accepted = right.split("|")
    if rule.compare == "number":
        same = short_answer.value(response) in {short_answer.value(answer) for answer in accepted}
    else:
        same = response in accepted
    return Decimal(rule.mark) if same else Decimal(0)
