"""The bank in a SQLite file, through SQLAlchemy and a SQLite outside the range of the WAL-reset fault (stack.md section 3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pysqlite3
from sqlalchemy import ColumnElement, create_engine, delete, event, func, insert, select, text, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.engine import Connection
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from question_bank.adapters import bank_pool
from question_bank.adapters import bank_tables as t
from question_bank.bank import review, searching, similarity
from question_bank.bank.content import plain
from question_bank.bank.item import BankItem, Draft, Key, Passage, digest, item_id
from question_bank.bank.review import State, Step
from question_bank.errors import BankUnavailable, ItemUnknown
from question_bank.ports import (
    Added,
    ItemStatistics,
    ItemSummary,
    PoolItem,
    Resource,
    Search,
    StoredKey,
    StoredVersion,
    Usage,
)

EXCERPT = 160
SCHEMA = 1
# At import, by one thread: threads that meet at a type's first use end the process.
for _kind in (BankItem, Key, Passage, ItemStatistics):
    msgspec.json.Decoder(_kind)


def _tune(connection: Any, _: object) -> None:
    for pragma in (
        "busy_timeout=30000",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "cache_size=-32000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def check_kind(url: str) -> None:
    """Whether a URL names a database that a bank can be.

    Raises:
        BankUnavailable: it does not.
    """
    if "://" in url and not url.startswith("sqlite:///"):
        raise BankUnavailable("the bank is a SQLite file: sqlite:///path/to/bank.sqlite")


class SqlBankStore:
    """A bank. `url` is `sqlite:///path` or a path."""

    def __init__(self, url: str) -> None:
        if "://" not in url:
            Path(url).parent.mkdir(parents=True, exist_ok=True)
            url = f"sqlite:///{url}"
        check_kind(url)
        try:
            self._engine = create_engine(
                url, module=pysqlite3, connect_args={"check_same_thread": False}, hide_parameters=True
            )
            event.listen(self._engine, "connect", _tune)
            with self._engine.connect() as connection:
                _prepare(connection)
        except (SQLAlchemyError, ArgumentError) as error:
            raise BankUnavailable("{url}: {problem}", url=url, problem=getattr(error, "orig", None) or error) from error

    def close(self) -> None:
        """Give the database back."""
        self._engine.dispose()

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        try:
            with self._engine.connect() as connection:
                # Take the write lock at once: two writers then wait for each other and never meet half-way.
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                yield connection
                connection.commit()
        except SQLAlchemyError as error:
            raise BankUnavailable("{problem}", problem=getattr(error, "orig", None) or error) from error

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        try:
            with self._engine.connect() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise BankUnavailable("{problem}", problem=getattr(error, "orig", None) or error) from error

    def add(
        self,
        drafts: Sequence[Draft],
        passages: Iterable[Passage],
        resources: Mapping[str, Resource],
        person: str,
        at: datetime,
    ) -> list[Added]:
        """New items as drafts, all or none; an item that is there already stays as it is."""
        with self._writing() as connection:
            _keep(connection, resources)
            for passage in passages:
                values = {"passage": passage.id, "content": msgspec.json.encode(passage)}
                connection.execute(upsert(t.PASSAGES).values(values).on_conflict_do_nothing())
            return [self._add_one(connection, draft, person, at) for draft in drafts]

    def _add_one(self, connection: Connection, draft: Draft, person: str, at: datetime) -> Added:
        identifier = item_id(draft.item)
        newest = _newest(connection, identifier)
        if newest:
            return Added(identifier, newest, fresh=False)
        _write_version(connection, identifier, 1, draft, person, at)
        return Added(identifier, 1, fresh=True)

    def add_version(
        self, identifier: str, draft: Draft, resources: Mapping[str, Resource], person: str, at: datetime
    ) -> int:
        """The next version of an item, a draft again; its number."""
        with self._writing() as connection:
            newest = _newest(connection, identifier)
            if not newest:
                raise ItemUnknown("{item}", item=identifier)
            _keep(connection, resources)
            _write_version(connection, identifier, newest + 1, draft, person, at)
            return newest + 1

    def version(self, identifier: str, version: int | None = None) -> StoredVersion:
        """A version, the newest by default."""
        found = self.versions(identifier)
        if version is None and found:
            return found[-1]
        for stored in found:
            if stored.version == version:
                return stored
        raise (
            ItemUnknown("{item}", item=identifier)
            if version is None
            else ItemUnknown("{item} version {version}", item=identifier, version=version)
        )

    def versions(self, identifier: str) -> list[StoredVersion]:
        """All versions, oldest first."""
        query = select(t.VERSIONS).where(t.VERSIONS.c.item == identifier).order_by(t.VERSIONS.c.version)
        with self._reading() as connection:
            rows = connection.execute(query).all()
            return [
                StoredVersion(
                    row.item, row.version, msgspec.json.decode(row.content, type=BankItem),
                    review.state_of(_steps(connection, row.item, row.version)), row.author,
                    datetime.fromisoformat(row.created), row.digest,
                )
                for row in rows
            ]  # fmt: skip

    def key(self, identifier: str, version: int) -> StoredKey:
        """The key in force."""
        with self._reading() as connection:
            row = connection.execute(_keys_of(identifier, version).limit(1)).one_or_none()
        if row is None:
            raise ItemUnknown("{item} version {version}", item=identifier, version=version)
        key = msgspec.json.decode(row.content, type=Key)
        return StoredKey(key, row.number, row.person, datetime.fromisoformat(row.at), row.reason)

    def change_key(self, identifier: str, version: int, key: Key, person: str, at: datetime, reason: str) -> int:
        """A new key for a version, the old ones kept; its number."""
        with self._writing() as connection:
            row = connection.execute(_keys_of(identifier, version).limit(1)).one_or_none()
            if row is None:
                raise ItemUnknown("{item} version {version}", item=identifier, version=version)
            _write_key(connection, (identifier, version, int(row.number) + 1), key, person, at, reason)
            return int(row.number) + 1

    def review(self, identifier: str, version: int, target: State, person: str, at: datetime, note: str = "") -> Step:
        """Take a step of review."""
        author = self.version(identifier, version).author
        with self._writing() as connection:
            taken = review.step(author, _steps(connection, identifier, version), target, person, at, note)
            values = {"item": identifier, "version": version, **msgspec.to_builtins(taken)}
            connection.execute(insert(t.STEPS).values(values))
            place = (t.CURRENT.c.item == identifier) & (t.CURRENT.c.version == version)
            connection.execute(update(t.CURRENT).where(place).values(state=target))
            return taken

    def steps(self, identifier: str, version: int) -> tuple[Step, ...]:
        """The steps that a version has taken."""
        with self._reading() as connection:
            return _steps(connection, identifier, version)

    def search(self, wanted: Search) -> list[ItemSummary]:
        """Items that match, best first where there is a text, else by topic in the order of entry."""
        conditions, values = _conditions(wanted)
        query = select(t.CURRENT).where(*conditions)
        if wanted.text.strip():
            query = query.order_by(t.CURRENT.c.row)
        else:
            query = query.order_by(t.CURRENT.c.topic, t.CURRENT.c.row)
        with self._reading() as connection:
            rows = connection.execute(query.limit(wanted.limit).offset(wanted.offset), values).all()
        return [ItemSummary(**{name: getattr(row, name) for name in _SUMMARY}, id=row.item) for row in rows]

    def count(self, wanted: Search) -> int:
        """How many match, whatever limit and offset say."""
        conditions, values = _conditions(wanted)
        with self._reading() as connection:
            return connection.execute(
                select(func.count()).select_from(t.CURRENT).where(*conditions), values
            ).scalar_one()

    def near(self, item: BankItem, least: float) -> list[tuple[str, float]]:
        """Items whose newest version is at least so similar (0 to 1), most similar first."""
        own = similarity.shingles(item)
        candidates = select(t.BANDS.c.item).distinct().where(t.BANDS.c.band.in_(similarity.bands(own)))
        found = []
        with self._reading() as connection:
            for (identifier,) in connection.execute(candidates).all():
                alike = similarity.similarity(own, similarity.shingles(_current_item(connection, identifier)))
                if alike >= least:
                    found.append((identifier, alike))
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))

    def passage(self, identifier: str) -> Passage:
        """A shared passage."""
        query = select(t.PASSAGES.c.content).where(t.PASSAGES.c.passage == identifier)
        with self._reading() as connection:
            raw = connection.execute(query).scalar_one_or_none()
        if raw is None:
            raise ItemUnknown("{item}", item=identifier)
        return msgspec.json.decode(raw, type=Passage)

    def resource(self, sha256: str) -> Resource:
        """Bytes by digest."""
        with self._reading() as connection:
            row = connection.execute(select(t.RESOURCES).where(t.RESOURCES.c.sha256 == sha256)).one_or_none()
        if row is None:
            raise ItemUnknown("resource {digest}", digest=sha256)
        return Resource(row.media_type, row.content)

    def keep_formulas(self, drawn: Mapping[str, bytes]) -> None:
        """Keep the SVG of formulas by their LaTeX."""
        rows = [{"latex": latex, "svg": svg} for latex, svg in drawn.items()]
        if rows:
            with self._writing() as connection:
                connection.execute(upsert(t.FORMULAS).on_conflict_do_nothing(), rows)

    def formula(self, latex: str) -> bytes | None:
        """The SVG that was drawn when the item entered the bank."""
        with self._reading() as connection:
            return connection.execute(select(t.FORMULAS.c.svg).where(t.FORMULAS.c.latex == latex)).scalar_one_or_none()

    def use(self, identifiers: Iterable[tuple[str, int]], exam: str, form: str, at: datetime, candidates: int) -> None:
        """Enter that (item, version) pairs stood in a form."""
        with self._writing() as connection:
            for identifier, version in identifiers:
                if not _newest(connection, identifier):
                    raise ItemUnknown("{item}", item=identifier)
                changed = {"version": version, "at": at.isoformat(), "candidates": candidates}
                values = {"item": identifier, "exam": exam, "form": form, **changed}
                entered = upsert(t.USES).values(values)
                connection.execute(entered.on_conflict_do_update(index_elements=["item", "exam", "form"], set_=changed))
                seen = select(func.coalesce(func.sum(t.USES.c.candidates), 0)).where(t.USES.c.item == identifier)
                shown = connection.execute(seen).scalar_one()
                connection.execute(update(t.CURRENT).where(t.CURRENT.c.item == identifier).values(exposure=shown))

    def usage(self, identifier: str) -> list[Usage]:
        """When and where an item was used."""
        query = select(t.USES).where(t.USES.c.item == identifier).order_by(t.USES.c.at, t.USES.c.form)
        with self._reading() as connection:
            rows = connection.execute(query).all()
        return [Usage(r.exam, r.form, r.version, datetime.fromisoformat(r.at), r.candidates) for r in rows]

    def add_statistics(self, statistics: Mapping[str, ItemStatistics]) -> None:
        """Enter what an analysis found, by item."""
        with self._writing() as connection:
            for identifier, found in statistics.items():
                if not _newest(connection, identifier):
                    raise ItemUnknown("{item}", item=identifier)
                before = t.STATISTICS.c.item == identifier
                connection.execute(update(t.STATISTICS).where(before).values(newest=False))
                content = msgspec.json.encode(found)
                values = {"item": identifier, "exam": found.exam, "content": content, "p": found.p, "newest": True}
                connection.execute(insert(t.STATISTICS).values(values))

    def statistics(self, identifier: str) -> list[ItemStatistics]:
        """All statistics of an item, newest first."""
        query = select(t.STATISTICS.c.content).where(t.STATISTICS.c.item == identifier)
        with self._reading() as connection:
            rows = connection.execute(query.order_by(t.STATISTICS.c.number.desc())).all()
        return [msgspec.json.decode(raw, type=ItemStatistics) for (raw,) in rows]

    def set_enemies(self, one: str, other: str, *, enemies: bool = True) -> None:
        """Two items that must not stand in one form, or may again."""
        first, second = sorted((one, other))
        with self._writing() as connection:
            connection.execute(delete(t.ENEMIES).where((t.ENEMIES.c.one == first) & (t.ENEMIES.c.other == second)))
            if enemies:
                connection.execute(insert(t.ENEMIES).values(one=first, other=second))

    def enemies(self) -> set[tuple[str, str]]:
        """All such pairs, the smaller identifier first."""
        with self._reading() as connection:
            return {(row.one, row.other) for row in connection.execute(select(t.ENEMIES)).all()}

    def facets(self, wanted: Search) -> dict[str, dict[str, int]]:
        """How many match by `state`, `kind`, `level` and `topic`, each counted without its own restriction."""
        free: dict[str, Search] = {
            "state": msgspec.structs.replace(wanted, states=()),
            "kind": msgspec.structs.replace(wanted, kinds=()),
            "level": msgspec.structs.replace(wanted, levels=()),
            "topic": msgspec.structs.replace(wanted, topic=""),
        }
        counted = {}
        with self._reading() as connection:
            for name, search in free.items():
                conditions, values = _conditions(search)
                column = t.CURRENT.c[name]
                query = select(column, func.count()).where(*conditions).group_by(column).order_by(column)
                counted[name] = {row[0]: row[1] for row in connection.execute(query, values).all()}
        return counted

    def pool(self, subject: str) -> list[PoolItem]:
        """All items of a subject, by identifier."""
        with self._reading() as connection:
            return bank_pool.read(connection, subject)


_SUMMARY = tuple(name for name in ItemSummary.__struct_fields__ if name != "id")


def _prepare(connection: Connection) -> None:
    """Make the tables of a new bank, whole or not at all, while a second program that opens it waits."""
    found = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    if found == SCHEMA:
        return
    if found:
        raise BankUnavailable("the bank was written by another version of this program (schema {found})", found=found)
    connection.rollback()
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    t.METADATA.create_all(connection)
    for statement in (t.SEARCH, *t.TRIGGERS):
        connection.execute(text(statement))
    connection.exec_driver_sql(f"PRAGMA user_version={SCHEMA}")
    connection.commit()


def _newest(connection: Connection, identifier: str) -> int:
    query = select(func.max(t.VERSIONS.c.version)).where(t.VERSIONS.c.item == identifier)
    return connection.execute(query).scalar_one() or 0


def _keep(connection: Connection, resources: Mapping[str, Resource]) -> None:
    for name, resource in resources.items():
        values = {"sha256": name, "media_type": resource.media_type, "content": resource.content}
        connection.execute(upsert(t.RESOURCES).values(values).on_conflict_do_nothing())


def _keys_of(identifier: str, version: int) -> Any:
    place = (t.KEYS.c.item == identifier) & (t.KEYS.c.version == version)
    return select(t.KEYS).where(place).order_by(t.KEYS.c.number.desc())


def _steps(connection: Connection, identifier: str, version: int) -> tuple[Step, ...]:
    place = (t.STEPS.c.item == identifier) & (t.STEPS.c.version == version)
    rows = connection.execute(select(t.STEPS).where(place).order_by(t.STEPS.c.number)).all()
    return tuple(Step(r.source, r.target, r.person, datetime.fromisoformat(r.at), r.note) for r in rows)


def _current_item(connection: Connection, identifier: str) -> BankItem:
    place = t.VERSIONS.c.item == identifier
    query = select(t.VERSIONS.c.content).where(place).order_by(t.VERSIONS.c.version.desc()).limit(1)
    return msgspec.json.decode(connection.execute(query).scalar_one(), type=BankItem)


def _write_version(
    connection: Connection, identifier: str, version: int, draft: Draft, person: str, at: datetime
) -> None:
    item = draft.item
    stored = {
        "item": identifier, "version": version, "digest": digest(item), "content": msgspec.json.encode(item),
        "author": person, "created": at.isoformat(),
    }  # fmt: skip
    connection.execute(insert(t.VERSIONS).values(stored))
    _write_key(connection, (identifier, version, 1), draft.key, person, at, "")
    _index(connection, identifier, version, item, person)


def _write_key(
    connection: Connection, place: tuple[str, int, int], key: Key, person: str, at: datetime, reason: str
) -> None:
    item, version, number = place
    content = msgspec.json.encode(key)
    values = {"item": item, "version": version, "number": number, "content": content, "person": person}
    connection.execute(insert(t.KEYS).values({**values, "at": at.isoformat(), "reason": reason}))


def _index(connection: Connection, identifier: str, version: int, item: BankItem, person: str) -> None:
    known = item.metadata
    searched = "\n".join((*map(plain, item.each_content()), known.title, known.topic, known.outcome, *known.tags))
    values = {
        "version": version, "kind": item.kind, "state": "draft", "subject": known.subject, "topic": known.topic,
        "outcome": known.outcome, "level": known.level, "author": known.author or person, "source": known.source,
        "tags": "".join(f"\n{tag}\n" for tag in known.tags), "passage": item.passage,
        "excerpt": " ".join(plain(item.stem).split())[:EXCERPT],
    }  # fmt: skip
    row = connection.execute(select(t.CURRENT.c.row).where(t.CURRENT.c.item == identifier)).scalar_one_or_none()
    if row is None:
        added = connection.execute(insert(t.CURRENT).values({**values, "item": identifier, "exposure": 0}))
        row = added.inserted_primary_key[0] if added.inserted_primary_key else None
    else:
        connection.execute(update(t.CURRENT).where(t.CURRENT.c.row == row).values(values))
        connection.execute(text("DELETE FROM words WHERE rowid = :row"), {"row": row})
        connection.execute(delete(t.BANDS).where(t.BANDS.c.item == identifier))
    columns = {"row": row, "exact": searching.one_tone(searched), "folded": searching.unmarked(searched)}
    connection.execute(text("INSERT INTO words(rowid, exact, folded) VALUES (:row, :exact, :folded)"), columns)
    numbers = set(similarity.bands(similarity.shingles(item)))
    if numbers:
        connection.execute(insert(t.BANDS), [{"band": number, "item": identifier} for number in numbers])


def _conditions(wanted: Search) -> tuple[list[ColumnElement[bool]], dict[str, str]]:
    current = t.CURRENT.c
    conditions: list[ColumnElement[bool]] = []
    for column, values in (
        (current.kind, wanted.kinds),
        (current.state, wanted.states),
        (current.level, wanted.levels),
    ):
        if values:
            conditions.append(column.in_(values))
    for column, value in ((current.subject, wanted.subject), (current.outcome, wanted.outcome), (current.author, wanted.author), (current.source, wanted.source)):  # fmt: skip
        if value:
            conditions.append(column == value)
    if wanted.topic:
        below = current.topic.startswith(f"{wanted.topic} / ", autoescape=True)
        conditions.append((current.topic == wanted.topic) | below)
    if wanted.tag:
        conditions.append(current.tags.contains(f"\n{wanted.tag}\n", autoescape=True))
    expression = searching.query(wanted.text)
    if not expression:
        return conditions, {}
    conditions.append(text("current.row IN (SELECT rowid FROM words WHERE words MATCH :expression)"))  # type: ignore[arg-type]
    return conditions, {"expression": expression}
