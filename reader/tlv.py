"""BER-TLV as ICAO files use it: one- to three-byte tags, definite lengths, bounded nesting (ISO/IEC 7816-4 section 5.2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reader.errors import LimitExceeded, Malformed

LONGEST_TAG = 3
LONGEST_LENGTH = 4
# The largest file read here is a portrait; four times the largest seen.
LARGEST_VALUE = 1 << 20


@dataclass(frozen=True, slots=True)
class Tlv:
    """One data object. `tag` is the number as printed in the standards (0x7F61), `size` the whole object in bytes."""

    tag: int
    value: bytes
    size: int

    @property
    def constructed(self) -> bool:
        """Whether the value holds further objects."""
        first = self.tag >> (8 * (((self.tag.bit_length() + 7) // 8) - 1)) if self.tag else 0
        return bool(first & 0x20)


def header(raw: bytes, offset: int = 0) -> tuple[int, int, int]:
    """Tag, length of the value, and length of the header itself.

    Raises:
        Malformed: cut off, indefinite, or a tag or length longer than any that is used.
    """
    try:
        start, tag = offset, raw[offset]
        offset += 1
        if tag & 0x1F == 0x1F:
            while True:
                tag = tag << 8 | raw[offset]
                offset += 1
                if not tag & 0x80:
                    break
                if offset - start >= LONGEST_TAG:
                    raise Malformed("tag is too long")
        length = raw[offset]
        offset += 1
        if length & 0x80:
            count = length & 0x7F
            if not 1 <= count <= LONGEST_LENGTH or offset + count > len(raw):
                raise Malformed("length is indefinite, too long or cut off")
            length = int.from_bytes(raw[offset : offset + count], "big")
            offset += count
    except IndexError as error:
        raise Malformed("data object is cut off") from error
    if length > LARGEST_VALUE:
        raise LimitExceeded("a data object of {length} bytes", length=length)
    return tag, length, offset - start


def objects(raw: bytes) -> Iterator[Tlv]:
    """The data objects standing one after another.

    Raises:
        Malformed: the last one is cut off.
    """
    offset = 0
    while offset < len(raw):
        tag, length, head = header(raw, offset)
        end = offset + head + length
        if end > len(raw):
            raise Malformed("data object is cut off")
        yield Tlv(tag, raw[offset + head : end], head + length)
        offset = end


def first(raw: bytes, expected: int) -> bytes:
    """The value of the one object that must come first.

    Raises:
        Malformed: another tag stands there.
    """
    found = next(objects(raw), None)
    if found is None or found.tag != expected:
        raise Malformed("expected tag {expected:X}", expected=expected)
    return found.value


def find(raw: bytes, *path: int) -> bytes | None:
    """The value at a path of tags, or None."""
    for tag in path:
        value = next((item.value for item in objects(raw) if item.tag == tag), None)
        if value is None:
            return None
        raw = value
    return raw


def build(tag: int, value: bytes) -> bytes:
    """The bytes of one data object."""
    return tag.to_bytes((tag.bit_length() + 7) // 8 or 1, "big") + length_field(len(value)) + value


def length_field(length: int) -> bytes:
    """A length in its shortest form."""
    if length < 0x80:
        return bytes([length])
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(octets)]) + octets
