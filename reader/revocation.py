"""Certificate revocation lists (RFC 5280 section 5, Doc 9303-12 section 7.3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from reader import ber
from reader.certificate import Certificate, Name, name, verify_signature
from reader.errors import Malformed, parsing


@dataclass(frozen=True, slots=True)
class RevocationList:
    """One list. `tbs` is what was signed, `revoked` the serial numbers with the day of each revocation."""

    issuer: Name
    this_update: datetime | None
    next_update: datetime | None
    revoked: dict[int, datetime | None] = field(repr=False)
    tbs: bytes = field(repr=False)
    signature_algorithm: bytes = field(repr=False)
    signature: bytes = field(repr=False)

    def verify(self, issuer: Certificate) -> None:
        """Check its signature with a certificate's key.

        Raises:
            BadSignature, NotSupported, Malformed: as `reader.crypto.signatures.verify`.
        """
        verify_signature(issuer, self.signature_algorithm, self.signature, self.tbs)


def parse(raw: bytes) -> RevocationList:
    """A list of its DER bytes.

    Raises:
        Malformed: it is none.
    """
    with parsing("revocation list cannot be parsed"):
        tbs, algorithm, signature = ber.element(raw).children()[:3]
        members = tbs.children()
        if members[0].tag == ber.INTEGER:
            members = members[1:]
        issuer, updates = members[1], [m for m in members[2:] if m.tag in {ber.UTC_TIME, ber.GENERALIZED_TIME}]
        if not updates or signature.tag != ber.BIT_STRING or not signature.value:
            raise Malformed("not a revocation list")
        listed = next((m for m in members[2:] if m.tag == ber.SEQUENCE), None)
        entries = [entry.children() for entry in listed.children()] if listed is not None else []
        return RevocationList(
            name(issuer),
            ber.moment(updates[0]),
            ber.moment(updates[1]) if len(updates) > 1 else None,
            {entry[0].integer(): ber.moment(entry[1]) for entry in entries},
            tbs.raw,
            algorithm.raw,
            signature.value[1:],
        )
