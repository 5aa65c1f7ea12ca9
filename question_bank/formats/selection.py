"""What an export writes: items with their keys, and everything that they name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from question_bank.bank.content import resources
from question_bank.bank.item import Draft, Passage
from question_bank.ports import Resource

SUFFIXES = {
    "image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp", "image/svg+xml": "svg", "image/bmp": "bmp",
    "image/wmf": "wmf", "image/emf": "emf", "image/tiff": "tif", "audio/mpeg": "mp3", "video/mp4": "mp4", "application/pdf": "pdf",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Selection:
    """Items in the order in which they are written. `mathml` and `svg` draw LaTeX."""

    drafts: tuple[Draft, ...]
    passages: dict[str, Passage] = field(default_factory=dict)
    resources: dict[str, Resource] = field(default_factory=dict)
    identifiers: tuple[str, ...] = ()
    mathml: Callable[[str, bool], str] | None = None
    svg: Callable[[str], bytes] | None = None

    def named(self) -> list[str]:
        """Digests of every resource that the items name, in the order of their first use."""
        found: dict[str, None] = {}
        for draft in self.drafts:
            for name in sorted(draft.item.resources()):
                found[name] = None
            passage = self.passages.get(draft.item.passage)
            for name in resources(passage.content) if passage else ():
                found[name] = None
        return [name for name in found if name in self.resources]

    def address(self, sha256: str) -> str:
        """The file name of a resource."""
        resource = self.resources.get(sha256)
        return f"{sha256}.{SUFFIXES.get(resource.media_type, 'bin') if resource else 'bin'}"
