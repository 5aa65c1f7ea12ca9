"""The reason within an issue is told in the language of the issue around it, whatever the session's language."""

from __future__ import annotations

import pytest
from lxml import html

from khaothi.wording import Terms
from question_bank import bank_cli
from question_bank.adapters.formula_renderer import MathJaxRenderer
from question_bank.errors import FileDamaged, FormulaRefused, RowRefused
from question_bank.formats.mathml import local
from question_bank.formats.opening import parse_xml
from question_bank.formats.report import Issue, reason_of


@pytest.fixture(params=["vi", "en"], autouse=True)
def session(request, monkeypatch):
    monkeypatch.setenv("KHAOTHI_LANGUAGE", request.param)


def test_a_damaged_part_of_a_package_is_told_in_both_languages():
    with pytest.raises(FileDamaged) as refused:
        parse_xml(b"<a><b></a>", "q1.xml")
    issue = Issue("item_unreadable", "q1.xml", ("q1.xml", refused.value))
    assert issue.message == "Không đọc được câu trong q1.xml: q1.xml: XML không đúng cú pháp: dòng 1, cột 11: thẻ b mở ở dòng 1 nhưng đóng bằng a."  # fmt: skip
    assert issue.message_en.startswith("The item in q1.xml could not be read: q1.xml: not well-formed XML: Opening")


def test_a_mark_is_named_in_both_languages():
    issue = Issue("key_by_weak_mark", "Câu 1", ("B", Terms(("bold type",))))
    assert issue.message == "Đáp án B lấy theo chữ đậm (chỉ một phương án có)."
    assert issue.message_en == "The key B was taken from bold type (only one option has it)."


def test_a_row_is_refused_in_both_languages():
    issue = Issue("row_refused", "Sheet1, dòng 5", ("5", RowRefused("there is no question")))
    assert issue.message == "Dòng 5 không nhập được: không có câu hỏi."
    assert issue.message_en == "Row 5 was not imported: there is no question."


def test_a_formula_that_cannot_be_drawn_is_told_in_both_languages():
    with pytest.raises(FormulaRefused) as refused:
        MathJaxRenderer().svg(r"\foo{1}")
    issue = Issue("formula_refused", "Câu 1", (r"\foo{1}", reason_of(refused.value)))
    assert issue.message == r"Công thức “\foo{1}” không vẽ được: không có lệnh \foo."
    assert issue.message_en == r"The formula “\foo{1}” cannot be drawn: Undefined control sequence \foo."


def test_a_tag_that_no_standard_allows_has_a_name_too():
    assert local(html.fragment_fromstring("<eầ:b>x</eầ:b>")) == "eầ:b"


def test_a_file_that_is_refused_is_printed_in_either_language(capsys, tmp_path):
    (tmp_path / "a").write_bytes(b"")
    assert bank_cli.bank(["import", str(tmp_path / "a"), "--dry-run"]) == 1
    printed = capsys.readouterr().out
    assert "✗ a: " in printed
    assert "[import_format_unknown, a]" in printed
