"""Layouts of Word papers as teachers really write them: parsed right, or named in the report; nothing is dropped in silence."""

from __future__ import annotations

import pytest

from question_bank.bank.content import plain
from question_bank.formats import importing
from tests.unit.question_bank.papers import paper
from tests.unit.question_bank.word_xml import (
    OPTIONS,
    UNDERLINED,
    box,
    field,
    lists,
    numbered,
    paragraph,
    text,
    with_key_table,
    word,
)

MARKED = ("A. một", "_B._ hai", "C. ba", "D. bốn")
BARE = ("A. một", "B. hai", "C. ba", "D. bốn")
WORDS = ["một", "hai", "ba", "bốn"]
SHORT = "PHẦN III. Câu trắc nghiệm trả lời ngắn."
FONT = '<w:rFonts w:ascii="{0}" w:hAnsi="{0}"/>'


def read(raw):
    imported, lost, _ = importing.read(raw, "de.docx", None, None)
    assert lost == 0
    return imported


def only(raw):
    (item,) = read(raw).items
    return item


def options(item):
    return [plain(option.content) for option in item.draft.item.options]


def told(item):
    return [(issue.code, *issue.values) for issue in item.issues]


def stem(item):
    return plain(item.draft.item.stem)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("A.1  _B._2  C.3  D.4",), ["1", "2", "3", "4"]),
        (("A.1 _B._2 C.3 D.4",), ["1", "2", "3", "4"]),
        (("A.1", "_B._2", "C.3", "D.4"), ["1", "2", "3", "4"]),
        (("A.-1 _B._2,5 C.3/4 D.x",), ["-1", "2,5", "3/4", "x"]),
        (("A.một _B._hai C.ba D.bốn",), WORDS),
        (("(A) một\t_(B)_ hai\t(C) ba\t(D) bốn",), WORDS),
        (("A/ một", "_B/_ hai", "C/ ba", "D/ bốn"), WORDS),
        (("A. một; _B._ hai; C. ba; D. bốn",), ["một;", "hai;", "ba;", "bốn"]),
        (("A.\u00a0một\u00a0\u00a0\u00a0_B._\u00a0hai", "C.\u2003ba\u2003D.\u2003bốn"), WORDS),
        (("\u200bA. một", "\u200b_B._ hai", "\ufeffC. ba", "D. b\u00adốn"), WORDS),
        (([["A. một", "_B._ hai"], ["C. ba", "D. bốn"]],), WORDS),
        (([["A. một", "C. ba"], ["_B._ hai", "D. bốn"]],), WORDS),
        (([["A.", "một", "_B._", "hai"], ["C.", "ba", "D.", "bốn"]],), WORDS),
        (([["A. một", "_B._ hai"]], [["C. ba", "D. bốn"]]), WORDS),
        (("A. một", "nữa", "_B._ hai", "C. ba", "D. bốn"), ["một\nnữa", "hai", "ba", "bốn"]),
        (("A. bản A.1 cũ", "_B._ bản B.2", "C. hình C.3 và D.4", "D. y"), ["bản A.1 cũ", "bản B.2", "hình C.3 và D.4", "y"]),
    ],
)  # fmt: skip
def test_options_however_they_are_set(lines, expected):
    item = only(paper("Câu 1. Hai cộng không bằng mấy?", *lines))
    assert (options(item), item.draft.key.right, told(item)) == (expected, ("B",), [])


@pytest.mark.parametrize(
    "lines", [("a.1\t_b._2\tc.3\td.4",), ("a.1 _b._2 c.3 d.4",), ("a) 1 _b)_ 2 c) 3 d) 4",), ([["a.1", "_b._2"], ["c.3", "d.4"]],), ([["a.1", "c.3"], ["_b._2", "d.4"]],)]
)  # fmt: skip
def test_small_letters_however_they_are_set(lines):
    item = only(paper("Câu 1. Hai cộng không bằng mấy?", *lines))
    assert (options(item), item.draft.key.right) == (["1", "2", "3", "4"], ("B",))
    assert told(item) == [("small_letters_as_options", "1")]


@pytest.mark.parametrize(
    "label", ["câu 2:", "câu 2.", "Câu 2.", "CÂU 2 :", "Câu\u00a02.", "câu hỏi 2:", "Câu2:", "Bài 2."]
)
def test_labels_of_questions(label):
    items = read(paper("Câu 1: x?", *MARKED, f"{label} y?", *MARKED)).items
    assert [(item.number, stem(item), options(item)) for item in items] == [(1, "x?", WORDS), (2, "y?", WORDS)]


def test_a_sentence_that_speaks_of_a_question_begins_none():
    item = only(paper("Câu 1: Từ kết quả của", "câu 3 suy ra điều gì?", *MARKED))
    assert stem(item) == "Từ kết quả của\ncâu 3 suy ra điều gì?"


@pytest.mark.parametrize(
    ("answer", "key"),
    [("Đáp án 7", "7"), ("Đáp án: 7", "7"), ("Đáp số: 2", "2"), ("Đáp số 2,5", "2,5"), ("ĐS: -1", "-1"), ("Đáp án là 12", "12"), ("đáp án: 4", "4"), ("Trả lời 4", "4"), ("KQ: 6.", "6"), ("Đáp án: −1,5", "-1,5")],
)  # fmt: skip
def test_short_answers_with_and_without_a_colon(answer, key):
    item = only(paper(SHORT, "Câu 1: Bao nhiêu?", answer))
    assert (item.draft.item.kind, item.draft.key.right, stem(item), told(item)) == (
        "short_answer",
        (key,),
        "Bao nhiêu?",
        [],
    )


def test_a_sentence_that_begins_like_an_answer_stays_in_the_stem():
    item = only(paper(SHORT, "Câu 1: Hỏi", "Đáp án 7 chữ số có bao nhiêu cách viết?"))
    assert (stem(item), told(item)) == ("Hỏi\nĐáp án 7 chữ số có bao nhiêu cách viết?", [("no_key",)])


@pytest.mark.parametrize(
    ("line", "level", "source"),
    [
        ("Câu 1. [2D1H1-2] Cho hàm số", "TH", "2D1H1-2"),
        ("Câu 1: [0D3N2-1.2] Cho hàm số", "NB", "0D3N2-1.2"),
        ("[2D1V1-3] Câu 1: Cho hàm số", "VD", "2D1V1-3"),
        ("Câu 1. [2D1-1.1-2] Cho hàm số", "", "2D1-1.1-2"),
        ("Câu 1. [1H4C2-5] [VD] Cho hàm số", "VDC", "1H4C2-5"),
    ],
)
def test_identifiers_of_items_give_level_and_source(line, level, source):
    item = only(paper(line, *MARKED))
    metadata = item.draft.item.metadata
    assert (stem(item), metadata.source, told(item)) == ("Cho hàm số", source, [])
    assert metadata.level in {level, "VD"}
    assert metadata.level == level or "[VD]" in line


def test_a_curve_in_brackets_is_content_and_a_label_that_is_not_known_is_told():
    assert stem(only(paper("Câu 1. (C) là đồ thị", *MARKED))) == "(C) là đồ thị"
    assert told(only(paper("Câu 1 (0,25 điểm): x?", *MARKED))) == [("tag_ignored", "0,25 điểm")]


def test_tracked_changes_are_read_as_accepted_and_what_was_deleted_is_told():
    inserted = f'<w:ins w:id="1">{text("ba")}</w:ins>'
    deleted = '<w:del w:id="2"><w:r><w:delText>bốn</w:delText></w:r></w:del>'
    kept, gone = paragraph("giữ"), paragraph(deleted)
    table = f'<w:tbl><w:tr><w:tc>{kept}</w:tc></w:tr><w:tr><w:trPr><w:del w:id="3"/></w:trPr><w:tc>{gone}</w:tc></w:tr></w:tbl>'
    item = only(word(paragraph("Câu 1. Tính ", inserted, deleted, " lần?"), table, OPTIONS))
    assert (stem(item), options(item)) == ("Tính ba lần?\ngiữ", WORDS)
    assert told(item) == [("tracked_change", "bốn"), ("tracked_change", "bốn")]


def test_signs_of_the_symbol_font_become_unicode():
    item = only(word(
        paragraph("Câu 1. ", text("a", FONT.format("Symbol")), text("\uf062", FONT.format("Symbol")), '<w:r><w:sym w:font="Symbol" w:char="F067"/></w:r>', '<w:r><w:sym w:font="Wingdings" w:char="F0E0"/></w:r>', '<w:r><w:sym w:font="MT Extra" w:char="F06C"/></w:r>', field(r' SYMBOL 112 \f "Symbol" \s 12 ')), OPTIONS,
    ))  # fmt: skip
    assert stem(item) == "αβγ→ℓπ"
    # Ordinary letters in this font may be a slip of the author.
    assert told(item) == [("symbol_font", "Symbol", "α")]


def test_a_sign_that_is_not_known_is_named_and_leaves_a_box():
    item = only(word(paragraph("Câu 1. x", '<w:r><w:sym w:font="Webdings" w:char="F0AA"/></w:r>', "y"), OPTIONS))
    assert (stem(item), told(item)) == ("x□y", [("symbol_unknown", "Webdings", "F0AA")])


def test_automatic_numbers_count_as_if_they_were_typed():
    levels = lists((("decimal", "Câu %1."), ("upperLetter", "%2.")), (("decimal", "%1."),), (("upperLetter", "%1)"),))
    one = [paragraph("Tính?", properties=numbered(1)), *(paragraph(text(words, UNDERLINED if words == "hai" else ""), properties=numbered(1, 1)) for words in WORDS)]  # fmt: skip
    items = read(word(*one, *one, numbering=levels)).items
    assert [(item.number, options(item), item.draft.key.right) for item in items] == [
        (1, WORDS, ("B",)),
        (2, WORDS, ("B",)),
    ]
    two = [paragraph("Tính?", properties=numbered(2)), *(paragraph(text(words, UNDERLINED if words == "hai" else ""), properties=numbered(3)) for words in WORDS)]  # fmt: skip
    assert options(only(word(*two, numbering=levels))) == WORDS


def test_content_controls_are_read_through():
    control = f"<w:sdt><w:sdtPr/><w:sdtContent>{text('hai')}</w:sdtContent></w:sdt>"
    block = f"<w:sdt><w:sdtPr/><w:sdtContent>{paragraph('Câu 1. Tính ', control)}</w:sdtContent></w:sdt>"
    item = only(word(block, OPTIONS))
    assert (stem(item), options(item), told(item)) == ("Tính hai", WORDS, [])


def test_runs_that_split_labels_do_not_matter():
    item = only(word(paragraph("C", "âu", " 1", ". Tính?"), paragraph("A", ".", " m", "ột"), paragraph(text("B", UNDERLINED), ".", " hai"), paragraph("C", ". ba"), paragraph("D. b", "ốn")))  # fmt: skip
    assert (stem(item), options(item), item.draft.key.right) == ("Tính?", WORDS, ("B",))


def test_text_boxes_are_taken_in_and_told():
    inside = only(word(paragraph("Câu 1. Tính?", box(paragraph("trong khung"))), OPTIONS))
    assert (stem(inside), told(inside)) == ("Tính?\ntrong khung", [("text_box",)])
    held = only(word(paragraph("Câu 1. Tính?"), paragraph(box(OPTIONS))))
    assert (options(held), held.draft.key.right, told(held)) == (WORDS, ("B",), [("text_box",)])


@pytest.mark.parametrize(
    ("instruction", "latex"),
    [
        (r"EQ \f(1,2)", r"\frac{1}{2}"),
        (r"EQ \f(a;b+\r(2))", r"\frac{a}{b+\sqrt{2}}"),
        (r"eq x\s\up6(2)", r"x^{2}"),
        (r"EQ \b\lc\{(\a\al\co1(x=1;y=2))", r"\left\{ \begin{array}{l}x=1 \\ y=2\end{array}\right."),
        (r"EQ \i\su(1,n,k)", r"\sum_{1}^{n} k"),
        (r"EQ \x\to(AB)", r"\overline{AB}"),
        (r"EQ \o(\s\up8(→),AB)", r"\overrightarrow{AB}"),
    ],
)
def test_formulas_in_eq_fields_become_latex_and_are_to_be_compared(instruction, latex):
    for raw in (field(f" {instruction} "), f'<w:fldSimple w:instr=" {instruction} "/>'):
        item = only(word(paragraph("Câu 1. Tính ", raw), OPTIONS))
        assert stem(item) == f"Tính ${latex}$"
        assert told(item)[0] == ("field_formula_read", instruction, latex)


def test_raised_text_inside_an_eq_field_stays_raised():
    runs = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>EQ \\r(x</w:instrText></w:r><w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:instrText>2</w:instrText></w:r><w:r><w:instrText>+1)</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    assert stem(only(word(paragraph("Câu 1. ", runs), OPTIONS))) == r"$\sqrt{x^{2}+1}$"


@pytest.mark.parametrize("instruction", [r"EQ \f(2,5,3)", r"EQ \z(1)", r"EQ \f(1,2", r"EQ \d\fo10()"])
def test_an_eq_field_that_is_not_understood_is_quoted_and_makes_no_formula(instruction):
    item = only(word(paragraph("Câu 1. Tính ", field(instruction)), OPTIONS))
    assert (stem(item), told(item)) == ("Tính", [("field_formula", instruction)])


def test_what_word_draws_itself_and_embedded_documents_are_named():
    ruby = "<w:r><w:ruby><w:rt><w:r><w:t>pīn</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>拼</w:t></w:r></w:rubyBase></w:ruby></w:r>"
    item = only(word(paragraph("Câu 1. ", ruby, field("AUTONUM")), '<w:altChunk r:id="rId99"/>', OPTIONS))
    assert told(item) == [("element_unknown", "ruby"), ("element_unknown", "AUTONUM"), ("embedded_object", "altChunk")]


STATEMENTS = ("a) m", "b) h", "c) b", "d) n")
PARTS = (
    "PHẦN I. Câu trắc nghiệm nhiều phương án lựa chọn.", "Câu 1. x?", *BARE, "Câu 2. y?", *BARE, "Câu 3. z?", *BARE,
    "PHẦN II. Câu trắc nghiệm đúng sai.", "Câu 1. x", *STATEMENTS, "Câu 2. y", *STATEMENTS, SHORT, "Câu 1. u?", "Câu 2. v?", "HẾT",
)  # fmt: skip
ALL = [
    ("A",),
    ("B",),
    ("C",),
    ("true", "false", "true", "false"),
    ("false", "false", "true", "true"),
    ("-1,5",),
    ("7",),
]
THREE = ("Câu 1. x?", *BARE, "Câu 2. y?", *BARE, "Câu 3. z?", *BARE, "HẾT")


@pytest.mark.parametrize(
    ("rows", "merges"),
    [
        ([["BẢNG ĐÁP ÁN", "", "", ""], ["Câu", "1", "2", "3"], ["ĐA", "A", "B", "C"]], [(0, 0, 0, 3)]),
        ([["Mã đề 101", "", "", ""], ["Câu", "1", "2", "3"], ["ĐA", "A", "B", "C"]], [(0, 0, 0, 3)]),
        ([["Đề gốc", "1", "2", "3"], ["", "A", "B", "C"]], [(0, 0, 1, 0)]),
        ([["Câu", "1", "2"], ["ĐA", "A", "B"], ["Câu", "3", ""], ["ĐA", "C", ""]], []),
        ([["1", "2"], ["A", "B"], ["3", ""], ["C", ""]], []),
        ([["Câu", "Đáp án", "Câu", "Đáp án"], ["1", "A", "3", "C"], ["2", "B", "", ""]], []),
        ([["Câu 1", "Câu 2", "Câu 3"], ["A", "B", "C"]], []),
        ([["1.A", "2.B", "3.C"]], []),
    ],
)
def test_key_tables_with_merged_cells_give_each_question_its_own_key(rows, merges):
    items = read(with_key_table(THREE, rows, *merges)).items
    assert [item.draft.key.right for item in items] == ALL[:3]


@pytest.mark.parametrize(
    ("rows", "merges"),
    [
        ([["PHẦN I", "", "", ""], ["Câu", "1", "2", "3"], ["Chọn", "A", "B", "C"], ["PHẦN II", "", "", ""], ["Câu", "1", "2", ""], ["Đáp án", "ĐSĐS", "SSĐĐ", ""], ["PHẦN III", "", "", ""], ["Câu", "1", "2", ""], ["Đáp án", "-1,5", "7", ""]], [(0, 0, 0, 3), (3, 0, 3, 3), (6, 0, 6, 3)]),
        ([["PHẦN I", "1", "2", "3"], ["", "A", "B", "C"], ["PHẦN II", "1", "2", ""], ["", "ĐSĐS", "SSĐĐ", ""], ["PHẦN III", "1", "2", ""], ["", "-1,5", "7", ""]], [(0, 0, 1, 0), (2, 0, 3, 0), (4, 0, 5, 0)]),
    ],
)  # fmt: skip
def test_one_key_table_for_all_parts(rows, merges):
    imported = read(with_key_table(PARTS, rows, *merges))
    assert [item.draft.key.right for item in imported.items] == ALL
    assert not any(issue.severity == "error" for issue in imported.all_issues())


def test_statements_row_by_row_beside_a_merged_number():
    rows = [["Câu", "Ý", "Đáp án"], *([number if letter == "a" else "", letter, verdict] for number, verdicts in (("1", "ĐSĐS"), ("2", "SSĐĐ")) for letter, verdict in zip("abcd", verdicts, strict=True))]  # fmt: skip
    items = read(with_key_table((*PARTS, "PHẦN II"), rows, (1, 0, 4, 0), (5, 0, 8, 0))).items
    assert [item.draft.key.right for item in items][3:5] == ALL[3:5]


@pytest.mark.parametrize(
    "lines",
    [
        ("Phần I: 1A 2B 3C", "Phần II: 1. ĐSĐS 2. SSĐĐ", "Phần III: 1. -1,5; 2. 7"),
        ("PHẦN I", "1.A", "2.B", "3.C", "PHẦN II", "Câu 1: ĐSĐS", "Câu 2: a) S b) S c) Đ d) Đ", "PHẦN III", "Câu 1: -1,5", "Câu 2: 7"),
        ("PHẦN II", "1. ĐSĐS 2. SSĐĐ", "PHẦN III", "1. -1,5 2. 7", "PHẦN I", "1a 2b 3c"),
    ],
)  # fmt: skip
def test_keys_in_lines_under_headings_of_parts(lines):
    imported = read(paper(*PARTS, *lines))
    assert [item.draft.key.right for item in imported.items] == ALL


def test_keys_that_slip_or_do_not_fit_are_told_and_never_moved():
    merged = read(with_key_table(THREE, [["Câu", "1", "2", "3"], ["ĐA", "A", "A", "C"]], (1, 1, 1, 2)))
    assert [item.draft.key.right for item in merged.items] == [("A",), (), ("C",)]
    unread = read(with_key_table(THREE, [["Câu", "1", "2", "3"], ["ĐA", "A?", "B", "C"]]))
    assert [item.draft.key.right for item in unread.items] == [(), ("B",), ("C",)]
    assert ("key_cell_unread", ("A?",)) in [(issue.code, issue.values) for issue in unread.issues]
    unfit = only(paper("Câu 1. x?", *BARE, "HẾT", "Câu 1: ĐSĐS"))
    assert told(unfit) == [("key_unread", "ĐSĐS"), ("no_key",)]


@pytest.mark.parametrize(
    ("rows", "merges"),
    [
        ([["Câu", "Mã đề 101", "Mã đề 102"], ["1", "A", "B"], ["2", "B", "C"], ["3", "C", "D"]], []),
        ([["Câu", "Mã đề", ""], ["", "101", "102"], ["1", "A", "B"], ["2", "B", "C"], ["3", "C", "D"]], [(0, 0, 1, 0), (0, 1, 0, 2)]),
        ([["Mã đề", "1", "2", "3"], ["101", "A", "B", "C"], ["102", "B", "C", "D"]], []),
    ],
)  # fmt: skip
def test_a_key_table_of_several_codes_is_named_and_gives_no_key(rows, merges):
    imported = read(with_key_table(THREE, rows, *merges))
    assert "several_codes" in [issue.code for issue in imported.issues]
    assert [item.draft.key.right for item in imported.items] == [(), (), ()]


@pytest.mark.parametrize(
    "answer",
    ["Đáp án: B. Vì điểm A thuộc đường thẳng.", "Chọn B.", "⇒ Chọn đáp án B", "Chọn: B", "Đ/a: B", "Đáp án chính xác là B", "(Đáp án: B)", "[Đáp án: B]", "Đáp án: (B)", "ĐA: b"],
)  # fmt: skip
def test_a_line_behind_the_options_that_names_one(answer):
    item = only(paper("Câu 1. Hai?", *BARE, answer))
    assert (item.draft.key.right, options(item), told(item)) == (("B",), WORDS, [])


def test_a_line_that_only_speaks_of_choosing_is_no_key():
    item = only(paper("Câu 1. Hai?", *BARE, "Chọn B làm gốc tọa độ"))
    assert told(item) == [("text_after_options", "Chọn B làm gốc tọa độ"), ("no_key",)]
