"""brainpoolP256r1 in homogeneous coordinates, bit by bit: slower and other than the reader's, on purpose (RFC 5639)."""

from __future__ import annotations

P = 0xA9FB57DBA1EEA9BC3E660A909D838D726E3BF623D52620282013481D1F6E5377
A = 0x7D5A0975FC2C3057EEF67530417AFFE7FB8055C126DC5C6CE94A4B44F330B5D9
B = 0x26DC5C6CE94A4B44F330B5D9BBD77CBF958416295CF7E1CE6BCCDC18FF8C07B6
G = (
    0x8BD2AEB9CB7E57CB2C4B482FFC81B7AFB9DE27E1E3BD23C23A4453BD9ACE3262,
    0x547EF835C3DAC4FD97F8461A14611DC9C27745132DED8E545C1D54C72F046997,
)
N = 0xA9FB57DBA1EEA9BC3E660A909D838D718C397AA3B561A6F7901E0E82974856A7
Affine = tuple[int, int]
Homogeneous = tuple[int, int, int]
ZERO: Homogeneous = (0, 1, 0)


def _double(point: Homogeneous) -> Homogeneous:
    x, y, z = point
    if z == 0:
        return ZERO
    w = (A * z * z + 3 * x * x) % P
    s = y * z % P
    b = x * y * s % P
    h = (w * w - 8 * b) % P
    return 2 * h * s % P, (w * (4 * b - h) - 8 * y * y * s * s) % P, 8 * s * s * s % P


def _sum(one: Homogeneous, two: Homogeneous) -> Homogeneous:
    if one[2] == 0:
        return two
    if two[2] == 0:
        return one
    (x1, y1, z1), (x2, y2, z2) = one, two
    u, v = (y2 * z1 - y1 * z2) % P, (x2 * z1 - x1 * z2) % P
    if v == 0:
        return _double(one) if u == 0 else ZERO
    vv = v * v % P
    vvv, r = vv * v % P, vv * x1 * z2 % P
    a = (u * u * z1 * z2 - vvv - 2 * r) % P
    return v * a % P, (u * (r - a) - vvv * y1 * z2) % P, vvv * z1 * z2 % P


def _affine(point: Homogeneous) -> Affine:
    inverse = pow(point[2], -1, P)
    return point[0] * inverse % P, point[1] * inverse % P


def times(scalar: int, point: Affine) -> Affine:
    """A multiple of a point, from the highest bit down."""
    result = ZERO
    for bit in f"{scalar % N:b}":
        result = _double(result)
        if bit == "1":
            result = _sum(result, (*point, 1))
    return _affine(result)


def plus(one: Affine, two: Affine) -> Affine:
    """The sum of two points."""
    return _affine(_sum((*one, 1), (*two, 1)))


def to_octets(point: Affine) -> bytes:
    """Uncompressed form."""
    return b"\x04" + point[0].to_bytes(32, "big") + point[1].to_bytes(32, "big")


def from_octets(raw: bytes) -> Affine | None:
    """A point on the curve, or None."""
    if len(raw) != 65 or raw[0] != 4:
        return None
    x, y = int.from_bytes(raw[1:33], "big"), int.from_bytes(raw[33:], "big")
    return (x, y) if (y * y - x * x * x - A * x - B) % P == 0 else None
