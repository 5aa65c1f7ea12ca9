"""Trust anchors from a folder: any mix of master lists, certificates, LDIF and revocation lists."""

from __future__ import annotations

from pathlib import Path

from asn1crypto import x509

from reader.errors import BadSignature, Malformed
from reader.trust import Refused, SourceReport, TrustStore, read_source

SUFFIXES = {".ml", ".pem", ".cer", ".crt", ".der", ".ldif", ".crl"}


def read_files(paths: list[Path], signer: x509.Certificate | None = None) -> list[SourceReport]:
    """A report for each file; a file that is none of the known kinds becomes a report with one refusal."""
    reports = []
    for path in paths:
        try:
            reports.append(read_source(path.name, path.read_bytes(), signer))
        except Malformed as error:
            reports.append(SourceReport(path.name, "der", refused=[Refused("", "", str(error))]))
    return reports


def sources(folder: Path) -> list[Path]:
    """The files of a folder that may hold anchors, in order of their names."""
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES and path.is_file())


def load(folder: Path) -> TrustStore:
    """Everything believable in a folder; an empty or missing folder gives an empty store."""
    reports = read_files(sources(folder)) if folder.is_dir() else []
    # A list whose own signature is broken may hold anything.
    believable = [report for report in reports if report.signature != "failed"]
    store = TrustStore(certificate for report in believable for certificate in report.certificates)
    for report in reports:
        for revocation in report.revocations:
            try:
                store.add_revocations(revocation)
            except BadSignature:
                report.refused.append(Refused("", "", "no anchor signed this revocation list"))
    return store
