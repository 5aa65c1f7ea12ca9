"""What the optional data groups share: texts, dates and lists of data objects (Doc 9303-10 section 4.7)."""

from __future__ import annotations

from datetime import date

from reader import tlv
from reader.errors import LimitExceeded

MOST_ENTRIES = 64
LONGEST_TEXT = 8 * 1024


def text(value: bytes) -> str:
    """UTF-8; older issuers wrote Latin-1. Control characters become spaces.

    Raises:
        LimitExceeded: longer than any field.
    """
    if len(value) > LONGEST_TEXT:
        raise LimitExceeded("a text of {size} bytes", size=len(value))
    try:
        found = value.decode("utf-8")
    except UnicodeDecodeError:
        found = value.decode("latin-1")
    return "".join(character if character.isprintable() else " " for character in found).strip()


def spaced(value: bytes) -> tuple[str, ...]:
    """The parts of a field that the filler `<` separates."""
    return tuple(part.replace("<", " ").strip() for part in text(value).split("<<") if part.strip("< "))


def name(value: bytes) -> str:
    """A name as in an MRZ, primary identifier first, with single spaces."""
    return " ".join(text(value).replace("<", " ").split())


def iso_date(value: bytes) -> str:
    """CCYYMMDD in ASCII or in four bytes of binary coded decimals, as ISO 8601; "" where it is none."""
    digits = value.hex() if len(value) == 4 else value.decode("ascii", "replace")
    return iso_digits(digits)


def iso_digits(digits: str) -> str:
    """CCYYMMDD as ISO 8601; "" where it is no date."""
    if len(digits) != 8 or not (digits.isascii() and digits.isdigit()):
        return ""
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).isoformat()
    except ValueError:
        return ""


def objects(value: bytes) -> list[tlv.Tlv]:
    """The data objects of a template.

    Raises:
        Malformed: cut off.
        LimitExceeded: more than any honest file has.
    """
    found: list[tlv.Tlv] = []
    for item in tlv.objects(value):
        if len(found) == MOST_ENTRIES:
            raise LimitExceeded("more data objects than any file has")
        found.append(item)
    return found


def repeated(items: list[tlv.Tlv], tag: int, around: int = 0xA0) -> list[bytes]:
    """The values of a repeated field, which stand in a template of their own after their number, or loose."""
    inner = [part for item in items if item.tag == around for part in objects(item.value)]
    return [item.value for item in (*inner, *items) if item.tag == tag]


def by_tag(items: list[tlv.Tlv]) -> dict[int, bytes]:
    """The first value of each tag."""
    found: dict[int, bytes] = {}
    for item in items:
        found.setdefault(item.tag, item.value)
    return found
