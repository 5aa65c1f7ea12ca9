"""A referred candidate is let in by two persons with two roles: at the seat, also offline, and what the node believes of it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from exam_engine import events as e
from exam_engine import exchange as x
from exam_engine.plan import Seat
from exam_engine.record import Entry, encode_entry, make_batch
from hardware_mocks.lone_station import ATTEMPT, HEAD, INVIGILATOR, PEOPLE, prove_both
from proctor_node.errors import Refused
from station.journey import intents
from station.officials import TRIES
from tests.scenarios.test_takeover_at_the_node import Room, form  # noqa: F401 - the fixture of this room

REASON = "đã đối chiếu giấy tờ"
SECOND = PEOPLE[2]


@pytest.fixture
def room(tmp_path, form):  # noqa: F811
    made = Room(tmp_path, form)
    yield made
    for pc in made.pcs.values():
        pc.journal.close()


@pytest.fixture
def referred(room):
    pc = room.pc(17)
    pc.do(intents.NoCard())
    assert pc.station.view.SCREEN == "S09"
    return pc


def record(room):
    return room.node.intake.records[ATTEMPT]


def keys_told(room, station="TS-03-17"):
    orders = room.node._instructions.get(station, ())
    return [order for order in orders if isinstance(order.act, x.Release) and order.act.sealed_key]


def test_two_persons_let_a_candidate_in_without_the_node_and_the_node_believes_it(room, referred):
    referred.node.cut = True
    referred.restart()
    referred.do(*prove_both())
    view = referred.station.view
    assert view.proved == (("invigilator", INVIGILATOR[0]), ("site_head", HEAD[0]))
    assert referred.do(intents.DecideAtSeat("admit", REASON)).SCREEN == "S10"
    referred.do(intents.AcceptRules())
    referred.node.cut = False
    room.talk(17)
    attempt = room.node.intake.attempt(ATTEMPT)
    assert attempt.decided.by == (INVIGILATOR[0], HEAD[0])
    assert (record(room).oddities, room.node.intake.undecided(ATTEMPT)) == ([], False)
    room.release()
    assert len(keys_told(room)) == 1
    room.restart_node()
    assert (record(room).oddities, room.node.intake.undecided(ATTEMPT)) == ([], False)


@pytest.mark.parametrize("second", [INVIGILATOR, SECOND[::2]])
def test_the_same_person_twice_and_the_same_role_twice_let_nobody_in(referred, second):
    referred.do(intents.OpenAtSeat(), intents.ProveAtSeat(*INVIGILATOR), intents.ProveAtSeat(*second))
    view = referred.do(intents.DecideAtSeat("admit", REASON))
    assert (view.SCREEN, view.proved) == ("S09b", (("invigilator", INVIGILATOR[0]), ("site_head", "")))
    assert not [entry for entry in referred.events() if isinstance(entry.event, e.ReferralDecided)]


def test_a_wrong_pin_locks_after_five_tries_also_offline_and_over_a_restart(room, referred):
    referred.node.cut = True
    name, right = HEAD
    referred.do(intents.OpenAtSeat())
    for left in range(TRIES - 1, 0, -1):
        assert referred.do(intents.ProveAtSeat(name, "864209")).error == f"pin_wrong:{left}"
        if left == 2:
            referred.restart()
            referred.do(intents.OpenAtSeat())
    assert referred.do(intents.ProveAtSeat(name, "864209")).error == "pin_locked"
    assert referred.do(intents.ProveAtSeat(name, right)).error == "pin_locked"
    assert referred.do(intents.ProveAtSeat(*INVIGILATOR)).error == ""
    assert referred.do(intents.ProveAtSeat("Nguyễn Văn Lạ", "864209")).error == "pin_locked"
    referred.node.cut = False
    room.node.set_pin(name, "975318")
    for _ in range(3):
        referred.exchange()
    referred.do(intents.OpenAtSeat())
    assert referred.do(intents.ProveAtSeat(name, right)).error == f"pin_wrong:{TRIES - 1}"
    assert referred.do(intents.ProveAtSeat(name, "975318")).proved[1] == ("site_head", name)


def test_a_try_is_on_the_disk_before_it_is_made(referred, monkeypatch):
    from station import officials

    def cut(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(officials.roster, "unlock", cut)
    with pytest.raises(KeyboardInterrupt):
        referred.do(intents.OpenAtSeat(), intents.ProveAtSeat(HEAD[0], "864209"))
    monkeypatch.undo()
    referred.restart()
    referred.do(intents.OpenAtSeat())
    assert referred.do(intents.ProveAtSeat(HEAD[0], "864209")).error == f"pin_wrong:{TRIES - 2}"


def test_proofs_do_not_outlast_the_page(referred):
    referred.do(*prove_both())
    referred.do(intents.CloseAtSeat(), intents.OpenAtSeat())
    assert referred.do(intents.DecideAtSeat("admit", REASON)).SCREEN == "S09b"
    assert referred.station.officials._open == {}


def test_a_roster_that_the_node_did_not_sign_lets_nobody_decide(referred):
    provision = referred.station.journey.provision
    referred.station.provide(replace(provision, officials=provision.officials.replace(b"site_head", b"invigilator")))
    referred.do(intents.OpenAtSeat(), intents.ProveAtSeat(*HEAD))
    assert referred.station.view.officials == ()
    assert referred.station.view.error == "pin_locked"


def test_the_roster_of_a_site_has_those_who_may_decide_there_now(room):
    room.node.add_account("Người Khác", "invigilator", "mat khau dai", "LTT")
    room.node.set_pin("Người Khác", "864209")
    room.node.add_account("quan", "administrator", "mat khau dai")
    with pytest.raises(Refused, match="role_decides_nothing"):
        room.node.set_pin("quan", "864209")
    with pytest.raises(Refused, match="pin_weak"):
        room.node.set_pin(HEAD[0], "123456")
    room.node.add_account(SECOND[0], "teacher", "mat khau dai", "TS")
    pc = room.pc(17)
    assert sorted(pc.station.journey.officials) == sorted([(INVIGILATOR[0], "invigilator"), (HEAD[0], "site_head")])


def forged(room, pc, event):
    """The PC is in somebody's hands: it writes and signs what it likes."""
    journal = pc.journal
    first = journal.next_sequence(ATTEMPT, 1)
    journal.append(ATTEMPT, 1, (encode_entry(Entry(first, room.clock.node, event)),), "")
    head, entries = journal.since(ATTEMPT, 1, first)
    return make_batch(pc._signing, ATTEMPT, 1, first, tuple(entries), head)


@pytest.mark.parametrize(
    "event",
    [
        e.ReferralDecided("admit", (INVIGILATOR[0], HEAD[0]), REASON, "seat", ("invigilator", "site_head")),
        e.ReferralDecided("admit", (INVIGILATOR[0], HEAD[0]), REASON, "seat"),
        e.ReferralDecided("admit", ("thanh", "hoa"), REASON, "board"),
    ],
)
def test_a_decision_that_nobody_proved_opens_no_paper_until_two_persons_confirm_it_at_the_node(room, referred, event):
    room.talk(17)
    forged(room, referred, event)
    room.talk(17)
    room.release()
    assert "decision_not_proved" in record(room).oddities
    assert room.node.intake.undecided(ATTEMPT)
    assert keys_told(room) == []
    room.restart_node()
    assert room.node.intake.undecided(ATTEMPT)
    with pytest.raises(Refused, match="second_person_must_differ"):
        room.node.decide(ATTEMPT, ("hoa", "hoa"), "admit", REASON)
    with pytest.raises(Refused, match="needs_invigilator_and_site_head"):
        room.node.decide(ATTEMPT, ("thanh", INVIGILATOR[0]), "admit", REASON)
    room.node.decide(ATTEMPT, ("thanh", "hoa"), "admit", REASON)
    assert not room.node.intake.undecided(ATTEMPT)
    room.restart_node()
    assert not room.node.intake.undecided(ATTEMPT)


def test_the_decision_of_another_candidate_is_not_believed_here(room, referred):
    referred.do(*prove_both())
    referred.do(intents.DecideAtSeat("admit", REASON))
    (own,) = [entry.event for entry in referred.events() if isinstance(entry.event, e.ReferralDecided)]
    sequence = next(entry.sequence for entry in referred.events() if entry.event is not None and entry.event == own)
    judge = room.node._missing
    assert judge("TS-03-17", ATTEMPT, 1, Entry(sequence, 0, own)) == ""
    assert judge("TS-03-17", "K/1/30004599", 1, Entry(sequence, 0, own)) == "not_signed"
    assert judge("TS-03-17", ATTEMPT, 1, Entry(sequence + 1, 0, own)) == "not_signed"


def test_a_pin_that_was_changed_since_still_counts_for_what_it_signed(room, referred):
    referred.do(*prove_both())
    referred.do(intents.DecideAtSeat("admit", REASON))
    room.node.set_pin(HEAD[0], "975318")
    room.talk(17)
    assert record(room).oddities == []


def test_who_was_moved_in_mid_test_and_referred_there_is_let_in_from_the_board(room):
    old, new = room.begin(), room.pc(24)
    old.do(intents.Respond("I.1", "A"))
    room.talk(17)
    room.node.move(ATTEMPT, ("thanh",), "TS-03-24")
    room.talk(17, 24)
    assert new.station.journey.provision.seat == Seat("TS", "03", 24)
    new.do(intents.NoCard())
    room.talk(24)
    assert new.station.view.SCREEN == "S09"
    assert [alarm for alarm in room.node.board().alarms if alarm.kind == "identity"]
    assert room.node.case(room.node.people.accounts["thanh"], ATTEMPT)["reasons"] is not None
    room.node.decide(ATTEMPT, ("thanh", "hoa"), "admit", REASON)
    room.talk(24)
    view = new.do(intents.ContinueAttempt())
    assert (view.SCREEN, new.station.journey.attempt.responses) == ("S12", {"I.1": "A"})
    assert room.node.intake.undecided(ATTEMPT) is False
