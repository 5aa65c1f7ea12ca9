"""Acts of invigilators with category, reason and name, each a line of the incident log from which minutes are printed.

Reasons are those of UX.md section 3; `khac` needs a note. Who may do what alone and what takes two is one table.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from exam_engine import exchange as x
from exam_engine.attempt import ENDED, Phase
from proctor_node.errors import Refused
from proctor_node.fleet import Fleet
from proctor_node.grading import Grading
from proctor_node.instructions import Instructing
from proctor_node.people import Account, Role

Kind = Literal[
    "pause", "resume", "message", "extend", "compensate", "move", "collect", "void", "khien_trach", "canh_cao", "dinh_chi",
    "evacuate", "incident",
]  # fmt: skip
MINUTE_MS = 60_000
LONGEST_MINUTES = 240
OTHER = "khac"
REASONS: dict[str, tuple[str, ...]] = {
    "ky_thuat": ("mat_dien", "may_treo", "hong_thiet_bi", "mat_mang", "loi_dau_doc", "loi_camera", "loi_hien_thi_de", OTHER),
    "thi_sinh": ("om", "tai_nan", "xin_ra_ngoai", "den_muon", "nham_cho", "ho_tro_khuyet_tat", OTHER),
    "to_chuc": ("thao_tac_nham", "mo_de_cham", "phan_phong_sai", "danh_sach_sai_sot", OTHER),
    "moi_truong": ("tieng_on", "bao_chay", "thoi_tiet", "anh_sang", OTHER),
    "vi_pham": ("trao_doi_bai", "tai_pham_sau_khien_trach", "cho_chep", "vat_dung_cam", "thi_ho", "pha_hoai", "tai_pham_sau_canh_cao", OTHER),
}  # fmt: skip
ON_DUTY: frozenset[Role] = frozenset({"administrator", "site_head", "invigilator"})
HEADS: frozenset[Role] = frozenset({"administrator", "site_head"})
# kind: roles, how many persons, whether the category must be a violation
RULES: dict[str, tuple[frozenset[Role], int, bool]] = {
    "pause": (ON_DUTY, 1, False),
    "resume": (ON_DUTY, 1, False),
    "message": (ON_DUTY, 1, False),
    "extend": (ON_DUTY, 1, False),
    "compensate": (ON_DUTY, 2, False),
    "move": (ON_DUTY, 1, False),
    "collect": (ON_DUTY, 1, False),
    "void": (HEADS, 2, False),
    "khien_trach": (ON_DUTY, 1, True),
    "canh_cao": (ON_DUTY, 1, True),
    "dinh_chi": (HEADS, 1, True),
    "evacuate": (ON_DUTY, 1, False),
}
PENALTIES = {"khien_trach", "canh_cao", "dinh_chi"}
UNREASONED = {"message", "resume"}
AT_WORK = {Phase.WORKING, Phase.PAUSED}


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody asks for. Targets are attempts; `room` (with `site`) means everybody at work there."""

    kind: str
    attempt: str = ""
    site: str = ""
    room: str = ""
    category: str = "ky_thuat"
    reason: str = OTHER
    note: str = ""
    minutes: int = 0
    text: str = ""
    to: str = ""


class ActLine(msgspec.Struct, frozen=True):
    """One line of the incident log. `number` is that of its minutes (biên bản)."""

    number: int
    at: int
    kind: str
    attempt: str
    site: str
    room: str
    seat: int
    category: str
    reason: str
    note: str
    by: tuple[str, ...]
    minutes: int = 0
    to: str = ""
    last_saved: int = 0


class Acts(Fleet, Instructing, Grading):
    """Acts by people, in their name and scope."""

    def perform(self, asked: Asked, by: tuple[Account, ...]) -> list[ActLine]:
        """Do it to every attempt meant; the lines of the log.

        Raises:
            Refused: unknown act, no right, one person where two are needed, no reason, another site, or nobody is meant.
        """
        self._check_asked(asked, by)
        attempts = self._meant(asked)
        for attempt in attempts:
            for account in by:
                self.check_attempt(account, attempt)
        names = tuple(account.name for account in by)
        return [self._one(asked, attempt, names) for attempt in attempts]

    def _check_asked(self, asked: Asked, by: tuple[Account, ...]) -> None:
        if asked.kind not in RULES:
            raise Refused("unknown_act")
        roles, persons, violation = RULES[asked.kind]
        if not by or by[0].role not in roles or any(account.role not in ON_DUTY for account in by):
            raise Refused("role_may_not_act")
        if len({account.name for account in by}) < persons:
            raise Refused("second_person_must_differ")
        if asked.reason not in REASONS.get(asked.category, ()) or violation != (asked.category == "vi_pham"):
            raise Refused("reason_unknown")
        if asked.kind not in UNREASONED and asked.reason == OTHER and not asked.note.strip():
            raise Refused("reason_missing")
        if asked.kind in {"extend", "compensate"} and not 0 < asked.minutes <= LONGEST_MINUTES:
            raise Refused("minutes_invalid")
        if asked.kind == "message" and not asked.text.strip():
            raise Refused("text_missing")

    def _meant(self, asked: Asked) -> list[str]:
        if asked.attempt:
            return [asked.attempt]
        if not asked.room or asked.kind not in {"pause", "resume", "message", "compensate", "evacuate"}:
            raise Refused("nobody_meant")
        here = [s for s in self.stations() if (s.seat.site, s.seat.room) == (asked.site, asked.room) and not s.revoked]
        rows = [self.candidate_at(s.seat, self.plan.shift) for s in here]
        names = [self.attempt_name(row) for row in rows if row is not None]
        found = [name for name in names if self.intake.attempt(name).phase in AT_WORK]
        if not found:
            raise Refused("nobody_meant")
        return found

    def _one(self, asked: Asked, attempt: str, names: tuple[str, ...]) -> ActLine:
        with self._lock:
            folded = self.intake.attempt(attempt)
            station = self._stations.get(folded.station)
            seat = station.seat if station else None
            line = ActLine(
                self.store.next_act(), self.now(), asked.kind, attempt, seat.site if seat else self.site_of(attempt),
                seat.room if seat else "", seat.number if seat else 0, asked.category, asked.reason, asked.note, names,
                asked.minutes, asked.to, folded.last_at,
            )  # fmt: skip
            self._carry_out(asked, attempt, names, line)
            self.store.add_act(line.number, line.site, line)
            return line

    def _carry_out(self, asked: Asked, attempt: str, names: tuple[str, ...], line: ActLine) -> None:
        reason = asked.note.strip() or asked.reason
        time = asked.minutes * MINUTE_MS
        acts: dict[str, x.Act] = {
            "pause": x.Pause(reason), "resume": x.Resume(), "message": x.Text(asked.text), "extend": x.Extend(time, reason),
            "compensate": x.Extend(time, reason), "collect": x.Collect(reason), "void": x.Void(reason),
            "evacuate": x.Pause(reason), "dinh_chi": x.Collect(reason),
        }  # fmt: skip
        if asked.kind == "move":
            self.move(attempt, names, asked.to)
            return
        if asked.kind in PENALTIES:
            self.penalise(attempt, asked.kind, names, reason, line.number)
        if asked.kind == "dinh_chi" and self.intake.attempt(attempt).phase in ENDED:
            return
        if asked.kind in acts:
            self.act(attempt, names, acts[asked.kind])

    def act_lines(self, account: Account) -> list[ActLine]:
        """The incident log of what a person may see, the newest first."""
        return self.store.acts(account.site, ActLine)
