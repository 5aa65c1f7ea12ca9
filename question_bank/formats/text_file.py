"""What is to be told of a text file as a whole: how it was read."""

from __future__ import annotations

from question_bank.formats.report import Issue


def file_issues_of(encoding: str, legacy: str | None) -> list[Issue]:
    """What reading the text found out about its encoding."""
    issues = [Issue("legacy_encoding", "tệp", (legacy,))] if legacy else []
    return issues + ([Issue("encoding_guessed", "tệp", (encoding,))] if encoding and not legacy else [])
