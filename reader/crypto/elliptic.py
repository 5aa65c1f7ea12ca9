"""Elliptic curves over prime fields by their parameters: what PACE needs and no library gives.

Points of the mapping have to be added, and issuing states use curves with explicit parameters that `cryptography` refuses.
Jacobian coordinates with a window of four bits; not constant in time, which is right for ephemeral and public values only.
"""

from __future__ import annotations

from dataclasses import dataclass

from reader.errors import Malformed

Point = tuple[int, int]
_Jacobian = tuple[int, int, int]
_INFINITY: _Jacobian = (1, 1, 0)
WINDOW = 4


@dataclass(frozen=True, slots=True)
class Curve:
    """y^2 = x^3 + ax + b over GF(p) with generator `g` of prime order `n`."""

    name: str
    p: int
    a: int
    b: int
    g: Point
    n: int

    @property
    def size(self) -> int:
        """Bytes of one coordinate."""
        return (self.p.bit_length() + 7) // 8

    def contains(self, point: Point) -> bool:
        """Whether the point satisfies the equation with coordinates in range."""
        x, y = point
        return 0 <= x < self.p and 0 <= y < self.p and (y * y - (x * x + self.a) * x - self.b) % self.p == 0

    def decode(self, raw: bytes) -> Point:
        """A validated point of its uncompressed encoding (BSI TR-03111 section 3.2.1).

        Raises:
            Malformed: wrong length or form, or not on the curve.
        """
        if len(raw) != 2 * self.size + 1 or raw[0] != 4:
            raise Malformed("not an uncompressed point of this curve")
        point = int.from_bytes(raw[1 : self.size + 1], "big"), int.from_bytes(raw[self.size + 1 :], "big")
        if not self.contains(point):
            raise Malformed("point is not on the curve")
        return point

    def encode(self, point: Point) -> bytes:
        """Uncompressed encoding."""
        return b"\x04" + point[0].to_bytes(self.size, "big") + point[1].to_bytes(self.size, "big")

    def multiply(self, scalar: int, point: Point) -> Point:
        """Scalar * point.

        Raises:
            Malformed: the result is the point at infinity.
        """
        scalar %= self.n
        table = [_INFINITY, (point[0], point[1], 1)]
        for _ in range(2, 1 << WINDOW):
            table.append(self._add(table[-1], table[1]))
        result = _INFINITY
        for shift in range((scalar.bit_length() + WINDOW - 1) // WINDOW * WINDOW - WINDOW, -1, -WINDOW):
            for _ in range(WINDOW):
                result = self._double(result)
            result = self._add(result, table[scalar >> shift & (1 << WINDOW) - 1])
        return self._affine(result)

    def add(self, one: Point, other: Point) -> Point:
        """Sum of two points.

        Raises:
            Malformed: the result is the point at infinity.
        """
        return self._affine(self._add((*one, 1), (*other, 1)))

    def _affine(self, point: _Jacobian) -> Point:
        x, y, z = point
        if z == 0:
            raise Malformed("point at infinity")
        inverse = pow(z, -1, self.p)
        square = inverse * inverse % self.p
        return x * square % self.p, y * square * inverse % self.p

    def _double(self, point: _Jacobian) -> _Jacobian:
        x, y, z = point
        if z == 0 or y == 0:
            return _INFINITY
        p, yy = self.p, y * y % self.p
        s, zz = 4 * x * yy % p, z * z % p
        m = (3 * x * x + self.a * zz * zz) % p
        x3 = (m * m - 2 * s) % p
        return x3, (m * (s - x3) - 8 * yy * yy) % p, 2 * y * z % p

    def _add(self, one: _Jacobian, other: _Jacobian) -> _Jacobian:
        if one[2] == 0:
            return other
        if other[2] == 0:
            return one
        p, (x1, y1, z1), (x2, y2, z2) = self.p, one, other
        z11, z22 = z1 * z1 % p, z2 * z2 % p
        u1, u2 = x1 * z22 % p, x2 * z11 % p
        s1, s2 = y1 * z22 * z2 % p, y2 * z11 * z1 % p
        if u1 == u2:
            return self._double(one) if s1 == s2 else _INFINITY
        h, r = u2 - u1, s2 - s1
        hh = h * h % p
        hhh, v = hh * h % p, u1 * hh % p
        x3 = (r * r - hhh - 2 * v) % p
        return x3, (r * (v - x3) - s1 * hhh) % p, z1 * z2 * h % p


def verify_ecdsa(curve: Curve, public: Point, digest: bytes, r: int, s: int) -> bool:
    """ECDSA over a digest, cut to the length of the order (BSI TR-03111 section 4.2.1)."""
    if not (0 < r < curve.n and 0 < s < curve.n and curve.contains(public)):
        return False
    excess = max(0, len(digest) * 8 - curve.n.bit_length())
    e = int.from_bytes(digest, "big") >> excess
    inverse = pow(s, -1, curve.n)
    parts = [
        curve.multiply(scalar, point)
        for scalar, point in ((e * inverse % curve.n, curve.g), (r * inverse % curve.n, public))
        if scalar
    ]
    try:
        total = parts[0] if len(parts) == 1 else curve.add(*parts)
    except Malformed:
        return False
    return total[0] % curve.n == r
