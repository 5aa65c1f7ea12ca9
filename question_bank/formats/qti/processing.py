"""Response processing that is written out but says no more than a standard template (QTI ASI 3.0, section 5.150 and the templates).

Authoring tools write `match_correct` and `map_response` as rules, with feedback set beside the score. Feedback is not
scoring, so rules that only set other outcomes are passed over; anything else about SCORE is custom and stays so.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from question_bank.formats.opening import Element
from question_bank.formats.qti.model import attribute, name_of, text_of

SCORES = frozenset({"SCORE"})
BRANCHES = frozenset({"responseif", "responseelseif", "responseelse"})


def written_out(processing: Element) -> str:
    """`match_correct` or `map_response` when the rules say just that of one response; empty when they are custom."""
    rules = [rule for rule in _rules(processing) if _touches_score(rule)]
    said = {_one(rule) for rule in rules if not _is_start(rule)}
    return said.pop() if len(said) == 1 else ""


def literal_key(processing: Element) -> tuple[str, tuple[str, ...]]:
    """The response and the value that a single condition compares it with and rewards; empty where there is none."""
    rules = [rule for rule in _rules(processing) if _touches_score(rule) and not _is_start(rule)]
    if len(rules) != 1 or name_of(rules[0]) != "responsecondition":
        return "", ()
    branches = [node for node in rules[0] if name_of(node) in BRANCHES]
    rewarded = [branch for branch in branches if _points(branch) > 0]
    if len(rewarded) != 1 or name_of(rewarded[0]) != "responseif":
        return "", ()
    test = next(iter(_nodes(rewarded[0])), None)
    parts = list(_nodes(test)) if test is not None and name_of(test) in {"match", "equal", "stringmatch"} else []
    names = {name_of(part): part for part in parts}
    if set(names) != {"variable", "basevalue"}:
        return "", ()
    return attribute(names["variable"], "identifier"), (text_of(names["basevalue"]),)


def _nodes(node: Element) -> Iterator[Element]:
    return (child for child in node if isinstance(child.tag, str))


def _rules(node: Element) -> Iterator[Element]:
    """Rules in order; fragments only bundle them."""
    for rule in _nodes(node):
        if name_of(rule) == "responseprocessingfragment":
            yield from _rules(rule)
        else:
            yield rule


def _touches_score(rule: Element) -> bool:
    return any(
        name_of(node) in {"exitresponse", "include"}
        or (name_of(node) in {"setoutcomevalue", "lookupoutcomevalue"} and attribute(node, "identifier") in SCORES)
        for node in rule.iter()
    )


def _is_start(rule: Element) -> bool:
    """`SCORE = 0` before anything else."""
    return name_of(rule) == "setoutcomevalue" and [name_of(part) for part in _nodes(rule)] == ["basevalue"]


def _one(rule: Element) -> str:
    if name_of(rule) == "setoutcomevalue":
        return "map_response" if _is_mapped(rule) else ""
    if name_of(rule) != "responsecondition":
        return ""
    branches = [node for node in rule if name_of(node) in BRANCHES]
    rewarded = [branch for branch in branches if not _is_zero(branch)]
    if len(rewarded) != 1:
        return ""
    branch = rewarded[0]
    if name_of(branch) == "responseif":
        test = next(iter(_nodes(branch)), None)
        if test is not None and _compares_with_correct(test) and _points(branch) > 0:
            return "match_correct"
        return "map_response" if _is_answered(test) and _maps(branch) else ""
    # `if nothing was answered: 0, else: map the response`
    first = next(iter(_nodes(branches[0])), None)
    unanswered = first is not None and name_of(first) == "isnull"
    return "map_response" if name_of(branch) == "responseelse" and unanswered and _maps(branch) else ""


def _compares_with_correct(test: Element) -> bool:
    parts = list(_nodes(test))
    if name_of(test) == "and" and len(parts) == 1:
        return _compares_with_correct(parts[0])
    exact = attribute(test, "tolerance-mode", "exact") == "exact"
    if name_of(test) not in {"match", "equal", "stringmatch"} or not exact or len(parts) != 2:
        return False
    named = {name_of(part): attribute(part, "identifier") for part in parts}
    return set(named) == {"variable", "correct"} and len(set(named.values())) == 1


def _is_answered(test: Element | None) -> bool:
    inner = list(_nodes(test)) if test is not None and name_of(test) == "not" else []
    return len(inner) == 1 and name_of(inner[0]) == "isnull"


def _assigned(branch: Element) -> Element | None:
    """What a branch gives SCORE; None when it does so never or more than once, or does more than setting outcomes."""
    rules = [node for node in _nodes(branch) if name_of(node) == "setoutcomevalue"]
    if any(name_of(node) != "setoutcomevalue" and _touches_score(node) for node in _nodes(branch)):
        return None
    scores = [rule for rule in rules if attribute(rule, "identifier") in SCORES]
    return scores[0] if len(scores) == 1 else None


def _maps(branch: Element) -> bool:
    rule = _assigned(branch)
    return rule is not None and _is_mapped(rule)


def _is_mapped(rule: Element) -> bool:
    parts = list(_nodes(rule))
    if len(parts) == 1 and name_of(parts[0]) == "sum":
        parts = [part for part in _nodes(parts[0]) if not (name_of(part) == "variable" and attribute(part, "identifier") in SCORES)]  # fmt: skip
    return [name_of(part) for part in parts] == ["mapresponse"]


def _points(branch: Element) -> Decimal:
    """The constant that a branch gives SCORE, alone or added to it; 0 otherwise."""
    rule = _assigned(branch)
    parts = list(_nodes(rule)) if rule is not None else []
    if len(parts) == 1 and name_of(parts[0]) == "sum":
        parts = list(_nodes(parts[0]))
    values = [part for part in parts if name_of(part) == "basevalue"]
    others = [part for part in parts if name_of(part) != "basevalue"]
    if len(values) != 1 or any(name_of(part) != "variable" or attribute(part, "identifier") not in SCORES for part in others):  # fmt: skip
        return Decimal(0)
    try:
        return Decimal(text_of(values[0]))
    except InvalidOperation:
        return Decimal(0)


def _is_zero(branch: Element) -> bool:
    """Whether a branch gives nothing: no SCORE, or the constant 0."""
    if not any(_touches_score(node) for node in _nodes(branch)):
        return True
    rule = _assigned(branch)
    return rule is not None and [name_of(part) for part in _nodes(rule)] == ["basevalue"] and _points(branch) == 0
