"""Everything that may be said about a row of a roster, in both languages, with the severity that goes with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from exam_engine.candidate import Candidate

Severity = Literal["error", "warning"]
# code: severity, Vietnamese, English. `{column}` and the rest are filled in; N501 to N503 are UX.md section 5.
WORDS: dict[str, tuple[Severity, str, str]] = {
    "N501": ("error", 'Dòng {row}, cột "Số CCCD": "{cell}" đã mất chữ số. Định dạng cột là Văn bản rồi nhập lại.', "row {row}, column ID number: {cell!r} has lost digits; format the column as Text and enter it again"),
    "N502": ("error", "Dòng {row}: tệp dùng phông {font}. Chuyển sang Unicode rồi nhập lại.", "row {row}: legacy {font} text; convert the file to Unicode"),
    "N503": ("error", "Số CCCD {shown} có ở dòng {first} và dòng {row}{likeness_vi}. Giữ một dòng hoặc sửa số.", "the ID number {shown} stands in rows {first} and {row}{likeness_en}"),
    "sbd_twice": ("error", "SBD {sbd} có ở dòng {first} và dòng {row}.", "SBD {sbd} stands in rows {first} and {row}"),
    "seat_twice": ("error", "Máy {seat}, phòng {room}, ca {shift} có ở dòng {first} và dòng {row}.", "seat {seat} of room {room} in shift {shift} stands in rows {first} and {row}"),
    "same_person_twice": ("warning", "Dòng {first} và dòng {row} cùng họ tên và ngày sinh nhưng khác số CCCD.", "rows {first} and {row} carry the same name and birth date with different ID numbers"),
    "number_invalid": ("error", 'Dòng {row}, cột "Số CCCD": không phải 12 chữ số.', "row {row}: not twelve digits"),
    "leading_zeros_added": ("warning", 'Dòng {row}, cột "Số CCCD": đã thêm số 0 vào trước {digits} chữ số.', "row {row}: zeros were put before {digits} digits"),
    "province_unknown": ("warning", "Dòng {row}: mã nơi đăng ký khai sinh {province} chưa có trong danh mục.", "row {row}: place code {province} is not among those known"),
    "number_and_birth_differ": ("warning", "Dòng {row}: ngày sinh hoặc giới tính không khớp với số CCCD.", "row {row}: birth date or sex does not fit the number"),
    "date_invalid": ("error", 'Dòng {row}, cột "{column}": không phải ngày dd/mm/yyyy.', "row {row}, {column}: no date dd/mm/yyyy"),
    "date_was_number": ("warning", 'Dòng {row}, cột "{column}": số {cell} được hiểu là ngày {day}.', "row {row}, {column}: the number {cell} was read as the date {day}"),
    "seat_invalid": ("error", "Dòng {row}: số máy không phải là số.", "row {row}: the seat is no number"),
    "extra_time_invalid": ("error", "Dòng {row}: thời gian thêm không phải là số.", "row {row}: the extra time is no number"),
    "sex_unknown": ("warning", 'Dòng {row}: giới tính "{cell}" không rõ.', "row {row}: sex {cell!r} is not understood"),
    "cell_empty": ("error", 'Dòng {row}: cột "{column}" trống.', "row {row}: {column} is empty"),
    "name_unusual": ("warning", "Dòng {row}: họ tên có ký tự lạ, kiểm tra lại.", "row {row}: the name holds unusual signs"),
    "row_without_person": ("warning", "Dòng {row} có ngày sinh hoặc giới tính mà không có họ tên, SBD, số CCCD: không lấy dòng này. Nếu ô là công thức thì mở tệp bằng phần mềm bảng tính rồi lưu lại.", "row {row} has a birth date or a sex but neither name nor numbers, and is not taken in; if its cells are formulas, open the file in a spreadsheet program and save it again"),
    "count_differs": ("warning", "Dòng {row} ghi {told} thí sinh, tệp có {found}.", "row {row} speaks of {told} candidates, the sheet has {found}"),
}  # fmt: skip

TITLES = {
    "sbd": ("SBD", "SBD"), "name": ("Họ và tên", "name"), "birth_date": ("Ngày sinh", "date of birth"),
    "sex": ("Giới tính", "sex"), "personal_number": ("Số CCCD", "ID number"), "expiry_date": ("Có giá trị đến", "expiry date"),
    "site": ("Điểm thi", "site"), "room": ("Phòng thi", "room"), "seat": ("Máy", "seat"), "shift": ("Ca thi", "shift"),
    "extra_percent": ("Gia hạn %", "extra time %"), "extra_minutes": ("Thêm phút", "extra minutes"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to look at; `code` is N501, N503, ... or a snake_case code without a screen."""

    row: int
    column: str
    code: str
    severity: Severity
    message: str
    message_vi: str
    sheet: str = ""


@dataclass(slots=True)
class RosterReport:
    """Candidates that can be used, and what is wrong with the rest.

    `missing` are columns that the file lacks and a rule must fill; `rows` maps a candidate's place in `candidates` to its row.
    """

    candidates: list[Candidate] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    missing: set[str] = field(default_factory=set)
    ignored: list[str] = field(default_factory=list)
    # How often a row was refused so far: asked for every row, while `errors` walks through all remarks.
    refusals: int = 0

    @property
    def errors(self) -> list[Remark]:
        """Remarks that keep a row out."""
        return [remark for remark in self.remarks if remark.severity == "error"]

    def remark(self, code: str, row: int, column: str, **values: object) -> None:
        """Note one thing."""
        severity, vi, en = WORDS[code]
        title_vi, title_en = TITLES.get(column, (column, column))
        told_vi = vi.format(row=row, column=title_vi, **values)
        told_en = en.format(row=row, column=title_en, **values)
        self.refusals += severity == "error"
        self.remarks.append(Remark(row, column, code, severity, told_en, told_vi))
