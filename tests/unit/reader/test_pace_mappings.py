"""The worked examples of PACE that are not on elliptic curves with generic mapping: appendices G.2, H.1, H.2 and I."""

from __future__ import annotations

import json

import pytest

from reader import tlv
from reader.access_control import pace, pace_mapping
from reader.access_key import Can, MrzKey
from reader.chip_authenticity import chip_mapping
from reader.crypto.ciphers import PACE, BlockCipher, derive
from reader.crypto.groups import standard_group
from reader.errors import BadSignature, Malformed, NotSupported, PaceRefused, WrongKey
from reader.lds.security_infos import PaceInfo, pace_infos

from .conftest import ROOT

EXAMPLES = json.loads((ROOT / "tests/vectors/icao9303/pace.json").read_text())


def h(text: str) -> bytes:
    return bytes.fromhex(text)


def key(example: dict) -> Can | MrzKey:
    password = example["password"]
    return Can(password["can"]) if "can" in password else MrzKey(password["mrz"])


def info(example: dict) -> PaceInfo:
    oid = tlv.build(0x06, h(example["oid"]))
    raw = tlv.build(0x31, tlv.build(0x30, oid + b"\x02\x01\x02" + bytes([2, 1, example["parameter_id"]])))
    (found,) = pace_infos(raw)
    return found


def scalar(example: dict, name: str) -> bytes:
    """Random bytes that lead to this private key; only its remainder modulo the order matters."""
    order = standard_group(example["parameter_id"]).order
    return (int(example[name], 16) % order - 1).to_bytes(order.bit_length() // 8 + 9, "big")


def random(example: dict):
    drawn = [h(example["t"])] if "t" in example else [scalar(example, "map_secret")]
    drawn.append(scalar(example, "agree_secret"))
    return lambda _: drawn.pop(0)


def dynamic(tag: int, value: str) -> str:
    return tlv.build(0x7C, tlv.build(tag, h(value))).hex().upper()


def command(tag: int, value: str, cla: str = "10") -> str:
    body = dynamic(tag, value)
    return f"{cla}860000{len(body) // 2:02X}{body}00"


def script(example: dict) -> list[tuple[str, str]]:
    reference = "02" if "can" in example["password"] else "01"
    if "map_public" in example:
        second = (command(0x81, example["map_public"]), dynamic(0x82, example["chip_map_public"]) + "9000")
    else:
        second = (command(0x81, example["t"]), "9000")
    last = tlv.build(0x86, h(example["chip_token"]))
    if "encrypted_chip_data" in example:
        last += tlv.build(0x8A, h(example["encrypted_chip_data"]))
    return [
        (f"0022C1A40F800A{example['oid']}8301{reference}", "9000"),
        ("10860000027C0000", dynamic(0x80, example["z"]) + "9000"),
        second,
        (command(0x83, example["agree_public"]), dynamic(0x84, example["chip_agree_public"]) + "9000"),
        (command(0x85, example["token"], "00"), tlv.build(0x7C, last).hex() + "9000"),
    ]


class Chip:
    def __init__(self, script: list[tuple[str, str]]) -> None:
        self.script = script

    def transmit(self, apdu: bytes) -> bytes:
        expected, answer = self.script.pop(0)
        assert apdu.hex().upper() == expected
        return bytes.fromhex(answer)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_worked_example_runs_byte_for_byte(name):
    example = EXAMPLES[name]
    chip = Chip(script(example))
    opened = pace.open_chip(chip, key(example), info(example), random(example))
    assert chip.script == []
    assert opened.channel._enc == h(example["enc"])
    assert opened.channel._mac == h(example["mac"])


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_nonce_is_the_one_printed(name):
    example = EXAMPLES[name]
    password = derive(key(example).seed, PACE, "AES-128")
    assert BlockCipher("AES-128").decrypt(password, bytes(16), h(example["z"])) == h(example["s"])


def test_integrated_mapping_finds_the_generators_printed():
    for name in ("ecdh_im", "dh_im"):
        example = EXAMPLES[name]
        group = standard_group(example["parameter_id"])
        value = pace_mapping.pseudo_random(BlockCipher("AES-128"), h(example["s"]), h(example["t"]), group.field)
        assert group.encode(group.from_pseudo_random(value)) == h(example["generator"])
        assert value == int(example.get("pseudo_random", f"{value:X}"), 16)


def test_the_chip_mapping_proves_the_static_key():
    example = EXAMPLES["ecdh_cam"]
    opened = pace.open_chip(Chip(script(example)), key(example), info(example), random(example))
    proof = opened.chip_mapping
    assert proof is not None
    assert proof.chip_secret == int(example["chip_secret"], 16)
    chip_mapping.verify(proof, h(example["chip_public"]))
    group = standard_group(13)
    with pytest.raises(BadSignature):
        chip_mapping.verify(proof, group.encode(group.power(2, group.generator)))


def test_a_chip_that_gives_no_chip_mapping_data_proves_nothing():
    example = {**EXAMPLES["ecdh_cam"]}
    del example["encrypted_chip_data"]
    assert pace.open_chip(Chip(script(example)), key(example), info(example), random(example)).chip_mapping is None


@pytest.mark.parametrize("status", ["6300", "63C2", "6982", "6988", "6A80"])
def test_a_refused_token_is_a_wrong_password(status):
    example = EXAMPLES["dh_gm"]
    steps = [*script(example)[:-1], (script(example)[-1][0], status)]
    with pytest.raises(WrongKey):
        pace.open_chip(Chip(steps), key(example), info(example), random(example))


def test_a_chip_that_wants_the_parameters_named_gets_them():
    example = EXAMPLES["dh_gm"]
    steps = script(example)
    template = steps[0][0][10:] + "840100"
    steps[0:1] = [(steps[0][0], "6A88"), (f"0022C1A4{len(template) // 2:02X}{template}", "9000")]
    chip = Chip(steps)
    pace.open_chip(chip, key(example), info(example), random(example))
    assert chip.script == []


def test_a_chip_that_refuses_the_protocol_is_not_a_wrong_password():
    example = EXAMPLES["dh_gm"]
    template = script(example)[0][0][10:] + "840100"
    steps = [(script(example)[0][0], "6FFF"), (f"0022C1A4{len(template) // 2:02X}{template}", "6FFF")]
    with pytest.raises(PaceRefused):
        pace.open_chip(Chip(steps), key(example), info(example), random(example))


@pytest.mark.parametrize("element", [0, 1, -1, -2, 2])
def test_an_element_outside_the_subgroup_is_refused(element):
    group = standard_group(0)
    with pytest.raises(Malformed):
        group.decode(group.encode(element % group.field))


def test_a_field_without_integrated_mapping_is_not_supported():
    with pytest.raises(NotSupported):
        standard_group(10).from_pseudo_random(5)


@pytest.mark.parametrize("parameter_id", [0, 1, 2, *range(8, 19)])
def test_every_standard_group_maps_agrees_and_checks(parameter_id):
    group = standard_group(parameter_id)
    element = group.power(5, group.generator)
    assert group.decode(group.encode(element)) == element
    assert group.shared(7, element) == group.shared(5, group.power(7, group.generator))
    assert group.mapped(3, 2, element) == group.power(13, group.generator)
