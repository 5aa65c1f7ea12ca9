"""Curves in homogeneous coordinates, bit by bit: slower and other than the reader's, on purpose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hardware_mocks.chip.domain import CURVES

Affine = tuple[int, int]
Homogeneous = tuple[int, int, int]
ZERO: Homogeneous = (0, 1, 0)


@dataclass(frozen=True, slots=True)
class EllipticDomain:
    """One curve; `token_tag` marks its public keys in tokens."""

    identifier: str
    p: int
    a: int
    b: int
    base: Affine
    n: int
    token_tag: int = 0x86

    @property
    def width(self) -> int:
        """Bytes of a coordinate."""
        return -(-self.p.bit_length() // 8)

    def _double(self, point: Homogeneous) -> Homogeneous:
        x, y, z = point
        if z == 0:
            return ZERO
        p = self.p
        w = (self.a * z * z + 3 * x * x) % p
        s = y * z % p
        b = x * y * s % p
        h = (w * w - 8 * b) % p
        return 2 * h * s % p, (w * (4 * b - h) - 8 * y * y * s * s) % p, 8 * s * s * s % p

    def _sum(self, one: Homogeneous, two: Homogeneous) -> Homogeneous:
        if one[2] == 0:
            return two
        if two[2] == 0:
            return one
        p, (x1, y1, z1), (x2, y2, z2) = self.p, one, two
        u, v = (y2 * z1 - y1 * z2) % p, (x2 * z1 - x1 * z2) % p
        if v == 0:
            return self._double(one) if u == 0 else ZERO
        vv = v * v % p
        vvv, r = vv * v % p, vv * x1 * z2 % p
        a = (u * u * z1 * z2 - vvv - 2 * r) % p
        return v * a % p, (u * (r - a) - vvv * y1 * z2) % p, vvv * z1 * z2 % p

    def _affine(self, point: Homogeneous) -> Affine:
        inverse = pow(point[2], -1, self.p)
        return point[0] * inverse % self.p, point[1] * inverse % self.p

    def times(self, scalar: int, point: Affine) -> Affine:
        """A multiple of a point, from the highest bit down."""
        result = ZERO
        for bit in f"{scalar % self.n:b}":
            result = self._double(result)
            if bit == "1":
                result = self._sum(result, (*point, 1))
        return self._affine(result)

    def plus(self, one: Affine, two: Affine) -> Affine:
        """The sum of two points."""
        return self._affine(self._sum((*one, 1), (*two, 1)))

    def scalar(self, random: Callable[[int], bytes]) -> int:
        """A private key."""
        return int.from_bytes(random(self.width + 8), "big") % (self.n - 1) + 1

    def secret(self, scalar: int, point: Affine) -> bytes:
        """The shared secret of a key agreement."""
        return self.times(scalar, point)[0].to_bytes(self.width, "big")

    def encoded(self, point: Affine) -> bytes:
        """Uncompressed form."""
        return b"\x04" + b"".join(number.to_bytes(self.width, "big") for number in point)

    def decoded(self, raw: bytes) -> Affine | None:
        """A point on the curve, or None."""
        if len(raw) != 2 * self.width + 1 or raw[0] != 4:
            return None
        x, y = int.from_bytes(raw[1 : self.width + 1], "big"), int.from_bytes(raw[self.width + 1 :], "big")
        return (x, y) if (y * y - x * x * x - self.a * x - self.b) % self.p == 0 else None

    def mapped_from(self, value: int) -> Affine:
        """The point of the integrated mapping (Doc 9303-11 appendix B.2), by Euler's criterion."""
        p = self.p
        alpha = p - value * value % p
        x = -self.b * (1 + pow(alpha + alpha * alpha, -1, p)) * pow(self.a, -1, p) % p
        h = (x * x * x + self.a * x + self.b) % p
        root = pow(h, (p + 1) // 4, p)
        if pow(h, (p - 1) // 2, p) == 1:
            return x, root
        return alpha * x % p, -pow(value, 3, p) * root % p


def curve(number: int) -> EllipticDomain:
    """The curve of a parameter identifier."""
    identifier, *numbers = CURVES[number]
    p, a, b, x, y, n = (int(text, 16) for text in numbers)
    return EllipticDomain(identifier, p, a, b, (x, y), n)
