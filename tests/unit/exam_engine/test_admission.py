"""Who may sit: one named case a line."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from exam_engine import admission, profile
from exam_engine.candidate import Candidate
from exam_engine.plan import Seat
from reader.evidence import ChipFiles, Finding, Holder, IdentityEvidence, Result

START = 1_795_480_200_000
SEAT = Seat("TS", "03", 17)
ROW = Candidate("30004527", "Trần Thị Ngọc Ẩn", "2008-03-15", "F", "042308123456", "TS", "03", 17, "1")
PROFILE = profile.load(profile.shipped().replace('"required"', '"when_performed"'))
HOLDER = Holder(
    "308123456", "042308123456", "Trần Thị Ngọc Ẩn", "TRAN THI NGOC AN", "2008-03-15", "F", "2033-03-15", "VNM"
)
PA = "passive_authentication"
GOOD = {
    f"{PA}.hash.DG1": Result.PASSED,
    f"{PA}.hash.DG2": Result.PASSED,
    f"{PA}.signature": Result.PASSED,
    f"{PA}.chain": Result.PASSED,
    f"{PA}.country": Result.PASSED,
    f"{PA}.validity": Result.PASSED,
    "active_authentication": Result.PASSED,
    "consistency.promised_keys": Result.PASSED,
    "face.comparison": Result.PASSED,
}
SITUATION = admission.Situation(
    START - 600_000, START, "1", SEAT, read_chip=True, compare_face=True, today="2026-11-24"
)


def evidence(holder=HOLDER, **changes):
    results = {**GOOD, **{name.replace("__", "."): value for name, value in changes.items()}}
    codes = {
        f"{PA}.chain": "no_trust_anchor",
        "face.comparison": "face_mismatch",
        f"{PA}.hash.DG2": "data_group_altered",
    }
    findings = tuple(
        Finding(check, result, "" if result is Result.PASSED else codes.get(check, ""))
        for check, result in results.items()
    )
    return IdentityEvidence(holder, ChipFiles(b"sod", b"dg1", dg2_sha256="00"), findings)


CASES = [
    ("a good card and face", evidence(), {}, ROW, "admit", ()),
    ("not on the roster", evidence(), {}, None, "refuse", ("not_on_roster",)),
    ("ten minutes late", evidence(), {"now": START + 600_000}, ROW, "admit", ("late",)),
    ("sixteen minutes late", evidence(), {"now": START + 960_000}, ROW, "refuse", ("too_late",)),
    ("exactly fifteen minutes late", evidence(), {"now": START + 900_000}, ROW, "admit", ("late",)),
    ("an altered portrait", evidence(**{f"{PA}.hash.DG2": Result.FAILED}), {}, ROW, "refuse", ("data_group_altered",)),
    ("no trust anchor", evidence(**{f"{PA}.chain": Result.INCONCLUSIVE}), {}, ROW, "refer", ("no_trust_anchor",)),
    ("a signer that the anchor did not issue", evidence(**{f"{PA}.chain": Result.FAILED}), {}, ROW, "refuse", ("signer_not_trusted",)),
    ("a signature that nobody checked", evidence(**{f"{PA}.signature": Result.NOT_PERFORMED}), {}, ROW, "refuse", ("signature_invalid",)),
    ("a hash that nobody checked", evidence(**{f"{PA}.hash.DG1": Result.NOT_PERFORMED}), {}, ROW, "refer", ("data_group_not_checked",)),
    ("a clone", evidence(active_authentication=Result.FAILED), {}, ROW, "refuse", ("chip_not_genuine",)),
    ("another face", evidence(face__comparison=Result.FAILED), {}, ROW, "refer", ("face_mismatch",)),
    ("no face compared", evidence(face__comparison=Result.NOT_PERFORMED), {}, ROW, "refer", ("face_not_compared",)),
    ("no consent to the camera", evidence(), {"compare_face": False}, ROW, "refer", ("without_biometrics",)),
    ("no card at all", IdentityEvidence(None, None), {"read_chip": False, "compare_face": False}, ROW, "refer", ("without_biometrics",)),
    ("another seat", evidence(), {"seat": Seat("TS", "03", 18)}, ROW, "refuse", ("wrong_seat",)),
    ("another shift", evidence(), {"shift": "2"}, ROW, "refuse", ("wrong_shift",)),
    ("the card is in use elsewhere", evidence(), {"used_at": "TS-03-09"}, ROW, "refuse", ("card_in_use",)),
    ("pulled out and put back", evidence(), {"resumed": 1}, ROW, "admit", ("card_removed_resumed",)),
    ("an expired card", evidence(), {"today": "2034-01-01"}, ROW, "refer", ("card_expired",)),
    ("another birth date", evidence(replace(HOLDER, birth_date="2008-03-16")), {}, ROW, "refer", ("details_differ",)),
    ("another name", evidence(replace(HOLDER, name="Lê Văn Khác", name_mrz="LE VAN KHAC")), {}, ROW, "refer", ("details_differ",)),
    ("a mark of the name differs", evidence(replace(HOLDER, name="Trần Thị Ngọc Ân")), {}, ROW, "admit", ("name_spelling",)),
    ("only the MRZ name was read", evidence(replace(HOLDER, name="TRAN THI NGOC AN")), {}, ROW, "admit", ()),
    ("a state that is not accepted", evidence(replace(HOLDER, issuing_state="UTO")), {}, ROW, "refer", ("state_not_accepted",)),
    ("a key promised and not given", evidence(consistency__promised_keys=Result.FAILED), {}, ROW, "refuse", ("promised_key_missing",)),
    ("altered and late: both are named", evidence(**{f"{PA}.hash.DG2": Result.FAILED}), {"now": START + 1000}, ROW, "refuse", ("late", "data_group_altered")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "found", "where", "row", "decision", "reasons"), CASES, ids=[case[0] for case in CASES]
)
def test_case(name, found, where, row, decision, reasons):
    decided = admission.decide(found, row, replace(SITUATION, **where), PROFILE)
    assert (decided.decision, decided.reasons) == (decision, reasons), name


def test_a_liveness_check_that_nobody_made_refers_where_the_profile_requires_it():
    strict = profile.load(profile.shipped())
    assert admission.decide(evidence(), ROW, SITUATION, strict).reasons == ("liveness_not_performed",)


def test_every_reason_has_a_message_code_or_none_on_purpose():
    reasons = {reason for *_, reasons in CASES for reason in reasons}
    assert reasons <= set(admission.MESSAGE_CODES)


def test_an_unanchored_card_may_be_refused_by_profile():
    rules = msgspec.structs.replace(PROFILE, admission=msgspec.structs.replace(PROFILE.admission, unanchored="refuse"))
    found = evidence(**{f"{PA}.chain": Result.INCONCLUSIVE})
    assert admission.decide(found, ROW, SITUATION, rules).decision == "refuse"
