"""The day as one document (CLI.md, `khaothi demo`), and as lines for people."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from exam_engine.attempt import Attempt, Phase
from exam_engine.events import Answered, AnyEvent, IdentityChecked, LinkChanged, StationRestarted, TakenOver
from exam_engine.record import decode_entry
from hardware_mocks.exam_day.cases import EXPECTED
from hardware_mocks.exam_day.director import Day
from hardware_mocks.exam_day.schedule import Sitter
from hardware_mocks.exam_day.stage import Stage, Visit
from hardware_mocks.wording import WORDING
from khaothi.wording import Terms
from proctor_node.results import Result

OUTCOMES = {Phase.SUBMITTED: "submitted", Phase.CLOSED: "closed_by_time", Phase.VOID: "voided"}

# What must be followed by answers, so that the case shows a candidate who goes on.
GOES_ON: dict[str | None, type] = {
    "station_killed": StationRestarted,
    "station_cut_off": LinkChanged,
    "moved": TakenOver,
}


def _attempt_name(stage: Stage, sitter: Sitter, visit: Visit | None) -> str:
    if sitter.sbd:
        return f"{stage.node.plan.exam.id}/{sitter.shift}/{sitter.sbd}"
    if visit is None:
        return ""
    marker = f"unknown-{visit.seat.station}-"
    names = [name for name in stage.node.intake.records if f"/{sitter.shift}/{marker}" in name]
    return names[-1] if names else ""


def answers_after(case: str | None, events: Iterable[AnyEvent]) -> int | None:
    """How many answers were given after what the case does: the restart, the move, or while the line was cut.

    None for the other cases. An attempt that merely survives has kept what it had; the candidate must be able to go on.
    """
    begins = GOES_ON.get(case)
    if begins is None:
        return None
    count, since = 0, False
    for event in events:
        if isinstance(event, begins):
            since = not (isinstance(event, LinkChanged) and event.online)
        count += since and isinstance(event, Answered)
    return count


def _events(stage: Stage, name: str) -> list[AnyEvent]:
    record = stage.node.intake.records.get(name)
    return [decode_entry(text.encode()).event for text in record.texts] if record else []


def _score(marks: Result | None) -> dict[str, Any]:
    if marks is None or marks.marks is None:
        return {"score": None, "score_by_part": {}}
    by_part = {part: str(value) for part, value in marks.marks.by_part.items()}
    return {"score": str(marks.marks.score), "score_by_part": by_part}


def candidate(stage: Stage, sitter: Sitter, marks: dict[str, Result]) -> dict[str, Any]:
    """One person of the day."""
    visit = stage.visits.get(sitter.person.personal_number)
    name = _attempt_name(stage, sitter, visit)
    attempt: Attempt = stage.node.intake.attempt(name)
    events, admission = _events(stage, name), attempt.admission
    identity = next((event for event in events if isinstance(event, IdentityChecked)), None)
    card = (identity.card_ms if identity else 0) / 1000
    face = (identity.face_ms if identity else 0) / 1000
    total = visit.check_in_total if visit else 0.0
    return {
        "sbd": sitter.sbd,
        "name": sitter.person.name,
        "site": sitter.place.site,
        "shift": sitter.shift,
        "case": sitter.case,
        "admission": admission.decision if admission else None,
        "reasons": list(admission.reasons) if admission else [],
        "decided": visit.decided if visit else None,
        "findings": [
            {"check": f.check, "result": f.result, "code": f.code, "basis": f.basis}
            for f in (identity.findings if identity else ())
        ],
        "apdus": identity.apdus if identity else 0,
        "check_in_seconds": {"card": round(card, 3), "face": round(face, 3), "total": round(total, 3)},
        "attempt": OUTCOMES.get(attempt.phase, "none"),
        **_score(marks.get(sitter.sbd)),
        "moved": bool(attempt.moved_from),
        "offline_seconds": attempt.offline // 1000,
        "restarts": attempt.restarts,
        "answered": attempt.answered,
        "answered_after": answers_after(sitter.case, events),
        "receipt": stage.node.intake.receipt_code(name),
        "screens": "qt" if visit and visit.seat.window else "none",
    }


def document(
    day: Day, counts: dict[str, int], screenshots: list[str], pages: list[str], seconds: float
) -> dict[str, Any]:
    """The whole day."""
    marks = {result.candidate.sbd: result for result in day.stage.node.marks()}
    return {
        "candidates": [candidate(day.stage, sitter, marks) for sitter in day.schedule.sitters],
        "skipped": [{"case": case, "reason": reason} for case, reason in day.schedule.skipped],
        "events_made": counts["made"],
        "events_stored": counts["stored"],
        "events_lost": counts["made"] - counts["stored"],
        "duplicates_stored": counts["stored"] - counts["distinct"],
        "screenshots": screenshots,
        "pages": pages,
        "seconds": round(seconds, 1),
    }


def deviations(result: dict[str, Any]) -> list[str]:
    """Where the day came out otherwise than it must; empty when all is as described."""
    found = [] if result["events_lost"] == 0 else [WORDING.line("{count} events lost", count=result["events_lost"])]
    if result["duplicates_stored"]:
        found.append(WORDING.line("{count} events kept twice", count=result["duplicates_stored"]))
    for person in result["candidates"]:
        found += _deviations_of(person)
    return found


def _deviations_of(person: dict[str, Any]) -> list[str]:
    case, of = person["case"], {"who": person["sbd"] or "–", "case": person["case"]}
    if case is None:
        admitted = person["admission"] == "admit" or person["decided"]
        sits, reason, decision = bool(admitted), "", person["admission"]
    else:
        expected = EXPECTED[case]
        sits, reason, decision = expected.sits, expected.reason, expected.admission
    found = []
    if person["admission"] != decision:
        found.append(WORDING.line("{who} {case}: {found} instead of {wanted}", **of, found=person["admission"], wanted=decision))  # fmt: skip
    if reason and reason not in person["reasons"]:
        found.append(WORDING.line("{who} {case}: {reason} is not among {reasons}", **of, reason=reason, reasons=person["reasons"]))  # fmt: skip
    if sits != (person["attempt"] == "closed_by_time") or sits != (person["score"] is not None):
        found.append(WORDING.line("{who} {case}: attempt {attempt}, score {score}", **of, attempt=person["attempt"], score=person["score"]))  # fmt: skip
    marks = {"moved": person["moved"], "station_killed": person["restarts"] == 1}
    if case in marks and not marks[case]:
        found.append(WORDING.line("{who} {case}: it did not happen", **of))
    if case == "station_cut_off" and person["offline_seconds"] < 600:
        found.append(
            WORDING.line("{who} {case}: offline for {seconds} s only", **of, seconds=person["offline_seconds"])
        )
    if person["answered_after"] == 0:
        found.append(WORDING.line("{who} {case}: no answer was given after it", **of))
    return found


def summary(result: dict[str, Any]) -> str:
    """A few lines for people."""
    people = result["candidates"]
    scores = sorted(Decimal(p["score"]) for p in people if p["score"] is not None)
    times = sorted(p["check_in_seconds"]["card"] + p["check_in_seconds"]["face"] for p in people if p["apdus"])
    counts = {"people": len(people), "marked": len(scores)}
    if scores:
        lines = [WORDING.line("{people} people, {marked} marked, median mark {median}", **counts, median=scores[len(scores) // 2])]  # fmt: skip
    else:
        lines = [WORDING.line("{people} people, {marked} marked", **counts)]
    if times:
        spread = {"median": times[len(times) // 2], "longest": times[-1]}
        lines.append(WORDING.line("card and face: median {median:.2f} s, longest {longest:.2f} s", **spread))
    events = {name: result[f"events_{name}"] for name in ("made", "stored", "lost")}
    lines.append(WORDING.line("events: {made} made, {stored} stored, {lost} lost", **events))
    return "\n".join([*lines, *(f"  {person['case']:<22} {_ending(person)}" for person in people if person["case"])])


def _ending(person: dict[str, Any]) -> str:
    values: dict[str, object] = {
        "admission": Terms((person["admission"] or "none",)),
        "reasons": ", ".join(person["reasons"]) or "–",
        "attempt": Terms((person["attempt"],)),
        "score": person["score"] or "–",
    }
    if person["decided"]:
        decision = Terms((person["decided"]["decision"],))
        return WORDING.line("{admission} ({reasons}), then {decision} by two; {attempt}, mark {score}", **values, decision=decision)  # fmt: skip
    return WORDING.line("{admission} ({reasons}); {attempt}, mark {score}", **values)
