"""DG11: additional personal details (Doc 9303-10 section 4.7.11). Read only where an exam asks for it."""

from __future__ import annotations

from dataclasses import dataclass

from reader import tlv
from reader.lds import fields

TAG = 0x6B
NAME, OTHER_NAME, PERSONAL_NUMBER, BIRTH_DATE, BIRTH_PLACE = 0x5F0E, 0x5F0F, 0x5F10, 0x5F2B, 0x5F11
ADDRESS, TELEPHONE, PROFESSION, TITLE, SUMMARY = 0x5F42, 0x5F12, 0x5F13, 0x5F14, 0x5F15
OTHER_DOCUMENTS, CUSTODY = 0x5F17, 0x5F18


@dataclass(frozen=True, slots=True)
class AdditionalPersonalDetails:
    """Texts as stored, "" where absent; `birth_date` is ISO 8601. The proof of citizenship (a scan) is left unread."""

    name: str = ""
    other_names: tuple[str, ...] = ()
    personal_number: str = ""
    birth_date: str = ""
    birth_place: tuple[str, ...] = ()
    address: tuple[str, ...] = ()
    telephone: str = ""
    profession: str = ""
    title: str = ""
    summary: str = ""
    other_documents: tuple[str, ...] = ()
    custody: str = ""


def parse(raw: bytes) -> AdditionalPersonalDetails:
    """The details of a DG11.

    Raises:
        Malformed: not a DG11.
        LimitExceeded: more or longer fields than any honest one has.
    """
    items = fields.objects(tlv.first(raw, TAG))
    value = fields.by_tag(items)
    return AdditionalPersonalDetails(
        fields.name(value.get(NAME, b"")),
        tuple(fields.name(other) for other in fields.repeated(items, OTHER_NAME)),
        fields.text(value.get(PERSONAL_NUMBER, b"")),
        fields.iso_date(value.get(BIRTH_DATE, b"")),
        _places(value.get(BIRTH_PLACE, b"")),
        _places(value.get(ADDRESS, b"")),
        fields.text(value.get(TELEPHONE, b"")),
        fields.text(value.get(PROFESSION, b"")),
        fields.text(value.get(TITLE, b"")),
        fields.text(value.get(SUMMARY, b"")),
        _places(value.get(OTHER_DOCUMENTS, b"")),
        fields.text(value.get(CUSTODY, b"")),
    )


def _places(value: bytes) -> tuple[str, ...]:
    """City, state and so on: single fillers separate them here (Doc 9303-10 section 4.7.11.1)."""
    return tuple(part.strip() for part in fields.text(value).split("<") if part.strip())
