"""A folder with one sub-folder a person: which files are pictures, and one embedding of each, with as many engines as cores."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from reader.errors import ReaderError
from reader.face import portrait
from reader.face.errors import NoFace, NotAnImage
from reader.face.ports import Embedding, FaceEngine
from reader.face.search import look_for_one
from reader.wording import WORDING

PICTURES = {".jpg", ".jpeg", ".jpe", ".png", ".jp2", ".j2k", ".j2c", ".jpc", ".jpx", ".bmp", ".webp", ".gif", ".tif", ".tiff", ".pgm", ".ppm", ".pnm"}  # fmt: skip
MOST_WORKERS = 4


@dataclass(slots=True)
class Look:
    """What became of one file: an embedding, or the code of what is wrong; `ignored` for what is no picture at all."""

    embedding: Embedding | None = None
    digest: str = ""
    code: str = ""
    several: bool = False
    ignored: bool = False


@dataclass(slots=True)
class Folder:
    """Pictures of each person, in order; `reference` and `probe` say which side of a pair each may take."""

    people: dict[str, list[Path]] = field(default_factory=dict)
    reference: set[Path] = field(default_factory=set)
    probe: set[Path] = field(default_factory=set)


def scan(folder: Path, reference: str, probe: str) -> Folder:
    """The files to look at. Without globs every file of a person is on both sides; sub-folders of a person count too.

    Raises:
        OSError: a folder cannot be listed.
    """
    found = Folder()
    for person in sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")):
        files_of = [path for path in person.rglob("*") if path.is_file() and not path.name.startswith(".")]
        sides = [{path for path in files_of if _named(path, folder, person, glob)} for glob in (reference, probe)]
        if files := sorted(sides[0] | sides[1]):
            found.people[person.name] = files
            found.reference |= sides[0]
            found.probe |= sides[1]
    return found


def _named(path: Path, folder: Path, person: Path, glob: str) -> bool:
    """A glob may speak of the file's name, or of its path from the person's folder or from the whole one."""
    names = (path.name, path.relative_to(person).as_posix(), path.relative_to(folder).as_posix())
    return not glob or any(fnmatch(name, glob) for name in names)


def nested(folder: Path, found: Folder) -> list[str]:
    """A remark on each folder that counts as one person though its pictures lie in several below: are those the people?"""
    below = {name: {path.parent for path in files} - {folder / name} for name, files in found.people.items()}
    return [WORDING.line("{name}: pictures in {count} sub-folders count as one person", name=name, count=len(places)) for name, places in below.items() if len(places) > 1]  # fmt: skip


def metadata(folder: Path, people: Iterable[str]) -> tuple[object, str]:
    """What `meta.json` in the folder, or one in each person's folder, says; and a note if it cannot be read."""
    listed = folder / "meta.json"
    try:
        if listed.is_file():
            return json.loads(listed.read_text(encoding="utf-8-sig")), ""
        each = {name: folder / name / "meta.json" for name in people}
        return {name: json.loads(path.read_text(encoding="utf-8-sig")) for name, path in each.items() if path.is_file()}, ""  # fmt: skip
    except (OSError, ValueError, RecursionError):
        return {}, WORDING.line("meta.json cannot be read: no groups")


def embed_all(paths: list[Path], create: Callable[[], FaceEngine], advance: Callable[[], Any]) -> dict[Path, Look]:
    """One look at each file. An engine belongs to one thread, so each thread makes its own.

    Raises:
        ModelChanged: an engine cannot be made.
    """
    own = threading.local()

    def prepare() -> None:
        own.engine = create()

    def one(path: Path) -> Look:
        seen = _look(own.engine, path)
        advance()
        return seen

    create()  # a wrong model is told here, not by a broken pool
    workers = max(1, min(MOST_WORKERS, os.cpu_count() or 1, len(paths)))
    with ThreadPoolExecutor(workers, initializer=prepare) as pool:
        return dict(zip(paths, pool.map(one, paths), strict=True))


def _look(engine: FaceEngine, path: Path) -> Look:
    try:
        raw = portrait.read(path)
        seen = look_for_one(engine, portrait.from_file(raw))
        digest = hashlib.sha256(raw).hexdigest()
        return Look(engine.embed(seen.picture, seen.faces[0]), digest, several=len(seen.faces) > 1)
    except NoFace as error:
        return Look(code=error.code)
    except NotAnImage as error:
        return Look(code=error.code, ignored=path.suffix.lower() not in PICTURES)
    except ReaderError as error:
        # A dump of a card lies beside its portrait: EF_SOD.bin is no damaged picture.
        return Look(code=error.code, ignored=path.suffix.lower() in {".bin", ".json", ".txt"})
    except OSError:
        return Look(code="file_unreadable")
