"""What the station's commands tell of errors, by code and by sentence (khaothi.wording). The screens speak by `texts`."""

from __future__ import annotations

from exam_engine.wording import WORDING as EXAM_ENGINE
from khaothi.wording import Wording, Words

CODES = {
    "wrong_use": Words("Lệnh gõ chưa đúng.", "The command contradicts itself.", "Xem khaothi station --help.", "khaothi station --help says more."),
    "disk": Words("Không đọc hay ghi được.", "It cannot be read or written.", "Xem lại đường dẫn, quyền truy cập và chỗ trống trên đĩa.", "Look at the path, its permissions and the room on the disk."),
    "station_error": Words("Máy thi gặp lỗi.", "The station failed."),
    "store_failed": Words("Máy chưa ghi được vào nhật ký bài làm (B301).", "The journal could not be written (B301).", "Kiểm tra đĩa; câu đã báo “Đã lưu” vẫn còn.", "Look at the disk; answers shown as saved are safe."),
    "store_full": Words("Đĩa đã đầy (B301).", "The disk is full (B301).", "Dọn chỗ: cần 500 MiB trống; câu đã báo “Đã lưu” vẫn còn.", "Make room: 500 MiB are needed; answers shown as saved are safe."),
    "store_damaged": Words("Nhật ký bài làm bị hỏng hoặc bị sửa.", "The journal is damaged or was altered.", "Giữ nguyên máy này, cho thí sinh chuyển sang máy khác và báo kỹ thuật.", "Leave this PC as it is, move the candidate to another one and tell the technician."),
    "node_unreachable": Words("Nút trung tâm {url} không trả lời.", "The node at {url} does not answer.", "Kiểm tra dây mạng và địa chỉ; bài làm vẫn được lưu trên máy này.", "Check the cable and the address; answers are kept on this PC."),
    "node_refused": Words("Nút trung tâm từ chối.", "The node refused.", "Lấy mã một lần mới từ cán bộ coi thi.", "Ask the invigilator for a new code."),
    "node_not_genuine": Words("Máy trả lời không phải nút trung tâm đã ghép.", "What answers is not the node of this PC's enrolment.", "Ghép lại bằng mã một lần và so dấu vân tay.", "Enrol again with a one-time code and compare the fingerprint."),
    "not_enrolled": Words("Máy này chưa được ghép với nút trung tâm (K301).", "This PC is not enrolled (K301).", "Ghép máy: khaothi station enrol ĐỊA-CHỈ MÃ --ca ca.pem", "Enrol it: khaothi station enrol URL CODE --ca ca.pem"),
    "station_running": Words("Chương trình máy thi đang chạy trên máy này.", "The station is running on this PC.", "Dừng chương trình (systemctl stop khaothi-station) rồi gõ lại lệnh.", "Stop it (systemctl stop khaothi-station) and repeat the command."),
    "mirror_refused": Words("Không tiếp nhận được từ bản sao này.", "Nobody may go on from this mirror."),
    "certificate_unusable": Words("{file} không chứa chứng thư.", "{file} holds no certificate.", "Lấy tệp ca.pem từ thư mục của nút trung tâm.", "Take ca.pem from the node's folder."),
    "fingerprint_differs": Words("Đây không phải chứng thư của nút trung tâm: dấu vân tay khác.", "This is not the node's certificate: its fingerprint differs.", "So dấu vân tay mà nút trung tâm hiện với tệp ca.pem đã chép.", "Compare the fingerprint that the node shows with the ca.pem that was copied."),
    "unsent_entries": Words("Còn {entries} mục của {attempts} lượt thi chưa về nút trung tâm.", "{attempts} attempts, {entries} entries not yet at the node.", "Nối mạng với nút trung tâm và chờ đến khi máy báo đã về trung tâm.", "Connect the node and wait for “Saved at the centre”."),
    "not_confirmed": Words("Chưa xóa gì: máy có dữ liệu của {attempts} lượt thi.", "Nothing was erased: this PC holds {attempts} attempts.", "Gõ lại lệnh với --yes để xóa.", "Repeat with --yes to erase them."),
    # codes with which a node refuses
    "refused": Words("Nút trung tâm từ chối.", "The node refused.", "Lấy mã một lần mới từ cán bộ coi thi.", "Ask the invigilator for a new code."),
    "enrolment_code_invalid": Words("Mã một lần sai, hết hạn hoặc đã dùng.", "The code is wrong, over, or was used.", "Lấy mã một lần mới từ cán bộ coi thi.", "Ask the invigilator for a new code."),
    "station_revoked": Words("Máy này đã bị nút trung tâm thu hồi.", "The node has revoked this station.", "Ghép lại bằng mã một lần mới.", "Enrol it again with a new code."),
    "too_many_requests": Words("Quá nhiều lần thử. Chờ một phút.", "Too many tries. Wait a minute."),
    "not_understood": Words("Nút trung tâm không hiểu máy này.", "The node does not understand this PC.", "Dùng cùng một bản phần mềm ở máy thi và nút trung tâm.", "Use the same build on both."),
    # reasons of `MirrorRefused`
    "altered": Words("Bản sao bị hỏng hoặc bị sửa.", "The mirror is damaged or was altered."),
    "other_room": Words("Bản sao của phòng khác.", "The mirror is of another room."),
    "other_shift": Words("Bản sao của ca thi khác.", "The mirror is of another shift."),
    "wrong_halves": Words("Hai nửa mã không mở được bản sao này.", "The two halves do not open this mirror."),
    "nothing": Words("Bản sao không có bài làm nào.", "The mirror holds no attempt."),
}  # fmt: skip

SENTENCES = {
    "the file cannot be read: {problem}": "không đọc được tệp: {problem}",
    "an entry of this number is there already": "mục mang số này đã có trong nhật ký",
    "only {sound} of {confirmed} confirmed entries are sound": "chỉ {sound} trong {confirmed} mục đã xác nhận còn nguyên vẹn",
    "entry {number} of {attempt} does not follow": "mục {number} của lượt thi {attempt} không nối tiếp mục trước",
    "{place} was changed, or the device key is another one": "{place} đã bị sửa, hoặc khóa của máy là khóa khác",
    "the key file of this device is damaged": "tệp khóa của máy này bị hỏng",
    "the device file {file} is damaged": "tệp ghép máy {file} bị hỏng",
    "the station is running on this PC": "chương trình máy thi đang chạy trên máy này",
    "{problem}": "{problem}",
    "the disk is full": "đĩa đã đầy",
    "this PC is not enrolled (K301)": "máy này chưa được ghép với nút trung tâm (K301)",
    "the node answers with status {status}": "nút trung tâm trả lời với mã trạng thái {status}",
    "a receipt is not signed by the node": "có biên nhận không mang chữ ký của nút trung tâm",
    "the answer is not signed by the enrolled node": "câu trả lời không mang chữ ký của nút trung tâm đã ghép",
    "the provision is not for this station": "dữ liệu nhận được không dành cho máy này",
    "the certificate at {url} is not the node's": "chứng thư ở {url} không phải của nút trung tâm",
    "another form than the one asked for": "nhận được đề khác với đề đã hỏi",
    "not understood: {problem}": "không hiểu được câu trả lời: {problem}",
    "the node's address begins with https://": "địa chỉ nút trung tâm bắt đầu bằng https://",
    # lines for people
    "station {station}; fingerprint {fingerprint}: compare it with the node's page": "máy thi {station}; dấu vân tay {fingerprint}: so với trang của nút trung tâm",
    "station": "máy thi",
    "node": "nút trung tâm",
    "fingerprint": "dấu vân tay",
    "erased {attempts} attempts and {mirrors} mirrors; the key that sealed them is destroyed": "đã xóa {attempts} lượt thi và {mirrors} bản sao; khóa niêm phong chúng đã bị hủy",
    "no stick is in: a mirror that turns up later is erased while the station runs": "chưa cắm USB: bản sao gặp sau này sẽ được xóa khi máy thi chạy",
}  # fmt: skip

WORDING = Wording(CODES, SENTENCES, EXAM_ENGINE)
