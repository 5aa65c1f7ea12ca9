"""Biên bản: minutes of one act, as UX.md section 3 words them. Printed, read aloud and signed by those named."""

from __future__ import annotations

from exam_engine.attempt import Attempt
from exam_engine.candidate import Candidate
from exam_engine.plan import Exam
from proctor_node.acts import ActLine
from proctor_node.documents.page import clock, day, moment, page, paragraph, signatures

HEADS = {
    "incident": "SỰ CỐ", "pause": "SỰ CỐ", "resume": "SỰ CỐ", "message": "SỰ CỐ", "collect": "SỰ CỐ", "void": "SỰ CỐ", "extend": "BÙ GIỜ",
    "compensate": "BÙ GIỜ", "move": "CHUYỂN MÁY", "evacuate": "SƠ TÁN", "khien_trach": "XỬ LÝ THÍ SINH VI PHẠM QUY CHẾ THI",
    "canh_cao": "XỬ LÝ THÍ SINH VI PHẠM QUY CHẾ THI", "dinh_chi": "XỬ LÝ THÍ SINH VI PHẠM QUY CHẾ THI",
}  # fmt: skip
MEASURES = {
    "khien_trach": "khiển trách, trừ 25% điểm bài thi", "canh_cao": "cảnh cáo, trừ 50% điểm bài thi", "dinh_chi": "đình chỉ thi",
}  # fmt: skip
ACTS = {
    "pause": "tạm dừng làm bài", "resume": "cho làm bài tiếp", "message": "nhắn tin cho thí sinh", "collect": "thu bài",
    "void": "hủy lượt thi", "evacuate": "đưa thí sinh rời phòng, dừng đồng hồ",
}  # fmt: skip
REASONS = {
    "mat_dien": "mất điện", "may_treo": "máy treo hoặc khởi động lại", "hong_thiet_bi": "hỏng chuột, bàn phím hoặc màn hình",
    "mat_mang": "mất mạng", "loi_dau_doc": "lỗi đầu đọc", "loi_camera": "lỗi camera", "loi_hien_thi_de": "lỗi hiển thị đề",
    "om": "ốm", "tai_nan": "tai nạn", "xin_ra_ngoai": "xin ra ngoài", "den_muon": "đến muộn", "nham_cho": "nhầm chỗ hoặc nhầm phòng",
    "ho_tro_khuyet_tat": "hỗ trợ khuyết tật", "thao_tac_nham": "thao tác nhầm", "mo_de_cham": "mở đề chậm",
    "phan_phong_sai": "phân phòng sai", "danh_sach_sai_sot": "danh sách sai sót", "tieng_on": "tiếng ồn", "bao_chay": "báo cháy",
    "thoi_tiet": "thời tiết", "anh_sang": "ánh sáng", "trao_doi_bai": "nhìn bài, trao đổi bài",
    "tai_pham_sau_khien_trach": "tái phạm sau khiển trách", "cho_chep": "cho chép, đổi bài hoặc giấy nháp",
    "vat_dung_cam": "mang vật dụng cấm", "thi_ho": "thi hộ", "pha_hoai": "cố ý phá hoại thiết bị",
    "tai_pham_sau_canh_cao": "tái phạm sau cảnh cáo", "khac": "",
}  # fmt: skip


MATTERS = {
    "lost_contact": "máy mất liên lạc", "room_lost": "cả phòng mất liên lạc", "cannot_save": "máy không lưu được",
    "not_opened": "máy chưa mở được đề", "help": "thí sinh gọi hỗ trợ", "identity": "thí sinh chờ xác nhận",
    "unsent_near_end": "còn câu chưa gửi khi sắp hết giờ", "unsent_after_end": "còn câu chưa về sau khi hết giờ",
    "left_screen": "thí sinh rời màn hình thi", "odd_record": "hồ sơ khác với kiểm tra của trung tâm",
    "lockdown_partial": "khóa màn hình chưa đủ", "mixed_fleet": "phần mềm khác phiên bản",
    "offline_working": "máy ngoại tuyến, vẫn làm bài", "room_offline": "phòng ngoại tuyến, vẫn làm bài",
}  # fmt: skip


def reason_of(line: ActLine) -> str:
    """The reason in words, with the note."""
    return " – ".join(part for part in ((REASONS | MATTERS).get(line.reason, line.reason), line.note) if part)


def minutes(exam: Exam, line: ActLine, candidate: Candidate | None, attempt: Attempt, checkpoint: str) -> str:
    """The minutes of one act; `checkpoint` is the head of the attempt's record at that time."""
    sites = {site.id: site.name for site in exam.sites}
    who = f"{candidate.name}, SBD {candidate.sbd}" if candidate else "thí sinh chưa rõ"
    seat = f", Máy {line.seat:02d} ({who})" if line.seat else ""
    place = f"Phòng {line.room}, {sites.get(line.site, line.site)}{seat}"
    head = f"Hồi {moment(line.at):%H:%M} ngày {day(line.at)}, tại {place}"
    body = [paragraph(text) for text in _sentences(line, head, attempt)]
    body.append(paragraph(f"Người quyết định: {', '.join(line.by)}."))
    body.append(
        paragraph("Biên bản lập xong lúc ........ giờ ........, đã đọc cho những người có tên cùng nghe và ký tên.")
    )
    signed = ["Cán bộ coi thi 1", "Cán bộ coi thi 2", "Trưởng điểm thi"]
    if line.kind in MEASURES:
        signed.insert(0, "Thí sinh")
    body.append(signatures(*signed))
    return page(
        f"BIÊN BẢN {HEADS[line.kind]}", f"Số {line.number} · {exam.name} · {exam.subject}", "".join(body),
        organiser=exam.organiser, foot=f"Bản ghi {checkpoint[:16]}",
    )  # fmt: skip


def _sentences(line: ActLine, head: str, attempt: Attempt) -> list[str]:
    reason = reason_of(line)
    if line.kind in MEASURES:
        return [
            f"{head} đã vi phạm quy chế thi: {reason}.", "Tang vật: ................................................",
            f"Hình thức: {MEASURES[line.kind]}.", "Ý kiến thí sinh: ................................; thí sinh ký / không ký.",
        ]  # fmt: skip
    if line.kind == "move":
        return [
            f"{head} được chuyển sang máy {line.to} vì {reason}.",
            f"Câu trả lời lưu lần cuối {clock(line.last_saved)}.",
        ]
    if line.kind == "incident":
        return [f"{head} có việc cần xử lý.", f"Kết quả xử lý: {reason}."]
    if line.kind in {"extend", "compensate"}:
        ends = f"; giờ kết thúc mới {moment(attempt.deadline):%H:%M}" if attempt.deadline else ""
        return [f"{head} được bù {line.minutes} phút vì {reason}{ends}."]
    saved = f" Câu trả lời lưu lần cuối {clock(line.last_saved)}." if line.last_saved else ""
    return [f"{head}: {reason}.{saved}", f"Xử lý: {ACTS.get(line.kind, line.kind)}."]
