"""Dumped files of a card on disk, under the names that this program and others give them (CLI.md, `card verify`)."""

from __future__ import annotations

import base64
import binascii
import os
import re
from collections.abc import Iterable
from pathlib import Path

from reader import tlv
from reader.adapters import bounded_file
from reader.errors import ReaderError
from reader.files import FILES, TAGS

LARGEST = 1 << 20
NAME_OF_ID = {f"{file_id:04x}": name for name, (file_id, _) in FILES.items()} | {"011c": "EF_CardAccess"}
ELEMENTARY = {"sod": "EF_SOD", "com": "EF_COM", "cardaccess": "EF_CardAccess"}
SUFFIXES = (
    ".txt", ".hex", ".b64", ".base64", ".pem", ".bin", ".dat", ".data", ".der", ".ber", ".raw", ".ef", ".cms", ".p7s", ".p7m",
)  # fmt: skip
GROUP_NAME = re.compile(r"(?:ef[._ -]?)?(?:dg|datagroup|data[._ -]group)[._ -]?0?(\d{1,2})")
# The same behind somebody's own beginning: `specimen_DG1.bin`, `0101_DG1`, `passport-EF.SOD`.
NAME_AT_THE_END = re.compile(r".*[^a-z0-9]((?:ef[._ -]?)?(?:dg|datagroup)[._ -]?0?\d{1,2}|(?:ef[._ -]?)?(?:sod|com))")
TAG_OF_NAME = {name: bytes([tag]) for name, tag in TAGS.items()}
# What a file of a card, or a security object without its outer tag, begins with.
BEGINNINGS = {*TAG_OF_NAME.values(), b"\x30", b"\x31"}
HEX_TEXT = re.compile(rb"(?:(?:0x|\\x)?[0-9a-f]{2}[\s:,;-]*)+", re.IGNORECASE)


def file_name(path: Path) -> str | None:
    """Which file of the card a path holds, by its name: `DG1.bin`, `EF.SOD`, `Datagroup1.bin`, `011D.bin`; None if none."""
    return _name_of(_stem(path))


def _stem(path: Path) -> str:
    """The name without what only says how the bytes are written."""
    stem = path.name.lower()
    for suffix in SUFFIXES:
        stem = stem.removesuffix(suffix)
    return stem.removeprefix("0x")


def _name_of(stem: str) -> str | None:
    if stem in NAME_OF_ID:
        return NAME_OF_ID[stem]
    group = GROUP_NAME.fullmatch(stem)
    if group is not None and 1 <= int(group[1]) <= 16:
        return f"DG{int(group[1])}"
    return ELEMENTARY.get(re.sub(r"^ef[._-]?", "", stem).replace("_", ""))


def _content(path: Path) -> bytes:
    raw = _decoded(bounded_file.read(path, LARGEST))
    try:
        _, length, head = tlv.header(raw)
    except ReaderError:
        return raw
    # Some programs dump whole blocks: what stands behind the data object is not part of the file that was signed.
    return raw[: head + length]


def _decoded(raw: bytes) -> bytes:
    """The bytes of a dump that is written as text: hexadecimal, base64, or base64 between PEM's lines."""
    if raw[:1] in BEGINNINGS and not raw.isascii():
        return raw
    text = raw.removeprefix(b"\xef\xbb\xbf").strip()
    if text.startswith(b"-----BEGIN "):
        text = text.partition(b"\n")[2].partition(b"-----END")[0]
    found = _from_hex(text)
    if _fits(found, len(found)):
        return found
    found = _from_base64(text)
    return found if _fits(found, 0) else raw


def _fits(raw: bytes, spare: int) -> bool:
    """Whether bytes are a data object that a card's file may be, with some to spare: words may look like base64 too."""
    if raw[:1] not in BEGINNINGS:
        return False
    if raw[1:2] == b"\x80":
        return True
    try:
        _, length, head = tlv.header(raw)
    except ReaderError:
        return False
    return len(raw) - spare <= head + length <= len(raw)


def _from_hex(text: bytes) -> bytes:
    if HEX_TEXT.fullmatch(text) is None:
        return b""
    return bytes.fromhex(re.sub(r"0x|\\x|[^0-9a-f]", "", text.decode().lower()))


def _from_base64(text: bytes) -> bytes:
    try:
        return base64.b64decode(b"".join(text.split()), validate=True)
    except binascii.Error:
        return b""


def load(path: Path) -> dict[str, bytes]:
    """Files by name, in a fixed order. A single file is taken for the security object.

    Raises:
        LimitExceeded: larger than any file of a card.
        OSError: cannot be read.
    """
    if not path.is_dir():
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
        found |= _guessed(others, set(found))
    return dict(sorted(found.items(), key=lambda item: _order(item[0])))


def _guessed(entries: list[Path], known: set[str]) -> dict[str, bytes]:
    """Files under names of somebody's own: by how the name ends, else by the first tag, each where just one can be meant."""
    fitting: dict[str, list[bytes]] = {}
    for entry in entries:
        content = _content(entry) if entry.stat().st_size <= LARGEST else b""
        name = _at_the_end(_stem(entry)) or _by_tag(content)
        if name is not None and name not in known and content:
            fitting.setdefault(name, []).append(content)
    return {name: contents[0] for name, contents in fitting.items() if len(contents) == 1}


def _at_the_end(stem: str) -> str | None:
    ending = NAME_AT_THE_END.fullmatch(stem)
    return None if ending is None else _name_of(ending[1])


def _by_tag(content: bytes) -> str | None:
    """What a file is, by the tag of the one data object that fills it."""
    try:
        _, length, head = tlv.header(content)
    except ReaderError:
        return None
    whole = head + length == len(content)
    return next((name for name, tag in TAG_OF_NAME.items() if whole and content.startswith(tag)), None)


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
