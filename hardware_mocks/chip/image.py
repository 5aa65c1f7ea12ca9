"""What one card holds: its files, its secrets and its manners, as bytes that another process can load."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from hardware_mocks.chip.behaviour import Behaviour

COM, SOD, CARD_ACCESS, CARD_SECURITY, ATR_INFO = 0x011E, 0x011D, 0x011C, 0x011D, 0x2F01
GROUP = {name: 0x0100 + number for number in range(1, 17) for name in (f"DG{number}",)}
# PACE-ECDH-GM-AES-CBC-CMAC-128, the protocol of the Vietnamese card.
USUAL_PACE = "04007f00070202040202"


@dataclass(frozen=True, slots=True)
class PaceOffer:
    """One PACE protocol: object identifier (DER value in hex) and the number of its group.

    `domain` says how EF.CardAccess tells the group: by its standardised number, by a PACEDomainParameterInfo that names that
    number, or by one that gives all figures. `alias` is the number that such a domain goes by; None: by none, being the only one.
    """

    oid: str = USUAL_PACE
    parameters: int = 13
    domain: Literal["standard", "named", "explicit"] = "standard"
    alias: int | None = None

    @property
    def reference(self) -> int | None:
        """The parameter identifier, in PACEInfo and in MSE:Set AT."""
        return self.parameters if self.domain == "standard" else self.alias


@dataclass(frozen=True, slots=True)
class ChipKey:
    """A static key for chip authentication: its protocol, group and private number."""

    oid: str
    parameters: int
    private: int
    key_id: int | None = None


@dataclass(frozen=True, slots=True)
class CardImage:
    """Files by identifier (hex on the wire), the two passwords, and the private keys; `authentication_key` is in DER.

    `files` are those of the application and EF.CardAccess, `master` what else lies in front of it. A card with `pace`
    runs `offers`.
    """

    files: dict[int, bytes]
    can: str
    mrz_information: str
    authentication_key: bytes | None = None
    bac: bool = True
    pace: bool = True
    offers: tuple[PaceOffer, ...] = (PaceOffer(),)
    chip_keys: tuple[ChipKey, ...] = ()
    master: dict[int, bytes] = field(default_factory=dict)
    authentication_hash: str = "sha256"
    behaviour: Behaviour = field(default_factory=Behaviour)

    def to_json(self) -> str:
        """One line of JSON."""
        plain = asdict(self)
        for name in ("files", "master"):
            plain[name] = {f"{number:04X}": content.hex() for number, content in plain[name].items()}
        plain["authentication_key"] = None if self.authentication_key is None else self.authentication_key.hex()
        return json.dumps(plain)

    @classmethod
    def from_json(cls, text: str) -> CardImage:
        """Back from `to_json`."""
        plain: dict[str, Any] = json.loads(text)
        key = plain.pop("authentication_key")
        for name in ("files", "master"):
            plain[name] = {int(number, 16): bytes.fromhex(content) for number, content in plain[name].items()}
        plain["offers"] = tuple(PaceOffer(**offer) for offer in plain["offers"])
        plain["chip_keys"] = tuple(ChipKey(**one) for one in plain["chip_keys"])
        manners = plain["behaviour"]
        manners |= {name: tuple(manners[name]) for name in ("selects_with", "lock")}
        plain["behaviour"] = Behaviour(**manners)
        return cls(authentication_key=None if key is None else bytes.fromhex(key), **plain)

    def behaving(self, **manners: Any) -> CardImage:
        """The same card in a chip with other manners."""
        return replace(self, behaviour=replace(self.behaviour, **manners))

    def with_altered_byte(self, group: str, offset: int = -100) -> CardImage:
        """The same card with one bit of a data group turned over after signing."""
        content = bytearray(self.files[GROUP[group]])
        content[offset % len(content)] ^= 1
        return replace(self, files={**self.files, GROUP[group]: bytes(content)})

    def without_private_key(self, other: bytes) -> CardImage:
        """A clone: all files, but another private key than the one of DG15."""
        strangers = tuple(replace(key, private=key.private // 3 + 1) for key in self.chip_keys)
        return replace(self, authentication_key=other, chip_keys=strangers)
