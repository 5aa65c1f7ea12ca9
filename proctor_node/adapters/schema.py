"""Bring a database to the newest schema, by Alembic; a database that is there already costs one query."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

NEWEST = "0001"
FOLDER = Path(__file__).parent / "migrations"


def current(connection: Connection) -> str:
    """The revision of a database, "" if it has none."""
    try:
        return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")
    except SQLAlchemyError:
        connection.rollback()
        return ""


def upgrade(engine: Engine) -> None:
    """Run the steps that a database lacks."""
    with engine.connect() as connection:
        if current(connection) == NEWEST:
            return
    # Half a second to load; only a new or an old database pays for it.
    from alembic import command
    from alembic.config import Config

    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(FOLDER))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
