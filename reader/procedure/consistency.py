"""What the files say about one another and about how the chip was opened."""

from __future__ import annotations

from reader import holder, tlv
from reader.errors import LimitExceeded, Malformed
from reader.evidence import Evidence, Finding, Result
from reader.lds import card_access, com, dg1, security_infos, structure
from reader.mrz import Mrz
from reader.procedure.course import Course
from reader.procedure.reading import KEY_GROUPS, READ_ORDER, wanted
from reader.procedure.unlock import offered


def zone(raw: bytes | None) -> Mrz | None:
    """The MRZ of DG1, or None if it holds none; then its hash tells whether it was altered."""
    try:
        return None if raw is None else dg1.parse(raw)
    except (Malformed, LimitExceeded):
        return None


def check(course: Course, contents: dict[str, bytes], mrz: Mrz | None) -> list[Finding]:
    """All findings of consistency, and of the access protocol."""
    findings = [_protocol(course), _downgrade(course, contents.get("DG14")), _promised_keys(course, contents)]
    if mrz is None:
        findings.append(Finding("consistency.dg1", Result.FAILED, "dg1_malformed"))
    if "EF_COM" in contents:
        findings.append(_com_agrees(course, contents["EF_COM"]))
    if course.card_access and "DG14" in contents:
        used = course.access is not None and course.access.protocol == "PACE"
        findings.append(card_access.agrees(course.card_access, contents["DG14"], pace_used=used))
    if "DG13" in contents and mrz is not None:
        findings.append(holder.details_agree(contents["DG13"], mrz))
    return findings + _asked_for(course, contents)


def _asked_for(course: Course, contents: dict[str, bytes]) -> list[Finding]:
    """What came of the groups that were named one by one: their structure, or that the card has none."""
    findings = []
    for name in [name for name in READ_ORDER if name in (course.options.groups or ())]:
        if name in contents and name in structure.PARSERS:
            findings.append(structure.check(name, contents[name]))
        elif name not in contents and name not in course.signed_groups():
            code, detail = "data_group_not_on_card", f"the security object lists no {name}"
            findings.append(Finding(f"structure.{name}", Result.NOT_SUPPORTED, code, detail))
    return findings


def not_given(course: Course) -> list[Finding]:
    """Groups that were signed and asked for, and that the chip does not give, or gives in part only."""
    checks = [(name, "passive_authentication.hash." + name) for name in READ_ORDER if name.startswith("DG")]
    findings = [
        Finding(check, Result.FAILED, "file_cut_off", f"{name} ends before its length")
        for name, check in checks
        if name in course.cut_off
    ]
    missing = course.signed_groups() - set(course.readings)
    return findings + [
        Finding(check, Result.NOT_PERFORMED, "data_group_absent", f"{name} is signed and not given")
        for name, check in checks
        if name in missing and name not in KEY_GROUPS and wanted(course, name)
    ]


def _protocol(course: Course) -> Finding:
    access = course.access
    assert access is not None
    evidence: Evidence = {"protocol": access.protocol, "cipher": access.cipher, "password": access.password}
    if access.protocol == "PACE":
        evidence |= {
            "mapping": access.mapping or "",
            "parameter_id": -1 if access.parameter_id is None else access.parameter_id,
        }
    code = "card_access_assumed" if access.protocol == "PACE" and course.card_access is None else ""
    return Finding(
        "access.protocol", Result.PASSED, code, f"{access.protocol} with {access.password}", evidence=evidence
    )


def _downgrade(course: Course, group: bytes | None) -> Finding:
    """Whether BAC was used on a chip that has PACE: EF.CardAccess is unsigned, so the signed DG14 is asked as well."""
    check = "access.downgrade"
    if course.access is None or course.access.protocol == "PACE":
        return Finding(check, Result.PASSED)
    if course.downgrade:
        return Finding(check, Result.FAILED, course.downgrade, "the chip offers PACE, which broke down; BAC was used")
    if course.options.access == "bac" and offered(course.card_access):
        return Finding(check, Result.NOT_PERFORMED, "bac_requested", "the chip offers PACE; BAC was asked for")
    try:
        signed = [] if group is None else security_infos.protocols(tlv.first(group, 0x6E))
    except (Malformed, LimitExceeded):
        return Finding(check, Result.INCONCLUSIVE, "security_infos_malformed")
    if any(protocol.startswith(security_infos.PACE_ARC) for protocol in signed):
        return Finding(check, Result.FAILED, "pace_withheld", "DG14 lists PACE, EF.CardAccess does not offer it")
    return Finding(check, Result.PASSED)


def _com_agrees(course: Course, raw: bytes) -> Finding:
    check = "consistency.com_sod"
    try:
        listed = set(com.groups(raw))
    except (Malformed, LimitExceeded):
        return Finding(check, Result.FAILED, "com_malformed")
    signed = course.signed_groups()
    if listed == signed:
        return Finding(check, Result.PASSED)
    evidence: Evidence = {"only_com": sorted(listed - signed), "only_sod": sorted(signed - listed)}
    return Finding(check, Result.FAILED, "com_sod_differ", evidence=evidence)


def _promised_keys(course: Course, contents: dict[str, bytes]) -> Finding:
    """A key group that was signed and is not given is a failure, not a missing feature (DESIGN.md section 4.2)."""
    missing = sorted(set(KEY_GROUPS) & course.signed_groups() - set(contents))
    if missing:
        return Finding("consistency.promised_keys", Result.FAILED, "promised_key_missing", ", ".join(missing))
    return Finding("consistency.promised_keys", Result.PASSED)
