"""The worked examples of Doc 9303-11, byte for byte."""

from __future__ import annotations

import pytest

from reader.access_control import bac, pace
from reader.access_key import Can, MrzKey
from reader.apdu import CommandApdu, ResponseApdu
from reader.chip_authenticity import active_authentication
from reader.crypto.ciphers import ENC, MAC, PACE, BlockCipher, derive
from reader.crypto.curves import CURVES
from reader.errors import BadSignature, SecureMessagingBroken, WrongKey
from reader.lds.security_infos import pace_infos, protocols
from reader.secure_messaging import SecureChannel

from .conftest import Scripted


def command(text: str) -> CommandApdu:
    raw = bytes.fromhex(text)
    if len(raw) == 5:
        return CommandApdu(raw[1], raw[2], raw[3], le=raw[4])
    return CommandApdu(raw[1], raw[2], raw[3], raw[5 : 5 + raw[4]])


def script_of_bac(v: dict) -> list[tuple[str, str]]:
    return [("0084000008", v["rnd_ic"] + "9000"), (v["command"], v["response"])]


def open_bac(vectors: dict, tail: list[tuple[str, str]]) -> SecureChannel:
    v = vectors["bac"]
    drawn = iter([bytes.fromhex(v["rnd_ifd"]), bytes.fromhex(v["k_ifd"])])
    connection = Scripted(script_of_bac(v) + tail)
    return bac.open_chip(connection, MrzKey(v["mrz_information"]), lambda _: next(drawn))


def test_seeds_of_the_mrz_are_those_printed(vectors):
    for information, seed in vectors["mrz_seed"]["seeds"].items():
        assert MrzKey(information).seed[:16].hex().upper() == seed


def test_keys_of_bac_are_derived_with_odd_parity(vectors):
    v = vectors["bac"]
    seed = bytes.fromhex(v["seed"])
    assert derive(seed, ENC, "3DES").hex().upper() == v["enc"]
    assert derive(seed, MAC, "3DES").hex().upper() == v["mac"]


def test_card_access_numbers_keep_their_leading_zero(vectors):
    for digits, key in vectors["can"]["keys"].items():
        assert derive(Can(digits).seed, PACE, "AES-128").hex().upper() == key


def test_longer_keys_come_from_sha_256():
    assert len(derive(b"seed", ENC, "AES-192")) == 24
    assert len(derive(b"seed", ENC, "AES-256")) == 32
    assert derive(b"seed", ENC, "AES-256")[:24] == derive(b"seed", ENC, "AES-192")
    assert derive(b"seed", ENC, "AES-128") != derive(b"seed", ENC, "AES-256")[:16]


def test_bac_agrees_on_the_keys_and_the_counter_printed(vectors):
    v, channel = vectors["bac"], open_bac(vectors, [])
    assert channel._enc.hex().upper() == v["session_enc"]
    assert channel._mac.hex().upper() == v["session_mac"]
    assert f"{channel._counter:016X}" == v["counter"]


def test_secure_messaging_with_3des_reads_ef_com_as_printed(vectors):
    v = vectors["secure_messaging_3des"]
    channel = open_bac(vectors, [(step["command"], step["response"]) for step in v["steps"]])
    for step in v["steps"]:
        response = channel.transmit(command(step["plain"]))
        assert (response.status, response.payload.hex().upper()) == (0x9000, step["payload"])
    assert f"{channel._counter:016X}" == v["counter_after"]


def test_secure_messaging_with_aes_is_that_of_a_card_in_the_field(vectors):
    v = vectors["secure_messaging_aes"]
    connection = Scripted([(v["command"], v["response"])])
    keys = bytes.fromhex(v["enc"]), bytes.fromhex(v["mac"])
    channel = SecureChannel(connection, BlockCipher("AES-128"), *keys, int(v["counter"], 16))
    assert channel.transmit(command(v["plain"])).ok


@pytest.mark.parametrize("position", range(14))
def test_any_flipped_byte_of_a_protected_answer_is_refused(vectors, position):
    step = vectors["secure_messaging_3des"]["steps"][0]
    altered = bytearray.fromhex(step["response"][:-4])
    altered[position] ^= 1
    channel = open_bac(vectors, [(step["command"], altered.hex() + "9000")])
    with pytest.raises(SecureMessagingBroken):
        channel.transmit(command(step["plain"]))


@pytest.mark.parametrize("naked", ["9000", "6988", "6A82"])
def test_a_naked_status_word_is_never_believed(vectors, naked):
    step = vectors["secure_messaging_3des"]["steps"][0]
    channel = open_bac(vectors, [(step["command"], naked)])
    with pytest.raises(SecureMessagingBroken):
        channel.transmit(command(step["plain"]))


def test_an_answer_without_a_code_is_refused(vectors):
    step = vectors["secure_messaging_3des"]["steps"][0]
    channel = open_bac(vectors, [(step["command"], "990290009000")])
    with pytest.raises(SecureMessagingBroken):
        channel.transmit(command(step["plain"]))


def test_a_chip_that_refuses_the_mrz_says_wrong_key(vectors):
    v = vectors["bac"]
    drawn = iter([bytes.fromhex(v["rnd_ifd"]), bytes.fromhex(v["k_ifd"])])
    connection = Scripted([("0084000008", v["rnd_ic"] + "9000"), (v["command"], "6300")])
    with pytest.raises(WrongKey):
        bac.open_chip(connection, MrzKey(v["mrz_information"]), lambda _: next(drawn))


def test_a_chip_without_the_key_cannot_answer_bac(vectors):
    v = vectors["bac"]
    drawn = iter([bytes.fromhex(v["rnd_ifd"]), bytes.fromhex(v["k_ifd"])])
    forged = "00" + v["response"][2:]
    connection = Scripted([("0084000008", v["rnd_ic"] + "9000"), (v["command"], forged)])
    with pytest.raises(BadSignature):
        bac.open_chip(connection, MrzKey(v["mrz_information"]), lambda _: next(drawn))


def run_pace(v: dict, exchange: list[list[str]]) -> SecureChannel:
    # The scalar is drawn as (bytes mod (n - 1)) + 1, so that one less gives the printed secret.
    drawn = iter([(int(v[name], 16) - 1).to_bytes(40, "big") for name in ("map_secret", "agree_secret")])
    info = pace_infos(bytes.fromhex(v["card_access"]))[0]
    connection = Scripted([(sent, answer) for sent, answer in exchange])
    return pace.open_chip(connection, MrzKey(v["mrz_information"]), info, lambda _: next(drawn)).channel


def test_pace_sends_and_agrees_what_is_printed(vectors):
    v = vectors["pace_gm"]
    channel = run_pace(v, v["exchange"])
    assert channel._enc.hex().upper() == v["session_enc"]
    assert channel._mac.hex().upper() == v["session_mac"]
    assert channel._counter == 0


def test_pace_derives_its_password_key_from_the_whole_sha_1(vectors):
    v = vectors["pace_gm"]
    assert derive(MrzKey(v["mrz_information"]).seed, PACE, "AES-128").hex().upper() == v["password_key"]


def test_the_generic_mapping_adds_points(vectors):
    v, curve = vectors["pace_gm"], CURVES["brainpoolP256r1"]
    shared = curve.decode(b"\x04" + bytes.fromhex(v["map_point"]))
    mapped = curve.add(curve.multiply(int(v["nonce"], 16), curve.g), shared)
    assert curve.encode(mapped)[1:].hex().upper() == v["mapped_generator"]


def test_a_wrong_token_of_the_chip_ends_pace(vectors):
    v = vectors["pace_gm"]
    sent, answer = v["exchange"][-1]
    forged = answer[:-6] + "FF9000"
    with pytest.raises(BadSignature):
        run_pace(v, [*v["exchange"][:-1], [sent, forged]])


@pytest.mark.parametrize("status", ["6300", "63C2", "6982"])
def test_a_refused_token_means_a_wrong_password(vectors, status):
    v = vectors["pace_gm"]
    with pytest.raises(WrongKey):
        run_pace(v, [*v["exchange"][:-1], [v["exchange"][-1][0], status]])


def test_a_point_off_the_curve_is_refused(vectors):
    v = vectors["pace_gm"]
    exchange = [list(pair) for pair in v["exchange"]]
    exchange[2][1] = exchange[2][1][:-6] + "FF9000"
    with pytest.raises(Exception, match="not on the curve"):
        run_pace(v, exchange)


def test_a_chip_that_mirrors_our_key_is_refused(vectors):
    v = vectors["pace_gm"]
    exchange = [list(pair) for pair in v["exchange"]]
    ours = exchange[2][0][18:-2]
    exchange[2][1] = "7C438241" + ours + "9000"
    with pytest.raises(BadSignature):
        run_pace(v, exchange)


def test_the_vietnamese_card_offers_generic_mapping_on_brainpool(vectors):
    raw = bytes.fromhex(vectors["vietnam"]["card_access"])
    (info,) = pace_infos(raw)
    assert (info.mapping, info.cipher, info.parameter_id) == ("GM", "AES-128", 13)
    assert len(protocols(raw)) == 3


def test_the_card_access_number_is_named_in_the_template(vectors):
    v = vectors["vietnam"]
    info = pace_infos(bytes.fromhex(v["card_access"]))[0]
    connection = Scripted(
        [(v["can_template"], "6A88"), (v["can_template"][:8] + "12" + v["can_template"][10:] + "84010D", "6A80")]
    )
    with pytest.raises(Exception, match="6A80"):
        pace.open_chip(connection, Can("123456"), info, bytes)
    assert len(connection.sent) == 2


def test_the_signature_of_a_card_in_the_field_verifies(vectors):
    v = vectors["active_authentication_rsa"]
    dg15, challenge, signature = (bytes.fromhex(v[name]) for name in ("dg15", "challenge", "signature"))
    active_authentication.verify(dg15, challenge, signature)
    with pytest.raises(BadSignature):
        active_authentication.verify(dg15, bytes(8), signature)
    with pytest.raises(BadSignature):
        active_authentication.verify(dg15, challenge, signature[:-1] + bytes([signature[-1] ^ 1]))
    with pytest.raises(BadSignature):
        active_authentication.verify(dg15, challenge, signature[:-1])


def test_a_response_is_cut_into_payload_and_status():
    assert ResponseApdu.parse(bytes.fromhex("01026A82")) == ResponseApdu(b"\x01\x02", 0x6A82)
    with pytest.raises(Exception, match="shorter"):
        ResponseApdu.parse(b"\x90")


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (CommandApdu(0xB0, le=256), "00B0000000"),
        (CommandApdu(0xB0, le=257), "00B00000000101"),
        (CommandApdu(0xB0, le=65536), "00B00000000000"),
        (CommandApdu(0xA4, 4, 12, b"\x01\x02"), "00A4040C020102"),
        (CommandApdu(0x88, payload=b"\x01", le=300), "0088000000000101012C"),
        (CommandApdu(0x88, payload=bytes(256)), "00880000000100" + "00" * 256),
    ],
)
def test_commands_go_out_in_the_four_cases_of_iso_7816(made, expected):
    assert bytes(made).hex().upper() == expected
