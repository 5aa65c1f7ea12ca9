"""The language of the command line: chosen once, with the same values in both."""

from __future__ import annotations

import pytest

from khaothi.wording import Terms, Worded, Wording, Words, of_the_machine, vietnamese


class TableWrong(Worded):
    code = "table_wrong"


class CellWrong(Worded):
    code = "cell_wrong"


WORDING = Wording(
    {
        "table_wrong": Words("Bảng sai.", "The table is wrong.", "Sửa {file}.", "Correct {file}."),
        "cell_wrong": Words("Ô sai.", "A cell is wrong."),
    },
    {
        "{file}: row {row}: {problem}": "{file}: dòng {row}: {problem}",
        "{cell!r} is no number": "“{cell}” không phải số",
        "write a number": "ghi một số",
        "birth date": "ngày sinh",
        "{count} rows, wrong: {fields}": "{count} dòng, sai: {fields}",
    },
)


@pytest.fixture(params=["vi", "en"])
def language(request, monkeypatch):
    monkeypatch.setenv("KHAOTHI_LANGUAGE", request.param)
    return request.param


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, False),
        ({"LANG": "vi_VN.UTF-8"}, True),
        ({"LANG": "vi_VN.UTF-8", "LC_ALL": "C"}, False),
        ({"LANG": "en_GB.UTF-8", "KHAOTHI_LANGUAGE": "vi"}, True),
        ({"LANG": "vi", "KHAOTHI_LANGUAGE": "en"}, False),
        ({"LANG": ""}, False),
    ],
)
def test_the_language_is_the_one_asked_for_or_the_sessions(environment, expected):
    assert vietnamese(environment) is expected


def test_an_error_within_an_error_is_told_in_the_same_language(language):
    error = TableWrong(
        "{file}: row {row}: {problem}", file="a.csv", row=3, problem=CellWrong("{cell!r} is no number", cell="x")
    )
    assert str(error) == "a.csv: row 3: 'x' is no number"
    said = WORDING.of_error(error, error.code)
    told = {
        "vi": ("a.csv: dòng 3: “x” không phải số.", "Sửa a.csv."),
        "en": ("a.csv: row 3: 'x' is no number.", "Correct a.csv."),
    }
    assert said == ("table_wrong", *told[language])


def test_one_place_may_know_better_what_to_do_than_the_code(language):
    error = TableWrong("{cell!r} is no number", "write a number", cell="x", file="a.csv")
    assert WORDING.of_error(error, error.code).advice == {"vi": "ghi một số", "en": "write a number"}[language]


def test_an_error_without_a_sentence_speaks_in_the_words_of_its_code(language):
    assert WORDING.of_error(CellWrong(), "cell_wrong").message == {"vi": "Ô sai.", "en": "A cell is wrong."}[language]


def test_a_sentence_without_vietnamese_still_says_in_vietnamese_what_happened(language):
    told = WORDING.of_error(CellWrong("something {x}", x="new"), "cell_wrong").message
    assert told == {"vi": "Ô sai (something new).", "en": "Something new."}[language]


def test_a_line_of_output_and_the_terms_in_it_are_told_in_the_language(language):
    told = WORDING.line("{count} rows, wrong: {fields}", count=3, fields=Terms(("birth date", "SBD")))
    assert told == {"vi": "3 dòng, sai: ngày sinh, SBD", "en": "3 rows, wrong: birth date, SBD"}[language]


def test_braces_in_a_text_without_values_are_text():
    assert str(CellWrong("a {b} c")) == "a {b} c"


def test_a_package_knows_the_words_of_those_below_it(language):
    above = Wording({}, {}, WORDING)
    assert above.of_code("cell_wrong").message == WORDING.of_code("cell_wrong").message


@pytest.mark.parametrize(
    ("error", "vi", "en"),
    [
        (PermissionError(13, "Permission denied", "/x"), "/x: không có quyền truy cập", "/x: no permission"),
        (OSError(28, "No space left on device"), "đĩa đã đầy", "the disk is full"),
        (
            IsADirectoryError(21, "Is a directory", "/x"),
            "/x: đây là thư mục, không phải tệp",
            "/x: this is a folder, not a file",
        ),
        (OSError(9999, "Something rare", "/x"), "/x: Something rare", "/x: Something rare"),
    ],
)
def test_what_the_machine_refuses_is_told_with_its_file(error, vi, en, language):
    assert of_the_machine(error) == {"vi": vi, "en": en}[language]
