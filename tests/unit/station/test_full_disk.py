"""With the disk full the exchange goes on: nothing sent is believed kept, and no instruction is passed over."""

from __future__ import annotations

from types import SimpleNamespace

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exam_engine import events as e
from exam_engine import exchange as x
from exam_engine.record import Entry, advance, encode_entry, genesis
from station.adapters.journal import SqliteJournal
from station.errors import StoreFull
from station.exchange_loop import ExchangeLoop

ATTEMPT = "K/1/30000001"
# The smallest SQLite lets a file be: what it is now.
FULL, ROOM = "PRAGMA max_page_count=1", "PRAGMA max_page_count=1000000"


@pytest.fixture
def journal(tmp_path):
    store = SqliteJournal(tmp_path)
    yield store
    store.close()


def limit(journal, pragma):
    with journal._connection.begin():
        journal._connection.exec_driver_sql(pragma)


def instruction(number):
    return x.Instruction(number, "", 1, ("A",), x.Text("x" * 20_000))


def test_an_instruction_that_found_no_room_is_asked_for_again(journal):
    told = []
    station = SimpleNamespace(ports=SimpleNamespace(journal=journal), tell=told.append)
    loop = ExchangeLoop(station, Ed25519PrivateKey.generate(), b"")
    limit(journal, FULL)
    with pytest.raises(StoreFull):
        loop._take((instruction(1),))
    assert (told, loop.kept_instructions()) == ([], [])
    limit(journal, ROOM)
    loop._take((instruction(1), instruction(2)))
    assert [known.number for known in told] == [1, 2]
    assert len(msgspec.json.decode(journal.kept("instructions"))) == 2


def test_what_the_disk_refuses_reaches_the_exchange_as_the_stations_own_error(journal):
    body = encode_entry(Entry(1, 1_000, e.Answered("I.1", "A")))
    journal.append(ATTEMPT, 1, (body,))
    head = advance(genesis(ATTEMPT, 1), body).hex()
    with journal._connection.begin():
        journal._connection.exec_driver_sql("CREATE TEMP TRIGGER no_room BEFORE UPDATE ON epochs BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END")  # fmt: skip
    with pytest.raises(StoreFull):
        journal.confirm(ATTEMPT, 1, 1, head)
    assert len(journal.unsent(10)) == 1
    with journal._connection.begin():
        journal._connection.exec_driver_sql("DROP TRIGGER no_room")
    assert journal.confirm(ATTEMPT, 1, 1, head)
    assert journal.unsent(10) == []
