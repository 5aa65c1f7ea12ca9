"""What the invigilator of a room does on a tablet: the roll, and finding a candidate by the card in their hand.

The roll is what a person saw at the door; progress is what the PC did. They are kept apart, so that an empty chair whose PC says
"ready" is noticed.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any, Literal, get_args

import msgspec

from exam_engine.candidate import Candidate
from proctor_node.errors import Refused
from proctor_node.people import Account
from proctor_node.referrals import masked
from proctor_node.rights import in_scope
from proctor_node.state import NodeState

Called = Literal["here", "absent", ""]
MOST_FOUND = 20
SHORTEST = 2


class Call(msgspec.Struct, frozen=True):
    """One line of the roll: what a person said, who, and when."""

    state: Called
    by: str
    at: int


class Rooms(NodeState):
    """Roll and search."""

    def _roll(self) -> dict[str, Call]:
        return self.store.load(f"roll/{self.plan.shift}", dict[str, Call]) or {}

    def roll(self, account: Account) -> list[dict[str, Any]]:
        """Everybody of this shift whom this person may see, with what was said at the door."""
        with self._lock:
            called, plan = self._roll(), self.plan
            self.viewed(account, f"roll {account.site or 'all sites'}")
            return [
                {**_shown(c), "attempt": name, "called": called[name].state if name in called else ""}
                for c in plan.candidates
                if c.shift == plan.shift and in_scope(account, c.site)
                for name in (self.attempt_name(c),)
            ]

    def call_roll(self, account: Account, attempt: str, state: str) -> None:
        """Note that somebody is here or absent.

        Raises:
            Refused: another site, nobody of this exam, or an unknown word.
        """
        if state not in get_args(Called):
            raise Refused("not_understood")
        with self._lock:
            self.check_attempt(account, attempt)
            if self.candidate_of(attempt) is None:
                raise Refused("unknown_attempt")
            said = Call(state, account.name, self.now())  # type: ignore[arg-type]  # checked above
            self.store.save(f"roll/{self.plan.shift}", {**self._roll(), attempt: said})

    def find(self, account: Account, text: str) -> list[dict[str, Any]]:
        """Candidates of this shift by what was typed, scanned or read: the twelve digits, the card's QR text, SBD or a name.

        A number is compared whole, never by its beginning, so that nobody can walk through numbers.
        """
        with self._lock:
            wanted = text.strip()
            if len(wanted) < SHORTEST:
                return []
            self._log((account.name,), "find a candidate")
            plan = self.plan
            here = [c for c in plan.candidates if c.shift == plan.shift and in_scope(account, c.site)]
            number = _number(wanted)
            found = [c for c in here if number and c.personal_number == number]
            found = found or [c for c in here if c.sbd == wanted]
            if not found and not number:
                plain = _plain(wanted)
                found = [c for c in here if plain in _plain(c.name)]
            return [{**_shown(c), "attempt": self.attempt_name(c)} for c in found[:MOST_FOUND]]


def _number(text: str) -> str:
    """The twelve digits in what a scanner gave: the number alone, or the card's QR text, whose first field it is."""
    first = text.split("|", 1)[0].strip()
    return first if re.fullmatch(r"\d{12}", first) else ""


def _plain(text: str) -> str:
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return bare.replace("đ", "d").replace("Đ", "d").casefold()


def _shown(row: Candidate) -> dict[str, Any]:
    return {
        "sbd": row.sbd, "name": row.name, "birth_date": row.birth_date, "class": row.class_name, "site": row.site,
        "room": row.room, "seat": row.seat, "personal_number": masked(row.personal_number),
    }  # fmt: skip
