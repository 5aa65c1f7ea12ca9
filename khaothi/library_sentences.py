"""Sentences of libraries that name what a person typed or wrote in a file, in Vietnamese.

The libraries tell them as English text only. Each pattern stands for one of their sentences; a test makes the libraries say
them, so that a release with other words shows.
"""

from __future__ import annotations

import re

# The longer patterns come first; `{0}`, `{1}` are the groups, which may be such sentences themselves.
USAGE = (  # Typer 0.29
    (r"Missing command\.", "Thiếu tên lệnh con."),
    (r"Missing command\. One of: (.*)\.", "Thiếu tên lệnh con. Một trong: {0}."),
    (r"No such command '(.*)'\. Did you mean (.*)\?", "Không có lệnh con “{0}”. Có phải là {1}?"),
    (r"No such command '(.*)'\.", "Không có lệnh con “{0}”."),
    (r"Missing argument '(.*)'\.", "Thiếu tham số “{0}”."),
    (r"Missing option '(.*)'\.", "Thiếu tùy chọn {0}."),
    (r"No such option: (\S+) \(Possible options: (.*)\)", "Không có tùy chọn {0}. Có thể là: {1}."),
    (r"No such option: (\S+)", "Không có tùy chọn {0}."),
    (r"Option '(.*)' requires an argument\.", "Tùy chọn {0} cần một giá trị."),
    (r"Option '(.*)' requires (\d+) arguments\.", "Tùy chọn {0} cần {1} giá trị."),
    (r"Option '(.*)' does not take a value\.", "Tùy chọn {0} không nhận giá trị."),
    (r"Got unexpected extra argument\(s\) \((.*)\)", "Thừa tham số: {0}."),
    (r"Invalid value for '(.*?)': (.*)", "Giá trị của {0} không dùng được: {1}"),
    (r"Invalid value: (.*)", "Giá trị không dùng được: {0}"),
    (r"(?:path|file|dir) '(.*)' does not exist\.", "không có “{0}”."),
    (r"(?:path|dir) '(.*)' is a file\.", "“{0}” là tệp, không phải thư mục."),
    (r"(?:path|file) '(.*)' is a directory\.", "“{0}” là thư mục, không phải tệp."),
    (r"(?:path|file|dir) '(.*)' is not readable\.", "không có quyền đọc “{0}”."),
    (r"(?:path|file|dir) '(.*)' is not writable\.", "không có quyền ghi “{0}”."),
    (r"'(.*)' is not one of (.*)\.", "“{0}” không phải một trong: {1}."),
    (r"'(.*)' does not match the formats? '%Y-%m-%d'\.", "“{0}” không phải ngày dạng năm-tháng-ngày (2026-11-25)."),
    (r"Input should be a valid integer.*", "phải là số nguyên."),
    (r"Input should be a valid number.*", "phải là một số."),
    (r"Input should be greater than or equal to (\S+)", "phải từ {0} trở lên."),
    (r"Input should be less than or equal to (\S+)", "phải từ {0} trở xuống."),
)  # fmt: skip
FILES = (  # msgspec, tomllib, json, codecs, csv, SQLite
    (r"(.*) - at `(?:\$\.?)?(.*)`", "{1}: {0}"),
    (r"Object missing required field `(.*)`", "thiếu mục “{0}”"),
    (r"Object contains unknown field `(.*)`", "có mục lạ “{0}”"),
    (r"Expected `(.*)`, got `(.*)`", "cần kiểu {0}, tệp ghi kiểu {1}"),
    (r"Expected `(.*)` (>=|<=|>|<) (\S+)", "cần số {1} {2}"),
    (r"Invalid enum value '?(.*?)'?", "không nhận giá trị “{0}”"),
    (r"Invalid decimal string", "không phải số thập phân"),
    (r"Input data was truncated", "dữ liệu bị cắt cụt"),
    (r"JSON is malformed: .*\(byte (\d+)\)", "không đúng JSON ở byte {0}"),
    (r"Invalid UTF-8.*", "không phải văn bản UTF-8"),
    (r"'utf-8' codec can't decode byte (\S+) in position (\d+): .*", "không phải văn bản UTF-8 (byte {0} ở vị trí {1})"),
    (r"(.*) \(at line (\d+), column (\d+)\)", "dòng {1}, cột {2}: {0}"),
    (r"(.*) \(at end of document\)", "cuối tệp: {0}"),
    (r"Expected '=' after a key in a key/value pair", "thiếu dấu = sau tên mục"),
    (r"Expected newline or end of document after a statement", "thừa ký tự sau một mục"),
    (r"Expected '\]' at the end of a table declaration", "thiếu dấu ] sau tên bảng"),
    (r"Expected \"\]\]\" at the end of an array declaration", "thiếu dấu ]] sau tên bảng"),
    (r"Invalid statement", "không đúng cú pháp TOML"),
    (r"Invalid value", "giá trị không đúng cú pháp TOML"),
    (r"Invalid initial character for a key part", "tên mục bắt đầu bằng ký tự không dùng được"),
    (r"Cannot overwrite a value", "một mục ghi hai lần"),
    (r"Cannot declare (.*) twice", "bảng {0} ghi hai lần"),
    (r"Unclosed array", "mảng chưa đóng"),
    (r"Unterminated string", "chuỗi chưa đóng"),
    (r"Illegal character (.*)", "ký tự không dùng được {0}"),
    (r".*: line (\d+) column (\d+) \(char \d+\)", "dòng {0}, cột {1}: không đúng JSON"),
    (r"unexpected end of data", "thiếu dấu ngoặc kép đóng"),
    (r"line contains NUL", "tệp có byte 0"),
    (r"field larger than field limit \(\d+\)", "có ô quá dài"),
    (r"unable to open database file", "không mở được tệp cơ sở dữ liệu"),
    (r"file is not a database", "tệp này không phải cơ sở dữ liệu SQLite"),
    (r"database disk image is malformed", "cơ sở dữ liệu bị hỏng"),
    (r"database or disk is full", "đĩa đã đầy"),
    (r"disk I/O error", "lỗi đọc ghi đĩa"),
    (r"attempt to write a readonly database", "cơ sở dữ liệu chỉ cho đọc"),
    (r"database is locked", "chương trình khác đang giữ cơ sở dữ liệu"),
    (r"\[Errno \d+\] Connection refused", "máy đích từ chối kết nối"),
)  # fmt: skip
FORMULAS = (  # MathJax 4
    (r"Undefined control sequence (.*)", "không có lệnh {0}"),
    (r"Unknown environment '(.*)'", "không có môi trường “{0}”"),
    (r"Missing argument for (.*)", "{0} thiếu đối số"),
    (r"Missing close brace", "thiếu dấu }} đóng"),
    (r"Extra close brace or missing open brace", "thừa dấu }} hoặc thiếu dấu {{"),
    (r"Extra open brace or missing close brace", "thừa dấu {{ hoặc thiếu dấu }}"),
    (r"Extra \\left or missing \\right", r"thừa \left hoặc thiếu \right"),
    (r"Missing \\left or extra \\right", r"thiếu \left hoặc thừa \right"),
    (r"Missing or unrecognized delimiter for (.*)", "{0} thiếu dấu ngoặc hoặc dấu ngoặc không dùng được"),
    (r"Missing (\\end\{.*\})", "thiếu {0}"),
    (r"(\\begin\{.*\}) ended with (\\end\{.*\})", "{0} kết thúc bằng {1}"),
    (r"Could not find closing '(.*)' for argument to (.*)", "{1} thiếu dấu {0} đóng"),
    (r"Misplaced (.*)", "{0} đặt sai chỗ"),
    (r"Double exponent: use braces to clarify", "hai số mũ liền nhau: dùng dấu {{ }}"),
    (r"Double subscripts: use braces to clarify", "hai chỉ số dưới liền nhau: dùng dấu {{ }}"),
    (r"You can't use 'macro parameter character #' in math mode", "không dùng được dấu # trong công thức"),
    (r"(.*) is allowed only on operators", "{0} chỉ đi sau toán tử"),
    (r"Ambiguous use of (.*)", "{0} dùng không rõ nghĩa"),
)  # fmt: skip
XML = (  # lxml
    (r"(.*), line (\d+), column (\d+) \(.*, line \d+\)", "dòng {1}, cột {2}: {0}"),
    (r"Document is empty", "tệp rỗng"),
    (r"Start tag expected, '<' not found", "không bắt đầu bằng dấu <"),
    (r"Opening and ending tag mismatch: (\S+) line (\d+) and (\S+)", "thẻ {0} mở ở dòng {1} nhưng đóng bằng {2}"),
    (r"Premature end of data in tag (\S+) line (\d+)", "tệp hết khi thẻ {0} (mở ở dòng {1}) chưa đóng"),
    (r"Specification mandates value for attribute (\S+)", "thuộc tính {0} thiếu giá trị"),
    (r"Attribute (\S+) redefined", "thuộc tính {0} ghi hai lần"),
    (r"Entity '(.*)' not defined", "ký hiệu &{0}; chưa định nghĩa"),
    (r"Extra content at the end of the document", "thừa nội dung ở cuối tệp"),
    (r"Namespace prefix (\S+) on (\S+) is not defined", "tiền tố {0} của {1} chưa khai báo"),
    (r"Unsupported encoding: (.*)", "bảng mã {0} không đọc được"),
    (r"Invalid bytes in character encoding", "có byte không đúng bảng mã"),
)  # fmt: skip
PATTERNS = tuple((re.compile(pattern, re.DOTALL), told) for pattern, told in (*USAGE, *FILES, *FORMULAS, *XML))


def in_vietnamese(sentence: str) -> str:
    """A library's sentence in Vietnamese; one that is not known stays as it is."""
    for pattern, told in PATTERNS:
        if found := pattern.fullmatch(sentence):
            return told.format(*(in_vietnamese(group) for group in found.groups()))
    return sentence
