"""Challenges for active authentication that the node can tell from a replay (DESIGN.md section 4.3)."""

from __future__ import annotations

import hashlib

DOMAIN = b"khaothi/rnd-ifd/1"


def rnd_ifd(node_nonce: bytes, station: str, check_in: str, sod: bytes) -> bytes:
    """RND.IFD (8 bytes, Doc 9303-11 section 6.1): bound to a single-use node nonce, the station, the check-in and the SOD."""
    fields = (DOMAIN, node_nonce, station.encode(), check_in.encode(), hashlib.sha256(sod).digest())
    return hashlib.sha256(b"".join(len(field).to_bytes(2, "big") + field for field in fields)).digest()[:8]
