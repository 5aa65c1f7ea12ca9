"""The QR code printed on a Vietnamese card: fields parted by bars, unsigned, so good for looking somebody up and no more.

Cards of 2021 carry seven fields; later ones more, whose meaning is not confirmed and which are left unread (chip.md section 4).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from reader.errors import Malformed

FIELDS = range(7, 12)
LONGEST = 1024


@dataclass(frozen=True, slots=True)
class CardQr:
    """What the code says. Dates are ISO 8601, or "" where they are none; nobody vouches for any of it."""

    personal_number: str
    name: str
    birth_date: str
    sex: str
    issue_date: str


def parse(text: str) -> CardQr:
    """The fields of a code.

    Raises:
        Malformed: not such a code.
    """
    fields = [unicodedata.normalize("NFC", field.strip()) for field in text.strip().split("|")]
    if len(text) > LONGEST or len(fields) not in FIELDS:
        raise Malformed("a card's QR code has 7 to 11 fields, this one {count}", count=len(fields))
    if not re.fullmatch("[0-9]{12}", fields[0]):
        raise Malformed("the QR code does not begin with a card number")
    return CardQr(fields[0], fields[2], _iso(fields[3]), fields[4], _iso(fields[6]))


def _iso(text: str) -> str:
    """A date written day, month, year as ISO 8601."""
    if not re.fullmatch("[0-9]{8}", text):
        return ""
    try:
        return date(int(text[4:]), int(text[2:4]), int(text[:2])).isoformat()
    except ValueError:
        return ""
