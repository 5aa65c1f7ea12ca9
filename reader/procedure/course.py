"""What one inspection is asked to do, what it holds while it runs, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from reader.access_control.pace import ChipMappingKey
from reader.access_key import AccessKey
from reader.apdu import is_extended
from reader.capabilities import Capabilities
from reader.errors import CardRemoved, LimitExceeded, Malformed, NotSupported
from reader.evidence import Finding, IdentityEvidence
from reader.file_system import Limits, Reading
from reader.lds import sod
from reader.ports import CardConnection, RandomSource
from reader.trust import TrustStore

Step = Literal["unlock", "details", "portrait", "signature"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the reading is; bytes are of all files known so far, `file` is the one being read."""

    step: Step
    done: int
    total: int
    file: str = ""


@dataclass(frozen=True, slots=True)
class Options:
    """What to read and how. `expected_bytes` makes the bar honest before the sizes are known.

    `challenge` derives RND.IFD from EF.SOD (DESIGN.md section 4.3); without it the challenge is drawn.
    """

    today: date
    read_portrait: bool = True
    read_details: bool = False
    groups: tuple[str, ...] | None = None
    access: Literal["auto", "pace", "bac"] = "auto"
    extended: bool = True
    limits: Limits = field(default_factory=Limits)
    expected_bytes: int = 20_000
    challenge: Callable[[bytes], bytes] | None = None


@dataclass(frozen=True, slots=True)
class Access:
    """The protocol that opened the chip."""

    protocol: Literal["PACE", "BAC"]
    mapping: str | None
    cipher: str
    password: Literal["CAN", "MRZ"]
    parameter_id: int | None


@dataclass(frozen=True, slots=True)
class FileRead:
    """One file as read."""

    name: str
    content: bytes
    seconds: float


@dataclass(frozen=True, slots=True)
class Inspection:
    """Everything that came of one card.

    `portrait` is set only if the hash of DG2 passed; `card_access` is EF.CardAccess as the chip gave it, unsigned.
    """

    evidence: IdentityEvidence
    portrait: bytes | None
    access: Access
    files: tuple[FileRead, ...]
    hashes_checked: tuple[str, ...]
    resumed: int
    apdus: int
    bytes_sent: int
    bytes_received: int
    seconds: dict[str, float]
    capabilities: Capabilities = field(default_factory=Capabilities)
    card_access: bytes | None = None


@dataclass(slots=True)
class Meter:
    """A connection that counts what passes and stops a chip that never ends.

    `lost_extended` counts how often the card went at an extended command before any had been answered: some readers
    fail that way at commands longer than they take.
    """

    connection: CardConnection
    limits: Limits
    clock: Callable[[], float]
    started: float
    apdus: int = 0
    sent: int = 0
    received: int = 0
    longest_extended: int = 0
    lost_extended: int = 0

    def transmit(self, apdu: bytes) -> bytes:
        """Pass a command on.

        Raises:
            LimitExceeded: more commands, or more time, than an honest card needs.
            CardRemoved: as the connection.
        """
        self.apdus += 1
        if self.apdus > self.limits.commands_a_card or self.clock() - self.started > self.limits.seconds_a_card:
            raise LimitExceeded("the card is not read after {commands} commands", commands=self.apdus - 1)
        self.sent += len(apdu)
        try:
            answer = self.connection.transmit(apdu)
        except CardRemoved:
            self.lost_extended += is_extended(apdu) and not self.longest_extended
            raise
        self.received += len(answer)
        if is_extended(apdu):
            self.longest_extended = max(self.longest_extended, len(answer))
        return answer


@dataclass(slots=True)
class Course:
    """The state of one inspection while it runs."""

    meter: Meter
    keys: tuple[AccessKey, ...]
    options: Options
    trust: TrustStore
    random: RandomSource
    clock: Callable[[], float]
    on_progress: Callable[[Progress], None]
    wait_for_card: Callable[[], CardConnection | None]
    capabilities: Capabilities
    readings: dict[str, Reading] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    cut_off: list[str] = field(default_factory=list)
    resumed: int = 0
    reopened: int = 0
    card_access: bytes | None = None
    access: Access | None = None
    downgrade: str = ""
    chip_mapping: ChipMappingKey | None = None
    security_object: sod.SecurityObject | None = None

    def timed(self, step: str, since: float) -> None:
        """Add what passed since then to a step."""
        self.seconds[step] = self.seconds.get(step, 0.0) + self.clock() - since

    def content(self, name: str) -> bytes | None:
        """A file read to its end, or None."""
        reading = self.readings.get(name)
        return bytes(reading.content[: reading.total]) if reading is not None and reading.done else None

    def contents(self, names: tuple[str, ...]) -> dict[str, bytes]:
        """The files read to their end, in this order."""
        return {name: content for name in names if (content := self.content(name)) is not None}

    def signed(self) -> sod.SecurityObject | None:
        """EF.SOD parsed once; None while it is not read or where it cannot be parsed."""
        if self.security_object is None and (raw := self.content("EF_SOD")) is not None:
            try:
                self.security_object = sod.parse(raw)
            except (Malformed, NotSupported, LimitExceeded):
                return None
        return self.security_object

    def signed_groups(self) -> set[str]:
        """Names of the data groups that the security object lists."""
        found = self.signed()
        return set() if found is None else set(found.hashes)
