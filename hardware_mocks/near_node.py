"""The product's own node beside the stations of a bench: the calls go straight in, and the line can be cut."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exam_engine import exchange as x
from exam_engine.plan import Provision, Seat
from hardware_mocks.lone_station import HandClock, HandNode, device_keys
from proctor_node.errors import Refused
from proctor_node.fleet import PROVISION_INFO, SUITE
from proctor_node.node import Node
from proctor_node.ports import EnrolledStation
from question_bank import sealed_form
from station.errors import NodeRefused, NodeUnreachable


class NearNode(HandNode):
    """One station's way to a node in the same process."""

    def __init__(self, node: Node, signing: Ed25519PrivateKey, clock: HandClock, seat: Seat, keys: tuple[bytes, bytes]) -> None:  # fmt: skip
        self.near, self.signing, self.clock = node, signing, clock
        self.cut = self.lose_answers = False
        self.instructions: list[x.Instruction] = []
        self.first = 1
        told = node.enrol(x.EnrolRequest(node.enrolment_code(seat), *keys, "bench"))
        self.name = told.station
        self._sealing = device_keys(told.station)[1]

    def _reach(self) -> None:
        if self.cut:
            raise NodeUnreachable("the line is cut")

    def _enrolled(self) -> EnrolledStation:
        return next(s for s in self.near.stations() if s.station == self.name)

    def exchange(self, request: x.ExchangeRequest) -> x.ExchangeResponse:
        """As the port; every message goes through its bytes."""
        self._reach()
        try:
            answer = self.near.exchange(self._enrolled(), x.decode(x.encode(request), x.ExchangeRequest))
        except Refused as refused:
            raise NodeRefused(refused.reason) from refused
        if self.lose_answers:
            raise NodeUnreachable("the answer was lost")
        return x.decode(x.encode(answer), x.ExchangeResponse)

    def provision(self, counter: int) -> Provision:
        """As the port."""
        self._reach()
        return x.decode(
            bytes(SUITE.decrypt(self.near.provision(self._enrolled(), counter), self._sealing, PROVISION_INFO)),
            Provision,
        )

    def form(self, digest: str, counter: int) -> sealed_form.SealedForm:
        """As the port."""
        self._reach()
        return sealed_form.decode(self.near.fetch_form(self._enrolled(), counter, digest))
