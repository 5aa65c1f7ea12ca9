"""What the station asks of the world."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Protocol, Self

from exam_engine.exchange import ExchangeRequest, ExchangeResponse
from exam_engine.plan import Provision
from question_bank.sealed_form import SealedForm
from reader.capabilities import CapabilityMemory
from reader.face.liveness.observing import FaceObserver
from reader.face.ports import Camera, Rgb
from reader.face.thresholds import EngineFacts


class HeldCard(Protocol):
    """A connection that is let go when done."""

    def transmit(self, apdu: bytes) -> bytes:
        """As `reader.ports.CardConnection`."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class CardReader(Protocol):
    """The reader at this seat. `name` is None while this seat has none to watch."""

    def name(self) -> str | None:
        """The reader's name.

        Raises:
            reader.errors.PcscUnavailable: the service is down.
            reader.errors.NoReader: none is connected.
        """

    def wait(self, reader_name: str, *, present: bool, seconds: float) -> bool:
        """Wait for a card to be there, or for the one that was told of to be gone (also if another lies there by now)."""

    def connect(self, reader_name: str) -> HeldCard:
        """The card on the reader."""


@dataclass(frozen=True, slots=True)
class Unsent:
    """Entries of one epoch that the node has not confirmed."""

    attempt: str
    epoch: int
    first: int
    entries: tuple[bytes, ...]
    previous_head: bytes


class Journal(Protocol):
    """Append-only store of this station; `append` returns only after the bytes are on the disk."""

    def append(
        self, attempt: str, epoch: int, entries: tuple[bytes, ...], previous_head: str, *, applied: int = 0
    ) -> None:
        """Keep entries, and in the same stroke that the instruction of number `applied` has been carried out.

        Raises:
            station.errors.StoreFailed: nothing was kept.
        """

    def applied(self) -> int:
        """The last instruction that was carried out."""

    def mark_applied(self, number: int) -> None:
        """An instruction was carried out that left no event."""

    def salvage(self, attempt: str, epoch: int) -> list[bytes]:
        """The sound beginning of an epoch whose tail is damaged.

        Raises:
            station.errors.StoreDamaged: the node has more than that.
        """

    def next_sequence(self, attempt: str, epoch: int) -> int:
        """The number of the next entry."""

    def entries(self, attempt: str, epoch: int) -> list[bytes]:
        """All entries of one epoch."""

    def since(self, attempt: str, epoch: int, first: int) -> tuple[bytes, list[bytes]]:
        """The head before entry `first` of an epoch, and the entries from there on."""

    def epochs(self) -> list[tuple[str, int]]:
        """Attempts and epochs in the order in which they began."""

    def unsent(self, most: int) -> list[Unsent]:
        """What the node has not confirmed, oldest first."""

    def confirm(self, attempt: str, epoch: int, sequence: int, head: str) -> bool:
        """The node has everything up to here; False if the head is not ours."""

    def attach(self, attempt: str, sha256: str, body: bytes) -> None:
        """Keep an attachment until the node has it."""

    def attachments(self, most: int, but: Collection[str] = ()) -> list[tuple[str, str, bytes]]:
        """Attachments not yet sent, without those of digests `but`: attempt, digest, bytes."""

    def attachment_sent(self, sha256: str) -> None:
        """The node has it: forget it here."""

    def keep(self, name: str, value: bytes) -> None:
        """Keep a value under a name."""

    def kept(self, name: str) -> bytes | None:
        """The value kept."""

    def owed(self, spare: str = "") -> int:
        """How many entries and attachments the node does not have, but for attempts whose name begins with `spare`."""

    def erase(self, spare: str, keep: Iterable[str], marks: dict[str, bytes], *, force: bool = False) -> bool:
        """Erase all but what is named, once the node has it (`force`: even so); False if it has not.

        Raises:
            station.errors.StoreFailed: the disk did not take it.
        """


class MirrorPlace(Protocol):
    """Another disk for the mirror of the journal: a stick that stays in, or a share."""

    def present(self) -> bool:
        """Whether there is one."""

    def begin(self, name: str, raw: bytes) -> None:
        """A new mirror, on that disk when the call returns.

        Raises:
            OSError: the place is gone, full or read only.
        """

    def append(self, name: str, raw: bytes) -> None:
        """More of it.

        Raises:
            OSError: as `begin`.
        """

    def files(self, most: int) -> list[tuple[str, bytes]]:
        """Every mirror in reach, so many bytes of each."""

    def remove(self, name: str) -> None:
        """Erase a mirror.

        Raises:
            OSError: it cannot be removed.
        """

    def sweep(self, beginning: str) -> None:
        """Finish what a cut of power left half done, for the station whose mirrors' names begin so.

        Raises:
            OSError: as `remove`.
        """


class NoMirror:
    """A PC without a second disk."""

    def present(self) -> bool:
        """Never."""
        return False

    def begin(self, name: str, _raw: bytes) -> None:
        """There is no place for it."""
        raise FileNotFoundError(name)

    append = begin

    def files(self, _most: int) -> list[tuple[str, bytes]]:
        """None."""
        return []

    def remove(self, name: str) -> None:
        """Nothing to erase."""

    sweep = remove


class Uplink(Protocol):
    """The way to the node. All calls raise `NodeUnreachable`, `NodeRefused` or `NodeNotGenuine`."""

    def exchange(self, request: ExchangeRequest) -> ExchangeResponse:
        """The one idempotent call."""

    def provision(self, counter: int) -> Provision:
        """What this station needs for its room and shift."""

    def form(self, digest: str, counter: int) -> SealedForm:
        """A sealed form."""


@dataclass(frozen=True, slots=True)
class StationPorts:
    """Everything that the composition root chooses.

    `steady` counts milliseconds in suspend too and cannot be set; `boot` names the period in which it counts without a
    break; `seconds` measures how long something took and stands still in suspend; `suspended` counts the milliseconds of it.
    `card_qr` gives the number in a card's QR code, if the picture shows one.
    """

    steady: Callable[[], int]
    wall: Callable[[], int]
    seconds: Callable[[], float]
    random: Callable[[int], bytes]
    reader: CardReader
    camera: Camera
    observer: Callable[[], FaceObserver]
    facts: EngineFacts
    journal: Journal
    uplink: Uplink
    disk_free: Callable[[], int]
    boot: str = ""
    suspended: Callable[[], int] = lambda: 0
    lockdown: Callable[[], str] = lambda: "partial"
    tick_seconds: float = 0.25
    card_memory: Callable[[str, HeldCard], CapabilityMemory | None] = lambda _name, _card: None
    mirror: MirrorPlace = field(default_factory=NoMirror)
    card_qr: Callable[[Rgb], str | None] = lambda _picture: None
