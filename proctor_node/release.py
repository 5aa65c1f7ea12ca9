"""The start signal: two officers of three sign, two shares make the key, and it goes to admitted stations alone.

The content key lives in memory between the second signature and the last late admission, nowhere else (docs/adr/0008).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from exam_engine.exchange import OfficerSignature, Release
from proctor_node.errors import Refused
from question_bank import sealed_form
from question_bank.errors import OrderInvalid, SealBroken
from question_bank.sealed_form import OfficerPublic, SealedForm


@dataclass(slots=True)
class Proposal:
    """An order on its way: who signed, with which share."""

    order: bytes
    digest: str
    signatures: dict[str, bytes] = field(default_factory=dict)
    shares: dict[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Opened:
    """A form that has been released. `repr` leaves the key out."""

    order: bytes
    signatures: tuple[OfficerSignature, ...]
    digest: str
    starts_at: int
    key: bytes = field(repr=False)

    def for_station(self, sealing_key: bytes) -> Release:
        """The signal for one station, its key sealed to it."""
        sealed = sealed_form.seal_key(self.key, sealing_key, self.digest)
        return Release(self.order, self.signatures, sealed, self.starts_at, self.digest)


def signal_only(opened: Opened) -> Release:
    """The signal without the key, for a station at which nobody has been admitted yet."""
    return Release(opened.order, opened.signatures, b"", opened.starts_at, opened.digest)


def sign(
    proposal: Proposal, officers: dict[str, OfficerPublic], name: str, signature: bytes, share: bytes, package: SealedForm,
    now: int,
) -> Opened | None:  # fmt: skip
    """One officer signs. The second valid signature opens the form at once.

    Raises:
        Refused: unknown officer, same officer twice (Q401), bad signature, before its time (Q402), shares that do not fit.
    """
    if name not in officers:
        raise Refused("unknown_officer")
    if name in proposal.signatures:
        raise Refused("second_person_must_differ")
    keys = {officer.name: officer.signing_key for officer in officers.values()}
    trial = {**proposal.signatures, name: signature}
    if len(trial) < 2:
        _check_first(proposal, keys[name], signature)
        proposal.signatures, proposal.shares = trial, {name: share}
        return None
    try:
        sealed_form.verify_order(proposal.order, trial, keys, proposal.digest, now)
        key = sealed_form.combine(*(*proposal.shares.values(), share))
        sealed_form.open_form(package, key)
    except OrderInvalid as error:
        early = str(error).startswith("not before")
        raise Refused("not_before_its_time" if early else "order_signature_invalid") from error
    except (SealBroken, ValueError) as error:
        # Nobody can tell which of the two is wrong: both give their half again, so that one bad half blocks nothing.
        proposal.signatures, proposal.shares = {}, {}
        raise Refused("shares_do_not_fit") from error
    signed = tuple(OfficerSignature(officer, given) for officer, given in sorted(trial.items()))
    return Opened(proposal.order, signed, proposal.digest, now, key)


def _check_first(proposal: Proposal, key: bytes, signature: bytes) -> None:
    """The first signature must be good too, so that a wrong one is seen where it was made."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, proposal.order)
    except (InvalidSignature, ValueError) as error:
        raise Refused("order_signature_invalid") from error
