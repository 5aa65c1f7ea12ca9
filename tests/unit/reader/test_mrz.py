"""The machine readable zone and the keys made of it."""

from __future__ import annotations

from datetime import date

import pytest

from reader.access_key import Can, MrzKey
from reader.errors import Malformed
from reader.mrz import check_digit, iso_date, parse

TD1 = "I<UTOL898902C<3<<<<<<<<<<<<<<<6908061F9406236UTO<<<<<<<<<<<2ERIKSSON<<ANNA<MARIA<<<<<<<<<<"
TD1_LONG = "I<UTOD23145890<7349<<<<<<<<<<<3407127M9507122UTO<<<<<<<<<<<2STEVENSON<<PETER<JOHN<<<<<<<<<"
TD3 = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10"
VIETNAM = "IDVNM1990123456001199012345<<79902036F3402034VNM<<<<<<<<<<<" + "0" + "NGUYEN<<THI<MAU".ljust(30, "<")
TODAY = date(2026, 6, 15)


def test_the_sample_of_the_standard_is_read_field_by_field():
    zone = parse(TD3)
    assert (zone.document_number, zone.birth_date, zone.expiry_date) == ("L898902C3", "740812", "120415")
    assert (zone.issuing_state, zone.nationality, zone.sex, zone.name) == ("UTO", "UTO", "F", "ERIKSSON ANNA MARIA")
    assert zone.wrong_checks == ()
    assert zone.information == "L898902C3674081221204159"


def test_three_lines_give_the_information_of_the_worked_example():
    assert parse(TD1).information == "L898902C<369080619406236"


def test_a_long_document_number_runs_on_in_optional_data():
    zone = parse(TD1_LONG)
    assert zone.document_number == "D23145890734"
    assert zone.information == "D23145890734934071279507122"


def test_the_vietnamese_number_is_the_optional_data_and_not_the_document_number():
    zone = parse(VIETNAM)
    assert (zone.document_number, zone.personal_number) == ("199012345", "001199012345")


def test_optional_data_that_does_not_end_in_the_document_number_is_no_personal_number():
    assert parse(VIETNAM.replace("001199012345", "001199999999")).personal_number == "199012345"


@pytest.mark.parametrize("separator", ["/", "\n", "\r\n", ""])
def test_lines_may_be_separated_in_any_way(separator):
    lines = [TD1[:30], TD1[30:60], TD1[60:]]
    assert parse(separator.join(lines)).document_number == "L898902C"


@pytest.mark.parametrize(("position", "name"), [(50, "document_number"), (60, "birth_date"), (67, "expiry_date")])
def test_a_misread_character_is_named(position, name):
    wrong = TD3[:position] + ("1" if TD3[position] != "1" else "7") + TD3[position + 1 :]
    assert {name, "composite"} <= set(parse(wrong).wrong_checks)


@pytest.mark.parametrize("text", ["", "A" * 89, "A" * 91, TD3[:-1] + "é", TD3.replace("<", "-")])
def test_what_is_no_zone_is_refused(text):
    with pytest.raises(Malformed):
        parse(text)


def test_check_digits_follow_the_weights_of_the_standard():
    assert [check_digit(text) for text in ("520727", "AB2134<<<", "")] == ["3", "5", "0"]


@pytest.mark.parametrize(
    ("text", "future", "expected"),
    [("990203", False, "1999-02-03"), ("260101", False, "2026-01-01"), ("270101", False, "1927-01-01"),
     ("340203", True, "2034-02-03"), ("75<<<<", False, ""), ("750000", False, ""),
     ("990230", False, "")],
)  # fmt: skip
def test_dates_get_their_century_and_unknown_parts_no_date(text, future, expected):
    assert iso_date(text, TODAY, future=future) == expected


def test_the_key_of_the_roster_is_that_of_the_card():
    assert MrzKey.from_roster("001199012345", "1999-02-03", "2034-02-03") == MrzKey.from_mrz(parse(VIETNAM))


def test_the_access_number_is_the_last_six_digits_with_leading_zero():
    assert Can.from_card_number("001199012345") == Can("012345")
    assert Can.from_qr("001199012345|123456789|Nguyễn Thị Mẫu|03021999|Nữ|x|01012022") == Can("012345")


@pytest.mark.parametrize("text", ["", "12345", "0011990123456", "00119901234x"])
def test_what_is_no_card_number_gives_no_key(text):
    with pytest.raises(Malformed):
        Can.from_card_number(text)
