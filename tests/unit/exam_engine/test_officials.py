"""Two officials with two roles and two keys: what their signatures are worth, and what is not believed."""

from __future__ import annotations

import os
from functools import cache

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec.structs import replace

from exam_engine import officials
from exam_engine.errors import DecisionNotProved, PinWrong, SignatureInvalid
from exam_engine.events import ReferralDecided

PLACE = ("K/1/30004527", 1, 6)
REASON = "đã đối chiếu giấy tờ"


@cache
def official(name, role):
    return officials.create(name, role, "246813", os.urandom)


def people():
    return (official("A", "invigilator"), official("B", "site_head"), official("C", "invigilator"))


def key(name):
    known = next(each for each in people() if each.name == name)
    return officials.unlock(known, "246813")


def decision(*by, roles=officials.ROLES):
    return ReferralDecided("admit", by, REASON, "seat", roles)


@pytest.fixture(scope="module")
def signed():
    return officials.signed(*PLACE, decision("A", "B"), {"A": key("A"), "B": key("B")})


def test_the_right_pin_opens_the_key_and_no_other_does():
    known = official("A", "invigilator")
    assert officials.unlock(known, "246813").public_key().public_bytes_raw() == known.signing_key
    for wrong in ("246814", "", "246813 "):
        with pytest.raises(PinWrong):
            officials.unlock(known, wrong)


def test_a_key_does_not_open_under_another_name_or_role():
    known = official("A", "invigilator")
    for changed in (replace(known, role="site_head"), replace(known, name="B")):
        with pytest.raises(PinWrong):
            officials.unlock(changed, "246813")


@pytest.mark.parametrize("pin", ["", "12345", "111111", "123456", "654321", "890123", "abcdef", "٢٤٦٨١٣", "1" * 13])
def test_a_weak_pin_is_not_taken(pin):
    with pytest.raises(PinWrong):
        officials.create("A", "invigilator", pin, os.urandom)


def test_a_decision_signed_by_both_holds(signed):
    officials.verify(*PLACE, signed, people())


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (decision("A", "A"), "one_person"),
        (decision("A"), "one_person"),
        (decision("A", "B", "C"), "one_person"),
        (decision("A", "C", roles=("invigilator", "invigilator")), "one_role"),
        (decision("A", "B", roles=("site_head", "site_head")), "one_role"),
        (decision("A", "C"), "unknown_official"),
        (decision("A", "Nobody"), "unknown_official"),
        (decision("B", "A"), "unknown_official"),
        (decision("A", "B"), "not_signed"),
    ],
)
def test_one_person_one_role_or_no_signature_is_not_believed(event, reason):
    held = {name: key(name) for name in ("A", "B", "C")}
    if set(event.by) <= held.keys() and reason != "not_signed":
        event = officials.signed(*PLACE, event, held)
    elif reason == "unknown_official":
        event = replace(event, proof=("", ""))
    with pytest.raises(DecisionNotProved) as told:
        officials.verify(*PLACE, event, people())
    assert told.value.reason == reason


@pytest.mark.parametrize("place", [("K/1/30004599", 1, 6), ("K/1/30004527", 2, 6), ("K/1/30004527", 1, 7)])
def test_a_decision_is_of_no_use_at_another_place(signed, place):
    with pytest.raises(DecisionNotProved, match="not_signed"):
        officials.verify(*place, signed, people())


@pytest.mark.parametrize(
    "changed", [{"decision": "refuse"}, {"reason": "khác"}, {"proof": ("AAAA", "AAAA")}, {"proof": ("?", "")}]
)
def test_a_changed_decision_is_not_believed(signed, changed):
    with pytest.raises(DecisionNotProved, match="not_signed"):
        officials.verify(*PLACE, replace(signed, **changed), people())


def test_the_signature_of_one_does_not_stand_for_the_other(signed):
    with pytest.raises(DecisionNotProved, match="not_signed"):
        officials.verify(*PLACE, replace(signed, proof=signed.proof[:1] * 2), people())


def test_nobody_signs_for_somebody_who_is_not_here():
    with pytest.raises(DecisionNotProved, match="not_signed"):
        officials.signed(*PLACE, decision("A", "B"), {"A": key("A")})


def test_a_roster_is_believed_with_the_nodes_signature_for_this_site_alone():
    node, other = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    public = node.public_key().public_bytes_raw()
    text, signature = officials.roster("K", "TS", people(), node.sign)
    assert officials.read_roster(text, signature, public, "K", "TS") == people()
    assert officials.read_roster(b"", b"", public, "K", "TS") == ()
    for raw, proof, exam, site in (
        (text.replace(b'"C"', b'"D"'), signature, "K", "TS"),
        (text, other.sign(text), "K", "TS"),
        (text, b"", "K", "TS"),
        (text, signature, "K", "LTT"),
        (text, signature, "K2", "TS"),
    ):
        with pytest.raises(SignatureInvalid):
            officials.read_roster(raw, proof, public, exam, site)
