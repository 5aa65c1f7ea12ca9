"""What the commands of the bank share: options, the shape of issues, and what is selected."""

from __future__ import annotations

from typing import Annotated

import typer

from khaothi import command_line
from question_bank.adapters.bank_home import home_bank
from question_bank.bank.item import LEVELS
from question_bank.bank.review import STATES
from question_bank.cli_errors import WrongUseError, refuse
from question_bank.formats.issue_texts import TEXTS
from question_bank.formats.report import Issue
from question_bank.ports import Search

BankUrl = Annotated[str, typer.Option("--bank", help="sqlite:///file; default in KHAOTHI_HOME")]
Json = Annotated[bool, typer.Option("--json", help="one JSON document on standard output")]
Topic = Annotated[str, typer.Option(help="only this topic and what is below it")]
State = Annotated[list[str] | None, typer.Option(help="only this state of review; may be repeated")]
MOST = 1_000_000


def issue_document(issue: Issue) -> dict[str, str]:
    """An issue in the shape of the contract, in both languages."""
    document = {"code": issue.code, "where": issue.where, "message": issue.message, "severity": issue.severity, "message_en": issue.message_en}  # fmt: skip
    code = TEXTS[issue.code].message_code
    return {**document, "message_code": code} if code else document


def wanted(topic: str, level: list[str] | None, state: list[str] | None, words: str) -> Search:
    """The search that options ask for.

    Raises:
        WrongUseError: a level or state that there is not.
    """
    for value, known, name in ((level, LEVELS, "--level"), (state, STATES, "--state")):
        if wrong := set(value or []) - set(known):
            raise WrongUseError(
                "{option}: {wrong} is none of {known}",
                option=name,
                wrong=", ".join(sorted(wrong)),
                known=", ".join(filter(None, known)),
            )
    return Search(text=words, topic=topic, levels=tuple(level or ()), states=tuple(state or ()), limit=MOST)  # type: ignore[arg-type]


def no_bank(url: str, *, as_json: bool) -> int:
    """Say where a bank was looked for."""
    return refuse("bank_missing", command_line.WRONG_USE, as_json=as_json, url=url or home_bank())
