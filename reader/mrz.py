"""The machine readable zone in its three sizes (Doc 9303-4, -5, -6), with the Vietnamese use of optional data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from reader.errors import Malformed

WEIGHTS = (7, 3, 1)
TD1, TD2, TD3 = 90, 72, 88
LINES = {TD1: (30, 30, 30), TD2: (36, 36), TD3: (44, 44)}
FILLER = "<"
PERSONAL_NUMBER = 12


def _value(character: str) -> int:
    if "0" <= character <= "9":
        return int(character)
    if character == FILLER:
        return 0
    if "A" <= character <= "Z":
        return ord(character) - 55
    raise Malformed("character {character!r} cannot stand in an MRZ", character=character)


def check_digit(text: str) -> str:
    """Modulo 10 with weights 7-3-1 (Doc 9303-3 section 4.9)."""
    return str(sum(_value(character) * WEIGHTS[index % 3] for index, character in enumerate(text)) % 10)


@dataclass(frozen=True, slots=True)
class Mrz:
    """The fields of an MRZ as printed. Dates stay YYMMDD; `name` is surname and given names with single spaces."""

    size: int
    document_code: str
    issuing_state: str
    document_number: str
    optional: str
    birth_date: str
    sex: str
    expiry_date: str
    nationality: str
    name: str
    wrong_checks: tuple[str, ...]

    @property
    def information(self) -> str:
        """MRZ_information: document number, birth date, expiry date, each with its check digit (Doc 9303-11 section 4.3)."""
        number = self.document_number.ljust(9, FILLER)
        return "".join(field + check_digit(field) for field in (number, self.birth_date, self.expiry_date))

    @property
    def personal_number(self) -> str:
        """The Vietnamese twelve digits from optional data (chip.md section 4), or the document number elsewhere."""
        digits = self.optional[:PERSONAL_NUMBER]
        own = len(digits) == PERSONAL_NUMBER and digits.isdigit() and digits.endswith(self.document_number)
        return digits if own else self.document_number


def parse(text: str) -> Mrz:
    """The MRZ of its lines, unbroken or separated by line breaks or slashes.

    Raises:
        Malformed: no known size, or a character that cannot stand there. Wrong check digits are named, not raised.
    """
    joined = "".join(text.upper().replace("/", "\n").split())
    if len(joined) not in LINES:
        raise Malformed("an MRZ has 72, 88 or 90 characters, not {count}", count=len(joined))
    for character in joined:
        _value(character)
    return _td1(joined) if len(joined) == TD1 else _two_lines(joined)


def _name(field: str) -> str:
    surname, _, given = field.rstrip(FILLER).partition("<<")
    return " ".join(f"{surname}<{given}".replace(FILLER, " ").split())


def _td1(text: str) -> Mrz:
    one, two, three = text[:30], text[30:60], text[60:]
    number, digit, optional = one[5:14], one[14], one[15:30]
    number, digit, optional = _long_number(number, digit, optional)
    composite = one[5:] + two[:7] + two[8:15] + two[18:29]
    wrong = _wrong(
        ("document_number", number, digit),
        ("birth_date", two[:6], two[6]),
        ("expiry_date", two[8:14], two[14]),
        ("composite", composite, two[29]),
    )
    return Mrz(
        TD1, one[:2].rstrip(FILLER), one[2:5], number.rstrip(FILLER), optional.rstrip(FILLER), two[:6],
        two[7], two[8:14], two[15:18], _name(three), wrong,
    )  # fmt: skip


def _long_number(number: str, digit: str, optional: str) -> tuple[str, str, str]:
    """A number of more than nine characters runs on in the optional data up to its check digit.

    A filler stands then where the check digit would be (Doc 9303-5 section 4.2.2 note j, Doc 9303-6 section 4.2.2.2 note j).
    """
    rest = optional.split(FILLER, 1)[0]
    if digit != FILLER or len(rest) < 2:
        return number, digit, optional
    return number + rest[:-1], rest[-1], optional[len(rest) :]


def _two_lines(text: str) -> Mrz:
    width = LINES[len(text)][0]
    one, two = text[:width], text[width:]
    number = two[:9]
    end = width - 1
    optional, digit = two[28:42] if len(text) == TD3 else two[28:end], two[9]
    if len(text) == TD2:
        number, digit, optional = _long_number(number, digit, optional)
    wrong = _wrong(
        ("document_number", number, digit),
        ("birth_date", two[13:19], two[19]),
        ("expiry_date", two[21:27], two[27]),
        ("composite", two[:10] + two[13:20] + two[21:end], two[end]),
    )
    return Mrz(
        len(text), one[:2].rstrip(FILLER), one[2:5], number.rstrip(FILLER), optional.rstrip(FILLER), two[13:19],
        two[20], two[21:27], two[10:13], _name(one[5:]), wrong,
    )  # fmt: skip


def _wrong(*fields: tuple[str, str, str]) -> tuple[str, ...]:
    return tuple(name for name, field, digit in fields if check_digit(field) != digit.replace(FILLER, "0"))


def iso_date(yymmdd: str, today: date, *, future: bool = False) -> str:
    """ISO 8601 of an MRZ date; a birth date lies at most a hundred years back, an expiry date may lie ahead.

    Dates with unknown parts (`<` or 00) come back as "".
    """
    if not yymmdd.isdigit():
        return ""
    year, month, day = int(yymmdd[:2]), int(yymmdd[2:4]), int(yymmdd[4:])
    century = today.year - today.year % 100
    full = century + year
    if not future and full > today.year:
        full -= 100
    if future and full < today.year - 50:
        full += 100
    try:
        return date(full, month, day).isoformat()
    except ValueError:
        return ""
