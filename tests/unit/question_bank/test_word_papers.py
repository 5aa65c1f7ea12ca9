"""Word papers by the conventions of Vietnamese teachers: every item, key and formula, nothing lost, every fault named."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from question_bank.adapters.formula_renderer import MathJaxRenderer
from question_bank.bank.content import Formula, Preformatted, Table, inlines, plain
from question_bank.errors import FileDamaged, FileHostile, FormatUnknown
from question_bank.formats import importing
from tests.unit.question_bank.papers import paper

RENDERER = MathJaxRenderer()
ABCD = ("A. một", "B. hai", "C. ba", "D. bốn")


def read(*lines):
    return importing.read(paper(*lines), "de.docx", None, RENDERER)


def item(*lines):
    imported, lost, _ = read(*lines)
    assert lost == 0
    assert len(imported.items) == 1, [one.draft for one in imported.items]
    return imported.items[0]


def codes(one):
    return [issue.code for issue in one.issues]


def texts(one):
    return [plain(option.content) for option in one.draft.item.options]


@pytest.mark.parametrize(
    "options",
    [
        ("A. một", "_B._ hai", "C. ba", "D. bốn"),
        ("A. một", "B. _hai_", "C. ba", "D. bốn"),
        ("A. một", "!B. hai!", "C. ba", "D. bốn"),
        ("A. một", "**B. hai**", "C. ba", "D. bốn"),
        ("A. một", "*B. hai", "C. ba", "D. bốn"),
        ("A. một\t_B._ hai\tC. ba\tD. bốn",),
        ("A. một  _B._ hai  ", "C. ba  D. bốn"),
        ("**A.** một", "~B.~ hai", "**C.** ba", "**D.** bốn"),
        ([["A. một", "_B_. hai"], ["C. ba", "D. bốn"]],),
        (*ABCD, "Đáp án: B"),
        (*ABCD, "Lời giải", "Vì thế. Chọn B."),
        (*ABCD, "-----HẾT-----", "1.B"),
        (*ABCD, "Hướng dẫn giải: Ta có 1+1=2. Đáp án B."),
        (*ABCD, "BẢNG ĐÁP ÁN", [["1"], ["B"]]),
        (*ABCD, "ĐÁP ÁN", [["Câu", "Đáp án"], ["1", "B"]]),
    ],
)
def test_a_key_in_every_usual_notation(options):
    one = item("Câu 1: Hai cộng không bằng mấy?", *options)
    assert (one.draft.item.kind, one.draft.key.right) == ("single_choice", ("B",))
    assert texts(one) == ["một", "hai", "ba", "bốn"]
    assert one.state == "draft", codes(one)
    # What marked the key must not be left in the content.
    marks = {mark for option in one.draft.item.options for piece in inlines(option.content) for mark in piece.marks}
    assert marks == set()


def test_underlined_parts_of_options_are_content_and_no_key():
    one = item("Câu 1: Choose the word pronounced differently.", "A. r_ea_d", "B. h_ea_d", "C. t_ea_m", "D. s_ea_t", "Đáp án: B")  # fmt: skip
    assert one.draft.key.right == ("B",)
    assert [piece.marks for piece in inlines(one.draft.item.options[0].content)] == [(), ("underline",), ()]


def test_parts_statements_and_short_answers_of_the_2025_layout():
    imported, lost, _ = read(
        "PHẦN I. Câu trắc nghiệm nhiều phương án lựa chọn. Thí sinh trả lời từ câu 1 đến câu 12.",
        "Câu 1. [NB] Tính $a/b$ biết", "A. $1/2$", "_B._ $1/3$", "C. $1/4$", "D. $1/5$",
        "PHẦN II. Câu trắc nghiệm đúng sai.",
        "Câu 1. Xét hàm số", "_a)_ đồng biến", "b) nghịch biến", "_c)_ lẻ", "d) chẵn",
        "Câu 2. Xét dãy số", "a) tăng (Đ)", "b) giảm (S)", "c) bị chặn (S)", "d) hội tụ (Đ)",
        "Câu 3. Xét hình", "a) vuông", "b) tròn", "c) thoi", "d) thang", "Đáp án: S Đ S Đ",
        "PHẦN III. Câu trắc nghiệm trả lời ngắn.",
        "Câu 1. Nghiệm bằng bao nhiêu?", "Đáp án: −1,5",
        "Câu 2. Số tiền?", "Đáp án: 12345",
    )  # fmt: skip
    assert lost == 0
    got = [(one.number, one.draft.item.kind, one.draft.key.right) for one in imported.items]
    assert got == [
        (1, "single_choice", ("B",)),
        (1, "true_false_cluster", ("true", "false", "true", "false")),
        (2, "true_false_cluster", ("true", "false", "false", "true")),
        (3, "true_false_cluster", ("false", "true", "false", "true")),
        (1, "short_answer", ("-1,5",)),
        (2, "short_answer", ("12345",)),
    ]
    assert imported.items[0].draft.item.metadata.level == "NB"
    assert codes(imported.items[-1]) == ["key_not_enterable"]
    latex = [piece.latex for content in imported.items[0].draft.item.each_content() for piece in inlines(content) if isinstance(piece, Formula)]  # fmt: skip
    assert latex == [r"\frac{a}{b}", r"\frac{1}{2}", r"\frac{1}{3}", r"\frac{1}{4}", r"\frac{1}{5}"]


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (("Câu 1: x?", "_A._ một", "B. hai", "_C._ ba", "D. bốn"), "two_keys"),
        (("Câu 1: x?", *ABCD), "no_key"),
        (("Câu 1: x?", "_A._ một", "C. hai", "B. ba", "D. bốn"), "options_out_of_order"),
        (("Câu 1: x?", "_A._ một", "B. hai", "C. một", "D. bốn"), "options_repeated"),
        (("Câu 1: x?", "_A._ một", "B.", "C. ba", "D. bốn"), "option_empty"),
        (("Câu 1: x?", "_A._ một", "B. hai", "C. ba", "D. bốn", "Đáp án: C"), "key_conflict"),
        (("Câu 1: x?", *ABCD, "Đáp án: E"), "key_unknown_option"),
        (("Câu 1:", "_A._ một", "B. hai", "C. ba", "D. bốn"), "stem_empty"),
        (("Câu 1: Trình bày suy nghĩ của em về mùa xuân.",), "no_options"),
    ],
)
def test_a_fault_is_named_with_its_place_and_the_item_kept_for_review(lines, code):
    one = item(*lines)
    assert code in codes(one)
    assert one.state == "needs_review"
    assert all("Câu 1" in issue.where for issue in one.issues)


def test_two_keys_are_told_in_both_languages():
    one = item("Câu 17: x?", "_A._ một", "B. hai", "_C._ ba", "D. bốn")
    (issue,) = one.issues
    assert issue.message == "Có 2 phương án được đánh dấu đúng (A, C). Chọn một rồi lưu."
    assert "2 options are marked" in issue.message_en
    assert one.draft.key.right == ("A", "C")


def test_numbers_that_repeat_or_are_missing_are_named():
    imported, _, _ = read(*(line for number in (1, 2, 2, 5) for line in (f"Câu {number}: câu hỏi {number}?", "_A._ một", "B. hai", "C. ba", "D. bốn")))  # fmt: skip
    assert [one.number for one in imported.items] == [1, 2, 2, 5]
    assert "number_repeated" in codes(imported.items[2])
    assert [issue.values for issue in imported.issues if issue.code == "number_missing"] == [("3",), ("4",)]


def test_a_shared_passage_goes_to_the_questions_that_it_names():
    imported, lost, _ = read(
        "Đọc đoạn văn sau và trả lời các câu hỏi từ 2 đến 3:".replace("các câu hỏi từ 2", "câu 2"),
        "Ngày xưa có một người.", "Câu 2: Ai?", "_A._ người", "B. x", "C. y", "D. z",
        "Câu 3: Khi nào?", "_A._ xưa", "B. x", "C. y", "D. z", "Câu 4: Khác?", "_A._ a", "B. x", "C. y", "D. z",
    )  # fmt: skip
    assert lost == 0
    (passage,) = imported.passages
    assert [one.draft.item.passage for one in imported.items] == [passage.id, passage.id, ""]
    assert "Ngày xưa" in plain(passage.content)


def test_an_english_paper_with_ranges_and_an_answer_line_at_the_end():
    imported, lost, _ = read(
        "Question 1. The word is ____.", "A. one\tB. two\tC. three\tD. four",
        "Read the following passage and mark the letter A, B, C, or D to indicate the answer to each of the questions from 2 to 3.",
        "Text here.", "Question 2: x?", *ABCD, "Question 3: y?", *ABCD, "Answer: 1.A 2.C 3.D",
    )  # fmt: skip
    assert lost == 0
    assert [one.draft.key.right for one in imported.items] == [("A",), ("C",), ("D",)]
    assert [bool(one.draft.item.passage) for one in imported.items] == [False, True, True]


def test_program_code_in_a_group_keeps_its_spaces():
    imported, lost, _ = read("Câu (1)-(1) dùng đoạn mã", "[<sg>]", "def f(n):", "    return n", "[</sg>]", "(1) f(2)?", "A. 1", "_B._ 2", "C. 3", "D. 4")  # fmt: skip
    assert lost == 0
    assert Preformatted("def f(n):\n    return n") in imported.passages[0].content


def test_solutions_at_the_end_go_to_their_questions_and_no_item_is_doubled():
    imported, lost, _ = read(
        "Câu 1: x?", "_A._ một", "B. hai", "C. ba", "D. bốn", "Câu 2: y?", "A. một", "_B._ hai", "C. ba", "D. bốn",
        "HẾT", "HƯỚNG DẪN GIẢI CHI TIẾT", "Câu 1: Vì một.", "Câu 2: Vì hai.", "Nên chọn B.",
    )  # fmt: skip
    assert lost == 0
    assert [plain(one.draft.item.solution) for one in imported.items] == ["Vì một.", "Vì hai.\nNên chọn B."]


def test_content_tables_stay_tables_and_text_outside_is_told():
    imported, lost, _ = read("SỞ GIÁO DỤC", [["Trường", "Mã đề 101"]], "Câu 1: Cho bảng", [["x", "1"], ["y", "2"]], "_A._ một", "B. hai", "C. ba", "D. bốn")  # fmt: skip
    assert lost == 0
    assert any(isinstance(block, Table) for block in imported.items[0].draft.item.stem)
    assert [issue.code for issue in imported.issues] == ["text_outside_items", "text_outside_items"]


def test_unnumbered_questions_between_separators():
    imported, lost, _ = read("Thủ đô?", "_A._ Hà Nội", "B. Huế", "C. x", "D. y", "[<br>]", "Sông?", "A. Hồng", "_B._ Mã", "C. x", "D. y")  # fmt: skip
    assert lost == 0
    assert [(one.number, one.draft.key.right) for one in imported.items] == [(1, ("A",)), (2, ("B",))]


def test_the_second_walker_sees_what_a_reader_drops(monkeypatch):
    monkeypatch.setattr("question_bank.formats.paper.question_lines.QuestionLines._continued", lambda *_: None)
    _, lost, _ = read("Câu 1: mất tiêu $a/b$", "_A._ một", "B. hai", "C. ba", "D. bốn")
    assert lost >= 2


def test_the_given_papers(shared_data):
    expected = {"ToanA3_1": ("BAACDAACDAA", 67), "Test_CauHoiDon": ("BCB", 0), "mixed_questions_sample": ("CABBD", 0)}
    for name, (keys, formulas) in expected.items():
        raw = (shared_data / "docx" / f"{name}.docx").read_bytes()
        imported, lost, drawn = importing.read(raw, f"{name}.docx", None, RENDERER)
        assert "".join(one.draft.key.right[0] for one in imported.items) == keys
        assert all(one.state == "draft" and len(one.draft.item.options) == 4 for one in imported.items)
        assert sum(isinstance(piece, Formula) for content in imported.contents() for piece in inlines(content)) == formulas  # fmt: skip
        assert lost == 0
        assert bool(drawn) == bool(formulas)


def changed(raw, **members):
    """The package with members replaced or added."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            if info.filename not in members:
                new.writestr(info, old.read(info))
        for name, content in members.items():
            new.writestr(name, content)
    return made.getvalue()


SIMPLE = paper("Câu 1: x?", "_A._ một", "B. hai", "C. ba", "D. bốn")
ENTITY = b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><d>&b;</d>'
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]><d>&a;</d>'


@pytest.mark.parametrize(
    ("raw", "refused", "told"),
    [
        (changed(SIMPLE, **{"word/document.xml": b"0" * (80 << 20)}), FileHostile, "word/document.xml"),
        (changed(SIMPLE, **{"word/document.xml": b"0" * (20 << 20)}), FileHostile, "zip bomb"),
        (changed(SIMPLE, **{"word/document.xml": ENTITY}), FileHostile, "entities"),
        (changed(SIMPLE, **{"word/document.xml": OUTSIDE}), FileHostile, "entities"),
        (changed(SIMPLE, **{"../evil.xml": b"x"}), FileHostile, "evil"),
        (changed(SIMPLE, **{"word/document.xml": b"<a><b></a>"}), FileDamaged, "word/document.xml"),
        (SIMPLE[: len(SIMPLE) // 2], FileDamaged, "damaged"),
        (b"", FormatUnknown, "empty"),
        (b"%PDF-1.7 ...", FormatUnknown, "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), FormatUnknown, "older"),
    ],
)
def test_what_is_hostile_or_damaged_is_refused_by_name(raw, refused, told):
    with pytest.raises(refused, match=told):
        importing.read(raw, "de.docx", None, RENDERER)


def test_macros_are_named_and_a_wrong_extension_is_told():
    imported, _, _ = importing.read(changed(SIMPLE, **{"word/vbaProject.bin": b"x"}), "de.xlsx", None, RENDERER)
    assert {"macros_ignored", "wrong_extension"} <= {issue.code for issue in imported.all_issues()}
    assert len(imported.items) == 1


def test_legacy_fonts_are_converted_and_told():
    document = SIMPLE
    with zipfile.ZipFile(io.BytesIO(document)) as package:
        xml = package.read("word/document.xml").decode()
    old = xml.replace("<w:t>x?</w:t>", "").replace("Câu 1: x?", "C©u 1: TÝnh diÖn tÝch h×nh trßn?")
    old = old.replace("<w:r>", '<w:r><w:rPr><w:rFonts w:ascii=".VnTime"/></w:rPr>', 1)
    imported, lost, _ = importing.read(changed(document, **{"word/document.xml": old}), "cu.docx", None, RENDERER)
    assert plain(imported.items[0].draft.item.stem) == "Tính diện tích hình tròn?"
    assert "legacy_encoding" in {issue.code for issue in imported.all_issues()}
    assert lost == 0


def test_a_picture_beyond_the_limit_is_named_and_the_rest_is_read():
    png = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 60_000, 60_000) + bytes(9)
    from docx import Document

    small = io.BytesIO()
    from PIL import Image

    Image.new("RGB", (2, 2)).save(small, "PNG")
    document = Document(io.BytesIO(SIMPLE))
    document.paragraphs[0].add_run().add_picture(io.BytesIO(small.getvalue()))
    file = io.BytesIO()
    document.save(file)
    with zipfile.ZipFile(io.BytesIO(file.getvalue())) as package:
        media = next(name for name in package.namelist() if name.startswith("word/media/"))
    imported, lost, _ = importing.read(changed(file.getvalue(), **{media: png}), "de.docx", None, RENDERER)
    assert "picture_too_large" in codes(imported.items[0])
    assert lost == 0
