"""A node's folder: its key, its certificates, its settings and, unless another store is named, its database."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from proctor_node.adapters import tls
from proctor_node.adapters.node_store import SqlNodeStore
from proctor_node.adapters.store import check_empty
from proctor_node.errors import BeingServed, FolderMissing, NodeExists, NotReady
from proctor_node.node import Clocks, Node

SETTINGS, KEY, LOCK = "settings.json", "node.key", "serving.lock"


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `node init` decided. `store` is a database address; empty for the folder's own file."""

    purpose: str
    hosts: tuple[str, ...]
    store: str = ""


def home() -> Path:
    """Where a node lies if nothing else is said."""
    return Path(os.environ.get("KHAOTHI_HOME") or Path.home() / ".khaothi") / "node"


def create(folder: Path, settings: Settings, now: datetime) -> None:
    """Make keys and certificates.

    Raises:
        NodeExists: there is a node already. StoreUnusable: the database named does not answer, or is not empty.
    """
    if (folder / SETTINGS).exists() or (folder / KEY).exists():
        raise NodeExists("{folder} holds a node already", folder=folder)
    if settings.store:
        check_empty(settings.store)
    folder.mkdir(parents=True, exist_ok=True)
    keep_secret(folder / KEY, Ed25519PrivateKey.generate().private_bytes_raw())
    tls.create(folder, settings.hosts, now)
    # The address of the database may hold a password.
    keep_secret(folder / SETTINGS, msgspec.json.encode(settings))


def keep_secret(path: Path, raw: bytes) -> None:
    """A new file that only its owner reads.

    Raises:
        FileExistsError: it is there already.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(raw)


def read_settings(folder: Path) -> Settings:
    """What `node init` wrote.

    Raises:
        FolderMissing: no such folder.
        NotReady: no node here.
    """
    if not folder.is_dir():
        raise FolderMissing("{folder} does not exist", folder=folder)
    try:
        return msgspec.json.decode((folder / SETTINGS).read_bytes(), type=Settings)
    except (FileNotFoundError, msgspec.DecodeError) as error:
        raise NotReady("{folder} holds no node", folder=folder) from error


def _node_time() -> int:
    """Milliseconds since 1970 that never jump back while the node runs: the wall clock is asked once."""
    return _ANCHOR + time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000


_ANCHOR = time.time_ns() // 1_000_000 - time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000


@contextmanager
def opened(folder: Path, *, alone: bool) -> Iterator[Node]:
    """The node of a folder. `alone` refuses while another process serves it: what that one has in memory would win.

    Raises:
        FolderMissing, NotReady: no node here.
        BeingServed: another process has it.
    """
    settings = read_settings(folder)
    with (folder / LOCK).open("w") as lock:
        if alone:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise BeingServed("the node is being served; stop it first") from error
        store = SqlNodeStore(settings.store or f"sqlite:///{folder / 'node.sqlite'}")
        try:
            key = Ed25519PrivateKey.from_private_bytes((folder / KEY).read_bytes())
            yield Node(store, key, Clocks(_node_time, time.monotonic), purpose=settings.purpose)
        finally:
            store.close()
