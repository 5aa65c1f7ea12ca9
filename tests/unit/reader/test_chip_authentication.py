"""Chip authentication against what cards in the field answered, byte for byte."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from asn1crypto import keys

from hardware_mocks.chip.image import GROUP, SOD, CardImage
from hardware_mocks.chip.octets import wrap
from reader import tlv
from reader.access_key import Can
from reader.chip_authenticity import chip_authentication
from reader.crypto.ciphers import BlockCipher
from reader.errors import Malformed, NotSupported, SecureMessagingBroken, UnexpectedStatus
from reader.evidence import Basis, Result, chip_verdict
from reader.inspection import Options, inspect
from reader.lds.security_infos import ChipAuthenticationInfo, chip_authentication_infos
from reader.secure_messaging import SecureChannel
from reader.trust import TrustStore

from .conftest import HOLDER, NOW, PORTRAIT, ROOT, Counted, Scripted, put_on

WAYS = chip_authentication.ways
OIDS = {"brainpoolP256r1": "1.3.36.3.3.2.8.1.1.7", "secp256r1": "1.2.840.10045.3.1.7"}
CARDS = json.loads((ROOT / "tests/vectors/icao9303/chip_authentication.json").read_text())["cards"]
CIPHER_OF_LENGTH = {32: "AES-128", 64: "AES-256"}


def key(curve: str, point: bytes) -> bytes:
    algorithm = {"algorithm": "ec", "parameters": keys.ECDomainParameters("named", OIDS[curve])}
    return keys.PublicKeyInfo({"algorithm": algorithm, "public_key": point}).dump()


def info_of(card: dict) -> ChipAuthenticationInfo:
    if "dg14" in card:
        return chip_authentication_infos(tlv.first(bytes.fromhex(card["dg14"]), 0x6E))[0]
    public = key(card["curve"], bytes.fromhex(card["public"]))
    return ChipAuthenticationInfo(bytes.fromhex(card["protocol"]), card["cipher"], card["key_id"], public)


def prove(card: dict, exchange: list) -> SecureChannel:
    kind, enc, mac, counter = card["before"]
    cipher = BlockCipher("3DES" if kind == "3DES" else CIPHER_OF_LENGTH[len(enc)])
    connection = Scripted([tuple(pair) for pair in exchange])
    channel = SecureChannel(connection, cipher, bytes.fromhex(enc), bytes.fromhex(mac), int(counter, 16))
    secret = int(card["secret"], 16) - 1
    info = info_of(card)
    renewed = chip_authentication.agree(
        channel, info, lambda size: secret.to_bytes(size, "big"), card.get("way") or WAYS(info)[0]
    )
    chip_authentication.confirm(renewed)
    return renewed


@pytest.mark.parametrize("name", CARDS)
def test_a_card_in_the_field_goes_on_under_the_new_keys(name):
    card = CARDS[name]
    renewed = prove(card, card["exchange"])
    assert renewed._enc.hex().upper() == card["session_enc"]
    assert renewed._mac.hex().upper() == card["session_mac"]


@pytest.mark.parametrize("name", CARDS)
def test_an_answer_under_other_keys_proves_nothing(name):
    card = CARDS[name]
    sent, answer = card["exchange"][-1]
    forged = answer[:12] + ("0" if answer[12] != "0" else "1") + answer[13:]
    with pytest.raises(SecureMessagingBroken):
        prove(card, [*card["exchange"][:-1], [sent, forged]])


def test_explicit_parameters_are_read_from_dg14():
    info = info_of(CARDS["austria"])
    assert (info.cipher, info.key_id, info.oid.hex()) == ("AES-128", None, "04007f00070202030202")


def security_infos(*entries: bytes) -> bytes:
    return wrap(0x31, *entries)


def test_keys_go_with_the_protocol_of_their_identifier():
    spki = key("secp256r1", bytes.fromhex(CARDS["france"]["public"]))
    public = bytes.fromhex("060904007F000702020102")
    protocol = [bytes.fromhex(f"060A04007F0007020203020{n}020101") for n in (2, 4)]
    raw = security_infos(
        wrap(0x30, protocol[0], b"\x02\x01\x01"), wrap(0x30, protocol[1], b"\x02\x01\x02"), wrap(0x30, public, spki, b"\x02\x01\x02")
    )  # fmt: skip
    (info,) = chip_authentication_infos(raw)
    assert (info.cipher, info.key_id) == ("AES-256", 2)


def test_a_key_without_a_protocol_means_the_oldest_one():
    spki = key("secp256r1", bytes.fromhex(CARDS["france"]["public"]))
    (info,) = chip_authentication_infos(security_infos(wrap(0x30, bytes.fromhex("060904007F000702020102"), spki)))
    assert (info.cipher, info.oid) == ("3DES", b"")


class Deaf:
    """A channel on which nothing may be sent."""

    largest_short_read = 223

    def transmit(self, command) -> None:
        raise AssertionError(command)


def test_a_point_off_the_curve_is_refused_before_anything_is_sent():
    raw = key("secp256r1", b"\x04" + bytes(63) + b"\x01")
    with pytest.raises(Malformed):
        chip_authentication.agree(Deaf(), ChipAuthenticationInfo(b"", "3DES", None, raw), Counted(), "KAT")


def test_a_key_of_another_kind_is_not_supported():
    rsa = keys.PublicKeyInfo({"algorithm": {"algorithm": "rsa"}, "public_key": keys.RSAPublicKey({"modulus": 15, "public_exponent": 3})})  # fmt: skip
    with pytest.raises(NotSupported):
        chip_authentication.agree(Deaf(), ChipAuthenticationInfo(b"", "3DES", None, rsa.dump()), Counted(), "KAT")


@pytest.fixture(scope="module")
def with_key(state) -> CardImage:
    """A card whose signed DG14 carries a key; the chip of the bench does not know the protocol, as a clone would not."""
    plain = state.issue(HOLDER, PORTRAIT)
    spki = key("secp256r1", bytes.fromhex(CARDS["france"]["public"]))
    entry = wrap(0x30, bytes.fromhex("060904007F000702020102"), spki)
    offered = tlv.first(tlv.first(plain.files[GROUP["DG14"]], 0x6E), 0x31)
    named = {number: name for name, number in GROUP.items()}
    files = {**plain.files, GROUP["DG14"]: wrap(0x6E, wrap(0x31, offered, entry))}
    groups = {named[number]: raw for number, raw in files.items() if number in named}
    return replace(plain, files={**files, SOD: wrap(0x77, state._sign(groups))})


def test_a_clone_that_breaks_off_is_not_genuine(state, with_key):
    trust = TrustStore.from_der([state.anchor_der()])
    done = inspect(
        put_on(with_key), (Can(with_key.can),), trust, Options(NOW.date()), random=Counted(), clock=lambda: 0.0
    )
    found = done.evidence.finding("chip_authentication")
    assert (found.result, found.code, found.basis) == (Result.FAILED, "chip_key_not_proven", Basis.STATION_ATTESTED)
    assert done.evidence.finding("active_authentication").result is Result.PASSED
    assert chip_verdict(done.evidence.findings, "authentic") == "not_genuine"


def test_a_key_that_nobody_signed_is_not_used(state, with_key, card):
    unsigned = replace(with_key, files={**with_key.files, SOD: card.files[SOD]})
    trust = TrustStore.from_der([state.anchor_der()])
    done = inspect(
        put_on(unsigned), (Can(unsigned.can),), trust, Options(NOW.date()), random=Counted(), clock=lambda: 0.0
    )
    assert done.evidence.finding("chip_authentication").code == "key_not_signed"


def test_a_refused_step_is_told_by_its_status():
    card = CARDS["austria"]
    with pytest.raises((SecureMessagingBroken, UnexpectedStatus)):
        prove(card, [[card["exchange"][0][0], "6A80"]])
