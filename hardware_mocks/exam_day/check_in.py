"""Candidates with their cards: who is issued which card, who lays it on which reader, and who pulls it out too early."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from hardware_mocks import recipes
from hardware_mocks.chip.image import CardImage
from hardware_mocks.exam_day.answers import Act, Question, sit
from hardware_mocks.exam_day.plan import MINUTES
from hardware_mocks.exam_day.schedule import Place, Sitter
from hardware_mocks.exam_day.stage import FACE_WAIT, LONGEST_WAIT, READERS, SeatOfTheDay, Stage, Visit
from hardware_mocks.faults import NONE, Fault
from hardware_mocks.issuing_state import CardHolder, IssuingState

# The answer of the chip, counted from the first, at which the card leaves the field: in the middle of DG2.
TORN_AT = 16
CARD_LOST = "S04"


@dataclass(frozen=True, slots=True)
class Issuers:
    """The state whose anchor the node has, and one that nobody knows."""

    known: IssuingState
    unknown: IssuingState

    def card(self, sitter: Sitter) -> CardImage:
        """Their card: made as Vietnamese cards are, but of a state that no production node accepts."""
        person = sitter.person
        holder = CardHolder(
            person.personal_number, person.name, person.birth_date, person.sex, person.expiry_date
        )  # fmt: skip
        state = self.unknown if sitter.case == "no_trust_anchor" else self.known
        card = state.issue(holder, sitter.portrait.chip_image if sitter.portrait else None, recipes.VIETNAM)
        return card.with_altered_byte("DG2") if sitter.case == "data_group_altered" else card


class ReaderPool:
    """The bench has fewer readers than people come: each is borrowed for one card."""

    def __init__(self, count: int) -> None:
        self._free = list(range(count))
        self._freed = threading.Condition()

    @contextmanager
    def borrowed(self) -> Iterator[int]:
        """One reader, by its number, given back at the end."""
        with self._freed:
            self._freed.wait_for(lambda: bool(self._free), LONGEST_WAIT)
            reader = self._free.pop(0)
        try:
            yield reader
        finally:
            with self._freed:
                self._free.append(reader)
                self._freed.notify()


class CheckIn:
    """The way from the seat to the rules, for one person or for a whole shift at once."""

    def __init__(self, stage: Stage, issuers: Issuers, questions: tuple[Question, ...], seed: int) -> None:
        self._stage, self._issuers, self._questions = stage, issuers, questions
        self._chance = random.Random(seed)
        self._acts: dict[str, list[Act]] = {}
        self.readers = ReaderPool(READERS)

    def everybody(self, sitters: Iterable[Sitter]) -> None:
        """As many at a time as there are readers."""
        with ThreadPoolExecutor(READERS) as pool:
            list(pool.map(self.one, sitters))

    def one(self, sitter: Sitter, place: Place | None = None) -> Visit:
        """One person sits down, puts the card on the reader and takes it away when told."""
        visit = self._stage.begin_visit(sitter, place or sitter.place)
        self.behave(sitter, visit.seat)
        started = time.monotonic()
        if sitter.case == "without_biometrics":
            visit.seat.worker.tell("no_card", visit.seat.station)
        else:
            self._lay_card(visit)
        self._stage.wait_for(
            visit.concluded.is_set, "the check-in comes to an end (case {case})", FACE_WAIT, case=sitter.case or "–"
        )
        visit.check_in_total = time.monotonic() - started
        return visit

    def card(self, sitter: Sitter) -> CardImage:
        """A card for somebody who lays it on the reader in their own way."""
        return self._issuers.card(sitter)

    def behave(self, sitter: Sitter, seat: SeatOfTheDay) -> None:
        """Tell the robot at that seat who sits there and what they will answer: always the same, wherever they sit."""
        number = sitter.person.personal_number
        if number not in self._acts:
            ability = min(0.97, max(0.2, self._chance.gauss(0.62, 0.18)))
            self._acts[number] = sit(self._questions, self._chance, ability)
        with_face = sitter.portrait is not None and sitter.case != "without_biometrics"
        seat.worker.tell(
            "sit",
            seat.station,
            live=[str(path) for path in sitter.live.live] if with_face and sitter.live else [],
            acts=[asdict(act) for act in self._acts[number]],
            read_chip=sitter.case != "without_biometrics",
            compare_face=with_face,
            number=sitter.person.personal_number if not sitter.sbd else "",
            minutes=MINUTES,
        )

    def _lay_card(self, visit: Visit) -> None:
        stage, seat, card = self._stage, visit.seat, self._issuers.card(visit.sitter)
        with self.readers.borrowed() as reader:
            name = stage.bench.reader_names()[reader]
            seat.worker.tell("lend", seat.station, reader=name)
            if visit.sitter.case == "card_removed_resumed":
                self._tear_and_put_back(visit, reader, card)
            else:
                stage.bench.insert(reader, card, NONE)
            stage.wait_for(visit.card_done.is_set, "the card is read")
            stage.bench.remove(reader)
            stage.readers.wait(name, present=False, seconds=5)
            seat.worker.tell("lend", seat.station, reader="")

    def _tear_and_put_back(self, visit: Visit, reader: int, card: CardImage) -> None:
        stage = self._stage
        stage.bench.insert(reader, card, Fault(tear_at=TORN_AT))
        stage.wait_for(lambda: reader in stage.torn, "the card is pulled out in mid-read")
        stage.torn.discard(reader)
        stage.wait_for(lambda: visit.last_screen.startswith(CARD_LOST), "the station asks for the card")
        # Long enough for a person to see it, and for its picture.
        time.sleep(1.0 if visit.seat.window else 0.3)
        stage.bench.insert(reader, card)
