"""Plan and forms: what is to happen, who sits where, which sealed form they get."""

from __future__ import annotations

import msgspec

from exam_engine import exchange as x
from exam_engine import profile as profiles
from exam_engine.candidate import Candidate
from exam_engine.commands import FormIndex
from exam_engine.plan import Exam
from proctor_node.errors import AnchorRefused, Refused
from proctor_node.state import GradingForm, NodeState, PlanFile
from question_bank import sealed_form
from question_bank.response_key import ResponseKey
from question_bank.sealed_form import OfficerPublic
from reader import certificate

# Codes of specimen and demonstration states (Doc 9303-3 section 5): no real card carries them.
SPECIMEN_COUNTRIES = {"UT", "XX", "ZZ"}


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
            raise AnchorRefused(f"a production node does not believe certificates of {country}")

    def _save_plan(self, plan: PlanFile) -> None:
        self.store.save("plan", plan)
        self._take_plan(plan)
        for station in self._stations:
            self._instruct(station, "", (), x.Reprovision(plan.version))

    def open_shift(self, shift: str) -> None:
        """Go on to a shift: every station fetches its rows."""
        with self._lock:
            plan = self.plan
            plan.exam.shift(shift)
            self._opened.clear()
            self._proposals.clear()
            for contact in self._contacts.values():
                contact.released.clear()
            self._save_plan(msgspec.structs.replace(plan, shift=shift, version=plan.version + 1))

    def add_officers(self, officers: tuple[OfficerPublic, ...]) -> None:
        """The three officers' public keys."""
        with self._lock:
            self._officers = {officer.name: officer for officer in officers}
            self.store.save("officers", self._officers)

    def add_form(self, package: bytes, key: ResponseKey, index: FormIndex) -> str:
        """A sealed form with what grading needs; its digest."""
        digest = sealed_form.decode(package).digest
        with self._lock:
            self._forms[digest] = GradingForm(package, key, index)
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
