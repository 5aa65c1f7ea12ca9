"""What passive authentication says of true, altered, foreign and outdated cards."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta

import pytest
from asn1crypto import cms, keys
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware_mocks.chip.image import GROUP, SOD, CardImage
from hardware_mocks.chip.octets import wrap
from hardware_mocks.issuing_state import IssuingState
from reader import tlv
from reader.cms import SignedData
from reader.crypto.curves import CURVES
from reader.crypto.signatures import explicit_curve
from reader.errors import Malformed, NotSupported
from reader.evidence import Result, chip_verdict, data_verdict
from reader.lds import sod
from reader.passive_authentication import check_hash, verify
from reader.trust import TrustStore
from reader.trust_sources import read_source

from .conftest import HOLDER, NOW, PORTRAIT

NO_SIGNATURE = SignedData("", b"", b"", (), (), ())


def judged(card: CardImage, trust: TrustStore, *, state: str = "UTO", at: date | None = None) -> dict:
    groups = {name: card.files[number] for name, number in GROUP.items() if number in card.files}
    findings = verify(card.files[SOD], groups, trust, state, at)
    return {finding.check.removeprefix("passive_authentication."): finding for finding in findings}


def codes(found: dict) -> set[str]:
    return {finding.code for finding in found.values() if finding.result is Result.FAILED}


@pytest.fixture(scope="module")
def trust(state) -> TrustStore:
    return TrustStore.from_der([state.anchor_der()])


def resigned(state: IssuingState, card: CardImage, *, drop: str = "", key: ec.EllipticCurvePrivateKey | None = None) -> CardImage:  # fmt: skip
    """The card with one signed attribute left out, or signed by another key."""
    info = cms.ContentInfo.load(tlv.first(card.files[SOD], 0x77))
    signer = info["content"]["signer_infos"][0]
    kept = cms.CMSAttributes([a for a in signer["signed_attrs"] if a["type"].native != drop])
    signer["signed_attrs"] = kept
    signer["signature"] = (key or state._signer.key.private).sign(
        kept.untag().dump(force=True), ec.ECDSA(hashes.SHA256())
    )
    return CardImage({**card.files, SOD: wrap(0x77, info.dump(force=True))}, card.can, card.mrz_information)


def test_every_check_of_a_true_card_passes(card, trust):
    found = judged(card, trust)
    revocation, document_type = found.pop("revocation"), found.pop("document_type")
    assert (document_type.result, document_type.code) == (Result.NOT_PERFORMED, "no_document_type_list")
    assert {finding.result for finding in found.values()} == {Result.PASSED}
    assert (revocation.result, revocation.code) == (Result.NOT_PERFORMED, "no_revocation_list")
    assert data_verdict([*found.values(), revocation]) == "authentic"
    assert set(found) >= {"hash.DG1", "hash.DG2", "signature", "document_signer", "chain", "validity", "country"}


@pytest.mark.parametrize("group", ["DG1", "DG2", "DG13", "DG14", "DG15"])
@pytest.mark.parametrize("offset", [2, -1])
def test_one_flipped_bit_of_a_data_group_is_found_and_named(card, trust, group, offset):
    found = judged(card.with_altered_byte(group, offset), trust)
    assert found[f"hash.{group}"].code == "data_group_altered"
    assert codes(found) == {"data_group_altered"}
    assert data_verdict(found.values()) == "not_authentic"


def test_a_group_that_nobody_signed_fails(card, trust):
    files = {**card.files, GROUP["DG11"]: wrap(0x6B, b"x")}
    found = judged(CardImage(files, card.can, card.mrz_information), trust)
    assert found["hash.DG11"].code == "data_group_not_signed"


def test_a_changed_hash_in_the_security_object_breaks_the_signature(card, trust):
    altered = bytearray(card.files[SOD])
    digest = hashlib.sha256(card.files[GROUP["DG1"]]).digest()
    altered[bytes(altered).index(digest)] ^= 1
    found = judged(CardImage({**card.files, SOD: bytes(altered)}, card.can, card.mrz_information), trust)
    assert found["signature"].result is Result.FAILED
    assert found["signature"].code == "signature_invalid"


def test_a_signature_by_another_key_fails(state, card, trust):
    forged = resigned(state, card, key=ec.generate_private_key(ec.BrainpoolP256R1()))
    assert codes(judged(forged, trust)) == {"signature_invalid"}


def test_an_unknown_state_is_inconclusive_and_not_a_forgery(card):
    found = judged(card, TrustStore())
    assert (found["chain"].result, found["chain"].code) == (Result.INCONCLUSIVE, "no_trust_anchor")
    assert codes(found) == set()
    assert data_verdict(found.values()) == "inconclusive"


def test_an_anchor_of_the_same_name_and_another_key_proves_nothing(card):
    namesake = IssuingState(NOW)
    found = judged(card, TrustStore.from_der([namesake.anchor_der()]))
    assert (found["chain"].result, found["chain"].code) == (Result.INCONCLUSIVE, "no_trust_anchor")


def test_a_card_of_another_country_than_its_signer_fails(card, trust):
    found = judged(card, trust, state="VNM")
    assert found["country"].code == "country_differs"
    assert data_verdict(found.values()) == "not_authentic"


def test_a_country_code_that_nobody_knows_is_inconclusive(card, trust):
    found = judged(card, trust, state="XQZ")
    assert (found["country"].result, found["country"].code) == (Result.INCONCLUSIVE, "country_unknown")


def test_a_signature_made_after_the_signer_expired_fails(trust):
    late = IssuingState(NOW)
    late._now = NOW + timedelta(days=365 * 5)
    found = judged(late.issue(HOLDER, PORTRAIT), TrustStore.from_der([late.anchor_der()]))
    assert found["validity"].code == "signer_not_valid_then"
    assert data_verdict(found.values()) == "not_authentic"


def test_without_a_signing_time_the_given_day_decides(state, card, trust):
    undated = resigned(state, card, drop="signing_time")
    unknown = judged(undated, trust)
    assert (unknown["validity"].result, unknown["validity"].code) == (Result.INCONCLUSIVE, "no_signing_time")
    assert data_verdict(unknown.values()) == "authentic"
    assert judged(undated, trust, at=NOW.date())["validity"].result is Result.PASSED
    assert judged(undated, trust, at=date(2040, 1, 1))["validity"].code == "signer_not_valid_then"


def test_signed_attributes_without_a_digest_of_the_content_are_refused(state, card, trust):
    assert codes(judged(resigned(state, card, drop="message_digest"), trust)) == {"signature_invalid"}


def test_a_weak_hash_passes_and_is_named():
    content = b"\x61\x00"
    weak = sod.SecurityObject("sha1", {"DG1": hashlib.sha1(content).digest()}, "", NO_SIGNATURE)
    assert (check_hash(weak, "DG1", content).result, check_hash(weak, "DG1", content).code) == (
        Result.PASSED,
        "weak_hash",
    )


def test_a_hash_that_nobody_knows_is_not_supported():
    unknown = sod.SecurityObject("md5", {"DG1": bytes(16)}, "", NO_SIGNATURE)
    assert check_hash(unknown, "DG1", b"").result is Result.NOT_SUPPORTED


@pytest.mark.parametrize("cut", [0, 1, 10, 200, -1])
def test_a_damaged_security_object_is_a_finding_and_no_crash(card, trust, cut):
    (finding,) = verify(card.files[SOD][:cut], {}, trust, "UTO")
    assert (finding.result, finding.code) == (Result.FAILED, "sod_malformed")


def revocation_list(state: IssuingState, serial: int, key: ec.EllipticCurvePrivateKey) -> bytes:
    gone = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(NOW).build()
    built = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(x509.load_der_x509_certificate(state.anchor_der()).subject)
        .last_update(NOW)
        .next_update(NOW + timedelta(days=90))
        .add_revoked_certificate(gone)
        .sign(key, hashes.SHA384())
    )
    return built.public_bytes(serialization.Encoding.DER)


def test_a_revoked_signer_fails_and_another_one_passes(state, card):
    for serial, expected in ((state._signer.serial, Result.FAILED), (77, Result.PASSED)):
        trust = TrustStore.from_der([state.anchor_der()])
        for revocation in read_source("a.crl", revocation_list(state, serial, state._root.key.private)).revocations:
            trust.add_revocations(revocation)
        assert judged(card, trust)["revocation"].result is expected


def test_the_chip_counts_as_genuine_only_with_authentic_files(card, trust):
    from reader.evidence import Finding

    proof = Finding("active_authentication", Result.PASSED)
    assert chip_verdict([proof], "authentic") == "genuine"
    assert chip_verdict([proof], "inconclusive") == "inconclusive"
    assert chip_verdict([Finding("active_authentication", Result.FAILED)], "authentic") == "not_genuine"
    promised = Finding("consistency.promised_keys", Result.FAILED)
    assert chip_verdict([promised], "authentic") == "not_genuine"
    assert chip_verdict([], "authentic") == "not_performed"


def test_validity_is_judged_at_the_signing_time_and_not_today(card, trust):
    evidence = judged(card, trust, at=date(2090, 1, 1))["validity"].evidence
    assert datetime.fromisoformat(str(evidence["at"])).astimezone(UTC) == NOW - timedelta(days=300)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_security_object_with_any_byte_changed_is_never_authentic_and_never_a_crash(card, trust, data):
    raw = bytearray(card.files[SOD])
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] ^= data.draw(st.integers(1, 255))
    found = verify(bytes(raw), {"DG1": card.files[GROUP["DG1"]]}, trust, "UTO")
    if data_verdict(found) == "authentic":
        # Only what nobody signed may differ: version numbers, and the list of algorithms around the signature.
        signed = sod.parse(bytes(raw))
        assert signed.hashes == sod.parse(card.files[SOD]).hashes
        assert signed.signed.content == sod.parse(card.files[SOD]).signed.content


def test_a_length_beyond_all_limits_is_a_finding(trust):
    (finding,) = verify(bytes.fromhex("77847FFFFFFF"), {}, trust, "UTO")
    assert finding.code == "sod_malformed"


def parameters(**changed: int) -> keys.ECDomainParameters:
    curve = CURVES["brainpoolP256r1"]
    values = {"p": curve.p, "a": curve.a, "b": curve.b, "n": curve.n} | changed
    width = max(32, (values["p"].bit_length() + 7) // 8)
    specified = {
        "version": "ecdpVer1",
        "field_id": {"field_type": "prime_field", "parameters": values["p"]},
        "curve": {"a": values["a"].to_bytes(width, "big"), "b": values["b"].to_bytes(width, "big")},
        "base": curve.encode(curve.g),
        "order": values["n"],
        "cofactor": 1,
    }
    return keys.ECDomainParameters("specified", keys.SpecifiedECDomain(specified))


def test_explicit_parameters_give_the_curve_they_state():
    curve = CURVES["brainpoolP256r1"]
    found = explicit_curve(parameters())
    assert (found.p, found.a, found.b, found.g, found.n) == (curve.p, curve.a, curve.b, curve.g, curve.n)


@pytest.mark.parametrize(
    "changed", [{"p": 0}, {"p": 1}, {"n": 0}, {"n": 1}, {"p": 1 << 4000}, {"n": 1 << 4000}, {"b": 7}]
)
def test_hostile_curve_parameters_are_refused_before_any_arithmetic(changed):
    with pytest.raises((NotSupported, Malformed)):
        explicit_curve(parameters(**changed))
