"""The judgement of a card from its files alone, without the card: what `card verify` and an auditor can repeat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from reader import holder, passive_authentication
from reader.errors import LimitExceeded, Malformed
from reader.evidence import Finding, Holder, Result, Verdict, data_verdict
from reader.lds import card_access, com, dg1, sod, structure
from reader.mrz import Mrz
from reader.trust import TrustStore

HASH = f"{passive_authentication.PREFIX}.hash."
COUNTRY = f"{passive_authentication.PREFIX}.country"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the files say. `holder` is None where DG1 is absent or cannot be read."""

    verdict: Verdict
    findings: tuple[Finding, ...]
    holder: Holder | None


def judge(files: Mapping[str, bytes], trust: TrustStore, at: date | None, today: date) -> Judgement:
    """Passive authentication and consistency of dumped files.

    Args:
        files: raw files by name; `EF_SOD` must be among them.
        trust: anchors.
        at: the day for which validity is judged where the signer states none.
        today: decides the century of a birth date.

    Raises:
        Malformed, NotSupported: EF_SOD is no security object, so that nothing can be judged.
    """
    signed = set(sod.parse(files["EF_SOD"]).hashes)
    groups = {name: content for name, content in files.items() if name.startswith("DG")}
    zone = _zone(groups)
    findings = _passive(files["EF_SOD"], groups, trust, zone, at)
    verdict = _verdict(findings, with_groups="DG1" in groups)
    findings += [_absent(name) for name in sorted(signed - set(groups), key=lambda name: int(name[2:]))]
    if "EF_COM" in files:
        findings.append(_com_agrees(files["EF_COM"], signed))
    if "EF_CardAccess" in files and "DG14" in groups:
        findings.append(card_access.agrees(files["EF_CardAccess"], groups["DG14"]))
    if zone is not None and "DG13" in groups:
        findings.append(holder.details_agree(groups["DG13"], zone))
    findings += [
        structure.check(name, content) for name, content in sorted(groups.items()) if name in structure.PARSERS
    ]
    return Judgement(verdict, tuple(findings), None if zone is None else holder.of_files(zone, groups, today))


def _zone(groups: Mapping[str, bytes]) -> Mrz | None:
    try:
        return dg1.parse(groups["DG1"])
    except (KeyError, Malformed, LimitExceeded):
        return None


def _passive(
    raw: bytes, groups: Mapping[str, bytes], trust: TrustStore, zone: Mrz | None, at: date | None
) -> list[Finding]:
    """Without DG1 there is no issuing state to compare the certificates with: that check was not made."""
    state = "" if zone is None else zone.issuing_state
    findings = passive_authentication.verify(raw, groups, trust, state, at)
    if "DG1" in groups:
        return findings
    return [Finding(COUNTRY, Result.NOT_PERFORMED, "no_issuing_state") if f.check == COUNTRY else f for f in findings]


def _verdict(findings: list[Finding], *, with_groups: bool) -> Verdict:
    """As for a card that was read; a security object alone is judged by signature and chain (CLI.md, `card verify`)."""
    usual = data_verdict(findings)
    if with_groups or usual == "not_authentic":
        return usual
    judged = [f.result for f in findings if f.check.startswith(HASH)]
    by_check = {finding.check: finding.result for finding in findings}
    judged += [
        by_check.get(f"{passive_authentication.PREFIX}.{check}", Result.NOT_PERFORMED)
        for check in ("signature", "document_signer", "chain")
    ]
    return "authentic" if set(judged) == {Result.PASSED} else "inconclusive"


def _absent(name: str) -> Finding:
    return Finding(HASH + name, Result.NOT_PERFORMED, "data_group_absent")


def _com_agrees(raw: bytes, signed: set[str]) -> Finding:
    check = "consistency.com_sod"
    try:
        same = set(com.groups(raw)) == signed
    except (Malformed, LimitExceeded):
        return Finding(check, Result.FAILED, "com_malformed")
    return Finding(check, Result.PASSED) if same else Finding(check, Result.FAILED, "com_sod_differ")
