"""What a disk may hold after the power is cut, from the system calls that a program really made.

`record` runs a program under `strace`; `parse` reads the log; `Disk` replays it up to any moment. What a file was synced to
is certain. Of what came after, each sector of each write may have reached the disk or not, in any order, and so may each
change of length; a new name is certain only once its folder was synced. Shared memory (`-shm`) never counts: SQLite makes
it anew.
"""

from __future__ import annotations

import random
import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

SECTOR = 512
CALLS = "openat,open,close,write,pwrite64,ftruncate,fsync,fdatasync,unlink,rename"
LINE = re.compile(r"^(?:\d+ +)?(\w+)\((.*)\)\s+= (-?\d+)")
HEX = re.compile(r"\\x([0-9a-f]{2})")


@dataclass(frozen=True, slots=True)
class Call:
    """One system call that matters: `name`, the file it concerns, bytes and place."""

    name: str
    path: str
    data: bytes = b""
    at: int = 0
    target: str = ""


def record(command: Sequence[str], log: Path, environment: dict[str, str]) -> int:
    """Run a program to its end and write what it asked of the system; its exit status."""
    traced = ["strace", "-f", "-qq", "-xx", "-s", "2000000", "-e", f"trace={CALLS}", "-o", str(log), *command]
    return subprocess.run(traced, env=environment, stdout=subprocess.DEVNULL, check=False).returncode


def _text(quoted: str) -> bytes:
    return bytes.fromhex("".join(HEX.findall(quoted)))


def parse(log: Path, folder: Path) -> Iterator[Call]:
    """The calls under a folder, and what was said on standard output (path "-"), in order.

    Raises:
        ValueError: two threads' calls are interleaved; the program must do its writing in one.
    """
    handles: dict[int, str] = {1: "-"}
    place: dict[int, int] = {}
    prefix = str(folder)
    for line in log.read_text().splitlines():
        if "<unfinished" in line and ("write" in line or "sync" in line):
            raise ValueError(f"interleaved: {line[:80]}")
        found = LINE.match(line)
        if found is None or int(found[3]) < 0:
            continue
        name, arguments, result = found[1], found[2], int(found[3])
        yield from _one(name, arguments, result, handles, place, prefix)


def _one(  # noqa: C901 - a table of calls
    name: str, arguments: str, result: int, handles: dict[int, str], place: dict[int, int], prefix: str
) -> Iterator[Call]:
    quoted = [_text(piece) for piece in re.findall(r'"((?:[^"\\]|\\.)*)"', arguments)]
    if name in {"open", "openat"}:
        path = quoted[0].decode()
        if path.startswith(prefix):
            handles[result], place[result] = path, 0
            if "O_TRUNC" in arguments:
                yield Call("ftruncate", path, at=0)
            elif "O_CREAT" in arguments:
                yield Call("create", path)
        return
    if name in {"unlink", "rename"}:
        path = quoted[0].decode()
        if path.startswith(prefix):
            yield Call(name, path, target=quoted[-1].decode())
        return
    number = int(arguments.split(",", maxsplit=1)[0])
    path = handles.get(number, "")
    if not path:
        return
    if name == "close":
        del handles[number]
    elif name == "write":
        yield Call("write", path, quoted[0], place.get(number, 0))
        place[number] = place.get(number, 0) + result
    elif name == "pwrite64":
        yield Call("write", path, quoted[0], int(arguments.rsplit(",", 1)[1]))
    elif name == "ftruncate":
        yield Call("ftruncate", path, at=int(arguments.rsplit(",", 1)[1]))
    else:
        yield Call("sync", path)


@dataclass(slots=True)
class Contents:
    """One file: what is certain, and what was written since."""

    certain: bytearray = field(default_factory=bytearray)
    pending: list[Call] = field(default_factory=list)


def _apply(raw: bytearray, call: Call) -> None:
    if call.name == "ftruncate":
        del raw[call.at :]
        raw.extend(bytes(call.at - len(raw)))
        return
    end = call.at + len(call.data)
    raw.extend(bytes(max(0, end - len(raw))))
    raw[call.at : end] = call.data


@dataclass(slots=True)
class Disk:
    """Files as they are and as they may be after a cut."""

    files: dict[str, Contents] = field(default_factory=dict)
    named: dict[str, Contents] = field(default_factory=dict)

    def see(self, call: Call) -> None:
        """The next call was made."""
        match call.name:
            case "sync" if call.path in self.files:
                contents = self.files[call.path]
                for pending in contents.pending:
                    _apply(contents.certain, pending)
                contents.pending = []
            case "sync":
                # A folder: its names are certain from now on.
                self.named = dict(self.files)
            case "unlink":
                self.files.pop(call.path, None)
            case "rename":
                self.files[call.target] = self.files.pop(call.path)
            case "create":
                self.files.setdefault(call.path, Contents())
            case _:
                self.files.setdefault(call.path, Contents()).pending.append(call)

    def after_cut(self, chance: random.Random) -> dict[str, bytes]:
        """One of the states in which the disk may be if the power goes now."""
        mood = chance.choice(("nothing", "some", "torn", "all"))
        found = {}
        for path in sorted(set(self.files) | set(self.named)):
            if path.endswith("-shm"):
                continue
            newer, certain = self.files.get(path), self.named.get(path)
            contents = newer if newer is not None and (certain is not None or chance.random() < 0.5) else certain
            if contents is None:
                continue
            found[path] = bytes(_state(contents, mood, chance))
        return found


def _state(contents: Contents, mood: str, chance: random.Random) -> bytearray:
    raw = bytearray(contents.certain)
    pending = list(contents.pending)
    if mood == "nothing":
        return raw
    if mood != "all":
        chance.shuffle(pending)
    for call in pending:
        if mood == "torn" and call.name == "write":
            for piece in _sectors(call):
                if chance.random() < 0.5:
                    _apply(raw, piece)
        elif mood == "all" or chance.random() < 0.5:
            _apply(raw, call)
    return raw


def _sectors(call: Call) -> Iterator[Call]:
    """A write cut at the disk's sector borders."""
    start = 0
    while start < len(call.data):
        end = min(len(call.data), start + SECTOR - (call.at + start) % SECTOR)
        yield Call("write", call.path, call.data[start:end], call.at + start)
        start = end
