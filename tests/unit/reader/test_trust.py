"""Trust anchors."""

from __future__ import annotations

import pytest
from asn1crypto import keys

from reader import tlv
from reader.chip_authenticity import active_authentication
from reader.errors import BadSignature, NotSupported

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


@pytest.mark.parametrize("exponent", [0, 1, 1 << 256, (1 << 400_000) + 1], ids=["0", "1", "257 bits", "400,001 bits"])
def test_a_public_exponent_that_no_state_uses_is_refused_before_any_arithmetic(exponent):
    numbers = keys.RSAPublicKey({"modulus": (1 << 8191) + 1, "public_exponent": exponent})
    public = keys.PublicKeyInfo({"algorithm": {"algorithm": "rsa"}, "public_key": numbers})
    with pytest.raises(NotSupported, match="exponent"):
        active_authentication.verify(tlv.build(0x6F, public.dump()), bytes(8), bytes(1024))
