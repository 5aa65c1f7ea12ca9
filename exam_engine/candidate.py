"""A candidate as the roster knows them, before any card is read."""

from __future__ import annotations

import msgspec


class Accommodation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Extra time granted by a decision document: percent of the duration plus fixed minutes."""

    percent: int = 0
    minutes: int = 0
    decision: str = ""


class Candidate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One roster row. `sbd` is the candidate number (số báo danh); dates are ISO 8601.

    `expiry_date` and `consent_reference` may be empty. The card number stays text: it starts with zeros.
    """

    sbd: str
    name: str
    birth_date: str
    sex: str
    personal_number: str
    site: str
    room: str
    seat: int
    shift: str
    class_name: str = ""
    expiry_date: str = ""
    consent_reference: str = ""
    without_biometrics: bool = False
    accommodation: Accommodation = Accommodation()
