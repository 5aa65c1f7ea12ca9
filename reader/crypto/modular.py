"""Diffie-Hellman over prime fields: the groups 0 to 2 of PACE, and keys for chip authentication by their parameters.

Figures: RFC 5114 sections 2.1 to 2.3, as Doc 9303-11 section 9.5.1 table 6 names them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from reader.crypto.primes import is_prime
from reader.errors import Malformed, NotSupported

# The shortest and the longest field that states use; a hostile one of 100,000 bits would take minutes.
FIELD_BITS = range(1024, 4097)
# Of RFC 5114 section 2.1, the smallest of the standard's (Doc 9303-11 section 9.5.1).
SMALLEST_ORDER = 160


@dataclass(frozen=True, slots=True)
class ModularGroup:
    """The subgroup of order `q` that `g` generates modulo `p`; elements are integers."""

    name: str
    p: int
    g: int
    q: int

    public_key_tag: ClassVar[int] = 0x84

    @property
    def size(self) -> int:
        """Bytes of one element."""
        return (self.p.bit_length() + 7) // 8

    @property
    def order(self) -> int:
        """How many elements the subgroup has."""
        return self.q

    @property
    def field(self) -> int:
        """The prime of the field."""
        return self.p

    @property
    def generator(self) -> int:
        """What all elements are powers of."""
        return self.g

    def power(self, scalar: int, element: int) -> int:
        """Element ^ scalar."""
        return pow(element, scalar % self.q, self.p)

    def encode(self, element: int) -> bytes:
        """Big endian, as long as the field (Doc 9303-11 section 9.5.1: unsigned integer)."""
        return element.to_bytes(self.size, "big")

    def decode(self, raw: bytes) -> int:
        """A validated element: in range and of order `q` (RFC 2631 section 2.1.5), so that nothing leaks in a small subgroup.

        Raises:
            Malformed: anything else.
        """
        element = int.from_bytes(raw, "big")
        if not raw or len(raw) > self.size + 1 or not 1 < element < self.p - 1 or pow(element, self.q, self.p) != 1:
            raise Malformed("not an element of this group")
        return element

    def shared(self, scalar: int, element: int) -> bytes:
        """The shared secret of a key agreement."""
        return self.encode(self.power(scalar, element))

    def combine(self, one: int, two: int) -> int:
        """The product of two elements."""
        return one * two % self.p

    def mapped(self, nonce: int, secret: int, other: int) -> int:
        """Generic mapping: g ^ nonce * other ^ secret (Doc 9303-11 section 4.4.3.3.1)."""
        return self._true_generator(self.combine(self.power(nonce, self.g), self.power(secret, other)))

    def from_pseudo_random(self, value: int) -> int:
        """Integrated mapping: value ^ ((p - 1) / q) (Doc 9303-11 section 4.4.3.3.2)."""
        return self._true_generator(pow(value, (self.p - 1) // self.q, self.p))

    def _true_generator(self, element: int) -> int:
        if element <= 1:
            raise Malformed("the mapping ended in the identity")
        return element


def explicit_group(p: int, g: int, q: int | None) -> ModularGroup:
    """A group by its parameters; without an order the largest possible one is taken (safe primes).

    Raises:
        NotSupported: a field or a subgroup too small or too large.
        Malformed: numbers that are not prime, or a generator that is none (NIST SP 800-56A section 5.5.1.1).
    """
    known = next((group for group in MODULAR_GROUPS.values() if (group.p, group.g, group.q) == (p, g, q)), None)
    if known is not None:
        return known
    order = q or (p - 1) // 2
    if p.bit_length() not in FIELD_BITS or order.bit_length() < SMALLEST_ORDER or order >= p:
        raise NotSupported("Diffie-Hellman over {bits} bits", bits=p.bit_length())
    if not is_prime(p) or (q and not is_prime(q)):
        raise Malformed("group of numbers that are not prime")
    if not 1 < g < p - 1 or (q and pow(g, q, p) != 1):
        raise Malformed("generator is not in the group")
    return ModularGroup("explicit", p, g, order)


def _group(name: str, p: str, g: str, q: str) -> ModularGroup:
    return ModularGroup(name, int(p, 16), int(g, 16), int(q, 16))


MODULAR_GROUPS = {
    0: _group(
        "MODP 1024/160",
        "B10B8F96A080E01DDE92DE5EAE5D54EC52C99FBCFB06A3C69A6A9DCA52D23B616073E28675A23D189838EF1E2EE652C013ECB4AEA9061123"
        "24975C3CD49B83BFACCBDD7D90C4BD7098488E9C219A73724EFFD6FAE5644738FAA31A4FF55BCCC0A151AF5F0DC8B4BD45BF37DF365C1A65"
        "E68CFDA76D4DA708DF1FB2BC2E4A4371",
        "A4D1CBD5C3FD34126765A442EFB99905F8104DD258AC507FD6406CFF14266D31266FEA1E5C41564B777E690F5504F213160217B4B01B886A"
        "5E91547F9E2749F4D7FBD7D3B9A92EE1909D0D2263F80A76A6A24C087A091F531DBF0A0169B6A28AD662A4D18E73AFA32D779D5918D08BC8"
        "858F4DCEF97C2A24855E6EEB22B3B2E5",
        "F518AA8781A8DF278ABA4E7D64B7CB9D49462353",
    ),
    1: _group(
        "MODP 2048/224",
        "AD107E1E9123A9D0D660FAA79559C51FA20D64E5683B9FD1B54B1597B61D0A75E6FA141DF95A56DBAF9A3C407BA1DF15EB3D688A309C180E"
        "1DE6B85A1274A0A66D3F8152AD6AC2129037C9EDEFDA4DF8D91E8FEF55B7394B7AD5B7D0B6C12207C9F98D11ED34DBF6C6BA0B2C8BBC27BE"
        "6A00E0A0B9C49708B3BF8A317091883681286130BC8985DB1602E714415D9330278273C7DE31EFDC7310F7121FD5A07415987D9ADC0A486D"
        "CDF93ACC44328387315D75E198C641A480CD86A1B9E587E8BE60E69CC928B2B9C52172E413042E9B23F10B0E16E79763C9B53DCF4BA80A29"
        "E3FB73C16B8E75B97EF363E2FFA31F71CF9DE5384E71B81C0AC4DFFE0C10E64F",
        "AC4032EF4F2D9AE39DF30B5C8FFDAC506CDEBE7B89998CAF74866A08CFE4FFE3A6824A4E10B9A6F0DD921F01A70C4AFAAB739D7700C29F52"
        "C57DB17C620A8652BE5E9001A8D66AD7C17669101999024AF4D027275AC1348BB8A762D0521BC98AE247150422EA1ED409939D54DA7460CD"
        "B5F6C6B250717CBEF180EB34118E98D119529A45D6F834566E3025E316A330EFBB77A86F0C1AB15B051AE3D428C8F8ACB70A8137150B8EEB"
        "10E183EDD19963DDD9E263E4770589EF6AA21E7F5F2FF381B539CCE3409D13CD566AFBB48D6C019181E1BCFE94B30269EDFE72FE9B6AA4BD"
        "7B5A0F1C71CFFF4C19C418E1F6EC017981BC087F2A7065B384B890D3191F2BFA",
        "801C0D34C58D93FE997177101F80535A4738CEBCBF389A99B36371EB",
    ),
    2: _group(
        "MODP 2048/256",
        "87A8E61DB4B6663CFFBBD19C651959998CEEF608660DD0F25D2CEED4435E3B00E00DF8F1D61957D4FAF7DF4561B2AA3016C3D91134096FAA"
        "3BF4296D830E9A7C209E0C6497517ABD5A8A9D306BCF67ED91F9E6725B4758C022E0B1EF4275BF7B6C5BFC11D45F9088B941F54EB1E59BB8"
        "BC39A0BF12307F5C4FDB70C581B23F76B63ACAE1CAA6B7902D52526735488A0EF13C6D9A51BFA4AB3AD8347796524D8EF6A167B5A41825D9"
        "67E144E5140564251CCACB83E6B486F6B3CA3F7971506026C0B857F689962856DED4010ABD0BE621C3A3960A54E710C375F26375D7014103"
        "A4B54330C198AF126116D2276E11715F693877FAD7EF09CADB094AE91E1A1597",
        "3FB32C9B73134D0B2E77506660EDBD484CA7B18F21EF205407F4793A1A0BA12510DBC15077BE463FFF4FED4AAC0BB555BE3A6C1B0C6B47B1"
        "BC3773BF7E8C6F62901228F8C28CBB18A55AE31341000A650196F931C77A57F2DDF463E5E9EC144B777DE62AAAB8A8628AC376D282D6ED38"
        "64E67982428EBC831D14348F6F2F9193B5045AF2767164E1DFC967C1FB3F2E55A4BD1BFFE83B9C80D052B985D182EA0ADB2A3B7313D3FE14"
        "C8484B1E052588B9B7D2BBD2DF016199ECD06E1557CD0915B3353BBB64E0EC377FD028370DF92B52C7891428CDC67EB6184B523D1DB246C3"
        "2F63078490F00EF8D647D148D47954515E2327CFEF98C582664B4C0F6CC41659",
        "8CF83642A709A097B447997640129DA299B1A47D1EB3750BA308B0FE64F5FBD3",
    ),
}
