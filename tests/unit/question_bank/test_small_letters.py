"""Choices labelled in small letters: options or statements as the paper says, and a warning where it does not say."""

from __future__ import annotations

import pytest

from question_bank.bank.content import plain
from question_bank.formats import importing
from tests.unit.question_bank.papers import paper

SMALL = ("a. một", "b. hai", "c. ba", "d. bốn")
ONE = ("a. một", "_b._ hai", "c. ba", "d. bốn")
TWO = ("a. một", "_b._ hai", "_c._ ba", "d. bốn")
PART_I = "PHẦN I. Câu trắc nghiệm nhiều phương án lựa chọn. Mỗi câu hỏi thí sinh chỉ chọn một phương án."
PART_II = "PHẦN II. Câu trắc nghiệm đúng sai. Trong mỗi ý a), b), c), d) ở mỗi câu, thí sinh chọn đúng hoặc sai."
AS_OPTIONS, AS_STATEMENTS = "small_letters_as_options", "small_letters_as_statements"
CHOICE, CLUSTER = "single_choice", "true_false_cluster"


def read(*lines):
    imported, lost, _ = importing.read(paper(*lines), "de.docx", None, None)
    assert lost == 0
    return imported.items


def codes(item):
    return [issue.code for issue in item.issues]


@pytest.mark.parametrize(
    ("lines", "kind", "key", "warned"),
    [
        # Nothing but marks: one is the key of options, several are true statements, and both are told.
        (("Câu 1. Thủ đô", *ONE), CHOICE, ("B",), [AS_OPTIONS]),
        (("Câu 1. Thủ đô", "a. một", "!b. hai!", "c. ba", "d. bốn"), CHOICE, ("B",), [AS_OPTIONS]),
        (("Câu 1. Thủ đô", "a. một", "**b. hai**", "c. ba", "d. bốn"), CHOICE, ("B",), [AS_OPTIONS, "key_by_weak_mark"]),
        (("Câu 1. Thủ đô", "a) một\t_b)_ hai\tc) ba\td) bốn"), CHOICE, ("B",), [AS_OPTIONS]),
        (("Câu 1. Thủ đô", *TWO), CLUSTER, ("false", "true", "true", "false"), [AS_STATEMENTS]),
        (("Câu 1. Chọn các số chẵn", *TWO), "multiple_choice", ("B", "C"), [AS_OPTIONS]),
        # No mark and no word: the stem that asks for one is a question with options; no key is made up.
        (("Câu 1. Số nào là số chẵn?", *SMALL), CHOICE, (), [AS_OPTIONS, "no_key"]),
        (("Câu 1. Cho hàm số", *SMALL), CLUSTER, (), [AS_STATEMENTS, "no_key"]),
        # The heading says it.
        ((PART_I, "Câu 1. Thủ đô", *ONE), CHOICE, ("B",), []),
        ((PART_I, "Câu 1. Thủ đô", *SMALL), CHOICE, (), [AS_OPTIONS, "no_key"]),
        ((PART_I, "Câu 1. Thủ đô", *TWO), CLUSTER, ("false", "true", "true", "false"), [AS_STATEMENTS]),
        ((PART_II, "Câu 1. Hàm số", *ONE), CLUSTER, ("false", "true", "false", "false"), []),
        ((PART_II, "Câu 1. Hàm số", *TWO), CLUSTER, ("false", "true", "true", "false"), []),
        # The key says it.
        (("Câu 1. Thủ đô", *SMALL, "Đáp án: b"), CHOICE, ("B",), []),
        (("Câu 1. Thủ đô", *SMALL, "Đáp án: B"), CHOICE, ("B",), []),
        (("Câu 1. Thủ đô", *SMALL, "Lời giải", "Ta chọn đáp án b"), CHOICE, ("B",), []),
        (("Câu 1. Thủ đô", *SMALL, "HẾT", "ĐÁP ÁN", "1. b"), CHOICE, ("B",), []),
        (("Câu 1. Thủ đô", *SMALL, "HẾT", "ĐÁP ÁN", [["Câu", "Đáp án"], ["1", "b"]]), CHOICE, ("B",), []),
        (("Câu 1. Hàm số", *SMALL, "Đáp án: Đ S Đ S"), CLUSTER, ("true", "false", "true", "false"), []),
        (("Câu 1. Hàm số", *SMALL, "HẾT", "ĐÁP ÁN", [["Câu", "Đáp án"], ["1", "ĐSĐS"]]), CLUSTER, ("true", "false", "true", "false"), []),
        (("Câu 1. Hàm số", "a. một (Đ)", "b. hai (S)", "c. ba (S)", "d. bốn (S)"), CLUSTER, ("true", "false", "false", "false"), []),
        ((PART_II, "Câu 1. Hàm số", *SMALL, "Đáp án: a, c"), CLUSTER, ("true", "false", "true", "false"), []),
        # The stem says it.
        (("Câu 1. Các khẳng định sau đúng hay sai?", *ONE), CLUSTER, ("false", "true", "false", "false"), []),
        (("Câu 1. Xét tính đúng sai của các khẳng định", *ONE), CLUSTER, ("false", "true", "false", "false"), []),
        (("Câu 1. Mệnh đề nào đúng, mệnh đề nào sai?", *TWO), CLUSTER, ("false", "true", "true", "false"), []),
        (("Câu 1. Số 2 là số chẵn, đúng hay sai?", "a. Đúng", "b. Sai", "Đáp án: a"), CHOICE, ("A",), []),
        # Words that disagree.
        ((PART_I, "Câu 1. Các ý sau đúng hay sai?", *ONE), CHOICE, ("B",), [AS_OPTIONS]),
        ((PART_I, "Câu 1. Hàm số", *SMALL, "Đáp án: Đ S Đ S"), CLUSTER, ("true", "false", "true", "false"), [AS_STATEMENTS]),
        ((PART_II, "Câu 1. Hàm số", *SMALL, "Đáp án: a"), CLUSTER, ("true", "false", "false", "false"), [AS_STATEMENTS]),
        (("Câu 1. Thủ đô", *TWO, "Đáp án: b"), CHOICE, ("B", "C"), [AS_OPTIONS, "key_conflict", "two_keys"]),
    ],
)  # fmt: skip
def test_words_decide_and_what_was_only_concluded_is_told(lines, kind, key, warned):
    (item,) = read(*lines)
    assert (item.draft.item.kind, item.draft.key.right) == (kind, key)
    assert codes(item) == warned
    assert item.state == ("needs_review" if warned else "draft")
    assert len(item.draft.item.options) == (2 if "a. Đúng" in lines else 4)


def test_a_number_in_both_parts_gets_each_its_own_key():
    items = read(PART_I, "Câu 1. Thủ đô", *SMALL, PART_II, "Câu 1. Hàm số", *SMALL, "HẾT", "PHẦN I", "1. c", "PHẦN II", "Câu 1: a) Đ b) S c) S d) Đ")  # fmt: skip
    assert [item.draft.key.right for item in items] == [("C",), ("true", "false", "false", "true")]
    assert [codes(item) for item in items] == [[], []]


def test_a_word_at_the_end_of_an_option_is_its_text_and_no_verdict():
    (item,) = read("Câu 1. Nhóm máu nào hiếm?", "_a._ nhóm S", "b. nhóm Đ", "c. nhóm O", "d. nói Sai")
    assert [plain(option.content) for option in item.draft.item.options] == ["nhóm S", "nhóm Đ", "nhóm O", "nói Sai"]


def test_options_of_a_paper_in_small_letters_carry_the_identifiers_of_options():
    (item,) = read("Câu 1. Thủ đô", *ONE)
    assert [option.identifier for option in item.draft.item.options] == ["A", "B", "C", "D"]


def test_capitals_under_a_question_of_true_or_false_stay_options_where_a_letter_is_named():
    (item,) = read("Câu 1. Số 2 là số chẵn, đúng hay sai?", "A. Đúng", "B. Sai", "Đáp án: A")
    assert (item.draft.item.kind, item.draft.key.right) == (CHOICE, ("A",))


def test_both_readings_are_told_in_both_languages():
    (item,) = read("Câu 1. Thủ đô", *ONE)
    (issue,) = item.issues
    assert issue.message.startswith("Nhãn a, b, c, d viết thường được đọc là phương án chọn một (1 mục")
    assert "read as options to choose from (1 marked)" in issue.message_en
    assert "Câu 1" in issue.where
