"""Whom the files of a card name, and whether its two places for the number agree."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from reader.errors import LimitExceeded, Malformed
from reader.evidence import Finding, Holder, Result
from reader.lds import dg13
from reader.mrz import Mrz, iso_date

# Only this state's DG13 is known to hold the number; elsewhere it is anything (Doc 9303-10 section 4.7.13).
NUMBERED_DG13 = {"VNM"}


def of_files(mrz: Mrz, files: Mapping[str, bytes], today: date) -> Holder:
    """The holder by DG1, with the name of DG13 where that was read. `today` decides the century of a birth date."""
    try:
        name = dg13.parse(files["DG13"]).name or mrz.name
    except (KeyError, Malformed, LimitExceeded):
        name = mrz.name
    return Holder(
        mrz.document_number,
        mrz.personal_number,
        name,
        mrz.name,
        iso_date(mrz.birth_date, today),
        mrz.sex.replace("<", ""),
        iso_date(mrz.expiry_date, today, future=True),
        mrz.issuing_state.rstrip("<"),
    )


def details_agree(group: bytes, mrz: Mrz) -> Finding:
    """Whether DG13 carries the number of DG1. A DG13 of no known structure says nothing outside of Vietnam."""
    check = "consistency.dg1_dg13"
    try:
        number = dg13.parse(group).personal_number
    except (Malformed, LimitExceeded) as error:
        known = mrz.issuing_state.rstrip("<") in NUMBERED_DG13
        result = Result.FAILED if known else Result.NOT_SUPPORTED
        return Finding(check, result, "dg13_malformed", str(error))
    if not number:
        return Finding(check, Result.INCONCLUSIVE, "dg13_without_number")
    if number == mrz.personal_number:
        return Finding(check, Result.PASSED)
    return Finding(check, Result.FAILED, "dg13_differs")
