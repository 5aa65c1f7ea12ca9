"""The trust store of this installation: a folder that `trust import` fills and every card is judged with."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from asn1crypto import x509

from reader.adapters import trust_directory
from reader.errors import BadSignature
from reader.trust import Refused, SourceReport, TrustStore, read_source

SUFFIX_OF_KIND = {"master_list": ".ml", "ldif": ".ldif", "pem": ".pem", "der": ".der", "crl": ".crl"}


def home() -> Path:
    """Where state lives: `KHAOTHI_HOME`, else a folder of the user's."""
    return Path(os.environ.get("KHAOTHI_HOME") or Path.home() / ".khaothi")


def folder() -> Path:
    """The trust store's folder; may not exist yet."""
    return home() / "trust"


def usable(report: SourceReport) -> bool:
    """Whether a file may be believed: something was found in it, and its own signature does not contradict it."""
    return report.signature != "failed" and bool(report.certificates or report.revocations)


def load(where: Path) -> tuple[TrustStore, list[SourceReport]]:
    """Store and reports of a folder. A master list with a broken signature adds no anchor."""
    reports = trust_directory.read_files(trust_directory.sources(where)) if where.is_dir() else []
    store = TrustStore(certificate for report in reports if usable(report) for certificate in report.certificates)
    check_revocations(store, reports)
    return store, reports


def check_revocations(store: TrustStore, reports: list[SourceReport]) -> None:
    """Take the revocation lists that an anchor signed; the others stay `inconclusive`, named among the refused."""
    for report in reports:
        for revocation in report.revocations:
            try:
                store.add_revocations(revocation)
            except BadSignature as error:
                report.signature = "inconclusive"
                issuer = revocation["tbs_cert_list"]["issuer"].human_friendly
                report.refused.append(Refused(issuer, "", str(error)))
            else:
                report.signature = "passed"


def read_signer(path: Path) -> x509.Certificate | None:
    """The first certificate of a file, or None where it holds none.

    Raises:
        Malformed: neither a certificate nor a list of them.
    """
    found = read_source(path.name, path.read_bytes()).certificates
    return found[0] if found else None


def keep(path: Path, report: SourceReport) -> Path:
    """Copy a file into the store; another file of the same name is kept beside it.

    Raises:
        OSError: the folder cannot be written.
    """
    raw = path.read_bytes()
    suffix = path.suffix.lower()
    if suffix not in trust_directory.SUFFIXES:
        suffix = SUFFIX_OF_KIND[report.kind]
    target = folder() / f"{path.stem}{suffix}"
    if target.exists() and target.read_bytes() != raw:
        target = folder() / f"{path.stem}-{hashlib.sha256(raw).hexdigest()[:8]}{suffix}"
    folder().mkdir(parents=True, exist_ok=True)
    # Written beside and renamed: a power cut leaves no half a list behind.
    partial = target.with_name(target.name + ".part")
    partial.write_bytes(raw)
    partial.replace(target)
    return target
