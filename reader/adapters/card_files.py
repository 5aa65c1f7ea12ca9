"""Dumped files of a card on disk, under the names that this program and others give them (CLI.md, `card verify`)."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

from reader import tlv
from reader.errors import LimitExceeded, ReaderError
from reader.file_system import FILES

LARGEST = 1 << 20
NAME_OF_ID = {f"{file_id:04x}": name for name, (file_id, _) in FILES.items()} | {"011c": "EF_CardAccess"}
ELEMENTARY = {"sod": "EF_SOD", "com": "EF_COM", "cardaccess": "EF_CardAccess"}
SUFFIXES = (".bin", ".dat", ".der", ".raw", ".ef")
SOD_TAG = b"\x77"
GROUP_NAME = re.compile(r"(?:ef[._-]?)?(?:dg|datagroup)[._ -]?0?(\d{1,2})")


def file_name(path: Path) -> str | None:
    """Which file of the card a path holds, by its name: `DG1.bin`, `EF.SOD`, `Datagroup1.bin`, `011D.bin`; None if none."""
    stem = path.name.lower()
    for suffix in SUFFIXES:
        stem = stem.removesuffix(suffix)
    stem = stem.removeprefix("0x") if stem.startswith("0x") else stem
    if stem in NAME_OF_ID:
        return NAME_OF_ID[stem]
    group = GROUP_NAME.fullmatch(stem)
    if group is not None and 1 <= int(group[1]) <= 16:
        return f"DG{int(group[1])}"
    return ELEMENTARY.get(re.sub(r"^ef[._-]?", "", stem).replace("_", ""))


def _content(path: Path) -> bytes:
    if path.stat().st_size > LARGEST:
        raise LimitExceeded(f"{path.name} has more than {LARGEST} bytes")
    raw = path.read_bytes()
    try:
        _, length, head = tlv.header(raw)
    except ReaderError:
        return raw
    # Some programs dump whole blocks: what stands behind the data object is not part of the file that was signed.
    return raw[: head + length]


def load(path: Path) -> dict[str, bytes]:
    """Files by name, in a fixed order. A single file is taken for the security object.

    Raises:
        LimitExceeded: larger than any file of a card.
        OSError: cannot be read.
    """
    if path.is_file():
        return {"EF_SOD": _content(path)}
    found: dict[str, bytes] = {}
    others = []
    for entry in sorted(path.iterdir()):
        if not entry.is_file() or entry.name.startswith("."):
            continue
        name = file_name(entry)
        if name is None:
            others.append(entry)
        elif content := _content(entry):
            # A file of no bytes is a read that failed: absent, not altered.
            found.setdefault(name, content)
    if "EF_SOD" not in found:
        found |= _by_tag(others)
    return dict(sorted(found.items(), key=lambda item: _order(item[0])))


def _by_tag(entries: list[Path]) -> dict[str, bytes]:
    """The security object under a name of somebody's own, if just one file can be it."""
    fitting = [entry for entry in entries if entry.stat().st_size <= LARGEST and entry.read_bytes()[:1] == SOD_TAG]
    return {"EF_SOD": _content(fitting[0])} if len(fitting) == 1 else {}


def _order(name: str) -> tuple[bool, int]:
    """Elementary files first, then the data groups by number."""
    return (True, int(name[2:])) if name.startswith("DG") else (False, sorted(ELEMENTARY.values()).index(name))


def save(folder: Path, files: Iterable[tuple[str, bytes]]) -> None:
    """Write `NAME.bin` for each file, readable by the owner only.

    Raises:
        OSError: cannot be written.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, content in files:
        descriptor = os.open(folder / f"{name}.bin", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
