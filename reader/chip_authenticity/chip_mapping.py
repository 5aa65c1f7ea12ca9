"""The proof of chip authentication mapping: the chip's mapping key is its static key times a secret that it told (Doc 9303-11 section 4.4.3.3.3)."""

from __future__ import annotations

from typing import Any, Protocol

from reader.crypto.groups import Group
from reader.errors import BadSignature


class Proof(Protocol):
    """What PACE left to check."""

    @property
    def group(self) -> Group:
        """Where both keys live."""

    @property
    def mapping_key(self) -> Any:
        """The chip's public key of the mapping."""

    @property
    def chip_secret(self) -> int:
        """CA.IC."""


def verify(proof: Proof, static_key: bytes) -> None:
    """Check PKmap.IC = CA.IC * PK.IC for a static public key of the chip, uncompressed.

    Raises:
        BadSignature: another key.
        Malformed: not a key of this group.
    """
    if proof.group.power(proof.chip_secret, proof.group.decode(static_key)) != proof.mapping_key:
        raise BadSignature("the chip does not hold the private key of its static public key")
