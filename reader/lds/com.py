"""EF.COM: which data groups the chip says it has (Doc 9303-10 section 4.6.1)."""

from __future__ import annotations

from reader import tlv
from reader.errors import Malformed

TAG = 0x60
TAG_OF_GROUP = {
    0x61: "DG1", 0x75: "DG2", 0x63: "DG3", 0x76: "DG4", 0x65: "DG5", 0x66: "DG6", 0x67: "DG7", 0x68: "DG8",
    0x69: "DG9", 0x6A: "DG10", 0x6B: "DG11", 0x6C: "DG12", 0x6D: "DG13", 0x6E: "DG14", 0x6F: "DG15", 0x70: "DG16",
}  # fmt: skip


def groups(raw: bytes) -> list[str]:
    """Names of the data groups in the tag list.

    Raises:
        Malformed: not an EF.COM, or an unknown tag.
    """
    tags = tlv.find(tlv.first(raw, TAG), 0x5C)
    if tags is None:
        raise Malformed("EF.COM without a tag list")
    unknown = [tag for tag in tags if tag not in TAG_OF_GROUP]
    if unknown:
        raise Malformed("EF.COM lists tag {tag:02X}", tag=unknown[0])
    return [TAG_OF_GROUP[tag] for tag in tags]
