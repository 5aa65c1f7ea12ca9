"""DG2: the portrait, in a CBEFF wrapping of an ISO/IEC 19794-5 record (Doc 9303-10 section 4.7.2)."""

from __future__ import annotations

from reader import tlv
from reader.errors import Malformed, NotSupported

FACE_RECORD = b"FAC\x00"
HEADER = 14
FACE_INFORMATION = 20
FEATURE_POINT = 8
IMAGE_INFORMATION = 12
# A chip portrait has 15 to 20 kB; ten times that is no portrait for a gate.
LARGEST_IMAGE = 200 * 1024


def image(raw: bytes) -> bytes:
    """The image file (JPEG, JP2 or codestream) of the first face, as stored.

    Raises:
        Malformed: the wrapping or record is not what the standards describe.
        NotSupported: a record of another format (ISO/IEC 39794-5).
    """
    templates = tlv.find(tlv.first(raw, 0x75), 0x7F61)
    if templates is None:
        raise Malformed("DG2 without a biometric information group")
    template = tlv.find(templates, 0x7F60)
    record = None if template is None else tlv.find(template, 0x5F2E) or tlv.find(template, 0x7F2E)
    if record is None:
        raise Malformed("DG2 without a biometric data block")
    return _image_of_record(record)


def _image_of_record(record: bytes) -> bytes:
    if record[:4] != FACE_RECORD:
        raise NotSupported("portrait is not an ISO/IEC 19794-5 record")
    if len(record) < HEADER + FACE_INFORMATION + IMAGE_INFORMATION:
        raise Malformed("face record is cut off")
    block = int.from_bytes(record[HEADER : HEADER + 4], "big")
    points = int.from_bytes(record[HEADER + 4 : HEADER + 6], "big")
    start = HEADER + FACE_INFORMATION + points * FEATURE_POINT + IMAGE_INFORMATION
    found = record[start : HEADER + block]
    if not found or len(found) > LARGEST_IMAGE:
        raise Malformed(f"portrait of {len(found)} bytes")
    return found
