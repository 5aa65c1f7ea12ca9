"""Incidents: matters of the live board that somebody took on, with who did what and how it ended."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "0002", "0001", None, None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "incidents", sa.Column("number", sa.Integer(), primary_key=True, nullable=False, autoincrement=False),
        sa.Column("site", sa.String(), nullable=False), sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
    )  # fmt: skip


def downgrade() -> None:
    """A node's records are never dropped."""
    raise NotImplementedError("a node's records are never dropped")
