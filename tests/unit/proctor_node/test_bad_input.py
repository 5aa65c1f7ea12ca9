"""What the node's commands say of files and folders that cannot be used: one document, a stable code, both languages."""

from __future__ import annotations

import json
import sqlite3
import stat
from contextlib import closing

import openpyxl
import pytest

from proctor_node import analyse_cli, cli, score_cli

OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(512)
ENCRYPTED = OLE + "EncryptedPackage".encode("utf-16-le") + bytes(64)


@pytest.fixture(params=["vi", "en"])
def told(request, monkeypatch, capsys, tmp_path):
    """Runs a command and gives exit status, code and message in either language."""
    monkeypatch.setenv("KHAOTHI_LANGUAGE", request.param)
    monkeypatch.setenv("KHAOTHI_HOME", str(tmp_path / "home"))

    def run(entry, *arguments):
        status = entry([*map(str, arguments), "--json"])
        error = json.loads(capsys.readouterr().out)["error"]
        assert set(error) == {"code", "message", "advice"}
        return status, error["code"], error["message"]

    run.language = request.param
    return run


def roster(tmp_path, header, *rows):
    book = openpyxl.Workbook()
    for row in ([], header, *rows):
        book.active.append(row)
    path = tmp_path / "ds.xlsx"
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("name", "raw", "vi", "en"),
    [
        ("ds.xlsx", b"Ho va ten,Ngay sinh\n", "ds.xlsx: không phải tệp XLSX, dù tên ghi như vậy.", "ds.xlsx: not an XLSX file, whatever its name says."),
        ("ds.xlsx", b"", "ds.xlsx: tệp rỗng.", "ds.xlsx: the file is empty."),
        ("ds.csv", b" \r\n", "ds.csv: tệp rỗng.", "ds.csv: the file is empty."),
        ("ds.xls", OLE, "ds.xls: sổ tính Excel kiểu cũ (XLS), không phải XLSX.", "ds.xls: an old XLS workbook, not XLSX."),
        ("ds.xlsx", ENCRYPTED, "ds.xlsx: sổ tính Excel có đặt mật khẩu.", "ds.xlsx: a workbook under a password."),
        ("ds.xlsx", b"PK\x03\x04 cut off", "ds.xlsx: không phải tệp XLSX, hoặc đã hỏng.", "ds.xlsx: not an XLSX file, or damaged."),
        ("ds.csv", bytes(range(256)), "ds.csv: không phải bảng; chỉ đọc XLSX và CSV.", "ds.csv: not a table; XLSX and CSV are read."),
        ("ds.csv", b"a,b\n1,2\n", "ds.csv: không thấy dòng tiêu đề có các cột cần thiết trong 20 dòng đầu.", "ds.csv: no header row with known columns in the first 20 rows."),
    ],
    ids=["CSV named XLSX", "empty XLSX", "empty CSV", "old XLS", "under a password", "cut off", "binary", "no header"],
)  # fmt: skip
def test_a_file_that_is_no_roster_is_named_with_its_reason(told, tmp_path, name, raw, vi, en):
    (tmp_path / name).write_bytes(raw)
    assert told(cli.node, "roster", "check", tmp_path / name) == (
        1, "roster_unreadable", {"vi": vi, "en": en}[told.language],
    )  # fmt: skip


def test_a_missing_column_is_named_with_its_row(told, tmp_path):
    path = roster(tmp_path, ["SBD", "Họ và tên", "Điểm thi", "Phòng thi"], ["1", "Trần Thị Bưởi", "LTT", "1"])
    status, code, message = told(cli.node, "roster", "check", path)
    assert (status, code) == (1, "roster_unreadable")
    wanted = "Ngày sinh, Số CCCD"
    said = {"vi": f"ds.xlsx: dòng 2: thiếu cột {wanted}.", "en": f"ds.xlsx: row 2: columns are missing: {wanted}."}
    assert message == said[told.language]


def test_a_wrong_cell_is_told_in_the_language_of_the_session(told, tmp_path, capsys):
    header = ["SBD", "Họ và tên", "Ngày sinh", "Giới tính", "Số CCCD"]
    path = roster(tmp_path, header, ["1", "Trần Thị Bưởi", "31/02/2008", "Nữ", "042308000001"])
    assert cli.node(["roster", "check", str(path)]) == 1
    lines = capsys.readouterr().out.splitlines()
    expected = {
        "vi": [
            "ds.xlsx: 0 thí sinh, 1 lỗi",
            '  lỗi date_invalid: Dòng 3, cột "Ngày sinh": không phải ngày dd/mm/yyyy.',
        ],
        "en": ["ds.xlsx: 0 candidates, 1 errors", "  error date_invalid: row 3, date of birth: no date dd/mm/yyyy"],
    }
    assert [lines[0], lines[-1]] == expected[told.language]


def test_folders_are_told_apart(told, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    status, code, message = told(cli.node, "plan", "show", "--dir", tmp_path / "nowhere")
    assert (status, code) == (2, "no_such_folder")
    assert (
        message
        == {"vi": f"Không có thư mục {tmp_path}/nowhere.", "en": f"{tmp_path}/nowhere does not exist."}[told.language]
    )
    status, code, message = told(cli.node, "plan", "show", "--dir", empty)
    assert (status, code) == (1, "node_not_ready")
    assert message == {"vi": f"{empty} không chứa nút trung tâm.", "en": f"{empty} holds no node."}[told.language]


@pytest.mark.parametrize(
    ("store", "vi", "en"),
    [
        (
            "nonsense",
            "Địa chỉ cơ sở dữ liệu không theo dạng postgresql://người-dùng@máy-chủ/tên.",
            "The address of the database is not of the form postgresql://user@host/name.",
        ),
        (
            "mysql://u:secret@127.0.0.1/x",
            "mysql: cơ sở dữ liệu phải là SQLite hoặc PostgreSQL.",
            "mysql: the database is SQLite or PostgreSQL.",
        ),
        ("postgresql://u:secret@127.0.0.1:1/x", "", ""),
    ],
)
def test_a_node_is_not_made_on_a_database_that_does_not_answer(told, tmp_path, store, vi, en):
    status, code, message = told(cli.node, "init", tmp_path / "node", "--store", store)
    assert (status, code) == (3, "node_store_unusable")
    assert not (tmp_path / "node").exists()
    assert "secret" not in message
    assert not vi or message == {"vi": vi, "en": en}[told.language]


def test_a_node_is_not_made_on_a_database_with_something_in_it(told, tmp_path):
    taken = tmp_path / "taken.sqlite"
    with closing(sqlite3.connect(taken)) as database:
        database.execute("CREATE TABLE of_somebody (id)")
    status, code, _ = told(cli.node, "init", tmp_path / "node", "--store", f"sqlite:///{taken}")
    assert (status, code) == (1, "node_store_taken")
    assert not (tmp_path / "node").exists()


def test_nobody_else_reads_where_the_database_is(tmp_path):
    assert cli.node(["init", str(tmp_path / "node"), "--store", f"sqlite:///{tmp_path / 'own.sqlite'}"]) == 0
    assert stat.S_IMODE((tmp_path / "node" / "settings.json").stat().st_mode) == 0o600


def test_a_reason_of_the_node_is_a_sentence(told):
    status, code, message = told(cli.node, "room-key", "LTT", "1", "--holder", "A")
    assert (status, code) == (1, "needs_two_holders")
    assert (
        message
        == {"vi": "Cần đúng hai người giữ hai nửa mã.", "en": "Exactly two officials hold the halves."}[told.language]
    )


@pytest.fixture
def responses(tmp_path):
    path = tmp_path / "bai.csv"
    path.write_text("sbd,I.1\n1,A\n")
    return path


def test_an_unreadable_profile_names_its_line(told, tmp_path, responses):
    profile = tmp_path / "ho-so.toml"
    profile.write_text("name = \n")
    status, code, message = told(
        score_cli.main, responses, "--form", responses, "--key", responses, "--profile", profile
    )
    assert (status, code) == (1, "profile_invalid")
    assert (
        message
        == {
            "vi": "Hồ sơ kỳ thi không đúng khuôn: dòng 1, cột 8: giá trị không đúng cú pháp TOML.",
            "en": "The profile is not as it must be: Invalid value (at line 1, column 8).",
        }[told.language]
    )


def test_a_profile_that_nobody_knows_is_wrong_use(told, responses):
    status, code, message = told(
        score_cli.main, responses, "--form", responses, "--key", responses, "--profile", "toan"
    )
    assert (status, code) == (2, "not_found")
    assert "toan" in message


@pytest.mark.parametrize(
    ("raw", "code", "vi", "en"),
    [
        ("", "table_empty", "bang.csv: tệp rỗng.", "bang.csv: the file is empty."),
        ("id,q1\n1,A\n2,A,B\n", "table_unreadable", "bang.csv: dòng 3 có 3 ô, dòng tiêu đề có 2.", "bang.csv: row 3: 3 cells where the header has 2."),
        ("id,q1\n1,A,B\n", "table_unreadable", "bang.csv: dòng 2 có 3 ô, dòng tiêu đề có 2.", "bang.csv: row 2: 3 cells where the header has 2."),
        ("id,q1\n1,A,B\n2,A\n", "table_unreadable", "bang.csv: dòng 2 có 3 ô, dòng tiêu đề có 2.", "bang.csv: row 2: 3 cells where the header has 2."),
        ("a" * 200_000 + "\nb\n", "table_unreadable", "bang.csv: không phải bảng.", "bang.csv: not a table."),
        ("id,q1,q2\n1,A,B\n2,B,C\n", "key_needed", "bang.csv: các ô của cột “q1” không phải điểm.", "bang.csv: the cells of 'q1' are no marks."),
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_analysed_says_why(told, tmp_path, raw, code, vi, en):
    path = tmp_path / "bang.csv"
    path.write_text(raw)
    assert told(analyse_cli.analyse, path) == (1, code, {"vi": vi, "en": en}[told.language])


def test_a_report_of_another_kind_is_wrong_use_before_anything_is_read(told, responses):
    status, code, message = told(analyse_cli.analyse, responses, "--report", "x.doc")
    assert (status, code) == (2, "wrong_use")
    assert message.startswith("--report: x.doc: ")
