"""The one console script. Commands are found by entry point and loaded only when called (DESIGN.md section 2)."""

from __future__ import annotations

import io
import json
import os
import sys
from importlib.metadata import EntryPoint, entry_points

from khaothi.wording import Said, Wording, Words

GROUP = "khaothi.commands"
SUMMARIES = {
    "demo": "a whole exam day on this machine (only in a checkout)",
    "doctor": "readiness of this PC, and what to do about each point",
    "station": "the candidate's exam station",
    "node": "the central proctor node",
    "card": "read or verify a chip ID card",
    "trust": "trust anchors: master lists, certificates, CRLs",
    "face": "compare faces, judge a liveness clip, measure error rates",
    "form": "assemble, check and seal forms",
    "bank": "bring questions in, give them out, check them",
    "analyse": "item analysis of any table of responses",
    "score": "grade a table of responses",
    "audit": "verify an exam's archive",
}
WRONG_USE, DEVICE = 2, 3
WORDING = Wording(
    {
        "unknown_command": Words("Không có lệnh “{name}”.", "There is no command '{name}'."),
        "command_not_installed": Words(
            "Lệnh “{name}” không có trong gói này.",
            "The command '{name}' is not in this package.",
            "Lệnh này chỉ chạy từ bản mã nguồn của dự án.",
            "It runs from a checkout of the project only.",
        ),
    },
    {
        "usage: khaothi COMMAND [OPTIONS]": "cách dùng: khaothi LỆNH [TÙY CHỌN]",
        "khaothi COMMAND --help says more.": "khaothi LỆNH --help cho biết thêm.",
        SUMMARIES["demo"]: "cả một ngày thi trên máy này (chỉ có trong bản mã nguồn)",
        SUMMARIES["doctor"]: "máy đã sẵn sàng chưa, và cần làm gì với từng điểm",
        SUMMARIES["station"]: "máy thi của thí sinh",
        SUMMARIES["node"]: "nút trung tâm coi thi",
        SUMMARIES["card"]: "đọc hoặc kiểm tra thẻ gắn chip",
        SUMMARIES["trust"]: "chứng thư gốc: danh sách CSCA, chứng thư, danh sách thu hồi",
        SUMMARIES["face"]: "so khuôn mặt, xét đoạn phim thử thách, đo tỉ lệ nhầm",
        SUMMARIES["form"]: "lập, kiểm tra và niêm phong đề thi",
        SUMMARIES["bank"]: "nhập, xuất và kiểm tra câu hỏi",
        SUMMARIES["analyse"]: "phân tích câu hỏi từ bảng bài làm",
        SUMMARIES["score"]: "chấm một bảng bài làm",
        SUMMARIES["audit"]: "kiểm tra hồ sơ lưu của một kỳ thi",
    },
)


def commands() -> dict[str, EntryPoint]:
    """Installed commands by name."""
    return {entry.name: entry for entry in entry_points(group=GROUP)}


def usage(available: dict[str, EntryPoint]) -> str:
    """Help text: one line a command, in the order of the table above."""
    width = max(len(name) for name in available)
    ordered = [name for name in SUMMARIES if name in available]
    lines = [f"  {name:<{width}}  {WORDING.line(SUMMARIES[name])}" for name in ordered]
    head, more = WORDING.line("usage: khaothi COMMAND [OPTIONS]"), WORDING.line("khaothi COMMAND --help says more.")
    return "\n".join([head, "", *lines, "", more])


def _refuse(said: Said, *, as_json: bool) -> int:
    if as_json:
        print(json.dumps({"error": said._asdict()}, ensure_ascii=False))  # noqa: T201 - the contract
    else:
        print(f"khaothi: {said.message}\n{said.advice}", file=sys.stderr)  # noqa: T201
    return WRONG_USE


def speak_utf_8() -> None:
    """UTF-8 whatever the session's encoding, as on a Windows pipe; a file name of no encoding is escaped, not fatal."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def main() -> int:
    """The console script: a command, and what to do when nobody takes its output."""
    speak_utf_8()
    try:
        status = dispatch()
        sys.stdout.flush()
    except OSError as error:
        # The commands tell every other refusal of the machine themselves; here nothing can be said on standard output.
        from khaothi import command_line

        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        if not isinstance(error, BrokenPipeError):
            print(command_line.WORDING.of_error(error, "device").message, file=sys.stderr)  # noqa: T201
        return DEVICE
    return status


def dispatch() -> int:
    """Load the named command and hand it the rest of the line."""
    available = commands()
    arguments = sys.argv[1:]
    as_json = "--json" in arguments
    if not arguments or arguments[0] in {"-h", "--help"}:
        print(usage(available))  # noqa: T201
        return 0 if arguments else WRONG_USE
    name, rest = arguments[0], arguments[1:]
    if name not in available:
        said = WORDING.of_code("unknown_command", name=name)
        return _refuse(said._replace(advice=usage(available)), as_json=as_json)
    try:
        command = available[name].load()
    except ModuleNotFoundError as missing:
        if missing.name is None or not available[name].module.startswith(missing.name.split(".")[0]):
            raise
        return _refuse(WORDING.of_code("command_not_installed", name=name), as_json=as_json)
    return int(command(rest) or 0)
