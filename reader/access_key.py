"""What opens the chip: the MRZ key (BAC and PACE) or the card access number (PACE)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from khaothi.wording import Terms
from reader.errors import Malformed
from reader.mrz import FILLER, Mrz, check_digit
from reader.mrz import parse as parse_mrz

CAN_LENGTH, CARD_NUMBER_LENGTH = 6, 12


@dataclass(frozen=True, slots=True)
class MrzKey:
    """MRZ_information; never shown or logged."""

    information: str

    @property
    def pace_reference(self) -> int:
        """Password reference in MSE:Set AT (Doc 9303-11 section 4.4.4.1)."""
        return 1

    @property
    def seed(self) -> bytes:
        """The 20-byte SHA-1 that PACE derives from; BAC takes the first 16 bytes."""
        return hashlib.sha1(self.information.encode(), usedforsecurity=False).digest()

    @classmethod
    def from_fields(cls, document_number: str, birth_date: str, expiry_date: str) -> MrzKey:
        """From the document number and two YYMMDD dates."""
        fields = (document_number.ljust(9, FILLER), birth_date, expiry_date)
        return cls("".join(field + check_digit(field) for field in fields))

    @classmethod
    def from_mrz(cls, mrz: Mrz) -> MrzKey:
        """From a whole MRZ."""
        return cls(mrz.information)

    @classmethod
    def from_roster(cls, personal_number: str, birth_date: str, expiry_date: str) -> MrzKey:
        """From the twelve digits and ISO dates: the document number is the last nine (chip.md section 4)."""
        return cls.from_fields(personal_number[-9:], _yymmdd(birth_date), _yymmdd(expiry_date))


@dataclass(frozen=True, slots=True)
class Can:
    """The card access number, six digits."""

    digits: str

    @property
    def pace_reference(self) -> int:
        """Password reference in MSE:Set AT."""
        return 2

    @property
    def seed(self) -> bytes:
        """The digits as ASCII, not hashed."""
        return self.digits.encode()

    @classmethod
    def from_card_number(cls, personal_number: str) -> Can:
        """The last six of the twelve digits.

        Raises:
            Malformed: not twelve digits.
        """
        if len(personal_number) != CARD_NUMBER_LENGTH or not (personal_number.isascii() and personal_number.isdigit()):
            raise Malformed("a card number has twelve digits")
        return cls(personal_number[-CAN_LENGTH:])

    @classmethod
    def from_qr(cls, text: str) -> Can:
        """From the QR code on the card: its first field is the number. Nothing else of it is asked for or kept.

        Raises:
            Malformed: the first field is no card number.
        """
        return cls.from_card_number(text.split("|", 1)[0].strip())


AccessKey = MrzKey | Can


def typed(text: str) -> AccessKey:
    """The key in what somebody typed, or a hand scanner typed for them: twelve digits, six, the QR code, or the MRZ.

    Raises:
        Malformed: none of these, or a check digit of the MRZ does not fit.
    """
    bare = "".join(text.split())
    if "|" in text:
        return Can.from_qr(text)
    if bare.isascii() and bare.isdigit() and len(bare) in {CAN_LENGTH, CARD_NUMBER_LENGTH}:
        return Can(bare) if len(bare) == CAN_LENGTH else Can.from_card_number(bare)
    zone = parse_mrz(text)
    # The composite digit guards nothing that the key is made of, and some printed samples have it wrong.
    wrong = [name.replace("_", " ") for name in zone.wrong_checks if name != "composite"]
    if wrong:
        raise Malformed("check digit does not fit: {fields}", fields=Terms(wrong))
    return MrzKey.from_mrz(zone)


def _yymmdd(iso: str) -> str:
    return iso.replace("-", "")[2:]
