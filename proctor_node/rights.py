"""Who may do what, in one table; and whose candidates they may do it to, in one function (DESIGN.md section 2, accounts)."""

from __future__ import annotations

from enum import StrEnum

from proctor_node.errors import Refused
from proctor_node.people import ROLES, Account, Role


class Right(StrEnum):
    """One thing that a page or a call does; the value ends the code of its refusal."""

    ENTER = "enter"
    SEE_BOARD = "see_board"
    ACT = "act"
    RELEASE = "release"
    SEE_RESULTS = "see_results"
    CHANGE_RESULTS = "change_results"
    PLAN = "plan"
    SEE_FLEET = "see_fleet"
    SEE_LOG = "see_log"
    SEE_PERSONAL = "see_personal"
    RETAIN = "retain"
    TEACH = "teach"


EVERYONE = frozenset(ROLES)
ON_DUTY: frozenset[Role] = frozenset({"administrator", "site_head", "invigilator"})
WATCHING: frozenset[Role] = ON_DUTY | {"inspector"}
RIGHTS: dict[Right, frozenset[Role]] = {
    Right.ENTER: EVERYONE,
    Right.SEE_BOARD: WATCHING | {"officer"},
    Right.ACT: ON_DUTY,
    Right.RELEASE: frozenset({"administrator", "officer"}),
    Right.SEE_RESULTS: frozenset({"administrator", "site_head", "inspector"}),
    Right.CHANGE_RESULTS: frozenset({"administrator", "site_head"}),
    Right.PLAN: frozenset({"administrator"}),
    Right.SEE_FLEET: WATCHING,
    Right.SEE_LOG: frozenset({"administrator", "site_head", "inspector"}),
    Right.SEE_PERSONAL: ON_DUTY,
    Right.RETAIN: frozenset({"administrator"}),
    Right.TEACH: frozenset({"administrator", "teacher"}),
}


def check(account: Account, right: Right) -> None:
    """Whether this person's role has the right.

    Raises:
        Refused: it has not.
    """
    if account.role not in RIGHTS[right]:
        raise Refused(f"role_may_not_{right.value}")


def in_scope(account: Account, site: str) -> bool:
    """Whether a person may see and act on a site: their own, or every one from the centre (`account.site` empty)."""
    return account.site in {"", site}


def check_site(account: Account, site: str) -> None:
    """The same as a refusal.

    Raises:
        Refused: `another_site`.
    """
    if not in_scope(account, site):
        raise Refused("another_site")
