"""DG16: persons to notify (Doc 9303-10 section 4.7.16). Read only where an exam asks for it."""

from __future__ import annotations

from dataclasses import dataclass

from reader import tlv
from reader.lds import fields

TAG = 0x70
RECORDED, NAME, TELEPHONE, ADDRESS = 0x5F50, 0x5F51, 0x5F52, 0x5F53
TEMPLATES = range(0xA1, 0xB0)


@dataclass(frozen=True, slots=True)
class PersonToNotify:
    """One person; `recorded` is ISO 8601."""

    recorded: str = ""
    name: str = ""
    telephone: str = ""
    address: tuple[str, ...] = ()


def parse(raw: bytes) -> list[PersonToNotify]:
    """The persons of a DG16.

    Raises:
        Malformed: not a DG16.
        LimitExceeded: more or longer fields than any honest one has.
    """
    templates = [item for item in fields.objects(tlv.first(raw, TAG)) if item.tag in TEMPLATES]
    return [_person(fields.by_tag(fields.objects(item.value))) for item in templates]


def _person(value: dict[int, bytes]) -> PersonToNotify:
    return PersonToNotify(
        fields.iso_date(value.get(RECORDED, b"")),
        fields.name(value.get(NAME, b"")),
        fields.text(value.get(TELEPHONE, b"")),
        fields.spaced(value.get(ADDRESS, b"")),
    )
