"""Putting together what an inspection found."""

from __future__ import annotations

from reader import holder, passive_authentication
from reader.errors import LimitExceeded, Malformed, NotSupported
from reader.evidence import Finding, IdentityEvidence, Result
from reader.file_system import FileSystem
from reader.lds import dg2
from reader.mrz import Mrz
from reader.procedure import chip, consistency
from reader.procedure.course import Course, FileRead, Inspection, Progress
from reader.procedure.reading import READ_ORDER

SIGNATURE = f"{passive_authentication.PREFIX}.signature"
HASH = f"{passive_authentication.PREFIX}.hash."
STEPS = ("access", "read", "chip_authenticity", "verify")


def judge(course: Course, files: FileSystem) -> Inspection:
    """Everything that can be said of the card: signature and consistency of the files, then the proofs of the chip.

    Raises:
        Malformed: the chip gives neither EF.SOD nor DG1.
        OtherCard: another card was put back in the middle of the proofs.
    """
    started = course.clock()
    contents = course.contents(READ_ORDER)
    if "DG1" not in contents:
        raise Malformed("the chip does not give DG1")
    mrz = consistency.zone(contents["DG1"])
    course.findings += _passive(course, contents, mrz)
    course.findings += consistency.not_given(course)
    course.findings += consistency.check(course, contents, mrz)
    course.timed("verify", started)
    started = course.clock()
    chip_files = chip.prove(course, files, contents) if "EF_SOD" in contents else None
    course.timed("chip_authenticity", started)
    course.on_progress(Progress("signature", 1, 1))
    person = None if mrz is None else holder.of_files(mrz, contents, course.options.today)
    return _result(course, contents, IdentityEvidence(person, chip_files, tuple(course.findings)))


def _passive(course: Course, contents: dict[str, bytes], mrz: Mrz | None) -> list[Finding]:
    if "EF_SOD" not in contents:
        # Mandatory (Doc 9303-10 section 3.10): a card without it is no card of any state.
        return [Finding(SIGNATURE, Result.FAILED, "no_security_object", "the chip gives no EF.SOD")]
    groups = {name: content for name, content in contents.items() if name.startswith("DG")}
    state = mrz.issuing_state if mrz is not None else ""
    return passive_authentication.verify(contents["EF_SOD"], groups, course.trust, state, course.options.today)


def _result(course: Course, contents: dict[str, bytes], evidence: IdentityEvidence) -> Inspection:
    assert course.access is not None
    passed = [finding.check for finding in evidence.findings if finding.result is Result.PASSED]
    checked = sorted(
        (check.removeprefix(HASH) for check in passed if check.startswith(HASH)), key=lambda name: int(name[2:])
    )
    return Inspection(
        evidence,
        _portrait(contents) if "DG2" in checked else None,
        course.access,
        tuple(FileRead(name, content, course.seconds.get(name, 0.0)) for name, content in contents.items()),
        tuple(checked),
        course.resumed,
        course.meter.apdus,
        course.meter.sent,
        course.meter.received,
        {step: course.seconds.get(step, 0.0) for step in STEPS},
        course.capabilities,
        course.card_access,
    )


def _portrait(contents: dict[str, bytes]) -> bytes | None:
    try:
        return dg2.image(contents["DG2"])
    except (Malformed, NotSupported, LimitExceeded):
        return None
