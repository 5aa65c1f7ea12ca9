"""What the commands say of errors, in Vietnamese and English, by the stable code. English messages carry their own details."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import NamedTuple


class Words(NamedTuple):
    """What happened (Vietnamese; in English the error says it), and what to do about it."""

    vi: str
    advice_vi: str
    advice_en: str


WORDS = {
    "pcsc_unavailable": Words("Dịch vụ PC/SC không trả lời.", "Bật dịch vụ PC/SC (pcscd; trên Windows là Smart Card).", "Start the PC/SC service (pcscd, or Smart Card on Windows)."),
    "no_reader": Words("Chưa thấy đầu đọc thẻ.", "Cắm đầu đọc thẻ, hoặc gọi đúng tên một đầu đọc với --reader.", "Connect a card reader, or name one of those connected with --reader."),
    "no_card": Words("Chưa có thẻ trên đầu đọc.", "Đặt thẻ lên đầu đọc.", "Put the card on the reader."),
    "reader_busy": Words("Chương trình khác đang giữ thẻ.", "Đóng chương trình đang dùng thẻ.", "Close the program that holds the card."),
    "card_removed": Words("Thẻ rời khỏi đầu đọc.", "Để thẻ nằm yên trên đầu đọc đến khi xong.", "Leave the card on the reader until the end."),
    "card_frozen": Words("Thẻ không trả lời nữa.", "Nhấc thẻ ra rồi đặt lại.", "Take the card away and put it on again."),
    "other_card": Words("Thẻ đặt lại là thẻ khác.", "Đặt lại đúng thẻ lúc đầu.", "Put back the card that was taken away."),
    "not_an_identity_card": Words("Thẻ này không có ứng dụng căn cước.", "Dùng thẻ căn cước hoặc hộ chiếu gắn chip.", "Use a card with a chip of the identity application."),
    "access_denied": Words("Không khóa nào đã đưa mở được chip này.", "Đưa loại khóa mà thẻ này nhận: --mrz cho thẻ không có PACE.", "Give the key that this card takes: --mrz for one without PACE."),
    "wrong_access_key": Words("Chip từ chối số đã nhập.", "So lại số với thẻ.", "Compare the number with the card."),
    "access_not_supported": Words("Chip không có giao thức được yêu cầu.", "Thử giao thức kia, hoặc bỏ --access.", "Try the other protocol, or leave --access out."),
    "unexpected_status": Words("Chip từ chối một lệnh.", "Nhấc thẻ ra, đặt lại và thử lần nữa.", "Take the card away, put it back and try once more."),
    "pace_refused": Words("Chip từ chối PACE trước khi xét đến số.", "Thử --access bac với --mrz.", "Try --access bac with --mrz."),
    "secure_messaging_broken": Words("Kênh bảo mật với chip bị ngắt.", "Nhấc thẻ ra, đặt lại và thử lần nữa.", "Take the card away, put it back and try once more."),
    "file_not_present": Words("Chip không có tệp này.", "", ""),
    "limit_exceeded": Words("Dữ liệu lớn hơn mọi thẻ thật.", "Thẻ hoặc tệp này không phải của thẻ thật.", "No honest card or file is that large."),
    "malformed": Words("Dữ liệu hỏng hoặc không đúng cấu trúc.", "Đọc lại thẻ; với tệp, đưa đúng EF_SOD hoặc thư mục chứa nó.", "Read the card again; of files, name EF_SOD or the folder that holds it."),
    "not_supported": Words("Thẻ dùng cấu trúc chưa được hỗ trợ.", "", ""),
    "signature_invalid": Words("Chữ ký không đúng.", "Lấy lại tệp từ nơi phát hành.", "Take the file from its publisher again."),
    "access_key_needed": Words("Cần đúng một trong --id, --can, --mrz, --mrz-info, --qr để mở thẻ.", "Ví dụ: khaothi card read --id 12-số-trên-thẻ", "For example: khaothi card read --id TWELVE-DIGITS"),
    "mrz_needed": Words("BAC không nhận số truy cập thẻ.", "Đưa --mrz.", "Give --mrz."),
    "card_number_malformed": Words("--id nhận đúng 12 chữ số trên thẻ.", "Nhập đủ 12 chữ số, không dấu cách.", "Type all twelve digits, without spaces."),
    "can_malformed": Words("--can nhận đúng 6 chữ số.", "Trên thẻ căn cước là 6 số cuối của 12 số.", "On the Vietnamese card they are the last six of the twelve."),
    "mrz_malformed": Words("Dòng MRZ không đúng.", "Nhập cả hai hoặc ba dòng, cách nhau bằng dấu /.", "Type all two or three lines, with / between them."),
    "mrz_check_digit": Words("Số kiểm tra trong MRZ không khớp.", "Đọc lại MRZ: số thẻ, ngày sinh, ngày hết hạn.", "Read the MRZ again: number, birth, expiry."),
    "qr_not_found": Words("Không thấy mã QR của thẻ trong ảnh.", "Chụp gần hơn, thấy trọn mã.", "Take the picture from nearer, with the whole code."),
    "data_group_not_read": Words("Nhóm dữ liệu này không được đọc.", "Đọc được: 1, 2, 7, 11, 12, 13, 14, 15, 16.", "Known: 1, 2, 7, 11, 12, 13, 14, 15, 16."),
    "no_security_object": Words("Không có EF_SOD.bin trong thư mục.", "Đặt tên tệp là EF_SOD.bin.", "Name the file EF_SOD.bin."),
    "nothing_usable": Words("Không có chứng thư hay danh sách nào tin được.", "Lấy lại tệp từ nơi phát hành.", "Take the file from its publisher again."),
    "disk": Words("Không đọc hay ghi được tệp.", "Xem lại đường dẫn và quyền truy cập.", "Look at the path and its permissions."),
}  # fmt: skip


def vietnamese(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether to speak Vietnamese: `KHAOTHI_LANGUAGE`, else the language of the session (POSIX.1-2017 section 8.2)."""
    chosen = (environment.get(name, "") for name in ("KHAOTHI_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"))
    return next((language for language in chosen if language), "").lower().startswith("vi")


def told(code: str, detail: str, *, in_vietnamese: bool | None = None) -> tuple[str, str]:
    """Message and advice for a code; `detail` is what the error itself says."""
    words = WORDS.get(code)
    if words is None:
        return detail, ""
    if not (vietnamese() if in_vietnamese is None else in_vietnamese):
        return detail, words.advice_en
    return f"{words.vi} ({detail})" if detail else words.vi, words.advice_vi
