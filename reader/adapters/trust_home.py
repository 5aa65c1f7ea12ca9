"""The trust store of this installation: a folder that `trust import` fills and every card is judged with."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from reader.adapters import bounded_file, trust_directory
from reader.trust import TrustStore
from reader.trust_sources import LARGEST_SOURCE, Signers, SourceReport, is_signed_list, read_source

SUFFIX_OF_KIND = {
    "master_list": ".ml",
    "ldif": ".ldif",
    "pem": ".pem",
    "der": ".der",
    "crl": ".crl",
    "deviation_list": ".dl",
}
# Enough to tell what a file begins with.
FIRST_BYTES = 64


def home() -> Path:
    """Where state lives: `KHAOTHI_HOME`, else a folder of the user's."""
    return Path(os.environ.get("KHAOTHI_HOME") or Path.home() / ".khaothi")


def folder() -> Path:
    """The trust store's folder; may not exist yet."""
    return home() / "trust"


def load(where: Path) -> tuple[TrustStore, list[SourceReport]]:
    """Store and full reports of a folder. Lists that a certificate beside them anchors are told as such."""
    paths = trust_directory.sources(where) if where.is_dir() else []
    lists = [path for path in paths if _is_signed_list(path)]
    loose = trust_directory.read_files([path for path in paths if path not in lists])
    roots = tuple(found for report in loose for found in report.certificates if found.authority)
    reports = loose + trust_directory.read_files(lists, Signers(roots))
    store = TrustStore()
    trust_directory.fill(store, reports)
    return store, sorted(reports, key=lambda report: report.file)


def _is_signed_list(path: Path) -> bool:
    with path.open("rb") as stream:
        return is_signed_list(stream.read(FIRST_BYTES))


def read_signers(path: Path) -> Signers:
    """The certificates of a file that shall have signed a list.

    Raises:
        Malformed: neither a certificate nor a list of them.
    """
    return Signers(tuple(read_source(path.name, bounded_file.read(path, LARGEST_SOURCE)).certificates), named=True)


def keep(path: Path, report: SourceReport) -> Path:
    """Put what was judged into the store, not what the file holds by now; another file of the same name is kept beside it.

    Raises:
        OSError: the folder cannot be written.
    """
    raw = report.raw
    suffix = path.suffix.lower()
    if suffix not in trust_directory.SUFFIXES:
        suffix = SUFFIX_OF_KIND[report.kind]
    target = folder() / f"{path.stem}{suffix}"
    if target.exists() and target.read_bytes() != raw:
        target = folder() / f"{path.stem}-{hashlib.sha256(raw).hexdigest()[:8]}{suffix}"
    folder().mkdir(parents=True, exist_ok=True)
    # Written beside and renamed: a power cut leaves no half a list behind, and two imports at once do not meet.
    descriptor, partial = tempfile.mkstemp(".part", f"{target.name}.", folder())
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(raw)
            stream.flush()
            os.fsync(descriptor)
        Path(partial).replace(target)
    except OSError:
        Path(partial).unlink(missing_ok=True)
        raise
    return target
