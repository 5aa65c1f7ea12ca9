"""Every issue of an import or a check: how bad it is, and its text in Vietnamese and English (UX.md section 5)."""

from __future__ import annotations

from typing import Literal, NamedTuple

Severity = Literal["error", "warning", "info"]


class IssueText(NamedTuple):
    """`{0}`, `{1}` stand for the issue's values; `message_code` is the code on screens where there is one."""

    severity: Severity
    vi: str
    en: str
    message_code: str = ""


E: Severity = "error"
W: Severity = "warning"
I: Severity = "info"  # noqa: E741 - a column of the table below
TEXTS: dict[str, IssueText] = {
    # Keys
    "no_key": IssueText(E, "Chưa thấy đáp án nào được đánh dấu. Đánh dấu đáp án rồi lưu.", "No key is marked. Mark the key and save."),
    "two_keys": IssueText(E, "Có {1} phương án được đánh dấu đúng ({0}). Chọn một rồi lưu.", "{1} options are marked as keys ({0}). Choose one and save.", "H501"),
    "key_conflict": IssueText(E, "Hai nơi ghi hai đáp án khác nhau: {0}. Kiểm tra rồi chọn một.", "Two places give different keys: {0}. Check and choose one."),
    "key_unknown_option": IssueText(E, "Đáp án {0} không phải là phương án nào của câu này.", "The key {0} is no option of this question."),
    "key_not_enterable": IssueText(E, "Đáp số “{0}” không nhập được trong 4 ô. Đổi yêu cầu làm tròn hoặc đơn vị.", "The key “{0}” does not fit 4 cells. Change the rounding or the unit.", "H502"),
    "all_statements_false": IssueText(W, "Không ý nào được đánh dấu đúng: cả {0} ý là Sai? Xác nhận.", "No statement is marked: are all {0} false? Confirm."),
    "key_by_weak_mark": IssueText(I, "Đáp án {0} lấy theo {1} (chỉ một phương án có).", "The key {0} was taken from {1} (only one option has it)."),
    "key_unread": IssueText(E, "Đáp án “{0}” không hợp với câu này.", "The key “{0}” does not fit this question."),
    "key_cell_unread": IssueText(W, "Ô trong bảng đáp án không đọc được: “{0}”.", "Cells of the key table are not understood: “{0}”."),
    "key_without_item": IssueText(W, "Bảng đáp án có câu {0} nhưng không có câu hỏi này.", "The key table names question {0}, which is not there."),
    "weights_kept": IssueText(I, "Điểm từng phần ({0}) được giữ lại nhưng cần duyệt cách chấm.", "Partial weights ({0}) were kept; review how it is scored."),
    # Structure
    "small_letters_as_options": IssueText(W, "Nhãn a, b, c, d viết thường được đọc là phương án chọn một ({0} mục được đánh dấu). Nếu là các ý đúng sai thì đổi loại câu.", "Labels a, b, c, d in small letters were read as options to choose from ({0} marked). If they are true/false statements, change the kind."),
    "small_letters_as_statements": IssueText(W, "Nhãn a, b, c, d viết thường được đọc là các ý đúng sai ({0} ý được đánh dấu). Nếu là phương án chọn một thì đổi loại câu.", "Labels a, b, c, d in small letters were read as true/false statements ({0} marked). If they are options to choose from, change the kind."),
    "options_out_of_order": IssueText(E, "Phương án không theo thứ tự: chờ {0}, gặp {1}.", "Options are out of order: {0} was expected, {1} found."),
    "options_repeated": IssueText(W, "Hai phương án giống hệt nhau: {0}.", "Two options are identical: {0}."),
    "identifier_repeated": IssueText(E, "Hai phương án trong nguồn cùng mã {0}: không biết đáp án là phương án nào.", "Two options of the source share the identifier {0}: which of them is the key is not known."),
    "option_empty": IssueText(E, "Phương án {0} không có nội dung.", "Option {0} has no content."),
    "tag_ignored": IssueText(I, "Nhãn “{0}” bên số câu không được nhập.", "The label “{0}” beside the number is not imported."),
    "too_few_options": IssueText(E, "Chỉ có {0} phương án.", "There are only {0} options."),
    "too_many_options": IssueText(W, "Có {0} phương án; kiểm tra xem có phải hai câu dính nhau.", "There are {0} options; check whether two questions ran together."),
    "stem_empty": IssueText(E, "Câu hỏi không có lời dẫn.", "The question has no stem."),
    "number_repeated": IssueText(E, "Số câu {0} lặp lại.", "Question number {0} stands twice."),
    "number_missing": IssueText(W, "Thiếu câu {0} giữa các số câu.", "Question {0} is missing in the numbering."),
    "no_options": IssueText(W, "Câu {0} không có phương án và đáp số: giữ nguyên nội dung, cần xem lại.", "Question {0} has neither options nor an answer: kept as it is, to be reviewed."),
    "nested_too_deeply": IssueText(W, "Nội dung lồng quá nhiều lớp, chỉ giữ phần chữ: “{0}”.", "Content is nested too deeply, only its text is kept: “{0}”."),
    "essay": IssueText(W, "Câu tự luận: giữ nội dung, máy không chấm.", "An essay question: kept, not scored by machine."),
    "no_items": IssueText(E, "Không tìm thấy câu hỏi nào trong tệp.", "No question was found in the file."),
    "text_outside_items": IssueText(I, "Đoạn không thuộc câu nào: “{0}”.", "Text outside any question: “{0}”."),
    "header_or_footer": IssueText(I, "Đầu hoặc chân trang không được nhập: “{0}”.", "A page header or footer is not imported: “{0}”."),
    "text_after_options": IssueText(W, "Đoạn sau phương án cuối không rõ thuộc đâu: “{0}”.", "Text after the last option: “{0}”."),
    "passage_unused": IssueText(W, "Ngữ liệu chung không gắn với câu nào: “{0}”.", "A shared passage belongs to no question: “{0}”."),
    "several_codes": IssueText(W, "Bảng đáp án của nhiều mã đề: chưa dùng, chọn mã đề rồi nhập lại.", "A key table for several form codes was not used."),
    "solution_without_item": IssueText(W, "Lời giải của câu {0} không có câu hỏi.", "A solution for question {0}, which is not there."),
    # Formulas, pictures, objects
    "formula_doubtful": IssueText(W, "Công thức “{0}” có thể mất dấu ngoặc hoặc ký hiệu ({1}). So với bản gốc rồi chọn Giữ hoặc Sửa.", "The formula “{0}” may have lost brackets or signs ({1}). Compare with the source, then keep or edit.", "N504"),
    "formula_unreadable": IssueText(E, "Không đọc được công thức ({0}); giữ ảnh gốc.", "The formula could not be read ({0}); its source picture is kept."),
    "formula_refused": IssueText(E, "Công thức “{0}” không vẽ được: {1}.", "The formula “{0}” cannot be drawn: {1}."),
    "picture_lost": IssueText(E, "Mất hình: {0}.", "A picture is lost: {0}."),
    "picture_not_drawable": IssueText(W, "Hình dạng {0} không hiện được trên máy thi. Lưu lại thành PNG.", "A {0} picture cannot be shown at stations. Save it as PNG."),
    "picture_too_large": IssueText(E, "Hình quá lớn ({0}). Thu nhỏ rồi nhập lại.", "The picture is too large ({0}). Shrink it and import again."),
    "picture_without_alt": IssueText(I, "Hình chưa có mô tả.", "The picture has no alternative text."),
    "drawing_lost": IssueText(E, "Hình vẽ bằng công cụ của Word không nhập được ({0}). Chép thành ảnh rồi nhập lại.", "A drawing made in Word cannot be imported ({0}). Paste it as a picture."),
    "embedded_object": IssueText(W, "Đối tượng nhúng ({0}) được giữ dưới dạng ảnh hoặc tệp.", "An embedded object ({0}) is kept as a picture or file only."),
    "text_box": IssueText(W, "Khung chữ được đưa vào lời dẫn; kiểm tra vị trí.", "A text box was put into the text; check its place."),
    "external_reference": IssueText(E, "Tham chiếu ra ngoài “{0}” không được tải về.", "The external reference “{0}” was not fetched."),
    "tracked_change": IssueText(W, "Văn bản đã bị gạch trong chế độ theo dõi thay đổi: “{0}”.", "Text deleted under tracked changes: “{0}”."),
    "comment_ignored": IssueText(I, "Nhận xét trong tệp không được nhập: “{0}”.", "A comment in the file is not imported: “{0}”."),
    "hidden_text": IssueText(W, "Chữ ẩn trong tệp: “{0}”.", "Hidden text in the file: “{0}”."),
    "symbol_font": IssueText(W, "Chữ viết bằng phông {0} được đổi sang Unicode: “{1}”. So với bản gốc.", "Text in the font {0} was converted to Unicode: “{1}”. Compare it with the source."),
    "symbol_unknown": IssueText(E, "Không đọc được ký hiệu {1} của phông {0}; trong câu để ký hiệu □.", "The sign {1} of the font {0} is not known; □ stands in its place."),
    "field_formula_read": IssueText(W, "Công thức kiểu trường EQ “{0}” được đổi thành “{1}”. So với bản gốc.", "The EQ field “{0}” became “{1}”. Compare it with the source."),
    "field_formula": IssueText(E, "Công thức kiểu trường EQ: “{0}”. Soạn lại bằng Equation.", "A formula in an EQ field: “{0}”. Enter it again as an equation."),
    # Formats
    "unsupported_interaction": IssueText(W, "Dạng tương tác {0} được giữ nguyên mã nguồn, máy chưa cho làm.", "The interaction {0} is kept as source; it cannot be delivered yet."),
    "scoring_needs_review": IssueText(W, "Cách chấm riêng ({0}) không được nhập: cần duyệt.", "Custom scoring ({0}) is not imported: review it."),
    "feedback_ignored": IssueText(I, "Phản hồi cho người học không được nhập: “{0}”.", "Feedback for the learner is not imported: “{0}”."),
    "source_too_long": IssueText(W, "Mã nguồn của câu quá dài ({0}): chỉ giữ phần đọc được.", "The source of the item is too long ({0}): only what can be read is kept."),
    "file_unused": IssueText(I, "Tệp “{0}” kèm theo không được nhắc đến trong câu: không nhập.", "The attached file “{0}” is not referred to: not imported."),
    "markdown_raw": IssueText(W, "Câu viết bằng Markdown: dấu định dạng được giữ như chữ, cần xem lại.", "The question is written in Markdown: its marks are kept as text, review it."),
    "link_ignored": IssueText(I, "Liên kết “{0}” không được nhập, chỉ giữ phần chữ.", "The link “{0}” is not imported, only its text."),
    "support_ignored": IssueText(I, "Phần hỗ trợ “{0}” ngoài câu hỏi không được nhập: “{1}”.", "Support “{0}” beside the question is not imported: “{1}”."),
    "element_unknown": IssueText(W, "Phần tử {0} không được hiểu; giữ lại phần chữ.", "The element {0} is not understood; its text is kept."),
    "part_of_package": IssueText(I, "Phần {0} của gói không phải câu hỏi.", "Part {0} of the package is no item."),
    "item_unreadable": IssueText(E, "Không đọc được câu trong {0}: {1}.", "The item in {0} could not be read: {1}."),
    "file_missing": IssueText(E, "Gói nhắc đến “{0}” nhưng không có tệp này.", "The package names “{0}”, which is not in it."),
    "row_refused": IssueText(E, "Dòng {0} không nhập được: {1}.", "Row {0} was not imported: {1}."),
    "line_not_understood": IssueText(W, "Dòng không hiểu: “{0}”.", "A line is not understood: “{0}”."),
    "level_unknown": IssueText(W, "Mức độ “{0}” không có trong NB, TH, VD, VDC.", "The level “{0}” is none of NB, TH, VD, VDC."),
    "legacy_encoding": IssueText(W, "Tệp dùng phông {0}; đã chuyển sang Unicode, hãy xem lại chữ.", "The file uses legacy {0} text; it was converted to Unicode, check it.", "N502"),
    "encoding_guessed": IssueText(W, "Tệp không phải UTF-8; đã đọc theo {0}.", "The file is not UTF-8; it was read as {0}."),
    "macros_ignored": IssueText(W, "Tệp có macro: không chạy và không nhập.", "The file has macros: they were neither run nor imported."),
    "wrong_extension": IssueText(W, "Đuôi tệp là {0} nhưng nội dung là {1}.", "The file is called {0} but holds {1}."),
    # Bank
    "item_altered": IssueText(E, "Nội dung trong cơ sở dữ liệu không khớp dấu vân tay đã ghi: có người sửa ngoài chương trình.", "The stored content does not match its digest: it was changed behind the program."),
    "already_in_bank": IssueText(I, "Câu này đã có trong ngân hàng ({0}).", "This item is already in the bank ({0})."),
    "near_duplicate": IssueText(W, "Gần giống câu {0} ({1} %).", "Nearly the same as {0} ({1} %)."),
    "stands_twice": IssueText(W, "Câu này lặp lại câu {0} trong cùng lần nhập.", "The same item as question {0} of this import."),
}  # fmt: skip
