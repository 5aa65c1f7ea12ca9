"""Officials at the seat: whom the node's signed roster names, each proved by a PIN; attempts limited, also offline (docs/adr/0028)."""

from __future__ import annotations

import logging

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exam_engine import officials as roster
from exam_engine.errors import PinWrong, SignatureInvalid
from exam_engine.events import AnyEvent, ReferralDecided
from exam_engine.officials import Official
from exam_engine.plan import Provision
from station.ports import Journal

LOG = logging.getLogger(__name__)
TRIES = 5
# By the fingerprint of the wrapped key: names nobody, and a new PIN has tries of its own.
KEPT = "official_tries"


class Officials:
    """Works in the loop thread. Keys that a PIN has opened stay in memory until the page locks."""

    def __init__(self, journal: Journal, node_key: bytes) -> None:
        self._journal, self._node_key = journal, node_key
        self._known: dict[str, Official] = {}
        self._open: dict[str, Ed25519PrivateKey] = {}

    def provide(self, provision: Provision) -> tuple[tuple[str, str], ...]:
        """Believe the roster of a provision if the node signed it for this site; names and roles. Else nobody can decide here."""
        self.lock()
        place = (provision.exam.id, provision.seat.site)
        try:
            known = roster.read_roster(provision.officials, provision.officials_signature, self._node_key, *place)
        except SignatureInvalid:
            LOG.error("the roster of officials is not signed by the node")  # noqa: TRY400 - the trace adds nothing
            known = ()
        self._known = {official.name: official for official in known}
        return tuple((official.name, official.role) for official in known)

    def _tries(self) -> dict[str, int]:
        raw = self._journal.kept(KEPT)
        return {} if raw is None else msgspec.json.decode(raw, type=dict[str, int])

    def prove(self, name: str, pin: str) -> tuple[bool, int, str]:
        """Whether the PIN is right, how many tries are left, and the role. No tries left: nobody gets in under that name.

        Raises:
            station.errors.StoreFailed: the count could not be kept, so nothing was tried.
        """
        official = self._known.get(name)
        if official is None:
            return False, 0, ""
        tries = self._tries()
        left = tries.get(official.fingerprint, TRIES)
        if left <= 0:
            return False, 0, official.role
        # The try is on disk before it is made, so pulling the plug gives no new ones.
        self._count(tries, official, left - 1)
        try:
            self._open[name] = roster.unlock(official, pin)
        except PinWrong:
            return False, left - 1, official.role
        self._count(tries, official, TRIES)
        return True, TRIES, official.role

    def _count(self, tries: dict[str, int], official: Official, left: int) -> None:
        tries[official.fingerprint] = left
        self._journal.keep(KEPT, msgspec.json.encode(tries))

    def signed(self, attempt: str, epoch: int, first: int, events: tuple[AnyEvent, ...]) -> tuple[AnyEvent, ...]:
        """The events as they go into the record from number `first` on, decisions at the seat with the officials' signatures.

        Raises:
            exam_engine.errors.DecisionNotProved: who is said to have decided has not proved themselves.
        """
        return tuple(
            roster.signed(attempt, epoch, number, event, self._open)
            if isinstance(event, ReferralDecided) and event.where == "seat"
            else event
            for number, event in enumerate(events, first)
        )

    def lock(self) -> None:
        """Forget the keys."""
        self._open = {}
