"""Run by Alembic with the connection that `proctor_node.adapters.schema` hands over; there is no ini file."""

from __future__ import annotations

from alembic import context

from proctor_node.adapters.store import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
with context.begin_transaction():
    context.run_migrations()
