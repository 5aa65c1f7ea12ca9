"""What `khaothi doctor` says of each point: what was found, and what to do about it."""

from __future__ import annotations

from khaothi.wording import Wording, Words
from station.wording.refusals import WORDING as REFUSALS

CODES = {
    "pcsc_down": Words("Dịch vụ PC/SC không trả lời.", "The PC/SC service does not answer.", "Bật dịch vụ: systemctl start pcscd (gói Debian pcscd).", "Start it: systemctl start pcscd (Debian package pcscd)."),
    "no_reader": Words("Chưa thấy đầu đọc thẻ (T301).", "There is no card reader (T301).", "Cắm đầu đọc thẻ; trên Linux cài thêm libccid.", "Plug the reader in; on Linux install libccid."),
    "readers": Words("{names}", "{names}"),
    "camera_works": Words("{width} x {height} điểm ảnh", "{width} x {height} pixels"),
    "camera_missing": Words("Camera: {problem} (M301).", "Camera: {problem} (M301).", "Cắm camera; không có camera thì cán bộ coi thi xác nhận từng thí sinh.", "Plug a camera in; without one candidates are confirmed by persons."),
    "camera_dark": Words("Camera không cho hình (M301).", "The camera gives no picture (M301).", "Rút camera ra rồi cắm lại.", "Unplug it and plug it in again."),
    "models_good": Words("Các tệp mô hình đúng là bản đã đo.", "The model files are the measured ones."),
    "models_wrong": Words("Mô hình khuôn mặt: {problem}.", "Face models: {problem}.", "Chạy lại scripts/bootstrap.", "Run scripts/bootstrap again."),
    "disk_good": Words("Còn trống {free} MiB, mỗi lần ghi chờ đĩa nhiều nhất {slowest} ms.", "{free} MiB free, a sync takes up to {slowest} ms."),
    "disk_full": Words("Còn trống {free} MiB (B301).", "{free} MiB free (B301).", "Dọn chỗ: cần {needed} MiB.", "Make room: {needed} MiB are needed."),
    "disk_slow": Words("Còn trống {free} MiB, có lần ghi chờ đĩa đến {slowest} ms.", "{free} MiB free, a sync takes up to {slowest} ms.", "Đĩa chậm hoặc sắp hỏng: câu trả lời sẽ báo lưu trễ. Dùng máy khác.", "The disk is slow or failing: answers show as saved late. Use another PC."),
    "disk_refuses": Words("Không ghi được: {problem} (B301).", "It cannot be written: {problem} (B301).", "Dọn đĩa hoặc sửa quyền của thư mục này, hoặc dùng máy khác.", "Make room or mend the folder's permissions, or use another PC."),
    "clock_good": Words("Đồng hồ tính cả lúc máy ngủ.", "The clock goes on in suspend."),
    "clock_stops": Words("Đồng hồ dừng khi máy ngủ.", "The clock stops in suspend.", "Tắt chế độ ngủ.", "Switch suspend off."),
    "not_enrolled": Words("Máy này chưa được ghép với nút trung tâm (K301).", "This PC is not enrolled (K301).", "Ghép máy: khaothi station enrol ĐỊA-CHỈ MÃ --ca ca.pem", "Enrol it: khaothi station enrol URL CODE --ca ca.pem"),
    "enrolment_damaged": Words("{problem}.", "{problem}.", "Ghép lại: khaothi station enrol ĐỊA-CHỈ MÃ --ca ca.pem", "Enrol again: khaothi station enrol URL CODE --ca ca.pem"),
    "node_answers": Words("{url} trả lời và ký đúng.", "{url} answers, and its signature is right."),
    "node_silent": Words("{url} không trả lời.", "{url} does not answer.", "Kiểm tra dây mạng và nút trung tâm.", "Check the cable and the node."),
    "node_other": Words("{url}: {problem}.", "{url}: {problem}.", "Ghép lại và so dấu vân tay.", "Enrol again and compare the fingerprint."),
    "offset_good": Words("Đồng hồ máy lệch {seconds} giây so với nút trung tâm.", "This PC's clock differs from the node's by {seconds} s."),
    "offset_far": Words("Đồng hồ máy lệch {seconds} giây so với nút trung tâm.", "This PC's clock differs from the node's by {seconds} s.", "Giờ làm bài do nút trung tâm giữ; chỉnh đồng hồ máy để nhật ký đúng giờ.", "The node keeps the time of the test; set the clock so that logs tell the right time."),
    "offset_unknown": Words("Chưa so được với đồng hồ nút trung tâm.", "It could not be compared with the node's clock.", "Ghép máy và nối mạng với nút trung tâm, rồi chạy lại.", "Enrol this PC, connect the node, and run this again."),
    "build": Words("{version}, mã băm {digest}", "{version}, digest {digest}"),
    "forms_here": Words("Đề niêm phong đã về máy: {forms}", "Sealed forms are here: {forms}"),
    "forms_wrong": Words("Đề thiếu hoặc bị sửa: {codes} (P301).", "Forms missing or altered: {codes} (P301).", "Nối mạng với nút trung tâm để máy nhận lại đề.", "Connect the node so that this PC fetches them again."),
    "forms_busy": Words("Chương trình máy thi đang chạy; đề do chương trình tự kiểm tra.", "The station is running and checks its forms itself.", "Dừng chương trình rồi chạy lại để xem mã băm.", "Stop it and run this again to see the digests."),
    "forms_unreadable": Words("{problem} (B301).", "{problem} (B301).", "Giữ nguyên máy này và báo kỹ thuật.", "Leave this PC as it is and tell the technician."),
    "no_plan": Words("Máy chưa nhận kế hoạch của ca thi nào.", "This PC has no plan of a shift yet.", "Ghép máy, mở ca thi tại trung tâm và chạy khaothi station.", "Enrol it, open the shift at the centre and run khaothi station."),
    "display_good": Words("Màn hình {modes}", "Display {modes}"),
    "displays": Words("Có nhiều màn hình: {modes}.", "Several displays: {modes}.", "Chỉ để một màn hình.", "Leave one display."),
    "display_small": Words("Màn hình {mode} nhỏ hơn 1024x768.", "The display, {mode}, is smaller than 1024x768.", "Đổi màn hình hoặc độ phân giải.", "Change the display or its resolution."),
    "no_display": Words("Hệ thống không báo màn hình nào.", "The system tells of no display.", "Cắm màn hình; trên máy ảo hoặc Windows hãy nhìn bằng mắt.", "Plug one in; on a virtual machine or Windows look yourself."),
    "locked_down": Words("Phiên làm việc chỉ chạy phần mềm thi.", "The session runs nothing but the station."),
    "partly_locked": Words("Khóa màn hình mức “một phần”: {reasons}.", "Partial lockdown: {reasons}.", "Mở phiên kiosk (packaging/); cán bộ coi thi trong phòng là người kiểm soát.", "Start the kiosk session (packaging/); an invigilator in the room is the control."),
    # what weakens the lockdown (station.adapters.lockdown)
    "no_kiosk_session": Words("không chạy trong phiên kiosk", "no kiosk session"),
    "virtual_machine": Words("chạy trong máy ảo", "a virtual machine"),
    "remote_session": Words("phiên làm việc từ xa", "a remote session"),
    "second_screen": Words("có màn hình thứ hai", "a second screen"),
}  # fmt: skip
LEVELS = {"green": ("đạt", "green"), "amber": ("lưu ý", "amber"), "red": ("hỏng", "red")}
CHECKS = {
    "pcsc": ("đầu đọc thẻ", "pcsc"), "camera": ("camera", "camera"), "face_models": ("mô hình mặt", "face_models"),
    "disk": ("đĩa", "disk"), "clock": ("đồng hồ", "clock"), "node": ("nút trung tâm", "node"),
    "clock_offset": ("lệch đồng hồ", "clock_offset"), "build": ("phần mềm", "build"), "forms": ("đề thi", "forms"),
    "display": ("màn hình", "display"), "lockdown": ("khóa màn hình", "lockdown"),
}  # fmt: skip

WORDING = Wording(CODES, {}, REFUSALS)
