"""The node's store: SQLAlchemy Core on SQLite (WAL, synchronous=FULL) or PostgreSQL, with one group-commit writer.

Writes are functions of a connection. The writer takes all that wait, runs them in one transaction and answers them after the
commit; if one fails, each is run again on its own, so that a bad one takes no other with it (stack.md section 3).
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, TypeVar

import pysqlite3
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    event,
    inspect,
    make_url,
)
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from proctor_node.adapters import schema
from proctor_node.errors import StoreTaken, StoreUnusable

METADATA = MetaData()
KEPT = Table("kept", METADATA, Column("name", String, primary_key=True), Column("value", LargeBinary, nullable=False))
STATIONS = Table(
    "stations",
    METADATA,
    Column("station", String, primary_key=True),
    Column("site", String, nullable=False),
    Column("room", String, nullable=False),
    Column("seat", Integer, nullable=False),
    Column("signing_key", LargeBinary, nullable=False),
    Column("sealing_key", LargeBinary, nullable=False),
    Column("build", String, nullable=False),
    Column("counter", BigInteger, nullable=False),
    Column("revoked", Boolean, nullable=False),
)
CODES = Table(
    "enrolment_codes",
    METADATA,
    Column("digest", String, primary_key=True),
    Column("site", String, nullable=False),
    Column("room", String, nullable=False),
    Column("seat", Integer, nullable=False),
    Column("used", Boolean, nullable=False),
)
# One row a batch. `first` is the first entry that was new (the signed batch may begin before it, at `signed_from`), so the rows of
# an epoch lie end to end, and the primary key alone forbids that any entry is kept twice: whoever believes to be first after
# entry n writes the row n + 1. `texts` are the canonical entries first..last, one a line (canonical JSON holds no line break).
BATCHES = Table(
    "batches",
    METADATA,
    Column("attempt", String, primary_key=True),
    Column("epoch", Integer, primary_key=True),
    Column("first", Integer, primary_key=True, autoincrement=False),
    Column("last", Integer, nullable=False),
    Column("station", String, nullable=False),
    Column("signed_from", Integer, nullable=False),
    Column("previous_head", String, nullable=False),
    Column("head", String, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Column("texts", Text, nullable=False),
)
ATTACHMENTS = Table(
    "attachments",
    METADATA,
    Column("sha256", String, primary_key=True),
    Column("attempt", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
)
INSTRUCTIONS = Table(
    "instructions",
    METADATA,
    Column("station", String, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("body", LargeBinary, nullable=False),
)
ACCOUNTS = Table(
    "accounts",
    METADATA,
    Column("name", String, primary_key=True),
    Column("role", String, nullable=False),
    Column("site", String, nullable=False),
    Column("digest", String, nullable=False),
    Column("totp", String, nullable=False),
)
LOGINS = Table(
    "logins",
    METADATA,
    Column("digest", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("until", Float, nullable=False),
)
ACTS = Table(
    "acts",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("site", String, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
# Matters of the live board that somebody took on, with their whole life; `open` ones are read at every start.
INCIDENTS = Table(
    "incidents",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("site", String, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
LOG_ENTRIES = Table(
    "log_entries",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False),
    Column("who", String, nullable=False),
    Column("what", Text, nullable=False),
)
T = TypeVar("T")
# Values in one statement; SQLite takes 32,766.
MOST_TOLD = 16_000
TIDY_SECONDS = 2.0
Action = Callable[[Connection], Any]


@dataclass(slots=True)
class Rows:
    """Rows to add in one transaction. The writer puts those of a whole group into one statement a table.

    `once` are added unless their key is there already; `counters` are station counters to set.
    """

    added: dict[Table, list[dict[str, Any]]]
    once: dict[Table, list[dict[str, Any]]]
    counters: list[dict[str, Any]]

    def __call__(self, connection: Connection) -> None:
        """Write them."""
        for table, rows in self.added.items():
            _insert(connection, table, rows)
        for table, rows in self.once.items():
            _insert(connection, table, rows, "ON CONFLICT DO NOTHING")
        if not self.counters:
            return
        # A station that is twice in a group counts with its last: a joined update would take either.
        last = {row["at"]: row["to"] for row in self.counters}
        if connection.dialect.name == "postgresql":
            text = "UPDATE stations SET counter = told.number FROM unnest(%s::varchar[], %s::bigint[]) AS told (name, number) WHERE station = told.name"
            connection.exec_driver_sql(text, (list(last), list(last.values())))
        else:
            for some in batched(last.items(), MOST_TOLD // 2):
                told = ", ".join(["(?, ?)"] * len(some))
                text = f"UPDATE stations SET counter = told.column2 FROM (VALUES {told}) AS told WHERE station = told.column1"  # noqa: S608 - marks only
                connection.exec_driver_sql(text, tuple(chain.from_iterable(some)))


ARRAYS = {
    Integer: "int",
    BigInteger: "bigint",
    LargeBinary: "bytea",
    Text: "text",
    String: "varchar",
    Boolean: "boolean",
}


def _insert(connection: Connection, table: Table, rows: list[dict[str, Any]], ending: str = "") -> None:
    """Many rows in one statement, by the driver's own fastest way; rows hold every column of the table."""
    names = [column.name for column in table.columns]
    listed = ", ".join(names)
    if connection.dialect.name == "postgresql":
        arrays = ", ".join(f"%s::{ARRAYS[type(column.type)]}[]" for column in table.columns)
        text = f"INSERT INTO {table.name} ({listed}) SELECT * FROM unnest({arrays}) {ending}"  # noqa: S608 - names of our own schema
        connection.exec_driver_sql(text, tuple([row[name] for row in rows] for name in names))
    else:
        # One statement, one step: the driver gives the interpreter away at every step and waits for it afterwards.
        for some in batched(rows, MOST_TOLD // len(names)):
            marks = ", ".join(["(" + ", ".join("?" * len(names)) + ")"] * len(some))
            text = f"INSERT INTO {table.name} ({listed}) VALUES {marks} {ending}"  # noqa: S608 - as above
            connection.exec_driver_sql(text, tuple(row[name] for row in some for name in names))


def batched(rows: Iterable[T], most: int) -> Iterator[tuple[T, ...]]:
    """Rows in lots of at most so many."""
    left = iter(rows)
    while some := tuple(islice(left, most)):
        yield some


def together(parts: Iterable[Rows]) -> Rows:
    """Several as one."""
    whole = Rows({}, {}, [])
    for part in parts:
        for kept, given in ((whole.added, part.added), (whole.once, part.once)):
            for table, rows in given.items():
                kept.setdefault(table, []).extend(rows)
        whole.counters += part.counters
    return whole


def _tune(connection: Any, _: object) -> None:
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "busy_timeout=5000",
        # Checkpoints are made beside the writer (`_tidy`); this is only the bound if that one cannot keep up.
        "wal_autocheckpoint=40000",
        "secure_delete=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


# A database on another machine that is switched off is told after so many seconds, not after minutes.
CONNECT_SECONDS = 10


def open_engine(url: str) -> Engine:
    """An engine of a URL: `sqlite:///file` or `postgresql://...`.

    Raises:
        StoreUnusable: neither. The message holds no password.
    """
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise StoreUnusable("the address of the database is not of the form postgresql://user@host/name") from error
    match address.get_backend_name():
        case "postgresql":
            address = address.set(drivername="postgresql+psycopg")
            told = {"connect_timeout": CONNECT_SECONDS}
            return create_engine(address, pool_pre_ping=True, hide_parameters=True, connect_args=told)
        case "sqlite":
            once = {"check_same_thread": False}
            engine = create_engine(address, module=pysqlite3, connect_args=once, hide_parameters=True)
            event.listen(engine, "connect", _tune)
            return engine
        case other:
            raise StoreUnusable("{kind}: the database is SQLite or PostgreSQL", kind=other)


def check_empty(url: str) -> None:
    """Whether a node may be made on this database.

    Raises:
        StoreUnusable: it does not answer. StoreTaken: it holds something already.
    """
    engine = open_engine(url)
    try:
        if inspect(engine).get_table_names():
            raise StoreTaken("the database is not empty")
    except SQLAlchemyError as error:
        raise StoreUnusable("{problem}", problem=getattr(error, "orig", None) or error) from error
    finally:
        engine.dispose()


class SqlStore:
    """The store; `write` for changes, `read` for the rest."""

    def __init__(self, url: str) -> None:
        try:
            self._engine = open_engine(url)
            schema.upgrade(self._engine, METADATA)
        except SQLAlchemyError as error:
            raise StoreUnusable("{problem}", problem=getattr(error, "orig", None) or error) from error
        self._queue: queue.Queue[tuple[Action, Future[Any]] | None] = queue.Queue()
        self._writer = threading.Thread(target=self._run, name="store writer", daemon=True)
        self._writer.start()
        self._closing = threading.Event()
        self._tidier = threading.Thread(target=self._tidy, name="store tidier", daemon=True)
        if self._engine.dialect.name == "sqlite":
            self._tidier.start()

    def _tidy(self) -> None:
        """Bring the log's pages into the file without holding anybody up: a commit that had to do it would wait for two more syncs."""
        while not self._closing.wait(TIDY_SECONDS):
            try:
                with self._engine.connect() as connection:
                    connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)")
            except SQLAlchemyError:
                # A full disk is told where something is to be kept; the next round tries again.
                continue

    def close(self) -> None:
        """Finish what waits, then give the database back."""
        self._closing.set()
        self._queue.put(None)
        self._writer.join(10)
        if self._tidier.is_alive():
            self._tidier.join(10)
        self._engine.dispose()

    def read(self, action: Callable[[Connection], T]) -> T:
        """Run a query on a connection of its own.

        Raises:
            StoreUnusable: the database does not answer.
        """
        try:
            with self._engine.connect() as connection:
                return action(connection)
        except SQLAlchemyError as error:
            raise StoreUnusable("{problem}", problem=getattr(error, "orig", None) or error) from error

    def write(self, action: Callable[[Connection], T]) -> T:
        """Run a change; returns after the commit.

        Raises:
            StoreUnusable: it was not committed.
        """
        return self.submit(action).result()

    def compact(self) -> None:
        """Write everything into the file itself, so that nothing erased stays in the log beside it (SQLite)."""
        if self._engine.dialect.name != "sqlite":
            return
        with self._engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def submit(self, action: Callable[[Connection], T]) -> Future[T]:
        """Hand a change to the writer; the future is done after the commit, or holds `StoreUnusable`."""
        outcome: Future[T] = Future()
        self._queue.put((action, outcome))
        return outcome

    def _run(self) -> None:
        while True:
            waiting = [self._queue.get()]
            while not self._queue.empty():
                waiting.append(self._queue.get())
            jobs = [job for job in waiting if job is not None]
            if jobs:
                self._commit(jobs)
            if None in waiting:
                return

    def _commit(self, jobs: list[tuple[Action, Future[Any]]]) -> None:
        rows = [action for action, _ in jobs if isinstance(action, Rows)]
        try:
            with self._engine.begin() as connection:
                if rows:
                    together(rows)(connection)
                results = [None if isinstance(action, Rows) else action(connection) for action, _ in jobs]
        except Exception as error:  # noqa: BLE001 - whatever one of them raised, the others must not share it
            if len(jobs) == 1:
                failed = (
                    StoreUnusable("{problem}", problem=getattr(error, "orig", None) or error)
                    if isinstance(error, SQLAlchemyError)
                    else error
                )
                jobs[0][1].set_exception(failed)
                return
            for job in jobs:
                self._commit([job])
            return
        for (_, outcome), result in zip(jobs, results, strict=True):
            outcome.set_result(result)
