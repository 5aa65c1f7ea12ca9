"""Marks by table, in decimals."""

from __future__ import annotations

from decimal import Decimal

import pytest

from exam_engine import names, profile
from exam_engine.commands import ItemFacts
from exam_engine.errors import KeyMissing, ProfileInvalid
from exam_engine.grading import after_penalty, grade, rounded

SCORING = profile.load(profile.shipped()).scoring
KEY = "a=true,b=false,c=true,d=true"


def mark(kind, part, right, response):
    index = {"x": ItemFacts("x", part, 1, kind, tuple("abcd"))}
    return grade(index, {"x": right}, {"x": response}, SCORING).score


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        ("a=true,b=false,c=true,d=true", "1.00"),
        ("a=true,b=false,c=true,d=false", "0.50"),
        ("a=true,b=false", "0.25"),
        ("a=true", "0.10"),
        ("a=false,b=true,c=false,d=false", "0.00"),
        ("", "0.00"),
    ],
)
def test_a_cluster_counts_its_right_statements(response, expected):
    assert str(mark("true_false_cluster", "II", KEY, response)) == expected


@pytest.mark.parametrize(
    ("right", "response", "expected"),
    [("0,5", "0,50", "0.50"), ("0,5", ",5", "0.00"), ("3", "03", "0.50"), ("0", "-0", "0.50"), ("-1,5", "1,5", "0.00"), ("1,33|1,34", "1,34", "0.50"), ("7", "7,", "0.00")],
)  # fmt: skip
def test_a_short_answer_is_compared_as_a_number(right, response, expected):
    assert str(mark("short_numeric", "III", right, response)) == expected


def test_a_single_choice_has_its_quarter():
    assert mark("single_choice", "I", "B", "B") == Decimal("0.25")
    assert mark("single_choice", "I", "B", "") == 0


@pytest.mark.parametrize(
    ("value", "step", "expected"), [("6.25", "0.1", "6.3"), ("8.25", "0.1", "8.3"), ("0.125", "0.01", "0.13")]
)
def test_half_goes_up(value, step, expected):
    assert str(rounded(Decimal(value), step)) == expected


def test_a_reprimand_takes_a_quarter_of_the_mark():
    assert after_penalty(Decimal("7.25"), Decimal("0.25"), "0.01") == Decimal("5.44")


def test_an_item_without_a_key_is_an_error_and_no_zero():
    with pytest.raises(KeyMissing):
        grade({"x": ItemFacts("x", "I", 1, "single_choice", ("A",))}, {}, {"x": "A"}, SCORING)


@pytest.mark.parametrize(
    ("old", "new"), [("minutes = 45", "minutes = 0"), ('unanchored = "refer"', 'unanchored = "ignore"'), ("version = 1", "version = 1\nextra = 2"), ('table = ["0", "0.1", "0.25", "0.5", "1"]', "")]
)  # fmt: skip
def test_a_profile_that_cannot_be_meant_is_refused(old, new):
    with pytest.raises(ProfileInvalid):
        profile.load(profile.shipped().replace(old, new))


@pytest.mark.parametrize(
    ("one", "other", "likeness"),
    [
        ("Nguyễn Thị Hoà", "NGUYỄN THỊ HÒA", names.Likeness.EQUAL),
        ("Lý Thị Mỹ", "Lí Thị Mĩ", names.Likeness.SPELLING),
        ("Ðỗ Văn A", "Đỗ Văn A", names.Likeness.EQUAL),
        ("Trần Văn Ân", "Trần Văn An", names.Likeness.SPELLING),
        ("Trần Văn An", "Trần Văn Anh", names.Likeness.DIFFERENT),
    ],
)
def test_names_are_compared_as_a_person_would(one, other, likeness):
    assert names.compare(one, other) is likeness


def test_a_long_name_is_cut_in_the_mrz():
    assert names.mrz_agrees("Nguyễn Hoàng Phương Thảo Nguyên Anh", "NGUYEN<<HOANG<PHUONG<THAO<NGUY")
    assert not names.mrz_agrees("Nguyễn Hoàng", "NGUYEN<<HUNG")
