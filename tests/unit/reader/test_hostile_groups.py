"""Groups and curves by a stranger's parameters: a chip says in the clear in which one keys shall be agreed."""

from __future__ import annotations

import secrets

import pytest

from reader import ber
from reader.access_control import pace
from reader.crypto.curves import CURVES
from reader.crypto.elliptic import Curve
from reader.crypto.groups import group_of_algorithm
from reader.crypto.modular import MODULAR_GROUPS, ModularGroup
from reader.crypto.primes import is_prime
from reader.errors import Malformed, NotSupported

KNOWN = MODULAR_GROUPS[0]
# p = 2 ** 1024 - 1: powers of 2 ** 128 never reach the first octet.
NARROW = ModularGroup("narrow", (1 << 1024) - 1, 1 << 128, 8)
# Composites that the test with the first seven, eight and nine primes as bases takes for primes (OEIS A014233).
STRONG_PSEUDOPRIMES = [341550071728321, 3825123056546413051]
CARMICHAEL = 561 * 1105 * 1729


def number(value: int) -> bytes:
    return ber.build(ber.INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def sequence(*parts: bytes) -> bytes:
    return ber.build(ber.SEQUENCE, b"".join(parts))


def dh_group(p: int, g: int, q: int) -> bytes:
    """AlgorithmIdentifier of X9.42."""
    return sequence(bytes.fromhex("06072A8648CE3E0201"), sequence(number(p), number(g), number(q)))


def curve(p: int, a: int, b: int, g: tuple[int, int], n: int) -> bytes:
    """AlgorithmIdentifier with all figures of a curve."""
    size = (p.bit_length() + 7) // 8

    def octets(*values: int) -> bytes:
        return b"".join(value.to_bytes(size, "big") for value in values)

    field = sequence(bytes.fromhex("06072A8648CE3D0101"), number(p))
    coefficients = sequence(ber.build(4, octets(a)), ber.build(4, octets(b)))
    parameters = sequence(number(1), field, coefficients, ber.build(4, b"\x04" + octets(*g)), number(n), number(1))
    return sequence(bytes.fromhex("06072A8648CE3D0201"), parameters)


def on_some_curve(p: int) -> tuple[int, int, tuple[int, int]]:
    """Coefficients and a point of y^2 = x^3 + ax + b modulo any number."""
    x, y, a = 5, 7, 3
    return a, (y * y - x**3 - a * x) % p, (x, y)


@pytest.mark.parametrize(
    ("p", "g", "q", "error"),
    [
        (NARROW.p, NARROW.g, NARROW.q, NotSupported),
        ((1 << 1024) - 1, 4, (1 << 255) - 19, Malformed),
        (KNOWN.p, KNOWN.g, KNOWN.q - 2, Malformed),
        (KNOWN.p, 2, KNOWN.q, Malformed),
        (KNOWN.p, 1, KNOWN.q, Malformed),
        (KNOWN.p, KNOWN.p - 1, KNOWN.q, Malformed),
        (KNOWN.p, KNOWN.g, KNOWN.p + 2, NotSupported),
        ((1 << 100_000) + 1, 2, KNOWN.q, NotSupported),
    ],
    ids=["few small numbers", "composite field", "composite order", "another order", "one", "minus one", "order beyond the field", "100,001 bits"],
)  # fmt: skip
def test_a_group_in_which_no_keys_may_be_agreed_is_refused(p, g, q, error):
    with pytest.raises(error):
        group_of_algorithm(dh_group(p, g, q))


def test_a_known_group_by_its_figures_is_that_group():
    assert group_of_algorithm(dh_group(KNOWN.p, KNOWN.g, KNOWN.q)) is KNOWN


def test_a_curve_over_a_composite_number_is_refused():
    p = 3 * CURVES["secp256r1"].p
    a, b, g = on_some_curve(p)
    with pytest.raises(Malformed, match="prime"):
        group_of_algorithm(curve(p, a, b, g, CURVES["secp256r1"].n))
    p = CURVES["secp256r1"].p
    a, b, g = on_some_curve(p)
    with pytest.raises(Malformed, match="prime"):
        group_of_algorithm(curve(p, a, b, g, CURVES["secp256r1"].n * 3))


def test_arithmetic_over_a_composite_number_ends_in_its_own_error():
    p = 3 * CURVES["secp256r1"].p
    a, b, g = on_some_curve(p)
    composite = Curve("composite", p, a, b, g, CURVES["secp256r1"].n)
    refused = 0
    for scalar in range(2, 40):
        try:
            composite.multiply(scalar, g)
        except Malformed:
            refused += 1
    assert refused


def test_a_group_of_small_numbers_only_does_not_keep_pace_drawing():
    with pytest.raises(Malformed, match="small numbers"):
        pace._ephemeral(NARROW, NARROW.g, secrets.token_bytes)


@pytest.mark.parametrize(
    "composite", [0, 1, 4, 9409, CARMICHAEL, *STRONG_PSEUDOPRIMES, KNOWN.p * KNOWN.q, (1 << 1024) - 1]
)
def test_composites_are_told(composite):
    assert not is_prime(composite)


def test_the_primes_of_every_standard_group_are_told():
    for group in MODULAR_GROUPS.values():
        assert is_prime(group.p)
        assert is_prime(group.q)
    for known in CURVES.values():
        assert is_prime(known.p)
        assert is_prime(known.n)
    assert [n for n in range(60) if is_prime(n)] == [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59]
