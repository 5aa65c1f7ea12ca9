"""People at the node: accounts with a role, a site and a second factor; logins that outlive the exam; limits on guessing."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from typing import Literal, Protocol

import msgspec
import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from proctor_node.errors import Refused

Role = Literal["administrator", "site_head", "invigilator", "officer", "teacher", "inspector"]
ROLES: tuple[Role, ...] = ("administrator", "site_head", "invigilator", "officer", "teacher", "inspector")
HASHER = PasswordHasher()
# A login outlives the longest exam day; its end never discards anything.
LOGIN_SECONDS = 14 * 3600.0
TRIES = 10
# After so many wrong tries the account rests; it opens again by itself, so that nobody can lock an invigilator out for the day.
REST_SECONDS = 15 * 60.0
STEP_SECONDS = 30
TWO = 2


class Account(msgspec.Struct, frozen=True):
    """A person; `site` is empty for the centre. `digest` is the argon2 hash of the password, `totp` the secret of RFC 6238."""

    name: str
    role: Role
    site: str
    digest: str
    totp: str = ""


class Logins(Protocol):
    """Where logins are kept, so that a restart of the node logs nobody out."""

    def logins(self) -> dict[str, tuple[str, float]]:
        """By digest of the token: name, and until when (real seconds since 1970)."""

    def add_login(self, digest: str, name: str, until: float) -> None:
        """One more."""

    def drop_login(self, digest: str) -> None:
        """One less."""


class People:
    """Accounts and logins. `clock` counts real seconds since any moment, `wall` real seconds since 1970."""

    def __init__(
        self, accounts: dict[str, Account], clock: Callable[[], float], wall: Callable[[], float], kept: Logins,
        needing: frozenset[Role] = frozenset(),
    ) -> None:  # fmt: skip
        self.accounts, self._clock, self._wall, self._kept = accounts, clock, wall, kept
        # Roles that may not come in without a second factor.
        self.needing = needing
        self._logins = kept.logins()
        self._failures: dict[str, tuple[int, float]] = {}
        self._used: dict[str, int] = {}

    def log_in(self, name: str, password: str, code: str = "") -> str:
        """A token for the cookie.

        Raises:
            Refused: as `prove`.
        """
        self.prove(name, password, code)
        token = secrets.token_urlsafe(32)
        until = self._wall() + LOGIN_SECONDS
        self._logins[_digest(token)] = (name, until)
        self._kept.add_login(_digest(token), name, until)
        return token

    def prove(self, name: str, password: str, code: str = "") -> Account:
        """The person, if this is their password and, where they have one, their second factor.

        Raises:
            Refused: wrong name, password or code (they are told alike but for a code that is missing), or too many tries.
        """
        account = self.accounts.get(name)
        count, since = self._failures.get(name, (0, 0.0))
        if count >= TRIES and self._clock() - since < REST_SECONDS:
            raise Refused("too_many_tries")
        try:
            HASHER.verify(account.digest if account else _NOBODY, password)
        except VerificationError as error:
            self._fail(name)
            raise Refused("login_wrong") from error
        if account is None:
            raise Refused("login_wrong")
        self._check_second(account, code)
        self._failures.pop(name, None)
        return account

    def _fail(self, name: str) -> None:
        count, since = self._failures.get(name, (0, 0.0))
        if self._clock() - since >= REST_SECONDS:
            count = 0
        self._failures[name] = (count + 1, self._clock())

    def _check_second(self, account: Account, code: str) -> None:
        if not account.totp:
            if account.role in self.needing:
                raise Refused("second_factor_missing")
            return
        if not code:
            raise Refused("second_factor_wanted")
        now = int(self._wall()) // STEP_SECONDS
        totp = pyotp.TOTP(account.totp)
        for step in (now, now - 1, now + 1):
            # A code counts once: who looks over a shoulder has nothing.
            if step > self._used.get(account.name, 0) and secrets.compare_digest(
                totp.at(step * STEP_SECONDS), code.strip()
            ):
                self._used[account.name] = step
                return
        self._fail(account.name)
        raise Refused("second_factor_wrong")

    def who(self, token: str) -> Account:
        """The person of a token.

        Raises:
            Refused: not logged in.
        """
        name, until = self._logins.get(_digest(token), ("", 0.0))
        if name not in self.accounts or self._wall() > until:
            raise Refused("not_logged_in")
        return self.accounts[name]

    def log_out(self, token: str) -> None:
        """Forget a token."""
        if self._logins.pop(_digest(token), None) is not None:
            self._kept.drop_login(_digest(token))

    def forget(self, name: str) -> None:
        """Log a person out everywhere: their password or role has changed."""
        for digest in [digest for digest, (who, _) in self._logins.items() if who == name]:
            self._logins.pop(digest)
            self._kept.drop_login(digest)

    def pair(self, names: tuple[str, ...]) -> None:
        """Whether these may decide together: an invigilator and a site head, two different persons.

        Raises:
            Refused: they may not.
        """
        roles = [self.accounts[name].role for name in names if name in self.accounts]
        if len(set(names)) != TWO or len(roles) != TWO:
            raise Refused("second_person_must_differ")
        if set(roles) != {"site_head", "invigilator"}:
            raise Refused("needs_invigilator_and_site_head")


_NOBODY = HASHER.hash(secrets.token_hex(16))


def _digest(token: str) -> str:
    """Only this is kept: who reads the database cannot come in with it."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_secret() -> str:
    """A second factor's secret (base32)."""
    return pyotp.random_base32()


def address_of(account: Account, issuer: str) -> str:
    """The otpauth address that an authenticator program takes."""
    return pyotp.TOTP(account.totp).provisioning_uri(name=account.name, issuer_name=issuer)
