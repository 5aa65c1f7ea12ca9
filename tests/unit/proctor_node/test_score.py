"""`khaothi score` by its contract, and the second grader against the first and against marks worked out by hand."""

from __future__ import annotations

import ast
import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exam_engine import events as e
from exam_engine import profile as profiles
from exam_engine.commands import ItemFacts
from exam_engine.grading import grade
from exam_engine.record import Entry, encode_entry
from proctor_node import response_sheet, score_cli, second_grader
from proctor_node.marking import differences

FORMS = Path(__file__).resolve().parents[3] / "question_bank" / "forms"
FORM, KEY = FORMS / "toan_12_mau.toml", FORMS / "toan_12_mau.keys.toml"
PARTS = {"I": 12, "II": 4, "III": 6}
HEADER = [f"{part}.{n}" for part, count in PARTS.items() for n in range(1, count + 1)]
RIGHT = ["A", "B", "D", "C", "B", "C", "A", "B", "D", "C", "A", "B", "ĐSĐĐ", "ĐĐSS", "ĐĐSĐ", "DDSD", "-1,5", "1,33", "7", "1,73", "20", "0,28"]  # fmt: skip
PROFILE = profiles.shipped()


@pytest.fixture
def score(tmp_path, capsys):
    """Grades rows; status and document."""

    def call(*rows, header=None, key=KEY, form=FORM, profile="thpt_2025_toan"):
        table = tmp_path / "bai.csv"
        lines = [";".join(header or ["sbd", *HEADER]), *(";".join(row) for row in rows)]
        table.write_text("\n".join(lines), encoding="utf-8-sig")
        arguments = [str(table), "--form", str(form), "--key", str(key), "--profile", profile, "--json"]
        status = score_cli.main(arguments)
        return status, json.loads(capsys.readouterr().out)

    return call


def test_a_perfect_paper_has_ten_marks(score):
    status, document = score(["30000001", *RIGHT])
    (found,) = document["candidates"]
    assert (status, found["id"], found["score"]) == (0, "30000001", "10.00")
    assert found["by_part"] == {"I": "3.00", "II": "4.00", "III": "3.00"}
    assert found["items"][0] == {"id": "I.1", "mark": "0.25", "response": "A"}
    assert found["items"][12]["response"] == "a=true,b=false,c=true,d=true"


@pytest.mark.parametrize(
    ("cell", "mark"),
    [("ĐSĐĐ", "1"), ("DSDS", "0.5"), ("DSSS", "0.25"), ("DDSS", "0.1"), ("SDSS", "0"), ("d s - -", "0.25"), ("", "0"), ("\u00d0S\u00d0\u00d0", "1")],
)  # fmt: skip
def test_a_cluster_is_marked_by_its_number_of_right_statements(score, cell, mark):
    _, document = score(["1", *RIGHT[:12], cell, *RIGHT[13:]])
    assert document["candidates"][0]["items"][12]["mark"] == mark


@pytest.mark.parametrize(("cell", "mark"), [("-1.5", "0.5"), ("\u22121,5", "0.5"), (" -1,50", "0"), ("-1,5", "0.5"), ("1,5", "0"), ("-12,5", "0")])  # fmt: skip
def test_a_short_answer_is_a_number_in_four_cells(score, cell, mark):
    _, document = score(["1", *RIGHT[:16], cell, *RIGHT[17:]])
    assert document["candidates"][0]["items"][16]["mark"] == mark


def test_a_blank_paper_is_marked_and_an_empty_line_is_nobody(score):
    status, document = score(["1", *[""] * 22], [""] * 23)
    assert status == 0
    assert [found["score"] for found in document["candidates"]] == ["0.00"]


def test_what_cannot_be_understood_gets_no_mark_and_is_named(score):
    _, document = score(["1", "Z", *RIGHT[1:]])
    assert document["candidates"][0]["score"] == "9.75"
    assert document["remarks"] == [{"row": 2, "item": "I.1", "cell": "Z", "code": "not_understood"}]


@pytest.mark.parametrize(
    ("rows", "header", "code"),
    [
        ([["1", *RIGHT], ["1", *RIGHT]], None, "responses_unreadable"),
        ([["1", *RIGHT[1:]]], ["sbd", *HEADER[1:]], "responses_unreadable"),
        ([["1", *RIGHT, "A"]], ["sbd", *HEADER, "I.1"], "responses_unreadable"),
    ],
    ids=["one person twice", "an item has no column", "an item has two"],
)
def test_a_table_that_might_be_misread_is_refused(score, rows, header, code):
    status, document = score(*rows, header=header)
    assert (status, document["error"]["code"]) == (1, code)


def test_keys_and_forms_may_be_tables_and_xlsx_cells_may_be_numbers(score, tmp_path, capsys):
    form, key, book = tmp_path / "form.csv", tmp_path / "key.csv", tmp_path / "bai.xlsx"
    form.write_text("item,part,kind\nq1,I,single_choice\nq2,II,true_false_cluster\nq3,III,short_numeric\n")
    key.write_text('item,key\nq1,B|C\nq2,DSSD\nq3,"-1,5"\n')
    sheet = openpyxl.Workbook()
    for row in (("SBD", "q1", "q2", "q3", "Ghi chú"), (1, "c", "ĐSSĐ", -1.5, "x")):
        sheet.active.append(row)
    sheet.save(book)

    arguments = [str(book), "--form", str(form), "--key", str(key), "--profile", "thpt_2025_toan", "--json"]
    assert score_cli.main(arguments) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["candidates"][0]["score"] == "1.75"
    assert document["ignored_columns"] == ["Ghi chú"]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"profile": "no_such_profile"}, 2, "not_found"),
        ({"key": FORM}, 1, "responses_unreadable"),
        ({"form": KEY}, 1, "responses_unreadable"),
    ],
)
def test_wrong_files_are_named(score, change, status, code):
    told, document = score(["1", *RIGHT], **change)
    assert (told, document["error"]["code"]) == (status, code)


def test_a_missing_file_is_wrong_use(capsys):
    assert score_cli.main(["nowhere.csv", "--form", str(FORM), "--key", str(KEY), "--profile", "x", "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "wrong_use"


# -- the second grader


def test_the_second_grader_is_short_and_stands_alone():
    source = Path(second_grader.__file__).read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 300
    modules = {node.module or "" for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)}
    assert not {name for name in modules if name.startswith(("exam_engine", "question_bank", "proctor_node"))}


FACTS = {
    "I.1": ItemFacts("I.1", "I", 1, "single_choice", ("A", "B", "C", "D")),
    "II.1": ItemFacts("II.1", "II", 1, "true_false_cluster", ("a", "b", "c", "d")),
    "III.1": ItemFacts("III.1", "III", 1, "short_numeric", ()),
}
KEYS = {"I.1": "B|C", "II.1": "a=true,b=false,c=false,d=true", "III.1": "-1,5|-1"}
STATEMENT = st.sampled_from(["true", "false", ""])
RESPONSES = st.fixed_dictionaries(
    {},
    optional={
        "I.1": st.sampled_from("ABCD"),
        "II.1": st.lists(STATEMENT, min_size=4, max_size=4).map(
            lambda told: ",".join(f"{o}={t}" for o, t in zip("abcd", told, strict=True) if t)
        ),
        "III.1": st.one_of(st.sampled_from(["-1,5", "1,5", "-1,5", "0", "-1"]), st.text("0123456789,-", max_size=5)),
    },
)


@given(RESPONSES)
@settings(max_examples=300)
def test_both_graders_agree(responses):
    marks = grade(FACTS, KEYS, responses, profiles.load(PROFILE).scoring)
    assert differences(marks, second_grader.regrade(responses, FACTS, KEYS, PROFILE)) == []


def test_a_mistake_of_one_grader_is_seen_by_the_other():
    marks = grade(FACTS, KEYS, {"I.1": "B"}, profiles.load(PROFILE).scoring)
    wrong = second_grader.regrade({"I.1": "A"}, FACTS, KEYS, PROFILE)
    assert any(found.startswith("I.1") for found in differences(marks, wrong))


@pytest.mark.parametrize(("value", "step", "shown"), [("6.25", "0.1", "6.3"), ("8.25", "0.1", "8.3"), ("0.005", "0.01", "0.01"), ("7", "1", "7"), ("2.5", "1", "3")])  # fmt: skip
def test_half_goes_up_as_teachers_count(value, step, shown):
    assert second_grader.half_up(Fraction(Decimal(value)), step) == shown


def test_responses_count_from_the_signal_to_the_end():
    told = (
        e.Answered("I.1", "A"), e.Started("d", "1", "o", 1, 2), e.Answered("I.1", "B"), e.Answered("II.1", "a=true"),
        e.Answered("II.1", ""), e.Paused("x", "y", 1), e.Answered("I.1", "D"), e.Resumed("y", 2), e.Submitted(1),
        e.Answered("I.1", "C"),
    )  # fmt: skip
    texts = [encode_entry(Entry(n, n, event)).decode() for n, event in enumerate(told, 1)]
    assert second_grader.responses(texts) == {"I.1": "B"}


def test_the_letters_of_a_cell_are_the_options_of_its_item():
    assert response_sheet.canonical(FACTS["I.1"], " b ") == "B"
    assert response_sheet.canonical(FACTS["II.1"], "Đúng, Sai, Sai, Đúng") == KEYS["II.1"]
    assert response_sheet.canonical(FACTS["II.1"], "DSS") is None
    several = ItemFacts("q", "I", 1, "multiple_choice", ("A", "B", "C"))
    assert [response_sheet.canonical(several, cell) for cell in ("C|A", "AC", "A, C", "AX")] == [
        "A|C",
        "A|C",
        "A|C",
        None,
    ]
