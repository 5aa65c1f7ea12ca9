"""The files of one card as an issuing state writes them (Doc 9303-10). The layout of the MRZ is the Vietnamese one."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from hardware_mocks.chip.octets import wrap
from hardware_mocks.pki import oid

WEIGHTS = (7, 3, 1)
GROUP_TAG = {"DG1": 0x61, "DG2": 0x75, "DG3": 0x63, "DG13": 0x6D, "DG14": 0x6E, "DG15": 0x6F}


@dataclass(frozen=True, slots=True)
class CardHolder:
    """Whose card: invented. Dates are ISO 8601, `sex` is M or F."""

    personal_number: str
    name: str
    birth_date: str
    sex: str
    expiry_date: str


def _digit(text: str) -> str:
    values = [0 if c == "<" else int(c, 36) for c in text]
    return str(sum(value * WEIGHTS[index % 3] for index, value in enumerate(values)) % 10)


def plain_letters(name: str) -> str:
    """The name as an MRZ spells it."""
    bare = "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c))
    return bare.replace("đ", "d").replace("Đ", "D").upper()


def machine_readable_zone(state: str, holder: CardHolder) -> str:
    """Three lines of thirty characters, unbroken: number = last nine digits, optional data = all twelve."""
    number, optional = holder.personal_number[-9:], holder.personal_number + "<<"
    one = f"ID{state:<3}{number}{_digit(number)}{optional}{_digit(optional)}".replace(" ", "<")
    birth, expiry = holder.birth_date.replace("-", "")[2:], holder.expiry_date.replace("-", "")[2:]
    two = f"{birth}{_digit(birth)}{holder.sex}{expiry}{_digit(expiry)}{state:<3}{'<' * 11}".replace(" ", "<")
    two += _digit(one[5:] + two[:7] + two[8:15] + two[18:29])
    family, *given = plain_letters(holder.name).split()
    return one + two + f"{family}<<{'<'.join(given)}".ljust(30, "<")[:30]


def mrz_information(zone: str) -> str:
    """What the MRZ key is derived from."""
    return zone[5:15] + zone[30:37] + zone[38:45]


def common(groups: dict[str, bytes]) -> bytes:
    """EF.COM."""
    tags = bytes(GROUP_TAG[name] for name in sorted(groups, key=lambda name: int(name[2:])))
    return wrap(0x60, wrap(0x5F01, b"0107"), wrap(0x5F36, b"040000"), wrap(0x5C, tags))


def personal_details(holder: CardHolder, more: tuple[str, ...] = ()) -> bytes:
    """DG13 as the Vietnamese card has it: fields 1 to 5, and more where they are given."""
    year, month, day = holder.birth_date.split("-")
    sex = {"M": "Nam", "F": "Nữ"}[holder.sex]
    values = (holder.personal_number, holder.name, f"{day}/{month}/{year}", sex, "Utopia", *more)
    fields = [wrap(0x30, wrap(0x02, bytes((n,))), wrap(0x0C, value.encode())) for n, value in enumerate(values, 1)]
    return wrap(0x6D, wrap(0x30, wrap(0x02, b"\x01"), oid("1.0.10646.1.0.8"), wrap(0x31, *fields)))


def portrait_group(image: bytes) -> bytes:
    """CBEFF around one ISO/IEC 19794-5 record with one image (Doc 9303-10 section 4.7.2)."""
    jpeg2000 = not image.startswith(b"\xff\xd8")
    information = (20 + 12 + len(image)).to_bytes(4, "big") + bytes(16)
    picture = bytes((0x01, 0x01 if jpeg2000 else 0x00)) + (240).to_bytes(2, "big") + (320).to_bytes(2, "big")
    picture += bytes((0x01, 0x02)) + bytes(4)
    total = 14 + len(information) + len(picture) + len(image)
    record = b"FAC\x00010\x00" + total.to_bytes(4, "big") + b"\x00\x01" + information + picture + image
    header = wrap(0xA1, wrap(0x80, b"\x01\x01"), wrap(0x81, b"\x02"), wrap(0x87, b"\x01\x01"), wrap(0x88, b"\x00\x08"))
    return wrap(0x75, wrap(0x7F61, wrap(0x02, b"\x01"), wrap(0x7F60, header, wrap(0x5F2E, record))))
