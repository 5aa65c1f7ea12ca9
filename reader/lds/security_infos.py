"""SecurityInfos of EF.CardAccess, EF.CardSecurity and DG14 (Doc 9303-11 section 9.2)."""

from __future__ import annotations

from dataclasses import dataclass

from asn1crypto import core

from reader.crypto.ciphers import CipherName
from reader.errors import Malformed, parsing

# id-PACE of BSI TR-03110: 0.4.0.127.0.7.2.2.4
PACE_ARC = "0.4.0.127.0.7.2.2.4."
# id-PK-DH and id-PK-ECDH, id-CA-DH and id-CA-ECDH.
CA_PUBLIC_KEYS = {"0.4.0.127.0.7.2.2.1.1": "DH", "0.4.0.127.0.7.2.2.1.2": "ECDH"}
CA_ARC = "0.4.0.127.0.7.2.2.3."
ACTIVE_AUTHENTICATION = "2.23.136.1.1.5"
AGREEMENTS = {"1": "DH", "2": "ECDH", "3": "DH", "4": "ECDH", "6": "ECDH"}
MAPPINGS = {"1": "GM", "2": "GM", "3": "IM", "4": "IM", "6": "CAM"}
CA_AGREEMENTS = {"1": "DH", "2": "ECDH"}
CIPHERS: dict[str, CipherName] = {"1": "3DES", "2": "AES-128", "3": "AES-192", "4": "AES-256"}
LARGEST = 16 * 1024


@dataclass(frozen=True, slots=True)
class PaceInfo:
    """One PACEInfo. `oid` is the DER value without tag and length.

    `parameter_id` names the group, or points to `domain`, the AlgorithmIdentifier of proprietary parameters in DER.
    """

    dotted: str
    oid: bytes
    mapping: str
    cipher: CipherName
    parameter_id: int | None
    agreement: str = "ECDH"
    domain: bytes = b""


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


def _entries(raw: bytes) -> list[tuple[str, list[core.Asn1Value]]]:
    """Protocol identifier and members of each entry."""
    return [(str(_as(members[0], core.ObjectIdentifier)), members) for members in _sequences(raw)]


def _number(members: list[core.Asn1Value], index: int) -> int | None:
    if len(members) <= index:
        return None
    number = _as(members[index], core.Integer)
    assert isinstance(number, int)
    return number


@parsing("SecurityInfos cannot be parsed")
def pace_infos(raw: bytes) -> list[PaceInfo]:
    """The PACE protocols that the chip offers, in its order.

    Raises:
        Malformed: not a set of sequences.
    """
    entries = _entries(raw)
    domains = _proprietary_domains(entries)
    found = []
    for dotted, members in entries:
        mapping, _, cipher = dotted.removeprefix(PACE_ARC).partition(".")
        if not dotted.startswith(PACE_ARC) or mapping not in MAPPINGS or cipher not in CIPHERS:
            continue
        parameter = _number(members, 2) if len(members) > 2 and members[2].tag == core.Integer.tag else None
        domain = domains.get((mapping, parameter), b"")
        if parameter is None and not domain:
            continue
        oid = core.ObjectIdentifier(dotted).contents
        agreement = AGREEMENTS[mapping]
        found.append(PaceInfo(dotted, oid, MAPPINGS[mapping], CIPHERS[cipher], parameter, agreement, domain))
    return found


def _proprietary_domains(entries: list[tuple[str, list[core.Asn1Value]]]) -> dict[tuple[str, int | None], bytes]:
    """PACEDomainParameterInfo: an AlgorithmIdentifier for a mapping and a parameter identifier (section 9.2.2)."""
    found = {}
    for dotted, members in entries:
        mapping = dotted.removeprefix(PACE_ARC)
        if dotted.startswith(PACE_ARC) and mapping in MAPPINGS and len(members) > 1:
            found[mapping, _number(members, 2)] = members[1].dump()
    return found


@parsing("SecurityInfos cannot be parsed")
def protocols(raw: bytes) -> list[str]:
    """The object identifiers of all entries, sorted; for comparing EF.CardAccess with DG14."""
    return sorted(dotted for dotted, _ in _entries(raw))


@parsing("SecurityInfos cannot be parsed")
def entries(raw: bytes) -> set[bytes]:
    """All entries as they stand; for comparing EF.CardAccess with DG14 parameter by parameter."""
    return {core.Sequence.load(bytes(sequence.dump())).dump() for sequence in _SecurityInfos.load(raw)}


@parsing("SecurityInfos cannot be parsed")
def chip_authentication_infos(raw: bytes) -> list[ChipAuthenticationInfo]:
    """The keys for chip authentication version 1, each with its protocol, the strongest cipher first.

    Raises:
        Malformed: not a set of sequences, or members of other types.
    """
    found_entries = _entries(raw)
    offers = _chip_authentication_offers(found_entries)
    found = []
    for dotted, members in found_entries:
        agreement = CA_PUBLIC_KEYS.get(dotted)
        if agreement is None or len(members) < 2:
            continue
        key_id, public = _number(members, 2), members[1].dump()
        fitting = [offer for offer in offers if offer[0] == agreement]
        # The identifier may be missing on one side where there is a single offer (chip.md section 3: match by keyId).
        chosen = [offer for offer in fitting if offer[2] == key_id] or (fitting if len(fitting) == 1 else [])
        found += [ChipAuthenticationInfo(oid, cipher, key_id, public) for _, oid, _, cipher in chosen]
        if not offers:
            # Where DG14 names no protocol the oldest one is meant (Doc 9303-11 section 6.2.3).
            found.append(ChipAuthenticationInfo(b"", "3DES", key_id, public))
    strength = list(CIPHERS.values())
    return sorted(found, key=lambda info: -strength.index(info.cipher))


def _chip_authentication_offers(
    found: list[tuple[str, list[core.Asn1Value]]],
) -> list[tuple[str, bytes, int | None, CipherName]]:
    offers = []
    for dotted, members in found:
        kind, _, cipher = dotted.removeprefix(CA_ARC).partition(".")
        if not dotted.startswith(CA_ARC) or kind not in CA_AGREEMENTS or cipher not in CIPHERS:
            continue
        if _number(members, 1) in {None, 1}:
            oid = core.ObjectIdentifier(dotted).contents
            offers.append((CA_AGREEMENTS[kind], oid, _number(members, 2), CIPHERS[cipher]))
    return offers


@parsing("SecurityInfos cannot be parsed")
def active_authentication_algorithm(raw: bytes) -> str | None:
    """The signature algorithm of ActiveAuthenticationInfo, or None where there is none (Doc 9303-11 section 9.2.8)."""
    for dotted, members in _entries(raw):
        if dotted == ACTIVE_AUTHENTICATION and len(members) > 2:
            return str(_as(members[2], core.ObjectIdentifier))
    return None
