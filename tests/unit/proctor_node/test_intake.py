"""Each entry counts once, gaps and contradictions are named, and a restart changes nothing."""

from __future__ import annotations

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exam_engine import events as e
from exam_engine import exchange as x
from exam_engine.attempt import Phase
from exam_engine.record import verify_receipt
from proctor_node.codes import ALPHABET
from proctor_node.errors import Refused
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


def test_a_batch_sent_twice_counts_once_and_is_confirmed_twice(bench, station):
    batch = station.batch(*CHECK_IN)
    first = station.send(station.request(batch))
    second = station.send(station.request(batch))

    assert [receipt.sequence for receipt in first.receipts + second.receipts] == [3, 3]
    assert bench.store.count_events() == (3, 3)
    assert bench.node.intake.attempt(station.attempt).phase is Phase.VERIFIED


def test_a_batch_after_a_gap_is_not_taken_and_the_receipt_says_how_far_the_node_is(bench, station):
    station.send(station.request(station.batch(*CHECK_IN)))
    lost = station.batch(*STARTED)
    later = station.batch(e.Answered("I.1", "A"))

    answer = station.send(station.request(later))
    assert [receipt.sequence for receipt in answer.receipts] == [3]
    answer = station.send(station.request(lost))
    answer = station.send(station.request(later))
    assert [receipt.sequence for receipt in answer.receipts] == [6]
    assert bench.node.intake.attempt(station.attempt).responses == {"I.1": "A"}


def test_a_batch_that_reaches_back_adds_only_what_is_new(bench, station):
    part = station.batch(*CHECK_IN)
    station.send(station.request(part))
    station.sit(station.attempt.rsplit("/", 1)[1])
    whole = station.batch(*CHECK_IN, *STARTED)

    assert station.send(station.request(whole)).receipts[0].sequence == 5
    assert bench.store.count_events() == (5, 5)


def test_receipts_verify_with_the_key_of_the_node_alone(bench, station):
    receipt = station.say(*CHECK_IN).receipts[0]

    verify_receipt(receipt, bench.node.key)
    with pytest.raises(Exception, match="signature"):
        verify_receipt(receipt, Ed25519PrivateKey.generate().public_key().public_bytes_raw())


def test_a_batch_signed_by_another_key_is_not_believed(bench, station):
    batch = station.batch(*CHECK_IN)
    other = bench.stations["LTT-01-02"]
    forged = msgspec.structs.replace(batch, signature=other.signing.sign(b"something else"))

    station.send(station.request(forged))
    assert station.attempt not in bench.node.intake.records
    assert bench.store.count_events() == (0, 0)


def test_one_changed_letter_breaks_the_batch(bench, station):
    batch = station.batch(*CHECK_IN)
    changed = (batch.entries[0].replace('"01"', '"02"'), *batch.entries[1:])

    station.send(station.request(msgspec.structs.replace(batch, entries=changed)))
    assert bench.store.count_events() == (0, 0)


def test_a_counter_that_does_not_grow_is_a_replay(station):
    request = station.request()
    station.send(request)

    with pytest.raises(Refused, match="replayed"):
        station.send(msgspec.structs.replace(request, nonce=station.nonce))


def test_an_unknown_nonce_is_refused_with_a_fresh_one_that_works(station):
    station.nonce = "0" * 32
    with pytest.raises(Refused) as refused:
        station.say(*CHECK_IN)
    reason, _, fresh = refused.value.reason.partition(":")

    assert reason == "stale_nonce"
    station.nonce = fresh
    assert station.say().station == station.name


def test_a_batch_that_contradicts_the_head_is_not_taken(bench, station):
    station.say(*CHECK_IN)
    station.head = bytes(32)

    station.say(*STARTED)
    assert bench.store.count_events() == (3, 3)


def test_what_the_old_station_writes_after_a_takeover_is_kept_and_named(bench):
    station, heir = bench.seat_at_work("LTT-01-01", e.Answered("I.1", "A")), bench.stations["LTT-01-04"]
    heir.say(bench.move(station, heir), e.Answered("I.2", "B"))
    kept = bench.store.count_events()[0]

    station.say(e.LinkChanged(online=True))
    record = bench.node.intake.records[station.attempt]
    assert record.oddities == ["branch_after_takeover"]
    assert record.attempt.responses == {"I.1": "A", "I.2": "B"}
    assert bench.store.count_events() == (kept + 1, kept + 1)


def test_a_move_hands_over_the_whole_record_and_the_time_that_is_left(bench):
    station, heir = bench.seat_at_work("LTT-01-01", e.Answered("I.1", "A")), bench.stations["LTT-01-04"]
    taken = bench.move(station, heir)
    order = next(told.act for told in heir.told if isinstance(told.act, x.MoveIn))

    assert len(order.entries) == taken.previous_sequence == station.sequence
    assert order.deadline == bench.node.intake.attempt(station.attempt).deadline
    heir.say(taken)
    assert bench.node.intake.attempt(station.attempt).phase is Phase.WORKING
    assert bench.node.intake.attempt(station.attempt).station == heir.name


def test_the_receipt_code_comes_with_the_end_and_is_always_the_same(station):
    assert station.say(*CHECK_IN, *STARTED).receipts[0].code == ""
    batch = station.batch(e.ClosedByTime(0))
    codes = {station.send(station.request(batch)).receipts[0].code for _ in range(3)}

    assert len(codes) == 1
    groups = codes.pop().split("-")
    assert [len(group) for group in groups] == [4, 4, 4]
    assert set("".join(groups)) <= set(ALPHABET)
    assert not set("01OILU") & set(ALPHABET)


def test_a_node_that_starts_again_knows_every_attempt_and_goes_on(bench, station):
    station.say(*CHECK_IN, *STARTED, e.Answered("I.2", "B"))
    before = bench.node.intake.attempt(station.attempt)

    again = Node(bench.store, Ed25519PrivateKey.generate(), bench.clocks.clocks(), purpose="demonstration")
    assert again.intake.attempt(station.attempt) == before
    station.node = again
    with pytest.raises(Refused, match="stale_nonce") as refused:
        station.say()
    station.nonce = refused.value.reason.partition(":")[2]
    assert station.say(e.Answered("I.2", "C")).receipts[0].sequence == 7


def test_a_revoked_station_is_not_heard(bench, station):
    body = x.encode(station.request())
    signature = station.signing.sign(x.signing_input(x.exchange_path(station.name), body))
    assert bench.node.authenticate(station.name, x.exchange_path(station.name), body, signature).station == station.name

    bench.node.revoke(station.name)
    with pytest.raises(Refused, match="station_revoked"):
        bench.node.authenticate(station.name, x.exchange_path(station.name), body, signature)


@pytest.mark.parametrize("change", ["path", "body", "signature"])
def test_a_request_is_believed_only_as_it_was_signed(bench, station, change):
    path, body = x.exchange_path(station.name), x.encode(station.request())
    signature = station.signing.sign(x.signing_input(path, body))
    given = {"path": path, "body": body, "signature": signature}
    given[change] = {"path": x.provision_path(station.name), "body": body + b" ", "signature": bytes(64)}[change]

    with pytest.raises(Refused, match="station_signature_invalid"):
        bench.node.authenticate(station.name, given["path"], given["body"], given["signature"])


def test_an_enrolment_code_works_once(bench):
    code = bench.node.enrolment_code(bench.stations["LTT-01-01"].seat)
    key = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    first = bench.node.enrol(x.EnrolRequest(code, key, key, "1"))
    assert first.station == "LTT-01-01"
    # Its answer was lost: the same PC asks again and is told the same.
    assert bench.node.enrol(x.EnrolRequest(code, key, key, "1")) == first

    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    for wrong, keys in ((code, (other, key)), (code, (key, other)), ("0000-0000-0000", (key, key))):
        with pytest.raises(Refused, match="enrolment_code_invalid"):
            bench.node.enrol(x.EnrolRequest(wrong, *keys, "1"))
    bench.node.revoke("LTT-01-01")
    with pytest.raises(Refused, match="enrolment_code_invalid"):
        bench.node.enrol(x.EnrolRequest(code, key, key, "1"))


def test_a_pc_that_enrols_again_after_it_spoke_keeps_its_place_in_the_exchange(bench):
    seat = bench.stations["LTT-01-01"].seat
    code, signing = bench.node.enrolment_code(seat), Ed25519PrivateKey.generate()
    key = signing.public_key().public_bytes_raw()
    told = bench.node.enrol(x.EnrolRequest(code, key, key, "1"))
    pc = bench.stations["LTT-01-01"]
    pc.signing, pc.nonce, pc.counter = signing, told.nonce, 0
    pc.say()
    old = pc.request()
    assert bench.node.enrol(x.EnrolRequest(code, key, key, "1")).nonce == pc.nonce
    pc.send(old)
    with pytest.raises(Refused, match="replayed"):
        pc.send(old)


def test_an_attachment_that_is_not_what_its_digest_says_is_not_kept(bench, station):
    batch = station.batch(*CHECK_IN)
    wrong = x.Attachment("0" * 64, "identity_evidence", station.attempt, b"{}")

    station.send(station.request(batch, attachments=(wrong,)))
    assert bench.store.attachments(station.attempt) == []
