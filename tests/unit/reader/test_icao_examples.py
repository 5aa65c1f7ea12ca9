"""Worked examples of Doc 9303-11 appendices D and G, byte for byte. Figures: see tests/vectors/icao9303/PROVENANCE.md."""

from __future__ import annotations

from datetime import date

import pytest

from reader import mrz
from reader.access_control import bac, pace
from reader.access_key import Can, MrzKey
from reader.apdu import CommandApdu
from reader.crypto.ciphers import ENC, MAC, PACE, BlockCipher, derive
from reader.crypto.curves import CURVES
from reader.errors import BadSignature, SecureMessagingBroken, WrongKey
from reader.lds import security_infos
from reader.secure_messaging import SecureChannel

h = bytes.fromhex


class Script:
    """A chip that expects these commands and gives these answers."""

    def __init__(self, *exchanges: tuple[str, str]) -> None:
        self.exchanges = list(exchanges)

    def transmit(self, apdu: bytes) -> bytes:
        expected, answer = self.exchanges.pop(0)
        assert apdu.hex().upper() == expected
        return h(answer)


def test_the_seed_of_an_mrz_key_is_the_hash_of_its_information():
    assert MrzKey("L898902C<369080619406236").seed.hex().upper() == "239AB9CB282DAF66231DC5A4DF6BFBAEDF477565"


def test_bac_keys_follow_from_the_seed():
    seed = MrzKey("L898902C<369080619406236").seed[:16]
    assert derive(seed, ENC, "3DES").hex().upper() == "AB94FDECF2674FDFB9B391F85D7F76F2"
    assert derive(seed, MAC, "3DES").hex().upper() == "7962D9ECE03D1ACD4C76089DCE131543"


@pytest.mark.parametrize(
    ("can", "key"),
    [("123456", "591468CDA83D65219CCCB8560233600F"), ("012345", "5E5CD537047973C8F8BFDEA168324EC0")],
)
def test_a_can_is_not_hashed_and_keeps_its_leading_zero(can, key):
    assert derive(Can(can).seed, PACE, "AES-128").hex().upper() == key


BAC_EXCHANGE = (
    ("0084000008", "4608F919887022129000"),
    (
        "008200002872C29C2371CC9BDB65B779B8E8D37B29ECC154AA56A8799FAE2F498F76ED92F25F1448EEA8AD90A728",
        "46B9342A41396CD7386BF5803104D7CEDC122B9132139BAF2EEDC94EE178534F2F2D235D074D74499000",
    ),
)
READ_COM = (
    ("0CA4020C158709016375432908C044F68E08BF8B92D635FF24F800", "990290008E08FA855A5D4C50A8ED9000"),
    ("0CB000000D9701048E08ED6705417E96BA5500", "8709019FF0EC34F9922651990290008E08AD55CC17140B2DED9000"),
    (
        "0CB000040D9701128E082EA28A70F3C7B53500",
        "871901FB9235F4E4037F2327DCC8964F1F9B8C30F42C8E2FFF224A990290008E08C8B2787EAEA07D749000",
    ),
)
BAC_RANDOM = [h("781723860C06C226"), h("0B795240CB7049B01C19B33E32804F0B")]


def test_appendix_d_runs_byte_for_byte_from_the_challenge_to_ef_com():
    chip = Script(*BAC_EXCHANGE, *READ_COM)
    random = list(BAC_RANDOM)
    channel = bac.open_chip(chip, MrzKey("L898902C<369080619406236"), lambda _: random.pop(0))
    assert channel.transmit(CommandApdu(0xA4, 0x02, 0x0C, h("011E"))).ok
    first = channel.transmit(CommandApdu(0xB0, 0, 0, le=4)).payload
    rest = channel.transmit(CommandApdu(0xB0, 0, 4, le=18)).payload
    assert (first + rest).hex().upper() == "60145F0104303130365F36063034303030305C026175"
    assert chip.exchanges == []


def test_a_chip_that_answers_another_challenge_is_refused():
    tampered = (BAC_EXCHANGE[0], (BAC_EXCHANGE[1][0], "47" + BAC_EXCHANGE[1][1][2:]))
    random = list(BAC_RANDOM)
    with pytest.raises(BadSignature):
        bac.open_chip(Script(*tampered), MrzKey("L898902C<369080619406236"), lambda _: random.pop(0))


def test_a_refused_mrz_key_is_a_wrong_key():
    random = list(BAC_RANDOM)
    with pytest.raises(WrongKey):
        bac.open_chip(
            Script(BAC_EXCHANGE[0], (BAC_EXCHANGE[1][0], "6300")),
            MrzKey("L898902C<369080619406236"),
            lambda _: random.pop(0),
        )


@pytest.mark.parametrize(
    "answer",
    [
        "9000",
        "6A82",
        "990290008E08FA855A5D4C50A8EE9000",
        "990290009000",
        "9902900099029000" + "8E08FA855A5D4C50A8ED9000",
    ],
)
def test_an_answer_without_a_right_code_is_never_believed(answer):
    keys = h("979EC13B1CBFE9DCD01AB0FED307EAE5"), h("F1CB1F1FB5ADF208806B89DC579DC1F8")
    channel = SecureChannel(Script((READ_COM[0][0], answer)), BlockCipher("3DES"), *keys, 0x887022120C06C226)
    with pytest.raises(SecureMessagingBroken):
        channel.transmit(CommandApdu(0xA4, 0x02, 0x0C, h("011E")))


# -- PACE, appendix G.1

CARD_ACCESS = h("31143012060A04007F0007020204020202010202010D")
PACE_KEY = MrzKey("T22000129364081251010318")
SK_MAP_IFD = "7F4EF07B9EA82FD78AD689B38D0BC78CF21F249D953BC46F4C6E19259C010F99"
SK_DH_IFD = "A73FB703AC1436A18E0CFA5ABB3F7BEC7A070E7A6788486BEE230C4A22762595"
PK_MAP_IFD = "7ACF3EFC982EC45565A4B155129EFBC74650DCBFA6362D896FC70262E0C2CC5E544552DCB6725218799115B55C9BAA6D9F6BC3A9618E70C25AF71777A9C4922D"  # fmt: skip
PK_MAP_IC = "824FBA91C9CBE26BEF53A0EBE7342A3BF178CEA9F45DE0B70AA601651FBA3F5730D8C879AAA9C9F73991E61B58F4D52EB87A0A0C709A49DC63719363CCD13C54"  # fmt: skip
PK_DH_IFD = "2DB7A64C0355044EC9DF190514C625CBA2CEA48754887122F3A5EF0D5EDD301C3556F3B3B186DF10B857B58F6A7EB80F20BA5DC7BE1D43D9BF850149FBB36462"  # fmt: skip


def scalars(*secrets: str):
    """Random bytes that lead to these private keys: the reader takes r mod (n - 1) + 1."""
    left = [int(secret, 16) - 1 for secret in secrets]
    return lambda length: left.pop(0).to_bytes(length, "big")


def test_ef_card_access_offers_generic_mapping_on_brainpool():
    (info,) = security_infos.pace_infos(CARD_ACCESS)
    assert (info.mapping, info.cipher, info.parameter_id) == ("GM", "AES-128", 13)


PK_DH_IC = "9E880F842905B8B3181F7AF7CAA9F0EFB743847F44A306D2D28C1D9EC65DF6DB7764B22277A2EDDC3C265A9F018F9CB852E111B768B326904B59A0193776F094"  # fmt: skip
G1 = (
    ("0022C1A40F800A04007F00070202040202830101", "9000"),
    ("10860000027C0000", "7C12801095A3A016522EE98D01E76CB6B98B42C39000"),
    (f"10860000457C43814104{PK_MAP_IFD}00", f"7C43824104{PK_MAP_IC}9000"),
    (f"10860000457C43834104{PK_DH_IFD}00", f"7C43844104{PK_DH_IC}9000"),
    ("008600000C7C0A8508C2B0BD78D94BA86600", "7C0A86083ABB9674BCE93C089000"),
)


def test_appendix_g_runs_byte_for_byte_to_both_tokens():
    (info,) = security_infos.pace_infos(CARD_ACCESS)
    chip = Script(*G1)
    pace.open_chip(chip, PACE_KEY, info, scalars(SK_MAP_IFD, SK_DH_IFD))
    assert chip.exchanges == []


def test_a_chip_with_a_wrong_token_is_refused():
    (info,) = security_infos.pace_infos(CARD_ACCESS)
    wrong = (*G1[:4], (G1[4][0], "7C0A86083ABB9674BCE93C099000"))
    with pytest.raises(BadSignature):
        pace.open_chip(Script(*wrong), PACE_KEY, info, scalars(SK_MAP_IFD, SK_DH_IFD))


def test_a_chip_that_mirrors_our_key_is_refused():
    (info,) = security_infos.pace_infos(CARD_ACCESS)
    mirrored = (*G1[:3], (G1[3][0], f"7C43844104{PK_DH_IFD}9000"))
    with pytest.raises(BadSignature, match="our own"):
        pace.open_chip(Script(*mirrored), PACE_KEY, info, scalars(SK_MAP_IFD, SK_DH_IFD))


def test_a_point_off_the_curve_is_refused():
    curve = CURVES["brainpoolP256r1"]
    raw = bytearray(curve.encode(curve.g))
    raw[-1] ^= 1
    with pytest.raises(Exception, match="not on the curve"):
        curve.decode(bytes(raw))


# -- machine readable zones

TD1 = "IDVNM3081234564042308123456<<8/0803153F3303159VNM<<<<<<<<<<<6/NGUYEN<<THI<MINH<KHAI<<<<<<<<<"


def test_the_vietnamese_number_stands_in_optional_data():
    zone = mrz.parse(TD1)
    assert zone.personal_number == "042308123456"
    assert zone.document_number == "308123456"
    assert zone.wrong_checks == ()
    assert zone.name == "NGUYEN THI MINH KHAI"


def test_the_roster_gives_the_same_key_as_the_card():
    assert MrzKey.from_roster("042308123456", "2008-03-15", "2033-03-15") == MrzKey.from_mrz(mrz.parse(TD1))


@pytest.mark.parametrize(
    ("lines", "information"),
    [
        ("I<UTOL898902C<3<<<<<<<<<<<<<<</6908061F9406236UTO<<<<<<<<<<<2/ERIKSSON<<ANNA<MARIA<<<<<<<<<<", "L898902C<369080619406236"),
        ("I<UTOD23145890<7349<<<<<<<<<<</3407127M9507122UTO<<<<<<<<<<<2/STEVENSON<<PETER<JOHN<<<<<<<<<", "D23145890734934071279507122"),
    ],
)  # fmt: skip
def test_the_information_of_both_icao_samples(lines, information):
    assert mrz.parse(lines).information == information


def test_a_wrong_check_digit_is_named():
    assert "birth_date" in mrz.parse(TD1.replace("0803153F", "0803163F")).wrong_checks


@pytest.mark.parametrize("text", ["", "IDVNM", "A" * 91, "I" * 89 + "é"])
def test_what_is_no_mrz_is_refused(text):
    with pytest.raises(Exception, match=r"characters|character"):
        mrz.parse(text)


def test_dates_get_their_century():
    today = date(2026, 11, 24)
    assert mrz.iso_date("080315", today) == "2008-03-15"
    assert mrz.iso_date("670101", today) == "1967-01-01"
    assert mrz.iso_date("330315", today, future=True) == "2033-03-15"
    assert mrz.iso_date("99<<<<", today) == ""
