"""SecurityInfos of EF.CardAccess and DG14 (Doc 9303-11 section 9.2)."""

from __future__ import annotations

from dataclasses import dataclass

from asn1crypto import core

from reader.crypto.ciphers import CipherName
from reader.errors import Malformed

# id-PACE of BSI TR-03110: 0.4.0.127.0.7.2.2.4
PACE_ARC = "0.4.0.127.0.7.2.2.4."
CA_PUBLIC_KEY_ARC = "0.4.0.127.0.7.2.2.1."
CA_ARC = "0.4.0.127.0.7.2.2.3."
MAPPINGS = {"1": "GM-DH", "2": "GM", "3": "IM-DH", "4": "IM", "6": "CAM"}
CIPHERS: dict[str, CipherName] = {"1": "3DES", "2": "AES-128", "3": "AES-192", "4": "AES-256"}
LARGEST = 16 * 1024


@dataclass(frozen=True, slots=True)
class PaceInfo:
    """One PACEInfo. `oid` is the DER value without tag and length."""

    dotted: str
    oid: bytes
    mapping: str
    cipher: CipherName
    parameter_id: int


@dataclass(frozen=True, slots=True)
class ChipAuthenticationInfo:
    """One ChipAuthenticationInfo or its public key."""

    dotted: str
    cipher: CipherName | None
    key_id: int | None
    public_key: bytes | None


class _SecurityInfos(core.SetOf):  # type: ignore[misc]
    _child_spec = core.Sequence


def _sequences(raw: bytes) -> list[list[core.Asn1Value]]:
    if len(raw) > LARGEST:
        raise Malformed("SecurityInfos are too large")
    try:
        infos = _SecurityInfos.load(raw)
        found = [[sequence[index] for index in range(len(sequence))] for sequence in infos]
    except (ValueError, TypeError, KeyError) as error:
        raise Malformed("SecurityInfos cannot be parsed") from error
    if not all(found):
        raise Malformed("SecurityInfo without a protocol")
    return found


def _as(value: core.Asn1Value, kind: type[core.Asn1Value]) -> object:
    try:
        return kind.load(value.dump()).native
    except (ValueError, TypeError) as error:
        raise Malformed("SecurityInfo with a member of another type") from error


def pace_infos(raw: bytes) -> list[PaceInfo]:
    """The PACE protocols that the chip offers with standardised parameters.

    Raises:
        Malformed: not a set of sequences.
    """
    found = []
    for members in _sequences(raw):
        dotted = str(_as(members[0], core.ObjectIdentifier))
        mapping, _, cipher = dotted.removeprefix(PACE_ARC).partition(".")
        if not dotted.startswith(PACE_ARC) or mapping not in MAPPINGS or cipher not in CIPHERS or len(members) < 3:
            continue
        parameter = members[2]
        if parameter.tag != core.Integer.tag:
            continue
        oid = core.ObjectIdentifier(dotted).contents
        number = _as(parameter, core.Integer)
        assert isinstance(number, int)
        found.append(PaceInfo(dotted, oid, MAPPINGS[mapping], CIPHERS[cipher], number))
    return found


def protocols(raw: bytes) -> list[str]:
    """The object identifiers of all entries, sorted; for comparing EF.CardAccess with DG14."""
    return sorted(str(_as(members[0], core.ObjectIdentifier)) for members in _sequences(raw))
