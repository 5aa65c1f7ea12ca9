"""What is told of the exam engine's errors, by code and by sentence (khaothi.wording)."""

from __future__ import annotations

from khaothi.wording import Wording, Words
from question_bank.wording import WORDING as QUESTION_BANK
from reader.wording import WORDING as READER

CODES = {
    "exam_engine_error": Words("Phần thi gặp lỗi.", "The exam engine failed."),
    "record_broken": Words("Hồ sơ bài thi không khớp.", "The record does not hang together.", "Giữ nguyên cơ sở dữ liệu và báo quản trị.", "Keep the database as it is and tell the administrator."),
    "record_signature_invalid": Words("Chữ ký của hồ sơ bài thi không đúng.", "The record's signature does not verify.", "Giữ nguyên cơ sở dữ liệu và báo quản trị.", "Keep the database as it is and tell the administrator."),
    "impossible_event": Words("Hồ sơ có sự kiện không thể xảy ra lúc đó.", "The record holds an event that cannot happen there."),
    "command_refused": Words("Lúc này chưa làm được việc đó.", "That is not allowed now."),
    "profile_invalid": Words("Hồ sơ kỳ thi không dùng được.", "The exam profile is not usable.", "Xem exam_engine/profiles/thpt_2025_toan.toml: tệp mẫu có mọi mục.", "Look at exam_engine/profiles/thpt_2025_toan.toml: it shows every key."),
    "not_found": Words("Không có hồ sơ kỳ thi này.", "There is no such exam profile.", "Đưa đường dẫn đến tệp TOML, hoặc tên hồ sơ có sẵn thpt_2025_toan.", "Give the path of a TOML file, or the shipped profile thpt_2025_toan."),
    "response_key_missing": Words("Có câu chưa có đáp án.", "An item has no key.", "Bổ sung đáp án cho mọi câu của đề.", "Give a key for every item of the form."),
    "half_mistyped": Words("Nửa mã khôi phục chưa đúng.", "That is no half of a room's recovery key.", "Nhập lại từng nhóm ký tự trên phiếu.", "Type the groups of the slip again."),
    "pin_wrong": Words("Mã PIN chưa đúng.", "The PIN is wrong."),
    "decision_not_proved": Words("Quyết định chưa đủ chứng thực của hai cán bộ.", "Two officials have not proved this decision."),
    # reasons of `DecisionNotProved`
    "one_person": Words("Cần hai người khác nhau.", "Two different persons are needed."),
    "one_role": Words("Cần một cán bộ coi thi và một Trưởng điểm thi.", "An invigilator and a head of site are needed."),
    "unknown_official": Words("Danh sách cán bộ không có người này với chức trách đó.", "The roster of officials has no such person in that role."),
    "not_signed": Words("Quyết định không có chữ ký của người này.", "This person did not sign the decision."),
    # reasons of `CommandRefused`
    "illegal_answer": Words("Đáp số này không nhập được vào các ô.", "That answer does not fit the cells."),
    "unknown_item": Words("Không có câu này.", "There is no such item."),
    "unknown_option": Words("Câu này không có phương án đó.", "The item has no such option."),
    "no_submission_before_time": Words("Chưa đến lúc được nộp bài.", "It is too early to submit."),
    "unknown_command": Words("Máy không biết lệnh này.", "That command is not known."),
    "not_working": Words("Thí sinh không trong giờ làm bài.", "The candidate is not at work."),
    "time_is_over": Words("Đã hết giờ làm bài.", "Time is over."),
    # reasons of `RecordBroken`
    "entry_too_large": Words("Một mục của hồ sơ lớn quá mức cho phép.", "An entry of the record is too large."),
    "entry_not_understood": Words("Một mục của hồ sơ không đọc được.", "An entry of the record is not understood."),
    "chain_broken": Words("Chuỗi băm của hồ sơ bị đứt.", "The record's hash chain is broken."),
    "wrong_count": Words("Số mục của hồ sơ không khớp.", "The record has another number of entries than it says."),
    "wrong_numbering": Words("Số thứ tự các mục không liên tục.", "The entries are numbered wrongly."),
    "another_station_owns_this_epoch": Words("Đoạn hồ sơ này thuộc máy khác.", "Another station owns this part of the record."),
    "fork": Words("Hồ sơ rẽ thành hai nhánh.", "The record has two branches."),
    "wrong_beginning": Words("Hồ sơ bắt đầu không đúng chỗ.", "The record begins in the wrong place."),
    "attempt_of_another_station": Words("Bài thi này thuộc máy khác.", "The attempt belongs to another station."),
    "takeover_of_another_record": Words("Việc tiếp nhận thuộc hồ sơ khác.", "The takeover belongs to another record."),
}  # fmt: skip

SENTENCES = {
    "a PIN has {digits} digits or more, not all alike and not in a row": "mã PIN có từ {digits} chữ số, không trùng hết và không liên tiếp",
    "not the PIN of {name}": "không phải mã PIN của {name}",
    "the profile is not as it must be: {problem}": "hồ sơ kỳ thi không đúng khuôn: {problem}",
    "scoring.parts.{part}: a cluster needs a table of marks": "scoring.parts.{part}: câu đúng/sai cần bảng điểm (table)",
    "there is no file and no shipped profile called {name}": "không có tệp hay hồ sơ kỳ thi có sẵn nào tên “{name}”",
    "{item} has no key": "câu {item} chưa có đáp án",
    "{event} cannot happen while {phase}": "sự kiện {event} không thể xảy ra khi đang ở bước {phase}",
    "signature does not verify": "chữ ký không đúng",
    "both holders of the room's halves must sign": "cả hai người giữ hai nửa mã của phòng phải ký",
    "not a half of a room key": "đây không phải nửa mã khôi phục của phòng",
    "the checksum does not hold": "số kiểm tra không khớp: có ký tự gõ sai hoặc thiếu",
    "{reason}: {detail}": "{reason}: {detail}",
}

WORDING = Wording(CODES, SENTENCES, READER, QUESTION_BANK)
