"""Stations: enrolment, revocation, who signed a request, and what a station is given before the exam."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import replace

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from exam_engine import exchange as x
from exam_engine.plan import Provision, Seat
from proctor_node.errors import Refused
from proctor_node.ports import EnrolledStation
from proctor_node.state import Contact, fresh_nonce
from proctor_node.takeovers import Takeovers

SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
PROVISION_INFO = b"khaothi/provision/1"
NONCES = 8


class Fleet(Takeovers):
    """Enrolled PCs."""

    def enrolment_code(self, seat: Seat) -> str:
        """A one-time code for the PC at a seat; only its digest is kept."""
        code = "-".join(secrets.token_hex(2).upper() for _ in range(3))
        self.store.add_code(hashlib.sha256(code.encode()).hexdigest(), seat)
        return code

    def provision_of(self, station: str) -> int:
        """The version of the plan that a station said it has."""
        return self._contacts[station].provision

    def unsent(self) -> dict[str, int]:
        """By station: entries that its last exchange said are still only there."""
        return {name: contact.health.unsent if contact.health else 0 for name, contact in self._contacts.items()}

    def move_told(self, station: str) -> bool:
        """Whether a station has taken the instruction to take an attempt over."""
        told = [i.number for i in self._instructions.get(station, ()) if isinstance(i.act, x.MoveIn)]
        return bool(told) and self._contacts[station].cursor >= told[-1]

    def enrol(self, request: x.EnrolRequest) -> x.EnrolResponse:
        """Take a station in. The answer may be lost on the way: the same keys with the same code are answered again.

        Raises:
            Refused: the code is unknown or was used by another.
        """

        def build(seat: Seat) -> EnrolledStation:
            name = f"{seat.site}-{seat.room}-{seat.number:02d}"
            keys = request.signing_key, request.sealing_key
            return EnrolledStation(name, seat, *keys, request.build, 0, revoked=False)

        with self._lock:
            digest = hashlib.sha256(request.code.encode()).hexdigest()
            enrolled = self.store.enrol(digest, build)
            if enrolled is None:
                raise Refused("enrolment_code_invalid")
            name = enrolled.station
            if self._stations.get(name) != enrolled:
                self._stations[name] = enrolled
                self._contacts[name] = Contact(fresh_nonce(), counter=enrolled.counter)
            return x.EnrolResponse(name, self.key, self._contacts[name].nonce, self.now())

    def fix_build(self, build: str, by: str) -> None:
        """Say which build stations must run; empty: that of most stations."""
        with self._lock:
            self.fixed_build = build
            self.store.save("fixed_build", build)
            self._log((by,), f"fleet build {build or 'of most'}")

    def let_in(self, build: str, by: tuple[str, str], reason: str) -> None:
        """Let stations with another build in, by two persons (DESIGN.md section 4.4).

        Raises:
            Refused: one person twice, no reason, or no station runs that build.
        """
        with self._lock:
            if len(set(by)) != 2:
                raise Refused("second_person_must_differ")
            if not reason.strip():
                raise Refused("reason_missing")
            if not any(contact.build == build for contact in self._contacts.values()):
                raise Refused("unknown_build")
            self._let_in = {**self._let_in, build: " + ".join(by)}
            self.store.save("let_in", self._let_in)
            self._log(by, f"let build {build} in: {reason}")
            for station in self._stations.values():
                self._after_hold(station)

    def _after_hold(self, station: EnrolledStation) -> None:
        """What a station missed while it was held out."""
        raise NotImplementedError

    def revoke(self, station: str) -> None:
        """A station is no longer believed."""
        with self._lock:
            enrolled = replace(self._station(station), revoked=True)
            self.store.add_station(enrolled)
            self._stations[station] = enrolled

    def stations(self) -> list[EnrolledStation]:
        """All enrolled stations."""
        return sorted(self._stations.values(), key=lambda s: s.station)

    def authenticate(self, name: str, path: str, body: bytes, signature: bytes) -> EnrolledStation:
        """The station that signed a request.

        Raises:
            Refused: unknown, revoked, or not signed by it.
        """
        station = self._station(name)
        if station.revoked:
            raise Refused("station_revoked")
        try:
            key = Ed25519PublicKey.from_public_bytes(station.signing_key)
            key.verify(signature, x.signing_input(path, body))
        except (InvalidSignature, ValueError) as error:
            raise Refused("station_signature_invalid") from error
        return station

    def provision(self, station: EnrolledStation, counter: int) -> bytes:
        """Room and shift for one station, sealed to it."""
        with self._lock:
            self._count(station.station, counter)
            plan, seat = self.plan, station.seat
            rows = tuple(c for c in plan.candidates if (c.site, c.room, c.shift) == (seat.site, seat.room, plan.shift))
            forms = {digest: code for code, digest in self.forms_of(plan.shift)}
            told = Provision(
                plan.version, plan.exam, plan.shift, seat, rows, plan.profile, plan.anchors, forms,
                {row.sbd: self.form_of(row) for row in rows},
                {officer.name: officer.signing_key for officer in self._officers.values()},
                tuple(secrets.token_bytes(32) for _ in range(NONCES)),
                self.recovery_of(seat), self.station_pass(station), *self.officials_of(seat),
            )  # fmt: skip
        key = X25519PublicKey.from_public_bytes(station.sealing_key)
        return bytes(SUITE.encrypt(msgspec.json.encode(told), key, PROVISION_INFO))

    def fetch_form(self, station: EnrolledStation, counter: int, digest: str) -> bytes:
        """A sealed form for a station."""
        with self._lock:
            self._count(station.station, counter)
        return self.form_package(digest)
