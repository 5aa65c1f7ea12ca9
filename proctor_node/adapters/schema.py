"""Bring a database to the newest schema, by Alembic; a database that is there already costs one query.

The first builds made their tables without a version. Such a database is recognised by its tables and columns: what only lacks
tables is taken over as revision 0001, anything else is refused before a byte of it is changed.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import MetaData, inspect, text
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from proctor_node.errors import StoreOld

FIRST, NEWEST = "0001", "0002"
FOLDER = Path(__file__).parent / "migrations"


def current(connection: Connection) -> str:
    """The revision of a database, "" if it has none."""
    try:
        return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")
    except SQLAlchemyError:
        connection.rollback()
        return ""


def upgrade(engine: Engine, tables: MetaData) -> None:
    """Run the steps that a database lacks; `tables` is the newest schema.

    Raises:
        StoreOld: an earlier build made it, in a shape that cannot be brought forward, or a later one.
    """
    with engine.connect() as connection:
        found = current(connection)
        if found == NEWEST:
            return
        if found not in {"", FIRST}:
            raise StoreOld(
                "the database is of schema {found}, made by a later build; this one knows up to {newest}",
                found=found,
                newest=NEWEST,
            )
        unnamed = "" if found else _unnamed(connection, tables)
    # Half a second to load; only a new or an old database pays for it.
    from alembic import command
    from alembic.config import Config

    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(FOLDER))
        config.attributes["connection"] = connection
        if unnamed:
            tables.create_all(connection, tables=[t for t in tables.sorted_tables if t.name not in LATER])
            command.stamp(config, FIRST)
        command.upgrade(config, "head")


# Tables that came after revision 0001: the migrations make them.
LATER = {"incidents"}


def _unnamed(connection: Connection, tables: MetaData) -> str:
    """The revision that a database without a version amounts to; "" for an empty one."""
    there = inspect(connection)
    names = set(there.get_table_names())
    known = {table.name: table for table in tables.sorted_tables if table.name not in LATER}
    if not names & known.keys():
        return ""
    for name in sorted(names & known.keys()):
        wanted, has = {c.name for c in known[name].columns}, {c["name"] for c in there.get_columns(name)}
        if wanted != has:
            told = ", ".join(sorted(wanted ^ has))
            raise StoreOld(
                "made by an early build whose table {table} differs in: {columns}; nothing was changed",
                table=name,
                columns=told,
            )
    return FIRST
