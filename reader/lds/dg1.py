"""DG1: the machine readable zone (Doc 9303-10 section 4.7.1)."""

from __future__ import annotations

from reader import tlv
from reader.errors import Malformed
from reader.mrz import Mrz
from reader.mrz import parse as parse_mrz


def parse(raw: bytes) -> Mrz:
    """The MRZ of DG1.

    Raises:
        Malformed: not a DG1.
    """
    text = tlv.find(tlv.first(raw, 0x61), 0x5F1F)
    if text is None:
        raise Malformed("DG1 without an MRZ")
    try:
        return parse_mrz(text.decode("ascii"))
    except UnicodeDecodeError as error:
        raise Malformed("MRZ is not ASCII") from error
