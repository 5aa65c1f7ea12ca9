"""A line, or a chip, that spoils answers at random: every reading ends in a verdict or a named error, after few commands."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import pytest

from hardware_mocks import recipes
from hardware_mocks.chip.emrtd import Chip
from reader.access_key import Can, MrzKey
from reader.errors import ReaderError
from reader.evidence import Result
from reader.inspection import Options, inspect

from .conftest import NOW, Counted
from .test_fault_table import card_of, store_of

KINDS = (recipes.VIETNAM, recipes.PACE_ONLY, recipes.OLD, recipes.INDEFINITE, recipes.UNNAMED_KEY)
# A whole reading of the longest of these cards takes some 140; losing the card four times and learning eight times, thrice that.
MOST_COMMANDS = 600


@dataclass
class Spoiled:
    """A chip some of whose answers arrive as something else."""

    chip: Chip
    random: Random
    share: float
    commands: int = 0

    def transmit(self, apdu: bytes) -> bytes:
        self.commands += 1
        answer = self.chip.transmit(apdu)
        return self._otherwise(answer) if self.random.random() < self.share else answer

    def _otherwise(self, answer: bytes) -> bytes:
        position = self.random.randrange(len(answer))
        noise = self.random.randbytes(self.random.randrange(60))
        flipped = bytearray(answer)
        flipped[position] ^= 1 << self.random.randrange(8)
        more, other = bytes((0x61, position & 0xFF)), bytes((0x6C, position & 0xFF))
        ways = (
            answer[-2:],
            noise[:2],
            bytes(flipped),
            answer[:position],
            answer[:-2] + more,
            answer[:-2] + other,
            noise,
            answer * 2,
        )
        return self.random.choice(ways)


@pytest.mark.parametrize("seed", range(15))
def test_a_spoiled_line_ends_in_a_verdict_or_a_named_error(seed):
    random = Random(seed)
    recipe = random.choice(KINDS)
    card = card_of(recipe)
    line = Spoiled(Chip(card, Counted(seed)), random, random.choice((0.02, 0.1, 0.5, 1.0)))

    def back() -> Spoiled:
        line.chip.reset()
        return line

    keys = (Can(card.can), MrzKey(card.mrz_information))
    try:
        done = inspect(
            line, keys, store_of(recipe), Options(NOW.date(), read_details=True),
            random=Counted(seed + 100), clock=lambda: 0.0, wait_for_card=back,
        )  # fmt: skip
    except ReaderError:
        pass
    else:
        # What was spoiled may be missing, but nothing spoiled is ever believed.
        assert done.evidence.finding("passive_authentication.signature").result is Result.PASSED
    assert line.commands < MOST_COMMANDS
