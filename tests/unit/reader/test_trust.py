"""Trust anchors."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime

import pytest

from hardware_mocks.issuing_state import IssuingState
from reader import trust
from reader.chip_authenticity import active_authentication
from reader.errors import BadSignature, Malformed


def test_the_german_master_list_is_read_whole(shared_data):
    folder = shared_data / "trust"
    signer = trust.read_source("root", (folder / "DE_ROOT_CA_CSCA07.cer").read_bytes()).certificates[0]
    report = trust.read_source("list", next(folder.glob("*.ml")).read_bytes(), signer)
    assert (len(report.certificates), len(report.countries), report.link, report.refused) == (588, 112, 213, [])
    assert report.self_signed == report.self_signed_verified == 375
    assert report.signature == "passed"


def test_without_a_signer_a_master_list_is_inconclusive_and_with_a_wrong_one_failed(shared_data):
    raw = next((shared_data / "trust").glob("*.ml")).read_bytes()
    assert trust.read_source("list", raw).signature == "inconclusive"
    stranger = trust.parse_certificate(IssuingState(datetime.now(UTC)).anchor_der())
    assert trust.read_source("list", raw, stranger).signature == "failed"


def test_a_flipped_bit_in_a_master_list_fails_its_signature(shared_data):
    raw = bytearray(next((shared_data / "trust").glob("*.ml")).read_bytes())
    raw[len(raw) // 2] ^= 1
    with contextlib.suppress(Malformed):
        assert trust.read_source("list", bytes(raw)).signature == "failed"


def test_a_self_signed_certificate_with_a_wrong_signature_is_refused_by_name():
    raw = bytearray(IssuingState(datetime.now(UTC)).anchor_der())
    raw[-3] ^= 1
    report = trust.read_source("one", bytes(raw))
    assert report.certificates == []
    assert "CSCA Demonstration" in report.refused[0].subject


@pytest.mark.parametrize(
    "raw", [b"", b"hello", b"\x30\x03\x02\x01\x01", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_what_is_no_source_is_refused(raw):
    try:
        report = trust.read_source("x", raw)
    except Malformed:
        return
    assert report.certificates == []
    assert report.refused


def test_the_same_anchor_twice_counts_once():
    raw = IssuingState(datetime.now(UTC)).anchor_der()
    assert len(trust.TrustStore.from_der([raw, raw])) == 1


# Captured from a card (RSA-1792, SHA-256, trailer 34CC); source: gmrtd/gmrtd active_auth_test.go, facts only.
DG15 = bytes.fromhex(
    "6F8201023081FF300D06092A864886F70D01010105000381ED003081E90281E100BB8F93F4DC95E205CDA17C6927AB1E365B13065D03CD12E0FC"
    "E95D96840529453202F56CC4C13F77CD062930C8BC89A2873B257045C286E601CF3C09323A53103314902804AA10A314628CE222206A8866946A"
    "36B442041BB54AC81E6855DD1D6E16101833D65A191C20AC8B33B8A1A32920F46043F8031CF2BC17417030865FC5BE5A39DEE423BCBA3CA81771"
    "68EB23CFE01BA43EC87711B1CFFF85DB46F300DD8AE317B50D543B573E119E23AF7070D0B2FED6A3B2313A5EC02A531AAED1741F4390D1013E2A"
    "0F081EAC5DC8B0A1B2C6BDB1206F08D30E3643E1E5BDF536110203010001"
)
SIGNATURE = bytes.fromhex(
    "474256306840C0AB1B63C10E1C26BDFEF4A0DD843920283CC4E6E70A60F2BD25DC7725F9677BC1CDE66379DC28B38E8490F33AFB2D10F9980C44"
    "C0BFC175D2B6684218F535C92FDD3E18DB770A9CCBF91DB3C7F0138E6D9E94B9BC8371761E3ABED5E5E9B260279CFB238B58AE0D6A01DA51C74C"
    "2A3ECD62C448BD9F20127F7384587287FA971204234E55B1A856C3E5AAAA620BB799A68FBAE08EE132BB61683EBA9B0B40DC1E54641CAD975B16"
    "991CAB50AF82E3F3985AFD19E7427A125F5B4B9878B12A5D2E01C7EEDCA3BB41C6FC05DCCD818BCE379D04B1F2F5D43487D3"
)


def test_a_real_cards_answer_verifies_and_another_challenge_does_not():
    active_authentication.verify(DG15, bytes.fromhex("96302B0F3D7E7864"), SIGNATURE)
    with pytest.raises(BadSignature):
        active_authentication.verify(DG15, bytes.fromhex("96302B0F3D7E7865"), SIGNATURE)
