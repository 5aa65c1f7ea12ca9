"""Rosters as schools send them: every trap of the sheet is caught and named with its row."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from exam_engine.candidate import Candidate
from proctor_node.adapters.spreadsheets import load_roster, write_roster
from proctor_node.errors import PlanUnreadable
from proctor_node.roster.reading import read_roster

SHEET_DATE = datetime(2008, 3, 15)  # noqa: DTZ001 - workbooks know no time zone
HEADER = ("STT", "SBD", "Họ và tên", "Ngày sinh", "Giới tính", "Số CCCD", "Điểm thi", "Phòng thi", "Máy", "Ca thi")


def row(**changed) -> list:
    values = {
        "stt": 1, "sbd": "30000001", "name": "Nguyễn Thị Ngọc Ẩn", "birth": "15/03/2008", "sex": "Nữ",
        "number": "042308000001", "site": "LTT", "room": "01", "seat": 1, "shift": "1",
    }  # fmt: skip
    return list({**values, **changed}.values())


def read(*rows, header=HEADER):
    return read_roster("ds.xlsx", [list(header), *rows])


def codes(report) -> list[tuple[str, str, int]]:
    return [(remark.code, remark.severity, remark.row) for remark in report.remarks]


def test_a_clean_row_becomes_a_candidate():
    report = read(row())
    assert report.remarks == []
    assert report.candidates == [
        Candidate(
            "30000001", "Nguyễn Thị Ngọc Ẩn", "2008-03-15", "F", "042308000001", "LTT", "01", 1, "1"
        )
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "code", "severity"),
    [
        ({"number": "4,23E+10"}, "N501", "error"),
        ({"number": "4.23E+10"}, "N501", "error"),
        ({"number": 42308000001.5}, "N501", "error"),
        ({"number": "12345"}, "number_invalid", "error"),
        ({"number": "04230800000A"}, "number_invalid", "error"),
        ({"birth": "31/02/2008"}, "date_invalid", "error"),
        ({"birth": "2008"}, "date_invalid", "error"),
        ({"seat": "hàng 2"}, "seat_invalid", "error"),
        ({"site": None}, "cell_empty", "error"),
        ({"number": 42308000002}, "leading_zeros_added", "warning"),
        ({"number": 42308000002.0}, "leading_zeros_added", "warning"),
        ({"birth": "15/03/2007"}, "number_and_birth_differ", "warning"),
        ({"sex": "Nam"}, "number_and_birth_differ", "warning"),
    ],
)
def test_each_trap_is_named_with_its_row(changed, code, severity):
    report = read(row(), row(sbd="30000002", **{"number": "042308000002", "seat": 2, **changed}))

    assert (code, severity, 3) in codes(report)
    assert len(report.candidates) == (2 if severity == "warning" else 1)


@pytest.mark.parametrize("birth", [SHEET_DATE, date(2008, 3, 15), "2008-03-15", "15-3-2008", "15.03.2008"])
def test_a_birth_date_is_read_in_every_form(birth):
    assert read(row(birth=birth)).candidates[0].birth_date == "2008-03-15"


def test_zeros_that_a_spreadsheet_dropped_are_put_back():
    assert read(row(number=42308000001)).candidates[0].personal_number == "042308000001"


def test_a_number_that_stands_twice_names_both_rows_and_hides_its_middle():
    report = read(row(), row(sbd="30000002", seat=2))
    (remark,) = report.errors

    assert (remark.code, remark.row) == ("N503", 3)
    assert "042*****0001" in remark.message
    assert "rows 2 and 3" in remark.message
    assert "042308000001" not in remark.message


def test_a_candidate_number_that_stands_twice_is_an_error():
    assert ("sbd_twice", "error", 3) in codes(read(row(), row(number="042308000002", seat=2)))


def test_titles_above_the_header_and_a_footer_below_do_not_matter():
    table = [
        ["SỞ GD&ĐT"],
        [None],
        ["DANH SÁCH THÍ SINH"],
        list(HEADER),
        row(),
        [None] * 10,
        ["Danh sách này có 1 thí sinh"],
    ]
    assert len(read_roster("ds.xlsx", table).candidates) == 1


@pytest.mark.parametrize(
    ("alias", "place"),
    [("SỐ BÁO DANH", 1), ("Họ tên", 2), ("Ngày sinh(*)", 3), ("Phái", 4), ("Số ĐDCN", 5), ("Phòng số", 7)],
)
def test_headers_are_known_by_other_names(alias, place):
    header = [alias if index == place else name for index, name in enumerate(HEADER)]
    assert len(read(row(), header=header).candidates) == 1


def test_the_code_of_the_ministry_is_not_the_card_number():
    header = ["Mã định danh Bộ GD&ĐT" if name == "Số CCCD" else name for name in HEADER]
    with pytest.raises(PlanUnreadable, match="Số CCCD"):
        read(row(), header=header)


def test_a_table_without_a_header_is_refused_with_the_file_named():
    with pytest.raises(PlanUnreadable, match=r"ds\.xlsx"):
        read_roster("ds.xlsx", [row(), row()])


def test_what_is_written_is_read_back(tmp_path):
    people = [
        Candidate(
            "30000001",
            "Nguyễn Thị Ngọc Ẩn",
            "2008-03-15",
            "F",
            "042308000001",
            "LTT",
            "01",
            1,
            "1",
            "12A1",
            "2033-03-15",
        ),
        Candidate("30000002", "Trần Đức Dũng", "2008-11-02", "M", "042208000002", "LTT", "01", 2, "1"),
    ]
    write_roster(tmp_path / "ds.xlsx", people)
    report = load_roster(tmp_path / "ds.xlsx")

    assert report.candidates == people
    assert report.remarks == []


@pytest.mark.parametrize("content", [b"", b"not a workbook", b"PK\x03\x04 torn"])
def test_a_damaged_workbook_is_refused_by_name(tmp_path, content):
    path = tmp_path / "hong.xlsx"
    path.write_bytes(content)
    with pytest.raises(PlanUnreadable, match=r"hong\.xlsx"):
        load_roster(path)
