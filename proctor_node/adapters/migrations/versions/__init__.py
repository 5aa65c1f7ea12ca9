"""The steps of the node's schema (Alembic)."""
