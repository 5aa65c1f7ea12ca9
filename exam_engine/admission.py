"""Facts, then policy: from the findings of one check-in to admit, refer or refuse (DESIGN.md section 4.2, docs/adr/0005).

Reasons are snake_case codes. Every rule is looked at and every reason named; the strictest decision wins. A check that
nobody made never counts as passed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from exam_engine import names
from exam_engine.candidate import Candidate
from exam_engine.events import Decision
from exam_engine.plan import Seat
from exam_engine.profile import Profile
from exam_engine.timing import MINUTE
from reader.evidence import Finding, IdentityEvidence, Result

SEVERITY: dict[Decision, int] = {"admit": 0, "refer": 1, "refuse": 2}
PASSIVE = "passive_authentication"
CHIP_CHECKS = ("chip_authentication", "active_authentication", "pace_cam")
_R = Result


@dataclass(frozen=True, slots=True)
class Situation:
    """Where and when somebody checks in. Times are node milliseconds; `used_at` is a seat where the card is in use."""

    now: int
    starts_at: int
    shift: str
    seat: Seat
    read_chip: bool
    compare_face: bool
    used_at: str = ""
    resumed: int = 0
    today: str = ""


@dataclass(frozen=True, slots=True)
class AdmissionDecision:
    """The rules' decision, with every reason code in the order of the rules."""

    decision: Decision
    reasons: tuple[str, ...]


Ruling = tuple[Decision, str]


def decide(
    evidence: IdentityEvidence, row: Candidate | None, situation: Situation, profile: Profile, *, face: bool = True
) -> AdmissionDecision:
    """The decision for one check-in; `row` is the roster row that the card's number leads to.

    With `face` False the rules on the face are left out: what the card alone says, before the camera is used.
    """
    rulings = list(_rulings(evidence, row, situation, profile, face=face))
    worst: Decision = max((ruling[0] for ruling in rulings), key=SEVERITY.__getitem__, default="admit")
    return AdmissionDecision(worst, tuple(dict.fromkeys(reason for _, reason in rulings)))


def _rulings(
    evidence: IdentityEvidence, row: Candidate | None, situation: Situation, profile: Profile, *, face: bool
) -> Iterator[Ruling]:
    yield from _place_and_time(row, situation, profile)
    if not situation.read_chip or evidence.files is None:
        yield ("refer", "without_biometrics")
        return
    yield from _data(evidence, profile)
    yield from _chip(evidence)
    if row is not None and evidence.holder is not None:
        yield from _details(evidence, row, situation, profile)
        if face:
            yield from _face(evidence, situation, profile)
    if situation.resumed:
        yield ("admit", "card_removed_resumed")


def _place_and_time(row: Candidate | None, situation: Situation, profile: Profile) -> Iterator[Ruling]:
    if row is None:
        yield ("refuse", "not_on_roster")
    elif row.shift != situation.shift:
        yield ("refuse", "wrong_shift")
    elif (row.site, row.room, row.seat) != (situation.seat.site, situation.seat.room, situation.seat.number):
        yield ("refuse", "wrong_seat")
    if situation.used_at:
        yield ("refuse", "card_in_use")
    late_by = situation.now - situation.starts_at
    if late_by > profile.sitting.late_minutes * MINUTE:
        yield ("refuse", "too_late")
    elif late_by > 0:
        yield ("admit", "late")


def _data(evidence: IdentityEvidence, profile: Profile) -> Iterator[Ruling]:
    yield from _hashes(evidence)
    if evidence.finding(f"{PASSIVE}.signature").result is not _R.PASSED:
        yield ("refuse", "signature_invalid")
    chain = evidence.finding(f"{PASSIVE}.chain")
    yield from _chain(chain, profile)
    if any(
        evidence.finding(f"{PASSIVE}.{check}").result is _R.FAILED for check in ("document_signer", "document_type")
    ):
        yield ("refuse", "signer_not_trusted")
    if evidence.finding(f"{PASSIVE}.revocation").result is _R.FAILED:
        yield ("refuse", "signer_revoked")
    if evidence.finding(f"{PASSIVE}.validity").result is _R.FAILED:
        yield ("refer", "signer_not_valid_then")
    if chain.result is _R.PASSED and evidence.finding(f"{PASSIVE}.country").result is not _R.PASSED:
        yield ("refuse", "country_differs")
    if evidence.holder is not None and evidence.holder.issuing_state not in profile.admission.accepted_states:
        yield ("refer", "state_not_accepted")
    if evidence.finding("consistency.promised_keys").result is _R.FAILED:
        yield ("refuse", "promised_key_missing")


def _hashes(evidence: IdentityEvidence) -> Iterator[Ruling]:
    for finding in evidence.findings:
        if finding.check.startswith(f"{PASSIVE}.hash.") and finding.result is _R.FAILED:
            yield ("refuse", "data_group_altered")
    needed = ("DG1", "DG2") if evidence.files is not None and evidence.files.dg2_sha256 else ("DG1",)
    for name in needed:
        if evidence.finding(f"{PASSIVE}.hash.{name}").result not in {_R.PASSED, _R.FAILED}:
            yield ("refer", "data_group_not_checked")


def _chain(chain: Finding, profile: Profile) -> Iterator[Ruling]:
    if chain.result is _R.PASSED:
        return
    if chain.result is _R.INCONCLUSIVE:
        # Inconclusive is no forgery; the profile says who looks. The room's confirmation is still a person's.
        yield ("refuse" if profile.admission.unanchored == "refuse" else "refer", "no_trust_anchor")
    else:
        yield ("refuse", "signer_not_trusted")


def _chip(evidence: IdentityEvidence) -> Iterator[Ruling]:
    for check in CHIP_CHECKS:
        finding = evidence.finding(check)
        if finding.result is _R.FAILED:
            yield ("refuse", "chip_not_genuine")
        elif finding.result is _R.INCONCLUSIVE:
            yield ("refer", "chip_uncertain")


def _details(evidence: IdentityEvidence, row: Candidate, situation: Situation, profile: Profile) -> Iterator[Ruling]:
    holder = evidence.holder
    assert holder is not None
    same = holder.personal_number == row.personal_number and holder.birth_date == row.birth_date
    if not same or (row.sex and holder.sex and holder.sex != row.sex):
        yield ("refer", "details_differ")
    likeness = names.compare(holder.name, row.name)
    if likeness is not names.Likeness.EQUAL and names.mrz_agrees(row.name, holder.name_mrz):
        # DG1 alone holds no marks: the roster's spelling is confirmed as far as the card can say.
        likeness = names.Likeness.SPELLING if holder.name != holder.name_mrz else names.Likeness.EQUAL
    if likeness is names.Likeness.DIFFERENT:
        yield ("refer", "details_differ")
    elif likeness is names.Likeness.SPELLING:
        yield ("admit", "name_spelling")
    if situation.today and holder.expiry_date and holder.expiry_date < situation.today:
        yield (profile.admission.expired, "card_expired")


def _face(evidence: IdentityEvidence, situation: Situation, profile: Profile) -> Iterator[Ruling]:
    if row_without := not situation.compare_face:
        yield ("refer", "without_biometrics")
    comparison = evidence.finding("face.comparison")
    if not row_without and comparison.result is not _R.PASSED:
        # A face that does not match never ends the matter alone.
        done = comparison.result is not _R.NOT_PERFORMED
        yield ("refer", comparison.code if done and comparison.code else "face_not_compared")
    liveness = evidence.finding("face.liveness")
    if liveness.result in {_R.FAILED, _R.INCONCLUSIVE}:
        yield ("refer", liveness.code or "liveness_failed")
    elif not row_without and liveness.result is not _R.PASSED and profile.admission.liveness == "required":
        yield ("refer", "liveness_not_performed")


# Reason code -> message code of UX.md section 5, for the screen and for the board.
MESSAGE_CODES: dict[str, Literal["T201", "T203", "T204", "T205", "T206", "M201", "D101", "D102", "D203", "D204", "D205", "D208", "D401", ""]] = {
    "not_on_roster": "D203",
    "wrong_shift": "D102",
    "wrong_seat": "D101",
    "card_in_use": "D205",
    "too_late": "D401",
    "late": "",
    "without_biometrics": "D208",
    "data_group_altered": "T204",
    "data_group_not_checked": "T204",
    "signature_invalid": "T204",
    "signer_not_trusted": "T204",
    "signer_revoked": "T204",
    "signer_not_valid_then": "T204",
    "country_differs": "T204",
    "state_not_accepted": "T203",
    "promised_key_missing": "T206",
    "no_trust_anchor": "T203",
    "chip_not_genuine": "T206",
    "chip_uncertain": "T206",
    "details_differ": "D204",
    "name_spelling": "",
    "card_expired": "T205",
    "face_mismatch": "M201",
    "face_uncertain": "M201",
    "face_not_found": "M201",
    "face_not_compared": "M201",
    "liveness_failed": "M201",
    "liveness_not_performed": "M201",
    "card_removed_resumed": "",
}  # fmt: skip
