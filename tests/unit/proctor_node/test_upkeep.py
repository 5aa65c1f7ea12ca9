"""Erasure with proof, requests with their deadlines, backup and restore on both engines, migrations."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from datetime import datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from exam_engine import events as e
from exam_engine import exchange as x
from proctor_node.adapters import backups, node_folder, schema
from proctor_node.adapters import store as s
from proctor_node.adapters.node_store import SqlNodeStore
from proctor_node.documents.page import VIETNAM
from proctor_node.errors import BackupDamaged, NodeExists, Refused
from proctor_node.retention import working_days_after
from tests.unit.proctor_node.conftest import sha256
from tests.unit.proctor_node.test_store import reopen, server, url  # noqa: F401 - fixtures

DAY = 86_400_000


@pytest.fixture
def kept(bench):
    """One candidate with identity evidence at the node."""
    station = bench.stations["LTT-01-01"]
    body = b"personal evidence " * 20
    attachment = x.Attachment(sha256(body), "identity_evidence", station.attempt, body)
    station.send(station.request(station.batch(*bench.check_in(station=station.name)), attachments=(attachment,)))
    bench.body = body
    return bench


def test_what_has_expired_is_erased_from_the_file_itself_with_a_proof(kept, tmp_path):
    assert kept.node.erase_due().erased == 0
    kept.clocks.node_ms += 31 * DAY
    assert kept.node.erase_due(dry_run=True).erased == 1
    proof = kept.node.erase_due()
    assert (proof.erased, proof.left) == (1, 0)
    kept.store.close()
    left = b"".join(path.read_bytes() for path in tmp_path.glob("node.db*"))
    assert kept.body not in left
    assert b"personal evidence" not in left


def test_consent_is_told_from_the_record(kept):
    found = {c["sbd"]: c for c in kept.node.consents()}
    (given,) = [c for c in found.values() if c["read_chip"] is not None]
    assert (given["read_chip"], given["compare_face"], given["basis"]) == (True, True, "ask")


def test_a_request_has_its_legal_deadlines_and_erasing_leaves_the_record(kept):
    node = kept.node
    candidate = node.candidate_of(kept.stations["LTT-01-01"].attempt)
    filed = node.file_request("erase", candidate.sbd, "1", "quan")
    assert filed.done_by - filed.filed_at == 15 * DAY
    with pytest.raises(Refused, match="reason_missing"):
        node.settle_request(filed.number, "quan", " ")
    node.settle_request(filed.number, "quan", "đã xóa")
    assert kept.store.attachments(kept.stations["LTT-01-01"].attempt) == []
    assert node.export_person(candidate.sbd, "1")["record"]
    with pytest.raises(Refused, match="no_such_request"):
        node.settle_request(filed.number, "quan", "lần nữa")
    with pytest.raises(Refused, match="unknown_candidate"):
        node.file_request("erase", "99999999", "1", "quan")


@pytest.mark.parametrize(
    ("start", "end"),
    [("2026-11-23T10:00", "2026-11-25"), ("2026-11-26T10:00", "2026-11-30"), ("2026-11-28T10:00", "2026-12-01")],
)
def test_working_days_leave_the_weekend_out(start, end):
    at = int(datetime.fromisoformat(start).replace(tzinfo=VIETNAM).timestamp() * 1000)
    found = datetime.fromtimestamp(working_days_after(at, 2) / 1000, VIETNAM)
    assert f"{found:%Y-%m-%d %H:%M}" == f"{end} 23:59"


# -- schema, backup, restore


def test_the_migrations_make_exactly_the_schema_of_the_program(reopen, url):  # noqa: F811 - fixtures
    reopen().close()
    engine = s.open_engine(url)
    with engine.connect() as connection:
        assert schema.current(connection) == schema.NEWEST
        assert compare_metadata(MigrationContext.configure(connection), s.METADATA) == []
    engine.dispose()


@pytest.fixture
def folder(tmp_path):
    """A node with a plan-free store and a line in its log."""
    place = tmp_path / "node"
    node_folder.create(place, node_folder.Settings("demonstration", ("localhost",)), datetime.now(VIETNAM))
    store = SqlNodeStore(f"sqlite:///{place / 'node.sqlite'}")
    store.save("plan-like", {"tên": "Khảo sát"})
    store.log(5, "quan", "x" * 100)
    store.close()
    return place


def test_a_backup_becomes_the_same_node_on_either_engine(folder, tmp_path, url):  # noqa: F811
    counts = backups.write(folder, tmp_path / "node.backup")
    assert (tmp_path / "node.backup").stat().st_mode & 0o077 == 0
    target = "" if url.startswith("sqlite") else url
    assert backups.restore(tmp_path / "node.backup", tmp_path / "again", target) == counts
    assert (tmp_path / "again" / "node.key").read_bytes() == (folder / "node.key").read_bytes()
    store = SqlNodeStore(target or f"sqlite:///{tmp_path / 'again' / 'node.sqlite'}")
    assert store.load("plan-like", dict[str, str]) == {"tên": "Khảo sát"}
    assert [line[2:] for line in store.log_lines()] == [("quan", "x" * 100)]
    store.log(6, "hoa", "nối tiếp")
    assert len(store.log_lines()) == 2
    store.close()


def test_a_changed_backup_is_refused_and_nothing_is_overwritten(folder, tmp_path):
    backups.write(folder, tmp_path / "good")
    with zipfile.ZipFile(tmp_path / "good") as archive, zipfile.ZipFile(tmp_path / "bad", "w") as changed:
        for name in archive.namelist():
            raw = archive.read(name)
            changed.writestr(name, raw[:-1] + b"?" if name == "node.key" else raw)
    for path, error in ((tmp_path / "bad", BackupDamaged), (folder / "node.key", BackupDamaged)):
        with pytest.raises(error):
            backups.restore(path, tmp_path / "again")
    with pytest.raises(NodeExists):
        backups.restore(tmp_path / "good", folder)
    with pytest.raises(FileExistsError):
        backups.write(folder, tmp_path / "good")


def test_a_commit_of_unknown_fate_is_read_again_before_more_is_believed(bench, monkeypatch):
    station = bench.stations["LTT-01-01"]
    station.say(*bench.check_in(station=station.name))
    first = station.batch(e.MessageRead(1))
    # The database kept it, and the connection broke before it could say so.
    connection = sqlite3.connect(str(bench.store._store._engine.url.database))
    row = connection.execute("SELECT * FROM batches").fetchone()
    columns = [told[1] for told in connection.execute("PRAGMA table_info(batches)")]
    values = dict(zip(columns, row, strict=True)) | {
        "first": first.first, "last": first.last, "signed_from": first.first, "previous_head": first.previous_head,
        "head": first.head, "signature": first.signature, "texts": "\n".join(first.entries),
    }  # fmt: skip
    connection.execute(f"INSERT INTO batches ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})", [values[c] for c in columns])  # fmt: skip
    connection.commit()
    connection.close()
    with pytest.raises(Exception, match="UNIQUE"):
        station.send(station.request(first))
    answer = station.send(station.request(first, nonce=bench.node._contacts[station.name].nonce))
    assert answer.receipts[-1].sequence == first.last
    assert station.say(e.MessageRead(2)).receipts[-1].sequence == first.last + 1
    assert bench.store.count_events()[0] == bench.store.count_events()[1]


def test_the_backup_command_tells_rows(folder, tmp_path, capsys):
    from proctor_node import cli

    assert cli.node(["backup", str(tmp_path / "b"), "--dir", str(folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rows"]["log_entries"] == 1
    assert cli.node(["restore", str(tmp_path / "b"), "--dir", str(tmp_path / "c"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["attempts"] == 0
    assert cli.node(["restore", str(tmp_path / "none"), "--json"]) == 2
