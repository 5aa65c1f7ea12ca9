"""Data objects of the chip side, written and read on their own (ISO/IEC 7816-4 section 5.2)."""

from __future__ import annotations


def wrap(tag: int, *values: bytes) -> bytes:
    """A data object around the joined values."""
    body = b"".join(values)
    size = len(body)
    if size < 128:
        length = bytes((size,))
    elif size < 256:
        length = bytes((0x81, size))
    else:
        length = b"\x82" + size.to_bytes(2, "big")
    return bytes.fromhex(f"{tag:X}" if len(f"{tag:X}") % 2 == 0 else f"0{tag:X}") + length + body


def unwrap(raw: bytes) -> dict[int, bytes]:
    """The top-level objects of one-byte tags, last one winning."""
    found: dict[int, bytes] = {}
    while raw:
        tag, size, head = raw[0], raw[1], 2
        if size == 0x81:
            size, head = raw[2], 3
        elif size == 0x82:
            size, head = int.from_bytes(raw[2:4], "big"), 4
        found[tag] = raw[head : head + size]
        raw = raw[head + size :]
    return found
