"""The store on SQLite and on a real PostgreSQL: the same promises on both."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import insert, inspect, select

from exam_engine import events as e
from exam_engine import exchange as x
from exam_engine.plan import Seat
from exam_engine.record import Entry, decode_entry, encode_entry, genesis, heads_of, make_batch
from proctor_node.adapters import schema
from proctor_node.adapters import store as s
from proctor_node.adapters.node_store import SqlNodeStore
from proctor_node.errors import StoreOld, StoreUnusable
from proctor_node.intake import Accepted, Intake
from proctor_node.ports import EnrolledStation

BINARIES = Path("/usr/lib/postgresql/15/bin")
SIGNING = Ed25519PrivateKey.generate()


def _as_postgres(*command: str) -> None:
    """initdb refuses to run as root."""
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run([*prefix, *command], check=True, capture_output=True, cwd="/")


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """A PostgreSQL of its own on a socket in a temporary folder."""
    if not (BINARIES / "initdb").is_file():
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL is missing")
        pytest.skip("PostgreSQL is not installed; scripts/bootstrap installs it")
    # Not below pytest's own folders: those are closed to the database's user.
    folder = Path(tempfile.mkdtemp(prefix="khaothi-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    place = folder / "cluster"
    _as_postgres(str(BINARIES / "initdb"), "-D", str(place), "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync")
    options = f"-k {folder} -c listen_addresses=''"
    _as_postgres(str(BINARIES / "pg_ctl"), "-D", str(place), "-w", "-o", options, "-l", str(folder / "log"), "start")
    yield f"postgresql+psycopg://postgres@/postgres?host={folder}"
    _as_postgres(str(BINARIES / "pg_ctl"), "-D", str(place), "-w", "-m", "immediate", "stop")
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where the store lies; a fresh one for each test."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'node.db'}"
    address: str = request.getfixturevalue("server")
    engine = s.open_engine(address)
    s.METADATA.drop_all(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE IF EXISTS alembic_version")
    engine.dispose()
    return address


@pytest.fixture
def reopen(url: str) -> Iterator[Callable[[], SqlNodeStore]]:
    """Opens the same store, as often as wanted."""
    opened: list[SqlNodeStore] = []

    def again() -> SqlNodeStore:
        if opened:
            opened.pop().close()
        opened.append(SqlNodeStore(url))
        return opened[-1]

    yield again
    for store in opened:
        store.close()


def accepted(attempt: str, first: int, *events: Any, head: bytes | None = None) -> Accepted:
    texts = tuple(encode_entry(Entry(first + n, 5, event)) for n, event in enumerate(events))
    batch = make_batch(SIGNING, attempt, 1, first, texts, genesis(attempt, 1) if head is None else head)
    return Accepted(
        batch,
        tuple(decode_entry(text) for text in texts),
        batch.entries,
        tuple(heads_of(batch.previous_head, texts)[1:]),
        attempt,
    )


BEGIN = (e.CheckInBegan("LTT-01-01", "01", 1, True), e.AdmissionDecided("admit", ()))


def test_what_was_taken_is_there_after_a_restart_as_it_was_sent(reopen):
    store = reopen()
    one = accepted("KS12/1/1", 1, *BEGIN)
    store.take("LTT-01-01", 7, [one], [], 0).result()

    found = Intake(b"secret")
    reopen().replay(found)
    assert tuple(found.records["KS12/1/1"].texts) == one.batch.entries
    assert found.records["KS12/1/1"].epochs[1].head == one.batch.head


def test_an_entry_that_is_there_already_is_refused_and_takes_its_batch_along(reopen):
    store = reopen()
    store.take("LTT-01-01", 1, [accepted("KS12/1/1", 1, *BEGIN)], [], 0).result()
    with pytest.raises(StoreUnusable):
        store.take("LTT-01-01", 2, [accepted("KS12/1/2", 1, *BEGIN), accepted("KS12/1/1", 1, *BEGIN)], [], 0).result()

    assert store.count_events() == (2, 2)


def test_one_bad_write_of_a_group_fails_alone(url):
    store = s.SqlStore(url)
    gate = threading.Event()
    outcomes: dict[str, str] = {}

    def write(name: str, action: Callable[[Any], Any]) -> None:
        try:
            store.write(action)
            outcomes[name] = "kept"
        except StoreUnusable:
            outcomes[name] = "refused"

    def keep(name: str) -> Callable[[Any], Any]:
        return lambda c: c.execute(insert(s.KEPT).values(name=name, value=b"x"))

    threads = [threading.Thread(target=write, args=("first", lambda c: (gate.wait(5), keep("first")(c))))]
    threads += [threading.Thread(target=write, args=(n, keep(n))) for n in ("one", "two")]
    threads += [threading.Thread(target=write, args=("bad", lambda c: [keep("bad")(c), keep("bad")(c)]))]
    for thread in threads:
        thread.start()
    gate.set()
    for thread in threads:
        thread.join(10)

    kept = store.read(lambda c: set(c.execute(select(s.KEPT.c.name)).scalars()))
    store.close()
    assert outcomes == {"first": "kept", "one": "kept", "two": "kept", "bad": "refused"}
    assert kept == {"first", "one", "two"}


def test_a_code_is_given_to_one_of_many_who_come_at_once(reopen):
    store = reopen()
    store.add_code("digest", Seat("LTT", "01", 3))
    got: list[EnrolledStation | None] = []

    def come(number: int) -> None:
        got.append(store.enrol("digest", lambda seat: _pc(seat, number)))

    threads = [threading.Thread(target=come, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    inside = [station for station in got if station is not None]
    assert len(inside) == 1
    assert store.stations() == inside
    # The answer may be lost: whoever has the code and the keys is answered again, after a restart too.
    again = reopen()
    assert again.enrol("digest", lambda seat: _pc(seat, inside[0].signing_key[0])) == inside[0]
    assert again.enrol("digest", lambda seat: _pc(seat, 9)) is None
    assert again.enrol("another", lambda seat: _pc(seat, 9)) is None


def _pc(seat: Seat, number: int) -> EnrolledStation:
    return EnrolledStation("LTT-01-03", seat, bytes([number]) * 32, b"s" * 32, "1", 0, revoked=False)


def _unstamped(url: str, *statements: str) -> None:
    """A database as the first builds left it: tables, no version."""
    engine = s.open_engine(url)
    earlier = [table for table in s.METADATA.sorted_tables if table.name not in schema.LATER]
    s.METADATA.create_all(engine, tables=earlier)
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


def test_a_database_without_a_version_is_recognised_and_brought_forward(url, reopen):
    _unstamped(url, "INSERT INTO kept (name, value) VALUES ('word', '1')", "DROP TABLE acts")
    store = reopen()
    store.add_act(1, "LTT", {"kind": "pause"})

    assert reopen().acts("LTT", dict[str, str]) == [{"kind": "pause"}]
    assert reopen().load("word", int) == 1


def test_a_database_that_cannot_be_brought_forward_is_left_as_it_was_and_told(url):
    _unstamped(url, "ALTER TABLE batches DROP COLUMN signed_from")
    with pytest.raises(StoreOld, match="signed_from"):
        SqlNodeStore(url)

    engine = s.open_engine(url)
    assert "alembic_version" not in inspect(engine).get_table_names()
    engine.dispose()


def test_a_database_of_a_later_build_is_not_touched(url, reopen):
    reopen().close()
    engine = s.open_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    with pytest.raises(StoreOld, match="9999"):
        SqlNodeStore(url)


def test_stations_instructions_and_values_come_back_as_they_were(reopen):
    store = reopen()
    station = EnrolledStation("LTT-01-01", Seat("LTT", "01", 1), b"k" * 32, b"s" * 32, "1", 0, revoked=False)
    store.add_station(station)
    told = x.Instruction(1, "KS12/1/1", 5, ("thanh", "hoa"), x.Extend(300_000, "mất điện"))
    store.add_instruction("LTT-01-01", told)
    store.save("plan", {"tên": "Khảo sát"})

    again = reopen()
    assert again.stations() == [station]
    assert again.instructions() == {"LTT-01-01": [told]}
    assert again.load("plan", dict[str, str]) == {"tên": "Khảo sát"}


def test_the_counter_of_a_station_is_kept_with_what_it_sent(reopen):
    store = reopen()
    store.add_station(EnrolledStation("LTT-01-01", Seat("LTT", "01", 1), b"k", b"s", "1", 0, revoked=False))
    store.take("LTT-01-01", 41, [accepted("KS12/1/1", 1, *BEGIN)], [], 0).result()

    assert reopen().stations()[0].counter == 41


def test_attachments_are_erased_at_their_time_and_the_record_stays_whole(reopen):
    store = reopen()
    evidence = x.Attachment("a" * 64, "identity_evidence", "KS12/1/1", b"personal")
    store.take("LTT-01-01", 1, [accepted("KS12/1/1", 1, *BEGIN)], [evidence], 1000).result()

    assert store.erase_expired(999) == 0
    assert store.attachments("KS12/1/1") == [b"personal"]
    assert store.erase_expired(1000) == 1
    assert store.attachments("KS12/1/1") == []
    assert store.count_events() == (2, 2)


def test_a_store_that_cannot_be_opened_is_named(tmp_path):
    with pytest.raises(StoreUnusable):
        SqlNodeStore(f"sqlite:///{tmp_path / 'missing' / 'node.db'}")


def test_sqlite_waits_for_the_disk_and_is_newer_than_the_wal_defect(tmp_path):
    import pysqlite3

    engine = s.open_engine(f"sqlite:///{tmp_path / 'n.db'}")
    with engine.connect() as connection:
        asked = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")
        }
    engine.dispose()
    assert asked == {"journal_mode": "wal", "synchronous": 2}
    assert pysqlite3.sqlite_version_info >= (3, 51, 3)
