"""What lines of a paper begin with. The conventions of Azota, SHub, YoungMix, EduSoft and of plain Word papers."""

from __future__ import annotations

import re
from typing import Literal

from question_bank.bank.item import Level

PartKind = Literal["", "choice", "cluster", "short", "essay"]

TAG = r"(?:[(\[{][^)\]}]{1,24}[)\]}]\s*)*"
QUESTION = re.compile(
    rf"^\s*(?P<tags>{TAG})[#*]?(?P<label>(?:Câu(?: hỏi)?|CÂU(?: HỎI)?|Cau|CAU|Bài|BÀI|Question|QUESTION|Ques|(?:câu(?: hỏi)?|cau|question)(?=\s*\d{{1,4}}\s*(?:{TAG})?[.:]))\s*(?:số\s*)?(?P<number>\d{{1,4}}))"
    rf"(?P<end>\s*(?:{TAG})?\s*[.:)\]/–—-]+|(?=\s+\S)(?!\s*(?:đến|và|,|-|–|to\b|and\b))|(?=\s*$)|(?=\ufffc))"
)
NUMERIC = re.compile(
    rf"^\s*(?P<tags>{TAG}?)(?P<label>\(?(?P<number>\d{{1,3}})(?P<end>\s*[.)/:]\)?))(?=\s|\ufffc|[A-ZÀ-Ỹ])"
)
OPTION = re.compile(r"(?:^|(?<=[\s\ufffc;]))(?P<star>[#*]?[!$]?)(?P<label>\(?(?P<letter>[A-H])(?:\s?[.)/:]|(?=\t)))")
OPTION_START = re.compile(r"^\s*(?P<star>[#*]?[!$]?)\(?(?P<letter>[A-H])\s?[.)/:]")
STATEMENT = re.compile(
    r"(?:^|(?<=[\s\ufffc]))(?P<star>[#*]?)(?P<label>\(?(?P<letter>[a-h])\s?[.)])(?=\s|$|\ufffc|[^\s.]{2}|[\d−-])"
)
PART = re.compile(
    r"^\s*(?:(?:PHẦN|Phần|PHAN|Phan|PART|Part|NHÓM|Nhóm|Nhom)\s+(?P<number>[IVX]{1,5}|\d{1,2}|[A-D])\b"
    r"|(?P<roman>[IVX]{1,5}|[A-D])\s*[.)-]\s*(?=(?:PHẦN|Phần|TRẮC NGHIỆM|Trắc nghiệm|TỰ LUẬN|Tự luận|CÂU |Câu trắc nghiệm|Câu hỏi trắc))"
    r"|(?=(?:PHẦN|Phần)\s+(?:TRẮC NGHIỆM|TỰ LUẬN|trắc nghiệm|tự luận)))"
)
END = re.compile(r"^[\s\-–—_=*.~]*(?:HẾT|Hết|THE END|END)[\s\-–—_=*.~]*$|^\s*[-–—_=*]{6,}\s*$")
SEPARATOR = re.compile(r"^\s*\[?\s*<\s*br\s*/?\s*>\s*\]?\s*$", re.IGNORECASE)
GROUP_START = re.compile(r"^\s*\[\s*<\s*sg\s*>\s*\]\s*", re.IGNORECASE)
GROUP_TEXT_END = re.compile(r"^\s*\[\s*<\s*egc\s*>\s*\]\s*", re.IGNORECASE)
GROUP_END = re.compile(r"^\s*\[\s*<\s*/\s*sg\s*>\s*\]\s*", re.IGNORECASE)
MIX_GROUP = re.compile(r"^\s*<\s*/?\s*#?\s*g\s*\d*\s*>\s*$", re.IGNORECASE)
SUB_QUESTION = re.compile(r"^\s*(?P<label>[({]\s*<\s*(?P<number>\d{1,3})\s*>\s*[)}])")
RANGE = re.compile(
    r"(?:câu|câu hỏi|question|questions|items?)s?\s*(?:số\s*)?(?:(?:từ|from)\s*)?(?:câu\s*)?\(?(?P<first>\d{1,3})\)?\s*"
    r"(?:đến|tới|to|through|[-–—,;]|và|and|&)\s*(?:câu\s*)?\(?(?P<last>\d{1,3})\)?",
    re.IGNORECASE,
)
RANGE_VERB = re.compile(r"đọc|dựa|sử dụng|dùng|cho (?:đoạn|bảng|biểu|thông tin|tư liệu|dữ|bài|hình)|trả lời|read|refer|use|based|mark the letter|choose|following|thông tin", re.IGNORECASE)  # fmt: skip
ANSWER = re.compile(
    r"^\s*(?P<label>[(\[]?(?:[Đđ]áp\s*án|ĐÁP\s*ÁN|Dap an|[Đđ]áp\s*số|ĐÁP\s*SỐ|Đ/[aA]|ĐA|ĐS|Trả\s*lời|Answer|ANSWER|Key|KEY|Kết quả|KQ)"
    r"(?:\s+(?:đúng|chính xác))?(?:\s+là)?(?:\s+(?:Câu|câu)\s*\d+)?\s*[:.=]"
    # Without a colon only where nothing but the answer follows.
    r"|(?:Đáp\s*án|ĐÁP\s*ÁN)(?:\s+(?:đúng|chính xác))?(?:\s+là)?(?=\s+[A-H]\b)"
    r"|[⇒→=>\s]*(?:Chọn|CHỌN)(?:\s+(?:đáp án|phương án|câu|ý))?\s*:?(?=\s*[A-H]\s*\.?\s*$)"
    r"|(?:[Đđ]áp\s*(?:án|số)|ĐÁP\s*(?:ÁN|SỐ)|ĐA|ĐS|Trả\s*lời)(?:\s+đúng)?(?:\s+là)?(?=\s+[-−–]?\d+(?:[.,]\d+)?\s*\.?\s*$))\s*(?P<answer>.*)$",
    re.DOTALL,
)
CHOSEN = re.compile(
    r"(?:^|[.\s⇒→>])(?:(?:Chọn|CHỌN|chọn)\s+(?:đáp án\s+|phương án\s+|ý\s+)?|(?:Đáp án|đáp án|ĐÁP ÁN)\s+(?:đúng\s+)?(?:là\s+)?)(?P<letter>[A-H])(?![\wÀ-ỹ])"
)
# In small letters only after a word that says what is chosen: `chọn a = 2` is mathematics.
CHOSEN_SMALL = re.compile(r"[Cc]họn\s+(?:đáp án|phương án|câu|ý)\s+(?P<letter>[a-h])(?![\wÀ-ỹ])(?!\s*[=<>])")
LETTERS = re.compile(r"[\s(\[]*[A-Ha-h](?:\s*(?:[,;&/]|và|and)\s*[A-Ha-h])*[\s)\].]*")
# `B. Vì điểm A …`: only what stands before the reason is named.
REASONED = re.compile(r"\s*([A-H](?:\s*[,;&]\s*[A-H])*)\s*[.:]\s+\S")
SOLUTION = re.compile(
    r"^\s*(?P<label>(?:Lời\s+giải(?:\s+chi\s+tiết)?|LỜI\s+GIẢI(?:\s+CHI\s+TIẾT)?|Hướng\s+dẫn(?:\s+(?:giải|chấm))?(?:\s+chi\s+tiết)?"
    r"|HƯỚNG\s+DẪN(?:\s+(?:GIẢI|CHẤM))?(?:\s+CHI\s+TIẾT)?|Giải\s+thích(?:\s+chi\s+tiết)?|GIẢI\s+THÍCH|Giải\s+chi\s+tiết|HDG|HD"
    r"|Solution|SOLUTION|Explanation|Giải)(?:\s*[:.]|\s*$))"
)
KEY_HEADING = re.compile(r"^\s*(?:BẢNG|Bảng)?\s*(?:ĐÁP ÁN|Đáp án|ANSWER KEYS?|Answer keys?|KEYS?)(?:\s+(?:VÀ|và|CHI|chi|THAM|tham|ĐỀ|đề|MÃ|mã|MÔN|môn|TRẮC|trắc)\b.{0,80}|\s*[:.]?)$")  # fmt: skip
LEVEL_LINE = re.compile(r"^\s*(?:Mức\s*độ|MỨC\s*ĐỘ|Level)\s*[:.]\s*(?P<level>.+?)\s*$")
FIELD_LINE = re.compile(r"^\s*(?P<field>Chủ đề|Chuyên đề|Chương|Topic|Yêu cầu cần đạt|YCCĐ|Outcome|Nguồn|Source|Tác giả|Author)\s*:\s*(?P<value>.+?)\s*$")  # fmt: skip
FIELDS = {
    "Chủ đề": "topic", "Chuyên đề": "topic", "Chương": "topic", "Topic": "topic", "Yêu cầu cần đạt": "outcome",
    "YCCĐ": "outcome", "Outcome": "outcome", "Nguồn": "source", "Source": "source", "Tác giả": "author", "Author": "author",
}  # fmt: skip
BRACKETED = re.compile(r"[(\[{]([^)\]}]{1,24})[)\]}]")
# Identifiers of ex_test and its forerunners: `2D1H1-2` (its second letter is the level), `2D1-1.1-2`, `0D3N2-1`.
CODE = re.compile(r"\d[A-Z]\d{1,2}(?:(?P<level>[A-Z])\d{1,2}(?:-\d{1,2})?|-\d{1,2})(?:[.-]\d{1,2}){0,2}")
OUTCOME = re.compile(r"^(?:CLO|LO|PLO|YCCĐ)\s*[\d.]+$", re.IGNORECASE)
SEVERAL = re.compile(
    r"chọn\s+(?:các|nhiều|những|hai|ba|2|3)\b|nhiều (?:đáp án|phương án) đúng|select (?:all|two|three)|choose (?:two|three|all)|all that apply",
    re.IGNORECASE,
)
TRUE_FALSE = re.compile(r"đúng\s*(?:\(Đ\))?\s*(?:hay|hoặc|/|,|-|–|\s)\s*sai|nào\s+đúng\b[^.?]{0,30}\bnào\s+sai|true or false", re.IGNORECASE)  # fmt: skip
TRAILING_VERDICT = re.compile(
    r"\s*(?:[-–—:(\[→.]|\s)\s*\(?(?P<verdict>Đúng|ĐÚNG|Sai|SAI|Đ|S|True|False|T|F)\)?[\])]?\s*[.]?\s*$"
)
VERDICTS = {"đ": "true", "đúng": "true", "d": "true", "t": "true", "true": "true", "s": "false", "sai": "false", "f": "false", "false": "false"}  # fmt: skip
VERDICT = re.compile(r"(?<![\wÀ-ỹ])(?:[a-h]\s*[.):\-–]?\s*)?(Đúng|ĐÚNG|đúng|Sai|SAI|sai|True|False|Đ|S|T|F)(?![\wÀ-ỹ])|(?<![\wÀ-ỹ])([ĐSDTF]{2,8})(?![\wÀ-ỹ])")  # fmt: skip
LEVELS: dict[str, Level] = {
    "nb": "NB", "nhận biết": "NB", "biết": "NB", "b": "NB", "n": "NB", "y": "NB", "th": "TH", "thông hiểu": "TH",
    "hiểu": "TH", "h": "TH", "vd": "VD", "vận dụng": "VD", "vận dụng thấp": "VD", "vdt": "VD", "v": "VD", "vdc": "VDC",
    "vận dụng cao": "VDC", "c": "VDC",
}  # fmt: skip


CODE_LEVELS: dict[str, Level] = {
    "N": "NB", "Y": "NB", "B": "NB", "H": "TH", "K": "VD", "V": "VD", "G": "VDC", "T": "VDC", "C": "VDC",
}  # fmt: skip


def level_of(text: str) -> Level:
    """The cognitive level that a tag names; empty for none."""
    return LEVELS.get(" ".join(text.strip().lower().split()), "")


def code_level(code: str) -> Level:
    """The level that an identifier such as `2D1H1-2` holds; empty for none."""
    found = CODE.fullmatch(code.strip())
    return CODE_LEVELS.get(found["level"] or "", "") if found else ""


def is_tag(text: str, *, bracket: str) -> bool:
    """Whether `[NB]`, `(CLO1)`, `[2D1H1-2]` is a label and no content; `(C)` is a curve, `[C]` a level."""
    text = text.strip()
    if OUTCOME.match(text) or CODE.fullmatch(text):
        return True
    if text.lower() in {"nhận biết", "thông hiểu", "vận dụng", "vận dụng cao"}:
        return True
    return level_of(text) != "" and text.upper() == text and (len(text) > 1 or bracket != "(")


def letters_of(answer: str) -> tuple[str, ...]:
    """The options that an answer names, as capitals in order; small letters only where the answer is nothing else."""
    if reasoned := REASONED.match(answer):
        answer = reasoned[1]
    if LETTERS.fullmatch(answer):
        found = re.findall(r"(?<![\wÀ-ỹ])[A-Ha-h](?![\wÀ-ỹ])", answer)
    else:
        found = re.findall(r"(?<![\wÀ-ỹ])[A-H](?![\wÀ-ỹ])", answer) or re.findall(r"^[A-H]{1,4}$", answer.strip())
    return tuple(sorted(set("".join(found).upper())))


def part_number(heading: str) -> str:
    """`II` of `PHẦN II`, as it is written."""
    found = PART.match(heading)
    return (found["number"] or found["roman"] or "") if found else ""


def part_kind(text: str) -> PartKind:
    """What a heading says of its questions: the words decide, never the number of the part."""
    lower = text.lower()
    if "tự luận" in lower or "essay" in lower:
        return "essay"
    if "trả lời ngắn" in lower or "short answer" in lower or "điền đáp" in lower:
        return "short"
    if re.search(r"đúng\s*[-–—/,]?\s*(?:hoặc|hay)?\s*sai|true.{0,5}false", lower) and "nhiều phương án" not in lower:
        return "cluster"
    if re.search(
        r"nhiều (?:phương án )?lựa chọn|nhiều phương án|một phương án|trắc nghiệm khách quan|multiple choice", lower
    ):
        return "choice"
    return ""
