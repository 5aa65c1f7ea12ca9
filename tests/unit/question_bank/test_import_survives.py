"""Two imports at once, and an import that is killed: everything of a call is in the bank, or nothing."""

from __future__ import annotations

import json
import signal
import subprocess
import sys

import pytest

from question_bank.adapters.bank_store import SqlBankStore
from question_bank.ports import Search

ITEMS = 40
IMPORT = "import sys; from question_bank.bank_cli import bank; sys.exit(bank(sys.argv[1:]))"
# Ends the process inside the one transaction, before the n-th item is written or before the commit.
KILLED = """
import os, signal, sys
from question_bank.adapters import bank_store
from question_bank.bank_cli import bank
at, written = int(sys.argv.pop(1)), bank_store.SqlBankStore._add_one
count = 0
def add_one(self, *arguments):
    global count
    count += 1
    if count == at:
        os.kill(os.getpid(), signal.SIGKILL)
    return written(self, *arguments)
bank_store.SqlBankStore._add_one = add_one
sys.exit(bank(sys.argv[1:]))
"""


def questions(prefix):
    return "\n\n".join(
        f"::{prefix}{n}:: {prefix} hỏi số {n} là gì? {{={prefix}{n} ~khác {n} ~nữa {n}}}" for n in range(ITEMS)
    )


def start(code, *arguments):
    return subprocess.Popen([sys.executable, "-c", code, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip


def count(path):
    store = SqlBankStore(f"sqlite:///{path}")
    try:
        return store.count(Search())
    finally:
        store.close()


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.setenv("KHAOTHI_HOME", str(tmp_path / "home"))
    made = [tmp_path / f"{name}.gift" for name in ("mot", "hai")]
    for path in made:
        path.write_text(questions(path.stem), "utf-8")
    return made


def test_two_imports_at_once_into_a_new_bank_both_arrive(files, tmp_path):
    bank = f"sqlite:///{tmp_path / 'bank.sqlite'}"
    running = [start(IMPORT, "import", path, "--bank", bank, "--json") for path in files]
    told = [process.communicate(timeout=240) for process in running]
    assert [process.returncode for process in running] == [0, 0], told
    assert [json.loads(out)["new"] for out, _ in told] == [ITEMS, ITEMS]
    assert count(tmp_path / "bank.sqlite") == 2 * ITEMS


def test_the_same_file_twice_at_once_is_stored_once(files, tmp_path):
    bank = f"sqlite:///{tmp_path / 'bank.sqlite'}"
    running = [start(IMPORT, "import", files[0], "--bank", bank, "--json") for _ in range(2)]
    told = [process.communicate(timeout=240) for process in running]
    assert [process.returncode for process in running] == [0, 0], told
    assert sum(json.loads(out)["new"] for out, _ in told) == ITEMS
    assert count(tmp_path / "bank.sqlite") == ITEMS


@pytest.mark.parametrize("at", [1, ITEMS + 1, 2 * ITEMS])
def test_an_import_that_is_killed_leaves_nothing_and_can_be_repeated(files, tmp_path, at):
    bank = f"sqlite:///{tmp_path / 'bank.sqlite'}"
    killed = start(KILLED, at, "import", *files, "--bank", bank)
    killed.communicate(timeout=240)
    assert killed.returncode == -signal.SIGKILL
    assert count(tmp_path / "bank.sqlite") == 0
    again = start(IMPORT, "import", *files, "--bank", bank, "--json")
    out, _ = again.communicate(timeout=240)
    assert json.loads(out)["new"] == 2 * ITEMS == count(tmp_path / "bank.sqlite")
