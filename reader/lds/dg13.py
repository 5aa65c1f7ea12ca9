"""DG13 of the Vietnamese card: numbered fields; only 1 to 5 are kept (chip.md section 4, DESIGN.md section 4.8).

Other states put anything there: what has not this structure is malformed as a Vietnamese DG13 and no more than that.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

from reader import ber
from reader.errors import Malformed, parsing
from reader.lds.fields import iso_digits

TAG = 0x6D
KEPT = {1: "personal_number", 2: "name", 3: "birth_date", 4: "sex", 5: "nationality"}
MOST_FIELDS = 64
TEXTS = {0x0C, 0x12, 0x13, 0x14, 0x16, 0x1E}


@dataclass(frozen=True, slots=True)
class PersonalDetails:
    """The five fields kept. `birth_date` is ISO 8601, or "" if not understood."""

    personal_number: str = ""
    name: str = ""
    birth_date: str = ""
    sex: str = ""
    nationality: str = ""


def parse(raw: bytes) -> PersonalDetails:
    """Fields 1 to 5; everything else is left unread.

    Raises:
        Malformed: not the structure that public parsers agree on.
        LimitExceeded: nested too deeply.
    """
    found = fields(raw)
    values = {KEPT[number]: texts[0] for number, texts in found.items() if texts}
    values["birth_date"] = iso_day(values.get("birth_date", ""))
    return PersonalDetails(**values)


def fields(raw: bytes, numbers: Collection[int] = tuple(KEPT)) -> dict[int, tuple[str, ...]]:
    """The texts of the fields asked for, found by their number and never by position; several where a field is nested.

    Raises:
        Malformed: not the structure that public parsers agree on.
        LimitExceeded: nested too deeply.
    """
    with parsing("DG13 cannot be parsed"):
        outer = ber.element(ber.definite(raw))
        if outer.tag != TAG:
            raise Malformed("not a DG13")
        listed = _set_of_fields(outer)
        found: dict[int, tuple[str, ...]] = {}
        numbered = 0
        for entry in listed.children()[:MOST_FIELDS]:
            members = entry.children() if entry.tag == ber.SEQUENCE else []
            if not members or members[0].tag != ber.INTEGER:
                continue
            numbered += 1
            number = members[0].integer()
            if number in numbers:
                # The first of two fields with one number stands, as for every reader that looks for it.
                found.setdefault(number, tuple(text for member in members[1:] for text in _texts(member)))
        if not numbered:
            raise Malformed("DG13 without numbered fields")
        return found


def _set_of_fields(outer: ber.Element) -> ber.Element:
    """The set that stands after version and object identifier; some samples leave the sequence around it out."""
    members = outer.children()
    if len(members) == 1 and members[0].tag == ber.SEQUENCE:
        members = members[0].children()
    listed = next((member for member in members if member.tag == ber.SET), None)
    if listed is None:
        raise Malformed("DG13 without a set of fields")
    return listed


def _texts(member: ber.Element, depth: int = 0) -> list[str]:
    if member.tag in TEXTS:
        return [unicodedata.normalize("NFC", ber.text(member)).strip()]
    if member.tag not in {ber.SEQUENCE, ber.SET} or depth > 4:
        return []
    return [text for child in member.children() for text in _texts(child, depth + 1)]


def iso_day(text: str) -> str:
    """A day as the cards have it (dd/mm/yyyy or ddmmyyyy, one parser says yyyymmdd), as ISO 8601; "" for anything else."""
    digits = "".join(character for character in text if character.isascii() and character.isdigit())
    return iso_digits(digits[4:] + digits[2:4] + digits[:2]) or iso_digits(digits) if len(digits) == 8 else ""
