"""What is kept about a person and for how long: erasure on schedule with proof, consent, and requests of data subjects.

Deadlines: an answer within 2 working days, withdrawal or erasure carried out within 15 days (Law 91/2025, Decree 356/2025;
vietnam.md section 4.7).
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec

from exam_engine.candidate import Candidate
from proctor_node.documents.page import VIETNAM, moment
from proctor_node.errors import Refused
from proctor_node.grading import Grading

ANSWER_WORKING_DAYS = 2
DONE_DAYS = 15
SATURDAY = 5
RequestKind = Literal["export", "correct", "erase", "withdraw"]
KINDS: tuple[RequestKind, ...] = ("export", "correct", "erase", "withdraw")


class SubjectRequest(msgspec.Struct, frozen=True):
    """A request of a person about their data; times are node milliseconds."""

    number: int
    kind: RequestKind
    sbd: str
    shift: str
    filed_at: int
    answer_by: int
    done_by: int
    by: str
    done_at: int = 0
    outcome: str = ""


class Erasure(msgspec.Struct, frozen=True):
    """Proof of one run: how many, and a digest over what was erased that tells nothing of it."""

    at: int
    erased: int
    digests: str
    left: int


def working_days_after(start: int, days: int) -> int:
    """The end of the last of so many working days after a moment."""
    found = moment(start)
    while days:
        found += timedelta(days=1)
        days -= found.weekday() < SATURDAY
    return int(datetime(found.year, found.month, found.day, 23, 59, 59, tzinfo=VIETNAM).timestamp() * 1000)


class Retention(Grading):
    """Erasure, consent and requests."""

    def erase_due(self, *, dry_run: bool = False) -> Erasure:
        """Erase every attachment whose time has come and write down the proof."""
        now = self.now()
        due = self.store.expired(now)
        proof = Erasure(now, len(due), hashlib.sha256("".join(sorted(due)).encode()).hexdigest(), 0)
        if dry_run:
            return proof
        self.store.erase_expired(now)
        proof = msgspec.structs.replace(proof, left=len(self.store.expired(now)))
        runs = self.store.load("erasures", tuple[Erasure, ...]) or ()
        self.store.save("erasures", (*runs, proof))
        self._log(("retention",), f"erased {proof.erased} attachments, digest {proof.digests[:16]}")
        return proof

    def consents(self) -> list[dict[str, Any]]:
        """What each candidate agreed to, from the record, with the reference of the roster."""
        found = []
        for candidate in self.plan.candidates:
            record = self.intake.records.get(self.attempt_name(candidate))
            given = [json.loads(text) for text in (record.texts if record else ()) if '"consent_given"' in text]
            last = given[-1]["event"] if given else {}
            found.append(
                {
                    "sbd": candidate.sbd, "shift": candidate.shift, "reference": candidate.consent_reference,
                    "read_chip": last.get("read_chip"), "compare_face": last.get("compare_face"), "basis": last.get("basis"),
                    "text_version": last.get("text_version"), "at": given[-1]["at"] if given else None,
                }
            )  # fmt: skip
        return found

    def file_request(self, kind: str, sbd: str, shift: str, by: str) -> SubjectRequest:
        """A person asks to see, correct or erase what is kept, or withdraws consent.

        Raises:
            Refused: unknown kind or person.
        """
        wanted = next((known for known in KINDS if known == kind), None)
        if wanted is None:
            raise Refused("unknown_request")
        self._person(sbd, shift)
        known = self.requests()
        now = self.now()
        filed = SubjectRequest(
            len(known) + 1,
            wanted,
            sbd,
            shift,
            now,
            working_days_after(now, ANSWER_WORKING_DAYS),
            now + DONE_DAYS * 86_400_000,
            by,
        )
        self.store.save("subject_requests", (*known, filed))
        self._log((by,), f"request {filed.number}: {kind} {sbd}")
        return filed

    def requests(self) -> tuple[SubjectRequest, ...]:
        """All requests, in order."""
        return self.store.load("subject_requests", tuple[SubjectRequest, ...]) or ()

    def settle_request(self, number: int, by: str, outcome: str) -> SubjectRequest:
        """Carry a request out (erase, withdraw: identity evidence goes) or say why not; both are kept with the name.

        Raises:
            Refused: no such open request, or no word of what was done.
        """
        known = self.requests()
        found = next((r for r in known if r.number == number and not r.done_at), None)
        if found is None:
            raise Refused("no_such_request")
        if not outcome.strip():
            raise Refused("reason_missing")
        if found.kind in {"erase", "withdraw"}:
            self.store.erase_attempt(self.attempt_name(self._person(found.sbd, found.shift)))
        done = msgspec.structs.replace(found, done_at=self.now(), outcome=outcome)
        self.store.save("subject_requests", tuple(done if r.number == number else r for r in known))
        self._log((by,), f"request {number} settled: {outcome}")
        return done

    def export_person(self, sbd: str, shift: str) -> dict[str, Any]:
        """Everything kept about one person, for them alone.

        Raises:
            Refused: unknown person.
        """
        candidate = self._person(sbd, shift)
        name = self.attempt_name(candidate)
        record = self.intake.records.get(name)
        line = next(r for r in self.marks(shift) if r.candidate is candidate)
        return {
            "roster": msgspec.to_builtins(candidate), "record": [json.loads(text) for text in (record.texts if record else ())],
            "attachments": len(self.store.attachments(name)),
            "result": {"outcome": line.outcome, "gross": None if line.score is None else str(line.score), "net": None if line.net is None else str(line.net)},
        }  # fmt: skip

    def _person(self, sbd: str, shift: str) -> Candidate:
        found = next((c for c in self.plan.candidates if (c.sbd, c.shift) == (sbd, shift)), None)
        if found is None:
            raise Refused("unknown_candidate")
        return found
