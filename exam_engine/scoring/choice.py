"""Marks of single and multiple choice."""

from __future__ import annotations

from decimal import Decimal

from exam_engine.profile import PartRule


def single(rule: PartRule, right: str, response: str) -> Decimal:
    """The full mark for the right option, nothing otherwise. `right` may name several options, separated by `|`."""
    return Decimal(rule.mark) if response and response in right.split("|") else Decimal(0)


def multiple(rule: PartRule, right: str, response: str) -> Decimal:
    """All right options and no other; with `partial = "share"` each right one counts and each wrong one takes away."""
    wanted, chosen = set(right.split("|")), set(response.split("|")) - {""}
    if rule.partial == "all_or_nothing":
        return Decimal(rule.mark) if chosen == wanted else Decimal(0)
    net = len(chosen & wanted) - len(chosen - wanted)
    return Decimal(rule.mark) * max(0, net) / len(wanted)
