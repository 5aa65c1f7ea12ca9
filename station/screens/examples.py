"""Example views of every screen, with invented people: for the gallery and the tests."""

from __future__ import annotations

from dataclasses import replace

from question_bank.form import Form
from station.journey import paper
from station.journey import views as v

START = 1_795_480_200_000
FRAME = v.Frame(
    "Khảo sát chất lượng lớp 12 (trình diễn)", "Toán", "1", "03", 17, "30004527", "Trần Thị Ngọc Ẩn", node_time=START
)
ROWS = (
    v.DetailRow("name", "Trần Thị Ngọc Ẩn"),
    v.DetailRow("birth_date", "2008-03-15"),
    v.DetailRow("sex", "F"),
    v.DetailRow("personal_number", "042308123456"),
    v.DetailRow("sbd", "30004527"),
    v.DetailRow("place", "03|17"),
    v.DetailRow("subject_shift", "Toán|1"),
)


OFFICIALS = (
    ("Lê Thị Hạnh", "invigilator"), ("Nguyễn Đức Mạnh", "invigilator"), ("Trần Thị Thu Ẩn", "invigilator"), ("Phạm Văn Đức", "site_head"),
)  # fmt: skip


def _paper(form: Form, item_id: str, response: str, **more: object) -> v.Paper:
    part, item, position, count = paper.place(form, item_id)
    tiles = tuple(
        v.Tile(each.id, own.id, each.number, "full" if index % 3 else "no", index == 4, each.id == item_id, index != 7)
        for index, (own, each) in enumerate(form.each_item())
    )
    base = v.Paper(
        FRAME, form_code=form.code, item=item.id, item_kind=item.kind, part=part.id, part_last=len(part.items),
        part_heading=part.heading_vi, part_heading_en=part.heading_en, number=item.number, stem=paper.pieces(item.stem),
        options=paper.options(item, (), response), tiles=tiles, deadline=START + 1_867_000, remaining=1_867_000,
        first=position == 0, last=position == count - 1,
    )  # fmt: skip
    return replace(base, **more)  # type: ignore[arg-type]


def examples(form: Form) -> dict[str, v.View]:
    """Views by a name for the file."""
    short = {"cells": "-1,", "legal_keys": "0123456789", "incomplete": True}
    return {
        "S00": v.OutOfService(FRAME, "K303"),
        "S00-closed": v.OutOfService(FRAME, "K302"),
        "S01": v.WaitingForCard(replace(FRAME, candidate_name="")),
        "S01-no-reader": v.WaitingForCard(replace(FRAME, candidate_name=""), message="T301"),
        "S01-other-card": v.WaitingForCard(replace(FRAME, candidate_name=""), message="T104"),
        "S02": v.Consent(FRAME, "Sở GD&ĐT (trình diễn)", "Sở GD&ĐT (trình diễn)", 30, "ask", "17/2026", under_16=False),
        "S03": v.ReadingCard(FRAME, "portrait", 64),
        "S04": v.CardGone(FRAME, 64, 28),
        "S05": v.WrongPlace(FRAME, "D101", 21, "03"),
        "S06": v.CardNotVerified(FRAME, "T204"),
        "S07": v.CheckDetails(FRAME, ROWS),
        "S07-spelling": v.CheckDetails(FRAME, (v.DetailRow("name", "Trần Thị Ngọc Lí", "Trần Thị Ngọc Lý"), *ROWS[1:]), card_on_reader=True),
        "S07-report": v.CheckDetails(FRAME, ROWS, report_open=True),
        "S08": v.LookAtCamera(FRAME, attempt=1),
        "S08-turn": v.LookAtCamera(FRAME, "left", 2, 3, 4, 2),
        "S08-hint": v.LookAtCamera(FRAME, "blink", 1, 3, 5, 1, hint="too_dark"),
        "S09": v.WaitForInvigilator(FRAME, "D208", START),
        "S09-number": v.WaitForInvigilator(FRAME, "T202", START, scan="not_seen"),
        "S09-wrong": v.WaitForInvigilator(FRAME, "T202", START, number_note="wrong"),
        "S09-scan": v.WaitForInvigilator(FRAME, "T202", START, scan="looking"),
        "S09b": v.ConfirmAtSeat(FRAME, None, ROWS, (), (("invigilator", "Lê Thị Hạnh"), ("site_head", "")), OFFICIALS, "same_role", "M201"),
        "S10": v.Rules(FRAME),
        "S11": v.WaitForSignal(FRAME, START + 134_000, 134, form_here=True),
        "S12-part1": _paper(form, "I.1", "A"),
        "S12-part1-table": _paper(form, "I.8", "B", notices=(v.Notice("offline"),), save="waiting", waiting=3),
        "S12-part2": _paper(form, "II.2", "a=true,b=false", incomplete=True),
        "S12-part3": _paper(form, "III.1", "-1,", **short),
        "S12-cover": _paper(form, "I.1", "", stem=(), options=(), cover=v.Notice("pause", {"remaining": "2467000", "reason": "mất điện"}), paused=True),
        "S12-several": _paper(form, "I.3", "A|C", item_kind="multiple_choice", flagged=True),
        "S12-evacuation": _paper(form, "I.1", "", stem=(), options=(), cover=v.Notice("evacuation", {"remaining": "2467000", "reason": "evacuation"}), paused=True),
        "S12-left": _paper(form, "I.1", "", stem=(), options=(), cover=v.Notice("left_screen")),
        "S12-not-saved": _paper(form, "I.1", "", save="failed", notices=(v.Notice("not_saved"), v.Notice("offline"))),
        "S12-last-minute": _paper(form, "III.2", "0,25", cells="0,25", legal_keys="", remaining=47_000, deadline=START + 47_000, save="failed", notices=(v.Notice("minute_1"), v.Notice("message", {"text": "Em kiểm tra lại số báo danh", "at": str(START)}, 7))),
        "S12-message": _paper(form, "II.1", "a=true,b=false,c=true,d=false", remaining=290_000, notices=(v.Notice("minutes_5"), v.Notice("extra_time", {"minutes": "4", "end": str(START + 240_000)}, 8))),
        "S22-practice": _paper(form, "I.2", "B", frame=replace(FRAME, practice=True)),
        "S18-allowed": v.Review(FRAME, True, START + 1_867_000, (("I.3", "I", 3, ""), ("II.2", "II", 2, "d")), 2),
        "S18": v.Review(FRAME, False, START + 1_867_000, (("I.3", "I", 3, ""), ("II.2", "II", 2, "c, d"), ("III.1", "III", 1, "incomplete")), 2),
        "S19": v.TimeOver(FRAME, 21, 22, 21, 19),
        "S20": v.Receipt(FRAME, "7KQM-3F2P-9XRA", "0101", 21, 22, START),
        "S21": v.Survey(FRAME),
        "S23": v.Recovered(FRAME, 14, START, 130_000),
        "S23-torn": v.Recovered(FRAME, 14, START, 130_000, opening=False, torn_item=("I", 9), item="I.9"),
        "S24": v.MovedIn(FRAME, 14, 22, START, 1_930_000),
        "S24b": v.TakeOver(replace(FRAME, sbd="", candidate_name=""), (("TS-03-17", 17), ("TS-03-18", 18)), "TS-03-17", ("Lê Thị Hạnh", "Phạm Văn Đức"), ("Lê Thị Hạnh",), "half_mistyped"),
        "S24b-none": v.TakeOver(replace(FRAME, sbd="", candidate_name=""), (), "", ("Lê Thị Hạnh", "Phạm Văn Đức")),
        "S01-moving": v.WaitingForCard(replace(FRAME, candidate_name=""), moving=True),
        "S01-alarm": v.WaitingForCard(replace(FRAME, candidate_name="", alarm="B301")),
        "S24a": v.MovedAway(FRAME, 31),
    }  # fmt: skip
