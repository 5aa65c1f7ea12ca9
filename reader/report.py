"""The documents of `card` and `trust` (CLI.md), as plain values ready for JSON."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from reader.errors import ReaderError
from reader.evidence import Finding, Holder, Result, chip_verdict, data_verdict
from reader.inspection import Inspection
from reader.lds import dg7, dg11, dg12, dg13, dg16
from reader.offline import HASH, Judgement
from reader.trust_sources import Refused, SourceReport
from reader.wording import WORDING

Document = dict[str, Any]
NOBODY = Holder("", "", "", "", "", "", "", "")
NO_ACCESS: Document = dict.fromkeys(("protocol", "mapping", "cipher", "password", "parameter_id"))
NO_TRAFFIC: Document = {"apdus": 0, "bytes_sent": 0, "bytes_received": 0, "resumed": 0}
DETAILS: dict[str, Callable[[bytes], Any]] = {
    "DG7": lambda raw: [{"bytes": len(picture)} for picture in dg7.images(raw)],
    "DG11": lambda raw: asdict(dg11.parse(raw)),
    "DG12": lambda raw: asdict(dg12.parse(raw)),
    "DG13": lambda raw: asdict(dg13.parse(raw)),
    "DG16": lambda raw: [asdict(person) for person in dg16.parse(raw)],
}
STEPS = ("connect", "access", "read", "chip_authenticity", "verify", "total")


def finding(found: Finding) -> Document:
    """One check."""
    return {
        "check": found.check,
        "result": found.result.value,
        "code": found.code,
        "detail": found.detail,
        "basis": found.basis.value,
        "evidence": dict(found.evidence),
    }


def _file(name: str, content: bytes, seconds: float) -> Document:
    return {
        "name": name,
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "seconds": round(seconds, 6),
    }


def _seconds(steps: Mapping[str, float]) -> Document:
    return {step: round(steps.get(step, 0.0), 6) for step in STEPS}


def card_read(done: Inspection, *, connect: float, total: float, cpu: float) -> Document:
    """What came of one card on a reader. Times in seconds."""
    evidence = done.evidence
    data = data_verdict(evidence.findings)
    return {
        "data": data,
        "chip": chip_verdict(evidence.findings, data),
        "access": asdict(done.access),
        "holder": asdict(evidence.holder or NOBODY),
        "hashes_checked": list(done.hashes_checked),
        "files": [_file(read.name, read.content, read.seconds) for read in done.files],
        "findings": [finding(found) for found in evidence.findings],
        **details({read.name: read.content for read in done.files}),
        "apdus": done.apdus,
        "bytes_sent": done.bytes_sent,
        "bytes_received": done.bytes_received,
        "resumed": done.resumed,
        "seconds": _seconds({**done.seconds, "connect": connect, "total": total}),
        "cpu_seconds": round(cpu, 6),
    }


def details(files: Mapping[str, bytes]) -> Document:
    """What the further data groups say, where they were read and can be parsed: texts and dates, of pictures only the sizes."""
    found: Document = {}
    for name, parse in DETAILS.items():
        with suppress(KeyError, ReaderError):
            found[name] = parse(files[name])
    return {"details": found} if found else {}


def card_verify(judged: Judgement, files: Mapping[str, bytes], *, total: float, cpu: float) -> Document:
    """What dumped files say; no chip was there to prove anything."""
    checked = [f.check.removeprefix(HASH) for f in judged.findings if f.check.startswith(HASH) and _passed(f)]
    return {
        "data": judged.verdict,
        "chip": "not_performed",
        "access": dict(NO_ACCESS),
        "holder": asdict(judged.holder or NOBODY),
        "hashes_checked": checked,
        "files": [_file(name, content, 0.0) for name, content in files.items()],
        "findings": [finding(found) for found in judged.findings],
        **details(files),
        **NO_TRAFFIC,
        "seconds": _seconds({"verify": total, "total": total}),
        "cpu_seconds": round(cpu, 6),
    }


def _passed(found: Finding) -> bool:
    return found.result is Result.PASSED


def _source(report: SourceReport) -> Document:
    return {
        "file": report.file,
        "kind": report.kind,
        "signature": report.signature,
        "certificates": len(report.certificates),
        "self_signed": report.self_signed,
        "self_signed_verified": report.self_signed_verified,
        "link": report.link,
        "countries": len(report.countries),
        "revocation_lists": len(report.revocations),
        "deviations": len(report.deviations),
        "refused": [_refused(entry) for entry in report.refused],
    }


def _refused(entry: Refused) -> Document:
    return {"subject": entry.subject, "serial": entry.serial, "reason": WORDING.sentence(entry.reason)}


def trust(reports: Iterable[SourceReport], seconds: float) -> Document:
    """What trust sources hold; entries are counted as they stand, not deduplicated."""
    files = [_source(report) for report in reports]
    return {
        "files": files,
        "certificates": sum(source["certificates"] for source in files),
        "refused": sum(len(source["refused"]) for source in files),
        "seconds": round(seconds, 6),
    }
