"""A station speaks for its own seat alone, and a record begins where records begin."""

from __future__ import annotations

import hashlib

import pytest

from exam_engine import events as e
from exam_engine import exchange as x
from exam_engine.attempt import Phase
from proctor_node.node import Node

CHECK_IN = (
    e.CheckInBegan("LTT-01-01", "01", 1, True),
    e.IdentityChecked("00" * 32, (), 90, 0, 2500, 900),
    e.AdmissionDecided("admit", ()),
)
STARTED = (e.RulesAccepted(), e.Started("d" * 64, "0101", "0" * 64, 1, 10**15))


@pytest.fixture
def station(bench):
    return bench.stations["LTT-01-01"]


def test_a_station_cannot_write_the_record_of_another_seat(bench, station):
    victim = bench.stations["LTT-01-02"]
    station.sit(victim.attempt.rsplit("/", 1)[1])
    station.say(*CHECK_IN)

    assert victim.attempt not in bench.node.intake.records
    assert victim.say(*CHECK_IN).receipts[0].sequence == 3


def test_a_station_cannot_take_an_attempt_over_without_an_order(bench, station):
    station.say(*CHECK_IN, *STARTED)
    thief = bench.stations["LTT-01-04"]
    thief.sit(station.attempt.rsplit("/", 1)[1], epoch=2, previous_head=station.head.hex())
    thief.say(e.TakenOver(station.name, thief.name, 1, station.head.hex(), station.sequence, ("nobody",), 10**15))

    assert bench.node.intake.attempt(station.attempt).epoch == 1


def test_an_unknown_person_is_written_under_the_station_that_saw_them(bench, station):
    station.attempt = f"KS12/1/unknown-{station.name}-1"
    station.sit(f"unknown-{station.name}-1")
    assert station.say(*CHECK_IN).receipts[0].sequence == 3

    other = bench.stations["LTT-01-02"]
    other.sit(f"unknown-{station.name}-2")
    other.say(*CHECK_IN)
    assert other.attempt not in bench.node.intake.records


def test_a_record_that_does_not_begin_at_its_own_beginning_is_not_taken(bench, station):
    station.head = bytes(32)
    station.say(*CHECK_IN)

    assert station.attempt not in bench.node.intake.records


def test_a_second_story_of_the_same_entries_is_named_and_changes_nothing(bench, station):
    station.say(*CHECK_IN, *STARTED, e.Answered("I.1", "A"))
    station.sit(station.attempt.rsplit("/", 1)[1])
    station.say(*CHECK_IN, *STARTED, e.Answered("I.1", "D"), e.Answered("I.2", "D"))

    record = bench.node.intake.records[station.attempt]
    assert record.attempt.responses == {"I.1": "A"}
    assert "fork" in record.oddities


def test_the_same_batch_twice_in_one_request_is_one_batch(bench, station):
    batch = station.batch(*CHECK_IN)
    answer = station.send(station.request(batch, batch))

    assert {receipt.sequence for receipt in answer.receipts} == {3}
    assert bench.store.count_events() == (3, 3)


def test_evidence_for_another_seat_is_not_kept(bench, station):
    victim = bench.stations["LTT-01-02"]
    body = b'{"holder":null,"files":null,"findings":[]}'
    foreign = x.Attachment(hashlib.sha256(body).hexdigest(), "identity_evidence", victim.attempt, body)
    station.send(station.request(attachments=(foreign,)))

    assert bench.store.attachments(victim.attempt) == []


def test_a_restart_keeps_to_the_branch_that_was_taken_over(bench):
    station, heir = bench.seat_at_work("LTT-01-01", e.Answered("I.1", "A")), bench.stations["LTT-01-04"]
    heir.say(bench.move(station, heir), e.Answered("I.2", "B"))
    station.say(e.LinkChanged(online=True))
    before = bench.node.intake.attempt(station.attempt)

    again = Node(bench.store, bench.node._signing, bench.clocks.clocks(), purpose="demonstration")
    assert again.intake.attempt(station.attempt) == before
    assert before.responses == {"I.1": "A", "I.2": "B"}
    assert before.phase is Phase.WORKING
