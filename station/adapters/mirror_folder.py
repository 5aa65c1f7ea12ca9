"""Mirrors in a folder of another disk: a stick that stays in, or a share. Every write is on that disk when it returns."""

from __future__ import annotations

import contextlib
import os
import string
import sys
from pathlib import Path

from station.adapters.store_key import sync_folder
from station.mirror_file import LARGEST_FILE

SETTING = "KHAOTHI_MIRROR"
FOLDER = "khaothi-mirror"
ENDING = ".khm"
# A mirror that is being erased, and one that was being begun when power went.
GONE, FRESH = ".gone", ".new"
HEAD_BYTES = 16 * 1024
# More mirrors than seats in any room: a folder full of other things is not read through.
MOST_FILES = 200


def roots() -> list[Path]:
    """Where sticks appear."""
    if sys.platform == "win32":
        return [Path(f"{letter}:\\") for letter in string.ascii_uppercase[3:]]
    found: list[Path] = []
    for pattern in ("media/*", "media/*/*", "run/media/*/*", "mnt/*"):
        with contextlib.suppress(OSError):
            found += sorted(Path("/").glob(pattern))
    return found


class MirrorFolders:
    """The folders `KHAOTHI_MIRROR` names (several as in PATH), else `khaothi-mirror` on any stick. Written to is the first."""

    def __init__(self, named: str | None = None) -> None:
        told = os.environ.get(SETTING, "") if named is None else named
        self._named = [Path(part) for part in told.split(os.pathsep) if part]

    def _folders(self) -> list[Path]:
        places = self._named or [root / FOLDER for root in roots()]
        return [place for place in places if place.is_dir()]

    def present(self) -> bool:
        """Whether there is a place at all."""
        return bool(self._folders())

    def _first(self) -> Path:
        folders = self._folders()
        if not folders:
            raise FileNotFoundError(FOLDER)
        return folders[0]

    def begin(self, name: str, raw: bytes) -> None:
        """A new mirror: there as a whole or not at all.

        Raises:
            OSError: the place is gone, full or read only.
        """
        folder = self._first()
        fresh = folder / f"{name}{FRESH}"
        with fresh.open("wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(folder / name)
        sync_folder(folder)

    def append(self, name: str, raw: bytes) -> None:
        """More of a mirror.

        Raises:
            OSError: as `begin`; also if the mirror itself is gone: an empty mount point must not take the rest.
        """
        descriptor = os.open(self._first() / name, os.O_WRONLY | os.O_APPEND | getattr(os, "O_BINARY", 0))
        with os.fdopen(descriptor, "ab") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())

    def files(self, most: int) -> list[tuple[str, bytes]]:
        """Every mirror in reach, so many bytes of each; what cannot be read or is too large is left out."""
        found: list[tuple[str, bytes]] = []
        for folder in self._folders():
            with contextlib.suppress(OSError):
                for path in sorted(folder.glob(f"*{ENDING}"))[:MOST_FILES]:
                    with contextlib.suppress(OSError):
                        if path.stat().st_size <= LARGEST_FILE:
                            with path.open("rb") as file:
                                found.append((path.name, file.read(most)))
        return found

    def remove(self, name: str) -> None:
        """Erase a mirror: its head, which holds the sealed key of the rest, is overwritten before the file goes.

        Raises:
            OSError: it cannot be removed.
        """
        for folder in self._folders():
            path = folder / name
            if path.exists():
                # Under another name first: a file without a head would belong to nobody after a cut of power.
                _erase(path.replace(path.with_name(name + GONE)))
                sync_folder(folder)

    def sweep(self, beginning: str) -> None:
        """Erase what a cut of power left of erasures, and of mirrors begun by the station whose names begin so.

        Raises:
            OSError: the place is read only.
        """
        for folder in self._folders():
            left = [*folder.glob(f"*{ENDING}{GONE}"), *folder.glob(f"{beginning}*{ENDING}{FRESH}")]
            for path in left:
                _erase(path)
            if left:
                sync_folder(folder)


def _erase(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(bytes(min(HEAD_BYTES, path.stat().st_size)))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
