"""Codes out of an original: places change, meanings do not."""

from __future__ import annotations

import random
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from question_bank import mixing
from question_bank.errors import CodesUnfit
from question_bank.form import FORMAT, Form, Part
from question_bank.item import Item, Option, Text


def choice(number: int, *texts: str, passage: str = "", fixed: str = "") -> Item:
    shown = texts or tuple(f"phương án {number}{c}" for c in "ABCD")
    options = tuple(
        Option(letter, (Text(text),), letter in fixed) for letter, text in zip("ABCDEFGH", shown, strict=False)
    )
    return Item(f"I.{number}", "single_choice", number, (Text(f"câu {number}"),), options, passage=passage)


def cluster(number: int) -> Item:
    return Item(f"II.{number}", "true_false_cluster", number, (Text("xét"),), tuple(Option(c, (Text(c),)) for c in "abcd"))  # fmt: skip


def form(items, clusters=()) -> Form:
    parts = (Part("I", "PHẦN I", "PART I", tuple(items)), Part("II", "PHẦN II", "PART II", tuple(clusters)))
    passages = {item.passage: (Text("đoạn"),) for item in items if item.passage}
    return Form(FORMAT, "0000", "Toán", 45, parts, {}, passages)


def mix(original, count=24, seed=1, **rules):
    return mixing.mix(original, list(mixing.names("0101", count)), random.Random(seed), mixing.Rules(**rules))


def test_neighbours_never_share_an_order():
    original = form([choice(n) for n in range(1, 13)], [cluster(n) for n in range(1, 5)])
    codes = mix(original).codes
    for index, code in enumerate(codes):
        for other in codes[max(0, index - mixing.NEIGHBOURS) : index]:
            for part in ("I", "II"):
                assert not [n for n, pair in enumerate(zip(code.items[part], other.items[part], strict=True)) if pair[0] == pair[1]]  # fmt: skip
            assert all(code.options[f"I.{n}"] != other.options[f"I.{n}"] for n in range(1, 13))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**31), st.integers(2, 20))
def test_nothing_is_lost_and_every_identifier_keeps_its_content(seed, count):
    original = form([choice(n) for n in range(1, count + 1)], [cluster(1)])
    meant = {(i.id, o.identifier): o.content for _, i in original.each_item() for o in i.options}
    for code in mix(original, 4, seed).codes:
        assert {(i.id, o.identifier): o.content for _, i in code.form.each_item() for o in i.options} == meant
        for part in code.form.parts:
            assert [item.number for item in part.items] == list(range(1, len(part.items) + 1))
            assert {item.id.split(".")[0] for item in part.items} <= {part.id}


def test_statements_keep_their_order_unless_told():
    original = form([choice(1), choice(2)], [cluster(n) for n in range(1, 5)])
    assert all(code.options["II.1"] == ("a", "b", "c", "d") for code in mix(original).codes)
    assert len({code.options["II.1"] for code in mix(original, statements=True).codes}) > 3


def test_items_of_a_passage_stay_together():
    items = [choice(n, passage="p" if 4 <= n <= 7 else "") for n in range(1, 13)]
    for code in mix(form(items)).codes:
        places = sorted(code.items["I"].index(f"I.{n}") for n in range(4, 8))
        assert [b - a for a, b in pairwise(places)] == [1, 1, 1]


@pytest.mark.parametrize(
    "last",
    [
        "Tất cả các đáp án trên", "Cả ba phương án trên đều đúng", "Không có đáp án nào đúng", "All of the above",
        "None of the above", "Đáp án khác", "Không có phương án nào", "Tất cả đều sai",
    ],
)  # fmt: skip
def test_an_option_that_speaks_of_the_others_stays_last(last):
    original = form([choice(1, "một", "hai", "ba", last), choice(2)])
    mixed = mix(original)
    assert all(code.options["I.1"][-1] == "D" for code in mixed.codes)
    assert len({code.options["I.1"] for code in mixed.codes}) > 2
    assert "I.1" in mixed.pinned


@pytest.mark.parametrize("text", ["Cả A và B", "A và C", "A, B, C đều đúng", "Both A and B", "Cả A, B đều sai"])
def test_no_option_moves_where_one_names_letters(text):
    mixed = mix(form([choice(1, "một", "hai", "ba", text), choice(2)]))
    assert {code.options["I.1"] for code in mixed.codes} == {("A", "B", "C", "D")}


@pytest.mark.parametrize("text", ["Cả nước", "Tất cả học sinh", "Hà và Bình", "khác 0", "Điểm A và điểm B", "AB = CD"])
def test_ordinary_words_pin_nothing(text):
    assert mix(form([choice(1, "một", "hai", "ba", text), choice(2)])).pinned == {}


def test_fixed_options_keep_their_place():
    for code in mix(form([choice(1, fixed="B"), choice(2)])).codes:
        assert code.options["I.1"][1] == "B"


def test_the_same_randomness_gives_the_same_codes():
    original = form([choice(n) for n in range(1, 13)])
    assert msgspec.json.encode([c.form for c in mix(original).codes]) == msgspec.json.encode([c.form for c in mix(original).codes])  # fmt: skip


@pytest.mark.parametrize(("first", "count"), [("abc", 2), ("9999", 2), ("", 1), ("٣", 1)])
def test_names_that_cannot_be_are_refused(first, count):
    with pytest.raises(CodesUnfit, match="code"):
        list(mixing.names(first, count))


def test_names_go_on_in_their_width():
    assert list(mixing.names("0099", 3)) == ["0099", "0100", "0101"]
