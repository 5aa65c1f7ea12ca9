"""Lists of an exam room: candidates, the list on the door, collection of papers, scores, absences and violations."""

from __future__ import annotations

from collections.abc import Sequence

from exam_engine.candidate import Candidate
from exam_engine.plan import Exam
from proctor_node.documents.page import date_of, day, number, page, signatures, table
from proctor_node.results import Book, Result

OUTCOME = {
    "submitted": "Đã nộp bài", "closed_by_time": "Thu bài khi hết giờ", "collected": "Bị thu bài", "voided": "Hủy lượt thi",
    "needs_decision": "Cần quyết định", "absent": "Vắng thi", "refused": "Không được dự thi",
}  # fmt: skip
PENALTY = {"khien_trach": "Khiển trách", "canh_cao": "Cảnh cáo", "dinh_chi": "Đình chỉ thi"}
STATE = {
    "open": "Chưa công bố", "provisional": "Kết quả tạm thời", "challenged": "Đang phúc khảo", "final": "Kết quả chính thức",
}  # fmt: skip
SEX = {"M": "Nam", "F": "Nữ"}


def _under(exam: Exam, shift: str, site: str = "", room: str = "") -> str:
    names = {known.id: known.name for known in exam.sites}
    parts = [exam.name, exam.subject, f"Ca {shift}", names.get(site, site), f"Phòng {room}" if room else ""]
    when = next((day(known.starts_at) for known in exam.shifts if known.id == shift), "")
    return " · ".join(part for part in (*parts, when) if part)


def room_list(exam: Exam, shift: str, site: str, room: str, rows: Sequence[Candidate], codes: dict[str, str]) -> str:
    """Danh sách thí sinh trong phòng thi: for the invigilators, by seat. `codes` maps a candidate number to a form code."""
    body = table(
        ("Máy", "SBD", "Họ và tên", "Ngày sinh", "Giới tính", "Lớp", "Mã đề", "Ghi chú"),
        [
            (str(c.seat), c.sbd, c.name, date_of(c.birth_date), SEX.get(c.sex, ""), c.class_name, codes.get(c.sbd, ""), note(c))
            for c in sorted(rows, key=lambda c: c.seat)
        ],
        (0,),
    )  # fmt: skip
    return page(
        "DANH SÁCH THÍ SINH TRONG PHÒNG THI", _under(exam, shift, site, room),
        body + signatures("Cán bộ coi thi 1", "Cán bộ coi thi 2"), organiser=exam.organiser,
    )  # fmt: skip


def note(candidate: Candidate) -> str:
    """Accommodations in words."""
    told = candidate.accommodation
    parts = []
    if told.percent:
        parts.append(f"thêm {told.percent}% thời gian")
    if told.minutes:
        parts.append(f"thêm {told.minutes} phút")
    if candidate.without_biometrics:
        parts.append("không dùng sinh trắc")
    if told.decision:
        parts.append(f"QĐ {told.decision}")
    return "; ".join(parts)


def door_list(exam: Exam, shift: str, site: str, room: str, rows: Sequence[Candidate]) -> str:
    """Danh sách dán cửa phòng: numbers, names and seats, without dates of birth (least personal data in a corridor)."""
    ordered = sorted(rows, key=lambda c: c.sbd)
    body = table(("STT", "SBD", "Họ và tên", "Lớp", "Máy"), [(str(n), c.sbd, c.name, c.class_name, str(c.seat)) for n, c in enumerate(ordered, 1)], (0, 4))  # fmt: skip
    return page("DANH SÁCH PHÒNG THI", _under(exam, shift, site, room), body, organiser=exam.organiser)


def collection_list(exam: Exam, shift: str, site: str, room: str, rows: Sequence[Result]) -> str:
    """Phiếu thu bài thi: who handed in what, with places to sign."""
    body = table(
        ("Máy", "SBD", "Họ và tên", "Mã đề", "Số câu đã trả lời", "Trạng thái", "Ký tên"),
        [
            (str(r.candidate.seat), r.candidate.sbd, r.candidate.name, r.attempt.form_code, str(r.attempt.answered) if r.attempt.form_code else "–", OUTCOME[r.outcome], "")
            for r in sorted(rows, key=lambda r: r.candidate.seat)
        ],
        (0, 4),
    )  # fmt: skip
    return page(
        "PHIẾU THU BÀI THI", _under(exam, shift, site, room),
        body + signatures("Cán bộ coi thi 1", "Cán bộ coi thi 2", "Trưởng điểm thi"), organiser=exam.organiser,
    )  # fmt: skip


def score_table(exam: Exam, rows: Sequence[Result], book: Book, shift: str = "", site: str = "") -> str:
    """Bảng ghi điểm: gross, penalty, net; what has no mark has a dash."""
    parts = sorted({part for r in rows if r.marks for part in r.marks.by_part})
    body = table(
        ("STT", "SBD", "Họ và tên", "Lớp", "Mã đề", *(f"Phần {part}" for part in parts), "Điểm bài", "Trừ", "Điểm", "Ghi chú"),
        [
            (
                str(n), r.candidate.sbd, r.candidate.name, r.candidate.class_name, r.attempt.form_code,
                *(number(r.marks.by_part.get(part)) if r.marks else "–" for part in parts),
                number(r.score), f"{r.penalty * 100:.0f}%" if r.penalty else "", number(r.net),
                "" if r.marks else OUTCOME[r.outcome],
            )
            for n, r in enumerate(rows, 1)
        ],
        (0, *range(5, 8 + len(parts))),
    )  # fmt: skip
    counted = sum(r.marks is not None for r in rows)
    tail = f"<p>{STATE[book.state]}. Số bài có điểm: {counted}/{len(rows)}.</p>"
    return page(
        "BẢNG GHI ĐIỂM", _under(exam, shift, site) if shift else f"{exam.name} · {exam.subject}",
        body + tail + signatures("Người lập bảng", "Thư ký", "Chủ tịch Hội đồng thi"), organiser=exam.organiser, wide=True,
    )  # fmt: skip


def absences(exam: Exam, rows: Sequence[Result], book: Book) -> str:
    """Bảng tổng hợp vắng thi, vi phạm."""
    away = [r for r in rows if r.marks is None]
    body = table(
        ("STT", "SBD", "Họ và tên", "Điểm thi", "Phòng", "Ca", "Tình trạng"),
        [(str(n), r.candidate.sbd, r.candidate.name, r.candidate.site, r.candidate.room, r.candidate.shift, OUTCOME[r.outcome]) for n, r in enumerate(away, 1)],
        (0,),
    )  # fmt: skip
    known = {f"{exam.id}/{r.candidate.shift}/{r.candidate.sbd}": r.candidate for r in rows}
    listed = [(known[p.attempt], p) for p in book.penalties if p.attempt in known]
    measures = table(
        ("STT", "SBD", "Họ và tên", "Hình thức", "Lý do", "Người quyết định", "Biên bản số"),
        [(str(n), c.sbd, c.name, PENALTY[p.kind], p.reason, ", ".join(p.by), str(p.minutes or "")) for n, (c, p) in enumerate(listed, 1)],
        (0,),
    )  # fmt: skip
    violations = f"<h1>Vi phạm quy chế</h1>{measures}" if listed else "<p>Không có thí sinh vi phạm quy chế.</p>"
    return page(
        "BẢNG TỔNG HỢP VẮNG THI, VI PHẠM", f"{exam.name} · {exam.subject}",
        body + violations + signatures("Thư ký", "Trưởng điểm thi"), organiser=exam.organiser,
    )  # fmt: skip


def slip(exam: Exam, row: Result, book: Book, code: str) -> str:
    """Phiếu kết quả: the mark as published, and a code with which anybody can ask the organiser whether it holds."""
    settled = book.settled[f"{exam.id}/{row.candidate.shift}/{row.candidate.sbd}"]
    body = table(
        ("", ""),
        [
            ("Số báo danh", row.candidate.sbd), ("Họ và tên", row.candidate.name), ("Lớp", row.candidate.class_name),
            ("Môn thi", exam.subject), ("Mã đề", row.attempt.form_code), ("Điểm bài", settled.gross.replace(".", ",")),
            ("Điểm", settled.net.replace(".", ",")), ("Bản đáp án", str(settled.key_version)),
            ("Tình trạng", STATE[book.state]), ("Công bố lúc", f"{day(book.published_at)}"),
        ],
    )  # fmt: skip
    return page(
        "PHIẾU KẾT QUẢ", exam.name,
        f'{body}<p>Mã kiểm tra: <span class="code">{code}</span></p>'
        "<p>Mã này khớp với số báo danh và điểm trên phiếu; hỏi đơn vị tổ chức thi để kiểm tra.</p>",
        organiser=exam.organiser,
    )  # fmt: skip


def response_sheet(exam: Exam, row: Result, keys: dict[str, str]) -> str:
    """Phiếu trả lời of one candidate for an appeal: response, key and mark of each item."""
    items = row.marks.items if row.marks else ()
    body = table(
        ("Câu", "Trả lời", "Đáp án", "Điểm"),
        [(m.item, shown(m.response) or "bỏ trống", shown(keys.get(m.item, "")), number(m.mark)) for m in items],
        (3,),
    )
    return page(
        "PHIẾU TRẢ LỜI", f"{exam.name} · {exam.subject} · SBD {row.candidate.sbd} · Mã đề {row.attempt.form_code}",
        f"{body}<p>Điểm bài: {number(row.score)} · Trừ: {row.penalty * 100:.0f}% · Điểm: {number(row.net)}</p>",
        organiser=exam.organiser,
    )  # fmt: skip


def shown(response: str) -> str:
    """A canonical response as a person reads it: `a Đ, b S` for a cluster."""
    if "=" not in response:
        return response.replace("|", ", ")
    pairs = [pair.split("=") for pair in response.split(",")]
    return ", ".join(f"{name}) {'Đ' if truth == 'true' else 'S'}" for name, truth in pairs)
