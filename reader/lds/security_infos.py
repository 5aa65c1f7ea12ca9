"""SecurityInfos of EF.CardAccess and DG14 (Doc 9303-11 section 9.2)."""

from __future__ import annotations

from dataclasses import dataclass

from asn1crypto import core

from reader.crypto.ciphers import CipherName
from reader.errors import Malformed

# id-PACE of BSI TR-03110: 0.4.0.127.0.7.2.2.4
PACE_ARC = "0.4.0.127.0.7.2.2.4."
# id-PK-ECDH and id-CA-ECDH; finite-field keys are left out.
CA_PUBLIC_KEY = "0.4.0.127.0.7.2.2.1.2"
CA_ARC = "0.4.0.127.0.7.2.2.3.2."
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
    """A key for chip authentication and its protocol (`oid` is empty where DG14 names none); `public_key` is in DER."""

    oid: bytes
    cipher: CipherName
    key_id: int | None
    public_key: bytes


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


def _number(members: list[core.Asn1Value], index: int) -> int | None:
    if len(members) <= index:
        return None
    number = _as(members[index], core.Integer)
    assert isinstance(number, int)
    return number


def chip_authentication_infos(raw: bytes) -> list[ChipAuthenticationInfo]:
    """The elliptic-curve keys for chip authentication version 1, each with its protocol, in the order of DG14.

    Raises:
        Malformed: not a set of sequences, or members of other types.
    """
    entries = [(str(_as(members[0], core.ObjectIdentifier)), members) for members in _sequences(raw)]
    offers = {_number(members, 2): dotted for dotted, members in entries if dotted.startswith(CA_ARC)}
    found = []
    for dotted, members in entries:
        if dotted != CA_PUBLIC_KEY or len(members) < 2:
            continue
        key_id = _number(members, 2)
        # With a single offer the identifier may be missing on one side.
        protocol = offers.get(key_id) or (next(iter(offers.values())) if len(offers) == 1 else "")
        # Where DG14 names no protocol the oldest one is meant (Doc 9303-11 section 6.2.3).
        cipher = CIPHERS.get(protocol.removeprefix(CA_ARC)) if protocol else "3DES"
        if cipher is not None:
            oid = core.ObjectIdentifier(protocol).contents if protocol else b""
            found.append(ChipAuthenticationInfo(oid, cipher, key_id, members[1].dump()))
    return found
