"""Measured use, as the state's monitoring asks: how many got how far, how long a check-in took, how many went the manual way.

Counts and times by site and shift; nothing here names anybody. Check-in is measured against 6 to 15 s (vietnam.md section 1).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from exam_engine.attempt import ENDED, Attempt, Phase
from exam_engine.candidate import Candidate

CARD, FACE = "card_ms", "face_ms"


@dataclass(slots=True)
class Use:
    """One site in one shift. Times are milliseconds."""

    site: str
    shift: str
    registered: int = 0
    card_read: int = 0
    face_passed: int = 0
    admitted: int = 0
    manual: int = 0
    started: int = 0
    submitted: int = 0
    card_times: list[int] = field(default_factory=list)
    face_times: list[int] = field(default_factory=list)

    def take(self, attempt: Attempt, texts: Iterable[str]) -> None:
        """Count one candidate."""
        self.registered += 1
        self.card_read += bool(attempt.findings)
        self.face_passed += any(f.check == "face.comparison" and f.result == "passed" for f in attempt.findings)
        manual = attempt.decided is not None and attempt.decided.decision == "admit"
        self.manual += manual
        self.admitted += manual or (attempt.admission is not None and attempt.admission.decision == "admit")
        self.started += bool(attempt.form_digest)
        self.submitted += attempt.phase in ENDED and attempt.phase is not Phase.VOID
        for text in texts:
            if '"identity_checked"' in text:
                event = json.loads(text)["event"]
                self.card_times.append(event[CARD])
                self.face_times.append(event[FACE])

    def document(self) -> dict[str, object]:
        """As told and exported."""
        both = [card + face for card, face in zip(self.card_times, self.face_times, strict=True)]
        return {
            "site": self.site, "shift": self.shift, "registered": self.registered, "card_read": self.card_read,
            "face_passed": self.face_passed, "admitted": self.admitted, "started": self.started, "submitted": self.submitted,
            "manual_share": round(self.manual / self.admitted, 4) if self.admitted else None,
            "check_in_seconds": {
                "n": len(both), "p50": _share(both, 0.5), "p95": _share(both, 0.95),
                "card_p50": _share(self.card_times, 0.5), "face_p50": _share(self.face_times, 0.5),
                "within_15": round(sum(time <= 15_000 for time in both) / len(both), 4) if both else None,
            },
        }  # fmt: skip


def _share(values: list[int], share: float) -> float | None:
    if not values:
        return None
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] / 1000


def measured(rows: Iterable[tuple[Candidate, Attempt, list[str]]]) -> list[Use]:
    """One line for each site and shift."""
    found: dict[tuple[str, str], Use] = {}
    for candidate, attempt, texts in rows:
        key = (candidate.site, candidate.shift)
        found.setdefault(key, Use(*key)).take(attempt, texts)
    return [found[key] for key in sorted(found)]


def satisfaction(bodies: Iterable[bytes]) -> dict[str, int]:
    """Answers of the one question, counted; they are not tied to anybody."""
    counted: Counter[str] = Counter()
    for body in bodies:
        try:
            answer = json.loads(body)
        except ValueError:
            continue
        counted[str(answer.get("answer", "")) if isinstance(answer, dict) else str(answer)] += 1
    return dict(counted)


def manual_by_person(attempts: Iterable[Attempt]) -> dict[str, int]:
    """How many manual admissions each person has put their name to."""
    counted: Counter[str] = Counter()
    for attempt in attempts:
        if attempt.decided is not None and attempt.decided.decision == "admit":
            counted.update(attempt.decided.by)
    return dict(counted)
