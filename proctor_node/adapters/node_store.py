"""The node's port on `SqlStore`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from itertools import groupby
from operator import attrgetter
from typing import Any, TypeVar

import msgspec
from sqlalchemy import ColumnElement, delete, func, insert, or_, select, update
from sqlalchemy.engine import Connection

from exam_engine.exchange import Attachment, Instruction, RecordBatch
from exam_engine.plan import Seat
from exam_engine.record import decode_entry, heads_of
from proctor_node.adapters import store as s
from proctor_node.intake import BRANCH, Accepted, Intake, attempt_of
from proctor_node.people import Account
from proctor_node.ports import EnrolledStation

T = TypeVar("T")
DAY_SECONDS = 86_400.0


class SqlNodeStore:
    """Everything that the node keeps."""

    def __init__(self, url: str) -> None:
        self._store = s.SqlStore(url)

    def close(self) -> None:
        """Finish and give the database back."""
        self._store.close()

    def stations(self) -> list[EnrolledStation]:
        """All stations."""
        return [_station(row) for row in self._store.read(lambda c: c.execute(select(s.STATIONS)).all())]

    def add_station(self, station: EnrolledStation) -> None:
        """A new station, or a changed one."""
        self._store.write(lambda c: _put_station(c, station))

    def add_code(self, digest: str, seat: Seat) -> None:
        """A one-time enrolment code."""
        values = {"digest": digest, "site": seat.site, "room": seat.room, "seat": seat.number, "used": False}
        self._store.write(lambda c: c.execute(insert(s.CODES).values(values)))

    def enrol(self, digest: str, build: Callable[[Seat], EnrolledStation]) -> EnrolledStation | None:
        """The first to mark a code as used gets its seat; whoever asks again with the same keys gets the same station."""

        def action(connection: Connection) -> EnrolledStation | None:
            unused = (s.CODES.c.digest == digest) & (s.CODES.c.used.is_(False))
            first = connection.execute(update(s.CODES).where(unused).values(used=True)).rowcount == 1
            row = connection.execute(select(s.CODES).where(s.CODES.c.digest == digest)).one_or_none()
            if row is None:
                return None
            asked = build(Seat(row.site, row.room, row.seat))
            if first:
                _put_station(connection, asked)
                return asked
            kept = connection.execute(select(s.STATIONS).where(s.STATIONS.c.station == asked.station)).one_or_none()
            known = None if kept is None else _station(kept)
            if known is None or known.revoked:
                return None
            same = (known.signing_key, known.sealing_key) == (asked.signing_key, asked.sealing_key)
            return known if same else None

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
    ) -> Future[None]:
        """Entries, batches and attachments of one exchange, in one transaction; done after the commit."""
        rows = s.Rows({}, {}, [{"at": station, "to": counter}])
        if accepted:
            rows.added[s.BATCHES] = [_row(station, found) for found in accepted]
        if attachments:
            rows.once[s.ATTACHMENTS] = [
                {"sha256": a.sha256, "attempt": a.attempt, "kind": a.kind, "body": a.body, "expires_at": expiry}
                for a in attachments
            ]
        return self._store.submit(rows)

    def replay(self, intake: Intake, attempt: str = "") -> None:
        """Give the intake what was taken before; with `attempt` only that one and its branches."""
        b = s.BATCHES.c
        query = select(s.BATCHES).order_by(b.attempt, b.epoch, b.first)
        if attempt:
            query = query.where(or_(b.attempt == attempt, b.attempt.startswith(attempt + BRANCH, autoescape=True)))

        def action(connection: Connection) -> None:
            rows = connection.execution_options(yield_per=2000).execute(query)
            for _, group in groupby(rows, key=attrgetter("attempt")):
                for station, found in _accepted(group):
                    intake.believe(station, found)

        self._store.read(action)

    def count_events(self) -> tuple[int, int]:
        """How many entries are kept, and how many different ones."""
        b = s.BATCHES.c
        rows = self._store.read(lambda c: c.execute(select(b.attempt, b.epoch, b.first, b.last)).all())
        kept: dict[tuple[str, int], set[int]] = {}
        for row in rows:
            kept.setdefault((row.attempt, row.epoch), set()).update(range(row.first, row.last + 1))
        return sum(row.last - row.first + 1 for row in rows), sum(map(len, kept.values()))

    def attachments(self, attempt: str) -> list[bytes]:
        """Evidence of an attempt, oldest first."""
        where = s.ATTACHMENTS.c.attempt == attempt
        return list(self._store.read(lambda c: c.execute(select(s.ATTACHMENTS.c.body).where(where)).scalars().all()))

    def expired(self, now: int) -> list[str]:
        """Digests of attachments whose time has come."""
        query = select(s.ATTACHMENTS.c.sha256).where(s.ATTACHMENTS.c.expires_at <= now)
        return list(self._store.read(lambda c: c.execute(query).scalars().all()))

    def erase_expired(self, now: int) -> int:
        """Erase attachments whose time has come, from the file too; how many."""
        return self._erase(s.ATTACHMENTS.c.expires_at <= now)

    def erase_attempt(self, attempt: str) -> int:
        """Erase the attachments of one attempt, from the file too; how many."""
        return self._erase(s.ATTACHMENTS.c.attempt == attempt)

    def _erase(self, which: ColumnElement[bool]) -> int:
        erased = self._store.write(lambda c: c.execute(delete(s.ATTACHMENTS).where(which)).rowcount)
        self._store.compact()
        return erased

    def next_act(self) -> int:
        """The next number of an act."""
        return int(self._store.read(lambda c: c.execute(select(func.max(s.ACTS.c.number))).scalar()) or 0) + 1

    def add_act(self, number: int, site: str, line: object) -> None:
        """One line of the incident log."""
        values = {"number": number, "site": site, "body": msgspec.json.encode(line)}
        self._store.write(lambda c: c.execute(insert(s.ACTS).values(values)))

    def acts(self, site: str, kind: type[T]) -> list[T]:
        """The incident log of a site, or of all (empty); the newest first."""
        query = select(s.ACTS.c.body).order_by(s.ACTS.c.number.desc())
        if site:
            query = query.where(s.ACTS.c.site == site)
        return [
            msgspec.json.decode(raw, type=kind) for raw in self._store.read(lambda c: c.execute(query).scalars().all())
        ]

    def next_incident(self) -> int:
        """The next number of an incident."""
        return int(self._store.read(lambda c: c.execute(select(func.max(s.INCIDENTS.c.number))).scalar()) or 0) + 1

    def put_incident(self, number: int, site: str, is_open: bool, line: object) -> None:
        """A new incident, or a changed one."""
        values = {"number": number, "site": site, "open": is_open, "body": msgspec.json.encode(line)}

        def action(connection: Connection) -> None:
            connection.execute(delete(s.INCIDENTS).where(s.INCIDENTS.c.number == number))
            connection.execute(insert(s.INCIDENTS).values(values))

        self._store.write(action)

    def incidents(self, site: str, kind: type[T]) -> list[T]:
        """Incidents of a site, or of all (empty); the newest first."""
        query = select(s.INCIDENTS.c.body).order_by(s.INCIDENTS.c.number.desc())
        if site:
            query = query.where(s.INCIDENTS.c.site == site)
        return [
            msgspec.json.decode(raw, type=kind) for raw in self._store.read(lambda c: c.execute(query).scalars().all())
        ]

    def survey(self) -> list[bytes]:
        """Answers of the survey."""
        query = select(s.ATTACHMENTS.c.body).where(s.ATTACHMENTS.c.kind == "survey")
        return list(self._store.read(lambda c: c.execute(query).scalars().all()))

    def accounts(self) -> list[Account]:
        """All accounts."""
        rows = self._store.read(lambda c: c.execute(select(s.ACCOUNTS)).all())
        return [Account(row.name, row.role, row.site, row.digest, row.totp) for row in rows]

    def add_account(self, account: Account) -> None:
        """A new account, or a changed one."""

        def action(connection: Connection) -> None:
            connection.execute(delete(s.ACCOUNTS).where(s.ACCOUNTS.c.name == account.name))
            connection.execute(insert(s.ACCOUNTS).values(msgspec.structs.asdict(account)))

        self._store.write(action)

    def logins(self) -> dict[str, tuple[str, float]]:
        """By digest of the token: name, and until when (real seconds since 1970)."""
        rows = self._store.read(lambda c: c.execute(select(s.LOGINS)).all())
        return {row.digest: (row.name, row.until) for row in rows}

    def add_login(self, digest: str, name: str, until: float) -> None:
        """A person came in; logins that have ended go."""
        ended = s.LOGINS.c.until < until - 2 * DAY_SECONDS

        def action(connection: Connection) -> None:
            connection.execute(delete(s.LOGINS).where(ended))
            connection.execute(insert(s.LOGINS).values(digest=digest, name=name, until=until))

        self._store.write(action)

    def drop_login(self, digest: str) -> None:
        """A person left."""
        self._store.write(lambda c: c.execute(delete(s.LOGINS).where(s.LOGINS.c.digest == digest)))

    def log_lines(self, after: int = 0, limit: int = 500) -> list[tuple[int, int, str, str]]:
        """Lines of the log: number, time, who, what; the newest first, older than `after` if given."""
        n = s.LOG_ENTRIES.c
        query = select(n.number, n.at, n.who, n.what).order_by(n.number.desc()).limit(limit)
        if after:
            query = query.where(n.number < after)
        return [tuple(row) for row in self._store.read(lambda c: c.execute(query).all())]

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


def _put_station(connection: Connection, station: EnrolledStation) -> None:
    connection.execute(delete(s.STATIONS).where(s.STATIONS.c.station == station.station))
    connection.execute(
        insert(s.STATIONS).values(
            station=station.station, site=station.seat.site, room=station.seat.room, seat=station.seat.number,
            signing_key=station.signing_key, sealing_key=station.sealing_key, build=station.build,
            counter=station.counter, revoked=station.revoked,
        )
    )  # fmt: skip


def _station(row: Any) -> EnrolledStation:
    seat = Seat(row.site, row.room, row.seat)
    return EnrolledStation(row.station, seat, row.signing_key, row.sealing_key, row.build, row.counter, row.revoked)


def _row(station: str, found: Accepted) -> dict[str, Any]:
    batch = found.batch
    return {
        "attempt": found.record, "epoch": batch.epoch, "first": batch.last - len(found.texts) + 1, "last": batch.last,
        "station": batch.station or station, "signed_from": batch.first, "previous_head": batch.previous_head, "head": batch.head,
        "signature": batch.signature, "texts": "\n".join(found.texts),
    }  # fmt: skip


def _accepted(rows: Iterable[Any]) -> Iterator[tuple[str, Accepted]]:
    """Batches as they were signed, with what each added."""
    known: dict[int, list[str]] = {}
    for row in rows:
        texts = known.setdefault(row.epoch, [])
        new = tuple(row.texts.split("\n"))
        texts += new
        signed = tuple(texts[row.signed_from - 1 : row.last])
        attempt = attempt_of(row.attempt)
        batch = RecordBatch(
            attempt, row.epoch, row.signed_from, row.last, signed, row.previous_head, row.head, row.signature
        )
        heads = tuple(heads_of(row.previous_head, (text.encode() for text in signed))[-len(new) :])
        yield row.station, Accepted(batch, tuple(decode_entry(text.encode()) for text in new), new, heads, row.attempt)
