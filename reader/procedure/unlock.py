"""Opening the chip: PACE where it is offered, BAC where it is not, and never a silent step down (Doc 9303-11 section 4.2)."""

from __future__ import annotations

from typing import Literal

from reader import master_file
from reader.access_control import bac, pace
from reader.access_key import AccessKey, Can, MrzKey
from reader.errors import (
    AccessDenied,
    AccessNotSupported,
    BadSignature,
    FileNotPresent,
    LimitExceeded,
    Malformed,
    NotSupported,
    PaceRefused,
    ReaderError,
    SecureMessagingBroken,
    UnexpectedStatus,
    WrongKey,
)
from reader.file_system import FileSystem, Reading
from reader.files import CARD_SECURITY
from reader.lds import security_infos
from reader.lds.security_infos import PaceInfo
from reader.procedure.course import Access, Course, Progress
from reader.response_chaining import ResponseChaining
from reader.secure_messaging import Channel, PlainChannel

# Chip authentication mapping proves the chip on the way; points are quicker than powers, AES is stronger than 3DES.
MAPPING_ORDER = ("CAM", "GM", "IM")
CIPHER_ORDER = ("AES-256", "AES-192", "AES-128", "3DES")


def open_chip(course: Course) -> FileSystem:
    """Open the chip with the first key that it takes, and say how.

    Raises:
        WrongKey, AccessDenied, AccessNotSupported: the chip stays closed.
        NotAnIdentityCard, CardRemoved, LimitExceeded: as named.
    """
    started = course.clock()
    course.on_progress(Progress("unlock", 0, course.options.expected_bytes))
    plain = PlainChannel(ResponseChaining(course.meter))
    course.card_access = master_file.card_access(plain, course.capabilities, course.options.limits)
    if course.capabilities.recognise(course.card_access):
        # What is remembered of this ATR is another chip's: look again, and ask for as much as of an unknown one.
        course.card_access = master_file.card_access(plain, course.capabilities, course.options.limits)
    master_file.learn_buffers(plain, course.capabilities)
    channel = _unlock(course, plain)
    opened = FileSystem(channel, course.options.limits, course.capabilities)
    if course.access is not None and course.access.protocol == "PACE":
        if course.chip_mapping is not None and CARD_SECURITY not in course.readings:
            _read_card_security(course, opened)
        opened.select_application()
    course.timed("access", started)
    return opened


def _unlock(course: Course, plain: PlainChannel) -> Channel:
    refused: list[ReaderError] = []
    offers = offered(course.card_access)
    course.downgrade = ""
    if course.options.access != "bac":
        channel = _try_pace(course, plain, offers or _assumed(course), refused)
        if channel is not None:
            return channel
    if course.options.access == "pace":
        known = [error for error in refused if not isinstance(error, PaceRefused)] if not offers else refused
        _raise_refusal(known or [AccessNotSupported("the chip offers no PACE")])
    if offers and course.options.access == "auto":
        # A refused password must not be tried again by BAC; a protocol that breaks down may be, and that is a finding.
        if any(isinstance(error, WrongKey | BadSignature) for error in refused):
            _raise_refusal(refused)
        course.downgrade = "pace_failed"
    return _try_bac(course, plain, refused, pace_offered=bool(offers))


# -- PACE


def offered(card_access: bytes | None) -> list[PaceInfo]:
    """The protocols that this program can run, best first; what cannot be parsed offers nothing."""
    if not card_access:
        return []
    try:
        infos = security_infos.pace_infos(card_access)
    except (Malformed, LimitExceeded):
        return []
    return sorted(infos, key=_rank)


def _rank(info: PaceInfo) -> tuple[bool, int, int]:
    return info.agreement == "DH", MAPPING_ORDER.index(info.mapping), CIPHER_ORDER.index(info.cipher)


def _assumed(course: Course) -> list[PaceInfo]:
    """What Vietnamese cards run though some of them do not give EF.CardAccess (chip.md sections 3 and 4)."""
    wanted = course.options.access == "pace" or any(isinstance(key, Can) for key in course.keys)
    if course.card_access is not None or not wanted:
        return []
    return security_infos.pace_infos(master_file.VIETNAMESE_CARD_ACCESS)


def _try_pace(course: Course, plain: PlainChannel, infos: list[PaceInfo], refused: list[ReaderError]) -> Channel | None:
    for key in course.keys:
        for info in infos:
            # Where one protocol stands with several groups the chip must be told which (Doc 9303-11 section 4.4.4.1).
            several = sum(other.dotted == info.dotted for other in infos) > 1
            try:
                opened = pace.open_chip(plain.connection, key, info, course.random, name_parameters=several)
            except (PaceRefused, NotSupported, Malformed, BadSignature) as error:
                refused.append(error)
                continue
            except WrongKey as error:
                refused.append(error)
                break
            course.access = Access("PACE", info.mapping, info.cipher, _password(key), info.parameter_id)
            course.chip_mapping = opened.chip_mapping
            return opened.channel
    return None


def _password(key: AccessKey) -> Literal["CAN", "MRZ"]:
    return "CAN" if isinstance(key, Can) else "MRZ"


def _read_card_security(course: Course, files: FileSystem) -> None:
    """EF.CardSecurity carries the static key of chip authentication mapping; it lies in front of the application."""
    reading = course.readings.setdefault(CARD_SECURITY, Reading(CARD_SECURITY))
    try:
        files.read(reading)
    except (FileNotPresent, Malformed, UnexpectedStatus, LimitExceeded) as error:
        if files.lost:
            raise SecureMessagingBroken("the chip dropped the channel over EF.CardSecurity") from error


# -- BAC


def _try_bac(course: Course, plain: PlainChannel, refused: list[ReaderError], *, pace_offered: bool) -> Channel:
    FileSystem(plain, course.options.limits).select_application()
    for key in course.keys:
        if isinstance(key, MrzKey):
            try:
                channel = bac.open_chip(plain.connection, key, course.random, pace_offered=pace_offered)
            except (WrongKey, BadSignature, AccessNotSupported) as error:
                refused.append(error)
                continue
            course.access = Access("BAC", None, "3DES", "MRZ", None)
            return channel
    _raise_refusal(refused)
    raise AssertionError


def _raise_refusal(refused: list[ReaderError]) -> None:
    """The most telling of the refusals: a wrong password before a missing protocol before a broken one."""
    for kind in (WrongKey, AccessNotSupported, BadSignature):
        for error in refused:
            if isinstance(error, kind):
                raise error
    if refused and not all(isinstance(error, PaceRefused) for error in refused):
        raise refused[0]
    raise AccessDenied("no key of a kind that this chip takes")
