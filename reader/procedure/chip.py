"""Whether the chip is the one that the state issued: chip authentication, active authentication, PACE-CAM.

Each proof is worth as much as the signature over the data group that carried its key, so a key that is not signed is not
even used. Chip authentication goes first, and the answer of active authentication under the new keys is its proof; only
where that answer fails the chip is opened again and the two are asked one by one.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

from reader import passive_authentication, tlv
from reader.chip_authenticity import active_authentication, chip_authentication, chip_mapping
from reader.errors import (
    BadSignature,
    CardRemoved,
    LimitExceeded,
    Malformed,
    NotSupported,
    ReaderError,
    SecureMessagingBroken,
    UnexpectedStatus,
)
from reader.evidence import Basis, ChipFiles, Evidence, Finding, Result
from reader.file_system import FileSystem
from reader.files import CARD_SECURITY
from reader.lds import security_infos
from reader.lds.security_infos import ChipAuthenticationInfo
from reader.procedure import card_security
from reader.procedure.course import Course
from reader.procedure.reading import again

Files = dict[str, bytes]


def prove(course: Course, files: FileSystem, contents: Files) -> ChipFiles:
    """Ask the chip for every proof that it has a signed key for; findings go to the course, evidence comes back.

    A card that is lost meanwhile and put back is asked again from the start.

    Raises:
        OtherCard: another card was put back.
    """
    found = len(course.findings)
    while True:
        try:
            return _prove(course, files, contents)
        except CardRemoved as lost:
            del course.findings[found:]
            try:
                files = again(course, lost)
            except CardRemoved:
                course.findings += _lost(contents)
                return _kept(contents)


def _prove(course: Course, files: FileSystem, contents: Files) -> ChipFiles:
    infos = _chip_keys(course, contents)
    renewed = _renew(course, files, infos) if infos else None
    evidence = _active_authentication(course, files, contents, renewed)
    course.findings += _chip_mapping(course, contents)
    return evidence


def _kept(contents: Files) -> ChipFiles:
    digest = hashlib.sha256(contents["DG2"]).hexdigest() if "DG2" in contents else ""
    return ChipFiles(contents["EF_SOD"], contents["DG1"], contents.get("DG14"), contents.get("DG15"), digest)


def _lost(contents: Files) -> list[Finding]:
    """The card went before it could prove anything."""
    checks = [
        ("DG14", "chip_authentication", Basis.STATION_ATTESTED),
        ("DG15", "active_authentication", Basis.REVERIFIABLE),
    ]
    return [
        Finding(check, Result.INCONCLUSIVE, "card_removed", "", basis)
        for group, check, basis in checks
        if group in contents
    ]


# -- chip authentication


def _attested(result: Result, code: str = "", detail: str = "", evidence: Evidence | None = None) -> Finding:
    return Finding("chip_authentication", result, code, detail, Basis.STATION_ATTESTED, evidence or {})


def _chip_keys(course: Course, contents: Files) -> list[ChipAuthenticationInfo]:
    """The keys of DG14; nothing is said where it carries none."""
    group = contents.get("DG14")
    try:
        infos = [] if group is None else security_infos.chip_authentication_infos(tlv.first(group, 0x6E))
    except (Malformed, LimitExceeded) as error:
        course.findings.append(_attested(Result.FAILED, "security_infos_malformed", str(error)))
        return []
    if infos and group is not None and not _signed(course, "DG14", group):
        course.findings.append(_attested(Result.NOT_PERFORMED, "key_not_signed"))
        return []
    return infos


def _signed(course: Course, name: str, raw: bytes) -> bool:
    security_object = course.signed()
    if security_object is None:
        return False
    return passive_authentication.check_hash(security_object, name, raw).result is Result.PASSED


def _renew(course: Course, files: FileSystem, infos: list[ChipAuthenticationInfo]) -> ChipAuthenticationInfo | None:
    """Go over to new keys with the first static key that the chip takes; the proof is its next answer."""
    refused: ReaderError | None = None
    for info, way in [(key, way) for key in infos for way in chip_authentication.ways(key)]:
        _alive(course, files)
        try:
            files.channel = chip_authentication.agree(files.channel, info, course.random, way)
        except (NotSupported, UnexpectedStatus, Malformed) as error:
            refused = refused if isinstance(refused, UnexpectedStatus | SecureMessagingBroken) else error
        except SecureMessagingBroken as error:
            refused, files.lost = error, True
        else:
            return info
    course.findings.append(_refusal(refused))
    return None


def _refusal(error: ReaderError | None) -> Finding:
    if isinstance(error, NotSupported):
        return _attested(Result.NOT_SUPPORTED, error.code, str(error))
    # As with active authentication: a clone that breaks off must not pass as "not supported".
    return _attested(Result.FAILED, "chip_key_not_proven", str(error))


def _proven(info: ChipAuthenticationInfo) -> Finding:
    evidence: Evidence = {"cipher": info.cipher, "protocol_stated": bool(info.oid)}
    if info.key_id is not None:
        evidence["key_id"] = info.key_id
    return _attested(Result.PASSED, evidence=evidence)


def _alive(course: Course, files: FileSystem) -> None:
    """Put the files behind a channel that works: a chip that dropped it is opened again."""
    if files.lost:
        files.channel = again(course, SecureMessagingBroken("the chip dropped the channel", 0x6988)).channel
        files.lost = False


def _confirm(course: Course, files: FileSystem, info: ChipAuthenticationInfo) -> None:
    """Let the chip answer something under the new keys: the proof on its own."""
    try:
        chip_authentication.confirm(files.channel)
    except (SecureMessagingBroken, UnexpectedStatus) as error:
        files.lost = True
        course.findings.append(_refusal(error))
    else:
        course.findings.append(_proven(info))


# -- active authentication


def _active_authentication(
    course: Course, files: FileSystem, contents: Files, renewed: ChipAuthenticationInfo | None
) -> ChipFiles:
    check, kept = "active_authentication", _kept(contents)
    if "DG15" not in contents or not _signed(course, "DG15", contents["DG15"]):
        if renewed is not None:
            _confirm(course, files, renewed)
        absent = "DG15" not in contents
        result, code = (Result.NOT_SUPPORTED, "no_active_authentication_key") if absent else (Result.NOT_PERFORMED, "key_not_signed")  # fmt: skip
        course.findings.append(Finding(check, result, code))
        return kept
    challenge = course.random(8) if course.options.challenge is None else course.options.challenge(contents["EF_SOD"])
    try:
        signature = _signature(course, files, contents["DG15"], challenge, renewed)
        digest = active_authentication.verify(contents["DG15"], challenge, signature, contents.get("DG14"))
    except NotSupported as error:
        course.findings.append(Finding(check, Result.NOT_SUPPORTED, error.code, str(error)))
        return kept
    except (SecureMessagingBroken, UnexpectedStatus) as error:
        # A clone that refuses to sign must not pass as "not supported".
        files.lost = True
        course.findings.append(Finding(check, Result.FAILED, "no_signature", str(error)))
        return kept
    except (BadSignature, Malformed) as error:
        course.findings.append(Finding(check, Result.FAILED, "chip_signature_invalid", str(error)))
        return kept
    evidence: Evidence = {"challenge": challenge.hex(), "hash": digest}
    course.findings.append(Finding(check, Result.PASSED, evidence=evidence))
    return replace(kept, active_authentication_nonce=challenge, active_authentication_signature=signature)


def _signature(
    course: Course, files: FileSystem, dg15: bytes, challenge: bytes, renewed: ChipAuthenticationInfo | None
) -> bytes:
    """The chip's answer to the challenge. Any answer under renewed keys settles chip authentication as well."""
    if renewed is None:
        _alive(course, files)
        return _request(course, files, dg15, challenge)
    try:
        signature = _request_once(course, files, dg15, challenge)
    except UnexpectedStatus:
        course.findings.append(_proven(renewed))
        raise
    except SecureMessagingBroken:
        files.lost = True
        _prove_apart(course, files, renewed)
        _alive(course, files)
        return _request(course, files, dg15, challenge)
    course.findings.append(_proven(renewed))
    return signature


def _request_once(course: Course, files: FileSystem, dg15: bytes, challenge: bytes) -> bytes:
    return active_authentication.request(files.channel, dg15, challenge, extended=course.capabilities.extended)


def _request(course: Course, files: FileSystem, dg15: bytes, challenge: bytes) -> bytes:
    """The signature; a chip that drops the channel over the long command is opened again and asked by the short one."""
    try:
        return _request_once(course, files, dg15, challenge)
    except SecureMessagingBroken:
        if not course.capabilities.extended:
            raise
        course.capabilities.extended, files.lost = False, True
        _alive(course, files)
        return _request_once(course, files, dg15, challenge)


def _prove_apart(course: Course, files: FileSystem, info: ChipAuthenticationInfo) -> None:
    """Chip authentication once more, to tell a wrong key from a chip that drops the channel over INTERNAL AUTHENTICATE."""
    again_at = _renew(course, files, [info])
    if again_at is not None:
        _confirm(course, files, info)


# -- chip authentication mapping


def _chip_mapping(course: Course, contents: Files) -> list[Finding]:
    """PACE-CAM: PKmap.IC = CA.IC * PK.IC, with a static key that is signed in DG14 or in EF.CardSecurity."""
    check, access = "pace_cam", course.access
    if access is None or access.mapping != "CAM":
        return []
    if course.chip_mapping is None:
        return [Finding(check, Result.FAILED, "no_chip_mapping_data", basis=Basis.STATION_ATTESTED)]
    keys, complaint = _signed_keys(course, contents)
    if not keys:
        result = Result.FAILED if complaint == "card_security_invalid" else Result.INCONCLUSIVE
        return [Finding(check, result, complaint or "key_not_signed", basis=Basis.STATION_ATTESTED)]
    for source, public in keys:
        try:
            chip_mapping.verify(course.chip_mapping, public)
        except (BadSignature, Malformed):
            continue
        return [Finding(check, Result.PASSED, basis=Basis.STATION_ATTESTED, evidence={"key_from": source})]
    return [Finding(check, Result.FAILED, "chip_key_not_proven", basis=Basis.STATION_ATTESTED)]


def _signed_keys(course: Course, contents: Files) -> tuple[list[tuple[str, bytes]], str]:
    """Static public keys whose signature holds, with the file that carries them; and why there is none."""
    found: list[tuple[str, bytes]] = []
    group = contents.get("DG14")
    if group is not None and _signed(course, "DG14", group):
        found += [("DG14", key) for key in card_security.chip_keys(tlv.find(group, 0x6E) or b"")]
    raw = course.content(CARD_SECURITY)
    if raw is None:
        return found, "" if found else "no_card_security"
    infos, complaint = card_security.verified(raw, course.trust, course.options.today)
    return found + [("EF.CardSecurity", key) for key in card_security.chip_keys(infos)], complaint
