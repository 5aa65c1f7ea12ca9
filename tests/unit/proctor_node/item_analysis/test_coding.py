"""How cells become marks: blanks, codes, several right options, clusters, short answers, identifiers."""

from __future__ import annotations

import numpy as np
import pytest

from proctor_node.item_analysis import coding, errors
from proctor_node.item_analysis.key import KeyEntry, read_key
from proctor_node.item_analysis.table import ResponseTable


def table(header, *rows):
    return ResponseTable.from_rows("t.csv", header.split(","), [row.split(",") for row in rows])


def key(**right):
    return read_key("k.csv", ["item", "key"], [[item, value] for item, value in right.items()], [])


def marks(responses):
    return responses.marks().tolist()


def test_a_blank_before_an_answer_is_omitted_and_a_run_to_the_end_is_not_reached():
    found = coding.code(
        table("id,a,b,c,d", "1,A,,B,A", "2,A,B,,", "3,,,,"), coding.Reading(key(a="A", b="B", c="B", d="A"))
    )
    names = {item.omitted: "o", item.not_reached: "n"} if (item := found.items[0]) else {}
    told = ["".join(names.get(int(item.codes[row]) - len(item.options) + len(found.items[0].options), "x") for item in found.items) for row in range(3)]  # fmt: skip
    assert told == ["xoxx", "xxnn", "nnnn"]
    assert [remark.code for remark in found.remarks] == ["blank_papers"]


def test_codes_of_blanks_are_taken_at_their_word():
    reading = coding.Reading(key(a="1", b="2"), omitted=frozenset({"8"}), not_reached=frozenset({"9"}))
    found = coding.code(table("id,a,b", "1,1,8", "2,9,9", "3,2,", "4,1,2"), reading)
    second = found.items[1]
    assert second.codes.tolist() == [second.omitted, second.not_reached, second.omitted, second.options.index("2")]


def test_options_as_numbers_letters_in_any_case_and_floats_of_spreadsheets():
    found = coding.code(table("id,a,b", "1,a,2", "2, A ,1"), coding.Reading(key(a="A", b="2")))
    assert marks(found) == [[1, 1], [1, 0]]


def test_several_right_options_and_exact_sets_where_cells_hold_sets():
    one = coding.code(table("id,a", "1,A", "2,C", "3,B"), coding.Reading(key(a="A|C")))
    several = coding.code(table("id,a", "1,A|C", "2,C|A", "3,A"), coding.Reading(key(a="A|C")))
    assert (marks(one), marks(several)) == ([[1], [1], [0]], [[1], [1], [0]])


def test_a_cluster_is_marked_by_the_number_of_right_statements():
    found = coding.code(
        table("id,II.1", "1,DSSD", "2,ĐSSS", "3,SDDS", "4,D--D", "5,TFFT", "6,"),
        coding.Reading(key(**{"II.1": "DSSD"})),
    )
    assert marks(found) == [[1], [0.5], [0], [0.25], [1], [0]]
    assert [part.id for part in found.items[0].statements] == ["II.1.a", "II.1.b", "II.1.c", "II.1.d"]
    assert found.items[0].part == "II"


def test_a_short_answer_counts_by_its_value_and_other_forms_are_noticed():
    found = coding.code(table("id,III.1", "1,0.5", "2,0.50", "3,5", "4,−0.5"), coding.Reading(key(**{"III.1": "0,5"})))
    assert marks(found) == [[1], [1], [0], [0]]
    assert found.items[0].other_form is not None


def test_marks_out_of_range_name_row_and_column():
    with pytest.raises(errors.MarkNotUsable, match="row 3, column 'b'"):
        coding.code(table("id,a,b", "1,1,2", "2,0,5"), coding.Reading(maximum_marks=2.0))
    with pytest.raises(errors.MarkNotUsable, match="'x' is no mark"):
        coding.code(table("id,a,b", "1,1,x", "2,0,1"), coding.Reading())


def test_the_key_must_name_columns_and_other_columns_do_not_matter():
    with pytest.raises(errors.ItemsDoNotMatch, match=r"1 of the key's 2 items.*missing: z"):
        coding.code(table("id,a,b", "1,A,B"), coding.Reading(key(a="A", z="A")))
    found = coding.code(table("id,note,a", "1,x,A", "2,y,B"), coding.Reading(key(a="A")))
    assert ([item.id for item in found.items], found.ids) == (["a"], ("1", "2"))


def test_letters_without_a_key_ask_for_one():
    with pytest.raises(errors.KeyNeeded):
        coding.code(table("id,a,b", "1,A,B"), coding.Reading())


def test_identifiers_twice_are_refused_with_their_rows():
    with pytest.raises(errors.DuplicateIdentifier, match="rows 2 and 4"):
        coding.code(table("id,a", "x,1", "y,0", "x,1"), coding.Reading())
    assert coding.code(table("id,a", "x,1", "y,0", "x,1"), coding.Reading(identifier="#")).items[-1].id == "a"


def test_a_first_column_that_is_an_item_is_no_identifier():
    found = coding.code(table("i1,i2,i3", *["1,0,1"] * 12), coding.Reading())
    assert ([item.id for item in found.items], found.ids[0]) == (["i1", "i2", "i3"], "1")
    rows = [f"{number},1,0" for number in range(100, 112)]
    assert len(coding.code(table("paper,i2,i3", *rows), coding.Reading()).items) == 2


def test_an_option_that_nobody_chose_is_listed_where_the_others_have_it():
    rows = [f"{n},{'ABCD'[n % 4]},{'ABCD'[n % 4]},{'ABCD'[n % 4]},{'ABCD'[n % 4]},{'ABC'[n % 3]}" for n in range(24)]
    found = coding.code(table("id,a,b,c,d,e", *rows), coding.Reading(key(a="A", b="A", c="A", d="A", e="A")))
    assert found.items[-1].options == ("A", "B", "C", "D")


def test_a_key_that_nobody_chose_is_said():
    rows = [f"{number},{'AB'[number % 2]},A" for number in range(12)]
    found = coding.code(table("id,a,b", *rows), coding.Reading(key(a="A", b="E")))
    assert [remark.code for remark in found.remarks] == ["key_never_chosen"]
    assert found.items[1].marks[found.items[1].codes].sum() == 0


def test_a_wrong_answer_of_a_single_paper_says_nothing_of_the_key():
    assert coding.code(table("id,a,b", "1,A,A"), coding.Reading(key(a="A", b="E"))).remarks == ()


def test_a_key_in_letters_for_cells_in_numbers_is_refused():
    rows = [f"{number},{number % 4 + 1},{number % 3 + 1}" for number in range(12)]
    with pytest.raises(errors.KeyDoesNotFit, match="the cells hold 1, 2, 3, 4, the key A, C; no answer is right"):
        coding.code(table("id,a,b", *rows), coding.Reading(key(a="A", b="C")))


@pytest.mark.parametrize(
    ("rows", "said"), [([["a", "A"], ["a", "B"]], "stands twice"), ([["a", ""]], "has no key"), ([], "no entries")]
)
def test_a_key_that_cannot_be_understood(rows, said):
    with pytest.raises(errors.KeyUnreadable, match=said):
        read_key("k.csv", ["item", "key"], rows, [])


def test_a_key_without_header_is_told_by_its_first_entry():
    assert read_key("k.csv", ["q1", "A"], [["q2", "B"]], ["q1", "q2"])[0] == KeyEntry("q1", ("A",), "choice")


def test_marks_in_any_grid_give_equal_totals_for_equal_marks():
    rows = [["0.1", "0.2", "0.7"], ["0.7", "0.1", "0.2"], ["0.25", "0.25", "0.5"]]
    found = coding.code(ResponseTable.from_rows("t", ["a1", "a2", "a3"], rows), coding.Reading(identifier="#"))
    values, places = found.totals
    assert np.round(values, 9).tolist() == [1.0]
    assert places.tolist() == [0, 0, 0]
