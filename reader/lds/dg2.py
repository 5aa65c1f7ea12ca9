"""DG2: the portrait, in a CBEFF wrapping (Doc 9303-10 section 4.7.2).

The record inside is of ISO/IEC 19794-5 (bytes at fixed places) or of ISO/IEC 39794-5 (ASN.1); the picture in it is JPEG or
JPEG 2000, the latter as a box file or as a bare codestream.
"""

from __future__ import annotations

from reader import ber, tlv
from reader.errors import LimitExceeded, Malformed, NotSupported, parsing

TAG, GROUP, TEMPLATE = 0x75, 0x7F61, 0x7F60
BLOCKS = (0x5F2E, 0x7F2E)
FACE_RECORD = b"FAC\x00"
# ISO/IEC 19794-5:2011 has another layout and is on no passport (Doc 9303-10 section 4.7.2 names the edition of 2005).
LATER_VERSION = b"030\x00"
HEADER = 14
FACE_INFORMATION = 20
FEATURE_POINT = 8
IMAGE_INFORMATION = 12
# A chip portrait has 15 to 20 kB; ten times that is no portrait for a gate.
LARGEST_IMAGE = 200 * 1024
# FaceImageDataBlock [APPLICATION 5], and where the picture of the first representation stands in it: representation blocks,
# the first one, image representation, base, two-dimensional, data (ISO/IEC 39794-5:2019 annex A).
FACE_IMAGE_BLOCK = 0x65
PATH_TO_IMAGE = (0xA1, 0x30, 0xA1, 0xA0, 0xA0, 0x80)


def image(raw: bytes) -> bytes:
    """The image file (JPEG, JP2 or codestream) of the first face, as stored.

    Raises:
        Malformed: the wrapping or record is not what the standards describe.
        NotSupported: a record of another format.
        LimitExceeded: larger than any portrait.
    """
    group = tlv.find(tlv.first(raw, TAG), GROUP)
    if group is None:
        raise Malformed("DG2 without a biometric information group")
    template = tlv.find(group, TEMPLATE)
    if template is None:
        raise Malformed("DG2 without a biometric information template")
    record = next((item.value for item in tlv.objects(template) if item.tag in BLOCKS), None)
    if record is None:
        raise Malformed("DG2 without a biometric data block")
    found = _of_19794(record) if record[:4] == FACE_RECORD else _of_39794(record)
    if len(found) > LARGEST_IMAGE:
        raise LimitExceeded("portrait of {size} bytes", size=len(found))
    return found


def _of_19794(record: bytes) -> bytes:
    """ISO/IEC 19794-5:2005 clause 5: header, face information, feature points, image information, picture."""
    if record[4:8] == LATER_VERSION:
        raise NotSupported("portrait is an ISO/IEC 19794-5 record of another version")
    if len(record) < HEADER + FACE_INFORMATION + IMAGE_INFORMATION:
        raise Malformed("face record is cut off")
    block = int.from_bytes(record[HEADER : HEADER + 4], "big")
    points = int.from_bytes(record[HEADER + 4 : HEADER + 6], "big")
    start = HEADER + FACE_INFORMATION + points * FEATURE_POINT + IMAGE_INFORMATION
    # Some issuers count a record that is shorter than its own picture: then the data object says where it ends.
    end = HEADER + block if HEADER + block > start else len(record)
    found = record[start:end]
    if not found:
        raise Malformed("face record without a picture")
    return found


@parsing("portrait of ISO/IEC 39794-5 cannot be parsed")
def _of_39794(record: bytes) -> bytes:
    block = ber.element(record) if record[:1] == b"\xa1" else None
    start = record if block is None else block.value
    if start[:1] != bytes((FACE_IMAGE_BLOCK,)):
        raise NotSupported("portrait is neither an ISO/IEC 19794-5 nor an ISO/IEC 39794-5 record")
    block = ber.element(start)
    for tag in PATH_TO_IMAGE:
        inner = next((child for child in block.children() if child.tag == tag), None)
        if inner is None:
            raise Malformed("face image block without a picture")
        block = inner
    if not block.value:
        raise Malformed("face image block without a picture")
    return block.value
