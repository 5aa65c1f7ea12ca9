"""What is installed on this PC: the build, its digest, the display, and the sealed forms that wait for the signal."""

from __future__ import annotations

import hashlib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from exam_engine.exchange import decode
from exam_engine.plan import Provision
from question_bank import sealed_form
from question_bank.errors import QuestionBankError
from station.ports import Journal

PACKAGES = ("station", "reader", "exam_engine", "question_bank", "khaothi")
ROOT = Path(__file__).resolve().parents[2]


def build() -> tuple[str, str]:
    """Version and SHA-256 over the program's own files, by name: two PCs with the same digest run the same program."""
    try:
        number = version("khaothi")
    except PackageNotFoundError:
        number = "?"
    digest = hashlib.sha256()
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*")):
            if path.suffix in {".py", ".qml", ".toml"}:
                body = path.read_bytes()
                digest.update(f"{path.relative_to(ROOT).as_posix()} {len(body)}\n".encode() + body)
    return number, digest.hexdigest()


def displays(root: Path = Path("/")) -> list[str]:
    """The preferred mode of every connected display ("1366x768"), as the kernel tells."""
    found = []
    for status in sorted((root / "sys/class/drm").glob("card*-*/status")):
        try:
            if status.read_text().strip() == "connected":
                found.append((status.parent / "modes").read_text().partition("\n")[0])
        except OSError:
            continue
    return found


def forms(journal: Journal) -> tuple[list[str], list[str]] | None:
    """Codes with digests of the sealed forms here, and codes of those missing or altered; None without a plan."""
    raw = journal.kept("provision")
    if raw is None:
        return None
    here, wrong = list[str](), list[str]()
    for digest, code in sorted(decode(raw, Provision).forms.items(), key=lambda each: each[1]):
        body = journal.kept(f"form/{digest}")
        try:
            sound = body is not None and sealed_form.decode(body).digest == digest
        except QuestionBankError:
            sound = False
        (here if sound else wrong).append(f"{code} {digest[:12]}" if sound else code)
    return here, wrong
