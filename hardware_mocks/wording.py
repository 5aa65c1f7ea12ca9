"""What `khaothi demo` tells, by code and by sentence (khaothi.wording)."""

from __future__ import annotations

from khaothi.wording import Wording, Words
from proctor_node.wording import WORDING as PROCTOR_NODE
from station.wording.refusals import WORDING as STATION

CODES = {
    "no_display": Words("--me cần màn hình và không đi cùng --headless.", "--me needs a display, and no --headless.", "Chạy trong phiên đồ họa, hoặc bỏ --me.", "Run it in a graphical session, or leave --me out."),
    "too_many_candidates": Words("Nhiều nhất {most} thí sinh.", "At most {most} candidates.", "Kỳ thi mẫu có 221 thí sinh.", "The model case has 221."),
    "pcsc_bench_unavailable": Words("Không chạy được đầu đọc ảo.", "The virtual readers cannot run here.", "Chạy scripts/bootstrap: nó cài pcscd, vsmartcard-vpcd, iproute2.", "Run scripts/bootstrap: it installs pcscd, vsmartcard-vpcd, iproute2."),
    "exam_day_failed": Words("Ngày thi dừng giữa chừng.", "The exam day broke off."),
}  # fmt: skip

SENTENCES = {
    "{names} is missing": "thiếu {names}",
    "the PC/SC daemon did not start": "dịch vụ PC/SC không khởi động",
    "the card tray does not answer": "khay thẻ ảo không trả lời",
    "the card tray: {problem}": "khay thẻ ảo: {problem}",
    "waited {seconds:.0f} s in vain: {awaited}": "đã chờ {seconds:.0f} giây mà không được: {awaited}",
    "a fleet ended by itself with status {status}: {log}": "một nhóm máy thi tự dừng với mã {status}: {log}",
    # what the day waits for
    "a fleet starts": "nhóm máy thi khởi động",
    "stations fetch their rooms": "các máy thi nhận dữ liệu phòng",
    "stations fetch the next shift": "các máy thi nhận ca thi sau",
    "the check-in comes to an end (case {case})": "làm xong thủ tục (trường hợp {case})",
    "the candidate is referred (case {case})": "hồ sơ được chuyển cán bộ (trường hợp {case})",
    "the card is pulled out in mid-read": "thẻ bị rút ra khi đang đọc",
    "the station asks for the card": "máy thi nhắc đặt lại thẻ",
    "the card is read": "thẻ đọc xong",
    "everybody is ready": "mọi thí sinh sẵn sàng",
    "the paper opens everywhere": "đề mở ở mọi máy",
    "every test is collected": "thu hết bài thi",
    "the station finds its line cut": "máy thi nhận ra mất mạng",
    "the killed station is there again": "máy thi bị tắt chạy lại",
    "the new PC knows of the move": "máy mới biết thí sinh chuyển đến",
    "the person checks in": "người ở bàn làm xong thủ tục",
    "the person accepts the rules": "người ở bàn đồng ý nội quy",
    "the person sits the test": "người ở bàn làm xong bài",
    "last exchanges": "các lần trao đổi cuối",
    "everything is sent": "mọi dữ liệu về trung tâm",
    # lines of the day
    "plan, form and officials": "lập kế hoạch thi, đề thi và cán bộ",
    "{count} stations enrol": "ghép {count} máy thi",
    "shift {shift}: {count} check in at {readers} readers": "ca {shift}: {count} thí sinh làm thủ tục ở {readers} đầu đọc",
    "shift {shift}: checked in after {seconds:.1f} s; persons decide, officers sign": "ca {shift}: làm thủ tục xong sau {seconds:.1f} giây; cán bộ quyết định, người giữ mã ký mở đề",
    "shift {shift}: the test runs, {minutes} minutes at {speed:.0f} times life": "ca {shift}: đang làm bài, {minutes} phút chạy nhanh gấp {speed:.0f} lần",
    "your station window is open: your card lies on the reader, follow the screen": "cửa sổ máy thi của bạn đã mở: thẻ của bạn nằm trên đầu đọc, làm theo màn hình",
    "the invigilators' page: {url}  (admin / {password})": "trang của cán bộ coi thi: {url}  (admin / {password})",
    "not as it must be: {problem}": "không như phải có: {problem}",
    "{people} people, {marked} marked": "{people} người, {marked} bài có điểm",
    "{people} people, {marked} marked, median mark {median}": "{people} người, {marked} bài có điểm, điểm trung vị {median}",
    "card and face: median {median:.2f} s, longest {longest:.2f} s": "thẻ và khuôn mặt: trung vị {median:.2f} giây, lâu nhất {longest:.2f} giây",
    "events: {made} made, {stored} stored, {lost} lost": "sự kiện: {made} sinh ra, {stored} đã lưu, {lost} mất",
    "{admission} ({reasons}); {attempt}, mark {score}": "{admission} ({reasons}); {attempt}, điểm {score}",
    "{admission} ({reasons}), then {decision} by two; {attempt}, mark {score}": "{admission} ({reasons}), sau đó hai người quyết định: {decision}; {attempt}, điểm {score}",
    "admit": "được vào thi",
    "refer": "chờ cán bộ xác nhận",
    "refuse": "không được vào thi",
    "submitted": "đã nộp bài",
    "closed_by_time": "thu bài khi hết giờ",
    "voided": "hủy lượt thi",
    "none": "không có bài",
    # what came out otherwise than it must
    "{count} events lost": "mất {count} sự kiện",
    "{count} events kept twice": "{count} sự kiện lưu hai lần",
    "{who} {case}: {found} instead of {wanted}": "{who} {case}: {found} thay vì {wanted}",
    "{who} {case}: {reason} is not among {reasons}": "{who} {case}: không có {reason} trong {reasons}",
    "{who} {case}: attempt {attempt}, score {score}": "{who} {case}: lượt thi {attempt}, điểm {score}",
    "{who} {case}: it did not happen": "{who} {case}: không xảy ra",
    "{who} {case}: offline for {seconds} s only": "{who} {case}: chỉ mất mạng {seconds} giây",
    "{who} {case}: no answer was given after it": "{who} {case}: sau đó không trả lời câu nào",
}  # fmt: skip

WORDING = Wording(CODES, SENTENCES, PROCTOR_NODE, STATION)
