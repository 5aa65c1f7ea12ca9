"""Officials who prove themselves at the seat with a PIN of their own: hashed, attempts limited, also offline."""

from __future__ import annotations

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from station.ports import Journal

TRIES = 5
HASHER = PasswordHasher()


class Officials:
    """The officials of this room. PIN hashes are device-bound: set on this PC, kept in its journal store."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def _table(self) -> dict[str, tuple[str, int]]:
        raw = self._journal.kept("officials")
        return {} if raw is None else msgspec.json.decode(raw, type=dict[str, tuple[str, int]])

    def enrol(self, official: str, pin: str) -> None:
        """Set an official's PIN on this PC."""
        table = self._table()
        table[official] = (HASHER.hash(pin), TRIES)
        self._journal.keep("officials", msgspec.json.encode(table))

    def prove(self, official: str, pin: str) -> tuple[bool, int]:
        """Whether the PIN is right, and how many tries are left. No tries left: nobody gets in here under that name."""
        table = self._table()
        digest, left = table.get(official, ("", 0))
        if left <= 0:
            return False, 0
        try:
            HASHER.verify(digest, pin)
        except VerificationError:
            left -= 1
            accepted = False
        else:
            left, accepted = TRIES, True
        table[official] = (digest, left)
        # The count is on disk before the answer is told, so pulling the plug gives no new tries.
        self._journal.keep("officials", msgspec.json.encode(table))
        return accepted, left
