"""Both graders on one paper, and what they say about each other."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from exam_engine.commands import FormIndex
from exam_engine.errors import ProfileInvalid
from exam_engine.grading import Marks, grade
from exam_engine.profile import Profile
from proctor_node import second_grader
from proctor_node.errors import GradersDiffer

# Decimals cannot hold a third; fractions can. Less than this is that.
SMALLEST = Fraction(1, 10**9)


def check_parts(index: FormIndex, profile: Profile) -> None:
    """Whether the profile has a fitting rule for every part of a form.

    Raises:
        exam_engine.errors.ProfileInvalid: it has not.
    """
    for item, facts in index.items():
        rule = profile.scoring.parts.get(facts.part)
        if rule is None:
            raise ProfileInvalid("the profile has no rule for part {part}", part=facts.part)
        if rule.kind != facts.kind:
            raise ProfileInvalid(
                "{item} is {kind}; part {part} of the profile is {ruled}",
                item=item,
                kind=facts.kind,
                part=facts.part,
                ruled=rule.kind,
            )
        if facts.kind == "true_false_cluster" and len(rule.table) != len(facts.options) + 1:
            raise ProfileInvalid(
                "part {part}: {marks} marks in the table, {statements} statements",
                part=facts.part,
                marks=len(rule.table),
                statements=len(facts.options),
            )


def differences(marks: Marks, second: second_grader.Regraded) -> list[str]:
    """Where the graders disagree: items, parts, the total."""
    found = [
        f"{mark.item}: {mark.mark} ≠ {second.items.get(mark.item)}"
        for mark in marks.items
        if abs(Fraction(mark.mark) - second.items.get(mark.item, Fraction(-1))) > SMALLEST
    ]
    parts = {part: str(mark) for part, mark in marks.by_part.items()}
    if parts != second.by_part:
        found += [
            f"{part}: {mark} ≠ {second.by_part.get(part)}"
            for part, mark in parts.items()
            if mark != second.by_part.get(part)
        ]
    if str(marks.score) != second.score:
        found.append(f"Σ: {marks.score} ≠ {second.score}")
    return found


def grade_twice(
    index: FormIndex, keys: Mapping[str, str], responses: Mapping[str, str], profile: Profile, text: str, who: str
) -> Marks:
    """The marks of one paper on which both graders agree; `text` is the profile's TOML.

    Raises:
        GradersDiffer: they do not; the message names the paper and the items.
    """
    marks = grade(index, keys, responses, profile.scoring)
    found = differences(marks, second_grader.regrade(responses, index, keys, text))
    if found:
        raise GradersDiffer("{who}: {differences}", who=who, differences="; ".join(found))
    return marks
