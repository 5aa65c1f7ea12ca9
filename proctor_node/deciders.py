"""Officials who may decide at a seat: their keys, the roster that stations get, and whether a decision was theirs (docs/adr/0028)."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import get_args

import msgspec

from exam_engine import exchange as x
from exam_engine import officials
from exam_engine.errors import DecisionNotProved, PinWrong
from exam_engine.events import ReferralDecided
from exam_engine.officials import Official, Role
from exam_engine.plan import Seat
from exam_engine.record import Entry
from proctor_node.errors import Refused
from proctor_node.people import Account
from proctor_node.ports import EnrolledStation

DECIDES: tuple[Role, ...] = get_args(Role)


class Issued(msgspec.Struct, frozen=True):
    """A key that was given to an official of a site ("" for the centre). Older ones stay: what they signed may come late."""

    official: Official
    site: str


def issue(account: Account, pin: str) -> Issued:
    """A fresh key for an account, wrapped under its PIN.

    Raises:
        Refused: this role does not decide at a seat, or the PIN is weak.
    """
    role = next((known for known in DECIDES if known == account.role), None)
    if role is None:
        raise Refused("role_decides_nothing")
    try:
        return Issued(officials.create(account.name, role, pin, secrets.token_bytes), account.site)
    except PinWrong as error:
        raise Refused("pin_weak") from error


def current(issued: Iterable[Issued], accounts: dict[str, Account], site: str) -> list[Official]:
    """Those who may decide at a site now: the last key of each account that still has this role and place."""
    last = {each.official.name: each for each in issued}
    found = []
    for name, each in sorted(last.items()):
        account = accounts.get(name)
        if account is not None and account.role == each.official.role and account.site in {"", site}:
            found.append(each.official)
    return found


def missing(
    entry: Entry,
    attempt: str,
    epoch: int,
    station: EnrolledStation | None,
    issued: Iterable[Issued],
    orders: Iterable[x.Instruction],
) -> str:
    """What a decision of persons lacks: at the seat two signatures, at the board the node's own order. "" if nothing."""
    event = entry.event
    if not isinstance(event, ReferralDecided):
        return ""
    if event.where == "board":
        given = any(
            isinstance(order.act, x.Decide)
            and (order.attempt, order.by, order.act.decision) == (attempt, event.by, event.decision)
            for order in orders
        )
        return "" if given else "not_ordered"
    seat = Seat("", "", 0) if station is None else station.seat
    known = [each.official for each in issued if each.site in {"", seat.site}]
    try:
        officials.verify(attempt, epoch, entry.sequence, event, known)
    except DecisionNotProved as error:
        return error.reason
    return ""
