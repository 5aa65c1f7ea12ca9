"""What a chip behind a reader has been seen to take; kept by reader and ATR so that the next card of the kind is read at once.

Nothing here is personal: two cards of one series have the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal, Protocol

from reader import tlv
from reader.errors import LimitExceeded, Malformed

WayToCardAccess = Literal["unknown", "short_identifier", "select", "master_file", "absent"]
# Largest answer when nobody says more: 2,000 plain bytes, which chips with extended length take (chip.md section 2).
USUAL_RESPONSE = 2032
# DO47, third byte (ISO/IEC 7816-4 section 12.1.1.9, third software function table): extended length fields.
EXTENDED_BIT = 0x40


@dataclass(slots=True)
class Capabilities:
    """How to read. Starts out hopeful, and is corrected by what the chip refuses.

    Attributes:
        card_access: where EF.CardAccess was found.
        short_identifiers: whether READ BINARY may select by short file identifier.
        past_the_end: whether the first read may ask for more than the file holds.
        extended: whether extended length is taken.
        response: longest answer in bytes, status word included, by EF.ATR/INFO or the reader; 0 if nobody said.
        chunk: plain bytes of the longest read that worked; 0 before the first.
        buffers_known: whether EF.ATR/INFO has been looked for.
        kind: digest of EF.CardAccess, which tells chips apart that share an ATR; "" before it was looked for.
        reader_takes: longest command of the reader, -1 if it does not say; never kept.
    """

    card_access: WayToCardAccess = "unknown"
    short_identifiers: bool = True
    past_the_end: bool = True
    extended: bool = True
    response: int = 0
    chunk: int = 0
    buffers_known: bool = False
    kind: str = ""
    reader_takes: int = -1

    def limit(self, reader: int | None) -> None:
        """What the reader takes: 0 means short commands only, None that it does not say (PC/SC part 10, section 2.6.14)."""
        if reader is None:
            return
        self.reader_takes = reader
        self._bound(reader)

    def _bound(self, size: int) -> None:
        if size <= 261:
            self.extended = False
        else:
            self.response = min(self.response or size, size)

    def learn_buffers(self, atr_info: bytes) -> None:
        """From EF.ATR/INFO: the buffer sizes of DO'7F66', else the capability bytes of DO47 (Doc 9303-10 section 3.11.1)."""
        try:
            objects = {item.tag: item.value for item in tlv.objects(atr_info)}
            sizes = [int.from_bytes(item.value, "big") for item in tlv.objects(objects.get(0x7F66, b""))]
        except (Malformed, LimitExceeded):
            return
        if len(sizes) >= 2:
            self._bound(sizes[1])
        elif len(objects.get(0x47, b"")) >= 3 and not objects[0x47][2] & EXTENDED_BIT:
            self.extended = False

    def recognise(self, card_access: bytes | None) -> bool:
        """Whether this is another kind of chip than the one remembered; then all starts afresh but what the reader takes."""
        known, kind = self.kind, hashlib.sha256(card_access or b"").hexdigest()[:16]
        self.kind = kind
        if known in {"", kind}:
            return False
        fresh = Capabilities(kind=kind)
        fresh.limit(None if self.reader_takes < 0 else self.reader_takes)
        for field in fields(self):
            setattr(self, field.name, getattr(fresh, field.name))
        return True

    def copy(self) -> Capabilities:
        """One that may change on its own."""
        return replace(self)

    def to_plain(self) -> dict[str, Any]:
        """For keeping."""
        return {name: value for name, value in asdict(self).items() if name != "reader_takes"}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Capabilities:
        """From what was kept; anything of another shape is left at its start value."""
        own = cls()
        for field in fields(cls):
            value = plain.get(field.name)
            if type(value) is type(getattr(own, field.name)):
                setattr(own, field.name, value)
        return own


class CapabilityMemory(Protocol):
    """Where what was learned is kept between cards."""

    def known(self) -> Capabilities | None:
        """What worked before for this reader and ATR."""

    def remember(self, capabilities: Capabilities) -> None:
        """Keep what worked."""
