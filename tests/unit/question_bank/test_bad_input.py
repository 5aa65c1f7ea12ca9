"""What the commands of the bank and of forms say of files that cannot be used: a stable code, both languages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from question_bank import bank_cli, cli

BLUEPRINTS = Path(cli.__file__).parent / "blueprints"


@pytest.fixture(params=["vi", "en"])
def told(request, monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("KHAOTHI_LANGUAGE", request.param)
    monkeypatch.setenv("KHAOTHI_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("KHAOTHI_PASSPHRASE", raising=False)

    def run(entry, *arguments):
        status = entry([*map(str, arguments), "--json"])
        error = json.loads(capsys.readouterr().out)["error"]
        assert error["advice"]
        return status, error["code"], error["message"]

    run.language = request.param
    return run


@pytest.mark.parametrize(
    ("name", "raw", "code", "vi", "en"),
    [
        ("de.docx", b"", "import_format_unknown", "de.docx: tệp rỗng.", "de.docx: the file is empty."),
        ("de.pdf", b"%PDF-1.7\n", "import_format_unknown", "de.pdf: tệp PDF: hãy nhập tệp Word gốc.", "de.pdf: a PDF: import the Word file that it was made from."),
        ("de.doc", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "import_format_unknown", "de.doc: tệp Word hoặc Excel kiểu cũ: mở ra và lưu lại dạng .docx hoặc .xlsx.", "de.doc: an older Word or Excel file: open it and save it as .docx or .xlsx."),
        ("de.xml", b"<quiz><question>", "import_file_damaged", "de.xml: XML không đúng cú pháp: ", "de.xml: not well-formed XML: "),
        ("de.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><quiz/>', "import_file_hostile", "de.xml: khai báo thực thể XML, điều này không được chấp nhận.", "de.xml: declares XML entities, which are not accepted."),
    ],
    ids=["empty", "PDF", "old Word", "broken XML", "XML entities"],
)  # fmt: skip
def test_a_file_that_is_not_imported_says_why(told, tmp_path, name, raw, code, vi, en):
    (tmp_path / name).write_bytes(raw)
    status, found, message = told(bank_cli.bank, "import", tmp_path / name)
    assert (status, found) == (1, code)
    assert message.startswith({"vi": vi, "en": en}[told.language])


def test_no_bank_is_told_with_its_place(told, tmp_path):
    status, code, message = told(bank_cli.bank, "check")
    assert (status, code) == (2, "bank_missing")
    assert str(tmp_path / "home") in message


def test_a_bank_that_is_no_database_is_the_devices_matter(told, tmp_path):
    (tmp_path / "x.sqlite").write_bytes(b"not a database" * 100)
    status, code, message = told(bank_cli.bank, "check", "--bank", f"sqlite:///{tmp_path}/x.sqlite")
    assert (status, code) == (3, "bank_unavailable")
    assert {"vi": "tệp này không phải cơ sở dữ liệu SQLite", "en": "file is not a database"}[told.language] in message


def test_a_blueprint_that_is_no_toml_names_its_line(told, tmp_path):
    path = tmp_path / "ma-tran.toml"
    path.write_text("x = \n")
    status, code, message = told(cli.form, "assemble", "--blueprint", path, "--out", tmp_path / "out")
    assert (status, code) == (1, "blueprint_malformed")
    assert (
        message
        == {
            "vi": "Ma trận đề không đúng khuôn: dòng 1, cột 5: giá trị không đúng cú pháp TOML.",
            "en": "The blueprint is not as it must be: Invalid value (at line 1, column 5).",
        }[told.language]
    )


def test_codes_that_do_not_fit_are_wrong_use(told, tmp_path):
    path = tmp_path / "ma-tran.toml"
    path.write_text("")
    assert told(cli.form, "assemble", "--blueprint", path, "--out", tmp_path, "--first-code", "abc")[:2] == (
        2,
        "wrong_use",
    )


def test_binary_where_text_is_wanted_is_no_crash(told, tmp_path):
    path = tmp_path / "de.toml"
    path.write_bytes(b"\xff\xfe\x00")
    status, code, message = told(cli.form, "check", path)
    assert (status, code) == (1, "form_malformed")
    assert message == {"vi": "de.toml: không phải văn bản UTF-8.", "en": "de.toml: not UTF-8 text."}[told.language]


def test_no_passphrase_names_the_variable(told, tmp_path):
    status, code, _ = told(cli.form, "officer", "A", "--out", tmp_path)
    assert (status, code) == (2, "no_passphrase")


def test_a_form_without_a_bank_is_told_and_makes_no_bank(told, tmp_path):
    path = tmp_path / "ma-tran.toml"
    path.write_text((BLUEPRINTS / "toan_12_2025.toml").read_text("utf-8"), "utf-8")
    status, code, message = told(cli.form, "assemble", "--blueprint", path, "--out", tmp_path / "out")
    assert (status, code) == (2, "bank_missing")
    assert str(tmp_path / "home") in message
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    "command", [("check",), ("import", "de.gift"), ("export", "--format", "gift", "--out", "x.gift")]
)
def test_another_kind_of_database_is_refused_without_its_password(told, tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    Path("de.gift").write_text("1+1=? {=2 ~3}")
    status, code, message = told(bank_cli.bank, *command, "--bank", "postgresql://u:secret@127.0.0.1:1/x")
    assert (status, code) == (3, "bank_unavailable")
    assert "SQLite" in message
    assert "secret" not in message
