"""The libraries' own sentences, made by the libraries themselves: other words in a new release show here."""

from __future__ import annotations

import json
import sqlite3
import tomllib
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec
import pytest
import typer
from lxml import etree

from khaothi import command_line
from khaothi.library_sentences import in_vietnamese
from question_bank.adapters.formula_renderer import MathJaxRenderer
from question_bank.errors import FormulaRefused


class Colour(StrEnum):
    RED = "red"


def application():
    app = typer.Typer(add_completion=False)

    @app.command()
    def one(
        file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
        folder: Annotated[Path | None, typer.Option(exists=True, file_okay=False)] = None,
        number: Annotated[int, typer.Option(min=1, max=9)] = 1,
        share: Annotated[float, typer.Option()] = 0.5,
        colour: Annotated[Colour, typer.Option()] = Colour.RED,
        day: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])] = None,
        flag: Annotated[bool, typer.Option("--flag")] = False,
    ) -> None: ...

    @app.command()
    def two(need: Annotated[str, typer.Option()]) -> None: ...

    return app


HERE = str(Path(__file__))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("", "Thiếu tên lệnh con. Một trong: one, two."),
        ("three", "Không có lệnh con “three”."),
        ("one", "Thiếu tham số “file”."),
        ("two", "Thiếu tùy chọn --need."),
        ("one --flog", "Không có tùy chọn --flog. Có thể là: --flag."),
        ("one --xyzzy", "Không có tùy chọn --xyzzy."),
        ("one --number", "Tùy chọn --number cần một giá trị."),
        ("one --flag=3", "Tùy chọn --flag không nhận giá trị."),
        (f"one {HERE} more", "Thừa tham số: more."),
        ("one /nowhere", "Giá trị của file không dùng được: không có “/nowhere”."),
        ("one /", "Giá trị của file không dùng được: “/” là thư mục, không phải tệp."),
        (f"one {HERE} --folder {HERE}", f"Giá trị của --folder không dùng được: “{HERE}” là tệp, không phải thư mục."),
        (f"one {HERE} --number x", "Giá trị của --number không dùng được: phải là số nguyên."),
        (f"one {HERE} --share x", "Giá trị của --share không dùng được: phải là một số."),
        (f"one {HERE} --number 0", "Giá trị của --number không dùng được: phải từ 1 trở lên."),
        (f"one {HERE} --number 10", "Giá trị của --number không dùng được: phải từ 9 trở xuống."),
        (f"one {HERE} --colour blue", "Giá trị của --colour không dùng được: “blue” không phải một trong: 'red'."),
        (f"one {HERE} --day 2020-99", "Giá trị của --day không dùng được: “2020-99” không phải ngày dạng năm-tháng-ngày (2026-11-25)."),
    ],
)  # fmt: skip
def test_wrong_use_is_told_in_vietnamese(line, told, monkeypatch, capsys):
    monkeypatch.setenv("KHAOTHI_LANGUAGE", "vi")
    assert command_line.run(application(), "x", line.split()) == command_line.WRONG_USE
    first, second = capsys.readouterr().err.splitlines()
    assert first == told
    assert second in {"Xem khaothi x --help.", f"Xem khaothi x {line.split()[0] if line else ''} --help."}


class Inner(msgspec.Struct, forbid_unknown_fields=True):
    count: Annotated[int, msgspec.Meta(ge=1)]


class Outer(msgspec.Struct):
    inner: Inner


def reason(act):
    with pytest.raises(Exception) as caught:  # noqa: PT011 - each library has its own
        act()
    return str(caught.value)


@pytest.mark.parametrize(
    ("act", "told"),
    [
        (lambda: tomllib.loads("a"), "cuối tệp: thiếu dấu = sau tên mục"),
        (lambda: tomllib.loads("\n\x7fa = 1"), None),
        (lambda: tomllib.loads("x = \ny = 2"), "dòng 1, cột 5: giá trị không đúng cú pháp TOML"),
        (lambda: tomllib.loads("x = 1 2"), "dòng 1, cột 7: thừa ký tự sau một mục"),
        (lambda: tomllib.loads("x = 1\nx = 2"), None),
        (lambda: tomllib.loads("x = [1"), "cuối tệp: mảng chưa đóng"),
        (lambda: tomllib.loads("PK\x03\x04"), None),
        (lambda: msgspec.convert({}, Outer), "thiếu mục “inner”"),
        (lambda: msgspec.convert({"inner": {}}, Outer), "inner: thiếu mục “count”"),
        (lambda: msgspec.convert({"inner": {"count": "x"}}, Outer), "inner.count: cần kiểu int, tệp ghi kiểu str"),
        (lambda: msgspec.convert({"inner": {"count": 0}}, Outer), "inner.count: cần số >= 1"),
        (lambda: msgspec.convert({"inner": {"count": 1, "odd": 2}}, Outer), "inner: có mục lạ “odd”"),
        (lambda: msgspec.json.decode(b"{"), "dữ liệu bị cắt cụt"),
        (lambda: msgspec.json.decode(b"{x"), "không đúng JSON ở byte 1"),
        (lambda: json.loads("{x"), "dòng 1, cột 2: không đúng JSON"),
        (b"\xff".decode, "không phải văn bản UTF-8 (byte 0xff ở vị trí 0)"),
        (lambda: sqlite3.connect("/nowhere/x.sqlite"), "không mở được tệp cơ sở dữ liệu"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_told_in_vietnamese(act, told):
    english = reason(act)
    if told is None:
        assert in_vietnamese(english) != english, english
    else:
        assert in_vietnamese(english) == told


def test_a_sentence_that_is_not_known_stays_as_it_is():
    assert in_vietnamese("Something else entirely") == "Something else entirely"


@pytest.mark.parametrize(
    ("latex", "told"),
    [
        (r"\foo", r"không có lệnh \foo"),
        (r"\begin{foo}x\end{foo}", "không có môi trường “foo”"),
        (r"\frac", r"\frac thiếu đối số"),
        (r"\frac{1", "thiếu dấu } đóng"),
        ("a}", "thừa dấu } hoặc thiếu dấu {"),
        (r"\left(x", r"thừa \left hoặc thiếu \right"),
        (r"\right)", r"thiếu \left hoặc thừa \right"),
        (r"\left", r"\left thiếu dấu ngoặc hoặc dấu ngoặc không dùng được"),
        (r"\begin{matrix}a", r"thiếu \end{matrix}"),
        (r"\begin{matrix}a\end{cases}", r"\begin{matrix} kết thúc bằng \end{cases}"),
        (r"\sqrt[3", r"\sqrt thiếu dấu ] đóng"),
        ("a&b", "& đặt sai chỗ"),
        ("x^1^2", "hai số mũ liền nhau: dùng dấu { }"),
        ("x_1_2", "hai chỉ số dưới liền nhau: dùng dấu { }"),
        ("#", "không dùng được dấu # trong công thức"),
        (r"\limits", r"\limits chỉ đi sau toán tử"),
        (r"\over a\over b", r"\over dùng không rõ nghĩa"),
    ],
)
def test_what_a_formula_lacks_is_told_in_vietnamese(renderer, latex, told):
    with pytest.raises(FormulaRefused) as refused:
        renderer.svg(latex)
    assert in_vietnamese(str(refused.value.values["problem"])) == told


@pytest.fixture(scope="module")
def renderer():
    return MathJaxRenderer()


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"", "dòng 1, cột 1: tệp rỗng"),
        (b"abc", "dòng 1, cột 1: không bắt đầu bằng dấu <"),
        (b"<a><b></a>", "dòng 1, cột 11: thẻ b mở ở dòng 1 nhưng đóng bằng a"),
        (b"<a>", "dòng 1, cột 4: tệp hết khi thẻ a (mở ở dòng 1) chưa đóng"),
        (b"<a b></a>", "dòng 1, cột 5: thuộc tính b thiếu giá trị"),
        (b"<a x='1' x='2'/>", "dòng 1, cột 15: thuộc tính x ghi hai lần"),
        (b"<a>&x;</a>", "dòng 1, cột 7: ký hiệu &x; chưa định nghĩa"),
        (b"<a></a><b/>", "dòng 1, cột 8: thừa nội dung ở cuối tệp"),
        (b"<a:b/>", "dòng 1, cột 5: tiền tố a của b chưa khai báo"),
        (b"<?xml version='1.0' encoding='foo'?><a/>", "dòng 1, cột 35: bảng mã foo không đọc được"),
        (b"<a>\xff</a>", "dòng 1, cột 4: có byte không đúng bảng mã"),
    ],
)
def test_what_is_wrong_with_xml_is_told_in_vietnamese(raw, told):
    with pytest.raises(etree.XMLSyntaxError) as refused:
        etree.fromstring(raw)
    assert in_vietnamese(str(refused.value)) == told
