"""The node's port on `SqlStore`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter
from typing import Any, TypeVar

import msgspec
from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection

from exam_engine.events import TakenOver
from exam_engine.exchange import Attachment, Instruction, RecordBatch
from exam_engine.plan import Seat
from exam_engine.record import advance, decode_entry
from proctor_node.adapters import store as s
from proctor_node.intake import Accepted, Intake
from proctor_node.people import Account
from proctor_node.ports import EnrolledStation

T = TypeVar("T")


class SqlNodeStore:
    """Everything that the node keeps."""

    def __init__(self, url: str) -> None:
        self._store = s.SqlStore(url)

    def close(self) -> None:
        """Finish and give the database back."""
        self._store.close()

    def stations(self) -> list[EnrolledStation]:
        """All stations."""
        rows = self._store.read(lambda c: c.execute(select(s.STATIONS)).all())
        return [
            EnrolledStation(
                row.station, Seat(row.site, row.room, row.seat), row.signing_key, row.sealing_key, row.build, row.counter,
                row.revoked,
            )
            for row in rows
        ]  # fmt: skip

    def add_station(self, station: EnrolledStation) -> None:
        """A new station, or a changed one."""

        def action(connection: Connection) -> None:
            connection.execute(delete(s.STATIONS).where(s.STATIONS.c.station == station.station))
            connection.execute(
                insert(s.STATIONS).values(
                    station=station.station, site=station.seat.site, room=station.seat.room, seat=station.seat.number,
                    signing_key=station.signing_key, sealing_key=station.sealing_key, build=station.build,
                    counter=station.counter, revoked=station.revoked,
                )
            )  # fmt: skip

        self._store.write(action)

    def add_code(self, digest: str, seat: Seat) -> None:
        """A one-time enrolment code."""
        values = {"digest": digest, "site": seat.site, "room": seat.room, "seat": seat.number, "used": False}
        self._store.write(lambda c: c.execute(insert(s.CODES).values(values)))

    def use_code(self, digest: str) -> Seat | None:
        """The seat of a code, once: the first to mark it as used gets it."""

        def action(connection: Connection) -> Seat | None:
            unused = (s.CODES.c.digest == digest) & (s.CODES.c.used.is_(False))
            if connection.execute(update(s.CODES).where(unused).values(used=True)).rowcount != 1:
                return None
            row = connection.execute(select(s.CODES).where(s.CODES.c.digest == digest)).one()
            return Seat(row.site, row.room, row.seat)

        return self._store.write(action)

    def instructions(self) -> dict[str, list[Instruction]]:
        """All instructions by station, in order."""
        order = (s.INSTRUCTIONS.c.station, s.INSTRUCTIONS.c.number)
        found: dict[str, list[Instruction]] = {}
        for row in self._store.read(lambda c: c.execute(select(s.INSTRUCTIONS).order_by(*order)).all()):
            found.setdefault(row.station, []).append(msgspec.json.decode(row.body, type=Instruction))
        return found

    def add_instruction(self, station: str, instruction: Instruction) -> None:
        """One more."""
        values = {"station": station, "number": instruction.number, "body": msgspec.json.encode(instruction)}
        self._store.write(lambda c: c.execute(insert(s.INSTRUCTIONS).values(values)))

    def take(
        self, station: str, counter: int, accepted: list[Accepted], attachments: list[Attachment], expiry: int
    ) -> None:
        """Entries, batches and attachments of one exchange, in one transaction."""

        def action(connection: Connection) -> None:
            for found in accepted:
                _insert_batch(connection, station, found)
            for attachment in attachments:
                there = select(s.ATTACHMENTS.c.sha256).where(s.ATTACHMENTS.c.sha256 == attachment.sha256)
                if connection.execute(there).first() is None:
                    values = {"sha256": attachment.sha256, "attempt": attachment.attempt, "kind": attachment.kind}
                    row = {**values, "body": attachment.body, "expires_at": expiry}
                    connection.execute(insert(s.ATTACHMENTS).values(row))
            connection.execute(update(s.STATIONS).where(s.STATIONS.c.station == station).values(counter=counter))

        self._store.write(action)

    def replay(self, intake: Intake) -> None:
        """Give the intake everything that was taken before: each epoch up to where the next took over, then the rest."""
        order = (s.BATCHES.c.attempt, s.BATCHES.c.epoch, s.BATCHES.c.first)
        rows = self._store.read(lambda c: c.execute(select(s.BATCHES).order_by(*order)).all())
        for _, group in groupby(rows, key=attrgetter("attempt")):
            kept = [(row.station, found) for row, found in self._accepted(group)]
            cut = {
                entry.event.previous_epoch: entry.event.previous_sequence
                for _, found in kept
                for entry in found.entries
                if isinstance(entry.event, TakenOver)
            }
            # What an old station wrote after the takeover came later, or counts as later, than the takeover.
            kept.sort(key=lambda pair: pair[1].batch.first > cut.get(pair[1].batch.epoch, pair[1].batch.last))
            for station, found in kept:
                intake.believe(station, found)

    def _accepted(self, rows: Iterable[Any]) -> Iterator[tuple[Any, Accepted]]:
        reached: dict[int, int] = {}
        for row in rows:
            texts = tuple(self._texts(row.attempt, row.epoch, row.first, row.last))
            batch = RecordBatch(
                row.attempt, row.epoch, row.first, row.last, texts, row.previous_head, row.head, row.signature
            )
            new = texts[reached.get(row.epoch, 0) + 1 - row.first :]
            reached[row.epoch] = row.last
            yield row, Accepted(batch, tuple(decode_entry(text.encode()) for text in new), new)

    def _texts(self, attempt: str, epoch: int, first: int, last: int) -> list[str]:
        e = s.ENTRIES.c
        where = (e.attempt == attempt) & (e.epoch == epoch) & e.sequence.between(first, last)
        return list(
            self._store.read(lambda c: c.execute(select(e.text).where(where).order_by(e.sequence)).scalars().all())
        )

    def count_events(self) -> tuple[int, int]:
        """How many entries are kept, and how many different ones."""
        keys = self._store.read(
            lambda c: c.execute(select(s.ENTRIES.c.attempt, s.ENTRIES.c.epoch, s.ENTRIES.c.sequence)).all()
        )
        return len(keys), len(set(keys))

    def attachments(self, attempt: str) -> list[bytes]:
        """Evidence of an attempt, oldest first."""
        where = s.ATTACHMENTS.c.attempt == attempt
        return list(self._store.read(lambda c: c.execute(select(s.ATTACHMENTS.c.body).where(where)).scalars().all()))

    def erase_expired(self, now: int) -> int:
        """Erase attachments whose time has come; how many."""
        return self._store.write(
            lambda c: c.execute(delete(s.ATTACHMENTS).where(s.ATTACHMENTS.c.expires_at <= now)).rowcount
        )

    def accounts(self) -> list[Account]:
        """All accounts."""
        rows = self._store.read(lambda c: c.execute(select(s.ACCOUNTS)).all())
        return [Account(row.name, row.role, row.site, row.digest) for row in rows]

    def add_account(self, account: Account) -> None:
        """A new account, or a changed one."""

        def action(connection: Connection) -> None:
            connection.execute(delete(s.ACCOUNTS).where(s.ACCOUNTS.c.name == account.name))
            connection.execute(insert(s.ACCOUNTS).values(msgspec.structs.asdict(account)))

        self._store.write(action)

    def log(self, at: int, who: str, what: str) -> None:
        """One line of the log."""
        self._store.write(lambda c: c.execute(insert(s.LOG_ENTRIES).values(at=at, who=who, what=what)))

    def load(self, name: str, kind: type[T]) -> T | None:
        """A value kept under a name."""
        raw = self._store.read(lambda c: c.execute(select(s.KEPT.c.value).where(s.KEPT.c.name == name)).scalar())
        return None if raw is None else msgspec.json.decode(raw, type=kind)

    def save(self, name: str, value: object) -> None:
        """Keep a value over the one that was there."""
        raw = msgspec.json.encode(value)

        def action(connection: Connection) -> None:
            connection.execute(delete(s.KEPT).where(s.KEPT.c.name == name))
            connection.execute(insert(s.KEPT).values(name=name, value=raw))

        self._store.write(action)


def _insert_batch(connection: Connection, station: str, found: Accepted) -> None:
    batch = found.batch
    head = bytes.fromhex(batch.previous_head)
    skipped = len(batch.entries) - len(found.texts)
    rows = []
    for number, text in enumerate(batch.entries):
        head = advance(head, text.encode())
        if number >= skipped:
            place = {"attempt": batch.attempt, "epoch": batch.epoch, "sequence": batch.first + number}
            rows.append({**place, "station": station, "text": text, "head": head.hex()})
    connection.execute(insert(s.ENTRIES), rows)
    connection.execute(
        insert(s.BATCHES).values(
            attempt=batch.attempt, epoch=batch.epoch, first=batch.first, last=batch.last, station=station,
            previous_head=batch.previous_head, head=batch.head, signature=batch.signature,
        )
    )  # fmt: skip
