"""`khaothi node` by its contract: one JSON document, the exit statuses, nothing half done."""

from __future__ import annotations

import io
import json
import sys

import pytest

from exam_engine.candidate import Candidate
from proctor_node.adapters.spreadsheets import load_roster, write_roster

cli = pytest.importorskip("proctor_node.cli", reason="the command line of the node is not in this tree")
PEOPLE = [
    Candidate("30000001", "Nguyễn Thị Ngọc Ẩn", "2008-03-15", "F", "042308000001", "LTT", "01", 1, "1", "12A1"),
    Candidate("30000002", "Trần Đức Dũng", "2008-11-02", "M", "042208000002", "TS", "02", 5, "2", "12A2"),
]
EXAM = ("--exam", "KS12", "--name", "Khảo sát", "--subject", "Toán", "--shift", "1=2026-11-24T07:30", "--shift", "2=2026-11-24T09:30")  # fmt: skip


@pytest.fixture
def run(tmp_path, capsys):
    """Runs a command in a node's folder; status and document."""

    def call(*arguments: str, where: bool = True):
        own = ("--dir", str(tmp_path / "node")) if where else ()
        status = cli.node([*arguments, *own, "--json"])
        printed = capsys.readouterr().out
        return status, json.loads(printed) if printed else None

    return call


@pytest.fixture
def planned(run, tmp_path):
    write_roster(tmp_path / "ds.xlsx", PEOPLE)
    assert run("init", str(tmp_path / "node"), "--purpose", "demonstration", where=False)[0] == 0
    status, document = run("plan", "import", str(tmp_path / "ds.xlsx"), *EXAM)
    assert (status, document["candidates"], document["errors"]) == (0, 2, 0)
    return run


def test_a_second_init_leaves_the_first_node_alone(planned, tmp_path):
    before = (tmp_path / "node" / "node.key").read_bytes()
    status, document = planned("init", str(tmp_path / "node"), where=False)

    assert (status, document["error"]["code"]) == (1, "node_exists")
    assert "serve" in document["error"]["advice"]
    assert (tmp_path / "node" / "node.key").read_bytes() == before


@pytest.mark.parametrize(
    "command",
    [("serve",), ("plan", "show"), ("station", "list"), ("results",), ("user", "add", "a", "--role", "teacher")],
)
def test_a_folder_that_does_not_exist_is_wrong_use(tmp_path, capsys, monkeypatch, command):
    monkeypatch.setattr("sys.stdin", io.StringIO("mat khau dai\n"))
    piped = ("--password-stdin",) if command[0] == "user" else ()
    asked = () if command[0] == "serve" else ("--json",)
    assert cli.node([*command, "--dir", str(tmp_path / "none"), *piped, *asked]) == 2
    told = capsys.readouterr()
    assert "none" in (told.out + told.err)


def test_private_files_are_for_this_user_alone(planned, tmp_path):
    for name in ("node.key", "server.key"):
        assert (tmp_path / "node" / name).stat().st_mode & 0o077 == 0


def test_a_code_is_given_for_seats_of_the_plan_alone(planned):
    status, document = planned("station", "code", "TS", "02", "5")
    assert status == 0
    assert len(document["certificate_sha256"]) == 64

    status, document = planned("station", "code", "TS", "02", "99")
    assert (status, document["error"]["code"]) == (2, "wrong_use")
    assert planned("station", "list") == (0, {"stations": []})


def test_a_roster_with_an_error_is_told_and_not_taken(planned, tmp_path):
    write_roster(tmp_path / "twice.xlsx", [PEOPLE[0], PEOPLE[0]])
    status, document = planned("roster", "check", str(tmp_path / "twice.xlsx"), where=False)
    assert (status, document["remarks"][0]["code"], document["remarks"][0]["row"]) == (1, "N503", 3)

    assert planned("plan", "import", str(tmp_path / "twice.xlsx"), *EXAM)[0] == 1
    assert [row["sbd"] for row in planned("results")[1]["results"]] == ["30000001", "30000002"]


def test_a_file_that_does_not_exist_is_wrong_use(planned, tmp_path):
    status, document = planned("roster", "check", str(tmp_path / "none.xlsx"), where=False)
    assert (status, document["error"]["code"]) == (2, "wrong_use")


def test_a_damaged_file_is_refused_by_name(planned, tmp_path):
    (tmp_path / "hong.xlsx").write_bytes(b"no workbook")
    status, document = planned("roster", "check", str(tmp_path / "hong.xlsx"), where=False)
    assert (status, document["error"]["code"]) == (1, "roster_unreadable")
    assert "hong.xlsx" in document["error"]["message"]


def test_a_shift_without_a_start_is_named(planned, tmp_path):
    status, document = planned("plan", "import", str(tmp_path / "ds.xlsx"), *EXAM[:-2])
    assert status == 2
    assert "shift 2" in document["error"]["message"]


def test_results_have_no_mark_for_an_absence_on_screen_and_in_the_workbook(planned, tmp_path):
    status, document = planned("results", "--shift", "1", "--xlsx", str(tmp_path / "diem.xlsx"))
    assert status == 0
    assert document["results"] == [
        {
            "sbd": "30000001",
            "shift": "1",
            "outcome": "absent",
            "score": None,
            "penalty": "0",
            "net": None,
            "score_by_part": {},
            "key_version": 0,
        }
    ]
    assert (tmp_path / "diem.xlsx").stat().st_size > 0


def test_a_user_needs_a_known_role_and_a_long_password(planned, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("mat khau dai\nngan\n"))
    assert planned("user", "add", "thanh", "--role", "invigilator", "--site", "LTT", "--password-stdin")[0] == 0
    assert planned("user", "add", "hoa", "--role", "site_head", "--password-stdin")[0] == 2
    assert planned("user", "add", "hoa", "--role", "king", "--password-stdin")[0] == 2


def test_a_folder_without_a_node_says_how_to_make_one(run, tmp_path):
    (tmp_path / "node").mkdir()
    status, document = run("station", "list")
    assert (status, document["error"]["code"]) == (1, "node_not_ready")
    assert "node init" in document["error"]["advice"]


def test_a_written_roster_is_what_was_meant(planned, tmp_path):
    assert load_roster(tmp_path / "ds.xlsx").candidates == PEOPLE


def test_a_school_list_becomes_a_plan_by_rule_and_its_lists_are_printed(run, tmp_path):
    lines = ["STT;Họ và tên;Ngày sinh;Số CCCD;Lớp"]
    lines += [f"{n};Trần Đức Dũng {n};15/03/2008;042208{n:06d};12A{n % 2 + 1}" for n in range(1, 31)]
    (tmp_path / "ds.csv").write_text("\n".join(lines).replace(" 1;", " A;"), encoding="utf-8-sig")
    run("init", str(tmp_path / "node"), "--purpose", "demonstration", where=False)
    rule = ("--site", "LTT=THPT Lý Tự Trọng", "--rooms", "LTT=1", "--sbd-prefix", "42")
    status, document = run("plan", "import", str(tmp_path / "ds.csv"), *EXAM, *rule, "--dry-run")
    assert (status, document["kept"], [r["candidates"] for r in document["rooms"]]) == (0, False, [15, 15])
    assert run("plan", "show")[0] == 1
    assert run("plan", "import", str(tmp_path / "ds.csv"), *EXAM, *rule)[0] == 0
    status, document = run("plan", "print", "--out", str(tmp_path / "in"), "--shift", "2")
    assert (status, len(document["files"])) == (0, 3)
    assert all(open(path, "rb").read(4) == b"%PDF" for path in document["files"])  # noqa: PTH123, SIM115


def test_a_row_is_corrected_by_an_administrator_who_proves_themselves(planned, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("mat khau cua quan\nmat khau cua xem\n"))
    assert planned("user", "add", "quan", "--role", "administrator", "--password-stdin")[0] == 0
    assert planned("user", "add", "xem", "--role", "inspector", "--password-stdin")[0] == 0
    change = ("roster", "set", "30000001", "--shift", "1", "--set", "name=Nguyễn Thị Ngọc Ấn", "--reason", "sai dấu", "--password-stdin")  # fmt: skip
    for name, password, expected in (
        ("xem", "mat khau cua xem", 1),
        ("quan", "sai", 1),
        ("quan", "mat khau cua quan", 0),
    ):
        monkeypatch.setattr(sys, "stdin", io.StringIO(password + "\n"))
        status, document = planned(*change, "--by", name)
        assert status == expected, document
    assert document["name"] == "Nguyễn Thị Ngọc Ấn"
