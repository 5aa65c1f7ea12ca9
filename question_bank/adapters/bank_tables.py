"""Tables of the bank in SQLite. Versions, keys and steps of review are only ever added; triggers refuse to change them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

METADATA = MetaData()

VERSIONS = Table(
    "versions",
    METADATA,
    Column("row", Integer, primary_key=True),
    Column("item", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("digest", String, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("author", String, nullable=False),
    Column("created", String, nullable=False),
    Index("versions_by_item", "item", "version", unique=True),
)
# What lists and filters need of the newest version; written anew with each version and step.
CURRENT = Table(
    "current",
    METADATA,
    Column("row", Integer, primary_key=True),
    Column("item", String, nullable=False, unique=True),
    Column("version", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("state", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("topic", String, nullable=False),
    Column("outcome", String, nullable=False),
    Column("level", String, nullable=False),
    Column("author", String, nullable=False),
    Column("source", String, nullable=False),
    Column("tags", String, nullable=False),
    Column("passage", String, nullable=False),
    Column("excerpt", String, nullable=False),
    Column("exposure", Integer, nullable=False),
    Index("current_by_place", "topic", "row"),
    Index("current_by_cell", "state", "kind", "level", "topic"),
)
KEYS = Table(
    "keys",
    METADATA,
    Column("item", String, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("person", String, nullable=False),
    Column("at", String, nullable=False),
    Column("reason", String, nullable=False),
    ForeignKeyConstraint(["item", "version"], ["versions.item", "versions.version"]),
)
STEPS = Table(
    "steps",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("item", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("source", String, nullable=False),
    Column("target", String, nullable=False),
    Column("person", String, nullable=False),
    Column("at", String, nullable=False),
    Column("note", Text, nullable=False),
    Index("steps_by_version", "item", "version"),
)
PASSAGES = Table(
    "passages", METADATA, Column("passage", String, primary_key=True), Column("content", LargeBinary, nullable=False)
)
RESOURCES = Table(
    "resources",
    METADATA,
    Column("sha256", String, primary_key=True),
    Column("media_type", String, nullable=False),
    Column("content", LargeBinary, nullable=False),
)
FORMULAS = Table(
    "formulas",
    METADATA,
    Column("latex", String, primary_key=True),
    Column("svg", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
BANDS = Table(
    "bands",
    METADATA,
    Column("band", BigInteger, primary_key=True),
    Column("item", String, primary_key=True),
    Index("bands_by_item", "item"),
    sqlite_with_rowid=False,
)
USES = Table(
    "uses",
    METADATA,
    Column("item", String, primary_key=True),
    Column("exam", String, primary_key=True),
    Column("form", String, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("at", String, nullable=False),
    Column("candidates", Integer, nullable=False),
)
STATISTICS = Table(
    "statistics",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("item", String, nullable=False),
    Column("exam", String, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("p", Float),
    Column("newest", Boolean, nullable=False),
    Index("statistics_by_item", "item"),
)
ENEMIES = Table("enemies", METADATA, Column("one", String, primary_key=True), Column("other", String, primary_key=True))
SEARCH = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5"
    "(exact, folded, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='2 3')"
)
FINAL = ("versions", "keys", "steps", "passages", "resources")
TRIGGERS = [
    f"CREATE TRIGGER IF NOT EXISTS {table}_final_{act} BEFORE {act} ON {table} BEGIN SELECT RAISE(ABORT, '{table} are only ever added'); END"
    for table in FINAL
    for act in ("UPDATE", "DELETE")
]
