"""Before the day: plan and roster, the sealed form with its officers, the accounts, and the stations enrolled."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from exam_engine import profile as profiles
from exam_engine.plan import Seat
from hardware_mocks.exam_day.answers import Question
from hardware_mocks.exam_day.fleet import Configuration
from hardware_mocks.exam_day.fleet import Seat as FleetSeat
from hardware_mocks.exam_day.plan import OFFICERS, OFFICIALS, candidate_of, exam_of, guest_at
from hardware_mocks.exam_day.schedule import Place, Schedule
from hardware_mocks.exam_day.stage import SeatOfTheDay, Stage
from proctor_node.adapters.spreadsheets import load_roster, write_roster
from question_bank import form as forms
from question_bank import samples, sealed_form
from question_bank.adapters.formula_renderer import MathJaxRenderer
from question_bank.sealed_form import Officer, SealedForm
from station.journey.paper import index_of

# Fleets without a window; each window, and the station that is killed, has a process of its own.
FLEETS = 2
# So many people, those of the special cases among them, are put the liveness challenge, and whoever has a window. Acting one
# costs three seconds of a core: all 221 would be eleven minutes more.
CHALLENGED = 12
# Cases that show different screens.
WINDOWS_WISHED = ("card_removed_resumed", "without_biometrics", None, "face_mismatch")


@dataclass(frozen=True, slots=True)
class PaperOfTheDay:
    """The form as the node has it, who may open it, and what its questions ask for."""

    digest: str
    package: SealedForm
    officers: tuple[Officer, ...]
    questions: tuple[Question, ...]


def make_plan(stage: Stage, schedule: Schedule, anchor: bytes, guest: Place | None) -> None:
    """Hand the node plan, roster, profile and trust anchor. The roster goes the way of every roster: through a spreadsheet."""
    path = stage.folder / "danh-sach.xlsx"
    rows = [candidate_of(sitter) for sitter in schedule.sitters if sitter.sbd]
    if guest is not None:
        rows.append(candidate_of(guest_at(guest)))
    write_roster(path, rows)
    report = load_roster(path)
    if report.errors:
        raise RuntimeError(f"the demonstration roster has errors: {report.errors[:3]}")
    text = profiles.shipped()
    text = text.replace('accepted_states = ["VNM"]', 'accepted_states = ["UTO"]')
    # Most show a still picture, which cannot turn its head: for them the record says that no challenge was performed.
    text = text.replace('liveness = "required"', 'liveness = "when_performed"')
    exam = exam_of(schedule, guest=guest is not None)
    stage.node.set_plan(exam, tuple(report.candidates), text, (anchor,))


def make_form(stage: Stage) -> PaperOfTheDay:
    """Render, seal to the officers' keys, and hand the node the sealed form with its key."""
    officers = tuple(Officer.create(name) for name in OFFICERS)
    public = tuple(officer.public for officer in officers)
    form, key = samples.sample_form(MathJaxRenderer()), samples.sample_key()
    package = sealed_form.seal(forms.encode(form), form.code, form.subject, public, os.urandom)
    stage.node.add_officers(public)
    index = index_of(form)
    digest = stage.node.add_form(sealed_form.encode(package), key, index)
    questions = tuple(Question(f.item, f.kind, f.options, key.right[f.item]) for f in index.values())
    return PaperOfTheDay(digest, package, officers, questions)


def add_officials(stage: Stage) -> None:
    """The accounts of those who decide; the password is this run's."""
    for name, role in OFFICIALS:
        stage.node.add_account(name, role, stage.password)


@dataclass(frozen=True, slots=True)
class Stations:
    """How the stations of the day are dealt to processes. `shots` is where pictures of the windows go."""

    schedule: Schedule
    guest: Place | None
    windows: int
    shots: Path | None

    def start(self, stage: Stage) -> None:
        """Start them all, and wait until each has enrolled and fetched its room."""
        windowed = self._windowed()
        for group in self._groups(windowed):
            self._start_group(stage, group, window=group[0] in windowed or group[0] == self.guest)
        for worker in stage.workers:
            stage.wait_for(worker.started, "a fleet starts")
        stage.wait_for(lambda: all(_provisioned(stage, s) for s in stage.seats.values()), "stations fetch their rooms")

    def _windowed(self) -> list[Place]:
        found: list[Place] = []
        for case in WINDOWS_WISHED:
            free = (s.place for s in self.schedule.sitters if s.case == case and s.place not in found)
            place = next(free, None)
            if place is not None and len(found) < self.windows:
                found.append(place)
        return found

    def _groups(self, windowed: list[Place]) -> list[list[Place]]:
        killed = next((s.place for s in self.schedule.sitters if s.case == "station_killed"), None)
        alone = [place for place in (killed, *windowed, self.guest) if place is not None]
        rest = [place for place in self.schedule.places if place not in alone]
        groups = [[place] for place in alone] + [rest[index::FLEETS] for index in range(FLEETS)]
        return [group for group in groups if group]

    def _start_group(self, stage: Stage, places: list[Place], *, window: bool) -> None:
        person = places[0] == self.guest
        shots = "" if person or self.shots is None else str(self.shots)
        configuration = Configuration(
            str(stage.folder / "clock"), stage.host.url, str(stage.host.ca),
            [self._seat(stage, place, challenge=window or place in self._challenged()) for place in places],
            window, shots, person,
        )  # fmt: skip
        offscreen = {"QT_QPA_PLATFORM": "offscreen", "QT_QUICK_BACKEND": "software"}
        stage.add_worker(configuration, offscreen if window and not person else {}, places)

    def _challenged(self) -> set[Place]:
        return {sitter.place for sitter in self.schedule.sitters[:CHALLENGED]}

    def _seat(self, stage: Stage, place: Place, *, challenge: bool) -> FleetSeat:
        station = f"{place.site}-{place.room}-{place.seat:02d}"
        folder = stage.folder / "stations" / station
        folder.mkdir(parents=True)
        code = stage.node.enrolment_code(Seat(place.site, place.room, place.seat))
        return FleetSeat(station, str(folder), code, challenge)


def _provisioned(stage: Stage, seat: SeatOfTheDay) -> bool:
    tile = next((t for t in stage.node.board().seats if t.station == seat.station), None)
    return tile is not None and tile.link != "none"
