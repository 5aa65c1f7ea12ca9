"""The port through which pages print: HTML in, PDF out."""

from __future__ import annotations

from typing import Protocol


class Printer(Protocol):
    """Makes a PDF of a document."""

    def __call__(self, html: str) -> bytes:
        """The PDF.

        Raises:
            proctor_node.errors.DocumentRefused: the document names something outside itself.
        """
