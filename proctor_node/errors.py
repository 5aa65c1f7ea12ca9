"""Errors of the node. Each leaf has a stable `code`."""

from __future__ import annotations

from typing import ClassVar

from khaothi.wording import Worded


class NodeError(Worded):
    """Root of everything that this package raises on purpose."""

    code: ClassVar[str] = "node_error"


class PlanUnreadable(NodeError):
    """A roster file that cannot be used at all; the message names file, row and column where it can."""

    code: ClassVar[str] = "roster_unreadable"


class Refused(NodeError):
    """A station or a person asked for something that is not allowed; `reason` is the code told."""

    code: ClassVar[str] = "refused"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotReady(NodeError):
    """The node lacks something (plan, form, key) for what was asked."""

    code: ClassVar[str] = "node_not_ready"


class NodeExists(NodeError):
    """There is a node in this folder already; its key is not to be lost."""

    code: ClassVar[str] = "node_exists"


class BeingServed(NodeError):
    """Another process serves this node: what that one has in memory would win."""

    code: ClassVar[str] = "node_being_served"


class FolderMissing(NodeError):
    """The folder named does not exist."""

    code: ClassVar[str] = "no_such_folder"


class AnchorRefused(NodeError):
    """A production node does not believe a demonstration or specimen state."""

    code: ClassVar[str] = "demonstration_anchor_refused"


class StoreUnusable(NodeError):
    """The store cannot be opened or written."""

    code: ClassVar[str] = "node_store_unusable"


class StoreTaken(NodeError):
    """The database named for a new node holds something already."""

    code: ClassVar[str] = "node_store_taken"


class StoreOld(StoreUnusable):
    """A database that an earlier build made and that this one cannot bring forward; nothing in it was touched."""

    code: ClassVar[str] = "node_store_old"


class ResponsesUnreadable(NodeError):
    """A table of responses, a form, or a key cannot be used for grading; the message names the place."""

    code: ClassVar[str] = "responses_unreadable"


class GradersDiffer(NodeError):
    """The two graders disagree: no mark goes out until a person has found out why."""

    code: ClassVar[str] = "graders_differ"


class DocumentRefused(NodeError):
    """A document to print names something outside itself."""

    code: ClassVar[str] = "document_refused"


class BackupDamaged(NodeError):
    """A file is no backup of this version, or not as it was written."""

    code: ClassVar[str] = "backup_damaged"
