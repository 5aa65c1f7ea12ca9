"""Whether a number that a stranger gives is prime: groups and curves by their parameters stand on that."""

from __future__ import annotations

import hashlib
from functools import lru_cache

SMALL = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97)
# Beside fixed bases, for which composites that pass are known, some that depend on the number.
FIXED_BASES, OWN_BASES = SMALL[:8], 8


@lru_cache(maxsize=256)
def is_prime(number: int) -> bool:
    """The test of Miller and Rabin (FIPS 186-5 appendix B.3.1); a composite passes with a chance below 4 ** -8."""
    if number < SMALL[-1] ** 2:
        return number > 1 and all(number % prime for prime in SMALL if prime * prime <= number)
    if any(number % prime == 0 for prime in SMALL):
        return False
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    return all(_passes(base, number, odd, twos) for base in (*FIXED_BASES, *_bases_of(number)))


def _passes(base: int, number: int, odd: int, twos: int) -> bool:
    power = pow(base, odd, number)
    if power in {1, number - 1}:
        return True
    for _ in range(twos - 1):
        power = power * power % number
        if power == number - 1:
            return True
    return False


def _bases_of(number: int) -> list[int]:
    octets = number.to_bytes((number.bit_length() + 7) // 8, "big")
    drawn = (hashlib.shake_256(octets + bytes((turn,))).digest(len(octets)) for turn in range(OWN_BASES))
    return [int.from_bytes(one, "big") % (number - 3) + 2 for one in drawn]
