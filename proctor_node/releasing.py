"""The start signal at the node: proposals, signatures, and which station has been sent what."""

from __future__ import annotations

from typing import Any

from exam_engine.attempt import Phase
from exam_engine.plan import Seat
from proctor_node import release
from proctor_node.errors import Refused
from proctor_node.planning import Planning
from proctor_node.ports import EnrolledStation
from question_bank import sealed_form

ADMITTED = {Phase.VERIFIED, Phase.READY, Phase.WORKING, Phase.PAUSED}


class Releasing(Planning):
    """Release on an order of two officers (`proctor_node.release` holds the rules)."""

    def propose(self, digest: str, not_before: int, scope: str = sealed_form.EVERYWHERE) -> bytes:
        """The order that two officers are asked to sign, for one room, one site or all.

        Raises:
            Refused: there is no such form, or no such room or site.
        """
        with self._lock:
            self.form_package(digest)
            if not self._scope_exists(scope):
                raise Refused("unknown_scope")
            known = self._proposals.get((digest, scope))
            if known is None or not known.signatures:
                plan = self.plan
                order = sealed_form.encode_order(plan.exam.id, plan.shift, digest, scope, not_before)
                known = self._proposals[digest, scope] = release.Proposal(order, digest)
            return known.order

    def _scope_exists(self, scope: str) -> bool:
        rooms = ((room.site, room.id) for room in self.plan.exam.rooms)
        return any(sealed_form.in_scope(scope, site, room) for site, room in rooms)

    def sign_release(
        self, digest: str, officer: str, signature: bytes, share: bytes, scope: str = sealed_form.EVERYWHERE
    ) -> bool:
        """One officer signs; True once the signal is out.

        Raises:
            Refused: as `proctor_node.release.sign`.
        """
        with self._lock:
            if (digest, scope) not in self._proposals:
                raise Refused("no_order")
            package = sealed_form.decode(self.form_package(digest))
            opened = release.sign(
                self._proposals[digest, scope], self._officers, officer, signature, share, package, self.now()
            )
            self._log((officer,), f"release {digest[:12]} {scope}")
            if opened is None:
                return False
            self._opened[digest, scope] = opened
            for station in self._stations.values():
                self._send_release(station)
            return True

    def _send_release(self, station: EnrolledStation) -> None:
        """The signal goes to every station in its scope once; its key only to those whose candidate was admitted."""
        candidate = self.candidate_at(station.seat, self.plan.shift)
        contact = self._contacts[station.station]
        if station.revoked or self._held_out(contact):
            return
        admitted = candidate is not None and self._admitted(self.attempt_name(candidate))
        own = "" if candidate is None else self.form_of(candidate)
        for (digest, scope), opened in self._opened.items():
            # A key goes only to who sits that form; a PC where nobody sits hears every signal of its place.
            if own not in {"", digest} or not sealed_form.in_scope(scope, station.seat.site, station.seat.room):
                continue
            mark = digest if admitted else f"signal {digest}"
            if mark in contact.released:
                continue
            contact.released.add(mark)
            act = opened.for_station(station.sealing_key) if admitted else release.signal_only(opened)
            self._instruct(station.station, "", tuple(s.officer for s in opened.signatures), act)

    def _admitted(self, attempt: str) -> bool:
        """Whether a candidate was let in; an admission that two persons did not prove opens no paper."""
        return self.intake.attempt(attempt).phase in ADMITTED and not self.intake.unproved(attempt)

    def send_release_again(self, station: str, by: str) -> None:
        """Send the key once more to a PC whose paper does not open (Gửi lại mã mở đề).

        Raises:
            Refused: unknown station, or no signal has gone there.
        """
        with self._lock:
            there = self._station(station)
            contact = self._contacts[station]
            if not contact.released:
                raise Refused("no_signal_yet")
            contact.released.clear()
            self._log((by,), f"release again {station}")
            self._send_release(there)

    @property
    def started_at(self) -> int:
        """Node time of the first signal in this shift, or 0."""
        return min((opened.starts_at for opened in self._opened.values()), default=0)

    def signal_at(self, site: str) -> int:
        """Node time of the first signal that reached any room of a site (all if empty), or 0."""
        rooms = {room.id for room in self.plan.exam.rooms if room.site == site}
        return min(
            (
                opened.starts_at
                for (_, scope), opened in self._opened.items()
                if not site or any(sealed_form.in_scope(scope, site, room) for room in rooms)
            ),
            default=0,
        )

    def signal_for(self, seat: Seat) -> int:
        """Node time of the signal for a seat, or 0."""
        return min(
            (o.starts_at for (_, s), o in self._opened.items() if sealed_form.in_scope(s, seat.site, seat.room)),
            default=0,
        )

    def opened_form(self, digest: str) -> release.Opened | None:
        """The release of a form, of whatever scope."""
        return next((opened for (known, _), opened in self._opened.items() if known == digest), None)

    def release_status(self, site: str) -> dict[str, Any]:
        """Go or no-go, as the start dialog shows it: forms, orders, and who is ready, waits, is absent or held out."""
        with self._lock:
            plan = self.plan
            shift = plan.exam.shift(plan.shift)
            held, seats = [], []
            for station in self._stations.values():
                if station.revoked or site not in {"", station.seat.site}:
                    continue
                row = self.candidate_at(station.seat, plan.shift)
                attempt = None if row is None else self.intake.attempt(self.attempt_name(row))
                contact = self._contacts[station.station]
                if self._held_out(contact):
                    held.append(station.station)
                seats.append(
                    {
                        "station": station.station, "site": station.seat.site, "room": station.seat.room,
                        "seat": station.seat.number, "signal": self.signal_for(station.seat),
                        "phase": "" if attempt is None else attempt.phase.value,
                        "opened_at": 0 if attempt is None else attempt.opened_at, "form": "" if row is None else self.form_of(row),
                    }
                )  # fmt: skip
            return {
                "shift": plan.shift, "planned": shift.starts_at, "now": self.now(),
                "forms": [{"code": code, "digest": digest} for code, digest in self.forms_of(plan.shift)],
                "orders": [
                    {"digest": d, "scope": s, "signed_by": list(who), "starts_at": at} for d, s, who, at in self.proposals()
                ],
                "held_out": held, "seats": seats, "officers": sorted(self._officers),
            }  # fmt: skip

    def proposals(self) -> list[tuple[str, str, tuple[str, ...], int]]:
        """Orders under way and given: form, scope, who signed, and the time of the signal or 0."""
        with self._lock:
            return [
                (digest, scope, tuple(sorted(proposal.signatures)), opened.starts_at if opened else 0)
                for (digest, scope), proposal in self._proposals.items()
                for opened in (self._opened.get((digest, scope)),)
            ]
