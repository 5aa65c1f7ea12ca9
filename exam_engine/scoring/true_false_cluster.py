"""Marks of a cluster of statements by the number of right ones (0.1 - 0.25 - 0.5 - 1 in the exam of 2025)."""

from __future__ import annotations

from decimal import Decimal

from exam_engine.profile import PartRule


def statements(response: str) -> dict[str, str]:
    """`a=true,c=false` as a dictionary."""
    return dict(pair.split("=", 1) for pair in response.split(",") if "=" in pair)


def right_statements(right: str, response: str) -> int:
    """How many statements are judged rightly; a blank one is not."""
    wanted, given = statements(right), statements(response)
    return sum(given.get(name) == truth for name, truth in wanted.items())


def mark(rule: PartRule, right: str, response: str) -> Decimal:
    """The mark from the table."""
    return Decimal(rule.table[right_statements(right, response)])
