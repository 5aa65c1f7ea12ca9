"""EF.CardAccess, which nobody signed, beside DG14, which the state did (Doc 9303-11 section 4.4.3.6)."""

from __future__ import annotations

from reader import tlv
from reader.errors import LimitExceeded, Malformed
from reader.evidence import Finding, Result
from reader.lds import security_infos

CHECK = "consistency.card_access_dg14"


def agrees(card_access: bytes, dg14: bytes, *, pace_used: bool = False) -> Finding:
    """Whether what EF.CardAccess offers stands in the signed DG14 too, parameters included.

    Terminal authentication may stand on one side alone; a DG14 that lists no PACE at all is older than the rule.
    """
    try:
        signed_raw = tlv.first(dg14, 0x6E)
        offers, signed = security_infos.pace_infos(card_access), security_infos.pace_infos(signed_raw)
        protocols = security_infos.protocols(signed_raw)
    except (Malformed, LimitExceeded):
        return Finding(CHECK, Result.FAILED, "security_infos_malformed")
    if not any(protocol.startswith(security_infos.PACE_ARC) for protocol in protocols):
        return Finding(CHECK, Result.INCONCLUSIVE, "pace_not_signed", "DG14 lists no PACE")
    own, other = ({(info.dotted, info.parameter_id) for info in infos} for infos in (offers, signed))
    if own == other:
        return Finding(CHECK, Result.PASSED)
    named = [f"{dotted} {number}" for dotted, number in sorted(own ^ other, key=str)]
    unsigned = pace_used and not own <= other
    detail = "the protocol used is not signed" if unsigned else "offers and signed list differ"
    return Finding(CHECK, Result.FAILED, "card_access_differs", detail, evidence={"protocols": named})
