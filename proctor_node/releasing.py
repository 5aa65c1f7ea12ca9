"""The start signal at the node: proposals, signatures, and which station has been sent what."""

from __future__ import annotations

from exam_engine.attempt import Phase
from proctor_node import release
from proctor_node.errors import Refused
from proctor_node.planning import Planning
from proctor_node.ports import EnrolledStation
from question_bank import sealed_form

ADMITTED = {Phase.VERIFIED, Phase.READY, Phase.WORKING, Phase.PAUSED}


class Releasing(Planning):
    """Release on an order of two officers (`proctor_node.release` holds the rules)."""

    def propose(self, digest: str, not_before: int) -> bytes:
        """The order that two officers are asked to sign."""
        with self._lock:
            self.form_package(digest)
            if digest not in self._proposals or not self._proposals[digest].signatures:
                plan = self.plan
                order = sealed_form.encode_order(plan.exam.id, plan.shift, digest, "all", not_before)
                self._proposals[digest] = release.Proposal(order, digest)
            return self._proposals[digest].order

    def sign_release(self, digest: str, officer: str, signature: bytes, share: bytes) -> bool:
        """One officer signs; True once the signal is out.

        Raises:
            Refused: as `proctor_node.release.sign`.
        """
        with self._lock:
            if digest not in self._proposals:
                raise Refused("no_order")
            package = sealed_form.decode(self.form_package(digest))
            opened = release.sign(
                self._proposals[digest], self._officers, officer, signature, share, package, self.now()
            )
            self._log((officer,), f"release {digest[:12]}")
            if opened is None:
                return False
            self._opened[digest] = opened
            for station in self._stations.values():
                self._send_release(station)
            return True

    def _send_release(self, station: EnrolledStation) -> None:
        """The signal goes to every station once; its key only to those whose candidate was admitted."""
        candidate = self.candidate_at(station.seat, self.plan.shift)
        contact = self._contacts[station.station]
        if station.revoked or self._held_out(contact):
            return
        admitted = candidate is not None and self.intake.attempt(self.attempt_name(candidate)).phase in ADMITTED
        own = "" if candidate is None else self.form_of(candidate)
        for digest, opened in self._opened.items():
            # A key goes only to who sits that form; a PC where nobody sits hears every signal.
            if own not in {"", digest}:
                continue
            mark = digest if admitted else f"signal {digest}"
            if mark in contact.released:
                continue
            contact.released.add(mark)
            act = opened.for_station(station.sealing_key) if admitted else release.signal_only(opened)
            self._instruct(station.station, "", tuple(s.officer for s in opened.signatures), act)

    @property
    def started_at(self) -> int:
        """Node time of the signal in this shift, or 0."""
        return min((opened.starts_at for opened in self._opened.values()), default=0)
