"""What worked with a reader and a kind of card, kept in `$KHAOTHI_HOME/card_capabilities.json`. Nothing in it is personal."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from reader.adapters.pcsc import PcscConnection
from reader.capabilities import Capabilities

FILE = "card_capabilities.json"
# Kinds of card at one reader; the oldest give way.
MOST = 200


@dataclass(frozen=True, slots=True)
class CapabilityStore:
    """The memory of one machine, looked up by reader and ATR. `largest_apdu` is what the reader says of itself."""

    home: Path
    reader: str
    atr: bytes
    largest_apdu: int | None = None

    @classmethod
    def of(cls, home: Path, reader: str, card: object) -> CapabilityStore | None:
        """The memory for a card held through PC/SC; None for a connection that does not tell what it holds."""
        if not isinstance(card, PcscConnection):
            return None
        return cls(home, reader, card.atr, card.largest_apdu())

    @property
    def _key(self) -> str:
        return f"{self.reader} {self.atr.hex()}"

    @property
    def _tells_kinds_apart(self) -> bool:
        """An ATR without historical bytes is that of any contactless chip: nothing is to be concluded from it."""
        return len(self.atr) > 1 and bool(self.atr[1] & 0x0F)

    def _all(self) -> dict[str, dict[str, object]]:
        """What is kept; a file that cannot be read is as good as none."""
        try:
            kept = json.loads((self.home / FILE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return {key: value for key, value in kept.items() if isinstance(value, dict)} if isinstance(kept, dict) else {}

    def known(self) -> Capabilities:
        """As `CapabilityMemory`; a reader's own limit holds also for a card that was never seen."""
        found = Capabilities.from_plain(self._all().get(self._key, {}) if self._tells_kinds_apart else {})
        found.limit(self.largest_apdu)
        return found

    def remember(self, capabilities: Capabilities) -> None:
        """As `CapabilityMemory`. A disk that refuses costs only the time to learn it again."""
        if not self._tells_kinds_apart:
            return
        kept = self._all()
        if kept.get(self._key) == capabilities.to_plain():
            return
        kept.pop(self._key, None)
        kept[self._key] = capabilities.to_plain()
        newest = dict(list(kept.items())[-MOST:])
        with contextlib.suppress(OSError):
            self.home.mkdir(parents=True, exist_ok=True)
            self._write(json.dumps(newest, indent=1))

    def _write(self, text: str) -> None:
        """In one step, so that a power cut leaves the old file or the new one."""
        handle, name = tempfile.mkstemp(dir=self.home, prefix=FILE)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as out:
                out.write(text)
            Path(name).replace(self.home / FILE)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
