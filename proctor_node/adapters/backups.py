"""A backup is one file whatever engine the node runs on: every row as of one moment, the keys, and a digest of each part.

It holds the node's private key: it is written for this user alone and belongs in a safe. Restoring checks every digest, writes
into an empty folder and an empty database, and replays the records before it says that it is done.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import func, insert, select
from sqlalchemy.engine import Connection, Engine

from proctor_node.adapters import node_folder, schema, store
from proctor_node.errors import BackupDamaged, NodeExists

FORMAT = "khaothi/backup/1"
DATABASE, MANIFEST = "node.sqlite", "manifest.json"
ROWS = 500
FILES = ("settings.json", "node.key", "ca.pem", "ca.key", "server.pem", "server.key")


def write(folder: Path, out: Path) -> dict[str, int]:
    """Back a node up; rows by table. Works while the node is being served.

    Raises:
        NotReady: no node here. OSError: `out` exists or cannot be written.
    """
    settings = node_folder.read_settings(folder)
    with tempfile.TemporaryDirectory(dir=out.parent) as place:
        database = Path(place) / DATABASE
        with (
            _opened(settings.store or f"sqlite:///{folder / DATABASE}") as source,
            _opened(f"sqlite:///{database}") as target,
        ):
            schema.upgrade(target, store.METADATA)
            counts = _copy(source, target)
        parts = {DATABASE: database.read_bytes()}
        parts |= {name: (folder / name).read_bytes() for name in FILES if (folder / name).is_file()}
        digests = {name: hashlib.sha256(raw).hexdigest() for name, raw in parts.items()}
        manifest = {"format": FORMAT, "schema": schema.NEWEST, "rows": counts, "sha256": digests}
        descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(MANIFEST, json.dumps(manifest))
            for name, raw in parts.items():
                archive.writestr(name, raw)
    return counts


def restore(backup: Path, folder: Path, url: str = "") -> dict[str, int]:
    """Make a node of a backup, on the engine of `url` or in the folder itself; rows by table.

    Raises:
        BackupDamaged: not a backup, or a part is not what it was. NodeExists, StoreTaken: the folder or the database is not empty.
        StoreUnusable: the database does not answer.
    """
    if (folder / node_folder.SETTINGS).exists():
        raise NodeExists("{folder} holds a node already", folder=folder)
    parts, counts = _checked(backup)
    folder.mkdir(parents=True, exist_ok=True)
    wanted = url or f"sqlite:///{folder / DATABASE}"
    with tempfile.TemporaryDirectory(dir=folder) as place:
        database = Path(place) / DATABASE
        database.write_bytes(parts.pop(DATABASE))
        store.check_empty(wanted)
        with _opened(f"sqlite:///{database}") as source, _opened(wanted) as target:
            schema.upgrade(target, store.METADATA)
            if _copy(source, target) != counts:
                raise BackupDamaged("rows are missing")
    settings = msgspec.json.decode(parts.pop("settings.json"), type=node_folder.Settings)
    for name, raw in parts.items():
        node_folder.keep_secret(folder / name, raw)
    raw = msgspec.json.encode(msgspec.structs.replace(settings, store=url))
    node_folder.keep_secret(folder / node_folder.SETTINGS, raw)
    return counts


def _checked(backup: Path) -> tuple[dict[str, bytes], dict[str, int]]:
    try:
        with zipfile.ZipFile(backup) as archive:
            manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
            parts = {name: archive.read(name) for name in manifest["sha256"]}
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, EOFError) as error:
        raise BackupDamaged("{file}: not a backup, or damaged", file=backup.name) from error
    if manifest.get("format") != FORMAT or manifest.get("schema") != schema.NEWEST:
        raise BackupDamaged("{file}: made by another version", file=backup.name)
    wrong = [name for name, raw in parts.items() if hashlib.sha256(raw).hexdigest() != manifest["sha256"][name]]
    if wrong:
        raise BackupDamaged("{file}: {part} not as written", file=backup.name, part=wrong[0])
    if not {DATABASE, "node.key", "settings.json"} <= set(parts) or not set(parts) <= {DATABASE, *FILES}:
        raise BackupDamaged("{file}: parts are missing", file=backup.name)
    return parts, dict(manifest["rows"])


@contextmanager
def _opened(url: str) -> Iterator[Engine]:
    engine = store.open_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


def _counts(connection: Connection) -> dict[str, int]:
    return {
        t.name: connection.execute(select(func.count()).select_from(t)).scalar_one()
        for t in store.METADATA.sorted_tables
    }


def _copy(source: Engine, target: Engine) -> dict[str, int]:
    """Every row, as of one moment: one transaction reads them all."""
    with source.connect() as reader, target.begin() as writer:
        if source.dialect.name == "postgresql":
            reader.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        else:
            reader.exec_driver_sql("BEGIN")
        for table in store.METADATA.sorted_tables:
            for rows in reader.execution_options(yield_per=ROWS).execute(select(table)).mappings().partitions():
                writer.execute(insert(table), [dict(row) for row in rows])
        if target.dialect.name == "postgresql":
            # Rows came with their numbers; the next line of the log must not take one of them again.
            after = "SELECT setval(pg_get_serial_sequence('log_entries', 'number'), coalesce(max(number), 0) + 1, false) FROM log_entries"
            writer.exec_driver_sql(after)
        return _counts(writer)
