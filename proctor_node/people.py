"""People at the node: accounts with a role and a site, and who may do what."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Literal

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from proctor_node.errors import Refused

Role = Literal["administrator", "site_head", "invigilator", "officer", "teacher", "inspector"]
ROLES: tuple[Role, ...] = ("administrator", "site_head", "invigilator", "officer", "teacher", "inspector")
HASHER = PasswordHasher()
# A login outlives the longest exam day; its end never discards anything.
LOGIN_SECONDS = 14 * 3600.0
TRIES = 10
ACTING: tuple[Role, ...] = ("administrator", "site_head", "invigilator")


class Account(msgspec.Struct, frozen=True):
    """A person; `site` is empty for the centre. `digest` is the argon2 hash of the password."""

    name: str
    role: Role
    site: str
    digest: str


class People:
    """Accounts and logins. `clock` counts real seconds."""

    def __init__(self, accounts: dict[str, Account], clock: Callable[[], float]) -> None:
        self.accounts, self._clock = accounts, clock
        self._logins: dict[str, tuple[str, float]] = {}
        self._failures: dict[str, int] = {}

    def log_in(self, name: str, password: str) -> str:
        """A token for the cookie.

        Raises:
            Refused: wrong name or password, or too many tries.
        """
        self.prove(name, password)
        token = secrets.token_urlsafe(32)
        self._logins[token] = (name, self._clock() + LOGIN_SECONDS)
        return token

    def prove(self, name: str, password: str) -> Account:
        """The person, if this is their password.

        Raises:
            Refused: wrong name or password, or too many tries.
        """
        account = self.accounts.get(name)
        if self._failures.get(name, 0) >= TRIES:
            raise Refused("too_many_tries")
        try:
            HASHER.verify(account.digest if account else HASHER.hash(""), password)
        except VerificationError as error:
            self._failures[name] = self._failures.get(name, 0) + 1
            raise Refused("login_wrong") from error
        if account is None:
            raise Refused("login_wrong")
        self._failures.pop(name, None)
        return account

    def who(self, token: str) -> Account:
        """The person of a token.

        Raises:
            Refused: not logged in.
        """
        name, until = self._logins.get(token, ("", 0.0))
        if name not in self.accounts or self._clock() > until:
            raise Refused("not_logged_in")
        return self.accounts[name]

    def log_out(self, token: str) -> None:
        """Forget a token."""
        self._logins.pop(token, None)

    def pair(self, names: tuple[str, ...]) -> None:
        """Whether these may decide together: an invigilator and a site head, two different persons.

        Raises:
            Refused: they may not.
        """
        roles = [self.accounts[name].role for name in names if name in self.accounts]
        if len(set(names)) != 2 or len(roles) != 2:
            raise Refused("second_person_must_differ")
        if "site_head" not in roles or not set(roles) <= {"site_head", "invigilator"}:
            raise Refused("needs_invigilator_and_site_head")
