"""DG13 of the Vietnamese card: numbered fields; only 1 to 5 are kept (chip.md section 4, DESIGN.md section 4.8)."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from reader import tlv
from reader.errors import Malformed

KEPT = {1: "personal_number", 2: "name", 3: "birth_date", 4: "sex", 5: "nationality"}


@dataclass(frozen=True, slots=True)
class PersonalDetails:
    """The five fields kept. `birth_date` is ISO 8601, or "" if not understood."""

    personal_number: str = ""
    name: str = ""
    birth_date: str = ""
    sex: str = ""
    nationality: str = ""


def parse(raw: bytes) -> PersonalDetails:
    """Fields 1 to 5, found by their number and never by position; everything else is left unread.

    Raises:
        Malformed: not the structure that public parsers agree on.
    """
    outer = tlv.find(tlv.first(raw, 0x6D), 0x30) or tlv.first(raw, 0x6D)
    fields = tlv.find(outer, 0x31)
    if fields is None:
        raise Malformed("DG13 without a set of fields")
    values: dict[str, str] = {}
    for entry in tlv.objects(fields):
        members = list(tlv.objects(entry.value))
        if len(members) < 2 or members[0].tag != 0x02:
            raise Malformed("DG13 field without a number")
        name = KEPT.get(int.from_bytes(members[0].value, "big"))
        if name is not None:
            values[name] = unicodedata.normalize("NFC", members[1].value.decode("utf-8", "replace")).strip()
    values["birth_date"] = _iso(values.get("birth_date", ""))
    return PersonalDetails(**values)


def _iso(text: str) -> str:
    digits = "".join(character for character in text if character.isdigit())
    return f"{digits[4:]}-{digits[2:4]}-{digits[:2]}" if len(digits) == 8 else ""
