"""The key that seals a station's journal, and how it changes when the room's data are erased.

An erasure is announced in a file before it begins and that file goes last, so that power lost at any moment between leaves
a journal that opens and an erasure that is finished then.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from station.errors import StoreDamaged

KEY_FILE, ERASING_FILE = "store.key", "store.erasing"
NONCE, KEY_BYTES = 12, 32


class Cipher:
    """AES-256-GCM under the device's key; each sealed value is bound to the place where it stands."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, body: bytes, place: str) -> bytes:
        """Nonce and ciphertext."""
        nonce = os.urandom(NONCE)
        return nonce + self._cipher.encrypt(nonce, body, place.encode())

    def unseal(self, sealed: bytes, place: str) -> bytes:
        """The body.

        Raises:
            StoreDamaged: it was changed or stood elsewhere, or the key is another one.
        """
        try:
            return self._cipher.decrypt(sealed[:NONCE], sealed[NONCE:], place.encode())
        except (InvalidTag, ValueError) as error:
            raise StoreDamaged("{place} was changed, or the device key is another one", place=place) from error


class Erasing(msgspec.Struct, frozen=True):
    """An erasure under way: the key from then on, the beginning of the names of attempts that stay, values that stay and new ones."""

    key: bytes
    spare: str
    keep: tuple[str, ...]
    marks: dict[str, bytes]


_ERASING = msgspec.json.Decoder(Erasing)


def device_key(folder: Path) -> bytes:
    """The key of this device, made at first use; readable by this user alone.

    Raises:
        StoreDamaged: the file is there but holds no key.
    """
    path = folder / KEY_FILE
    if not path.exists():
        _write(path, AESGCM.generate_key(256))
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise StoreDamaged("the key file of this device is damaged")
    return key


def announce(folder: Path, erasing: Erasing) -> None:
    """From now on the erasure will be finished, whatever happens."""
    _write(folder / ERASING_FILE, msgspec.json.encode(erasing))


def announced(folder: Path) -> Erasing | None:
    """The erasure that was not finished.

    Raises:
        StoreDamaged: the announcement cannot be read.
    """
    path = folder / ERASING_FILE
    if not path.exists():
        return None
    try:
        return _ERASING.decode(path.read_bytes())
    except msgspec.DecodeError as error:
        raise StoreDamaged("the key file of this device is damaged") from error


def change(folder: Path, key: bytes) -> None:
    """Overwrite the old key where it stands, then put the new one in its place."""
    path = folder / KEY_FILE
    if path.read_bytes() == key:
        return
    with path.open("r+b") as file:
        file.write(bytes(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    _write(path, key)


def finish(folder: Path) -> None:
    """The erasure is done."""
    (folder / ERASING_FILE).unlink(missing_ok=True)
    sync_folder(folder)


def _write(path: Path, body: bytes) -> None:
    """Written beside, synced, then named and the name synced too: a cut of power leaves the old file or the whole new one."""
    fresh = path.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make new names in a folder outlast a cut of power; Windows journals names by itself and cannot open a folder."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
