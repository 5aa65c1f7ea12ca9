"""Sheets as schools export them: names in two columns, titles that hold the room, ghosts, legacy fonts; and seating by rule."""

from __future__ import annotations

import openpyxl
import pytest

from exam_engine.candidate import Candidate
from proctor_node.adapters.spreadsheets import load_roster, write_errors, write_roster
from proctor_node.errors import PlanUnreadable
from proctor_node.roster.assignment import Rules, code_of_seat, complete, name_key, sort_key
from proctor_node.roster.reading import read_roster
from proctor_node.roster.remarks import RosterReport

CANDIDATE = Candidate("30000001", "Trần Thị Ngọc Ẩn", "2008-03-15", "F", "042308123456", "TS", "03", 1, "1")
SHORT = ("STT", "Họ và tên", "Ngày sinh", "Số CCCD")


def short(name="Nguyễn Thị Ngọc Ẩn", birth="15/03/2008", number="042308000001"):
    return [1, name, birth, number]


def codes(report):
    return [remark.code for remark in report.remarks]


def test_what_a_rule_can_give_need_not_stand_in_the_file():
    report = read_roster("ds.csv", [SHORT, short()])
    assert report.missing == {"sbd", "site", "room", "seat", "shift"}
    assert report.candidates[0].name == "Nguyễn Thị Ngọc Ẩn"


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        (("Họ đệm", "Tên", "Ngày sinh", "CCCD"), ("Nguyễn Thị Ngọc", "Ẩn", "15/03/2008", "042308000001")),
        (("Họ và tên", "Tên", "Ngày sinh", "CCCD"), ("Nguyễn Thị Ngọc", "Ẩn", "15/03/2008", "042308000001")),
        (("Họ và tên", None, "Ngày sinh", "CCCD"), ("Nguyễn Thị Ngọc", "Ẩn", "15/03/2008", "042308000001")),
    ],
    ids=["two columns", "family name under the full title", "one title over two columns"],
)
def test_a_name_in_two_columns_is_one_name(header, cells):
    assert read_roster("ds.csv", [header, cells]).candidates[0].name == "Nguyễn Thị Ngọc Ẩn"


@pytest.mark.parametrize(("cross", "sex"), [("x", "F"), (None, "M")])
def test_a_column_for_girls_has_a_cross(cross, sex):
    rows = [(*SHORT, "Nữ"), [*short(number="042308000001" if sex == "F" else "042208000001"), cross]]
    assert read_roster("ds.csv", rows).candidates[0].sex == sex


def test_room_and_shift_may_stand_in_a_title_or_in_the_sheets_name():
    rows = [["SỞ GD&ĐT"], ["Phòng thi: 5 - Ca thi: 2"], SHORT, short()]
    found = read_roster("ds.xlsx", rows).candidates[0]
    assert (found.room, found.shift) == ("05", "2")
    assert read_roster("ds.xlsx", [SHORT, short()], "Phòng 07").candidates[0].room == "07"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"name": "Nguy\u00d4n V\u00a8n \u00aen"}, "N502"),
        ({"name": "Nguye\u00e3n Va\u00f9n"}, "N502"),
        ({"name": "Nguyễn Văn 4n"}, "name_unusual"),
        ({"birth": "39522"}, "date_was_number"),
        ({"birth": "03/25/2008"}, "date_invalid"),
        ({"birth": "15/03/08"}, "date_invalid"),
        ({"number": "4,23081E+10"}, "N501"),
        ({"number": "4.2308E10"}, "N501"),
        ({"number": "003308000001"}, "province_unknown"),
        ({"number": "042108000001"}, "number_and_birth_differ"),
    ],
)
def test_each_trap_has_a_name(changed, code):
    assert code in codes(read_roster("ds.csv", [SHORT, short(**changed)]))


def test_a_number_that_a_spreadsheet_kept_as_a_date_is_that_date():
    assert read_roster("ds.csv", [SHORT, short(birth=39522)]).candidates[0].birth_date == "2008-03-15"


def test_one_person_in_two_rows_is_told_with_how_far_the_names_agree():
    report = read_roster("ds.csv", [SHORT, short(), short(name="Nguyen Thi Ngoc An")])
    assert codes(report) == ["N503"]
    assert "chỉ khác dấu" in report.remarks[0].message_vi
    assert "042308000001" not in report.remarks[0].message_vi


def test_a_footer_with_another_count_is_remarked_upon():
    rows = [SHORT, short(), [None, "Danh sách này có 24 thí sinh", None, None], [None, "Người lập bảng", None, None]]
    report = read_roster("ds.csv", rows)
    assert (len(report.candidates), codes(report)) == (1, ["count_differs"])


def test_parents_and_ethnicity_are_not_taken_in():
    report = read_roster("ds.csv", [(*SHORT, "Dân tộc", "Họ tên cha"), [*short(), "Kinh", "Nguyễn Văn B"]])
    assert report.ignored == ["Dân tộc", "Họ tên cha"]


def test_a_workbook_of_one_sheet_a_room_is_one_roster_and_ghost_rows_are_nobody(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Bìa"
    book.active.append(["Danh sách phòng thi"])
    for room in (1, 2):
        sheet = book.create_sheet(f"Phòng {room:02d}")
        sheet.append(["DANH SÁCH"])
        sheet.merge_cells("A1:D1")
        sheet.append(SHORT)
        sheet.append(short(number=f"04230800000{room}", name=f"Nguyễn Thị {'AB'[room - 1]}"))
        sheet["A4000"] = None
        sheet.cell(4000, 1).number_format = "@"
    book.save(tmp_path / "ds.xlsx")
    report = load_roster(tmp_path / "ds.xlsx")

    assert [(c.room, c.name) for c in report.candidates] == [("01", "Nguyễn Thị A"), ("02", "Nguyễn Thị B")]
    assert report.ignored[0] == "Bìa"


def test_a_person_in_two_sheets_is_found(tmp_path):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for room in (1, 2):
        sheet = book.create_sheet(f"Phòng {room:02d}")
        sheet.append(SHORT)
        sheet.append(short())
        if room == 2:
            sheet.append(short())
    book.save(tmp_path / "ds.xlsx")
    report = load_roster(tmp_path / "ds.xlsx")
    assert len(report.candidates) == 1
    write_errors(tmp_path / "loi.xlsx", report)
    told = list(openpyxl.load_workbook(tmp_path / "loi.xlsx").active.iter_rows(values_only=True))
    assert told[1][:5] == ("Phòng 02", 2, "personal_number", "Lỗi", "N503")


def test_a_semicolon_file_with_a_byte_order_mark_is_a_roster(tmp_path):
    text = "\ufeffSTT;Họ và tên;Ngày sinh;Số CCCD\r\n1;Nguyễn Thị Ngọc Ẩn;15/03/2008;042308000001\r\n"
    (tmp_path / "ds.csv").write_bytes(text.encode())
    assert load_roster(tmp_path / "ds.csv").candidates[0].birth_date == "2008-03-15"


# -- seating by rule


def person(number: int, name: str = "Trần Đức Dũng", class_name: str = "12A1", **changed) -> Candidate:
    values = {"sbd": "", "site": "", "room": "", "seat": 0, "shift": "", **changed}
    return Candidate(
        values["sbd"], name, "2008-03-15", "M", f"042208{number:06d}", values["site"], values["room"], values["seat"],
        values["shift"], class_name,
    )  # fmt: skip


def test_names_stand_in_vietnamese_order():
    words = ["ba", "bà", "bả", "bã", "bá", "bạ", "băn", "bân", "da", "đa", "o", "ô", "ơ", "u", "ư"]
    assert sorted(set(words), key=sort_key) == words
    people = [person(1, "Lê Văn Ân"), person(2, "Trần Thị An"), person(3, "Đỗ Văn An"), person(4, "Bùi Bình")]
    assert [p.name for p in sorted(people, key=name_key)] == ["Đỗ Văn An", "Trần Thị An", "Lê Văn Ân", "Bùi Bình"]


def test_rooms_are_filled_evenly_and_a_full_shift_hands_on_to_the_next():
    people = [person(n, class_name=f"12A{n % 3}") for n in range(1, 56)]
    found = complete(people, Rules(prefix="42", per_room=24, shifts=("1", "2"), sites=(("LTT", 2),)))
    counts = {}
    for row in found:
        counts[row.shift, row.room] = counts.get((row.shift, row.room), 0) + 1
    assert counts == {("1", "01"): 19, ("1", "02"): 18, ("2", "01"): 18}
    assert len({row.sbd for row in found}) == 55
    assert min(row.sbd for row in found) == "42000001"
    assert len({(row.shift, row.room, row.seat) for row in found}) == 55


def test_what_the_roster_gave_stays():
    fixed = person(1, sbd="42000001", site="LTT", room="05", seat=3, shift="1")
    found = complete([fixed, person(2, site="LTT")], Rules(prefix="42", sites=(("LTT", 1),)))
    assert fixed in found
    assert {row.sbd for row in found} == {"42000001", "42000002"}


def test_more_people_than_places_is_refused():
    with pytest.raises(PlanUnreadable, match="49 candidates, 48 places"):
        complete([person(n) for n in range(49)], Rules(sites=(("LTT", 2),)))


@pytest.mark.parametrize("count", [2, 3, 4, 6, 24])
def test_neighbours_have_other_forms(count):
    forms = [f"{n:04d}" for n in range(count)]
    plan = {(row, column): code_of_seat(row * 6 + column + 1, forms) for row in range(5) for column in range(6)}
    steps = [(0, 1), (1, 0), *([(1, 1), (1, -1)] if count >= 4 else [])]
    for (row, column), code in plan.items():
        assert all(plan.get((row + down, column + right)) != code for down, right in steps)


def test_a_sheet_that_nobody_sees_is_named_and_not_taken_in(tmp_path):
    path = tmp_path / "ds.xlsx"
    write_roster(path, [CANDIDATE])
    book = openpyxl.load_workbook(path)
    for state in ("hidden", "veryHidden"):
        copy = book.copy_worksheet(book.worksheets[0])
        copy.title, copy.sheet_state = state, state
    book.save(path)
    report = load_roster(path)
    assert [row.sbd for row in report.candidates] == [CANDIDATE.sbd]
    assert report.ignored == ["hidden", "veryHidden"]


def test_a_row_of_formulas_that_nobody_calculated_is_not_dropped_in_silence(tmp_path):
    path = tmp_path / "ds.xlsx"
    write_roster(path, [CANDIDATE])
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    sheet.append([2, "=B2", "=C2", "=D2", "Nam", "=F2"])
    sheet.append([None, None, "Người lập", "Hà Tĩnh, ngày 5 tháng 6"])
    book.save(path)
    report = load_roster(path)
    assert [(r.row, r.code, r.severity) for r in report.remarks if r.code == "row_without_person"] == [
        (3, "row_without_person", "warning")
    ]


def test_the_count_of_refusals_is_the_errors_told():
    report = RosterReport()
    report.remark("number_invalid", 2, "personal_number")
    report.remark("name_unusual", 2, "name")
    assert report.refusals == len(report.errors) == 1
