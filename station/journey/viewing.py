"""From the state of the journey to what is on screen. Pure: state and time in, one view out."""

from __future__ import annotations

from collections.abc import Callable

from exam_engine import names
from exam_engine.attempt import Phase
from exam_engine.officials import ROLES
from question_bank import short_answer
from station.journey import paper
from station.journey import views as v
from station.journey.state import Journey, Stage

STAGE_OF_STEP: dict[str, v.Stage] = {
    "unlock": "unlock",
    "details": "details",
    "portrait": "portrait",
    "signature": "signature",
}
# The reason code of a pause in which everybody leaves the room; any other reason is shown as written.
EVACUATION = "evacuation"
WARNINGS = ((60_000, "minute_1"), (5 * 60_000, "minutes_5"), (15 * 60_000, "minutes_15"))


def view(journey: Journey, now: int) -> v.View:
    """What the station shows now."""
    if journey.provision is None:
        return v.OutOfService(v.Frame("", "", "", "", 0, ""), journey.out_code)
    return _VIEWS[journey.stage](journey, now)


def frame(journey: Journey, now: int) -> v.Frame:
    """What stands around every screen."""
    provision = journey.provision
    assert provision is not None
    row = journey.seat_row
    name = ""
    if journey.stage not in {Stage.WAITING, Stage.CONSENT} and journey.attempt_id.endswith(row.sbd if row else "\x00"):
        name = row.name if row else ""
    told: v.HelpState = "none"
    if journey.attempt.help:
        told = "sent" if journey.online else "not_sent"
    return v.Frame(
        provision.exam.name,
        provision.exam.subject,
        provision.shift,
        provision.seat.room,
        provision.seat.number,
        row.sbd if row else "",
        name,
        False,
        journey.online,
        told,
        now,
        "B301" if journey.store_failed else "",
    )


def _waiting(journey: Journey, now: int) -> v.View:
    provision = journey.provision
    assert provision is not None
    opens = provision.exam.shift(provision.shift).check_in_from
    message = "T301" if journey.reader_missing else journey.card_note
    return v.WaitingForCard(frame(journey, now), opens if now < opens else 0, message, journey.move is not None)


def _consent(journey: Journey, now: int) -> v.View:
    provision, profile, row = journey.provision, journey.profile, journey.seat_row
    assert provision is not None
    assert profile is not None
    organiser = provision.exam.organiser
    under_16 = row is not None and _age(row.birth_date, now) < 16
    return v.Consent(
        frame(journey, now),
        organiser,
        organiser,
        profile.sitting.retention_days,
        profile.sitting.consent,
        row.consent_reference if row else "",
        under_16,
    )


def _age(birth_date: str, now: int) -> int:
    year = 1970 + int(now / 1000 / 31_556_952)
    return year - int(birth_date[:4]) if birth_date[:4].isdigit() else 99


def _reading(journey: Journey, now: int) -> v.View:
    check_in = journey.check_in
    portrait = check_in.inspection.portrait if check_in.inspection else None
    stage = STAGE_OF_STEP.get(check_in.step, "unlock")
    return v.ReadingCard(frame(journey, now), stage, check_in.percent, 0, check_in.percent >= 100, portrait)


def _card_lost(journey: Journey, now: int) -> v.View:
    left = max(0, (journey.check_in.put_back_by - now) // 1000)
    return v.CardGone(frame(journey, now), journey.check_in.percent, left)


def _rows(journey: Journey) -> tuple[v.DetailRow, ...]:
    provision, check_in = journey.provision, journey.check_in
    assert provision is not None
    holder, row = check_in.evidence.holder, check_in.row
    if holder is None:
        return ()
    # DG1 alone holds no marks: then the roster's spelling is shown, as far as the card can confirm it.
    bare = row is not None and holder.name == holder.name_mrz and names.mrz_agrees(row.name, holder.name_mrz)
    spelled = row is not None and not bare and names.compare(holder.name, row.name) is names.Likeness.SPELLING
    shown_name = row.name if row is not None and not spelled else holder.name
    place = f"{provision.seat.room}|{provision.seat.number}"
    return (
        v.DetailRow("name", shown_name, row.name if row is not None and spelled else ""),
        v.DetailRow("birth_date", holder.birth_date),
        v.DetailRow("sex", holder.sex),
        v.DetailRow("personal_number", holder.personal_number),
        v.DetailRow("sbd", row.sbd if row else ""),
        v.DetailRow("place", place),
        v.DetailRow("subject_shift", f"{provision.exam.subject}|{provision.shift}"),
    )


def _details(journey: Journey, now: int) -> v.View:
    check_in = journey.check_in
    portrait = check_in.inspection.portrait if check_in.inspection else None
    return v.CheckDetails(frame(journey, now), _rows(journey), portrait, check_in.card_on_reader, check_in.report_open)


def _camera(journey: Journey, now: int) -> v.View:
    check_in, asked = journey.check_in, journey.check_in.challenge
    hint = asked.hint if asked is not None else check_in.hint if check_in.tries else ""
    return v.LookAtCamera(
        frame(journey, now),
        asked.prompt or "front" if asked is not None else "front",
        min(asked.step, asked.steps) if asked is not None else 0,
        asked.steps if asked is not None else 0,
        asked.seconds_left if asked is not None and asked.prompt is not None else 0,
        min(3, check_in.tries + 1),
        hint=hint,  # type: ignore[arg-type]
        matched=check_in.matched,
    )


def _wrong_place(journey: Journey, now: int) -> v.View:
    provision, profile, row = journey.provision, journey.profile, journey.check_in.row
    assert provision is not None
    assert profile is not None
    site = next((s.name for s in provision.exam.sites if row is not None and s.id == row.site), "")
    shift = next((s for s in provision.exam.shifts if row is not None and s.id == row.shift), None)
    return v.WrongPlace(
        frame(journey, now),
        journey.check_in.code,
        row.seat if row else 0,
        row.room if row else "",
        site,
        row.shift if row else "",
        shift.starts_at if shift else 0,
        profile.sitting.late_minutes,
    )


def _not_verified(journey: Journey, now: int) -> v.View:
    holder = journey.check_in.evidence.holder
    altered = ", ".join(
        finding.check.rsplit(".", 1)[1]
        for finding in journey.check_in.evidence.findings
        if finding.code == "data_group_altered"
    )
    expired = holder.expiry_date if holder and journey.check_in.code == "T205" else ""
    return v.CardNotVerified(frame(journey, now), journey.check_in.code, expired, altered)


def _referred(journey: Journey, now: int) -> v.View:
    check_in = journey.check_in
    return v.WaitForInvigilator(
        frame(journey, now), check_in.code, check_in.told_at, journey.online, check_in.decision, check_in.scan, check_in.number_note,  # type: ignore[arg-type]
    )  # fmt: skip


def _at_seat(journey: Journey, now: int) -> v.View:
    check_in = journey.check_in
    portrait = check_in.inspection.portrait if check_in.inspection else None
    findings = tuple((f.check, f.result.value) for f in check_in.evidence.findings)
    return v.ConfirmAtSeat(
        frame(journey, now),
        portrait,
        _rows(journey),
        findings,
        tuple((role, check_in.proved.get(role, "")) for role in ROLES),
        journey.officials,
        check_in.proof_error,
        check_in.code,
    )


def _rules(journey: Journey, now: int) -> v.View:
    return v.Rules(frame(journey, now))


def _signal(journey: Journey, now: int) -> v.View:
    provision = journey.provision
    assert provision is not None
    planned = provision.exam.shift(provision.shift).starts_at
    manual = journey.attempt.decided is not None
    return v.WaitForSignal(
        frame(journey, now),
        planned,
        (planned - now) // 1000,
        manual,
        bool(provision.forms),
        journey.opening,
        journey.form_error and "P301",
    )


def _save_state(journey: Journey) -> v.SaveState:
    if journey.store_failed:
        return "failed"
    waiting = set(journey.attempt.responses) - journey.at_node
    if not waiting:
        return "saved_centre"
    return "saved_here" if journey.online else "waiting"


def _cover(journey: Journey) -> v.Notice | None:
    if journey.attempt.phase is Phase.PAUSED:
        kind = "evacuation" if journey.pause_reason == EVACUATION else "pause"
        return v.Notice(kind, {"remaining": str(journey.attempt.remaining), "reason": journey.pause_reason})
    return v.Notice("left_screen") if journey.left_screen else None


def _notices(journey: Journey, now: int) -> tuple[v.Notice, ...]:
    left = journey.attempt.deadline - now
    warning = next((kind for limit, kind in WARNINGS if 0 < left <= limit), "")
    # What stops the work stands before what only informs.
    first = (["not_saved"] if journey.store_failed else []) + ([warning] if warning else [])
    return (*(v.Notice(kind) for kind in first), *journey.notices)


def _paper(journey: Journey, now: int) -> v.View:
    form, attempt = journey.form, journey.attempt
    if form is None:
        return _signal(journey, now)
    part, item, position, count = paper.place(form, journey.current)
    response = attempt.responses.get(item.id, "")
    short = item.kind == "short_numeric"
    waiting = len(set(attempt.responses) - journey.at_node)
    cover = _cover(journey)
    return v.Paper(
        frame(journey, now),
        form_code=form.code,
        item=item.id,
        item_kind=item.kind,
        part=part.id,
        part_first=1,
        part_last=len(part.items),
        part_heading=part.heading_vi,
        part_heading_en=part.heading_en,
        number=item.number,
        passage=paper.pieces(form.passages.get(item.passage, ())) if cover is None else (),
        stem=paper.pieces(item.stem) if cover is None else (),
        options=paper.options(item, attempt.presented.get(item.id, ()), response) if cover is None else (),
        cells=response if short else "",
        legal_keys=short_answer.legal_keys(response) if short else "",
        incomplete=paper.completeness(item, response) == "half",
        tiles=paper.tiles(form, attempt, item.id, journey.at_node),
        save=_save_state(journey),
        waiting=waiting,
        deadline=attempt.deadline,
        remaining=attempt.remaining if attempt.phase is Phase.PAUSED else max(0, attempt.deadline - now),
        paused=attempt.phase is Phase.PAUSED,
        notices=_notices(journey, now),
        cover=cover,
        flagged=item.id in attempt.flags,
        first=position == 0,
        last=position == count - 1,
    )


def _review(journey: Journey, now: int) -> v.View:
    form, attempt, profile = journey.form, journey.attempt, journey.profile
    if form is None or attempt.phase is Phase.PAUSED:
        return _paper(journey, now)
    assert profile is not None
    incomplete = tuple(
        (item.id, part.id, item.number, paper.missing(item, attempt.responses.get(item.id, "")))
        for part, item in form.each_item()
        if paper.completeness(item, attempt.responses.get(item.id, "")) != "full"
    )
    return v.Review(
        frame(journey, now), profile.sitting.early_submission, attempt.deadline, incomplete, len(attempt.flags)
    )


def _time_over(journey: Journey, now: int) -> v.View:
    attempt = journey.attempt
    answered = attempt.answered
    centre = len(set(attempt.responses) & journey.at_node)
    items = len(journey.index)
    by_force = attempt.phase is Phase.COLLECTED
    return v.TimeOver(frame(journey, now), answered, items, answered, centre, by_force, attempt.ended_at)


def _receipt(journey: Journey, now: int) -> v.View:
    attempt = journey.attempt
    return v.Receipt(
        frame(journey, now),
        journey.receipt_code,
        attempt.form_code,
        attempt.answered,
        len(journey.index),
        attempt.ended_at,
    )


def _survey(journey: Journey, now: int) -> v.View:
    return v.Survey(frame(journey, now))


def _recovered(journey: Journey, now: int) -> v.View:
    gap = journey.gap.gap_at_most if journey.gap else 0
    facts = journey.index.get(journey.current)
    torn = (facts.part, facts.number) if journey.torn and facts is not None else None
    return v.Recovered(
        frame(journey, now), journey.attempt.answered, journey.last_saved, gap, journey.form is None, torn, journey.current
    )  # fmt: skip


def _moved_in(journey: Journey, now: int) -> v.View:
    attempt = journey.attempt
    return v.MovedIn(
        frame(journey, now), attempt.answered, len(journey.index), journey.last_saved, max(0, attempt.deadline - now),
        journey.form is None,
    )  # fmt: skip


def _moved_away(journey: Journey, now: int) -> v.View:
    return v.MovedAway(frame(journey, now), journey.moved_to)


def _takeover(journey: Journey, now: int) -> v.View:
    page, provision = journey.page, journey.provision
    recovery = provision.recovery if provision is not None else None
    error = page.error if journey.seat_row is None else "seat_not_free"
    holders = tuple(holder.name for holder in recovery.holders) if recovery is not None else ()
    return v.TakeOver(
        frame(journey, now), page.mirrors, page.chosen, holders, tuple(sorted(page.halves)), error
    )  # fmt: skip


def _out_of_service(journey: Journey, now: int) -> v.View:
    return v.OutOfService(frame(journey, now), journey.out_code)


_VIEWS: dict[Stage, Callable[[Journey, int], v.View]] = {
    Stage.OUT_OF_SERVICE: _out_of_service,
    Stage.WAITING: _waiting,
    Stage.CONSENT: _consent,
    Stage.READING: _reading,
    Stage.CARD_LOST: _card_lost,
    Stage.DETAILS: _details,
    Stage.CAMERA: _camera,
    Stage.WRONG_PLACE: _wrong_place,
    Stage.NOT_VERIFIED: _not_verified,
    Stage.REFERRED: _referred,
    Stage.AT_SEAT: _at_seat,
    Stage.RULES: _rules,
    Stage.SIGNAL: _signal,
    Stage.PAPER: _paper,
    Stage.REVIEW: _review,
    Stage.TIME_OVER: _time_over,
    Stage.RECEIPT: _receipt,
    Stage.SURVEY: _survey,
    Stage.RECOVERED: _recovered,
    Stage.MOVED_IN: _moved_in,
    Stage.MOVED_AWAY: _moved_away,
    Stage.TAKEOVER: _takeover,
}
