"""What every command shares: exit statuses, and one JSON document whatever happens."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import pytest
import typer

from khaothi import command_line

KHAOTHI = str(Path(sys.executable).parent / "khaothi")


def application(error):
    app = typer.Typer()

    @app.command()
    def go(as_json: Annotated[bool, typer.Option("--json")] = False):
        raise error

    return app


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (PermissionError(13, "Permission denied", "/etc/shadow"), "/etc/shadow: no permission."),
        (OSError(28, "No space left on device"), "The disk is full."),
    ],
)
def test_an_unforeseen_error_of_the_machine_is_told_in_words_with_status_3(error, message, capsys):
    assert command_line.run(application(error), "x", ["--json"]) == command_line.DEVICE
    told = json.loads(capsys.readouterr().out)["error"]
    assert (told["code"], told["message"]) == ("device", message)


def test_a_bug_is_not_dressed_up_as_an_answer():
    with pytest.raises(KeyError):
        command_line.run(application(KeyError("x")), "x", ["--json"])


def khaothi(*arguments):
    return subprocess.run([KHAOTHI, *arguments], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "arguments",
    [
        ("no-such-command",),
        ("demo", "extra"),
        ("demo", "--candidates", "0"),
        ("demo", "--candidates", "401"),
        ("demo", "--faces", "/nonexistent"),
        ("demo", "--screenshots", "/etc/passwd"),
        ("demo", "--me", "--headless"),
        ("station", "enrol", "http://127.0.0.1:1", "AAAA", "--ca", "/etc/passwd"),
    ],
    ids=" ".join,
)
def test_wrong_use_is_one_document_and_status_2(arguments):
    ran = khaothi(*arguments, "--json")
    assert ran.returncode == command_line.WRONG_USE
    assert set(json.loads(ran.stdout)["error"]) == {"code", "message", "advice"}


def test_a_file_that_is_no_certificate_is_refused_with_its_name():
    ran = khaothi("station", "enrol", "https://127.0.0.1:1", "AAAA", "--ca", "/etc/passwd", "--json")
    assert ran.returncode == command_line.NO
    assert json.loads(ran.stdout)["error"] == {
        "code": "certificate_unusable", "message": "passwd holds no certificate.", "advice": "Take ca.pem from the node's folder.",
    }  # fmt: skip


def elsewhere(*arguments, out=subprocess.PIPE, **environment):
    """A command in a session of other encoding, or with another standard output."""
    given = {**os.environ, "KHAOTHI_LANGUAGE": "vi", **environment}
    return subprocess.run([KHAOTHI, *arguments], stdout=out, stderr=subprocess.PIPE, env=given, check=False)


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp1258", "utf-16"])
def test_output_is_utf_8_whatever_the_sessions_encoding(encoding):
    done = elsewhere("trust", "check", "/không/có", "--json", PYTHONIOENCODING=encoding)
    assert (done.returncode, done.stderr) == (command_line.WRONG_USE, b"")
    assert "/không/có" in json.loads(done.stdout.decode())["error"]["message"]


def test_a_file_name_of_no_encoding_is_told_and_no_crash(tmp_path):
    name = os.fsencode(tmp_path) + b"/\xff\xfe.cer"
    with open(name, "wb") as stream:  # noqa: PTH123 - a name in bytes
        stream.write(b"nothing")
    done = elsewhere("trust", "check", name, "--json", KHAOTHI_HOME=str(tmp_path / "home"))
    assert (done.returncode, done.stderr) == (command_line.NO, b"")
    assert json.loads(done.stdout.decode())["files"][0]["file"].endswith(".cer")


def test_a_full_disk_behind_standard_output_is_told_in_a_line_with_status_3(tmp_path):
    with Path("/dev/full").open("wb") as full:
        done = elsewhere("trust", "list", "--json", out=full, KHAOTHI_HOME=str(tmp_path))
    assert done.returncode == command_line.DEVICE
    assert done.stderr.decode().splitlines() == ["Đĩa đã đầy."]


def test_a_reader_that_has_gone_is_no_trace(tmp_path):
    reading, writing = os.pipe()
    os.close(reading)
    done = elsewhere("trust", "list", out=writing, KHAOTHI_HOME=str(tmp_path))
    os.close(writing)
    assert done.returncode != 0
    assert done.stderr == b""


@pytest.mark.parametrize(
    ("told", "status", "code"), [("file 'a' is not readable.", 3, "device"), ("no.", 2, "wrong_use")]
)
def test_a_file_without_permission_is_no_wrong_use(capsys, told, status, code):
    app = typer.Typer()

    @app.command()
    def one(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
        raise typer.BadParameter(told)

    assert command_line.run(app, "x", ["--json"]) == status
    assert json.loads(capsys.readouterr().out)["error"]["code"] == code
