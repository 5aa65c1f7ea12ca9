"""`khaothi bank` as CLI.md promises it: one JSON document, exit statuses, nothing half-written."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from question_bank.adapters.bank_store import SqlBankStore
from question_bank.bank_cli import bank
from question_bank.ports import Search
from tests.unit.question_bank.papers import paper

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ITEM_KEYS = {"number", "kind", "options", "key", "formulas", "pictures", "state", "issues"}
GOOD = paper(
    "Câu 1: Tính $a/b$?", "A. $1/2$", "_B._ $1/3$", "C. $1/4$", "D. $1/5$",
    "Câu 2: Thủ đô?", "_A._ Hà Nội", "B. Huế", "C. Vinh", "D. Đà Nẵng",
    "Câu 3: Hai?", "_A._ một", "B. hai", "_C._ ba", "D. bốn",
)  # fmt: skip


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("KHAOTHI_HOME", str(tmp_path / "home"))
    return tmp_path


def run(capsys, *arguments):
    status = bank([str(argument) for argument in arguments])
    printed = capsys.readouterr()
    return status, printed.out


def run_json(capsys, *arguments):
    status, out = run(capsys, *arguments, "--json")
    return status, json.loads(out)


def given(folder, name, content):
    path = folder / name
    path.write_bytes(content)
    return path


def test_an_import_reports_by_contract_and_again_adds_nothing(capsys, home):
    path = given(home, "de.docx", GOOD)
    status, document = run_json(capsys, "import", path)
    assert status == 0
    assert {"files", "items", "needs_review", "lost", "seconds"} <= set(document)
    (file,) = document["files"]
    assert (file["format"], file["passages"], document["items"], document["needs_review"], document["lost"]) == (
        "docx",
        0,
        3,
        1,
        0,
    )
    assert all(set(item) >= ITEM_KEYS for item in file["items"])
    assert [(item["number"], item["key"], item["formulas"], item["state"]) for item in file["items"]] == [
        (1, ["B"], 5, "draft"), (2, ["A"], 0, "draft"), (3, ["A", "C"], 0, "needs_review"),
    ]  # fmt: skip
    (issue,) = file["items"][2]["issues"]
    assert (issue["code"], issue["severity"], issue["message_code"]) == ("two_keys", "error", "H501")
    assert "Câu 3" in issue["where"]
    assert document["new"] == 3
    _, again = run_json(capsys, "import", path)
    assert again["new"] == 0
    assert {issue["code"] for item in again["files"][0]["items"] for issue in item["issues"]} >= {"already_in_bank"}


def test_a_dry_run_writes_nothing_and_makes_no_bank(capsys, home):
    status, document = run_json(capsys, "import", "--dry-run", given(home, "de.docx", GOOD))
    assert (status, document["items"], document["written"]) == (0, 3, False)
    assert not (home / "home" / "bank.sqlite").exists()


def test_one_refused_file_keeps_all_out_and_ends_with_one(capsys, home):
    good, bad = given(home, "de.docx", GOOD), given(home, "bad.docx", GOOD[:500])
    status, document = run_json(capsys, "import", good, bad)
    assert status == 1
    assert document["error"]["code"] == "import_file_damaged"
    assert document["written"] is False
    assert [file["format"] for file in document["files"]] == ["docx", None]
    store = SqlBankStore(f"sqlite:///{home / 'home' / 'bank.sqlite'}")
    assert store.count(Search()) == 0
    store.close()


@pytest.mark.parametrize(
    ("arguments", "status", "code"),
    [
        (("import", "missing.docx"), 2, "wrong_use"),
        (("import",), 2, "wrong_use"),
        (("import", "--format", "pdf", __file__), 2, "wrong_use"),
        (("frobnicate",), 2, "wrong_use"),
        (("export", "--format", "qti", "--out", "x.zip"), 2, "bank_missing"),
        (("check",), 2, "bank_missing"),
        (("check", "--state", "fine"), 2, "wrong_use"),
    ],
)
def test_wrong_use_is_told_in_one_document(capsys, arguments, status, code):
    got, document = run_json(capsys, *arguments)
    assert (got, document["error"]["code"]) == (status, code)


def test_a_bank_that_cannot_be_opened_is_a_fault_of_the_disk(capsys, home):
    url = f"sqlite:///{given(home, 'no.sqlite', b'surely not a database' * 99)}"
    status, document = run_json(capsys, "import", "--bank", url, given(home, "de.docx", GOOD))
    assert (status, document["error"]["code"]) == (3, "bank_unavailable")


@pytest.mark.parametrize(("form", "suffix"), [("qti", "zip"), ("moodle", "xml"), ("gift", "gift"), ("xlsx", "xlsx"), ("docx", "docx")])  # fmt: skip
def test_what_is_exported_can_be_imported_elsewhere(capsys, home, form, suffix):
    run(capsys, "import", given(home, "de.docx", GOOD))
    out = home / f"out.{suffix}"
    status, document = run_json(capsys, "export", "--format", form, "--out", out)
    assert (status, document["items"]) == (0, 3)
    _, back = run_json(capsys, "import", "--dry-run", "--bank", f"sqlite:///{home / 'other.sqlite'}", out)
    assert [(item["key"], item["formulas"]) for item in back["files"][0]["items"]] == [
        (["B"], 5),
        (["A"], 0),
        (["A", "C"], 0),
    ]
    assert back["lost"] == 0


def test_a_pdf_with_keys_is_printed(capsys, home):
    run(capsys, "import", given(home, "de.docx", GOOD))
    status, _ = run_json(capsys, "export", "--format", "pdf", "--out", home / "out.pdf")
    assert status == 0
    assert (home / "out.pdf").read_bytes().startswith(b"%PDF")


def test_keys_of_locked_items_stay_in_the_bank(capsys, home):
    run(capsys, "import", "--author", "Lan", given(home, "de.docx", GOOD))
    store = SqlBankStore(f"sqlite:///{home / 'home' / 'bank.sqlite'}")
    first = store.search(Search())[0].id
    for target, person in (("reviewed", "Minh"), ("approved", "Hoa"), ("locked", "Hoa")):
        store.review(first, 1, target, person, NOW)
    store.close()
    out = home / "out.zip"
    _, document = run_json(capsys, "export", "--format", "qti", "--out", out)
    assert document["keys_withheld"] == 1
    _, back = run_json(capsys, "import", "--dry-run", out)
    assert [item["key"] for item in back["files"][0]["items"]].count([]) == 1


def test_check_names_faults_and_changes_behind_the_bank(capsys, home):
    import pysqlite3

    run(capsys, "import", given(home, "de.docx", GOOD))
    status, document = run_json(capsys, "check")
    assert (status, document["items"], document["errors"]) == (1, 3, 1)
    assert document["findings"][0]["issues"][0]["code"] == "two_keys"
    database = pysqlite3.connect(str(home / "home" / "bank.sqlite"))
    database.execute("DROP TRIGGER versions_final_UPDATE")
    database.execute("UPDATE versions SET content = replace(content, 'Huế', 'Hội An')")
    database.commit()
    database.close()
    _, document = run_json(capsys, "check")
    assert "item_altered" in {issue["code"] for item in document["findings"] for issue in item["issues"]}


def test_people_get_lines(capsys, home):
    status, out = run(capsys, "import", given(home, "de.docx", GOOD))
    assert status == 0
    assert "3 items, 1 to be reviewed, 0 lost; 3 new in the bank" in out
    assert "[two_keys" in out
