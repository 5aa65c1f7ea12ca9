"""`khaothi station` as a newcomer meets it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from exam_engine import events as e
from exam_engine.plan import Seat
from exam_engine.record import Entry, encode_entry
from exam_engine.takeover import pass_text
from station import cli
from station.adapters import device
from station.adapters.journal import SqliteJournal
from station.adapters.mirror_folder import MirrorFolders
from station.adapters.only_one import alone
from station.mirror_file import FORMAT, Header, MirrorWriter


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("KHAOTHI_HOME", str(tmp_path))
    return tmp_path / "station"


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
    told = json.loads(capsys.readouterr().out)
    assert told == {"erased_attempts": 1, "unsent_lost": 1, "mirrors_erased": 0, "mirror_in_reach": False}
    again = SqliteJournal(store)
    assert (again.epochs(), again.kept("counter")) == ([], b"77")
    again.close()
    assert (store / "store.key").read_bytes() != key


def mirror(place, name, enrolled, node, shift):
    seat = Seat("TS", "03", 17)
    key = enrolled.signing.public_key().public_bytes_raw()
    station_pass = node.sign(pass_text(enrolled.station, seat, key))
    header = Header(FORMAT, "K", shift, enrolled.station, seat, key, station_pass, b"")
    room = X25519PrivateKey.generate().public_key().public_bytes_raw()
    MirrorFolders(str(place)).begin(name, MirrorWriter(header, enrolled.signing, room, os.urandom).beginning)


def test_erasing_takes_the_mirrors_of_this_pc_from_the_stick_and_no_others(store, capsys, monkeypatch, tmp_path):
    stick, node = tmp_path / "stick", Ed25519PrivateKey.generate()
    stick.mkdir()
    monkeypatch.setenv("KHAOTHI_MIRROR", str(stick))
    public = node.public_key().public_bytes_raw()
    mine, other = (
        replace(device.create(), station=name, node_url="https://n", node_key=public)
        for name in ("TS-03-17", "TS-03-18")
    )
    device.save(store, mine)
    journal = SqliteJournal(store)
    journal.append("K/1/30000001", 1, (encode_entry(Entry(1, 5, e.Answered("I.1", "A"))),))
    journal.close()
    mirror(stick, "mine.khm", mine, node, "1")
    mirror(stick, "never-erased.khm", mine, node, "2")
    mirror(stick, "other.khm", other, node, "1")
    assert cli.station(["erase", "--yes", "--unsent-too", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["mirrors_erased"], told["mirror_in_reach"]) == (1, True)
    assert sorted(path.name for path in stick.iterdir()) == ["never-erased.khm", "other.khm"]


def test_nothing_is_erased_under_a_running_station(store, capsys):
    with alone(store):
        assert cli.station(["erase", "--yes", "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "station_running"
    assert cli.station(["erase", "--yes", "--json"]) == 0


def test_a_pc_with_unsent_answers_is_not_enrolled_anew(store, capsys, tmp_path):
    journal = SqliteJournal(store)
    journal.append("K/1/30000001", 1, (encode_entry(Entry(1, 5, e.Answered("I.1", "A"))),))
    journal.close()
    (tmp_path / "ca.pem").write_text("x")
    given = ["enrol", "https://127.0.0.1:1", "AAAA-BBBB-CCCC", "--ca", str(tmp_path / "ca.pem"), "--json"]
    assert cli.station(given) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "unsent_entries"


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
    assert {"clock_offset", "build", "forms", "display"} <= checks.keys()
    for entry in checks.values():
        assert entry["level"] in {"green", "amber", "red"}
        assert entry["detail"]
        assert entry["level"] == "green" or entry["advice"]
