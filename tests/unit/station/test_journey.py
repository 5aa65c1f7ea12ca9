"""The candidate's path, driven without a device."""

from __future__ import annotations

import os
import time
from datetime import UTC, date, datetime

import msgspec
import pytest

from exam_engine import events as e
from exam_engine import exchange as x
from exam_engine import profile as profiles
from exam_engine import timing
from exam_engine.candidate import Candidate
from exam_engine.plan import Exam, Provision, Room, Seat, Shift, Site
from exam_engine.record import Entry
from hardware_mocks.chip.emrtd import Chip
from hardware_mocks.issuing_state import CardHolder, IssuingState
from question_bank import samples, sealed_form
from question_bank.adapters.formula_renderer import MathJaxRenderer
from reader import inspection
from reader.access_key import Can
from reader.evidence import Basis, Finding, Result
from reader.trust import TrustStore
from station.journey import effects as fx
from station.journey import inputs, intents, recovery, views
from station.journey.journey import receive
from station.journey.state import Journey, Stage
from station.journey.viewing import view

START = 1_795_480_200_000
NUMBER = "042308123456"
ROW = Candidate("30004527", "Trần Thị Ngọc Ẩn", "2008-03-15", "F", NUMBER, "TS", "03", 17, "1")
PROFILE = profiles.shipped().replace('["VNM"]', '["UTO"]').replace('"required"', '"when_performed"')
EXAM = Exam("K", "Kỳ thi", "Toán", "Sở", (Shift("1", START, 45, START - 2_700_000), Shift("2", START + 5_400_000, 45, START + 2_700_000)), (Site("TS", "Thành Sen"),), (Room("03", "TS", 24),))  # fmt: skip
PROVISION = Provision(1, EXAM, "1", Seat("TS", "03", 17), (ROW,), PROFILE, (), {"f": "0101"}, {"30004527": "f"}, {})
FACE = Finding("face.comparison", Result.PASSED, basis=Basis.STATION_ATTESTED)
MISMATCH = Finding("face.comparison", Result.FAILED, "face_mismatch", basis=Basis.STATION_ATTESTED)


@pytest.fixture(scope="module")
def state():
    return IssuingState(datetime(2026, 11, 24, tzinfo=UTC))


@pytest.fixture(scope="module")
def form():
    return samples.sample_form(MathJaxRenderer())


class Driver:
    """A journey whose journal always works; it keeps what was appended."""

    def __init__(self, provision=PROVISION):
        self.journey = Journey("TS-03-17")
        self.journey.provide(provision, profiles.load(PROFILE), START - 900_000)
        self.now = START - 900_000
        self.events, self.effects = [], []

    def __call__(self, item, now=None):
        self.now = self.now if now is None else now
        self.effects = receive(self.journey, item, self.now)
        for effect in self.effects:
            if isinstance(effect, fx.Append):
                entries = tuple(
                    Entry(len(self.events) + i, self.now, event) for i, event in enumerate(effect.events, 1)
                )
                self.events += effect.events
                self.journey.saved(effect.attempt, entries)
        return self.view

    @property
    def view(self):
        return view(self.journey, self.now)

    def asked(self, kind):
        return [effect for effect in self.effects if isinstance(effect, kind)]


def read(state, number=NUMBER, name=ROW.name, change=lambda card: card):
    card = change(state.issue(CardHolder(number, name, "2008-03-15", "F", "2033-03-15"), b"\xff\xd8" + bytes(500)))
    done = inspection.inspect(
        Chip(card, lambda n: bytes(range(n))[:n]), (Can.from_card_number(number),), TrustStore.from_der([state.anchor_der()]),
        inspection.Options(date(2026, 11, 24)), random=os.urandom, clock=time.perf_counter,
    )  # fmt: skip
    return inputs.CardInspected(done, 400)


def release(now=START, key=b"sealed", shift="1"):
    order = sealed_form.encode_order("K", shift, "f", "all", START)
    return inputs.Told(x.Instruction(1, "", now, ("A", "B"), x.Release(order, (), key, now, "f")))


def to_rules(driver, state, **card):
    driver(inputs.CardSensed())
    driver(intents.Agree(True, True))
    driver(read(state, **card))
    driver(intents.ConfirmDetails())
    return driver(inputs.FaceCompared((FACE,), True, "", 80))


def to_paper(driver, state, form):
    to_rules(driver, state)
    driver(intents.AcceptRules())
    driver(release(), START)
    return driver(inputs.FormOpened(form))


def test_the_whole_path_from_the_card_to_the_receipt(state, form):
    driver = Driver()
    assert driver.view.SCREEN == "S01"
    assert driver(inputs.CardSensed()).SCREEN == "S02"
    assert driver(intents.Agree(True, True)).SCREEN == "S03"
    assert {type(effect) for effect in driver.effects} == {fx.StartCamera, fx.ReadCard}
    details = driver(read(state))
    assert (details.SCREEN, details.rows[0].value, details.rows[0].other) == ("S07", ROW.name, "")
    assert driver(intents.ConfirmDetails()).SCREEN == "S08"
    assert driver(inputs.FaceCompared((FACE,), True, "", 80)).SCREEN == "S10"
    assert driver(intents.AcceptRules()).SCREEN == "S11"
    assert driver(release(), START).opening
    paper = driver(inputs.FormOpened(form))
    assert (paper.SCREEN, paper.item, paper.deadline) == ("S12", "I.1", START + 2_700_000)
    driver(intents.Respond("I.1", "A"))
    assert driver.journey.attempt.responses == {"I.1": "A"}
    assert driver(intents.OpenReview()).allowed is False
    driver(intents.CloseReview())
    over = driver(inputs.Tick(), START + 2_700_000)
    assert (over.SCREEN, over.answered) == ("S19", 1)
    driver.journey.receipt_code = "7KQM-3F2P-9XRA"
    assert driver(inputs.Tick()).SCREEN == "S20"
    assert driver(intents.FinishReceipt()).SCREEN == "S21"
    assert driver(intents.AnswerSurvey(1)).SCREEN == "S01"
    assert driver.journey.attempt_id == ""
    assert driver.asked(fx.Survey)


def test_no_command_reaches_chip_or_camera_before_consent():
    driver = Driver()
    driver(inputs.CardSensed())
    assert driver.effects == []
    driver(intents.Agree(False, False))
    assert not driver.asked(fx.ReadCard)
    assert not driver.asked(fx.StartCamera)
    assert driver.view.SCREEN == "S09"
    assert driver.view.code == "D208"


def test_without_a_card_two_persons_admit(state):
    driver = Driver()
    driver(intents.NoCard())
    assert driver.journey.attempt.admission.reasons == ("without_biometrics",)
    decided = x.Instruction(1, driver.journey.attempt_id, START, ("A", "B"), x.Decide("admit", "đã đối chiếu giấy tờ"))
    assert driver(inputs.Told(decided)).SCREEN == "S10"
    assert driver.journey.attempt.decided.by == ("A", "B")


def test_another_face_gets_two_more_tries_and_then_a_person(state):
    driver = Driver()
    driver(inputs.CardSensed())
    driver(intents.Agree(True, True))
    driver(read(state))
    driver(intents.ConfirmDetails())
    for attempt in (2, 3):
        seen = driver(inputs.FaceCompared((MISMATCH,), False, "again", 80))
        assert (seen.SCREEN, seen.attempt) == ("S08", attempt)
    assert not driver.asked(fx.ShowReferral)
    assert driver(inputs.FaceCompared((MISMATCH,), False, "again", 80, b"live picture")).SCREEN == "S09"
    assert driver.journey.attempt.admission.reasons == ("face_mismatch",)
    shown = next(effect for effect in driver.effects if isinstance(effect, fx.ShowReferral))
    assert (shown.attempt, shown.live, shown.tries) == (driver.journey.attempt_id, b"live picture", 3)
    assert shown.portrait[:2] == b"\xff\xd8"
    assert "live picture" not in repr(driver.journey.check_in) + repr(shown)
    assert driver.journey.check_in.live == b""


def test_pictures_of_nobody_who_is_admitted_or_did_not_agree_leave_the_pc(state):
    driver = Driver()
    to_rules(driver, state)
    assert driver.journey.attempt.admission.decision == "admit"
    assert not driver.asked(fx.ShowReferral)
    driver = Driver()
    driver(inputs.CardSensed())
    driver(intents.Agree(True, False))
    driver(read(state))
    driver(intents.ConfirmDetails())
    assert driver.view.SCREEN == "S09"
    assert not driver.asked(fx.ShowReferral)


def at_the_camera(state):
    driver = Driver()
    driver(inputs.CardSensed())
    driver(intents.Agree(True, True))
    driver(read(state))
    driver(intents.ConfirmDetails())
    return driver


def test_the_screen_says_what_the_challenge_asks(state):
    driver = at_the_camera(state)
    asked = driver(inputs.ChallengeAdvanced("left", 2, 3, 4, "too_dark"))
    assert (asked.prompt, asked.step, asked.steps, asked.seconds_left, asked.hint) == ("left", 2, 3, 4, "too_dark")
    between = driver(inputs.ChallengeAdvanced(None, 4, 3, 0, ""))
    assert (between.prompt, between.step, between.seconds_left) == ("front", 3, 0)
    assert driver(inputs.FaceCompared((MISMATCH,), False, "again", 80)).prompt == "front"


def test_who_cannot_follow_a_prompt_is_asked_something_else_once_and_then_goes_to_a_person(state):
    driver = at_the_camera(state)
    driver(inputs.ChallengeAdvanced("blink", 1, 3, 5, ""))
    assert driver(intents.CannotDoPrompt()).SCREEN == "S08"
    assert [effect.refused for effect in driver.effects] == [frozenset({"blink"})]
    driver(inputs.ChallengeAdvanced("left", 1, 3, 5, ""))
    assert driver(intents.CannotDoPrompt()).SCREEN == "S09"


def test_what_the_camera_tells_too_late_changes_nothing(state):
    driver = Driver()
    assert driver(inputs.ChallengeAdvanced("left", 1, 3, 5, "")).SCREEN == "S01"


def test_somebody_elses_card_shows_the_right_seat_and_stays_out_of_this_attempt(state):
    neighbour = replace_row(seat=21, personal_number="042308999999", sbd="30004528")
    driver = Driver(msgspec.structs.replace(PROVISION, candidates=(ROW, neighbour)))
    driver(inputs.CardSensed())
    driver(intents.Agree(True, True))
    shown = driver(read(state, number="042308999999"))
    assert (shown.SCREEN, shown.code, shown.right_seat) == ("S05", "D101", 21)
    assert "unknown" in driver.journey.attempt_id
    assert driver(inputs.CardGone()).SCREEN == "S01"


def replace_row(**changes):
    return msgspec.structs.replace(ROW, **changes)


def test_an_altered_card_is_calm_and_named_in_the_code_only(state):
    driver = Driver()
    driver(inputs.CardSensed())
    driver(intents.Agree(True, True))
    shown = driver(read(state, change=lambda card: card.with_altered_byte("DG2")))
    assert (shown.SCREEN, shown.code, shown.altered) == ("S06", "T204", "DG2")


def test_a_listed_number_that_does_not_open_the_chip_asks_the_invigilator():
    driver = Driver()
    driver(inputs.CardSensed())
    driver(intents.Agree(True, True))
    assert driver(inputs.CardFailed("wrong_access_key")).code == "T202"
    assert driver(intents.TypeCardNumber("12")).code == "T202"
    assert driver(intents.TypeCardNumber("042308777777|x|y")).SCREEN == "S03"


def test_the_code_on_the_card_opens_the_chip_when_the_listed_number_does_not():
    driver = Driver()
    driver(inputs.CardSensed())
    driver(intents.Agree(True, True))
    driver(inputs.CardFailed("wrong_access_key"))
    assert driver(intents.ScanCardQr()).scan == "looking"
    assert driver.effects == [fx.ScanQr()]
    assert driver(inputs.QrScanned("")).scan == "not_seen"
    assert fx.StopCamera() in driver.effects
    driver(intents.ScanCardQr())
    assert driver(inputs.QrScanned("042308777777")).SCREEN == "S03"
    assert [effect.keys for effect in driver.effects if isinstance(effect, fx.ReadCard)] == [(Can("777777"),)]


def test_a_code_seen_after_the_search_was_given_up_opens_nothing():
    driver = Driver()
    assert driver(intents.ScanCardQr()).SCREEN == "S01"
    driver(inputs.CardSensed())
    driver(intents.Agree(True, True))
    driver(inputs.CardFailed("wrong_access_key"))
    driver(intents.ScanCardQr())
    assert driver(intents.ScanCardQr()).scan == ""
    assert driver.effects == [fx.StopCamera()]
    assert driver(inputs.QrScanned("042308777777")).SCREEN == "S09"


def test_a_card_that_moves_keeps_its_percentage():
    driver = Driver()
    driver(inputs.CardSensed())
    driver(intents.Agree(True, True))
    driver(inputs.ReadingAdvanced("portrait", 64))
    lost = driver(inputs.CardLost())
    assert (lost.SCREEN, lost.percent, lost.seconds_left) == ("S04", 64, 30)
    assert driver(inputs.CardBack()).percent == 64


def test_nothing_is_shown_as_saved_when_the_journal_refuses(state, form):
    driver = Driver()
    to_paper(driver, state, form)
    receive(driver.journey, intents.Respond("I.1", "A"), driver.now)
    driver.journey.not_saved()
    assert driver.view.save == "failed"
    assert driver.view.options[0].chosen == ""


def test_a_pause_hides_the_paper_and_stops_the_clock(state, form):
    driver = Driver()
    to_paper(driver, state, form)
    pause = x.Instruction(2, driver.journey.attempt_id, START + 60_000, ("A",), x.Pause("mất điện"))
    covered = driver(inputs.Told(pause), START + 61_000)
    assert (covered.cover.kind, covered.stem, covered.options) == ("pause", (), ())
    driver(inputs.Tick(), START + 9_000_000)
    assert driver.view.SCREEN == "S12"
    resume = x.Instruction(3, driver.journey.attempt_id, START, ("A",), x.Resume())
    assert driver(inputs.Told(resume), START + 9_000_000).deadline == START + 9_000_000 + 44 * 60_000


def test_what_the_lockdown_notices_is_recorded_and_shown_and_a_held_key_is_one(state, form):
    driver = Driver()
    driver(intents.LockdownNotice("clipboard"))
    assert driver.events == []
    to_paper(driver, state, form)
    shown = driver(intents.LockdownNotice("screenshot_key"))
    assert shown.notices[0].kind == "screenshot_key"
    for _ in range(50):
        driver(intents.LockdownNotice("screenshot_key"), driver.now + 100)
    driver(intents.LockdownNotice("clipboard"))
    driver(intents.LockdownNotice("anything else"))
    noticed = [event.kind for event in driver.events if isinstance(event, e.LockdownNoticed)]
    assert noticed == ["screenshot_key", "clipboard"]
    assert driver.journey.attempt.noticed == {"screenshot_key", "clipboard"}


def test_who_leaves_the_screen_before_the_test_is_not_covered_in_it(state, form):
    driver = Driver()
    driver(intents.LeftScreen(5000))
    to_paper(driver, state, form)
    assert driver.view.cover is None


def test_a_signal_for_another_shift_opens_nothing(state):
    driver = Driver()
    to_rules(driver, state)
    driver(intents.AcceptRules())
    driver(release(shift="2"))
    assert not driver.asked(fx.OpenForm)


def test_lateness_counts_from_the_signal_even_where_nobody_was_admitted(state):
    driver = Driver()
    driver(release(key=b""), START)
    driver(inputs.CardSensed(), START + 960_000)
    driver(intents.Agree(True, True))
    assert driver(read(state)).code == "D401"


def test_a_restart_brings_the_answers_back_and_the_deadline_stays(state, form):
    driver = Driver()
    to_paper(driver, state, form)
    driver(intents.Respond("I.1", "C"), START + 100_000)
    entries = [Entry(i, START + 100_000, event) for i, event in enumerate(driver.events, 1)]
    again = Journey("TS-03-17")
    again.provide(PROVISION, profiles.load(PROFILE), START + 160_000)
    (appended,) = recovery.resume(
        again, driver.journey.attempt_id, entries, START + 160_000, gap=timing.Gap(60_000, 60_000, uncertain=False)
    )
    assert again.stage is Stage.RECOVERED
    assert (again.attempt.responses, again.attempt.deadline) == ({"I.1": "C"}, START + 2_700_000)
    assert (appended.events[0].gap_at_most, appended.events[0].uncertain) == (60_000, False)


def prove(driver, name, role):
    driver(intents.ProveAtSeat(name, "246813"))
    return driver(inputs.ProofGiven(name, True, 5, role))


def test_two_officials_of_two_roles_decide_at_the_seat_and_the_page_locks_by_itself():
    driver = Driver()
    driver(intents.NoCard())
    assert driver(intents.OpenAtSeat()).SCREEN == "S09b"
    prove(driver, "A", "invigilator")
    assert driver(intents.DecideAtSeat("admit", "đã đối chiếu giấy tờ")).SCREEN == "S09b"
    assert driver(inputs.Tick(), driver.now + 60_000).SCREEN == "S09"
    assert driver.asked(fx.LockOfficials)
    assert driver(intents.OpenAtSeat()).proved == (("invigilator", ""), ("site_head", ""))
    prove(driver, "B", "site_head")
    assert prove(driver, "A", "invigilator").proved == (("invigilator", "A"), ("site_head", "B"))
    assert driver(intents.DecideAtSeat("admit", " ")).SCREEN == "S09b"
    assert driver(intents.DecideAtSeat("admit", "đã đối chiếu giấy tờ")).SCREEN == "S10"
    decided = driver.journey.attempt.decided
    assert (decided.by, decided.roles, decided.where) == (("A", "B"), ("invigilator", "site_head"), "seat")


@pytest.mark.parametrize("second", [("A", "invigilator"), ("C", "invigilator"), ("A", "site_head")])
def test_one_person_twice_and_one_role_twice_decide_nothing(second):
    driver = Driver()
    driver(intents.NoCard())
    driver(intents.OpenAtSeat())
    prove(driver, "A", "invigilator")
    shown = prove(driver, *second)
    assert shown.error == ("same_role" if second[0] == "C" else "")
    for decision in ("admit", "refuse"):
        assert driver(intents.DecideAtSeat(decision, "đã đối chiếu giấy tờ")).SCREEN == "S09b"
    assert driver.journey.attempt.decided is None


def test_a_proof_that_comes_after_the_page_locked_counts_for_nothing():
    driver = Driver()
    driver(intents.NoCard())
    driver(intents.OpenAtSeat())
    driver(intents.CloseAtSeat())
    driver(inputs.ProofGiven("A", True, 5, "invigilator"))
    assert driver(intents.OpenAtSeat()).proved == (("invigilator", ""), ("site_head", ""))


def test_the_officials_page_opens_nowhere_else():
    driver = Driver()
    assert driver(intents.OpenAtSeat()).SCREEN == "S01"


def test_every_view_of_the_path_is_known_to_the_screens():
    assert {kind.SCREEN for kind in views.ALL_VIEWS} >= {f"S{n:02d}" for n in range(1, 13)}


def test_consent_counts_only_while_it_is_being_asked():
    driver = Driver()
    assert driver(intents.Agree(True, True)).SCREEN == "S01"
    driver(inputs.CardSensed())
    driver(inputs.CardGone())
    # Pressed at the moment at which the card was lifted: the next one's card must not be read on it.
    assert driver(intents.Agree(True, True)).SCREEN == "S01"
    assert driver.effects == []
    assert driver(inputs.CardSensed()).SCREEN == "S02"


@pytest.mark.parametrize(
    ("failure", "told"),
    [("not_an_identity_card", "T104"), ("other_card", "T105"), ("pcsc_unavailable", ""), ("no_reader", "")],
)
def test_whoever_can_simply_try_again_is_sent_to_nobody(failure, told):
    driver = Driver()
    driver(inputs.CardSensed())
    driver(intents.Agree(True, True))
    waiting = driver(inputs.CardFailed(failure))
    assert (waiting.SCREEN, waiting.message) == ("S01", told)
    driver(inputs.CardGone())
    assert driver.view.message == told
    assert driver(inputs.CardSensed()).SCREEN == "S02"
    driver(inputs.CardGone())
    assert driver.view.message == ""


def test_a_missing_reader_is_told_before_all_else():
    driver = Driver()
    driver(inputs.CardSensed())
    driver(intents.Agree(True, True))
    driver(inputs.CardFailed("other_card"))
    assert driver(inputs.ReaderMissing(missing=True)).message == "T301"
    assert driver(inputs.ReaderMissing(missing=False)).message == "T105"


def test_a_number_that_leads_nowhere_says_why(state):
    driver = Driver()
    driver(inputs.CardSensed())
    driver(intents.Agree(True, False))
    assert driver(inputs.CardFailed("wrong_access_key")).number_note == ""
    assert driver(intents.TypeCardNumber("123")).number_note == "unreadable"
    assert driver(intents.TypeCardNumber(NUMBER)).SCREEN == "S03"
    assert driver(inputs.CardFailed("wrong_access_key")).number_note == "wrong"
    driver(inputs.CardGone())
    noted = driver(intents.TypeCardNumber(NUMBER))
    assert (noted.SCREEN, noted.number_note, driver.effects) == ("S09", "no_card", [])
    driver(inputs.CardSensed())
    driver(intents.TypeCardNumber(NUMBER))
    assert driver(read(state)).SCREEN == "S07"
