"""DG7: the displayed signature or usual mark (Doc 9303-10 section 4.7.7)."""

from __future__ import annotations

from reader import tlv
from reader.errors import LimitExceeded, Malformed
from reader.lds.fields import objects

TAG, IMAGE = 0x67, 0x5F43
LARGEST_IMAGE = 200 * 1024


def images(raw: bytes) -> list[bytes]:
    """The picture files (JPEG or JPEG 2000), as stored.

    Raises:
        Malformed: not a DG7, or one without a picture.
        LimitExceeded: larger than any honest one.
    """
    found = [item.value for item in objects(tlv.first(raw, TAG)) if item.tag == IMAGE and item.value]
    if not found:
        raise Malformed("DG7 without a picture")
    if any(len(picture) > LARGEST_IMAGE for picture in found):
        raise LimitExceeded("a signature of that size is none")
    return found
