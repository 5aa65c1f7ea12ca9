"""Errors of the station. Each leaf has a stable `code`."""

from __future__ import annotations

from typing import ClassVar

from khaothi.wording import Worded


class StationError(Worded):
    """Root of everything that this package raises on purpose."""

    code: ClassVar[str] = "station_error"


class StoreFailed(StationError):
    """The journal could not keep something: nothing of it was kept (B301)."""

    code: ClassVar[str] = "store_failed"


class StoreFull(StoreFailed):
    """The disk is full."""

    code: ClassVar[str] = "store_full"


class StoreDamaged(StationError):
    """The journal holds something that this station did not write."""

    code: ClassVar[str] = "store_damaged"


class NodeUnreachable(StationError):
    """No answer from the node; the station goes on by itself."""

    code: ClassVar[str] = "node_unreachable"


class NodeRefused(StationError):
    """The node answered and said no; `reason` is its code."""

    code: ClassVar[str] = "node_refused"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NodeNotGenuine(StationError):
    """An answer that the enrolled node did not sign."""

    code: ClassVar[str] = "node_not_genuine"


class NotEnrolled(StationError):
    """This PC has not been enrolled with a node (K301)."""

    code: ClassVar[str] = "not_enrolled"


class StationRunning(StationError):
    """Another program works on this station's folder."""

    code: ClassVar[str] = "station_running"


class MirrorRefused(StationError):
    """A mirror that nobody may go on from; `reason` is `altered`, `other_room`, `other_shift`, `wrong_halves` or `nothing`."""

    code: ClassVar[str] = "mirror_refused"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
