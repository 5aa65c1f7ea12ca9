"""The day itself: who comes when, what goes wrong, and when the clock runs fast. It acts only where people and hardware act.

Candidates put cards on readers, officials decide and sign, somebody pulls a plug. Everything else is the product's own doing.
"""

from __future__ import annotations

import os
import random
import secrets
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from exam_engine import profile as profiles
from exam_engine.attempt import Phase
from exam_engine.candidate import Candidate
from exam_engine.plan import Exam, Room, Seat, Shift, Site
from hardware_mocks import issuing_state, recipes
from hardware_mocks.chip.image import CardImage
from hardware_mocks.exam_day import node_host
from hardware_mocks.exam_day.answers import Act, Question, sit
from hardware_mocks.exam_day.cases import EXPECTED
from hardware_mocks.exam_day.clock import SharedClock
from hardware_mocks.exam_day.fleet import Configuration
from hardware_mocks.exam_day.fleet import Seat as FleetSeat
from hardware_mocks.exam_day.people import Person
from hardware_mocks.exam_day.schedule import SITES, Place, Schedule, Sitter
from hardware_mocks.exam_day.workers import Worker
from hardware_mocks.faults import NONE, Fault
from hardware_mocks.portraits import Portrait
from hardware_mocks.vpcd.bench import PcscBench
from proctor_node.adapters.spreadsheets import load_roster, write_roster
from proctor_node.people import Role
from question_bank import form as forms
from question_bank import samples, sealed_form
from question_bank.adapters.formula_renderer import MathJaxRenderer
from question_bank.sealed_form import Officer
from reader.adapters.pcsc import PcscReaders
from station.journey.paper import index_of

MINUTE = 60_000
MINUTES = 45
GUEST_SBD, GUEST_SHIFT = "30999999", "3"
GUEST = Person("Thí Sinh Trải Nghiệm", "M", "2008-01-01", "042208000001", "2033-01-01")
GUEST_HOURS = 2
READERS = 8
WORKERS = 2
# Exam seconds in a second of life while the test runs, and while nothing is to be seen.
TEST_SPEED, SKIP_SPEED = 60.0, 900.0
CHECK_IN_SPEED = 4.0
CONCLUDED = ("S05", "S06", "S09", "S10", "S11", "S12", "S24")
CARD_DONE = ("S07", "S08", *CONCLUDED)
TORN_AT = 16
CARD_LOST, CALL_A_PERSON = "S04", "S09"
OFFICERS = ("Cán bộ giữ đề 1", "Cán bộ giữ đề 2", "Cán bộ giữ đề 3")
INVIGILATOR, HEAD = "Cán bộ coi thi A", "Trưởng điểm thi B"
OFFICIALS: tuple[tuple[str, Role], ...] = (
    (INVIGILATOR, "invigilator"),
    (HEAD, "site_head"),
    ("admin", "administrator"),
)
PAPERS_SEEN = "đã đối chiếu giấy tờ"
LONGEST_WAIT = 120.0
READY_OR_REFERRED = {Phase.REFERRED, Phase.VERIFIED, Phase.READY}


class DayFailed(RuntimeError):
    """The day cannot go on: somebody was waited for in vain, or a fleet of stations ended by itself."""


@dataclass(slots=True)
class SeatOfTheDay:
    """A station and the process that runs it."""

    station: str
    place: Place
    worker: Worker
    window: bool


@dataclass(slots=True)
class Told:
    """What a sitter went through, as the director saw it."""

    sitter: Sitter
    seat: SeatOfTheDay
    check_in_total: float = 0.0
    decided: dict[str, Any] | None = None
    moved: bool = False
    restarts: int = 0
    attempt: str = ""
    card_done: threading.Event = field(default_factory=threading.Event)
    concluded: threading.Event = field(default_factory=threading.Event)
    last_screen: str = ""
    cut_off: threading.Event = field(default_factory=threading.Event)


class Day:
    """One exam day on this machine."""

    def __init__(
        self,
        schedule: Schedule,
        seed: int,
        say: Callable[[str], None],
        *,
        windows: int,
        shots: Path | None,
        guest: bool = False,
    ) -> None:
        self.schedule, self._seed, self._say = schedule, seed, say
        self._windows, self._shots = windows, shots
        # The person at this machine sits at the last seat of the first room, in a shift of their own.
        self._guest_place = schedule.spare(schedule.places[0]) if guest else None
        self.folder = Path(tempfile.mkdtemp(prefix="khaothi-demo-"))
        self._chance = random.Random(seed + 1)
        # Made anew at each run, like every secret of the day.
        self.password = secrets.token_hex(4)
        self._now = datetime.now(UTC)
        first = int(datetime(2026, 11, 24, 6, 40, tzinfo=UTC).timestamp() * 1000) - 7 * 3_600_000
        self._first_start = first + 50 * MINUTE
        self.clock = SharedClock.create(self.folder / "clock", first, CHECK_IN_SPEED)
        self._torn: set[int] = set()
        self.bench = PcscBench(READERS, self._torn.add)
        self.host = node_host.start(self.folder / "node", self.clock)
        self.node = self.host.node
        self._state = issuing_state.IssuingState(self._now)
        self._unknown = issuing_state.IssuingState(self._now, organisation="Unknown")
        self._officers = [Officer.create(name) for name in OFFICERS]
        self._free_readers = list(range(READERS))
        self._reader_freed = threading.Condition()
        self.told: dict[str, Told] = {}
        self._by_station: dict[str, Told] = {}
        self._workers: list[Worker] = []
        self.seats: dict[Place, SeatOfTheDay] = {}
        self._questions: list[Question] = []
        self._acts: dict[str, list[Act]] = {}
        self._digest = ""
        os.environ["PCSCLITE_CSOCK_NAME"] = self.bench.socket
        self._readers = PcscReaders()

    # -- setting up

    def prepare(self) -> None:
        """Plan, form, officials, stations."""
        self._say("plan, form and officials")
        self._make_plan()
        self._make_form()
        for name, role in OFFICIALS:
            self.node.add_account(name, role, self.password)
        self._say(f"{len(self.schedule.places)} stations enrol")
        self._start_stations()

    def _exam(self) -> Exam:
        gap = 90 * MINUTE
        shifts = tuple(
            Shift(name, self._first_start + index * gap, MINUTES, self._first_start + index * gap - 45 * MINUTE)
            for index, name in enumerate(("1", "2") if self._guest_place is None else ("1", "2", GUEST_SHIFT))
        )
        rooms: dict[tuple[str, str], int] = {}
        for place in self.schedule.places:
            rooms[(place.site, place.room)] = max(rooms.get((place.site, place.room), 0), place.seat)
        return Exam(
            "KS12-2026",
            "Khảo sát chất lượng lớp 12 (trình diễn)",
            "Toán",
            "Sở GD&ĐT (trình diễn)",
            shifts,
            tuple(Site(*site) for site in SITES),
            tuple(Room(room, site, seats) for (site, room), seats in rooms.items()),
        )

    def _candidate(self, sitter: Sitter) -> Candidate:
        person, place = sitter.person, sitter.place
        return Candidate(
            sitter.sbd, person.name, person.birth_date, person.sex, person.personal_number, place.site, place.room,
            place.seat, sitter.shift, "12A1", person.expiry_date, "đã nhận",
        )  # fmt: skip

    def _make_plan(self) -> None:
        """The roster goes the way of every roster: through a spreadsheet and its importer."""
        path = self.folder / "danh-sach.xlsx"
        rows = [self._candidate(s) for s in self.schedule.sitters if s.sbd]
        if self._guest_place is not None:
            rows.append(self._candidate(self._guest(None)))
        write_roster(path, rows)
        report = load_roster(path)
        if report.errors:
            raise RuntimeError(f"the demonstration roster has errors: {report.errors[:3]}")
        text = profiles.shipped()
        text = text.replace('accepted_states = ["VNM"]', 'accepted_states = ["UTO"]')
        # A still picture cannot turn its head: the challenge is not performed, and that is what the record says.
        text = text.replace('liveness = "required"', 'liveness = "when_performed"')
        self.node.set_plan(self._exam(), tuple(report.candidates), text, (self._state.anchor_der(),))

    def _guest(self, portrait: Portrait | None) -> Sitter:
        assert self._guest_place is not None
        return Sitter(GUEST, GUEST_SBD, GUEST_SHIFT, self._guest_place, None, portrait, None)

    def _make_form(self) -> None:
        form, key = samples.sample_form(MathJaxRenderer()), samples.sample_key()
        raw = forms.encode(form)
        package = sealed_form.seal(raw, form.code, form.subject, tuple(o.public for o in self._officers), os.urandom)
        self.node.add_officers(tuple(officer.public for officer in self._officers))
        index = index_of(form)
        self._digest = self.node.add_form(sealed_form.encode(package), key, index)
        self._questions = [Question(f.item, f.kind, f.options, key.right[f.item]) for f in index.values()]
        self._package = package

    def _start_stations(self) -> None:
        killed = next((s.place for s in self.schedule.sitters if s.case == "station_killed"), None)
        windowed = self._windowed_places()
        alone = [place for place in (killed, *windowed, self._guest_place) if place is not None]
        rest = [place for place in self.schedule.places if place not in alone]
        groups = [[place] for place in alone] + [rest[index::WORKERS] for index in range(WORKERS)]
        for group in groups:
            if group:
                person = group[0] == self._guest_place
                self._start_worker(group, window=group[0] in windowed or person, person=person)
        for worker in self._workers:
            self._await(worker.started, "a fleet starts")
        self._await(lambda: all(self._provisioned(seat) for seat in self.seats.values()), "stations fetch their rooms")

    def _windowed_places(self) -> list[Place]:
        """Which seats get a window: cases that show different screens, at most four."""
        wished = ("card_removed_resumed", "without_biometrics", None, "face_mismatch")
        found: list[Place] = []
        for case in wished:
            sitter = next((s for s in self.schedule.sitters if s.case == case and s.place not in found), None)
            if sitter is not None and len(found) < self._windows:
                found.append(sitter.place)
        return found

    def _start_worker(self, places: list[Place], *, window: bool, person: bool) -> None:
        seats = []
        for place in places:
            station = f"{place.site}-{place.room}-{place.seat:02d}"
            folder = self.folder / "stations" / station
            folder.mkdir(parents=True)
            code = self.node.enrolment_code(Seat(place.site, place.room, place.seat))
            seats.append(FleetSeat(station, str(folder), code))
        configuration = Configuration(
            str(self.folder / "clock"), self.host.url, str(self.host.ca), seats, window,
            "" if person else str(self._shots or ""), person,
        )  # fmt: skip
        environment = {"PCSCLITE_CSOCK_NAME": self.bench.socket}
        if window and not person:
            environment |= {"QT_QPA_PLATFORM": "offscreen", "QT_QUICK_BACKEND": "software"}
        worker = Worker(configuration, environment, self._heard, self.folder / "stations.log")
        self._workers.append(worker)
        for place, seat in zip(places, seats, strict=True):
            self.seats[place] = SeatOfTheDay(seat.station, place, worker, window)

    def _provisioned(self, seat: SeatOfTheDay) -> bool:
        tile = next((t for t in self.node.board().seats if t.station == seat.station), None)
        return tile is not None and tile.link != "none"

    # -- hearing and waiting

    def _heard(self, message: dict[str, Any]) -> None:
        told = self._by_station.get(message.get("station", ""))
        if told is None:
            return
        if message["event"] == "cut_off":
            told.cut_off.set()
        elif message["event"] == "screen":
            self._saw(told, message)

    @staticmethod
    def _saw(told: Told, message: dict[str, Any]) -> None:
        screen = message["screen"].split(":")[0]
        told.last_screen = message["screen"]
        if screen in CARD_DONE and message["screen"] != "S09:T202":
            told.card_done.set()
        if screen in CONCLUDED and message["screen"] != "S09:T202":
            told.concluded.set()

    def _await(self, condition: Callable[[], bool], what: str, patience: float = LONGEST_WAIT) -> None:
        deadline = time.monotonic() + patience
        while not condition():
            self._look_after_fleets()
            if time.monotonic() > deadline:
                raise DayFailed(f"waited {patience:.0f} s in vain: {what}")
            time.sleep(0.05)

    def _look_after_fleets(self) -> None:
        """A fleet that ended by itself will never do what is waited for; the person's own window may close."""
        for worker in self._workers:
            if worker.crashed() and not worker.configuration.person:
                log = (self.folder / "stations.log").read_text(errors="replace")
                raise DayFailed(f"a fleet ended by itself with status {worker.exit_status}: {log[-2000:]}")

    def _run_clock_to(self, when: int, speed: float) -> None:
        """Fast up to that exam time and no further; from there the clock runs at the speed of life."""
        self.clock.set_speed(speed, until=when)
        while (now := self.clock.now_ms()) < when:
            time.sleep(min(0.05, max(0.001, (when - now) / 1000 / speed)))
        self.clock.set_speed(1.0)

    # -- check-in

    def _card(self, sitter: Sitter) -> CardImage:
        holder = issuing_state.CardHolder(
            sitter.person.personal_number, sitter.person.name, sitter.person.birth_date, sitter.person.sex,
            sitter.person.expiry_date,
        )  # fmt: skip
        state = self._unknown if sitter.case == "no_trust_anchor" else self._state
        # As Vietnamese cards are, but of a state that no production node accepts.
        card = state.issue(holder, sitter.portrait.chip_image if sitter.portrait else None, recipes.VIETNAM)
        return card.with_altered_byte("DG2") if sitter.case == "data_group_altered" else card

    def _behave(self, sitter: Sitter, seat: SeatOfTheDay) -> None:
        number = sitter.person.personal_number
        if number not in self._acts:
            ability = min(0.97, max(0.2, self._chance.gauss(0.62, 0.18)))
            self._acts[number] = sit(self._questions, self._chance, ability)
        acts = self._acts[number]
        with_face = sitter.portrait is not None and sitter.case != "without_biometrics"
        seat.worker.tell(
            "sit",
            seat.station,
            live=[str(path) for path in sitter.live.live] if with_face and sitter.live else [],
            acts=[asdict(act) for act in acts],
            read_chip=sitter.case != "without_biometrics",
            compare_face=with_face,
            number=sitter.person.personal_number if not sitter.sbd else "",
            minutes=MINUTES,
        )

    def _borrow(self) -> int:
        with self._reader_freed:
            self._reader_freed.wait_for(lambda: bool(self._free_readers), LONGEST_WAIT)
            return self._free_readers.pop(0)

    def _give_back(self, reader: int) -> None:
        with self._reader_freed:
            self._free_readers.append(reader)
            self._reader_freed.notify()

    def check_in(self, sitter: Sitter, place: Place | None = None) -> Told:
        """One person sits down, puts the card on the reader and takes it away when told."""
        seat = self.seats[place or sitter.place]
        told = Told(sitter, seat)
        self.told[sitter.person.personal_number] = told
        self._by_station[seat.station] = told
        self._behave(sitter, seat)
        started = time.monotonic()
        if sitter.case == "without_biometrics":
            seat.worker.tell("no_card", seat.station)
        else:
            self._lay_card(sitter, seat, told)
        self._await(told.concluded.is_set, f"the check-in of {sitter.case or 'a candidate'} comes to an end")
        told.check_in_total = time.monotonic() - started
        return told

    def _lay_card(self, sitter: Sitter, seat: SeatOfTheDay, told: Told) -> None:
        reader, card = self._borrow(), self._card(sitter)
        name = self.bench.reader_names()[reader]
        try:
            seat.worker.tell("lend", seat.station, reader=name)
            torn = sitter.case == "card_removed_resumed"
            self.bench.insert(reader, card, Fault(tear_at=TORN_AT) if torn else NONE)
            if torn:
                self._await(lambda: reader in self._torn, "the card is pulled out in mid-read")
                self._torn.discard(reader)
                self._await(lambda: told.last_screen.startswith(CARD_LOST), "the station asks for the card")
                # Long enough for a person to see it, and for its picture.
                time.sleep(1.0 if seat.window else 0.3)
                self.bench.insert(reader, card)
            self._await(told.card_done.is_set, "the card is read")
            self.bench.remove(reader)
            self._readers.wait(name, present=False, seconds=5)
            seat.worker.tell("lend", seat.station, reader="")
        finally:
            self._give_back(reader)

    def _check_in_all(self, sitters: Iterable[Sitter]) -> None:
        with ThreadPoolExecutor(READERS) as pool:
            list(pool.map(self.check_in, sitters))

    # -- people who decide

    def _decide_referrals(self, sitters: Iterable[Sitter]) -> None:
        """As the case says; whoever else was referred (no portrait, a face not recognised) sits with their papers seen."""
        for sitter in sitters:
            told = self.told[sitter.person.personal_number]
            expected = EXPECTED[sitter.case] if sitter.case else None
            if expected is not None and expected.decided is not None:
                self._decide(told, expected.decided, expected.decision_reason)
            elif told.last_screen.startswith(CALL_A_PERSON) and (expected is None or expected.sits):
                self._decide(told, "admit", PAPERS_SEEN)

    def _decide(self, told: Told, decision: str, reason: str) -> None:
        name = self.node.attempt_name(self._candidate(told.sitter))
        self._await(partial(self._is_referred, name), f"{told.sitter.case or 'a candidate'} is referred")
        self.node.decide(name, (INVIGILATOR, HEAD), decision, reason)
        told.decided = {"by": [INVIGILATOR, HEAD], "decision": decision, "reason": reason}

    def _is_referred(self, attempt: str) -> bool:
        return self.node.intake.attempt(attempt).phase is Phase.REFERRED

    def _sign(self) -> None:
        """Two officers sign the start order, each with a key that never leaves them."""
        one, other = self._officers[:2]
        order = self.node.propose(self._digest, self.node.plan.exam.shift(self.node.plan.shift).starts_at)
        for officer, partner in ((one, other), (other, one)):
            share = officer.open_share(self._package, partner.name)
            self.node.sign_release(self._digest, officer.name, officer.sign(order), share)

    # -- the shift

    def shift(self, name: str) -> None:
        """One shift from the first card to the last receipt."""
        sitters = self.schedule.of_shift(name)
        if not sitters:
            return
        plan = self.node.plan.exam.shift(name)
        if self.node.plan.shift != name:
            self.node.open_shift(name)
            self._run_clock_to(plan.check_in_from, SKIP_SPEED)
            self._await(self._all_on_shift, "stations fetch the next shift")
        else:
            self._run_clock_to(plan.check_in_from, SKIP_SPEED)
        self.clock.set_speed(CHECK_IN_SPEED)
        late = [s for s in sitters if s.case in {"late", "too_late"}]
        present = [s for s in sitters if s not in late]
        self._say(f"shift {name}: {len(present)} check in at {READERS} readers")
        started = time.monotonic()
        self._check_in_all(present)
        self._say(f"shift {name}: checked in after {time.monotonic() - started:.1f} s; persons decide, officers sign")
        self._decide_referrals(present)
        self._run_clock_to(plan.starts_at, SKIP_SPEED)
        expected = [s for s in present if s.case is None or EXPECTED[s.case].sits]
        self._await(lambda: all(self._phase(s) in {Phase.READY, Phase.WORKING} for s in expected), "everybody is ready")
        self._sign()
        self._await(lambda: all(self._phase(s) is Phase.WORKING for s in expected), "the paper opens everywhere")
        self._test(name, sitters)

    def _all_on_shift(self) -> bool:
        wanted = self.node.plan.version
        return all(self.node.provision_of(seat.station) >= wanted for seat in self.seats.values())

    def _phase(self, sitter: Sitter) -> Phase:
        return self.node.intake.attempt(self.node.attempt_name(self._candidate(sitter))).phase

    def _test(self, name: str, sitters: list[Sitter]) -> None:
        start = self.node.started_at
        cases = {s.case: s for s in sitters if s.case is not None}
        acts: list[tuple[float, Callable[[], None]]] = []
        if "late" in cases:
            acts.append((4, lambda: self._late(cases["late"])))
        if "station_cut_off" in cases:
            acts.append((14, lambda: self._cut(cases["station_cut_off"], on=True)))
            acts.append((29, lambda: self._cut(cases["station_cut_off"], on=False)))
        if "too_late" in cases:
            acts.append((17, lambda: self._late(cases["too_late"])))
        if "station_killed" in cases:
            acts.append((20, lambda: self._kill(cases["station_killed"])))
        if "moved" in cases:
            acts.append((24, lambda: self._move(cases["moved"])))
        self._say(f"shift {name}: the test runs, {MINUTES} minutes at {TEST_SPEED:.0f} times life")
        for minute, act in sorted(acts, key=lambda pair: pair[0]):
            self._run_clock_to(start + int(minute * MINUTE), TEST_SPEED)
            act()
        self._run_clock_to(start + MINUTES * MINUTE + 1000, TEST_SPEED)
        self.clock.set_speed(TEST_SPEED)
        sitting = [s for s in sitters if s.case is None or EXPECTED[s.case].sits]
        self._await(lambda: all(self._phase(s) is Phase.CLOSED for s in sitting), "every test is collected")
        self.clock.set_speed(TEST_SPEED)

    def _late(self, sitter: Sitter) -> None:
        self.check_in(sitter)
        self._decide_referrals([sitter])

    def _cut(self, sitter: Sitter, *, on: bool) -> None:
        """The third of the exam counts from when the station has noticed, however long its next exchange takes."""
        seat = self.seats[sitter.place]
        seat.worker.tell("cut", seat.station, on=on)
        if on:
            self._await(self.told[sitter.person.personal_number].cut_off.is_set, "the station finds its line cut")

    def _kill(self, sitter: Sitter) -> None:
        seat, told = self.seats[sitter.place], self.told[sitter.person.personal_number]
        seat.worker.kill()
        seat.worker.restart()
        self._await(seat.worker.ready.is_set, "the killed station is there again")
        self._behave(sitter, seat)
        told.restarts += 1

    def _move(self, sitter: Sitter) -> None:
        told = self.told[sitter.person.personal_number]
        spare = self.seats[self.schedule.spare(sitter.place)]
        name = self.node.attempt_name(self._candidate(sitter))
        self.node.move(name, (INVIGILATOR, HEAD), spare.station)
        self._await(lambda: self._knows_of_the_move(spare.station), "the new PC knows of the move")
        again = self.check_in(sitter, spare.place)
        again.moved, again.check_in_total = True, told.check_in_total

    def _knows_of_the_move(self, station: str) -> bool:
        return self.node.move_told(station) and self.node.provision_of(station) >= self.node.plan.version

    # -- a person tries it

    def guest(self, *, me: bool) -> None:
        """Open one more station for the person at this machine and wait until they are done."""
        from hardware_mocks.exam_day.guest import sit_down

        sit_down(self, me=me)

    def seat_a_person(self, portrait: bytes | None) -> None:
        """Their card is put on the reader for them; the test then runs at the speed of life until they have finished."""
        guest = self._guest(None if portrait is None else Portrait("guest", None, portrait, ()))
        seat = self.seats[guest.place]
        self.node.open_shift(GUEST_SHIFT)
        plan = self.node.plan.exam.shift(GUEST_SHIFT)
        self._run_clock_to(plan.check_in_from, SKIP_SPEED)
        self._await(self._all_on_shift, "stations fetch the next shift")
        self._say("your station window is open: your card lies on the reader, follow the screen")
        reader = self._borrow()
        seat.worker.tell("lend", seat.station, reader=self.bench.reader_names()[reader])
        self.bench.insert(reader, self._card(guest))
        gone = seat.worker.ended
        self._await(
            lambda: gone() or self._phase(guest) in READY_OR_REFERRED, "the person checks in", GUEST_HOURS * 3600
        )
        self.bench.remove(reader)
        if not gone() and self._phase(guest) is Phase.REFERRED:
            name = self.node.attempt_name(self._candidate(guest))
            self.node.decide(name, (INVIGILATOR, HEAD), "admit", "trải nghiệm tại bàn trình diễn")
        self._await(
            lambda: gone() or self._phase(guest) is Phase.READY, "the person accepts the rules", GUEST_HOURS * 3600
        )
        self._run_clock_to(plan.starts_at, SKIP_SPEED)
        self._sign()
        self._await(
            lambda: gone() or self._phase(guest) is Phase.CLOSED, "the person sits the test", GUEST_HOURS * 3600
        )

    # -- the end

    def finish(self) -> dict[str, int]:
        """Stop everything; entries made at the stations against entries kept at the node."""
        self._await(lambda: all(t.link != "none" for t in self.node.board().seats), "last exchanges", 5.0)
        self._await(self._all_sent, "everything is sent", 60.0)
        made = 0
        for worker in self._workers:
            worker.stop()
            made += sum(worker.entries.values())
        stored, distinct = self.host.store.count_events()
        return {"made": made, "stored": stored, "distinct": distinct}

    def _all_sent(self) -> bool:
        return all(tile_unsent == 0 for tile_unsent in self.node.unsent().values())

    def close(self) -> None:
        """End stations, node and daemon, and remove the files."""
        for worker in self._workers:
            if not worker.ended():
                worker.stop()
        self.host.stop()
        self.bench.close()
        self.clock.close()
        if os.environ.get("KHAOTHI_KEEP_DEMO"):
            sys.stderr.write(f"kept: {self.folder}\n")
        else:
            shutil.rmtree(self.folder, ignore_errors=True)
