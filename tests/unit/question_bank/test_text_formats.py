"""Moodle XML, GIFT, Aiken, LaTeX and spreadsheets as other programs and teachers write them."""

from __future__ import annotations

import io

import pytest
from openpyxl import Workbook

from question_bank.adapters.formula_renderer import MathJaxRenderer
from question_bank.bank.content import Formula, Gap, Picture, inlines, plain
from question_bank.errors import FileHostile, FormatUnknown
from question_bank.formats import importing

RENDERER = MathJaxRenderer()


def read(source, name):
    raw = source if isinstance(source, bytes) else source.encode()
    imported, lost, _ = importing.read(raw, name, None, RENDERER)
    assert lost == 0, [item.draft for item in imported.items]
    return imported


def short(imported):
    return [(item.draft.item.kind, item.draft.key.right) for item in imported.items]


def codes(item):
    return [issue.code for issue in item.issues]


def moodle(*questions):
    return f'<?xml version="1.0" encoding="UTF-8"?><quiz>{"".join(questions)}</quiz>'


MULTICHOICE = """<question type="multichoice"><name><text>Tên</text></name>
<questiontext format="html"><text><![CDATA[<p>Chọn <b>số</b> \\(x^2\\) <img src="@@PLUGINFILE@@/a%20b.png" alt="hình"/></p>]]></text>
<file name="a b.png" path="/" encoding="base64">iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNgYGBgAAAABQABpfZFQAAAAABJRU5ErkJggg==</file></questiontext>
<generalfeedback format="html"><text>Vì thế.</text></generalfeedback><single>{single}</single><shuffleanswers>1</shuffleanswers>
<answer fraction="{0}" format="html"><text>một</text><feedback><text>Tốt</text></feedback></answer>
<answer fraction="{1}" format="html"><text>hai</text></answer><answer fraction="{2}"><text>ba</text></answer>
<tags><tag><text>ôn</text></tag></tags></question>"""


def test_moodle_choices_with_files_fractions_feedback_and_category():
    category = '<question type="category"><category><text>$course$/top/Toán/Hàm số</text></category></question>'
    one = MULTICHOICE.format("100", "0", "0", single="true")
    several = MULTICHOICE.format("50", "50", "-100", single="false").replace("số", "hai số")
    partial = MULTICHOICE.format("100", "33.33333", "0", single="true").replace("số", "ba số")
    imported = read(moodle(category, one, several, partial), "x.xml")
    assert short(imported) == [("single_choice", ("A",)), ("multiple_choice", ("A", "B")), ("single_choice", ("A",))]
    first = imported.items[0].draft.item
    assert (first.metadata.topic, first.metadata.title, first.metadata.tags, first.shuffle) == (
        "Toán / Hàm số",
        "Tên",
        ("ôn",),
        True,
    )
    assert {type(piece) for piece in inlines(first.stem)} >= {Formula, Picture}
    assert plain(first.solution) == "Vì thế."
    assert imported.items[2].draft.key.weights == (("A", "1"), ("B", "0.3333333"))
    assert all(item.state == "draft" for item in imported.items)


def test_moodle_other_types():
    imported = read(
        moodle(
            '<question type="truefalse"><questiontext format="html"><text>Nước sôi ở 100 độ?</text></questiontext><answer fraction="100"><text>true</text></answer><answer fraction="0"><text>false</text></answer></question>',
            '<question type="numerical"><questiontext format="html"><text>1,5 + 1?</text></questiontext><answer fraction="100"><text>2.5</text><tolerance>0.1</tolerance></answer></question>',
            '<question type="shortanswer"><questiontext format="html"><text>Thủ đô?</text></questiontext><usecase>1</usecase><answer fraction="100"><text>Hà Nội</text></answer></question>',
            '<question type="matching"><questiontext format="html"><text>Xét</text></questiontext><subquestion format="html"><text>ý một</text><answer><text>Đúng</text></answer></subquestion><subquestion format="html"><text>ý hai</text><answer><text>Sai</text></answer></subquestion></question>',
            '<question type="matching"><questiontext format="html"><text>Nối</text></questiontext><subquestion format="html"><text>Pháp</text><answer><text>Paris</text></answer></subquestion><subquestion format="html"><text>Ý</text><answer><text>Roma</text></answer></subquestion></question>',
            '<question type="essay"><questiontext format="html"><text>Viết.</text></questiontext></question>',
            '<question type="cloze"><questiontext format="html"><text>Một {1:SHORTANSWER:=hai} ba {1:SHORTANSWER:=bốn}</text></questiontext></question>',
            '<question type="ddwtos"><questiontext format="html"><text>Kéo [[1]]</text></questiontext><dragbox><text>thả</text></dragbox></question>',
        ),
        "x.xml",
    )  # fmt: skip
    assert short(imported) == [
        ("single_choice", ("A",)), ("short_answer", ("2,5",)), ("short_answer", ("Hà Nội",)),
        ("true_false_cluster", ("true", "false")), ("other", ()), ("other", ()), ("other", ()), ("other", ()),
    ]  # fmt: skip
    assert imported.items[1].draft.key.tolerance == "0.1"
    assert codes(imported.items[2]) == ["key_not_enterable"]
    assert all(item.state == "needs_review" and item.draft.item.unsupported for item in imported.items[4:])
    assert "Paris" in plain(imported.items[4].draft.item.stem)


def test_moodle_with_entities_is_refused():
    with pytest.raises(FileHostile):
        read('<!DOCTYPE quiz [<!ENTITY a "b">]><quiz><question type="essay"/></quiz>', "x.xml")


GIFT = """// lời bình
$CATEGORY: $course$/top/Địa lí

::Thủ đô:: Thủ đô của Việt Nam? {
  =Hà Nội # đúng rồi
  ~Huế
  ~%50%Sài Gòn
}

Hai cộng hai {=4 =bốn}

Mặt trời mọc ở đằng Tây. {F#Không phải}

Số pi {#3.14:0.01}

Khoảng {#1..5}

Chọn các số chẵn {~%50%2 ~%50%4 ~%-100%3}

Nối {=một -> 1 =hai -> 2}

Trời {=xanh ~đỏ} quá.

Viết luận {}

Tập \\{1\\} có \\= mấy \\~ phần tử?{=1 ~\\(\\frac\\{1\\}\\{2\\} \\neq 3\\)}
"""


def test_gift():
    imported = read(GIFT, "x.gift")
    assert short(imported) == [
        ("single_choice", ("A",)), ("short_answer", ("4", "bốn")), ("single_choice", ("B",)), ("short_answer", ("3,14",)),
        ("short_answer", ("3",)), ("multiple_choice", ("A", "B")), ("other", ()), ("single_choice", ("A",)), ("other", ()),
        ("single_choice", ("A",)),
    ]  # fmt: skip
    items = [item.draft.item for item in imported.items]
    assert (items[0].metadata.title, items[0].metadata.topic) == ("Thủ đô", "Địa lí")
    assert imported.items[4].draft.key.tolerance == "2"
    assert any(isinstance(piece, Gap) for piece in inlines(items[7].stem))
    assert plain(items[9].stem) == "Tập {1} có = mấy ~ phần tử?"
    assert [piece.latex for piece in inlines(items[9].options[1].content)] == [r"\frac{1}{2} \neq 3"]


AIKEN = "What is 2+2?\nA. 3\nB. 4\nANSWER: B\n\nThủ đô?\nA) Huế\nB) Hà Nội\nC) Vinh\nANSWER: B\n"


@pytest.mark.parametrize(
    "raw", [AIKEN.encode(), b"\xef\xbb\xbf" + AIKEN.replace("\n", "\r\n").encode(), AIKEN.encode("utf-16")]
)
def test_aiken_in_any_encoding(raw):
    imported = read(raw, "x.txt")
    assert short(imported) == [("single_choice", ("B",)), ("single_choice", ("B",))]
    assert [len(item.draft.item.options) for item in imported.items] == [2, 3]


def test_legacy_text_is_converted_and_told():
    source = "C©u 1: TÝnh diÖn tÝch h×nh trßn b¸n kÝnh b»ng mét?\nA. mét\nB. hai\nC. ba\nD. bèn\nANSWER: C\n"
    imported, _, _ = importing.read(source.encode("latin-1"), "x.txt", None, RENDERER)
    assert plain(imported.items[0].draft.item.stem) == "Tính diện tích hình tròn bán kính bằng một?"
    assert "legacy_encoding" in {issue.code for issue in imported.issues}


LATEX = r"""\documentclass{article}\usepackage{ex_test}\begin{document}
\begin{ex}%[2D1H1-2]
 Cho hàm số $y=f(x)$ đạt \textbf{cực đại} tại % ghi chú
 \choice
 {$x=1$}
 {\True $x=\dfrac{1}{2}$}
 {$x=3$}{$x=4$}
 \loigiai{Ta có $y'=0$. Chọn B.}
\end{ex}
\begin{ex}%[2D1V1-2]
 Xét các mệnh đề
 \choiceTF
 {\True Đúng $a>0$}{Sai}{\True Đúng nữa}{Sai nữa}
\end{ex}
\begin{ex} Tính tổng.
 \shortans[oly]{$-1{,}5$}
\end{ex}
\begin{ex}
 \immini{Nhìn hình}{\begin{tikzpicture}\draw (0,0)--(1,1);\end{tikzpicture}}
 \choice{a}{\True b}{c}{d}
\end{ex}
\begin{bt} Chứng minh rằng \[a^2\ge 0.\]
\end{bt}
\end{document}"""


def test_latex_ex_test():
    imported = read(LATEX, "x.tex")
    assert short(imported) == [
        ("single_choice", ("B",)), ("true_false_cluster", ("true", "false", "true", "false")), ("short_answer", ("-1,5",)),
        ("single_choice", ("B",)), ("other", ()),
    ]  # fmt: skip
    items = [item.draft.item for item in imported.items]
    assert [item.metadata.level for item in items[:2]] == ["TH", "VD"]
    assert plain(items[0].options[1].content) == r"$x=\dfrac{1}{2}$"
    assert plain(items[0].solution) == "Ta có $y'=0$. Chọn B."
    assert "drawing_lost" in codes(imported.items[3])
    assert [piece.display for piece in inlines(items[4].stem) if isinstance(piece, Formula)] == [True]


def sheet(*rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def test_a_teachers_spreadsheet():
    raw = sheet(
        ["NGÂN HÀNG CÂU HỎI"],
        [
            "STT",
            "Câu hỏi (*)",
            "Phương án A",
            "Phương án B",
            "Phương án C",
            "Phương án D",
            "Đáp án",
            "Mức độ",
            "Chủ đề",
        ],
        [1, "Căn của $\\frac{1}{4}$?", 0.5, 1, 2, "=3", "A", "Nhận biết", "Căn"],
        [2, "Xét", "một", "hai", "ba", "bốn", "Đ S S Đ", "TH", ""],
        [3, "Bằng?", None, None, None, None, -1.5, "VD", ""],
        [4, None, "x", None, None, None, "A", None, None],
    )
    imported = read(raw, "x.xlsx")
    assert short(imported) == [("single_choice", ("A",)), ("true_false_cluster", ("true", "false", "false", "true")), ("short_answer", ("-1,5",))]  # fmt: skip
    first = imported.items[0].draft.item
    assert (first.metadata.level, first.metadata.topic, plain(first.options[0].content)) == ("NB", "Căn", "0,5")
    assert [issue.code for issue in imported.issues] == ["row_refused"]


def test_what_holds_no_questions_is_refused_or_told():
    with pytest.raises(FormatUnknown):
        read("<questestinterop/>", "x.xml")
    assert [issue.code for issue in read(sheet(["a"], ["b"]), "x.xlsx").issues] == ["no_items"]
