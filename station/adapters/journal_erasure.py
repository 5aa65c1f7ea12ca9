"""Taking all but one shift out of a journal, in the caller's transaction: what stays is sealed under the new key."""

from __future__ import annotations

import contextlib

from sqlalchemy import ColumnElement, Table, false, func, insert, or_, select
from sqlalchemy.engine import Connection

from station.adapters.journal_tables import ATTACHMENTS, DAMAGED, ENTRIES, EPOCHS, KEPT
from station.adapters.store_key import Cipher, Erasing
from station.errors import StoreDamaged

# Sealed under the key of the last erasure: opens with it once that erasure is in the file.
MARK = "erased"
SURVEY = "survey"


def _spared(table: Table, spare: str) -> ColumnElement[bool]:
    return table.c.attempt.startswith(spare, autoescape=True) if spare else false()


def _kept_attachment(spare: str) -> ColumnElement[bool]:
    # An answer of the survey is tied to nobody.
    return or_(_spared(ATTACHMENTS, spare), ATTACHMENTS.c.attempt == SURVEY)


def owed(connection: Connection, spare: str) -> int:
    """Entries and attachments that the node does not have, outside of what is spared; a damaged end may hold such entries."""
    last = select(func.max(ENTRIES.c.sequence)).where(
        ENTRIES.c.attempt == EPOCHS.c.attempt, ENTRIES.c.epoch == EPOCHS.c.epoch
    )
    behind = select(func.sum(last.scalar_subquery() - EPOCHS.c.confirmed)).where(~_spared(EPOCHS, spare))
    pieces = select(func.count()).select_from(ATTACHMENTS).where(~_kept_attachment(spare))
    torn = select(func.count()).select_from(DAMAGED).where(~_spared(DAMAGED, spare))
    return sum(int(connection.execute(count).scalar() or 0) for count in (behind, pieces, torn))


def done(connection: Connection, erasing: Erasing) -> bool:
    """Whether this erasure is in the file already."""
    sealed = connection.execute(select(KEPT.c.value).where(KEPT.c.name == MARK)).scalar()
    if sealed is None:
        return False
    try:
        Cipher(erasing.key).unseal(sealed, MARK)
    except StoreDamaged:
        return False
    return True


def rewrite(connection: Connection, old: Cipher, erasing: Erasing) -> None:
    """Delete what goes; seal what stays anew."""
    new, spare = Cipher(erasing.key), erasing.spare
    for table in (ENTRIES, EPOCHS):
        connection.execute(table.delete().where(~_spared(table, spare)))
    connection.execute(ATTACHMENTS.delete().where(~_kept_attachment(spare)))
    connection.execute(KEPT.delete().where(KEPT.c.name.not_in(set(erasing.keep) - {MARK, *erasing.marks})))
    connection.execute(DAMAGED.delete())
    for row in connection.execute(select(ENTRIES)).all():
        place = f"{row.attempt}/{row.epoch}/{row.sequence}"
        # A damaged tail stays what it is; the next reading finds it.
        with contextlib.suppress(StoreDamaged):
            here = (ENTRIES.c.attempt == row.attempt, ENTRIES.c.epoch == row.epoch, ENTRIES.c.sequence == row.sequence)
            body = new.seal(old.unseal(row.body, place), place)
            connection.execute(ENTRIES.update().where(*here).values(body=body))
    for row in connection.execute(select(ATTACHMENTS)).all():
        body = new.seal(old.unseal(row.body, row.sha256), row.sha256)
        connection.execute(ATTACHMENTS.update().where(ATTACHMENTS.c.sha256 == row.sha256).values(body=body))
    for row in connection.execute(select(KEPT)).all():
        value = new.seal(old.unseal(row.value, row.name), row.name)
        connection.execute(KEPT.update().where(KEPT.c.name == row.name).values(value=value))
    for name, value in {**erasing.marks, MARK: b""}.items():
        connection.execute(insert(KEPT).values(name=name, value=new.seal(value, name)))
