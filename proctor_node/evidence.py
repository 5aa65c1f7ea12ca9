"""Judging a station's evidence again with the node's own anchors (DESIGN.md section 4.3)."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from reader import passive_authentication
from reader.chip_authenticity import active_authentication
from reader.errors import BadSignature, ReaderError
from reader.evidence import IdentityEvidence, Result
from reader.trust import TrustStore

ACTIVE = "active_authentication"
# Made at import, by one thread: threads that meet at a type's first use end the process.
_READER = msgspec.json.Decoder(IdentityEvidence)


def decode(body: bytes) -> IdentityEvidence:
    """The evidence of an attachment.

    Raises:
        msgspec.ValidationError: it is none.
    """
    return _READER.decode(body)


def differences(evidence: IdentityEvidence, trust: TrustStore, now: int) -> list[str]:
    """Names of the checks that come out otherwise here than the station said; empty when all agree."""
    if evidence.files is None or evidence.holder is None:
        return []
    groups = {
        name: raw
        for name, raw in (("DG1", evidence.files.dg1), ("DG14", evidence.files.dg14), ("DG15", evidence.files.dg15))
        if raw is not None
    }
    at = datetime.fromtimestamp(now / 1000, UTC).date()
    own = passive_authentication.verify(evidence.files.sod, groups, trust, evidence.holder.issuing_state, at)
    found = [finding.check for finding in own if evidence.finding(finding.check).result is not finding.result]
    if evidence.finding(ACTIVE).result is Result.PASSED and not _chip_signed(evidence):
        found.append(ACTIVE)
    return found


def _chip_signed(evidence: IdentityEvidence) -> bool:
    files = evidence.files
    if files is None or files.dg15 is None:
        return False
    nonce, signature = files.active_authentication_nonce, files.active_authentication_signature
    if nonce is None or signature is None:
        return False
    try:
        active_authentication.verify(files.dg15, nonce, signature, files.dg14)
    except (BadSignature, ReaderError):
        return False
    return True
