"""What the node asks of its store. Everything returns after the commit."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol, TypeVar

from exam_engine.exchange import Attachment, Instruction
from exam_engine.plan import Seat
from proctor_node.intake import Accepted, Intake
from proctor_node.people import Account

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class EnrolledStation:
    """A station as enrolled; keys are raw public keys."""

    station: str
    seat: Seat
    signing_key: bytes
    sealing_key: bytes
    build: str
    counter: int
    revoked: bool


class NodeStore(Protocol):
    """The node's memory."""

    def stations(self) -> list[EnrolledStation]:
        """All stations."""

    def add_station(self, station: EnrolledStation) -> None:
        """A new station, or a changed one."""

    def add_code(self, digest: str, seat: Seat) -> None:
        """A one-time enrolment code."""

    def enrol(self, digest: str, build: Callable[[Seat], EnrolledStation]) -> EnrolledStation | None:
        """Use a code up and keep the station that `build` makes for its seat, in one transaction.

        The same keys with the same code get the same station again; None if the code is unknown or was used by another.
        """

    def instructions(self) -> dict[str, list[Instruction]]:
        """All instructions by station, in order."""

    def add_instruction(self, station: str, instruction: Instruction) -> None:
        """One more."""

    def take(
        self, station: str, counter: int, accepted: list[Accepted], attachments: list[Attachment], expiry: int
    ) -> Future[None]:
        """Entries, batches and attachments of one exchange, in one transaction; done after the commit."""

    def replay(self, intake: Intake, attempt: str = "") -> None:
        """Give the intake everything that was taken before, of one attempt or of all."""

    def accounts(self) -> list[Account]:
        """All accounts."""

    def add_account(self, account: Account) -> None:
        """A new account, or a changed one."""

    def logins(self) -> dict[str, tuple[str, float]]:
        """By digest of the token: name, and until when (real seconds since 1970)."""

    def add_login(self, digest: str, name: str, until: float) -> None:
        """A person came in."""

    def drop_login(self, digest: str) -> None:
        """A person left."""

    def expired(self, now: int) -> list[str]:
        """Digests of attachments whose time has come."""

    def erase_expired(self, now: int) -> int:
        """Erase attachments whose time has come, from the file too; how many."""

    def erase_attempt(self, attempt: str) -> int:
        """Erase the attachments of one attempt, from the file too; how many."""

    def attachments(self, attempt: str) -> list[bytes]:
        """Evidence of an attempt."""

    def survey(self) -> list[bytes]:
        """Answers of the survey."""

    def next_act(self) -> int:
        """The next number of an act."""

    def add_act(self, number: int, site: str, line: object) -> None:
        """One line of the incident log."""

    def acts(self, site: str, kind: type[T]) -> list[T]:
        """The incident log of a site, or of all (empty); the newest first."""

    def next_incident(self) -> int:
        """The next number of an incident."""

    def put_incident(self, number: int, site: str, is_open: bool, line: object) -> None:
        """A new incident, or a changed one."""

    def incidents(self, site: str, kind: type[T]) -> list[T]:
        """Incidents of a site, or of all (empty); the newest first."""

    def log_lines(self, after: int = 0, limit: int = 500) -> list[tuple[int, int, str, str]]:
        """Lines of the log: number, time, who, what; the newest first, older than `after` if given."""

    def log(self, at: int, who: str, what: str) -> None:
        """One line of the log."""

    def load(self, name: str, kind: type[T]) -> T | None:
        """A value kept under a name."""

    def save(self, name: str, value: object) -> None:
        """Keep a value."""
