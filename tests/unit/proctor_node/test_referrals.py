"""A referral: pictures in memory only, for minutes; masked numbers; every look logged; found by card, never by guessing."""

from __future__ import annotations

import msgspec
import pytest

from exam_engine import events as e
from exam_engine import exchange as x
from proctor_node.errors import Refused
from proctor_node.referrals import KEPT_MS, LARGEST_PICTURE
from reader.evidence import Basis, Finding, Holder, IdentityEvidence, Result
from tests.unit.proctor_node.conftest import add_people, check_in, sha256

JPEG, PNG = b"\xff\xd8\xff portrait", b"\x89PNG\r\n\x1a\n live"


def attached(station, kind: str, body: bytes) -> x.Attachment:
    return x.Attachment(sha256(body), kind, station.attempt, body)  # type: ignore[arg-type]  # hostile kinds come over HTTP


def pictures(station, portrait: bytes = JPEG, live: bytes = PNG) -> x.Attachment:
    return attached(
        station, "referral_pictures", msgspec.json.encode(x.ReferralPictures(portrait, live, station.node.now(), 3))
    )


@pytest.fixture
def case(bench):
    """LTT-01-01 was referred, with evidence and pictures."""
    add_people(bench.node)
    station = bench.stations["LTT-01-01"]
    row = bench.node.candidate_at(station.seat, "1")
    holder = Holder("C1", row.personal_number, row.name, "X", "2008-03-16", row.sex, "2033-01-01", "VNM")
    face = Finding(
        "face.comparison", Result.INCONCLUSIVE, "", "", Basis.STATION_ATTESTED, {"fmr_at_similarity": "0.0006"}
    )
    evidence = msgspec.json.encode(IdentityEvidence(holder, None, (face,)))
    batch = station.batch(*check_in("refer", "face_uncertain", station=station.name))
    station.send(
        station.request(batch, attachments=(attached(station, "identity_evidence", evidence), pictures(station)))
    )
    return bench, station


def who(bench, name="thanh"):
    return bench.node.people.accounts[name]


def test_the_case_puts_chip_and_roster_side_by_side_without_a_card_number(case):
    bench, station = case
    told = bench.node.case(who(bench), station.attempt)

    assert told["differs"] == ["birth_date"]
    assert told["face_fmr"] == "0.0006"
    assert (told["portrait"], told["live"], told["tries"]) == (True, True, 3)
    number = bench.node.candidate_at(station.seat, "1").personal_number
    assert number not in repr(told)
    assert told["chip"]["personal_number"] == told["roster"]["personal_number"] == f"{number[:3]}*****{number[-4:]}"


def test_pictures_are_shown_logged_and_written_nowhere(case, tmp_path):
    bench, station = case
    assert bench.node.picture(who(bench), station.attempt, "portrait") == (JPEG, "image/jpeg")
    assert bench.node.picture(who(bench), station.attempt, "live") == (PNG, "image/png")
    looks = [what for _, _, name, what in bench.store.log_lines() if name == "thanh"]
    assert [what.split(" ")[1] for what in looks[:2]] == ["live", "portrait"]
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if JPEG in path.read_bytes() or PNG in path.read_bytes()]


@pytest.mark.parametrize("how", ["time", "decision", "ended", "restart"])
def test_pictures_go_with_the_decision_or_after_fifteen_minutes(case, how):
    bench, station = case
    node = bench.node
    if how == "time":
        bench.clocks.node_ms += KEPT_MS
    elif how == "decision":
        node.decide(station.attempt, ("thanh", "hoa"), "admit", "ánh sáng kém")
    elif how == "ended":
        station.say(e.ReferralDecided("admit", ("thanh", "hoa"), "tại máy", "seat"))
    else:
        node = bench.restart()
    with pytest.raises(Refused, match="no_picture"):
        node.picture(who(bench), station.attempt, "portrait")
    assert station.attempt not in node._held


@pytest.mark.parametrize("body", [b"<svg onload=alert(1)>", b"GIF89a", b"\xff\xd8\xff" + bytes(LARGEST_PICTURE), b""])
def test_what_is_no_picture_is_not_kept(bench, body):
    add_people(bench.node)
    station = bench.stations["LTT-01-01"]
    batch = station.batch(*check_in("refer", "face_uncertain", station=station.name))
    station.send(
        station.request(
            batch, attachments=(pictures(station, body, body), attached(station, "referral_pictures", b"{"))
        )
    )
    with pytest.raises(Refused, match="no_picture"):
        bench.node.picture(who(bench), station.attempt, "live")


def test_a_station_sends_no_pictures_for_somebody_elses_candidate(bench):
    one, other = bench.stations["LTT-01-01"], bench.stations["TS-01-01"]
    other.send(other.request(attachments=(pictures(one),)))
    assert bench.node._held == {}


def test_another_site_sees_neither_case_nor_picture(case):
    bench, station = case
    for look in (bench.node.case, lambda a, n: bench.node.picture(a, n, "live")):
        with pytest.raises(Refused, match="another_site"):
            look(who(bench, "duc"), station.attempt)


def test_a_candidate_is_found_by_the_whole_number_the_cards_qr_or_a_name_without_marks(bench):
    add_people(bench.node)
    row = next(c for c in bench.node.plan.candidates if (c.site, c.shift) == ("LTT", "1"))
    find = lambda text, name="thanh": [f["sbd"] for f in bench.node.find(who(bench, name), text)]  # noqa: E731 - one line each
    assert find(row.personal_number) == [row.sbd]
    assert find(f"{row.personal_number}|123456789|{row.name}|15032008|Nữ||01012021") == [row.sbd]
    assert find(row.sbd) == [row.sbd]
    assert find("tran duc") or find("nguyen thi")
    assert find(row.personal_number[:11]) == []
    assert find(row.personal_number, "duc") == []
    assert row.personal_number not in repr(bench.node.find(who(bench), row.sbd))


def test_the_roll_is_what_a_person_saw_apart_from_what_the_pc_did(bench):
    add_people(bench.node)
    mine = bench.node.roll(who(bench))
    assert {line["site"] for line in mine} == {"LTT"}
    bench.node.call_roll(who(bench), mine[0]["attempt"], "absent")
    assert bench.node.roll(who(bench))[0]["called"] == "absent"
    assert bench.node.board().seats[0].phase == "expected"
    for name, attempt, state, reason in (
        ("duc", mine[0]["attempt"], "here", "another_site"), ("thanh", mine[0]["attempt"], "ill", "not_understood"),
        ("quan", "KS12/1/none", "here", "unknown_attempt"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=reason):
            bench.node.call_roll(who(bench, name), attempt, state)
