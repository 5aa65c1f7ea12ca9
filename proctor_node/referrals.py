"""A referral as two persons decide it: chip, face and roster side by side, pictures for minutes only (DESIGN.md sections 4.2, 4.8).

Pictures come with the check-in that was referred, live in this process's memory, and go with the decision or after 15 minutes. No
card number leaves here unmasked.
"""

from __future__ import annotations

from typing import Any

import msgspec

from exam_engine.attempt import Phase
from exam_engine.candidate import Candidate
from exam_engine.exchange import Attachment, ReferralPictures
from exam_engine.exchange import decode as decode_message
from proctor_node import evidence
from proctor_node.errors import Refused
from proctor_node.people import Account
from proctor_node.state import Held, NodeState
from reader.evidence import IdentityEvidence

KEPT_MS = 15 * 60_000
LARGEST_PICTURE = 512 * 1024
MOST_CASES = 500
KINDS = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
WAITING = {Phase.REFERRED, Phase.REFUSED}
SHOWN = ("name", "birth_date", "sex", "personal_number", "expiry_date")


def masked(number: str) -> str:
    """042*****3456: enough to compare with a card in the hand, not enough to use."""
    return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}" if len(number) > 7 else "*" * len(number)


def kind_of(picture: bytes) -> str:
    """The media type, or "" for what is no JPEG or PNG of honest size."""
    if len(picture) > LARGEST_PICTURE:
        return ""
    return next((kind for magic, kind in KINDS.items() if picture.startswith(magic)), "")


class Referrals(NodeState):
    """Cases that wait for two persons."""

    def _hold(self, attachments: list[Attachment]) -> None:
        """Keep pictures in memory; what is no picture is not kept."""
        for attachment in attachments:
            try:
                found = decode_message(attachment.body, ReferralPictures)
            except (msgspec.ValidationError, msgspec.DecodeError, RecursionError):
                continue
            if kind_of(found.portrait) or kind_of(found.live):
                self._held[attachment.attempt] = Held(found, self.now() + KEPT_MS)
        while len(self._held) > MOST_CASES:
            del self._held[next(iter(self._held))]

    def _forget_pictures(self) -> None:
        """Erase what was decided or is too old; called at every look and every exchange that brings something."""
        now = self.now()
        for attempt in [name for name, held in self._held.items() if now >= held.until or not self._waits(name)]:
            del self._held[attempt]

    def _waits(self, attempt: str) -> bool:
        # A check-in whose record is still on its way is not decided yet.
        folded = self.intake.attempt(attempt)
        return folded.waits or folded.phase in WAITING or folded.phase in {Phase.EXPECTED, Phase.CHECKING_IN}

    def picture(self, account: Account, attempt: str, which: str) -> tuple[bytes, str]:
        """The chip portrait or the live frame, with its media type; every look is logged.

        Raises:
            Refused: another site, or no such picture (any more).
        """
        with self._lock:
            self.check_attempt(account, attempt)
            self._forget_pictures()
            held = self._held.get(attempt)
            if held is None or which not in {"portrait", "live"}:
                raise Refused("no_picture")
            raw = held.pictures.portrait if which == "portrait" else held.pictures.live
            kind = kind_of(raw)
            if not kind:
                raise Refused("no_picture")
            self._log((account.name,), f"view {which} of {attempt}")
            return raw, kind

    def case(self, account: Account, attempt: str) -> dict[str, Any]:
        """Everything that two persons compare, as plain values.

        Raises:
            Refused: another site, or nobody waits there.
        """
        with self._lock:
            self.check_attempt(account, attempt)
            self._forget_pictures()
            folded = self.intake.attempt(attempt)
            if folded.phase not in WAITING and not folded.waits:
                raise Refused("nothing_to_decide")
            row, held = self.candidate_of(attempt), self._held.get(attempt)
            chip = self._evidence(attempt)
            self._log((account.name,), f"view case {attempt}")
            return {
                "attempt": attempt, "roster": _roster(row), "chip": _chip(chip), "differs": _differs(row, chip),
                "findings": [
                    {"check": f.check, "result": f.result, "code": f.code, "basis": f.basis} for f in folded.findings
                ],
                "face_fmr": "" if chip is None else str(chip.finding("face.comparison").evidence.get("fmr_at_similarity", "")),
                "reasons": list(folded.admission.reasons) if folded.admission else [],
                "node_differs": list(self._differences.get(attempt, ())),
                "portrait": bool(held and kind_of(held.pictures.portrait)), "live": bool(held and kind_of(held.pictures.live)),
                "taken_at": held.pictures.taken_at if held else 0, "tries": held.pictures.tries if held else 0,
                "until": held.until if held else 0,
            }  # fmt: skip

    def _evidence(self, attempt: str) -> IdentityEvidence | None:
        found = None
        for raw in self.store.attachments(attempt):
            try:
                found = evidence.decode(raw)
            except (msgspec.ValidationError, msgspec.DecodeError):
                continue
        return found


def _roster(row: Candidate | None) -> dict[str, str] | None:
    if row is None:
        return None
    shown = {name: getattr(row, name) for name in SHOWN}
    return {
        **shown, "personal_number": masked(row.personal_number), "sbd": row.sbd, "class": row.class_name, "site": row.site,
        "room": row.room, "seat": str(row.seat),
    }  # fmt: skip


def _chip(chip: IdentityEvidence | None) -> dict[str, str] | None:
    if chip is None or chip.holder is None:
        return None
    shown = {name: getattr(chip.holder, name) for name in SHOWN}
    return {**shown, "personal_number": masked(chip.holder.personal_number)}


def _differs(row: Candidate | None, chip: IdentityEvidence | None) -> list[str]:
    """Fields in which chip and list differ; an empty one on the list says nothing."""
    if row is None or chip is None or chip.holder is None:
        return []
    return [n for n in SHOWN if getattr(row, n) and getattr(row, n).casefold() != getattr(chip.holder, n).casefold()]
