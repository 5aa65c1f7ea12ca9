"""Plan and forms: what is to happen, who sits where, which sealed form they get."""

from __future__ import annotations

import re

import msgspec

from exam_engine import exchange as x
from exam_engine import profile as profiles
from exam_engine.attempt import Phase
from exam_engine.candidate import Candidate
from exam_engine.commands import FormIndex
from exam_engine.plan import Exam
from proctor_node.errors import AnchorRefused, Refused
from proctor_node.roster.assignment import code_of_seat
from proctor_node.state import GradingForm, NodeState, PlanFile
from question_bank import sealed_form
from question_bank.response_key import ResponseKey
from question_bank.sealed_form import OfficerPublic
from reader import certificate

# Codes of specimen and demonstration states (Doc 9303-3 section 5): no real card carries them.
SPECIMEN_COUNTRIES = {"UT", "XX", "ZZ"}
AT_WORK = {Phase.WORKING, Phase.PAUSED}
CORRECTABLE = {
    "name", "birth_date", "sex", "personal_number", "site", "room", "seat", "class_name", "expiry_date", "consent_reference",
}  # fmt: skip


class Planning(NodeState):
    """Plan, forms and officers."""

    def set_plan(self, exam: Exam, candidates: tuple[Candidate, ...], profile: str, anchors: tuple[bytes, ...]) -> None:
        """Take a plan; stations are told to fetch it.

        Raises:
            AnchorRefused: a demonstration anchor on a production node.
            exam_engine.errors.ProfileInvalid, reader.errors.Malformed: as named.
        """
        profiles.load(profile)
        for raw in anchors:
            self._check_anchor(raw)
        with self._lock:
            version = 1 if self._plan is None else self._plan.version + 1
            shift = exam.shifts[0].id
            self._save_plan(PlanFile(exam, candidates, shift, profile, anchors, version))

    def _check_anchor(self, raw: bytes) -> None:
        country = certificate.parse(raw).subject.country
        if self.purpose == "production" and country in SPECIMEN_COUNTRIES:
            raise AnchorRefused("a production node does not believe certificates of {country}", country=country)

    def _save_plan(self, plan: PlanFile) -> None:
        self.store.save("plan", plan)
        self._take_plan(plan)
        for station in self._stations:
            self._instruct(station, "", (), x.Reprovision(plan.version))

    def correct(self, sbd: str, shift: str, values: dict[str, str], by: str, reason: str) -> Candidate:
        """Change fields of one row; the log keeps who, why and which fields, the values only where they are no personal data.

        Raises:
            Refused: no such row, no reason, a field that may not be changed here, a value that is none, a seat that is taken.
        """
        with self._lock:
            plan = self.plan
            old = next((c for c in plan.candidates if (c.sbd, c.shift) == (sbd, shift)), None)
            if old is None:
                raise Refused("unknown_candidate")
            if not reason.strip():
                raise Refused("reason_missing")
            new = self._corrected(old, values)
            place = (new.site, new.room, new.seat, new.shift)
            if any(c is not old and (c.site, c.room, c.seat, c.shift) == place for c in plan.candidates):
                raise Refused("seat_not_free")
            rows = tuple(new if c is old else c for c in plan.candidates)
            self._save_plan(msgspec.structs.replace(plan, candidates=rows, version=plan.version + 1))
            shown = [f"{k}={v}" if k in {"room", "seat", "site"} else k for k, v in values.items()]
            self._log((by,), f"roster {sbd}: {', '.join(shown)}; {reason}")
            return new

    def _corrected(self, old: Candidate, values: dict[str, str]) -> Candidate:
        if not values or set(values) - CORRECTABLE:
            raise Refused("field_not_correctable")
        begun = self.attempt_name(old) in self.intake.records
        if begun and set(values) & {"site", "room", "seat"}:
            # Whoever has begun is moved by an act, so that the old PC locks first.
            raise Refused("attempt_has_begun")
        rooms = {(room.site, room.id): room.seats for room in self.plan.exam.rooms}
        changed: dict[str, object] = {name: value.strip() for name, value in values.items()}
        seat = str(changed.get("seat", old.seat))
        if not seat.isdigit() or not 0 < int(seat) <= rooms.get(
            (str(changed.get("site", old.site)), str(changed.get("room", old.room))), 0
        ):
            raise Refused("no_such_seat")
        number, birth = (
            str(changed.get("personal_number", old.personal_number)),
            str(changed.get("birth_date", old.birth_date)),
        )
        if (
            not re.fullmatch(r"\d{12}", number)
            or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", birth)
            or changed.get("name") == ""
        ):
            raise Refused("value_invalid")
        return msgspec.structs.replace(old, **{**changed, "seat": int(seat)})

    # -- who gets which form

    def forms_of(self, shift: str) -> list[tuple[str, str]]:
        """Code and digest of the forms of a shift, by code. A form without a shift is for all."""
        return sorted((self._code(digest), digest) for digest, form in self._forms.items() if form.shift in {"", shift})

    def _code(self, digest: str) -> str:
        if digest not in self._codes:
            self._codes[digest] = sealed_form.decode(self._forms[digest].package).code
        return self._codes[digest]

    def form_of(self, candidate: Candidate) -> str:
        """The digest of a candidate's form: the one they began with, else by their seat so that neighbours differ; "" if none."""
        begun = self.intake.attempt(self.attempt_name(candidate)).form_digest
        forms = self.forms_of(candidate.shift)
        return begun or code_of_seat(candidate.seat, [digest for _, digest in forms])

    def form_code_of(self, candidate: Candidate) -> str:
        """The code (mã đề) of a candidate's form, or ""."""
        digest = self.form_of(candidate)
        return next((code for code, known in self.forms_of(candidate.shift) if known == digest), "")

    def open_shift(self, shift: str) -> None:
        """Go on to a shift: every station fetches its rows, and erases those of the shift before.

        Raises:
            Refused: no such shift.
        """
        with self._lock:
            plan = self.plan
            if shift not in {known.id for known in plan.exam.shifts}:
                raise Refused("unknown_shift")
            self._opened.clear()
            self._proposals.clear()
            for contact in self._contacts.values():
                contact.released.clear()
            self._save_plan(msgspec.structs.replace(plan, shift=shift, version=plan.version + 1))

    def close_shift(self, shift: str, by: str, *, closed: bool = True) -> None:
        """The shift is over in every room: stations erase it once this node has everything; `closed` false takes it back.

        Raises:
            Refused: no such shift, or somebody still works.
        """
        with self._lock:
            plan = self.plan
            if shift not in {known.id for known in plan.exam.shifts}:
                raise Refused("unknown_shift")
            rows = [row for row in plan.candidates if row.shift == shift]
            if closed and any(self.intake.attempt(self.attempt_name(row)).phase in AT_WORK for row in rows):
                raise Refused("somebody_still_works")
            self._log((by,), f"shift {shift} {'closed' if closed else 'goes on'}")
            for station in self._stations:
                self._instruct(station, "", (by,), x.CloseShift(plan.exam.id, shift, closed))

    def officers(self) -> dict[str, OfficerPublic]:
        """The officers' public keys by name."""
        return dict(self._officers)

    def add_officers(self, officers: tuple[OfficerPublic, ...]) -> None:
        """The three officers' public keys."""
        with self._lock:
            self._officers = {officer.name: officer for officer in officers}
            self.store.save("officers", self._officers)

    def add_form(self, package: bytes, key: ResponseKey, index: FormIndex, shift: str = "") -> str:
        """A sealed form with what grading needs, for one shift or (empty) for all; its digest."""
        digest = sealed_form.decode(package).digest
        with self._lock:
            self._forms[digest] = GradingForm(package, key, index, shift)
            self.store.save("forms", self._forms)
        return digest

    def form_package(self, digest: str) -> bytes:
        """The sealed package.

        Raises:
            Refused: there is none.
        """
        if digest not in self._forms:
            raise Refused("unknown_form")
        return self._forms[digest].package
