"""One officer alone opens nothing; the key goes to admitted stations, each its own."""

from __future__ import annotations

import pytest

from exam_engine import events as e
from exam_engine.exchange import Release
from proctor_node.errors import Refused
from proctor_node.exchanging import spread
from question_bank import sealed_form
from question_bank.errors import SealBroken
from tests.unit.proctor_node.conftest import START, add_people

CHECK_IN = (
    e.CheckInBegan("", "01", 1, True),
    e.IdentityChecked("00" * 32, (), 90, 0, 2500, 900),
    e.AdmissionDecided("admit", ()),
)
LATE = 10 * 60_000


def releases(station) -> list[Release]:
    station.say()
    return [told.act for told in station.told if isinstance(told.act, Release) and told.act.sealed_key]


@pytest.fixture
def sealed(bench):
    bench.clocks.node_ms += LATE
    bench.stations["LTT-01-01"].say(*CHECK_IN)
    return bench.seal()


def test_two_officers_open_the_form_for_the_station_that_is_admitted(bench, sealed):
    digest, (an, binh, _) = sealed
    assert bench.sign(digest, an, "binh") is False
    assert bench.sign(digest, binh, "an") is True

    station = bench.stations["LTT-01-01"]
    (release,) = releases(station)
    key = sealed_form.open_key(release.sealed_key, station.sealing, digest)
    package = sealed_form.decode(bench.node.form_package(digest))
    assert sealed_form.open_form(package, key).startswith(b"{")
    assert release.starts_at == bench.node.started_at == bench.node.now()


def test_one_officer_signing_twice_opens_nothing(bench, sealed):
    digest, (an, _, _) = sealed
    bench.sign(digest, an, "binh")

    with pytest.raises(Refused, match="second_person_must_differ"):
        bench.sign(digest, an, "binh")
    assert releases(bench.stations["LTT-01-01"]) == []


def test_one_officer_under_two_names_opens_nothing(bench, sealed):
    digest, (an, _, _) = sealed
    bench.sign(digest, an, "binh")
    order = bench.node.propose(digest, 0)
    share = an.open_share(sealed_form.decode(bench.node.form_package(digest)), "chi")

    for name, reason in (("binh", "order_signature_invalid"), ("somebody", "unknown_officer")):
        with pytest.raises(Refused, match=reason):
            bench.node.sign_release(digest, name, an.sign(order), share)
    assert releases(bench.stations["LTT-01-01"]) == []


def test_nothing_opens_before_its_time_even_with_two_signatures(bench, sealed):
    digest, (an, binh, _) = sealed
    order = bench.node.propose(digest, bench.node.now() + 60_000)
    package = sealed_form.decode(bench.node.form_package(digest))
    bench.node.sign_release(digest, "an", an.sign(order), an.open_share(package, "binh"))
    with pytest.raises(Refused, match="not_before_its_time"):
        bench.node.sign_release(digest, "binh", binh.sign(order), binh.open_share(package, "an"))
    assert releases(bench.stations["LTT-01-01"]) == []

    bench.clocks.node_ms += 60_000
    assert bench.node.sign_release(digest, "binh", binh.sign(order), binh.open_share(package, "an"))


def test_a_station_without_an_admitted_candidate_gets_no_key_until_then(bench, sealed):
    digest, (an, binh, _) = sealed
    bench.sign(digest, an, "binh")
    bench.sign(digest, binh, "an")
    latecomer = bench.stations["LTT-01-02"]
    assert releases(latecomer) == []

    latecomer.say(*CHECK_IN)
    (release,) = releases(latecomer)
    assert release.starts_at == bench.node.started_at
    assert sealed_form.open_key(release.sealed_key, latecomer.sealing, digest)


def test_the_key_of_one_station_is_of_no_use_to_another(bench, sealed):
    digest, (an, binh, _) = sealed
    bench.sign(digest, an, "binh")
    bench.sign(digest, binh, "an")
    (release,) = releases(bench.stations["LTT-01-01"])

    with pytest.raises(SealBroken):
        sealed_form.open_key(release.sealed_key, bench.stations["LTT-01-02"].sealing, digest)


def test_a_referred_candidate_gets_the_key_with_the_decision_of_two(bench, sealed):
    digest, (an, binh, _) = sealed
    bench.sign(digest, an, "binh")
    bench.sign(digest, binh, "an")
    station = bench.stations["LTT-01-03"]
    station.say(
        e.CheckInBegan(station.name, "01", 3, True), *CHECK_IN[1:2], e.AdmissionDecided("refer", ("face_uncertain",))
    )
    assert releases(station) == []

    add_people(bench.node)
    bench.node.decide(station.attempt, ("thanh", "hoa"), "admit", "ánh sáng kém")
    station.say(e.ReferralDecided("admit", ("thanh", "hoa"), "ánh sáng kém", "board"))
    assert len(releases(station)) == 1


def test_the_content_key_is_in_no_table_of_the_store(bench, sealed, tmp_path):
    digest, (an, binh, _) = sealed
    bench.sign(digest, an, "binh")
    bench.sign(digest, binh, "an")
    station = bench.stations["LTT-01-01"]
    key = sealed_form.open_key(releases(station)[0].sealed_key, station.sealing, digest)

    for file in tmp_path.glob("node.db*"):
        assert key not in file.read_bytes()


def test_an_order_for_one_room_starts_that_room_alone(bench):
    digest, (an, binh, _) = bench.seal()
    bench.clocks.node_ms = START
    scope = "room/TS/01"
    for name in ("LTT-01-01", "TS-01-01"):
        bench.stations[name].say(*bench.check_in(station=name), e.RulesAccepted())
    package = sealed_form.decode(bench.node.form_package(digest))
    order = bench.node.propose(digest, 0, scope)
    assert order != bench.node.propose(digest, 0)
    assert not bench.node.sign_release(digest, "an", an.sign(order), an.open_share(package, "binh"), scope)
    # The other order has no signature yet: the two are never mixed.
    with pytest.raises(Refused, match="order_signature_invalid"):
        bench.node.sign_release(digest, "binh", binh.sign(order), binh.open_share(package, "an"))
    assert bench.node.sign_release(digest, "binh", binh.sign(order), binh.open_share(package, "an"), scope)

    keys = {
        name: [i for i in bench.stations[name].say().instructions if isinstance(i.act, Release)]
        for name in ("LTT-01-01", "TS-01-01")
    }
    assert [len(told) for told in keys.values()] == [0, 1]
    assert bench.node.signal_at("TS") == START
    assert bench.node.signal_at("LTT") == 0
    assert {seat.signal for seat in bench.node.board("LTT").seats} == {0}


@pytest.mark.parametrize("scope", ["", "room/TS", "site/XX", "room/TS/99", "ALL"])
def test_an_order_for_a_place_that_is_none_is_not_made(bench, scope):
    digest, _ = bench.seal()
    with pytest.raises(Refused, match="unknown_scope"):
        bench.node.propose(digest, 0, scope)


def test_a_station_with_another_build_is_held_out_until_two_let_it_in(bench):
    names = list(bench.stations)
    for name in names[1:]:
        bench.stations[name].say()
    odd = bench.stations[names[0]]
    assert odd.say(*bench.check_in(station=odd.name), e.RulesAccepted(), build="2").held_out == "build_differs"
    bench.give_signal()
    assert not [i for i in odd.say(build="2").instructions if isinstance(i.act, Release)]
    assert [(a.kind, a.station) for a in bench.node.board().alarms] == [("mixed_fleet", odd.name)]
    with pytest.raises(Refused, match="second_person_must_differ"):
        bench.node.let_in("2", ("hoa", "hoa"), "bản vá")
    with pytest.raises(Refused, match="unknown_build"):
        bench.node.let_in("3", ("hoa", "quan"), "bản vá")
    bench.node.let_in("2", ("hoa", "quan"), "bản vá")
    answer = odd.say(build="2")
    assert answer.held_out == ""
    assert [i for i in (*odd.told, *answer.instructions) if isinstance(i.act, Release)]


def test_a_key_that_does_not_open_can_be_sent_again(bench):
    pc = bench.stations["LTT-01-01"]
    pc.say(*bench.check_in(station=pc.name), e.RulesAccepted())
    bench.give_signal()
    assert sum(isinstance(i.act, Release) for i in pc.say().instructions) == 1
    bench.clocks.node_ms += 11_000
    assert [a.kind for a in bench.node.board().alarms] == ["not_opened"]
    bench.node.send_release_again(pc.name, "thanh")
    assert sum(isinstance(i.act, Release) for i in pc.say().instructions) == 1


def test_the_start_comes_as_a_drizzle_and_not_as_a_wave():
    polls = [spread(f"LTT-01-{seat:02d}", 1000) for seat in range(200)]
    assert 750 <= min(polls) < 800
    assert 1200 < max(polls) <= 1250
    assert len(set(polls)) > 30
