"""What goes between a station and the process that looks at faces for it (docs/adr/0023): one question, one answer.

Pictures and features travel as they lie in memory, so that both sides can overwrite their copies; all else is MessagePack.
"""

from __future__ import annotations

import struct
from io import FileIO

import msgspec

from reader.face.liveness.geometry import Pose
from reader.face.ports import Face

READY, REFERENCE, OBSERVE = 0, 1, 2
# What is asked, whether features are wanted, height and width of the picture, bytes that follow.
QUESTION = struct.Struct("<BBIII")
# Bytes of what is told, of landmarks and of features.
ANSWER = struct.Struct("<III")


class Told(msgspec.Struct, frozen=True, array_like=True):
    """An answer but for its arrays. `error` is the code of an error, or empty."""

    error: str = ""
    fingerprint: bytes = b""
    flags: tuple[str, ...] = ()
    face: Face | None = None
    pose: Pose | None = None
    texture: float | None = None


def read_into(file: FileIO, target: memoryview) -> bool:
    """Fill the target; False if the other side has gone before."""
    while target:
        count = file.readinto(target)
        if not count:
            return False
        target = target[count:]
    return True


def write_all(file: FileIO, source: bytes | memoryview) -> None:
    """Write everything.

    Raises:
        OSError: the other side has gone.
    """
    rest = memoryview(source).cast("B")
    while rest:
        rest = rest[file.write(rest) :]
