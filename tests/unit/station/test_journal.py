"""The journal: what is on disk when `append` returns stays, and nothing else is claimed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from exam_engine import events as e
from exam_engine.record import Entry, decode_entry, encode_entry, genesis
from station.adapters.journal import SqliteJournal
from station.errors import StoreDamaged, StoreFull

ATTEMPT = "K/1/30000001"


def entry(number):
    return encode_entry(Entry(number, 1_000 + number, e.Answered("I.1", "ABCD"[number % 4])))


@pytest.fixture
def journal(tmp_path):
    store = SqliteJournal(tmp_path / "store")
    yield store
    store.close()


def test_entries_come_back_after_the_program_has_ended(tmp_path):
    first = SqliteJournal(tmp_path)
    first.append(ATTEMPT, 1, (entry(1), entry(2)))
    first.close()
    again = SqliteJournal(tmp_path)
    assert [decode_entry(raw).sequence for raw in again.entries(ATTEMPT, 1)] == [1, 2]
    assert again.next_sequence(ATTEMPT, 1) == 3
    again.close()


WRITER = """
import sys
from pathlib import Path
from exam_engine import events as e
from exam_engine.record import Entry, encode_entry
from station.adapters.journal import SqliteJournal
journal = SqliteJournal(Path(sys.argv[1]))
number = 0
while True:
    number += 1
    journal.append("K/1/30000001", 1, (encode_entry(Entry(number, number, e.Answered("I.1", "A"))),))
    print(number, flush=True)
"""


def test_every_entry_said_to_be_saved_survives_sigkill(tmp_path):
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3])  # fmt: skip
    said = 0
    for line in writer.stdout:
        said = int(line)
        if said >= 60:
            writer.send_signal(signal.SIGKILL)
            break
    said = max([said, *(int(line) for line in writer.stdout)])
    writer.wait(10)
    writer.stdout.close()
    journal = SqliteJournal(tmp_path)
    kept = journal.entries(ATTEMPT, 1)
    journal.close()
    assert len(kept) >= said
    assert [decode_entry(raw).sequence for raw in kept] == list(range(1, len(kept) + 1))


def fill(journal):
    """Append until the disk is full; how many entries were said to be saved."""
    for number in range(1, 5_000):
        try:
            journal.append(ATTEMPT, 1, (entry(number),))
        except StoreFull:
            return number - 1
    return 5_000


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("mount"), reason="a tiny file system needs root")
def test_a_full_disk_loses_nothing_and_says_so(tmp_path):
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(tmp_path)], capture_output=True, check=False).returncode:  # fmt: skip
        pytest.skip("mounting is not allowed here")
    try:
        journal = SqliteJournal(tmp_path)
        kept = fill(journal)
        assert 0 < kept < 5_000
        assert len(journal.entries(ATTEMPT, 1)) == kept
        assert journal.next_sequence(ATTEMPT, 1) == kept + 1
        journal.close()
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)


def test_texts_are_not_readable_on_the_disk(journal, tmp_path):
    journal.append(ATTEMPT, 1, (entry(1),))
    everything = b"".join(path.read_bytes() for path in (tmp_path / "store").iterdir())
    assert b"answered" not in everything


def test_the_device_key_is_for_its_user_alone(journal, tmp_path):
    assert (tmp_path / "store" / "store.key").stat().st_mode & 0o077 == 0


def test_a_changed_entry_is_noticed(journal, tmp_path):
    import pysqlite3

    journal.append(ATTEMPT, 1, (entry(1), entry(2)))
    other = pysqlite3.connect(str(tmp_path / "store" / "journal.sqlite"))
    other.execute("UPDATE entries SET body = zeroblob(60) WHERE sequence = 1")
    other.commit()
    other.close()
    with pytest.raises(StoreDamaged):
        journal.entries(ATTEMPT, 1)


def test_what_the_node_has_confirmed_is_not_sent_again(journal):
    journal.append(ATTEMPT, 1, (entry(1), entry(2), entry(3)))
    (everything,) = journal.unsent(100)
    assert (everything.first, len(everything.entries)) == (1, 3)
    assert everything.previous_head == genesis(ATTEMPT, 1)
    from exam_engine.record import advance

    head = advance(advance(everything.previous_head, everything.entries[0]), everything.entries[1])
    assert journal.confirm(ATTEMPT, 1, 2, head.hex())
    (rest,) = journal.unsent(100)
    assert (rest.first, len(rest.entries), rest.previous_head) == (3, 1, head)
    assert not journal.confirm(ATTEMPT, 1, 3, "00" * 32)
    assert len(journal.unsent(100)) == 1
    assert journal.confirm(ATTEMPT, 1, 1, advance(genesis(ATTEMPT, 1), entry(1)).hex())
    assert journal.unsent(100)[0].first == 3


def test_an_attachment_is_kept_until_it_was_sent(journal):
    journal.attach(ATTEMPT, "ab", b"evidence")
    journal.attach(ATTEMPT, "ab", b"evidence")
    assert journal.attachments(9) == [(ATTEMPT, "ab", b"evidence")]
    journal.attachment_sent("ab")
    assert journal.attachments(9) == []


def test_erasing_leaves_nothing(journal):
    journal.append(ATTEMPT, 1, (entry(1),))
    journal.keep("provision", b"x")
    assert not journal.erase("", (), {})
    assert journal.erase("", (), {}, force=True)
    assert (journal.epochs(), journal.kept("provision")) == ([], None)
