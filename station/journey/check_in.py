"""From the card on the reader to the face at the camera (S01-S08). What it comes to is decided in `conclusion`."""

from __future__ import annotations

from exam_engine import admission
from exam_engine import events as e
from exam_engine.candidate import Candidate
from reader import access_key
from reader.access_key import AccessKey, Can, MrzKey
from reader.errors import Malformed
from station.journey import conclusion, inputs, intents
from station.journey import effects as fx
from station.journey.state import CheckIn, Journey, Stage

FACE_TRIES = 3
CONSENT_TEXT = "S02/2026-11"
PUT_BACK_SECONDS = 30
# Failures after which the next try is the candidate's own; the code says what to do. A missing reader is told by itself.
BEGIN_AGAIN = {
    "card_removed": "", "not_an_identity_card": "T104", "other_card": "T105", "pcsc_unavailable": "", "no_reader": "",
}  # fmt: skip


def card_sensed(journey: Journey, _: inputs.CardSensed, now: int) -> list[fx.Effect]:
    """A card lies on the reader: ask for consent before any command goes to it."""
    journey.check_in.card_on_reader = True
    if journey.stage is not Stage.WAITING or _not_open_yet(journey, now):
        return []
    journey.check_in, journey.card_note = CheckIn(), ""
    _begin(journey, now, with_card=True)
    journey.enter(Stage.CONSENT, now)
    return []


def _not_open_yet(journey: Journey, now: int) -> bool:
    assert journey.provision is not None
    return now < journey.provision.exam.shift(journey.provision.shift).check_in_from


def _begin(journey: Journey, _now: int, *, with_card: bool) -> None:
    assert journey.provision is not None
    seat = journey.provision.seat
    journey.check_in.with_card = with_card
    journey.check_in.events.append(e.CheckInBegan(journey.station, seat.room, seat.number, with_card))


def card_gone(journey: Journey, _: inputs.CardGone, now: int) -> list[fx.Effect]:
    """The reader is empty: whoever has given nothing away may simply leave."""
    journey.check_in.card_on_reader = False
    if journey.stage is Stage.CONSENT:
        return journey.restart(now)
    if journey.stage is Stage.WRONG_PLACE and journey.check_in.code in {"D101", "D102"}:
        return journey.restart(now)
    return []


def no_card(journey: Journey, _: intents.NoCard, now: int) -> list[fx.Effect]:
    """Check-in without a card goes to the invigilator."""
    if journey.stage is not Stage.WAITING or _not_open_yet(journey, now):
        return []
    journey.check_in = CheckIn(card_on_reader=False)
    _begin(journey, now, with_card=False)
    journey.check_in.row = journey.seat_row
    return _chosen(journey, intents.Agree(read_chip=False, compare_face=False), now)


def consented(journey: Journey, choice: intents.Agree, now: int) -> list[fx.Effect]:
    """Only what was ticked happens, and only while it is being asked: whoever sits down next is asked anew."""
    return _chosen(journey, choice, now) if journey.stage is Stage.CONSENT else []


def _chosen(journey: Journey, choice: intents.Agree, now: int) -> list[fx.Effect]:
    if journey.profile is None:
        return []
    journey.check_in.read_chip, journey.check_in.compare_face = choice.read_chip, choice.compare_face
    journey.check_in.events.append(
        e.ConsentGiven(choice.read_chip, choice.compare_face, journey.profile.sitting.consent, CONSENT_TEXT)
    )
    row = journey.seat_row
    if not choice.read_chip:
        journey.check_in.row = row
        return conclusion.conclude(journey, now)
    if row is None:
        # Nobody is expected here: the number has to be typed before the chip can be opened.
        return conclusion.refer(journey, now, "T202")
    return _read(journey, now, _keys_for(row))


def _keys_for(row: Candidate) -> tuple[AccessKey, ...]:
    """CAN first, then the MRZ key where the roster gives the expiry date."""
    keys: list[AccessKey] = [Can.from_card_number(row.personal_number)]
    if row.expiry_date:
        keys.append(MrzKey.from_roster(row.personal_number, row.birth_date, row.expiry_date))
    return tuple(keys)


def _read(journey: Journey, now: int, keys: tuple[AccessKey, ...]) -> list[fx.Effect]:
    journey.enter(Stage.READING, now)
    journey.check_in.step, journey.check_in.percent = "unlock", 0
    camera: list[fx.Effect] = [fx.StartCamera()] if journey.check_in.compare_face else []
    return [*camera, fx.ReadCard(keys, f"{journey.station}/{now}")]


def number_typed(journey: Journey, typed: intents.TypeCardNumber, now: int) -> list[fx.Effect]:
    """The number from the card itself opens a chip that the list's number does not."""
    if journey.stage is not Stage.REFERRED or journey.check_in.code != "T202":
        return []
    check_in = journey.check_in
    try:
        key = access_key.typed(typed.digits)
    except Malformed:
        check_in.number_note = "unreadable"
        return []
    if not check_in.card_on_reader:
        check_in.number_note = "no_card"
        return []
    check_in.typed = True
    return _read(journey, now, (key,))


def scan_qr(journey: Journey, _: intents.ScanCardQr, __: int) -> list[fx.Effect]:
    """Look for the QR code of the card, or stop looking. Nobody signed it: it opens the chip and proves nothing."""
    check_in = journey.check_in
    if journey.stage is not Stage.REFERRED or check_in.code != "T202":
        return []
    check_in.scan = "" if check_in.scan == "looking" else "looking"
    return [fx.ScanQr()] if check_in.scan else [fx.StopCamera()]


def qr_scanned(journey: Journey, seen: inputs.QrScanned, now: int) -> list[fx.Effect]:
    """The code was seen, or not in time."""
    if journey.stage is not Stage.REFERRED or journey.check_in.scan != "looking":
        return []
    journey.check_in.scan = "" if seen.number else "not_seen"
    typed = number_typed(journey, intents.TypeCardNumber(seen.number), now) if seen.number else []
    return [fx.StopCamera(), *typed]


def advanced(journey: Journey, progress: inputs.ReadingAdvanced, _: int) -> list[fx.Effect]:
    """The reading goes on."""
    journey.check_in.step, journey.check_in.percent = progress.step, max(journey.check_in.percent, progress.percent)
    return []


def lost(journey: Journey, _: inputs.CardLost, now: int) -> list[fx.Effect]:
    """The card moved: time to put it back."""
    if journey.stage is Stage.READING:
        journey.check_in.put_back_by = now + PUT_BACK_SECONDS * 1000
        journey.enter(Stage.CARD_LOST, now)
    return []


def back(journey: Journey, _: inputs.CardBack, now: int) -> list[fx.Effect]:
    """It is back: the reading goes on where it stopped."""
    if journey.stage is Stage.CARD_LOST:
        journey.enter(Stage.READING, now)
    return []


def failed(journey: Journey, failure: inputs.CardFailed, now: int) -> list[fx.Effect]:
    """The reading ended without a result: the candidate begins again, with the right card, or a person takes over."""
    if journey.stage not in {Stage.READING, Stage.CARD_LOST}:
        return []
    if failure.code == "wrong_access_key":
        journey.check_in.number_note = "wrong" if journey.check_in.typed else ""
        return conclusion.refer(journey, now, "T202")
    if failure.code in BEGIN_AGAIN:
        effects = journey.restart(now)
        journey.card_note = BEGIN_AGAIN[failure.code]
        return effects
    return conclusion.refer(journey, now, "T201")


def inspected(journey: Journey, done: inputs.CardInspected, now: int) -> list[fx.Effect]:
    """The chip is read: show the details, unless the card alone already settles it."""
    if journey.stage not in {Stage.READING, Stage.CARD_LOST} or journey.profile is None:
        return []
    journey.check_in.inspection, journey.check_in.evidence = done.inspection, done.inspection.evidence
    journey.check_in.card_ms, journey.check_in.percent = done.milliseconds, 100
    holder = done.inspection.evidence.holder
    journey.check_in.row = None if holder is None else journey.row_of_card(holder.personal_number)
    first = admission.decide(
        journey.check_in.evidence, journey.check_in.row, journey.situation(now), journey.profile, face=False
    )
    if first.decision != "admit":
        return conclusion.conclude(journey, now, face=False)
    journey.enter(Stage.DETAILS, now)
    return []


def details_confirmed(journey: Journey, _: intents.ConfirmDetails, now: int) -> list[fx.Effect]:
    """The details are right: on to the camera, if the portrait may be compared."""
    if journey.stage is not Stage.DETAILS:
        return []
    journey.check_in.events.append(e.DetailsConfirmed())
    portrait = journey.check_in.inspection.portrait if journey.check_in.inspection else None
    if not journey.check_in.compare_face or portrait is None:
        return conclusion.conclude(journey, now)
    journey.enter(Stage.CAMERA, now)
    return [fx.CompareFace(portrait)]


def details_reported(journey: Journey, report: intents.ReportDetails, now: int) -> list[fx.Effect]:
    """Something is wrong: open the report, or send it."""
    if journey.stage is not Stage.DETAILS:
        return []
    if not report.fields:
        journey.check_in.report_open = not journey.check_in.report_open
        return []
    decided = conclusion.conclude(journey, now)
    disputed = e.DetailsDisputed(report.fields)
    journey.enter(Stage.REFERRED, now)
    journey.check_in.code, journey.check_in.told_at = "D204", now
    return [*decided, journey.append(disputed)]


def face(journey: Journey, seen: inputs.FaceCompared, now: int) -> list[fx.Effect]:
    """One try at the camera; the last one counts."""
    if journey.stage is not Stage.CAMERA:
        return []
    journey.check_in.tries += 1
    journey.check_in.face_ms += seen.milliseconds
    journey.check_in.hint, journey.check_in.matched = seen.hint, seen.matched
    journey.check_in.live = seen.live
    journey.check_in.challenge = None
    if not seen.matched and journey.check_in.tries < FACE_TRIES:
        return _try_again(journey)
    journey.check_in.evidence = journey.check_in.evidence.with_findings(*seen.findings)
    return conclusion.conclude(journey, now)


def challenged(journey: Journey, asked: inputs.ChallengeAdvanced, _: int) -> list[fx.Effect]:
    """The challenge goes on."""
    if journey.stage is Stage.CAMERA:
        journey.check_in.challenge = asked
    return []


def _try_again(journey: Journey) -> list[fx.Effect]:
    portrait = journey.check_in.inspection.portrait if journey.check_in.inspection else None
    return [] if portrait is None else [fx.CompareFace(portrait, journey.check_in.refused)]


def camera_failed(journey: Journey, _: inputs.CameraFailed, now: int) -> list[fx.Effect]:
    """Without a picture a person compares."""
    if journey.stage is not Stage.CAMERA:
        return []
    effects = conclusion.conclude(journey, now)
    journey.check_in.code = "M301"
    return effects


def cannot(journey: Journey, _: intents.CannotDoPrompt, now: int) -> list[fx.Effect]:
    """Whoever cannot follow a prompt is asked something else once, then goes to a person."""
    if journey.stage is not Stage.CAMERA:
        return []
    asked, check_in = journey.check_in.challenge, journey.check_in
    if asked is None or asked.prompt is None or check_in.refused:
        return conclusion.conclude(journey, now)
    check_in.refused, check_in.challenge = frozenset({asked.prompt}), None
    return _try_again(journey)


def reader(journey: Journey, news: inputs.ReaderMissing, _: int) -> list[fx.Effect]:
    """The card reader came or went."""
    journey.reader_missing = news.missing
    return []
