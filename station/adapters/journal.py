"""The journal in SQLite: WAL with synchronous=FULL, one writer, entry texts encrypted under the device's key.

`pysqlite3` brings a SQLite that is outside the range of the WAL-reset fault (stack.md section 3). An append is one
transaction, on disk when the call returns; an entry is never changed. Entries are chained (`exam_engine.record`), so a
damaged or torn tail shows when they are read.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import pysqlite3
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import create_engine, event, func, insert, select
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DatabaseError, IntegrityError

from exam_engine.record import advance, genesis
from station.adapters import journal_erasure, store_key
from station.adapters.journal_tables import ATTACHMENTS, DAMAGED, ENTRIES, EPOCHS, KEPT, METADATA
from station.errors import StoreDamaged, StoreFailed, StoreFull
from station.ports import Unsent

APPLIED = "applied"


def _tune(connection: pysqlite3.Connection, _: object) -> None:
    # The WAL keeps readers off the writer; FULL syncs it at every commit, which is what "saved" means. Small pages: an
    # entry is a few hundred bytes, and a commit writes whole pages. What is deleted is overwritten.
    pragmas = ("page_size=1024", "journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000", "secure_delete=ON")
    for pragma in pragmas:
        connection.execute(f"PRAGMA {pragma}")


class SqliteJournal:
    """One station's store under a folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._cipher = store_key.Cipher(store_key.device_key(folder))
        self._engine: Engine = create_engine(
            f"sqlite:///{folder / 'journal.sqlite'}", module=pysqlite3, hide_parameters=True
        )
        event.listen(self._engine, "connect", _tune)
        self._lock = threading.RLock()
        try:
            METADATA.create_all(self._engine)
            self._connection: Connection = self._engine.connect()
        except DatabaseError as error:
            raise _failure(error) from error
        except pysqlite3.DatabaseError as error:
            # The pragmas of a new connection already read the file's first page.
            raise StoreDamaged("the file cannot be read: {problem}", problem=error) from error
        erasing = store_key.announced(folder)
        if erasing is not None:
            # Power went while the room's data were being erased.
            self._finish(erasing)

    def close(self) -> None:
        """Give the file back."""
        self._connection.close()
        self._engine.dispose()

    # -- entries

    def append(
        self, attempt: str, epoch: int, entries: tuple[bytes, ...], previous_head: str = "", *, applied: int = 0
    ) -> None:
        """Keep entries of one epoch, and which instruction they carry out; all of it or none.

        Raises:
            StoreFull, StoreFailed: nothing was kept.
        """
        with self._lock:
            try:
                with self._connection.begin():
                    self._insert(attempt, epoch, entries, previous_head)
                    if applied:
                        self._put(APPLIED, str(applied).encode())
            except IntegrityError as error:
                raise StoreDamaged("an entry of this number is there already") from error
            except DatabaseError as error:
                raise _failure(error) from error

    def _insert(self, attempt: str, epoch: int, entries: tuple[bytes, ...], previous_head: str) -> None:
        sequence, head = self._last(attempt, epoch)
        if head is None:
            head = genesis(attempt, epoch, previous_head)
            self._connection.execute(insert(EPOCHS).values(attempt=attempt, epoch=epoch, start=head, confirmed=0))
        rows = []
        for body in entries:
            sequence, head = sequence + 1, advance(head, body)
            sealed = self._seal(body, f"{attempt}/{epoch}/{sequence}")
            rows.append({"attempt": attempt, "epoch": epoch, "sequence": sequence, "body": sealed, "head": head})
        self._connection.execute(insert(ENTRIES), rows)

    def _last(self, attempt: str, epoch: int) -> tuple[int, bytes | None]:
        last = self._connection.execute(
            select(ENTRIES.c.sequence, ENTRIES.c.head)
            .where(ENTRIES.c.attempt == attempt, ENTRIES.c.epoch == epoch)
            .order_by(ENTRIES.c.sequence.desc())
            .limit(1)
        ).first()
        return (0, None) if last is None else (last.sequence, last.head)

    def next_sequence(self, attempt: str, epoch: int) -> int:
        """The number of the next entry."""
        with self._lock, self._connection.begin():
            return self._last(attempt, epoch)[0] + 1

    def entries(self, attempt: str, epoch: int) -> list[bytes]:
        """All entries of one epoch, their chain checked.

        Raises:
            StoreDamaged: an entry was changed or is missing.
        """
        with self._lock, self._reading():
            return self._range(attempt, epoch, 1)[1]

    def since(self, attempt: str, epoch: int, first: int) -> tuple[bytes, list[bytes]]:
        """The head before entry `first` of an epoch, and the entries from there on, their chain checked.

        Raises:
            StoreDamaged: an entry was changed or is missing.
        """
        with self._lock, self._reading():
            return self._range(attempt, epoch, first)

    def salvage(self, attempt: str, epoch: int) -> list[bytes]:
        """The sound beginning of an epoch whose tail is damaged; the rest is set aside, still sealed, for an examiner.

        Raises:
            StoreDamaged: the node has confirmed more than is sound here, so going on would fork the record.
        """
        with self._lock, self._reading():
            _, sound = self._range(attempt, epoch, 1, strict=False)
            here = (EPOCHS.c.attempt == attempt, EPOCHS.c.epoch == epoch)
            confirmed = self._connection.execute(select(EPOCHS.c.confirmed).where(*here)).scalar() or 0
            if len(sound) < confirmed:
                raise StoreDamaged(
                    "only {sound} of {confirmed} confirmed entries are sound", sound=len(sound), confirmed=confirmed
                )
            tail = (ENTRIES.c.attempt == attempt, ENTRIES.c.epoch == epoch, ENTRIES.c.sequence > len(sound))
            for row in self._connection.execute(select(ENTRIES).where(*tail)).all():
                self._connection.execute(
                    insert(DAMAGED).values(attempt=attempt, epoch=epoch, sequence=row.sequence, body=row.body)
                )
            self._connection.execute(ENTRIES.delete().where(*tail))
            return sound

    @contextlib.contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            with self._connection.begin():
                yield
        except DatabaseError as error:
            raise StoreDamaged("the file cannot be read: {problem}", problem=error.orig) from error

    def _range(self, attempt: str, epoch: int, first: int, *, strict: bool = True) -> tuple[bytes, list[bytes]]:
        """The head before `first`, and the entries from there; without `strict` those up to the first unsound one."""
        where = (ENTRIES.c.attempt == attempt, ENTRIES.c.epoch == epoch)
        start = select(EPOCHS.c.start).where(EPOCHS.c.attempt == attempt, EPOCHS.c.epoch == epoch)
        if first > 1:
            start = select(ENTRIES.c.head).where(*where, ENTRIES.c.sequence == first - 1)
        before = self._connection.execute(start).scalar()
        rows = self._connection.execute(
            select(ENTRIES).where(*where, ENTRIES.c.sequence >= first).order_by(ENTRIES.c.sequence)
        ).all()
        if before is None:
            return b"", []
        head, bodies = before, []
        for number, row in enumerate(rows, first):
            body = self._sound(row.body, f"{attempt}/{epoch}/{row.sequence}", strict=strict)
            head = advance(head, body or b"")
            if body is None or row.sequence != number or head != row.head:
                if not strict:
                    break
                raise StoreDamaged("entry {number} of {attempt} does not follow", number=number, attempt=attempt)
            bodies.append(body)
        return before, bodies

    def _sound(self, sealed: bytes, place: str, *, strict: bool) -> bytes | None:
        try:
            return self._unseal(sealed, place)
        except StoreDamaged:
            if strict:
                raise
            return None

    def epochs(self) -> list[tuple[str, int]]:
        """Attempts and epochs in the order in which they began."""
        with self._lock, self._connection.begin():
            rows = self._connection.execute(select(EPOCHS.c.attempt, EPOCHS.c.epoch).order_by(EPOCHS.c.ordinal))
            return [(row.attempt, row.epoch) for row in rows]

    def unsent(self, most: int) -> list[Unsent]:
        """What the node has not confirmed, oldest epoch first, at most so many entries."""
        found = []
        with self._lock, self._connection.begin():
            last = select(func.max(ENTRIES.c.sequence)).where(
                ENTRIES.c.attempt == EPOCHS.c.attempt, ENTRIES.c.epoch == EPOCHS.c.epoch
            )
            behind = select(EPOCHS).where(EPOCHS.c.confirmed < last.scalar_subquery()).order_by(EPOCHS.c.ordinal)
            for row in self._connection.execute(behind).all():
                before, bodies = self._range(row.attempt, row.epoch, row.confirmed + 1)
                bodies = bodies[:most]
                most -= len(bodies)
                if bodies:
                    found.append(Unsent(row.attempt, row.epoch, row.confirmed + 1, tuple(bodies), before))
        return found

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        """One transaction; what the disk refuses is told as the station's own error, never as the database's."""
        with self._lock:
            try:
                with self._connection.begin():
                    yield
            except DatabaseError as error:
                raise _failure(error) from error

    def confirm(self, attempt: str, epoch: int, sequence: int, head: str) -> bool:
        """The node has everything up to here; False if its head is not the one of our entry.

        Raises:
            StoreFailed: it could not be noted; what was sent will be sent again.
        """
        with self._writing():
            ours = self._connection.execute(
                select(ENTRIES.c.head).where(
                    ENTRIES.c.attempt == attempt, ENTRIES.c.epoch == epoch, ENTRIES.c.sequence == sequence
                )
            ).scalar()
            if ours is None or ours.hex() != head:
                return False
            self._connection.execute(
                EPOCHS.update()
                .where(EPOCHS.c.attempt == attempt, EPOCHS.c.epoch == epoch, EPOCHS.c.confirmed < sequence)
                .values(confirmed=sequence)
            )
            return True

    # -- attachments and values

    def attach(self, attempt: str, sha256: str, body: bytes) -> None:
        """Keep an attachment until the node has it; the same one twice is one."""
        with self._writing():
            there = self._connection.execute(select(ATTACHMENTS.c.sha256).where(ATTACHMENTS.c.sha256 == sha256)).first()
            if there is None:
                sealed = self._seal(body, sha256)
                self._connection.execute(insert(ATTACHMENTS).values(sha256=sha256, attempt=attempt, body=sealed))

    def attachments(self, most: int, but: Collection[str] = ()) -> list[tuple[str, str, bytes]]:
        """Attachments not yet sent, without those of digests `but`: attempt, digest, bytes."""
        with self._lock, self._connection.begin():
            wanted = select(ATTACHMENTS).where(ATTACHMENTS.c.sha256.not_in(but)).limit(most)
            rows = self._connection.execute(wanted).all()
        return [(row.attempt, row.sha256, self._unseal(row.body, row.sha256)) for row in rows]

    def attachment_sent(self, sha256: str) -> None:
        """The node has it: forget it here."""
        with self._writing():
            self._connection.execute(ATTACHMENTS.delete().where(ATTACHMENTS.c.sha256 == sha256))

    def keep(self, name: str, value: bytes) -> None:
        """Keep a value under a name, over the one that was there."""
        with self._writing():
            self._put(name, value)

    def _put(self, name: str, value: bytes) -> None:
        self._connection.execute(KEPT.delete().where(KEPT.c.name == name))
        self._connection.execute(insert(KEPT).values(name=name, value=self._seal(value, name)))

    def applied(self) -> int:
        """The last instruction that was carried out."""
        return int(self.kept(APPLIED) or b"0")

    def mark_applied(self, number: int) -> None:
        """An instruction was carried out that left no event."""
        self.keep(APPLIED, str(number).encode())

    def kept(self, name: str) -> bytes | None:
        """The value kept under a name."""
        with self._lock, self._connection.begin():
            sealed = self._connection.execute(select(KEPT.c.value).where(KEPT.c.name == name)).scalar()
        return None if sealed is None else self._unseal(sealed, name)

    # -- erasure

    def owed(self, spare: str = "") -> int:
        """How many entries and attachments the node does not have, but for attempts whose name begins with `spare`."""
        with self._lock, self._connection.begin():
            return journal_erasure.owed(self._connection, spare)

    def erase(self, spare: str, keep: Iterable[str], marks: dict[str, bytes], *, force: bool = False) -> bool:
        """Erase all but the attempts whose name begins with `spare` and the values named, once the node has the rest.

        What stays goes under a new key and the old key is destroyed: on flash, where nothing is overwritten in place, that
        is what makes old blocks unreadable. Then the file and its log are written anew. A cut of power on the way is made
        good when the journal is opened again. `marks` are values written in the same stroke.

        Returns:
            False if the node lacks something of it (with `force` it goes all the same); then nothing was erased.

        Raises:
            StoreFailed: the disk did not take it.
        """
        with self._lock:
            if not force and self.owed(spare):
                return False
            erasing = store_key.Erasing(AESGCM.generate_key(256), spare, tuple(keep), marks)
            try:
                store_key.announce(self._folder, erasing)
            except OSError as error:
                raise StoreFailed("{problem}", problem=type(error).__name__) from error
            self._finish(erasing)
            return True

    def _finish(self, erasing: store_key.Erasing) -> None:
        try:
            with self._connection.begin():
                if not journal_erasure.done(self._connection, erasing):
                    journal_erasure.rewrite(self._connection, self._cipher, erasing)
            store_key.change(self._folder, erasing.key)
            self._cipher = store_key.Cipher(erasing.key)
            # Not inside a transaction: SQLite writes the file anew, so that deleted pages hold nothing.
            raw = self._connection.connection.driver_connection
            assert raw is not None
            raw.execute("VACUUM")
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            store_key.finish(self._folder)
        except DatabaseError as error:
            raise _failure(error) from error
        except (OSError, pysqlite3.DatabaseError) as error:
            raise StoreFailed("{problem}", problem=type(error).__name__) from error

    # -- at rest

    def _seal(self, body: bytes, place: str) -> bytes:
        return self._cipher.seal(body, place)

    def _unseal(self, sealed: bytes, place: str) -> bytes:
        return self._cipher.unseal(sealed, place)


def _failure(error: DatabaseError) -> StoreFailed | StoreDamaged:
    if "malformed" in str(error.orig) or "not a database" in str(error.orig):
        return StoreDamaged("the file cannot be read: {problem}", problem=error.orig)
    full = "full" in str(error.orig) or "No space" in str(error.orig)
    return StoreFull("the disk is full") if full else StoreFailed("{problem}", problem=error.orig)
