"""Reading the files, and going on after the card or the channel was lost."""

from __future__ import annotations

from reader.errors import (
    AccessNotSupported,
    BadSignature,
    CardRemoved,
    FileNotPresent,
    Malformed,
    NotAnIdentityCard,
    OtherCard,
    ReaderError,
    SecureMessagingBroken,
    UnexpectedStatus,
    WrongKey,
)
from reader.file_system import FileSystem, Reading
from reader.procedure.course import Course, Progress, Step
from reader.procedure.unlock import open_chip

ALWAYS = ("EF_COM", "EF_SOD", "DG1")
KEY_GROUPS = ("DG14", "DG15")
# Read on request only; everything else is in no order of ours.
ON_REQUEST = ("DG7", "DG11", "DG12", "DG13", "DG16")
READ_ORDER = (*ALWAYS, *KEY_GROUPS, *ON_REQUEST, "DG2")
# Three lost fields in one reading: the card is not lying on the reader.
MOST_RESUMES = 3
# A chip that drops the channel at whatever it dislikes teaches a few things before it is given up.
MOST_REOPENED = 8


def open_first(course: Course) -> FileSystem:
    """Open the chip, once more if it was lost on the way.

    Raises:
        ReaderError: as `unlock.open_chip`.
    """
    try:
        return open_chip(course)
    except (CardRemoved, SecureMessagingBroken) as lost:
        return again(course, lost)


def wanted(course: Course, name: str) -> bool:
    """Whether this inspection reads the file: keys when they are signed, the portrait unless declined, more if asked for."""
    options = course.options
    if name in ALWAYS:
        return True
    if name in KEY_GROUPS:
        return name in course.signed_groups()
    chosen = options.groups is None or name in options.groups
    if name == "DG2":
        return options.read_portrait and chosen
    asked = options.groups is not None and chosen
    return asked or (name == "DG13" and options.read_details)


def read_file(course: Course, files: FileSystem, name: str) -> FileSystem:
    """Read one file to its end, opening the card again as often as allowed; returns the files then in use."""
    started = course.clock()
    reading = course.readings.setdefault(name, Reading(name))
    step: Step = "portrait" if name == "DG2" else "details"

    def report(_done: int, _total: int) -> None:
        done = sum(len(other.content) for other in course.readings.values())
        known = sum(other.total for other in course.readings.values())
        course.on_progress(Progress(step, done, max(known, course.options.expected_bytes, done), name))

    while True:
        if files.lost:
            files = again(course, SecureMessagingBroken("the chip dropped the channel"))
        try:
            files.read(reading, report)
            break
        except FileNotPresent:
            del course.readings[name]
            break
        except Malformed:
            course.cut_off.append(name)
            break
        except (CardRemoved, SecureMessagingBroken, UnexpectedStatus) as error:
            files = again(course, error)
    course.timed("read", started)
    course.seconds[name] = course.clock() - started
    return files


def again(course: Course, error: ReaderError) -> FileSystem:
    """Open the card again after it was lost, and make sure that it is the same one.

    Raises:
        ReaderError: the error given, once the chip has been lost too often.
        OtherCard: another card was put back.
    """
    while True:
        _count(course, error)
        if isinstance(error, CardRemoved):
            connection = course.wait_for_card()
            if connection is None:
                raise error
            course.meter.connection = connection
            if course.meter.lost_extended > 1:
                course.capabilities.extended, course.capabilities.chunk = False, 0
        try:
            files = open_chip(course)
            _same_card(course, files)
        except (CardRemoved, SecureMessagingBroken) as lost:
            error = lost
        except (WrongKey, AccessNotSupported, BadSignature, NotAnIdentityCard) as wrong:
            raise OtherCard("the card put back does not open as the first did") from wrong
        else:
            return files


def _count(course: Course, error: ReaderError) -> None:
    """A lost field or a spoiled answer is an interruption; a channel that the chip dropped by a naked status is a lesson."""
    if isinstance(error, SecureMessagingBroken) and error.status:
        course.reopened += 1
    else:
        course.resumed += 1
    if course.resumed > MOST_RESUMES or course.reopened > MOST_REOPENED:
        raise error


def _same_card(course: Course, files: FileSystem) -> None:
    """EF.SOD is unique to a card: if it was read before, it must be the same bytes again."""
    known = course.readings.get("EF_SOD")
    if known is None or not known.content:
        return
    second = Reading("EF_SOD")
    start = bytes(known.content)
    try:
        same = files.read(second)[: len(start)] == start
    except (FileNotPresent, Malformed):
        same = False
    if not same:
        raise OtherCard("the card put back is another one")
