"""The targets of the fuzzer run in CI too: on their seeds, on every seed cut and spoiled, and on what once broke them."""

from __future__ import annotations

import random

import pytest

from benchmarks.fuzz.targets import TARGETS

# Inputs that once ended in an untyped exception, by target.
ONCE_BROKE = {
    "mrz": [
        b"I<UTOD23145890<<<<A<<<<<<<<<<<7408122F1204159UTO<<<<<<<<<<<6ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
        ("I<UTO²" + "1" * 84).encode(),
    ],
    # The last ones took time that doubled with every four octets.
    "tlv": [
        bytes.fromhex("3080" * 50),
        bytes.fromhex("2480048200"),
        bytes.fromhex("30820110" + "3002307F" * 18 + "00" * 200),
    ],
    "sod": [bytes.fromhex("7782011A" + "308030820110" + "3002307F" * 18 + "00" * 204)],
    "master_list": [b"-----BEGIN CERTIFICATE-----" * 3, bytes.fromhex("30800609")],
}


@pytest.mark.parametrize("name", TARGETS)
def test_seeds_and_what_once_broke_raise_nothing(name):
    for raw in (*TARGETS[name].seeds(), *ONCE_BROKE.get(name, ()), b"", b"\x00" * 40):
        TARGETS[name].run(raw)


@pytest.mark.parametrize("name", TARGETS)
def test_spoiled_seeds_raise_nothing(name):
    chance = random.Random(name)
    for seed in TARGETS[name].seeds():
        for _ in range(25):
            raw = bytearray(seed)
            for _ in range(chance.randint(1, 3)):
                raw[chance.randrange(len(raw))] = chance.randrange(256)
            TARGETS[name].run(bytes(raw[: chance.choice((len(raw), chance.randrange(len(raw) + 1)))]))
