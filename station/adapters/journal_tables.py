"""The tables of a station's journal. Bodies and values are sealed under the device's key, names and numbers are not."""

from __future__ import annotations

from sqlalchemy import Column, Integer, LargeBinary, MetaData, String, Table

METADATA = MetaData()
ENTRIES = Table(
    "entries",
    METADATA,
    Column("attempt", String, primary_key=True),
    Column("epoch", Integer, primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("body", LargeBinary, nullable=False),
    Column("head", LargeBinary, nullable=False),
    # One tree instead of a table and its index: an answer dirties one page, and the journal stays small.
    sqlite_with_rowid=False,
)
DAMAGED = Table(
    "damaged",
    METADATA,
    Column("ordinal", Integer, primary_key=True, autoincrement=True),
    Column("attempt", String, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
EPOCHS = Table(
    "epochs",
    METADATA,
    Column("ordinal", Integer, primary_key=True, autoincrement=True),
    Column("attempt", String, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("start", LargeBinary, nullable=False),
    Column("confirmed", Integer, nullable=False, default=0),
)
ATTACHMENTS = Table(
    "attachments",
    METADATA,
    Column("sha256", String, primary_key=True),
    Column("attempt", String, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
KEPT = Table("kept", METADATA, Column("name", String, primary_key=True), Column("value", LargeBinary, nullable=False))
