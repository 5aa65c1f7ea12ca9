"""The people who decide: who is admitted after a referral, when the paper opens, who moves to another PC."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from exam_engine.attempt import Phase
from hardware_mocks.exam_day.cases import EXPECTED
from hardware_mocks.exam_day.plan import HEAD, INVIGILATOR
from hardware_mocks.exam_day.schedule import Sitter
from hardware_mocks.exam_day.setting import PaperOfTheDay
from hardware_mocks.exam_day.stage import Stage

CALL_A_PERSON = "S09"
PAPERS_SEEN = "đã đối chiếu giấy tờ"
TWO = (INVIGILATOR, HEAD)


class Officials:
    """Invigilator and head of the site act by two; so do the officers who keep the paper."""

    def __init__(self, stage: Stage, paper: PaperOfTheDay) -> None:
        self._stage, self._paper = stage, paper

    def decide_referrals(self, sitters: Iterable[Sitter]) -> None:
        """As the case says; whoever else was referred (no portrait, a face not recognised) sits with their papers seen."""
        for sitter in sitters:
            expected = EXPECTED[sitter.case] if sitter.case else None
            if expected is not None and expected.decided is not None:
                self.decide(sitter, expected.decided, expected.decision_reason)
            elif self._called(sitter) and (expected is None or expected.sits):
                self.decide(sitter, "admit", PAPERS_SEEN)

    def _called(self, sitter: Sitter) -> bool:
        return self._stage.visit_of(sitter).last_screen.startswith(CALL_A_PERSON)

    def decide(self, sitter: Sitter, decision: Literal["admit", "refuse"], reason: str) -> None:
        """Two named people decide on somebody who was referred."""
        stage, name = self._stage, self._stage.attempt_name(sitter)
        stage.wait_for(
            lambda: stage.phase(sitter) is Phase.REFERRED, "the candidate is referred (case {case})", case=sitter.case or "–"
        )  # fmt: skip
        stage.node.decide(name, TWO, decision, reason)
        if sitter.person.personal_number in stage.visits:
            stage.visit_of(sitter).decided = {"by": list(TWO), "decision": decision, "reason": reason}

    def open_the_paper(self) -> None:
        """Two officers sign the start order of the open shift, each with a key that never leaves them."""
        node, paper = self._stage.node, self._paper
        one, other = paper.officers[:2]
        order = node.propose(paper.digest, node.plan.exam.shift(node.plan.shift).starts_at)
        for officer, partner in ((one, other), (other, one)):
            share = officer.open_share(paper.package, partner.name)
            node.sign_release(paper.digest, officer.name, officer.sign(order), share)

    def move(self, sitter: Sitter, station: str) -> None:
        """To another PC of the room; returns when that PC knows."""
        stage = self._stage
        stage.node.move(stage.attempt_name(sitter), TWO, station)
        stage.wait_for(lambda: self._knows(station), "the new PC knows of the move")

    def _knows(self, station: str) -> bool:
        node = self._stage.node
        return node.move_told(station) and node.provision_of(station) >= node.plan.version
