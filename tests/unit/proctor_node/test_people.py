"""Who may decide, act and look; stations get their own room and shift."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest
from cryptography.exceptions import InvalidTag

from exam_engine import events as e
from exam_engine import exchange as x
from exam_engine.plan import Provision
from hardware_mocks.issuing_state import IssuingState
from proctor_node.errors import AnchorRefused, Refused
from proctor_node.fleet import PROVISION_INFO, SUITE
from proctor_node.node import Node
from proctor_node.people import TRIES

REFERRED = (
    e.CheckInBegan("LTT-01-01", "01", 1, True),
    e.IdentityChecked("00" * 32, (), 90, 0, 2500, 900),
    e.AdmissionDecided("refer", ("face_uncertain",)),
)
KEY = {f"I.{n}": "A" for n in range(1, 5)}
ACCOUNTS = (("thanh", "invigilator"), ("hoa", "site_head"), ("duc", "invigilator"), ("quan", "administrator"))


@pytest.fixture
def referred(bench):
    for name, role in ACCOUNTS:
        bench.node.add_account(name, role, f"mat khau cua {name}", "LTT" if role != "administrator" else "")
    station = bench.stations["LTT-01-01"]
    station.say(*REFERRED)
    return station


def test_an_invigilator_and_the_site_head_decide_together(bench, referred):
    bench.node.decide(referred.attempt, ("thanh", "hoa"), "admit", "ánh sáng kém")

    (told,) = [i for i in referred.say().instructions if isinstance(i.act, x.Decide)]
    assert (told.by, told.act.decision, told.attempt) == (("thanh", "hoa"), "admit", referred.attempt)


@pytest.mark.parametrize(
    ("by", "reason"),
    [
        (("thanh", "thanh"), "second_person_must_differ"),
        (("hoa", "hoa"), "second_person_must_differ"),
        (("thanh", "nobody"), "second_person_must_differ"),
        (("thanh", "duc"), "needs_invigilator_and_site_head"),
        (("quan", "hoa"), "needs_invigilator_and_site_head"),
    ],
)
def test_no_other_pair_decides(bench, referred, by, reason):
    with pytest.raises(Refused, match=reason):
        bench.node.decide(referred.attempt, by, "admit", "ánh sáng kém")
    assert [i for i in referred.say().instructions if isinstance(i.act, x.Decide)] == []


def test_a_decision_needs_a_reason_and_something_to_decide(bench, referred):
    with pytest.raises(Refused, match="decision_needs_a_reason"):
        bench.node.decide(referred.attempt, ("thanh", "hoa"), "admit", "  ")
    with pytest.raises(Refused, match="nothing_to_decide"):
        bench.node.decide(bench.stations["LTT-01-02"].attempt, ("thanh", "hoa"), "admit", "x")


def test_instructions_are_numbered_and_sent_again_until_the_cursor_moves(bench, referred):
    bench.node.act(referred.attempt, ("thanh",), x.Text("một"))
    bench.node.act(referred.attempt, ("thanh",), x.Text("hai"))
    first = referred.say().instructions
    referred.cursor = first[-2].number
    again = referred.say().instructions

    assert [i.number for i in first] == list(range(first[0].number, first[0].number + len(first)))
    assert [i.act.text for i in again] == ["hai"]


def test_a_password_is_kept_as_a_hash_and_tries_are_limited(bench, referred, tmp_path):
    people = bench.node.people
    assert people.who(people.log_in("thanh", "mat khau cua thanh")).role == "invigilator"
    assert b"mat khau cua" not in b"".join(file.read_bytes() for file in tmp_path.glob("node.db*"))
    for _ in range(TRIES):
        with pytest.raises(Refused, match="login_wrong"):
            people.log_in("thanh", "wrong")
    with pytest.raises(Refused, match="too_many_tries"):
        people.log_in("thanh", "mat khau cua thanh")


def test_a_login_ends(bench, referred):
    token = bench.node.people.log_in("hoa", "mat khau cua hoa")
    bench.clocks.node_ms += 15 * 3600 * 1000
    with pytest.raises(Refused, match="not_logged_in"):
        bench.node.people.who(token)


def provision(bench, station) -> Provision:
    station.counter += 1
    enrolled = next(s for s in bench.node.stations() if s.station == station.name)
    raw = bench.node.provision(enrolled, station.counter)
    return msgspec.json.decode(SUITE.decrypt(raw, station.sealing, PROVISION_INFO), type=Provision)


def test_a_station_gets_its_own_room_and_shift_and_no_more(bench):
    told = provision(bench, bench.stations["TS-01-02"])

    assert {(c.site, c.room, c.shift) for c in told.candidates} == {("TS", "01", "1")}
    assert len(told.candidates) == 3
    assert len(set(told.authentication_nonces)) == len(told.authentication_nonces) > 0
    bench.node.open_shift("2")
    assert {c.shift for c in provision(bench, bench.stations["TS-01-02"]).candidates} == {"2"}


def test_a_provision_is_of_no_use_to_another_station(bench):
    station, other = bench.stations["TS-01-02"], bench.stations["TS-01-03"]
    station.counter += 1
    enrolled = next(s for s in bench.node.stations() if s.station == station.name)
    raw = bench.node.provision(enrolled, station.counter)

    with pytest.raises(InvalidTag):
        SUITE.decrypt(raw, other.sealing, PROVISION_INFO)


def test_every_station_is_told_when_the_shift_changes(bench):
    station = bench.stations["MK-01-01"]
    station.say()
    bench.node.open_shift("2")

    assert [type(i.act) for i in station.say().instructions] == [x.Reprovision]


def test_the_close_of_a_shift_is_told_to_every_station_once_nobody_works(bench):
    digest, _ = bench.seal()
    station, other = bench.stations["LTT-01-01"], bench.stations["MK-01-01"]
    station.say(*bench.check_in(station=station.name), *bench.started(digest))
    with pytest.raises(Refused, match="somebody_still_works"):
        bench.node.close_shift("1", "quan")
    with pytest.raises(Refused, match="unknown_shift"):
        bench.node.close_shift("9", "quan")
    station.say(e.ClosedByTime(0))
    bench.node.close_shift("1", "quan")
    for pc in (station, other):
        pc.say()
        assert pc.told[-1].act == x.CloseShift(bench.exam.id, "1")
    bench.node.close_shift("1", "quan", closed=False)
    other.say()
    assert other.told[-1].act == x.CloseShift(bench.exam.id, "1", closed=False)


def test_answer_keys_are_in_nothing_that_a_station_gets(bench):
    digest, _ = bench.seal()
    station = bench.stations["LTT-01-01"]
    told = msgspec.json.encode(provision(bench, station))
    station.counter += 1
    enrolled = next(s for s in bench.node.stations() if s.station == station.name)
    package = bench.node.fetch_form(enrolled, station.counter, digest)

    for item, right in KEY.items():
        assert f'"{item}":"{right}"'.encode() not in told + package


def test_a_production_node_refuses_the_anchor_of_a_specimen_state(bench):
    anchor = IssuingState(datetime(2026, 11, 24, tzinfo=UTC)).anchor_der()
    plan = bench.node.plan
    bench.node.set_plan(plan.exam, plan.candidates, plan.profile, (anchor,))
    strict = Node(bench.store, bench.node._signing, bench.clocks.clocks(), purpose="production")
    with pytest.raises(AnchorRefused):
        strict.set_plan(plan.exam, plan.candidates, plan.profile, (anchor,))
