"""The command, run on texts."""

from __future__ import annotations

import json

import pytest

from proctor_node import analyse_cli


@pytest.fixture
def run(tmp_path, capsys):
    """Runs the command on texts written as files; exit status and document."""

    def call(responses, *arguments, key=None, name="responses.csv"):
        path = tmp_path / name
        if isinstance(responses, str):
            path.write_text(responses, encoding="utf-8")
        elif isinstance(responses, bytes):
            path.write_bytes(responses)
        else:
            path = responses
        if key is not None:
            (tmp_path / "key.csv").write_text(key, encoding="utf-8")
            arguments = ("--key", str(tmp_path / "key.csv"), *arguments)
        status = analyse_cli.analyse([str(path), *arguments, "--json"])
        return status, json.loads(capsys.readouterr().out)

    return call
