"""`khaothi station` as a newcomer meets it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from exam_engine import events as e
from exam_engine.record import Entry, encode_entry
from station import cli
from station.adapters.journal import SqliteJournal
from station.officials import Officials


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("KHAOTHI_HOME", str(tmp_path))
    return tmp_path / "station"


def test_an_official_sets_a_pin_that_then_proves_them(store, capsys):
    assert cli.station(["official", "Cán bộ A", "--pin", "246810", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"official": "Cán bộ A"}
    journal = SqliteJournal(store)
    assert Officials(journal).prove("Cán bộ A", "246810")[0]
    journal.close()


@pytest.mark.parametrize("pin", ["12345", "abcdef"])
def test_a_weak_pin_is_refused(store, capsys, pin):
    assert cli.station(["official", "A", "--pin", pin, "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "pin_too_short"


def test_erasing_waits_for_the_node_and_for_a_yes(store, capsys):
    journal = SqliteJournal(store)
    journal.append("K/1/30000001", 1, (encode_entry(Entry(1, 5, e.Answered("I.1", "A"))),))
    journal.keep("counter", b"77")
    key = (store / "store.key").read_bytes()
    journal.close()
    assert cli.station(["erase", "--yes", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "unsent_entries"
    assert cli.station(["erase", "--unsent-too", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "not_confirmed"
    assert cli.station(["erase", "--yes", "--unsent-too", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"erased_attempts": 1, "unsent_lost": 1}
    again = SqliteJournal(store)
    assert (again.epochs(), again.kept("counter")) == ([], b"77")
    again.close()
    assert (store / "store.key").read_bytes() != key


def test_readiness_is_one_document_and_nothing_beside_it(tmp_path):
    """A PC without reader service, camera or enrolment: each is a check of its own, and no library writes between."""
    ran = subprocess.run(
        [str(Path(sys.executable).parent / "khaothi"), "doctor", "--json"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, "HOME": str(tmp_path), "PCSCLITE_CSOCK_NAME": str(tmp_path / "nobody.comm")},
    )
    checks = {entry["check"]: entry for entry in json.loads(ran.stdout)["checks"]}
    assert ran.stderr == ""
    assert ran.returncode == 1
    assert (checks["pcsc"]["level"], checks["node"]["level"]) == ("red", "red")
    for entry in checks.values():
        assert entry["level"] in {"green", "amber", "red"}
        assert entry["detail"]
        assert entry["level"] == "green" or entry["advice"]
