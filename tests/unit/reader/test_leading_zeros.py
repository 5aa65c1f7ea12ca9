"""Shared secrets that begin with zero octets: one run in 256 breaks where either side drops them.

A shared secret goes into the key derivation as wide as the field, in prime fields (PKCS #3 section 7.3) as on curves (BSI TR-03111
section 3.1.3). The secrets here are searched for until the agreement begins with a zero, by OpenSSL or by Python's own power, and
the session keys are computed in the test, so that reader and emulated chip cannot agree on the same mistake.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from itertools import count
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from hardware_mocks.chip import authenticity
from hardware_mocks.chip.access import PaceRun
from hardware_mocks.chip.channel import ProtectedLine
from hardware_mocks.chip.groups import domain
from hardware_mocks.chip.image import CardImage, ChipKey
from hardware_mocks.chip.octets import unwrap, wrap
from hardware_mocks.issuing_state import _static_key
from hardware_mocks.recipes import (
    CHIP_3DES,
    CHIP_AES_128,
    CHIP_AES_256,
    CHIP_DH_3DES,
    CHIP_DH_AES_128,
    ChipKeyRecipe,
    pace,
)
from reader import tlv
from reader.access_control import pace as terminal
from reader.access_key import Can
from reader.chip_authenticity import chip_authentication
from reader.crypto.ciphers import BlockCipher
from reader.crypto.groups import standard_group
from reader.lds.security_infos import ChipAuthenticationInfo, pace_infos
from reader.secure_messaging import SecureChannel

CAN = "123456"
CURVES: dict[int, ec.EllipticCurve] = {
    12: ec.SECP256R1(),
    13: ec.BrainpoolP256R1(),
    16: ec.BrainpoolP384R1(),
    18: ec.SECP521R1(),
}
FIRST, NONCE = 0x1234567, bytes.fromhex("3F00C4D39D153F2B2A214A078D899B22")


def agreement(parameters: int, secret: int, element: Any) -> bytes:
    """The shared secret by a third party, as wide as the field."""
    group: Any = domain(parameters)
    if parameters not in CURVES:
        return pow(element, secret, group.p).to_bytes(group.width, "big")
    curve = CURVES[parameters]
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(curve, group.encoded(element))
    return ec.derive_private_key(secret, curve).exchange(ec.ECDH(), theirs)


def zeros(parameters: int) -> int:
    """How many zero octets the test wants: the first octet of P-521 is zero or one anyway."""
    return 2 if parameters == 18 else 1


def searched(parameters: int, element: Any, candidates: Iterable[int]) -> tuple[int, bytes]:
    """The first secret whose agreement begins with zeros, and that agreement."""
    lead = bytes(zeros(parameters))
    return next((n, made) for n in candidates if (made := agreement(parameters, n, element)).startswith(lead))


def keys_by_hand(shared: bytes, suite: int) -> tuple[bytes, bytes]:
    def key(number: int) -> bytes:
        message = shared + bytes((0, 0, 0, number))
        if suite > 2:
            return hashlib.sha256(message).digest()[: 8 * suite]
        made = hashlib.sha1(message, usedforsecurity=False).digest()[:16]
        return made if suite == 2 else bytes(b if b.bit_count() % 2 else b ^ 1 for b in made)

    return key(1), key(2)


def drawing(*numbers: int) -> Callable[[int], bytes]:
    """Random octets that either side turns into these private keys."""
    left = list(numbers)
    return lambda size: (left.pop(0) - 1).to_bytes(size, "big")


class PaceChip:
    """The emulated chip's PACE alone, drawing what it is told."""

    def __init__(self, run: PaceRun) -> None:
        self.run = run

    def transmit(self, apdu: bytes) -> bytes:
        if apdu[1] == 0x22:
            return b"\x90\x00"
        short = apdu[4] != 0
        payload = apdu[5 : 5 + apdu[4]] if short else apdu[7 : 7 + int.from_bytes(apdu[5:7], "big")]
        return self.run.general_authenticate(payload) + b"\x90\x00"


@pytest.mark.parametrize(
    ("mapping", "suite", "parameters"),
    [(1, 2, 0), (1, 1, 1), (1, 4, 2), (2, 2, 13), (2, 1, 12), (2, 4, 16), (2, 3, 18)],
)
def test_pace_agrees_on_a_secret_that_begins_with_zeros(mapping, suite, parameters):
    offer, group = pace(mapping, suite, parameters), domain(parameters)
    raw = tlv.build(0x06, bytes.fromhex(offer.oid)) + b"\x02\x01\x02" + bytes((2, 1, parameters))
    (info,) = pace_infos(tlv.build(0x31, tlv.build(0x30, raw)))
    any_group: Any = group
    base = any_group.plus(
        any_group.times(int.from_bytes(NONCE, "big"), any_group.base), any_group.times(FIRST * 3, any_group.base)
    )
    ours = FIRST + 1
    while any_group.encoded(any_group.times(ours, base))[0] == 0:
        ours += 1
    theirs_to_find = (n for n in count(2) if any_group.encoded(any_group.times(n, base))[0])
    chip_secret, shared = searched(parameters, any_group.times(ours, base), theirs_to_find)
    scalars = drawing(3, chip_secret)
    run = PaceRun(CardImage({}, CAN, "", offers=(offer,)), lambda size: NONCE if size == 16 else scalars(size), offer, CAN.encode())  # fmt: skip
    channel = terminal.open_chip(PaceChip(run), Can(CAN), info, drawing(FIRST, ours)).channel
    assert shared.startswith(bytes(zeros(parameters)))
    assert len(shared) == standard_group(parameters).size
    assert run.shared == shared
    assert (channel._enc, channel._mac) == keys_by_hand(shared, suite)
    assert run.line is not None
    assert (run.line.enc, run.line.mac) == keys_by_hand(shared, suite)


class CaChip:
    """The emulated chip's chip authentication alone, behind a protected channel."""

    def __init__(self, key: ChipKey) -> None:
        self.key = key
        self.line, self.renewed = ProtectedLine(bytes(16), bytes(16), aes=True), None

    def transmit(self, apdu: bytes) -> bytes:
        extended = apdu[4] == 0
        payload = apdu[7 : 7 + int.from_bytes(apdu[5:7], "big")] if extended else apdu[5 : 5 + apdu[4]]
        plain, _ = self.line.take(apdu[:4], payload)
        public = unwrap(unwrap(plain).get(0x7C, b"")).get(0x80) or unwrap(plain).get(0x91)
        if public:
            self.renewed = authenticity.renewed(CardImage({}, "", "", chip_keys=(self.key,)), self.key, public)
        return self.line.give(wrap(0x7C) if apdu[1] == 0x86 else b"", 0x9000)


CHIP_AUTHENTICATION = [
    (CHIP_DH_AES_128, "AES-128", 0, "AT"),
    (CHIP_DH_AES_128, "AES-128", 2, "AT"),
    (CHIP_DH_3DES, "3DES", 1, "KAT"),
    (CHIP_AES_128, "AES-128", 13, "AT"),
    (CHIP_AES_256, "AES-256", 16, "AT"),
    (CHIP_AES_256, "AES-256", 18, "AT"),
    (CHIP_3DES, "3DES", 12, "KAT"),
]


@pytest.mark.parametrize(("oid", "cipher", "parameters", "way"), CHIP_AUTHENTICATION)
def test_chip_authentication_agrees_on_a_secret_that_begins_with_zeros(oid, cipher, parameters, way):
    key, group = ChipKey(oid, parameters, 0x7654321), domain(parameters)
    any_group: Any = group
    static = any_group.times(key.private, any_group.base)
    secret, shared = searched(parameters, static, count(2))
    chip = CaChip(key)
    channel = SecureChannel(chip, BlockCipher("AES-128"), bytes(16), bytes(16))
    info = ChipAuthenticationInfo(bytes.fromhex(oid), cipher, None, _static_key(ChipKeyRecipe(oid, parameters), key))
    renewed = chip_authentication.agree(channel, info, drawing(secret), way)
    suite = int(oid[-2:], 16)
    assert len(shared) == standard_group(parameters).size
    assert (renewed._enc, renewed._mac) == keys_by_hand(shared, suite)
    assert chip.renewed is not None
    assert (chip.renewed.enc, chip.renewed.mac) == keys_by_hand(shared, suite)


@pytest.mark.parametrize("parameters", [0, 1, 2])
def test_a_public_key_of_a_prime_field_keeps_its_leading_zeros(parameters):
    group = standard_group(parameters)
    secret = next(n for n in count(2) if pow(group.generator, n, group.field) >> 8 * (group.size - 1) == 0)
    raw = group.encode(group.power(secret, group.generator))
    assert (len(raw), raw[0]) == (group.size, 0)
    assert group.decode(raw) == group.decode(raw.lstrip(b"\x00")) == group.power(secret, group.generator)
