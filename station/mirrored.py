"""From the parts of a mirror to an attempt that another PC can go on with. Pure; nothing is believed that is not signed or hashed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from exam_engine.attempt import Attempt, Phase, evolve
from exam_engine.errors import ExamEngineError
from exam_engine.events import TakenOver
from exam_engine.exchange import MoveIn, RecordBatch, Release
from exam_engine.plan import RoomRecovery
from exam_engine.record import Entry, advance, decode_entry, genesis, verify_chain
from exam_engine.takeover import verify, verify_pass
from question_bank import sealed_form
from station.errors import MirrorRefused
from station.mirror_file import AnyPart, Batch, Beat, Header, Inherited, Opened, Package, Writer

SITS = frozenset({Phase.WORKING, Phase.PAUSED})


class Takeover(msgspec.Struct, frozen=True):
    """An attempt taken over from a mirror, as this station keeps it until the room closes.

    `relays` are the batches of those who wrote before, to be handed on to the node; `last_at` is the last node time that
    the mirror knows of; with `give_back` the holders of the halves gave back the time lost until the candidate sat here.
    `uncertain` says that this PC did not know the node's time when it took over.
    """

    attempt: str
    act: MoveIn
    event: TakenOver
    relays: tuple[RecordBatch, ...]
    last_at: int
    give_back: bool = False
    uncertain: bool = False


@dataclass(slots=True)
class Line:
    """The record of one attempt as a mirror tells it, as far as it has been followed."""

    attempt: Attempt = field(default_factory=Attempt)
    epoch: int = 0
    sequence: int = 0
    head: bytes = b""
    texts: list[str] = field(default_factory=list)
    batches: list[RecordBatch] = field(default_factory=list)
    last_at: int = 0

    def follow(self, entry: Entry, text: str) -> None:
        """One more entry."""
        self.head, self.sequence = advance(self.head, text.encode()), entry.sequence
        self.texts.append(text)
        self.attempt = evolve(self.attempt, entry.event, entry.at)
        self.last_at = max(self.last_at, entry.at)

    def begin(self, name: str, epoch: int, first: Entry) -> None:
        """A new epoch: bound to the end of the one before."""
        previous = ""
        if epoch > 1:
            event = first.event
            at = (self.epoch, self.sequence, self.head.hex())
            if not isinstance(event, TakenOver) or at != (epoch - 1, event.previous_sequence, event.previous_head):
                raise MirrorRefused("altered")
            previous = event.previous_head
        self.epoch, self.sequence, self.head = epoch, 0, genesis(name, epoch, previous)


def attempts(header: Header, parts: Sequence[AnyPart], recovery: RoomRecovery, node_key: bytes) -> dict[str, Line]:
    """Every attempt of a mirror, its chains and signatures checked.

    Raises:
        MirrorRefused: `altered`.
    """
    keys = {header.station: header.signing_key}
    lines: dict[str, Line] = {}
    try:
        for part in parts:
            match part:
                case Writer():
                    verify_pass(node_key, part.station_pass, part.station, part.seat, part.signing_key)
                    keys[part.station] = part.signing_key
                case Inherited():
                    _inherit(lines.setdefault(part.attempt, Line()), part)
                case Batch():
                    batch = msgspec.structs.replace(part.batch, station=part.batch.station or header.station)
                    _take(lines.setdefault(batch.attempt, Line()), batch, keys, recovery)
                case _:
                    pass
    except (ExamEngineError, KeyError) as error:
        raise MirrorRefused("altered") from error
    return lines


def _inherit(line: Line, part: Inherited) -> None:
    for text in part.entries:
        entry = decode_entry(text.encode())
        if entry.sequence == 1:
            line.begin(part.attempt, line.epoch + 1, entry)
        line.follow(entry, text)


def _take(line: Line, batch: RecordBatch, keys: dict[str, bytes], recovery: RoomRecovery) -> None:
    entries, heads = verify_chain(batch, keys[batch.station])
    inherited = bool(line.texts) and not line.batches
    if batch.epoch != line.epoch or batch.first == 1:
        line.begin(batch.attempt, batch.epoch, entries[0])
        event = entries[0].event
        if isinstance(event, TakenOver) and not inherited:
            verify(batch.attempt, event, recovery)
    if batch.first != line.sequence + 1 or heads[0] != line.head.hex():
        raise MirrorRefused("altered")
    for entry, text in zip(entries, batch.entries, strict=True):
        line.follow(entry, text)
    line.batches.append(batch)


def sitting(lines: dict[str, Line]) -> tuple[str, Line]:
    """The attempt that was under way.

    Raises:
        MirrorRefused: `nothing`: nobody sat there.
    """
    for name in reversed(lines):
        if lines[name].attempt.phase in SITS:
            return name, lines[name]
    raise MirrorRefused("nothing")


def ordered(
    header: Header,
    parts: Sequence[AnyPart],
    line: Line,
    *,
    to_station: str,
    sealing_key: bytes,
    now: int,
) -> tuple[MoveIn, TakenOver, int]:
    """The order to go on with an attempt at `to_station`, not signed yet, and the last node time known.

    Raises:
        MirrorRefused: `nothing`: the paper was not open there.
    """
    attempt = line.attempt
    opened = next((p for p in parts if isinstance(p, Opened) and p.form_digest == attempt.form_digest), None)
    if opened is None:
        raise MirrorRefused("nothing")
    last = max([line.last_at, *(part.at for part in parts if isinstance(part, Beat))])
    # A paused clock runs on from the moment of the takeover.
    deadline = now + attempt.remaining if attempt.phase is Phase.PAUSED else attempt.deadline
    key = sealed_form.seal_key(opened.content_key, sealing_key, opened.form_digest)
    release = Release(opened.order, opened.signatures, key, opened.starts_at, opened.form_digest)
    head = line.head.hex()
    act = MoveIn(
        header.station, line.epoch, head, line.sequence, tuple(line.texts), deadline, opened.form_digest, release
    )
    return act, TakenOver(header.station, to_station, line.epoch, head, line.sequence, (), deadline), last


def package(parts: Sequence[AnyPart], digest: str) -> bytes | None:
    """The sealed form, if the mirror holds it."""
    return next((part.body for part in parts if isinstance(part, Package) and part.digest == digest), None)
