"""What one card holds: its files and its secrets, as bytes that another process can load."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace

COM, SOD, CARD_ACCESS = 0x011E, 0x011D, 0x011C
GROUP = {name: 0x0100 + number for number in range(1, 17) for name in (f"DG{number}",)}


@dataclass(frozen=True, slots=True)
class CardImage:
    """Files by identifier (hex on the wire), the two passwords, and the private key of active authentication in DER."""

    files: dict[int, bytes]
    can: str
    mrz_information: str
    authentication_key: bytes | None = None
    bac: bool = True
    pace: bool = True

    def to_json(self) -> str:
        """One line of JSON."""
        plain = asdict(self)
        plain["files"] = {f"{number:04X}": content.hex() for number, content in self.files.items()}
        plain["authentication_key"] = None if self.authentication_key is None else self.authentication_key.hex()
        return json.dumps(plain)

    @classmethod
    def from_json(cls, text: str) -> CardImage:
        """Back from `to_json`."""
        plain = json.loads(text)
        key = plain.pop("authentication_key")
        files = {int(number, 16): bytes.fromhex(content) for number, content in plain.pop("files").items()}
        return cls(files=files, authentication_key=None if key is None else bytes.fromhex(key), **plain)

    def with_altered_byte(self, group: str, offset: int = -100) -> CardImage:
        """The same card with one bit of a data group turned over after signing."""
        content = bytearray(self.files[GROUP[group]])
        content[offset] ^= 1
        return replace(self, files={**self.files, GROUP[group]: bytes(content)})

    def without_private_key(self, other: bytes) -> CardImage:
        """A clone: all files, but another private key than the one of DG15."""
        return replace(self, authentication_key=other)
