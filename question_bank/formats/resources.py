"""Collects the pictures and objects of one import, with an issue for each that cannot be used as it is."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from question_bank.bank.content import Attachment, Inline, Picture
from question_bank.formats import pictures
from question_bank.formats.report import Issue
from question_bank.ports import Resource


def of_data_url(href: str) -> bytes | None:
    """The bytes of a `data:` URL (RFC 2397); None when they cannot be decoded."""
    head, _, body = href.partition(",")
    if not head.endswith(";base64"):
        return unquote_to_bytes(body)
    try:
        return base64.b64decode(unquote_to_bytes(body), validate=False)
    except (binascii.Error, ValueError):
        return None


@dataclass(slots=True)
class ResourceCollector:
    """`resources` by digest; `issues` in the order in which they were met."""

    resources: dict[str, Resource] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)

    def keep(self, raw: bytes, media_type: str) -> str:
        """Keep bytes; their digest."""
        name = hashlib.sha256(raw).hexdigest()
        self.resources[name] = Resource(media_type, raw)
        return name

    def picture(self, raw: bytes, where: str, *, alt: str = "", width: int = 0, height: int = 0) -> Inline | None:
        """A picture, or an attachment when it is none; None when it is too large to be kept."""
        kind = pictures.media_type(raw)
        pixels = pictures.size(raw)
        if len(raw) > pictures.MOST_BYTES or pixels[0] * pixels[1] > pictures.MOST_PIXELS:
            self.issues.append(Issue("picture_too_large", where, (f"{len(raw) >> 20} MB, {pixels[0]}×{pixels[1]}",)))
            return None
        if kind == "application/octet-stream":
            self.issues.append(Issue("embedded_object", where, (alt or kind,)))
            return Attachment(self.keep(raw, kind), kind, alt)
        if kind not in pictures.DRAWABLE or (kind == "image/svg+xml" and not pictures.is_safe(raw)):
            self.issues.append(Issue("picture_not_drawable", where, (kind.removeprefix("image/"),)))
        return Picture(self.keep(raw, kind), kind, alt, width or pixels[0], height or pixels[1])
