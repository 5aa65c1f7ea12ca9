"""The key of a question: from marks, answer lines, key tables and solutions, and a word where they disagree."""

from __future__ import annotations

import re

from khaothi.wording import Terms
from question_bank.bank.item import Kind, letter
from question_bank.formats.paper import labels
from question_bank.formats.paper.question import WEAK, Question, verdicts_of
from question_bank.short_answer import is_complete, normalise

MARK_NAMES = {"bold": Terms(("bold type",)), "italic": Terms(("italics",))}
# Answers of one line are cut from what an author adds behind them.
ANSWER_TAIL = re.compile(r"\s*[.;]\s*$")


def key_of(question: Question, kind: Kind, *, paper_has_marks: bool) -> tuple[str, ...]:
    """The key, as identifiers of options, as true and false, or as typed in the cells; what is doubtful is told."""
    if kind == "short_answer":
        return _short_key(question)
    _tell_unread(question, kind)
    if kind == "true_false_cluster":
        return _cluster_key(question, paper_has_marks=paper_has_marks)
    if kind == "other":
        return ()
    return _choice_key(question, kind)


def _tell_unread(question: Question, kind: Kind) -> None:
    """Answers that name nothing of this question, such as `Đ S` for options."""
    for answer in question.answers:
        verdicts = verdicts_of(answer, len(question.choices()))
        if kind == "other" or not (labels.letters_of(answer) or (verdicts and kind == "true_false_cluster")):
            question.told("key_unread", answer)


def _choice_key(question: Question, kind: Kind) -> tuple[str, ...]:
    indexes, form = question.marked()
    marked = tuple(letter(index) for index in indexes)
    named = _named_letters(question)
    weak = form in WEAK and bool(marked)
    if weak and named and named != marked:
        marked = named
    elif weak:
        question.told("key_by_weak_mark", question.choices()[indexes[0]].label, MARK_NAMES[form])
    elif named and marked and named != marked:
        question.told("key_conflict", f"{', '.join(marked)} ≠ {', '.join(named)}")
    key = marked or named
    if not key:
        question.told("no_key")
    elif len(key) > 1 and kind == "single_choice":
        question.told("two_keys", ", ".join(key), str(len(key)))
    return key


def _named_letters(question: Question) -> tuple[str, ...]:
    """The letters that are named, as identifiers of options."""
    sets = question.letter_sets()
    if len(set(sets)) > 1:
        question.told("key_conflict", " ≠ ".join(", ".join(one) for one in sets))
    named = sets[0] if sets else ()
    known = {choice.label.upper(): letter(index) for index, choice in enumerate(question.choices())}
    for label in named:
        if label not in known:
            question.told("key_unknown_option", label)
    return tuple(known[label] for label in named if label in known)


def _cluster_key(question: Question, *, paper_has_marks: bool) -> tuple[str, ...]:
    choices = question.choices()
    told = question.verdict_rows()
    for sure in (question.strongly_marked(), [ord(name) - ord("A") for name in _named_letters(question)]):
        if sure:
            told.append(tuple("true" if index in sure else "false" for index in range(len(choices))))
    if len(set(told)) > 1:
        question.told("key_conflict", " ≠ ".join("".join("Đ" if v == "true" else "S" for v in one) for one in told))
    if told:
        return told[0]
    if paper_has_marks and question.sure:
        question.told("all_statements_false", str(len(choices)))
        return ("false",) * len(choices)
    question.told("no_key")
    return ()


def _short_key(question: Question) -> tuple[str, ...]:
    typed = [normalise(ANSWER_TAIL.sub("", answer)) for answer in question.answers]
    key = tuple(dict.fromkeys(cells for cells in typed if cells))
    if not key:
        question.told("no_key")
    for cells in key:
        if not is_complete(cells):
            question.told("key_not_enterable", cells)
    if len(key) > 1:
        question.told("key_conflict", " ≠ ".join(key))
    return key
