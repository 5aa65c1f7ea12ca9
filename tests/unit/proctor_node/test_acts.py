"""Acts with category, reason and name; the log and the minutes that come of them; measured use."""

from __future__ import annotations

import json

import pytest

from exam_engine import events as e
from exam_engine import exchange as x
from proctor_node.acts import REASONS, RULES, Asked
from proctor_node.documents import minutes
from proctor_node.errors import Refused


@pytest.fixture
def room(bench):
    """Two at work in one room, and people of three roles."""
    digest = bench.give_signal()
    for seat in (1, 2):
        station = bench.stations[f"LTT-01-{seat:02d}"]
        station.say(*bench.check_in(station=station.name, seat=seat), *bench.started(digest), e.Answered("I.1", "A"))
    add = bench.node.add_account
    bench.thanh = add("thanh", "invigilator", "mat khau cua thanh", "LTT")
    bench.hoa = add("hoa", "site_head", "mat khau cua hoa", "LTT")
    bench.duc = add("duc", "invigilator", "mat khau cua duc", "TS")
    bench.first = bench.stations["LTT-01-01"]
    return bench


def told(station):
    return [type(i.act).__name__ for i in station.say().instructions]


def test_an_act_needs_a_reason_of_its_category_and_other_needs_a_note(room):
    node, attempt = room.node, room.first.attempt
    for asked, reason in (
        (Asked(kind="pause", attempt=attempt, category="ky_thuat", reason="om"), "reason_unknown"),
        (Asked(kind="pause", attempt=attempt), "reason_missing"),
        (Asked(kind="canh_cao", attempt=attempt, category="ky_thuat", reason="mat_dien"), "reason_unknown"),
        (Asked(kind="extend", attempt=attempt, reason="mat_dien", minutes=0), "minutes_invalid"),
        (Asked(kind="tha", attempt=attempt), "unknown_act"),
    ):
        with pytest.raises(Refused, match=reason):
            node.perform(asked, (room.thanh,))
    assert told(room.first) == []


def test_a_pause_of_a_room_reaches_everybody_at_work_there_and_each_has_a_line(room):
    lines = room.node.perform(Asked(kind="pause", site="LTT", room="01", reason="mat_dien"), (room.thanh,))
    assert [line.seat for line in lines] == [1, 2]
    assert "Pause" in told(room.first)
    assert [line.number for line in room.node.act_lines(room.thanh)] == [2, 1]
    assert room.node.act_lines(room.duc) == []


def test_lost_minutes_are_given_back_by_two_persons(room):
    asked = Asked(kind="compensate", attempt=room.first.attempt, reason="mat_dien", minutes=4)
    for by in ((room.thanh,), (room.thanh, room.thanh)):
        with pytest.raises(Refused, match="second_person_must_differ"):
            room.node.perform(asked, by)
    room.node.perform(asked, (room.thanh, room.hoa))
    (act,) = [i.act for i in room.first.say().instructions if isinstance(i.act, x.Extend)]
    assert act.milliseconds == 240_000


def test_a_suspension_is_the_site_heads_and_takes_the_whole_mark(room):
    asked = Asked(kind="dinh_chi", attempt=room.first.attempt, category="vi_pham", reason="vat_dung_cam")
    with pytest.raises(Refused, match="role_may_not_act"):
        room.node.perform(asked, (room.thanh,))
    (line,) = room.node.perform(asked, (room.hoa,))
    assert "Collect" in told(room.first)
    room.first.say(e.ClosedByForce("mang vật dụng cấm", "hoa", 1))
    found = next(r for r in room.node.marks("1") if r.candidate.seat == 1 and r.candidate.site == "LTT")
    assert (str(found.score), str(found.net)) == ("0.25", "0.00")
    assert room.node.book.penalties[0].minutes == line.number


def test_nobody_acts_on_another_site(room):
    with pytest.raises(Refused, match="another_site"):
        room.node.perform(Asked(kind="pause", attempt=room.first.attempt, reason="mat_dien"), (room.duc,))
    with pytest.raises(Refused, match="another_site"):
        room.node.perform(
            Asked(kind="evacuate", site="LTT", room="01", category="moi_truong", reason="bao_chay"), (room.duc,)
        )


@pytest.mark.parametrize("kind", sorted(set(RULES) - {"move"}))
def test_every_act_has_minutes_in_the_wording_of_its_form(room, kind):
    violation = RULES[kind][2]
    category, reason = ("vi_pham", "trao_doi_bai") if violation else ("ky_thuat", "mat_dien")
    asked = Asked(kind=kind, attempt=room.first.attempt, category=category, reason=reason, minutes=4, text="Chờ")
    (line,) = room.node.perform(asked, (room.hoa, room.thanh))
    html, site = room.node.minutes_of(line.number)
    assert site == "LTT"
    assert "Độc lập - Tự do - Hạnh phúc" in html
    assert f"BIÊN BẢN {minutes.HEADS[kind]}" in html
    assert minutes.REASONS[reason] in html
    candidate = room.node.candidate_of(room.first.attempt)
    assert candidate.sbd in html
    assert candidate.personal_number not in html


def test_every_reason_has_words():
    assert {reason for reasons in REASONS.values() for reason in reasons} == set(minutes.REASONS)


def test_the_incident_log_survives_a_restart(room):
    room.node.perform(Asked(kind="pause", attempt=room.first.attempt, reason="mat_dien"), (room.thanh,))
    again = room.restart()
    assert [line.reason for line in again.act_lines(room.thanh)] == ["mat_dien"]
    again.perform(Asked(kind="resume", attempt=room.first.attempt, note="x"), (room.thanh,))
    assert [line.number for line in again.act_lines(room.thanh)] == [2, 1]


def test_measured_use_counts_how_far_people_got_and_names_nobody(room):
    document = room.node.measured_use()
    row = next(r for r in document["use"] if (r["site"], r["shift"]) == ("LTT", "1"))
    assert (row["registered"], row["card_read"], row["face_passed"], row["started"], row["submitted"]) == (
        3,
        2,
        2,
        2,
        0,
    )
    assert row["check_in_seconds"]["p50"] == 3.4
    assert row["manual_share"] == 0
    told = json.dumps(document, ensure_ascii=False)
    assert not [c for c in room.node.plan.candidates if c.sbd in told or c.name in told]
