"""The plan as the node works with it: exam, roster, officers, forms, anchors. Loaded whole, replaced whole."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from exam_engine import profile as profiles
from exam_engine.candidate import Candidate
from exam_engine.plan import Exam, Seat
from exam_engine.profile import Profile
from proctor_node.errors import NotPlanned
from proctor_node.ports import Transaction
from question_bank.sealed_form import OfficerPublic

EXAM, PROFILE, OFFICERS, ANCHORS = "exam", "profile", "officers", "anchors"
VERSION, SHIFT, FORMS, FORM_FOR = "version", "shift", "forms", "form_for"


def form_name(digest: str) -> str:
    """Where a sealed package is kept."""
    return f"form/{digest}"


def key_name(digest: str) -> str:
    """Where the answer key of a form is kept; it never leaves the node."""
    return f"key/{digest}"


def index_name(digest: str) -> str:
    """Where the structure of an opened form is kept, for grading."""
    return f"index/{digest}"


@dataclass(frozen=True, slots=True)
class PlanState:
    """Everything planned. `shift` is the one that is open now; `form_for` maps `shift/sbd` to a form digest."""

    exam: Exam | None = None
    profile_text: str = ""
    profile: Profile | None = None
    officers: tuple[OfficerPublic, ...] = ()
    anchors: tuple[bytes, ...] = ()
    version: int = 0
    shift: str = ""
    forms: dict[str, str] = field(default_factory=dict)
    form_for: dict[str, str] = field(default_factory=dict)
    candidates: dict[str, Candidate] = field(default_factory=dict)

    @classmethod
    def load(cls, transaction: Transaction) -> PlanState:
        """From the store."""
        exam, text = transaction.kept(EXAM), (transaction.kept(PROFILE) or b"").decode()
        officers, anchors = transaction.kept(OFFICERS), transaction.kept(ANCHORS)
        forms, form_for = transaction.kept(FORMS), transaction.kept(FORM_FOR)
        return cls(
            None if exam is None else msgspec.json.decode(exam, type=Exam),
            text,
            profiles.load(text) if text else None,
            () if officers is None else msgspec.json.decode(officers, type=tuple[OfficerPublic, ...]),
            () if anchors is None else msgspec.json.decode(anchors, type=tuple[bytes, ...]),
            int(transaction.kept(VERSION) or b"0"),
            (transaction.kept(SHIFT) or b"").decode(),
            {} if forms is None else msgspec.json.decode(forms, type=dict[str, str]),
            {} if form_for is None else msgspec.json.decode(form_for, type=dict[str, str]),
            {candidate.sbd: candidate for candidate in transaction.candidates()},
        )

    @property
    def planned(self) -> Exam:
        """The exam.

        Raises:
            NotPlanned: no plan was imported.
        """
        if self.exam is None:
            raise NotPlanned("no exam is planned; import a plan first")
        return self.exam

    @property
    def rules(self) -> Profile:
        """The exam profile.

        Raises:
            NotPlanned: there is none.
        """
        if self.profile is None:
            raise NotPlanned("no exam profile is set")
        return self.profile

    def at_seat(self, seat: Seat, shift: str) -> Candidate | None:
        """Who is to sit there in that shift."""
        place = (shift, seat.site, seat.room, seat.number)
        for candidate in self.candidates.values():
            if (candidate.shift, candidate.site, candidate.room, candidate.seat) == place:
                return candidate
        return None

    def of_room(self, seat: Seat, shift: str) -> list[Candidate]:
        """Everybody of that room and shift."""
        place = (shift, seat.site, seat.room)
        return [c for c in self.candidates.values() if (c.shift, c.site, c.room) == place]

    def form_of(self, shift: str, sbd: str) -> str:
        """The digest of a candidate's form, "" if none is assigned."""
        return self.form_for.get(f"{shift}/{sbd}", "")


def raise_version(transaction: Transaction) -> int:
    """Stations fetch their provision again when its version grew."""
    version = int(transaction.kept(VERSION) or b"0") + 1
    transaction.keep(VERSION, str(version).encode())
    return version
