"""DG12: additional document details (Doc 9303-10 section 4.7.12)."""

from __future__ import annotations

from dataclasses import dataclass

from reader import tlv
from reader.lds import fields

TAG = 0x6C
AUTHORITY, ISSUE_DATE, OTHER_PERSON, ENDORSEMENTS, TAX_EXIT = 0x5F19, 0x5F26, 0x5F1A, 0x5F1B, 0x5F1C
PERSONALISED, SYSTEM = 0x5F55, 0x5F56


@dataclass(frozen=True, slots=True)
class AdditionalDocumentDetails:
    """Texts as stored, "" where absent; dates are ISO 8601. Pictures of the document are left unread."""

    authority: str = ""
    issue_date: str = ""
    other_persons: tuple[str, ...] = ()
    endorsements: str = ""
    tax_exit: str = ""
    personalised_at: str = ""
    personalisation_system: str = ""


def parse(raw: bytes) -> AdditionalDocumentDetails:
    """The details of a DG12.

    Raises:
        Malformed: not a DG12.
        LimitExceeded: more or longer fields than any honest one has.
    """
    items = fields.objects(tlv.first(raw, TAG))
    value = fields.by_tag(items)
    return AdditionalDocumentDetails(
        fields.text(value.get(AUTHORITY, b"")),
        fields.iso_date(value.get(ISSUE_DATE, b"")),
        tuple(fields.name(other) for other in fields.repeated(items, OTHER_PERSON)),
        fields.text(value.get(ENDORSEMENTS, b"")),
        fields.text(value.get(TAX_EXIT, b"")),
        _moment(value.get(PERSONALISED, b"")),
        fields.text(value.get(SYSTEM, b"")),
    )


def _moment(value: bytes) -> str:
    """CCYYMMDDhhmmss in ASCII or in seven bytes of binary coded decimals."""
    digits = value.hex() if len(value) == 7 else value.decode("ascii", "replace")
    day, clock = fields.iso_digits(digits[:8]), digits[8:]
    if not day or len(clock) != 6 or not (clock.isascii() and clock.isdigit()):
        return day
    hour, minute, second = clock[:2], clock[2:4], clock[4:]
    return f"{day}T{hour}:{minute}:{second}" if hour < "24" and minute < "60" and second < "60" else day
