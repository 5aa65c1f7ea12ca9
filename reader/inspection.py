"""The inspection procedure as a visible list of steps (Doc 9303-11 section 4, DESIGN.md section 2).

    unlock     EF.CardAccess, then PACE, or BAC where the chip has no PACE; never a silent downgrade
    details    EF.COM, EF.SOD, DG1, DG14, DG15 (and DG13 if asked)
    portrait   DG2, only with consent
    signature  passive authentication, active authentication, consistency

Each step yields findings; whether the holder may sit is decided elsewhere. A card that leaves the reader and comes back is
opened again and read on from the byte where it stopped.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from reader import passive_authentication, tlv
from reader.access_control import bac, pace
from reader.access_key import AccessKey, Can, MrzKey
from reader.chip_authenticity import active_authentication, chip_authentication
from reader.errors import (
    AccessDenied,
    AccessNotSupported,
    BadSignature,
    CardRemoved,
    FileNotPresent,
    LimitExceeded,
    Malformed,
    NotSupported,
    OtherCard,
    ReaderError,
    SecureMessagingBroken,
    UnexpectedStatus,
    WrongKey,
)
from reader.evidence import Basis, ChipFiles, Finding, Holder, IdentityEvidence, Result
from reader.file_system import FileSystem, Limits, Reading
from reader.lds import com, dg1, dg2, dg13, security_infos, sod
from reader.mrz import Mrz, iso_date
from reader.ports import CardConnection, RandomSource
from reader.secure_messaging import Channel, PlainChannel
from reader.trust import TrustStore

Step = Literal["unlock", "details", "portrait", "signature"]
ReadOrder = ("EF_COM", "EF_SOD", "DG1", "DG14", "DG15", "DG13", "DG2")
KEY_GROUPS = ("DG14", "DG15")
# Three lost fields in one reading: the card is not lying on the reader.
MOST_RESUMES = 3


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the reading is; bytes are of all files known so far."""

    step: Step
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Options:
    """What to read and how. `expected_bytes` makes the bar honest before the sizes are known."""

    today: date
    read_portrait: bool = True
    read_details: bool = False
    groups: tuple[str, ...] | None = None
    access: Literal["auto", "pace", "bac"] = "auto"
    extended: bool = True
    limits: Limits = field(default_factory=Limits)
    expected_bytes: int = 20_000
    challenge: Callable[[bytes], bytes] | None = None


@dataclass(frozen=True, slots=True)
class Access:
    """The protocol that opened the chip."""

    protocol: Literal["PACE", "BAC"]
    mapping: str | None
    cipher: str
    password: Literal["CAN", "MRZ"]
    parameter_id: int | None


@dataclass(frozen=True, slots=True)
class FileRead:
    """One file as read."""

    name: str
    content: bytes
    seconds: float


@dataclass(frozen=True, slots=True)
class Inspection:
    """Everything that came of one card. `portrait` is set only if the hash of DG2 passed."""

    evidence: IdentityEvidence
    portrait: bytes | None
    access: Access
    files: tuple[FileRead, ...]
    hashes_checked: tuple[str, ...]
    resumed: int
    apdus: int
    bytes_sent: int
    bytes_received: int
    seconds: dict[str, float]


@dataclass(slots=True)
class _Meter:
    """A connection that counts what passes."""

    connection: CardConnection
    apdus: int = 0
    sent: int = 0
    received: int = 0

    def transmit(self, apdu: bytes) -> bytes:
        self.apdus += 1
        self.sent += len(apdu)
        answer = self.connection.transmit(apdu)
        self.received += len(answer)
        return answer


@dataclass(slots=True)
class _Course:
    """The state of one inspection while it runs."""

    meter: _Meter
    keys: tuple[AccessKey, ...]
    options: Options
    random: RandomSource
    clock: Callable[[], float]
    on_progress: Callable[[Progress], None]
    wait_for_card: Callable[[], CardConnection | None]
    readings: dict[str, Reading] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    resumed: int = 0
    card_access: bytes | None = None
    access: Access | None = None
    extended: bool = True


def inspect(
    connection: CardConnection,
    keys: tuple[AccessKey, ...],
    trust: TrustStore,
    options: Options,
    *,
    random: RandomSource,
    clock: Callable[[], float],
    on_progress: Callable[[Progress], None] = lambda _: None,
    wait_for_card: Callable[[], CardConnection | None] = lambda: None,
) -> Inspection:
    """Inspect one card.

    Args:
        connection: the card, application not yet selected.
        keys: access keys in the order in which to try them.
        trust: anchors for passive authentication.
        options: what to read.
        random: source of nonces and ephemeral keys.
        clock: steady seconds.
        on_progress: called after each chunk.
        wait_for_card: called when the card has gone; returns it again, or None to give up.

    Raises:
        WrongKey, AccessDenied, AccessNotSupported: the chip stays closed.
        NotAnIdentityCard, CardRemoved, OtherCard, LimitExceeded, Malformed: as named.
    """
    course = _Course(
        _Meter(connection), keys, options, random, clock, on_progress, wait_for_card, extended=options.extended
    )
    try:
        files = _open(course)
    except CardRemoved as lost:
        files = _again(course, lost)
    for name in ReadOrder:
        if _wanted(course, name):
            files = _read(course, files, name)
    return _judge(course, files, trust)


# -- unlock ----------------------------------------------------------------------------------------------------------


def _timed(course: _Course, step: str, since: float) -> None:
    course.seconds[step] = course.seconds.get(step, 0.0) + course.clock() - since


def _open(course: _Course) -> FileSystem:
    """Open the chip with the first key that it takes, and say how."""
    started = course.clock()
    course.on_progress(Progress("unlock", 0, course.options.expected_bytes))
    plain = PlainChannel(course.meter)
    file_system = FileSystem(plain, course.options.limits, extended=False)
    if course.options.access != "bac":
        course.card_access = file_system.card_access()
    channel = _unlock(course, file_system)
    opened = FileSystem(channel, course.options.limits, extended=course.extended)
    if course.access is not None and course.access.protocol == "PACE":
        opened.select_application()
    _timed(course, "access", started)
    return opened


def _unlock(course: _Course, plain: FileSystem) -> Channel:
    refused: list[ReaderError] = []
    offered = [info for info in _pace_offers(course) if info.mapping == "GM"]
    for key in course.keys:
        if offered and course.options.access != "bac":
            try:
                channel = pace.open_chip(course.meter, key, offered[0], course.random).channel
            except (WrongKey, BadSignature, UnexpectedStatus) as error:
                refused.append(error)
                continue
            info = offered[0]
            course.access = Access("PACE", info.mapping, info.cipher, _password(key), info.parameter_id)
            return channel
    if offered and course.options.access == "auto":
        # The chip offers PACE and none of our keys opened it: BAC would be a downgrade that nobody asked for.
        _raise_refusal(refused)
    return _unlock_bac(course, plain, refused)


def _unlock_bac(course: _Course, plain: FileSystem, refused: list[ReaderError]) -> Channel:
    if course.options.access == "pace":
        _raise_refusal(refused or [AccessNotSupported("the chip offers no PACE")])
    plain.select_application()
    for key in course.keys:
        if isinstance(key, MrzKey):
            try:
                channel = bac.open_chip(course.meter, key, course.random)
            except (WrongKey, BadSignature) as error:
                refused.append(error)
                continue
            course.access = Access("BAC", None, "3DES", "MRZ", None)
            return channel
    _raise_refusal(refused)
    raise AssertionError


def _raise_refusal(refused: list[ReaderError]) -> None:
    wrong = [error for error in refused if isinstance(error, WrongKey)]
    raise (wrong or refused or [AccessDenied("no key of a kind that this chip takes")])[0]


def _password(key: AccessKey) -> Literal["CAN", "MRZ"]:
    return "CAN" if isinstance(key, Can) else "MRZ"


def _pace_offers(course: _Course) -> list[security_infos.PaceInfo]:
    if not course.card_access:
        return []
    try:
        return security_infos.pace_infos(course.card_access)
    except Malformed:
        return []


# -- read ------------------------------------------------------------------------------------------------------------


def _wanted(course: _Course, name: str) -> bool:
    options, always = course.options, {"EF_COM", "EF_SOD", "DG1"}
    if name in always:
        return True
    if name in KEY_GROUPS:
        return name in _signed_groups(course)
    chosen = options.groups is None or name in options.groups
    if name == "DG2":
        return options.read_portrait and chosen
    return name == "DG13" and (options.read_details or (options.groups is not None and chosen))


def _signed_groups(course: _Course) -> set[str]:
    try:
        return set(sod.parse(_content(course, "EF_SOD") or b"").hashes)
    except (Malformed, NotSupported):
        return set()


def _content(course: _Course, name: str) -> bytes | None:
    reading = course.readings.get(name)
    return bytes(reading.content[: reading.total]) if reading is not None and reading.done else None


def _read(course: _Course, files: FileSystem, name: str) -> FileSystem:
    """Read one file to its end, opening the card again as often as allowed; returns the channel then in use."""
    started = course.clock()
    reading = course.readings.setdefault(name, Reading(name))
    step: Step = "portrait" if name == "DG2" else "details"

    def report(_done: int, _total: int) -> None:
        done = sum(len(other.content) for other in course.readings.values())
        known = sum(other.total for other in course.readings.values())
        course.on_progress(Progress(step, done, max(known, course.options.expected_bytes, done)))

    while True:
        try:
            files.read(reading, report)
            break
        except FileNotPresent:
            del course.readings[name]
            break
        except (CardRemoved, SecureMessagingBroken, UnexpectedStatus) as error:
            files = _again(course, error)
    _timed(course, "read", started)
    course.seconds[name] = course.clock() - started
    return files


def _again(course: _Course, error: ReaderError) -> FileSystem:
    """Open the card again after it was lost, and make sure that it is the same one."""
    if course.resumed >= MOST_RESUMES:
        raise error
    course.resumed += 1
    # A chip that drops the channel at extended length is read with short commands from now on.
    course.extended = course.extended and isinstance(error, CardRemoved)
    while True:
        if isinstance(error, CardRemoved):
            connection = course.wait_for_card()
            if connection is None:
                raise error
            course.meter.connection = connection
        try:
            files = _open(course)
            _same_card(course, files)
        except CardRemoved as lost:
            error = lost
        except WrongKey as wrong:
            raise OtherCard("the card put back does not open with the key of the first") from wrong
        else:
            return files


def _same_card(course: _Course, files: FileSystem) -> None:
    """EF.SOD is unique to a card: if it was read before, it must be the same bytes again."""
    known = course.readings.get("EF_SOD")
    if known is None or not known.content:
        return
    again = Reading("EF_SOD")
    start = bytes(known.content)
    if files.read(again)[: len(start)] != start:
        raise OtherCard("the card put back is another one")


# -- judge -----------------------------------------------------------------------------------------------------------


def _judge(course: _Course, files: FileSystem, trust: TrustStore) -> Inspection:
    started = course.clock()
    contents = {name: content for name in ReadOrder if (content := _content(course, name)) is not None}
    if "EF_SOD" not in contents or "DG1" not in contents:
        raise Malformed("the chip does not give EF.SOD and DG1")
    zone = _zone(contents["DG1"])
    state = zone.issuing_state if zone is not None else ""
    groups = {name: content for name, content in contents.items() if name.startswith("DG")}
    at = course.options.today
    course.findings += passive_authentication.verify(contents["EF_SOD"], groups, trust, state, at)
    course.findings += [_access_finding(course), _downgrade(course, contents.get("DG14"))]
    course.findings += _consistency(course, contents, zone)
    _timed(course, "verify", started)
    started = course.clock()
    chip_files, finding = _active_authentication(course, files, contents)
    course.findings += [finding, *_chip_authentication(course, files, contents)]
    _timed(course, "chip_authenticity", started)
    course.on_progress(Progress("signature", 1, 1))
    holder = None if zone is None else _holder(zone, contents, course.options.today)
    evidence = IdentityEvidence(holder, chip_files, tuple(course.findings))
    return _result(course, contents, evidence)


def _access_finding(course: _Course) -> Finding:
    assert course.access is not None
    detail = f"{course.access.protocol} with {course.access.password}"
    return Finding("access.protocol", Result.PASSED, detail=detail)


def _downgrade(course: _Course, group: bytes | None) -> Finding:
    """Whether BAC was used on a chip that has PACE: EF.CardAccess is unsigned, so the signed DG14 is asked as well."""
    check = "access.downgrade"
    if course.access is None or course.access.protocol == "PACE":
        return Finding(check, Result.PASSED)
    if course.options.access == "bac":
        return Finding(check, Result.NOT_PERFORMED, "bac_requested")
    if _pace_offers(course):
        return Finding(check, Result.INCONCLUSIVE, "pace_mapping_not_supported")
    try:
        signed = [] if group is None else security_infos.protocols(tlv.first(group, 0x6E))
    except (Malformed, LimitExceeded):
        return Finding(check, Result.INCONCLUSIVE, "security_infos_malformed")
    if any(protocol.startswith(security_infos.PACE_ARC) for protocol in signed):
        return Finding(check, Result.FAILED, "pace_withheld", "DG14 lists PACE, EF.CardAccess does not offer it")
    return Finding(check, Result.PASSED)


def _zone(raw: bytes) -> Mrz | None:
    """The MRZ, or None if DG1 holds none; then its hash tells whether it was altered."""
    try:
        return dg1.parse(raw)
    except (Malformed, LimitExceeded):
        return None


def _consistency(course: _Course, contents: dict[str, bytes], zone: Mrz | None) -> list[Finding]:
    findings = [_promised_keys(course, contents)]
    if zone is None:
        findings.append(Finding("consistency.dg1", Result.FAILED, "dg1_malformed"))
    if "EF_COM" in contents:
        try:
            same = set(com.groups(contents["EF_COM"])) == _signed_groups(course)
            result, code = (Result.PASSED, "") if same else (Result.FAILED, "com_sod_differ")
        except (Malformed, LimitExceeded):
            result, code = Result.FAILED, "com_malformed"
        findings.append(Finding("consistency.com_sod", result, code))
    if course.card_access and "DG14" in contents:
        findings.append(_card_access_in_dg14(course.card_access, contents["DG14"]))
    if "DG13" in contents and zone is not None:
        findings.append(_dg13_agrees(contents["DG13"], zone))
    return findings


def _promised_keys(course: _Course, contents: dict[str, bytes]) -> Finding:
    """A key group that was signed and is not given is a failure, not a missing feature (DESIGN.md section 4.2)."""
    missing = sorted(set(KEY_GROUPS) & _signed_groups(course) - set(contents))
    if missing:
        return Finding("consistency.promised_keys", Result.FAILED, "promised_key_missing", ", ".join(missing))
    return Finding("consistency.promised_keys", Result.PASSED)


def _card_access_in_dg14(card_access: bytes, group: bytes) -> Finding:
    """What EF.CardAccess offers unsigned must stand in the signed DG14 too (Doc 9303-11 section 4.4.3.6)."""
    check = "consistency.card_access_dg14"
    try:
        offered, signed = security_infos.protocols(card_access), security_infos.protocols(tlv.first(group, 0x6E))
    except (Malformed, LimitExceeded):
        return Finding(check, Result.FAILED, "security_infos_malformed")
    if set(offered) <= set(signed):
        return Finding(check, Result.PASSED)
    return Finding(check, Result.FAILED, "card_access_differs", ", ".join(sorted(set(offered) - set(signed))))


def _dg13_agrees(group: bytes, zone: Mrz) -> Finding:
    try:
        details = dg13.parse(group)
    except (Malformed, LimitExceeded):
        return Finding("consistency.dg1_dg13", Result.FAILED, "dg13_malformed")
    agrees = details.personal_number == zone.personal_number
    return Finding("consistency.dg1_dg13", Result.PASSED if agrees else Result.FAILED, "" if agrees else "dg13_differs")


def _active_authentication(course: _Course, files: FileSystem, contents: dict[str, bytes]) -> tuple[ChipFiles, Finding]:
    check = "active_authentication"
    digest = hashlib.sha256(contents["DG2"]).hexdigest() if "DG2" in contents else ""
    kept = ChipFiles(contents["EF_SOD"], contents["DG1"], contents.get("DG14"), contents.get("DG15"), digest)
    if "DG15" not in contents:
        return kept, Finding(check, Result.NOT_SUPPORTED, "no_active_authentication_key")
    if (
        passive_authentication.check_hash(sod.parse(contents["EF_SOD"]), "DG15", contents["DG15"]).result
        is not Result.PASSED
    ):
        return kept, Finding(check, Result.NOT_PERFORMED, "key_not_signed")
    challenge = course.random(8) if course.options.challenge is None else course.options.challenge(contents["EF_SOD"])
    try:
        signature = active_authentication.request(files.channel, challenge)
        active_authentication.verify(contents["DG15"], challenge, signature)
    except CardRemoved:
        return kept, Finding(check, Result.INCONCLUSIVE, "card_removed")
    except (SecureMessagingBroken, NotSupported, UnexpectedStatus) as error:
        # A clone that refuses to sign must not pass as "not supported".
        code = error.code if isinstance(error, NotSupported) else "no_signature"
        result = Result.NOT_SUPPORTED if isinstance(error, NotSupported) else Result.FAILED
        return kept, Finding(check, result, code, str(error))
    except (BadSignature, Malformed) as error:
        return kept, Finding(check, Result.FAILED, "chip_signature_invalid", str(error))
    proven = replace(kept, active_authentication_nonce=challenge, active_authentication_signature=signature)
    return proven, Finding(check, Result.PASSED)


def _chip_authentication(course: _Course, files: FileSystem, contents: dict[str, bytes]) -> list[Finding]:
    """Last of all, since the session goes on under other keys. Nothing is said where DG14 carries no key for it."""
    group = contents.get("DG14")
    try:
        infos = [] if group is None else security_infos.chip_authentication_infos(tlv.first(group, 0x6E))
    except (Malformed, LimitExceeded) as error:
        return [_attested(Result.FAILED, "security_infos_malformed", str(error))]
    if group is None or not infos:
        return []
    if passive_authentication.check_hash(sod.parse(contents["EF_SOD"]), "DG14", group).result is not Result.PASSED:
        return [_attested(Result.NOT_PERFORMED, "key_not_signed")]
    return [_prove(course, files, infos[0])]


def _prove(course: _Course, files: FileSystem, info: security_infos.ChipAuthenticationInfo) -> Finding:
    try:
        chip_authentication.prove(course.meter, files.channel, info, course.random)
    except CardRemoved:
        return _attested(Result.INCONCLUSIVE, "card_removed")
    except NotSupported as error:
        return _attested(Result.NOT_SUPPORTED, error.code, str(error))
    except (SecureMessagingBroken, UnexpectedStatus, Malformed) as error:
        # As with active authentication: a clone that breaks off must not pass as "not supported".
        return _attested(Result.FAILED, "chip_key_not_proven", str(error))
    return _attested(Result.PASSED)


def _attested(result: Result, code: str = "", detail: str = "") -> Finding:
    return Finding("chip_authentication", result, code, detail, Basis.STATION_ATTESTED)


def _holder(zone: Mrz, contents: dict[str, bytes], today: date) -> Holder:
    name = zone.name
    if "DG13" in contents:
        try:
            name = dg13.parse(contents["DG13"]).name or name
        except (Malformed, LimitExceeded):
            name = zone.name
    return Holder(
        zone.document_number,
        zone.personal_number,
        name,
        zone.name,
        iso_date(zone.birth_date, today),
        zone.sex.replace("<", ""),
        iso_date(zone.expiry_date, today, future=True),
        zone.issuing_state.rstrip("<"),
    )


def _result(course: _Course, contents: dict[str, bytes], evidence: IdentityEvidence) -> Inspection:
    assert course.access is not None
    hash_prefix = f"{passive_authentication.PREFIX}.hash."
    checked = tuple(
        finding.check.removeprefix(hash_prefix)
        for finding in evidence.findings
        if finding.check.startswith(hash_prefix) and finding.result is Result.PASSED
    )
    files = tuple(FileRead(name, content, course.seconds.get(name, 0.0)) for name, content in contents.items())
    steps = ("access", "read", "chip_authenticity", "verify")
    seconds = {step: course.seconds.get(step, 0.0) for step in steps}
    return Inspection(
        evidence,
        _portrait(contents) if "DG2" in checked else None,
        course.access,
        files,
        checked,
        course.resumed,
        course.meter.apdus,
        course.meter.sent,
        course.meter.received,
        seconds,
    )


def _portrait(contents: dict[str, bytes]) -> bytes | None:
    try:
        return dg2.image(contents["DG2"])
    except (Malformed, NotSupported, LimitExceeded):
        return None
