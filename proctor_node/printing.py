"""What pages need of the world: HTML printed as PDF, and a roster file read with its cleaning report."""

from __future__ import annotations

from typing import Any, Protocol


class Printer(Protocol):
    """Makes a PDF of a document."""

    def __call__(self, html: str) -> bytes:
        """The PDF.

        Raises:
            proctor_node.errors.DocumentRefused: the document names something outside itself.
        """


class RosterReader(Protocol):
    """Reads a roster that came as bytes."""

    def __call__(self, raw: bytes) -> dict[str, Any]:
        """Counts, remarks and `errors_file` (the cleaning report, XLSX); nothing is kept.

        Raises:
            proctor_node.errors.PlanUnreadable: no table.
        """
