"""BER as signed files bring it (ITU-T X.690): cut by offsets, so that what was signed stays the bytes that were signed.

Security objects and master lists come with indefinite lengths and chunked strings (chip.md section 3); `definite` turns
those, and only those, into definite ones. Everything is bounded by the input: no length is believed, nesting is limited.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from reader.errors import LimitExceeded, Malformed

DEEPEST = 40
LONGEST_LENGTH = 8
INTEGER, BIT_STRING, OCTET_STRING, NULL, OID, SEQUENCE, SET = 0x02, 0x03, 0x04, 0x05, 0x06, 0x30, 0x31
UTC_TIME, GENERALIZED_TIME = 0x17, 0x18
CHUNKED_OCTET_STRING = 0x24
END = b"\x00\x00"
# X.680 clause 8.6; strings of one byte a character that are neither ASCII nor UTF-8 are read as Latin-1.
ENCODINGS = {0x0C: "utf-8", 0x1C: "utf-32-be", 0x1E: "utf-16-be"}


@dataclass(frozen=True, slots=True)
class Element:
    """One data object: its identifier octets as a number (0x30, 0xA0), all its bytes, and its value."""

    tag: int
    raw: bytes
    value: bytes

    def children(self) -> list[Element]:
        """The objects inside, one after another.

        Raises:
            Malformed: the value is no series of whole objects.
        """
        return list(elements(self.value))

    def integer(self) -> int:
        """The value as a signed number."""
        return int.from_bytes(self.value, "big", signed=True)

    def dotted(self) -> str:
        """The value as an object identifier.

        Raises:
            Malformed: another tag.
        """
        if self.tag != OID:
            raise Malformed("expected an object identifier")
        return dotted(self.value)


def _header(raw: bytes, at: int, limit: int) -> tuple[int, int, int | None]:
    """Tag, where the value starts, and its length (None: indefinite). What is around the object ends at `limit`."""
    try:
        tag, at = raw[at], at + 1
        if tag & 0x1F == 0x1F:
            for _ in range(3):
                tag, at = tag << 8 | raw[at], at + 1
                if not tag & 0x80:
                    break
            else:
                raise Malformed("tag is too long")
        length, at = raw[at], at + 1
        if length == 0x80:
            return tag, at, None
        if length & 0x80:
            count = length & 0x7F
            if count > LONGEST_LENGTH or at + count > len(raw):
                raise Malformed("length is cut off")
            length, at = int.from_bytes(raw[at : at + count], "big"), at + count
    except IndexError as error:
        raise Malformed("data object is cut off") from error
    if at + length > limit:
        raise Malformed("data object is cut off")
    return tag, at, length


def _constructed(tag: int) -> bool:
    first = tag
    while first > 0xFF:
        first >>= 8
    return bool(first & 0x20)


def element(raw: bytes, at: int = 0) -> Element:
    """The object of definite length at an offset.

    Raises:
        Malformed: cut off, or of indefinite length.
    """
    tag, start, length = _header(raw, at, len(raw))
    if length is None:
        raise Malformed("length is indefinite")
    return Element(tag, raw[at : start + length], raw[start : start + length])


def elements(raw: bytes) -> Iterator[Element]:
    """Objects standing one after another.

    Raises:
        Malformed: the last one is cut off.
    """
    at = 0
    while at < len(raw):
        found = element(raw, at)
        yield found
        at += len(found.raw)


def build(tag: int, value: bytes) -> bytes:
    """The bytes of one object with the length in its shortest form."""
    size = len(value)
    octets = b"" if size < 0x80 else size.to_bytes((size.bit_length() + 7) // 8, "big")
    head = bytes((size,)) if size < 0x80 else bytes((0x80 | len(octets),)) + octets
    return tag.to_bytes((tag.bit_length() + 7) // 8 or 1, "big") + head + value


def definite(raw: bytes) -> bytes:
    """The first object with every indefinite length and chunked octet string resolved; other bytes stay as they are.

    Raises:
        Malformed: cut off, or chunks of another kind.
        LimitExceeded: nested too deeply.
    """
    return _definite(raw, 0, len(raw), 0)[0]


def _definite(raw: bytes, at: int, limit: int, depth: int) -> tuple[bytes, int]:
    """The object at an offset and where it ends.

    One that reaches beyond the object around it is refused at its header: were it looked into first, what stands behind would
    be read again for each such object, and a few hundred octets would take for ever.
    """
    if depth > DEEPEST:
        raise LimitExceeded("data objects are nested too deeply")
    tag, start, length = _header(raw, at, limit)
    if not _constructed(tag):
        if length is None:
            raise Malformed("a primitive object of indefinite length")
        return raw[at : start + length], start + length
    if length is None:
        parts, end = _until_mark(raw, start, limit, depth)
        return _joined(tag, parts), end
    end = start + length
    try:
        parts = _until_end(raw, start, end, depth)
    except Malformed:
        # A constructed tag around something else: left alone, whoever needs it will say so.
        return raw[at:end], end
    if tag != CHUNKED_OCTET_STRING and sum(map(len, parts)) == length:
        return raw[at:end], end
    return _joined(tag, parts), end


def _until_mark(raw: bytes, at: int, limit: int, depth: int) -> tuple[list[bytes], int]:
    parts = []
    while at + len(END) > limit or raw[at : at + 2] != END:
        if at >= limit:
            raise Malformed("an indefinite length without its end")
        part, at = _definite(raw, at, limit, depth + 1)
        parts.append(part)
    return parts, at + len(END)


def _until_end(raw: bytes, at: int, end: int, depth: int) -> list[bytes]:
    parts = []
    while at < end:
        part, at = _definite(raw, at, end, depth + 1)
        parts.append(part)
    if at != end:
        raise Malformed("a data object reaches beyond the one around it")
    return parts


def _joined(tag: int, parts: list[bytes]) -> bytes:
    if tag != CHUNKED_OCTET_STRING:
        return build(tag, b"".join(parts))
    chunks = [element(part) for part in parts]
    if any(chunk.tag != OCTET_STRING for chunk in chunks):
        raise Malformed("an octet string with chunks of another kind")
    return build(OCTET_STRING, b"".join(chunk.value for chunk in chunks))


def dotted(value: bytes) -> str:
    """An object identifier in numbers.

    Raises:
        Malformed: empty or cut off.
    """
    if not value or value[-1] & 0x80 or len(value) > 64:
        raise Malformed("object identifier is cut off")
    arcs, number = [], 0
    for octet in value:
        number = number << 7 | octet & 0x7F
        if not octet & 0x80:
            arcs.append(number)
            number = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(str(arc) for arc in (first, arcs[0] - 40 * first, *arcs[1:]))


def text(found: Element) -> str:
    """A character string of any type; what cannot be read comes back with replacement characters."""
    encoding = ENCODINGS.get(found.tag)
    if encoding is not None:
        return found.value.decode(encoding, "replace")
    try:
        return found.value.decode("utf-8")
    except UnicodeDecodeError:
        return found.value.decode("latin-1")


def moment(found: Element) -> datetime | None:
    """UTCTime or GeneralizedTime, with or without seconds, fraction and zone; None where it is none (X.680 clause 46, 47)."""
    if found.tag not in {UTC_TIME, GENERALIZED_TIME}:
        return None
    content = found.value.decode("ascii", "replace").strip()
    digits = content[: next((i for i, c in enumerate(content) if not "0" <= c <= "9"), len(content))]
    rest = content[len(digits) :]
    if found.tag == UTC_TIME and len(digits) in {10, 12}:
        # RFC 5280 section 4.1.2.5.1: two digits below 50 are of this century.
        digits = ("20" if digits[:2] < "50" else "19") + digits
    if rest[:1] in {".", ","}:
        rest = rest[1:].lstrip("0123456789")
    if len(digits) not in {12, 14}:
        return None
    try:
        found_time = datetime.strptime(digits.ljust(14, "0"), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        if rest in {"", "Z"}:
            return found_time
        sign = {"+": -1, "-": 1}[rest[0]]
        return found_time + sign * timedelta(hours=int(rest[1:3]), minutes=int(rest[3:5] or 0))
    except (ValueError, KeyError, OverflowError):
        return None
