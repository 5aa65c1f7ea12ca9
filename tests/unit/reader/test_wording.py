"""What the commands say of errors: every code in both languages."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from reader import cli, errors, wording

CODES = {kind.code for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.ReaderError)}
# Findings rather than ends, and the base that is never raised as it is.
NOT_TOLD = {"reader_error", "no_trust_anchor", "no_signer_certificate"}


def test_every_error_of_the_reader_has_words():
    assert set(wording.WORDS) >= CODES - NOT_TOLD


def test_every_code_that_the_commands_use_has_words():
    root = Path(cli.__file__).parent
    text = "".join(
        (root / name).read_text() for name in ("cli.py", "cli_arguments.py", "cli_errors.py", "trust_cli.py")
    )
    used = set(re.findall(r'(?:WrongUseError|FileRefusedError|told)\(\s*"([a-z_]+)"', text))
    assert used
    assert used <= set(wording.WORDS)


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, False),
        ({"LANG": "vi_VN.UTF-8"}, True),
        ({"LANG": "vi_VN.UTF-8", "LC_ALL": "C"}, False),
        ({"LANG": "en_GB.UTF-8", "KHAOTHI_LANGUAGE": "vi"}, True),
        ({"LANG": "vi", "KHAOTHI_LANGUAGE": "en"}, False),
        ({"LANG": ""}, False),
    ],
)
def test_the_language_is_the_one_asked_for_or_the_sessions(environment, expected):
    assert wording.vietnamese(environment) is expected


@pytest.mark.parametrize(("language", "begins"), [("vi", "Cần đúng một"), ("en", "exactly one of")])
def test_wrong_use_is_told_in_the_language_asked_for(monkeypatch, capsys, language, begins):
    monkeypatch.setenv("KHAOTHI_LANGUAGE", language)
    assert cli.card(["read", "--json"]) == 2
    told = json.loads(capsys.readouterr().out)["error"]
    assert told["code"] == "access_key_needed"
    assert told["message"].startswith(begins)
    assert "khaothi card read --id" in told["advice"]


def test_an_unknown_code_keeps_what_the_error_says():
    assert wording.told("something_new", "as it is") == ("as it is", "")
