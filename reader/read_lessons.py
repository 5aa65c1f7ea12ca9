"""What refused reads teach: smaller chunks, SELECT instead of the short identifier, a look at the header first.

A refusal under protection costs a command, one in the clear the channel; either way the next attempt must be another one.
"""

from __future__ import annotations

from reader.apdu import SHORT_LE, StatusWord
from reader.capabilities import Capabilities
from reader.errors import FileNotPresent, Malformed, SecureMessagingBroken, UnexpectedStatus
from reader.file_reading import BEHIND_THE_END, GOOD, HEADER, SHORTEST_HEADER, Attempt, Reading

ABSENT = {StatusWord.FILE_NOT_FOUND, 0x6A83, StatusWord.SECURITY_STATUS, StatusWord.REFERENCE_NOT_FOUND}
STEPS = (2000, 1000)
SHORT_STEPS = (192, 128, 64, 32, 16)


class Lessons:
    """What is learned of one chip behind one channel. `short` is the longest plain read at short length."""

    def __init__(self, capabilities: Capabilities, short: int, most: int) -> None:
        self._known, self._short, self._left = capabilities, short, most
        # What the read under way may be refused for, how much it asks for, and the most that was given before.
        self._suspect, self._wanted, self._worked = "", 0, 0
        self._refused_by_identifier = 0

    def selecting(self) -> None:
        """A SELECT is under way: should the chip drop the channel, no length was to blame."""
        self._suspect = ""

    def reading(self, attempt: Attempt) -> None:
        """A read is under way."""
        self._wanted = attempt.wanted
        if attempt.wanted > SHORT_LE:
            self._suspect = "length"
        elif attempt.identifier:
            self._suspect = "identifier"
        else:
            self._suspect = "end" if attempt.first and attempt.wanted > HEADER else "length"

    def given(self, attempt: Attempt, size: int) -> None:
        """The read gave so many bytes."""
        if not attempt.identifier and not attempt.first:
            self._worked = max(self._worked, size)
        if self._refused_by_identifier:
            # The same read worked after SELECT: it was the short identifier's fault.
            self._known.short_identifiers = self._refused_by_identifier != attempt.wanted
            self._refused_by_identifier = 0

    def selected_after_all(self, attempt: Attempt) -> None:
        """The short identifier was refused, and the file can be selected."""
        self._refused_by_identifier = attempt.wanted

    def refused(self, attempt: Attempt, status: int, reading: Reading) -> None:
        """Make the next attempt another one.

        Raises:
            Malformed: the file ends early.
            UnexpectedStatus: nothing is left to try.
        """
        self._left -= 1
        if self._left < 0:
            raise UnexpectedStatus(f"READ BINARY {reading.name}", status)
        if status >> 8 == 0x6C and 0 < status & 0xFF < attempt.wanted:
            self._known.chunk = status & 0xFF
        elif attempt.first and attempt.wanted > HEADER and status in BEHIND_THE_END:
            self._known.past_the_end = False
        elif not self._shrink(attempt.wanted) and not self._look_shorter(reading, attempt.wanted, status):
            self._last_resort(attempt, status, reading)

    def _last_resort(self, attempt: Attempt, status: int, reading: Reading) -> None:
        if attempt.first and attempt.wanted > HEADER:
            self._known.past_the_end, self._known.chunk = False, 0
        elif attempt.identifier:
            self._known.short_identifiers = False
        elif status in GOOD or (status in BEHIND_THE_END and not attempt.first):
            raise Malformed("{file} ends before its length", file=reading.name)
        else:
            raise UnexpectedStatus(f"READ BINARY {reading.name}", status)

    def dropped(self, reading: Reading, broken: SecureMessagingBroken) -> bool:
        """The chip dropped the channel; whether the naked status word taught to read in another way.

        Raises:
            FileNotPresent: it only meant that the file is absent or locked.
        """
        known, status = self._known, broken.status
        if status in ABSENT and not reading.content and not self._suspect:
            raise FileNotPresent("{file}: status {status:04X}", file=reading.name, status=status) from broken
        if self._look_shorter(reading, self._wanted, status):
            return True
        if not status or not self._suspect or self._wanted <= self._worked:
            return False
        if status >> 8 == 0x6C and status & 0xFF:
            known.chunk = status & 0xFF
        elif (status in ABSENT and not reading.content) or self._suspect == "identifier":
            known.short_identifiers = False
        elif self._suspect == "end" or status in BEHIND_THE_END:
            known.past_the_end = False
        elif known.extended:
            # Naked at extended length: the chip does not take it at all, and each try would cost the channel.
            known.extended, known.chunk = False, 0
        else:
            return self._shrink(min(known.chunk or self._short, self._short))
        return True

    @staticmethod
    def _look_shorter(reading: Reading, wanted: int, status: int) -> bool:
        """Whether a refused look at the header may ask for less: the whole file may be shorter than that."""
        if reading.content or wanted != HEADER or status not in BEHIND_THE_END:
            return False
        reading.header = SHORTEST_HEADER
        return True

    def _shrink(self, wanted: int) -> bool:
        """The next smaller chunk; False if there is none."""
        smaller = [step for step in (*STEPS, self._short, *SHORT_STEPS) if step < wanted]
        if not smaller:
            return False
        self._known.chunk = smaller[0]
        if smaller[0] <= self._short:
            self._known.extended = False
        return True
