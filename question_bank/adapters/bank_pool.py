"""What assembling needs of every item of a subject, in one query."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from question_bank.adapters import bank_tables as t
from question_bank.ports import ItemStatistics, PoolItem

PLAIN = ("version", "kind", "state", "topic", "outcome", "level", "passage", "exposure")


def read(connection: Connection, subject: str) -> list[PoolItem]:
    """Items of a subject (all, if it is empty) with last use and newest statistics, by identifier."""
    used = select(t.USES.c.item, func.max(t.USES.c.at).label("last")).group_by(t.USES.c.item).subquery()
    newest = (
        select(t.STATISTICS.c.item, t.STATISTICS.c.content).where(t.STATISTICS.c.newest.is_(True)).subquery("newest")
    )
    joined = t.CURRENT.outerjoin(used, used.c.item == t.CURRENT.c.item)
    joined = joined.outerjoin(newest, newest.c.item == t.CURRENT.c.item)
    query = select(t.CURRENT, used.c.last, newest.c.content).select_from(joined).order_by(t.CURRENT.c.item)
    if subject:
        query = query.where(t.CURRENT.c.subject == subject)
    items = []
    for row in connection.execute(query).mappings():
        found = msgspec.json.decode(row["content"], type=ItemStatistics) if row["content"] else None
        items.append(
            PoolItem(
                id=row["item"],
                last_used=datetime.fromisoformat(row["last"]) if row["last"] else None,
                p=found.p if found else None,
                a=found.a if found else None,
                b=found.b if found else None,
                c=found.c if found else None,
                **{name: row[name] for name in PLAIN},
            )
        )
    return items
