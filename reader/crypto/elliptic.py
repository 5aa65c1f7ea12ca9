"""Elliptic curves over prime fields by their parameters: what PACE needs and no library gives.

Points of the mapping have to be added, and issuing states use curves with explicit parameters that `cryptography` refuses.
Jacobian coordinates with signed windows of five bits; not constant in time, which is right for ephemeral and public values only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import ClassVar

from reader.errors import Malformed, NotSupported

Point = tuple[int, int]
_Jacobian = tuple[int, int, int]
_INFINITY: _Jacobian = (1, 1, 0)
WINDOW = 5


@dataclass(frozen=True, slots=True)
class Curve:
    """y^2 = x^3 + ax + b over GF(p) with generator `g` of prime order `n`."""

    name: str
    p: int
    a: int
    b: int
    g: Point
    n: int

    public_key_tag: ClassVar[int] = 0x86

    @property
    def size(self) -> int:
        """Bytes of one coordinate."""
        return (self.p.bit_length() + 7) // 8

    @property
    def order(self) -> int:
        """How many points the generator reaches."""
        return self.n

    @property
    def field(self) -> int:
        """The prime of the field."""
        return self.p

    @property
    def generator(self) -> Point:
        """What all points are multiples of."""
        return self.g

    def power(self, scalar: int, element: Point) -> Point:
        """`multiply` under the name that all groups share."""
        return self.multiply(scalar, element)

    def shared(self, scalar: int, element: Point) -> bytes:
        """The shared secret of a key agreement: the x coordinate (BSI TR-03111 section 4.3.1)."""
        return self.multiply(scalar, element)[0].to_bytes(self.size, "big")

    def mapped(self, nonce: int, secret: int, other: Point) -> Point:
        """Generic mapping: nonce * G + secret * other (Doc 9303-11 section 4.4.3.3.1)."""
        return self.multiply_both((nonce, self.g), (secret, other))

    def from_pseudo_random(self, value: int) -> Point:
        """Integrated mapping: a point from a field element (Doc 9303-11 appendix B.2, simplified Brier and others).

        Raises:
            NotSupported: the field is not 3 modulo 4.
            Malformed: the element maps to no point.
        """
        p = self.p
        if p % 4 != 3:
            raise NotSupported("integrated mapping on this field")
        alpha = -value * value % p
        mixed = (alpha + alpha * alpha) % p
        if not mixed or not self.a % p:
            raise Malformed("the mapping ended in no point")
        x2 = -self.b * pow(self.a, -1, p) * (1 + pow(mixed, -1, p)) % p
        h2 = (pow(x2, 3, p) + self.a * x2 + self.b) % p
        root = pow(h2, p - 1 - (p + 1) // 4, p)
        if root * root * h2 % p == 1:
            return x2, root * h2 % p
        return alpha * x2 % p, root * pow(value, 3, p) * h2 % p

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
        return self._affine(self._straus(((scalar % self.n, point),)))

    def multiply_both(self, one: tuple[int, Point], other: tuple[int, Point]) -> Point:
        """The sum of two multiples, with the doublings shared (Straus): what a mapping and a verification need.

        Raises:
            Malformed: the result is the point at infinity.
        """
        return self._affine(self._straus(((one[0] % self.n, one[1]), (other[0] % self.n, other[1]))))

    def _straus(self, terms: Iterable[tuple[int, Point]]) -> _Jacobian:
        """The sum of all scalar * point, each scalar in its signed windows."""
        columns = [(_signed_windows(scalar), self._odd_multiples(point)) for scalar, point in terms]
        double, add, p = self._doubling(), self._add, self.p
        result = _INFINITY
        for position in range(max(len(digits) for digits, _ in columns) - 1, -1, -1):
            result = double(result)
            for digits, table in columns:
                digit = digits[position] if position < len(digits) else 0
                if digit > 0:
                    result = add(result, table[digit >> 1])
                elif digit < 0:
                    x, y, z = table[-digit >> 1]
                    result = add(result, (x, p - y, z))
        return result

    def _odd_multiples(self, point: Point) -> list[_Jacobian]:
        first = (point[0], point[1], 1)
        twice, table = self._double(first), [first]
        for _ in range(1, 1 << WINDOW - 2):
            table.append(self._add(table[-1], twice))
        return table

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
        try:
            inverse = pow(z, -1, self.p)
        except ValueError as error:
            raise Malformed("curve of numbers that are not prime") from error
        square = inverse * inverse % self.p
        return x * square % self.p, y * square * inverse % self.p

    def _doubling(self) -> Callable[[_Jacobian], _Jacobian]:
        # With a = -3, as on the NIST curves, 3x^2 + az^4 is 3(x - z^2)(x + z^2).
        return self._double_minus_three if self.a == self.p - 3 else self._double

    def _double(self, point: _Jacobian) -> _Jacobian:
        x, y, z = point
        if z == 0 or y == 0:
            return _INFINITY
        p, yy = self.p, y * y % self.p
        s, zz = 4 * x * yy % p, z * z % p
        m = (3 * x * x + self.a * (zz * zz % p)) % p
        x3 = (m * m - 2 * s) % p
        return x3, (m * (s - x3) - 8 * yy * yy) % p, 2 * y * z % p

    def _double_minus_three(self, point: _Jacobian) -> _Jacobian:
        x, y, z = point
        if z == 0 or y == 0:
            return _INFINITY
        p, yy, zz = self.p, y * y % self.p, z * z % self.p
        s, m = 4 * x * yy % p, 3 * (x - zz) * (x + zz) % p
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
        s1, s2 = y1 * (z22 * z2 % p) % p, y2 * (z11 * z1 % p) % p
        if u1 == u2:
            return self._double(one) if s1 == s2 else _INFINITY
        h, r = u2 - u1, s2 - s1
        hh = h * h % p
        hhh, v = hh * h % p, u1 * hh % p
        x3 = (r * r - hhh - 2 * v) % p
        return x3, (r * (v - x3) - s1 * hhh) % p, z1 * z2 % p * h % p


def verify_ecdsa(curve: Curve, public: Point, digest: bytes, r: int, s: int) -> bool:
    """ECDSA over a digest, cut to the length of the order (BSI TR-03111 section 4.2.1)."""
    if not (0 < r < curve.n and 0 < s < curve.n and curve.contains(public)):
        return False
    excess = max(0, len(digest) * 8 - curve.n.bit_length())
    e = int.from_bytes(digest, "big") >> excess
    inverse = pow(s, -1, curve.n)
    try:
        total = curve.multiply_both((e * inverse, curve.g), (r * inverse, public))
    except Malformed:
        return False
    return total[0] % curve.n == r


def _signed_windows(scalar: int) -> list[int]:
    """The scalar in width-w non-adjacent form, lowest digit first: odd digits between zeros (Hankerson, algorithm 3.35)."""
    digits = []
    full, half = 1 << WINDOW, 1 << WINDOW - 1
    while scalar:
        if scalar & 1:
            digit = scalar & full - 1
            if digit >= half:
                digit -= full
            scalar -= digit
            digits.append(digit)
        else:
            digits.append(0)
        scalar >>= 1
    return digits or [0]
