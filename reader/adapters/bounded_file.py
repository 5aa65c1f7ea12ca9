"""Files of strangers, read up to a limit: a device, a pipe or a sparse file may have no end."""

from __future__ import annotations

from pathlib import Path

from reader.errors import LimitExceeded

PIECE = 1 << 20


def read(path: Path, most: int) -> bytes:
    """The whole file.

    Raises:
        LimitExceeded: it has more than `most` bytes.
        OSError: it cannot be read.
    """
    raw = bytearray()
    with path.open("rb") as stream:
        while len(raw) <= most and (piece := stream.read(min(PIECE, most + 1 - len(raw)))):
            raw += piece
    if len(raw) > most:
        raise LimitExceeded("{file} has more than {most} bytes", file=path.name, most=most)
    return bytes(raw)
