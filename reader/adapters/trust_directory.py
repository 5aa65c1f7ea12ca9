"""Trust anchors from a folder: any mix of master lists, certificates, LDIF and revocation lists."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from khaothi.wording import without_frames
from reader.adapters import bounded_file
from reader.errors import BadSignature, LimitExceeded, Malformed
from reader.trust import TrustStore
from reader.trust_sources import (
    LARGEST_SOURCE,
    NOBODY,
    Kind,
    Refused,
    Signers,
    SourceReport,
    contents,
    read_source,
)

SUFFIXES = {".ml", ".mls", ".pem", ".cer", ".crt", ".der", ".ldif", ".ldf", ".crl", ".p7b", ".p7c", ".dl"}

# What a file that cannot be read was meant to be.
KIND_OF_SUFFIX: dict[str, Kind] = {
    ".ml": "master_list", ".mls": "master_list", ".ldif": "ldif", ".ldf": "ldif", ".pem": "pem", ".crl": "crl",
}  # fmt: skip


def read_files(paths: list[Path], signers: Signers = NOBODY) -> list[SourceReport]:
    """A report for each file; a file that is none of the known kinds becomes a report with one refusal."""
    reports = []
    for path in paths:
        try:
            report = read_source(path.name, bounded_file.read(path, LARGEST_SOURCE), signers)
        except (Malformed, LimitExceeded) as error:
            kind = KIND_OF_SUFFIX.get(path.suffix.lower(), "der")
            report = SourceReport(path.name, kind, refused=[Refused("", "", without_frames(error))])
        reports.append(report)
    return reports


def sources(folder: Path) -> list[Path]:
    """The files of a folder that may hold anchors, in order of their names."""
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES and path.is_file())


def usable(report: SourceReport) -> bool:
    """Whether a file may be believed: something was found in it, and its own signature does not contradict it."""
    return report.signature != "failed" and bool(report.certificates or report.revocations or report.deviations)


def fill(store: TrustStore, reports: list[SourceReport]) -> None:
    """Believe what the files hold; a list whose own signature is broken may hold anything and adds nothing.

    Revocation lists that no anchor signed stay `inconclusive` and are named among the refused.
    """
    for report in filter(usable, reports):
        for found in report.certificates:
            store.add(found)
        store.deviations += report.deviations
    for report in reports:
        taken = 0
        for revocation in report.revocations:
            try:
                store.add_revocations(revocation)
            except BadSignature as error:
                report.refused.append(Refused(revocation.issuer.text, "", without_frames(error)))
            else:
                taken += 1
        if report.kind == "crl":
            report.signature = "passed" if taken == len(report.revocations) else "inconclusive"


def load(folder: Path) -> TrustStore:
    """Everything believable in a folder, fast: certificates are parsed when a card asks for their state.

    An empty or missing folder gives an empty store.

    Raises:
        OSError: a file cannot be read.
    """
    store, revocations = TrustStore(), []
    for path in sources(folder) if folder.is_dir() else []:
        try:
            found = contents(bounded_file.read(path, LARGEST_SOURCE))
        except LimitExceeded:
            continue
        store.add_listed(found.certificates)
        store.deviations += found.deviations
        revocations += found.revocations
    for revocation in revocations:
        with suppress(BadSignature):
            store.add_revocations(revocation)
    return store
