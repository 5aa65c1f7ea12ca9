"""The groups in which the chip agrees keys: curves, and powers modulo a prime."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from hardware_mocks.chip.curve import EllipticDomain, curve
from hardware_mocks.chip.domain import MODULAR


@dataclass(frozen=True, slots=True)
class ModularDomain:
    """Powers of `base` modulo `p`, as many as `n`."""

    p: int
    base: int
    n: int
    token_tag: int = 0x84

    @property
    def width(self) -> int:
        """Bytes of an element."""
        return -(-self.p.bit_length() // 8)

    def times(self, scalar: int, element: int) -> int:
        """A power."""
        return pow(element, scalar, self.p)

    def plus(self, one: int, two: int) -> int:
        """The product."""
        return one * two % self.p

    def scalar(self, random: Callable[[int], bytes]) -> int:
        """A private key."""
        return int.from_bytes(random(-(-self.n.bit_length() // 8)), "big") % (self.n - 1) + 1

    def secret(self, scalar: int, element: int) -> bytes:
        """The shared secret of a key agreement."""
        return self.encoded(self.times(scalar, element))

    def encoded(self, element: int) -> bytes:
        """Unsigned, as wide as the prime."""
        return element.to_bytes(self.width, "big")

    def decoded(self, raw: bytes) -> int | None:
        """An element, or None."""
        element = int.from_bytes(raw, "big")
        return element if 1 < element < self.p - 1 else None

    def mapped_from(self, value: int) -> int:
        """The generator of the integrated mapping."""
        return pow(value, (self.p - 1) // self.n, self.p)


Domain = EllipticDomain | ModularDomain


@lru_cache
def domain(number: int) -> Domain:
    """The group of a parameter identifier."""
    if number in MODULAR:
        p, g, q = (int(text, 16) for text in MODULAR[number])
        return ModularDomain(p, g, q)
    return curve(number)
