"""The first schema."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "0001", None, None, None


def upgrade() -> None:
    """Make every table."""
    text, whole, long, raw = sa.String, sa.Integer, sa.BigInteger, sa.LargeBinary

    def column(name: str, kind: type[Any], *, key: bool = False) -> Any:
        return sa.Column(name, kind(), primary_key=key, nullable=False, autoincrement=False if key else "auto")

    op.create_table("kept", column("name", text, key=True), column("value", raw))

    def seat() -> tuple[Any, ...]:
        return (column("site", text), column("room", text), column("seat", whole))

    op.create_table(
        "stations", column("station", text, key=True), *seat(), column("signing_key", raw), column("sealing_key", raw),
        column("build", text), column("counter", long), column("revoked", sa.Boolean),
    )  # fmt: skip
    op.create_table("enrolment_codes", column("digest", text, key=True), *seat(), column("used", sa.Boolean))
    op.create_table(
        "batches", column("attempt", text, key=True), column("epoch", whole, key=True), column("first", whole, key=True),
        column("last", whole), column("station", text), column("signed_from", whole), column("previous_head", text),
        column("head", text), column("signature", raw), column("texts", sa.Text),
    )  # fmt: skip
    op.create_table(
        "attachments", column("sha256", text, key=True), column("attempt", text), column("kind", text), column("body", raw),
        column("expires_at", long),
    )  # fmt: skip
    op.create_table(
        "instructions", column("station", text, key=True), column("number", whole, key=True), column("body", raw)
    )
    op.create_table(
        "accounts", column("name", text, key=True), column("role", text), column("site", text), column("digest", text),
        column("totp", text),
    )  # fmt: skip
    op.create_table("logins", column("digest", text, key=True), column("name", text), column("until", sa.Float))
    op.create_table("acts", column("number", whole, key=True), column("site", text), column("body", raw))
    op.create_table(
        "log_entries", sa.Column("number", whole(), primary_key=True, autoincrement=True, nullable=False), column("at", long),
        column("who", text), column("what", sa.Text),
    )  # fmt: skip


def downgrade() -> None:
    """There is nothing before the first schema."""
    raise NotImplementedError("a node's records are never dropped")
